//! Lodger's server as core/docs/payment.md has it, with bad weather on the way. What it decides is the model of the server
//! that `lodger-pay` tests its journal against.
#[allow(dead_code)] // for the tests of lodger-pay
#[path = "../../../../pay/tests/support/server.rs"]
pub mod model;
#[allow(dead_code, clippy::unwrap_used)] // for the tests of lodger-pay
#[path = "../../../../pay/tests/support/signing.rs"]
mod signing;

pub use model::Rail;

use super::{Counter, Fault, PATIENCE, Server, Setup, World, response};
use async_trait::async_trait;
use lodger_auth::{api, dpop, jose::Thumbprint};
use lodger_engine::{
    Ask, AuthError, Caps, Clock, Credential, HttpError, HttpRequest, HttpResponse, Identity, IdentitySource,
    KeySource, LoginConfig, PaymentConfig, PaymentSheet, Presence, Secret, SignerError, SystemClock,
};
use lodger_pay::{
    confirmation,
    journal::{Answer, Request},
    jws::PublicKey,
    order::Order,
};
use ring::signature::KeyPair;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    time::{SystemTime, UNIX_EPOCH},
};

const TILL: &str = "https://till.example";

/// What becomes of requests to `/payments`, in order; fine afterwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Weather {
    Fine,
    /// It never arrives.
    LoseRequest,
    /// It arrives, and the answer does not.
    LoseAnswer,
    /// It arrives, and somebody else answers.
    Say(u16, &'static str),
}

struct State {
    orders: Vec<Order>,
    /// What is handed out instead of the signed order.
    forged: Option<String>,
    model: model::Server,
    rail: Rail,
    weather: Vec<Weather>,
    /// No network to this server at all.
    down: bool,
    /// From now on orders are refused with this code.
    refuse: Option<(u16, &'static str)>,
    payer: String,
    pay_key: Option<(String, PublicKey)>,
    /// Method and route, of those that arrived.
    asked: Vec<String>,
    /// What came to `POST /payments`.
    posted: Vec<Request>,
}

/// The payments server.
pub struct Till {
    state: Mutex<State>,
    more: Condvar,
    clock: Arc<dyn Clock>,
}

fn seconds(clock: &dyn Clock) -> u64 {
    clock.now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

/// `payment-keys.json`: the operator's key 1, for ever.
pub fn payment_keys_file() -> Vec<u8> {
    let point = signing::operator(1).public_key().as_ref().try_into().expect("32 bytes");
    let key = PublicKey::Ed25519(point).to_jwk();
    let keys = json!({ "keys": [{ "kid": "k1", "not_before": 0, "not_after": 1_u64 << 40, "key": key }] });
    keys.to_string().into_bytes()
}

/// An order of this id, now.
pub fn order(id: &str, clock: &dyn Clock) -> Order {
    let now = seconds(clock);
    Order {
        order: format!("o-{id}"),
        prepay_id: format!("wx-{id}"),
        issued: now,
        expires: now + 7200,
        ..signing::order()
    }
}

/// The page's call for an order: what the merchant's back end signed.
pub fn call_of(order: &Order) -> Value {
    let package = format!("prepay_id={}", order.prepay_id);
    json!({
        "timeStamp": "1700000000", "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "signType": "RSA",
        "paySign": signing::pay_sign("coffee", &package), "package": package,
    })
}

pub fn sign_order(order: &Order) -> String {
    signing::sign_order(order)
}

/// Signed by a key of this number; the operator's is 1.
pub fn sign_order_by(order: &Order, number: u8) -> String {
    let unsigned = order.to_sign(lodger_pay::jws::Algorithm::EdDsa, "k1").expect("signable");
    let signature = signing::operator(number).sign(unsigned.message());
    unsigned.sign(signature.as_ref())
}

impl Till {
    /// With these orders, one charge for each, and a rail that pays.
    pub fn new(orders: &[Order]) -> Arc<Self> {
        Self::at(orders, Arc::new(SystemClock))
    }

    pub fn at(orders: &[Order], clock: Arc<dyn Clock>) -> Arc<Self> {
        let ends = orders.iter().map(|order| order.expires).collect();
        let state = State {
            model: model::Server::new(seconds(&*clock), ends, true),
            orders: orders.to_vec(),
            forged: None,
            rail: Rail::Paid,
            weather: Vec::new(),
            down: false,
            refuse: None,
            payer: signing::order().payer,
            pay_key: None,
            asked: Vec::new(),
            posted: Vec::new(),
        };
        Arc::new(Self { state: Mutex::new(state), more: Condvar::new(), clock })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    pub fn login(self: &Arc<Self>) -> LoginConfig {
        LoginConfig {
            server: TILL.into(),
            audience: "lodger".into(),
            identity: IdentitySource::Host(Arc::new(Ann)),
            keys: KeySource::Software(Arc::new(Ann)),
        }
    }

    pub fn plug_into(self: &Arc<Self>, server: &Server) {
        let till = Arc::clone(self);
        server.fault(move |request| {
            request.url.starts_with(TILL).then(|| match till.answer(request) {
                Some(answer) => Fault::Answer(answer),
                None => Fault::Fail(HttpError::Connect("lost".into())),
            })
        });
    }

    pub fn setup(self: &Arc<Self>, sheet: &Arc<Counter>) -> Setup {
        let caps = Caps::from([("EUR".to_owned(), 100_000)]);
        let sheet: Arc<dyn PaymentSheet> = Arc::<Counter>::clone(sheet);
        Setup { login: Some(self.login()), payments: Some(PaymentConfig { sheet, caps }), ..Setup::default() }
    }

    /// A world whose host pays here.
    pub fn world(self: &Arc<Self>, sheet: &Arc<Counter>) -> World {
        let world = World::new(self.setup(sheet));
        self.plug_into(&world.server);
        world
    }

    /// Hands this out for every order, whatever was asked for.
    pub fn forge(&self, token: &str) {
        self.state().forged = Some(token.to_owned());
    }

    pub fn weather(&self, weather: &[Weather]) {
        self.state().weather = weather.to_vec();
    }

    pub fn down(&self, down: bool) {
        self.state().down = down;
    }

    pub fn refuse(&self, refusal: Option<(u16, &'static str)>) {
        self.state().refuse = refusal;
    }

    pub fn payer(&self, payer: &str) {
        self.state().payer = payer.to_owned();
    }

    /// How the rail answers charges from now on.
    pub fn rail(&self, rail: Rail) {
        self.state().rail = rail;
    }

    /// Charges each key on its own, and hands out orders that are paid: only the device's journal stands between a user
    /// and two charges.
    pub fn trust_the_journal(&self) {
        self.state().model.one_charge_per_order = false;
    }

    /// Whether money has gone for this order, or still may.
    pub fn may_be_paid(&self, order: usize) -> bool {
        let state = self.state();
        state.model.charges.iter().any(|charge| charge.order == order && charge.rail != Rail::Refused)
    }

    /// Open charges end so.
    pub fn decide(&self, rail: Rail) {
        for charge in &mut self.state().model.charges {
            if charge.rail == Rail::Unknown {
                charge.rail = rail;
            }
        }
    }

    /// Successful charges of the first order, of the second, ….
    pub fn paid(&self) -> Vec<usize> {
        let state = self.state();
        assert!(!state.model.confused, "one key was sent with two bodies");
        let paid = |order| {
            let charges = state.model.charges.iter();
            charges.filter(|charge| charge.order == order && charge.rail == Rail::Paid).count()
        };
        (0..state.orders.len()).map(paid).collect()
    }

    pub fn posted(&self) -> Vec<Request> {
        self.state().posted.clone()
    }

    /// Method and route of what arrived since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    /// Waits until so many payments were posted, arrived or not.
    pub fn wait_for_posts(&self, count: usize) {
        let waited = self.more.wait_timeout_while(self.state(), PATIENCE, |state| state.posted.len() < count);
        assert!(!waited.expect("not poisoned").1.timed_out(), "the payments did not come");
    }

    fn answer(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let mut state = self.state();
        if state.down {
            return None;
        }
        let route = request.url.strip_prefix(&format!("{TILL}/lodger/v1")).expect("its own");
        let expected = dpop::Expected {
            method: &request.method,
            url: request.url.split('?').next().expect("a URL"),
            token: None,
            is_nonce: &|nonce| nonce == "n1",
            nonce_required: true,
            now: SystemTime::now(),
        };
        let header = |wanted: &str| {
            let found = request.headers.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let proof = dpop::verify(header("DPoP").unwrap_or_default(), &expected);
        let (status, body) = match proof {
            Err(dpop::DpopError::NonceWanted) => (401, json!({ "error": "use_dpop_nonce" }).to_string()),
            Err(error) => panic!("{error}"),
            Ok(proof) => {
                let call = format!("{} {route}", request.method);
                state.asked.push(call.clone());
                let weather = match call.contains(" /payments") {
                    true if !state.weather.is_empty() => state.weather.remove(0),
                    _ => Weather::Fine,
                };
                let posted = (call == "POST /payments").then(|| Request {
                    key: header("Idempotency-Key").expect("a key").to_owned(),
                    body: String::from_utf8(request.body.clone()).expect("text"),
                });
                state.posted.extend(posted.clone());
                self.more.notify_all();
                if weather == Weather::LoseRequest {
                    return None;
                }
                let answer = self.handle(&mut state, &call, &proof.key, posted.as_ref(), &request.body);
                match weather {
                    Weather::LoseAnswer => return None,
                    Weather::Say(status, body) => (status, body.to_owned()),
                    _ => answer,
                }
            }
        };
        Some(response(status, &[("DPoP-Nonce", "n1")], body.as_bytes()))
    }

    fn handle(
        &self,
        state: &mut State,
        call: &str,
        key: &Thumbprint,
        posted: Option<&Request>,
        body: &[u8],
    ) -> (u16, String) {
        state.model.now = seconds(&*self.clock);
        if let Some(request) = posted {
            let known = state.pay_key.clone();
            let find = |kid: &str| known.filter(|(name, _)| name == kid).map(|(_, key)| key);
            let keys = lodger_pay::order::PaymentKeys::read(&payment_keys_file()).expect("keys");
            let (order, claims) =
                confirmation::verify(request.body.as_bytes(), &request.key, find, &keys, state.model.now)
                    .expect("what the engine sends is in order");
            assert_eq!((claims.app.as_str(), order.payer.as_str()), ("coffee", state.payer.as_str()));
            let at = state.orders.iter().position(|known| known.order == order.order).expect("of ours");
            let rail = state.rail;
            return (200, said(&state.model.post(at, request, rail)));
        }
        if let Some(query) = call.strip_prefix("GET /payments/") {
            let (key, order) = query.split_once("?order=").expect("a query");
            let at = state.orders.iter().position(|known| known.order == order).expect("of ours");
            return (200, said(&state.model.query(at, key)));
        }
        if let Some(id) = call.strip_prefix("GET /orders/") {
            let at = state.orders.iter().position(|known| known.prepay_id == id);
            let refused = |status, code: &str| (status, json!({ "error": code, "message": "" }).to_string());
            return match (state.refuse, &state.forged, at) {
                (Some((status, code)), ..) => refused(status, code),
                (_, Some(forged), _) => (200, forged.clone()),
                (.., None) => refused(404, "order_unknown"),
                (.., Some(at)) if state.model.one_charge_per_order && state.model.is_paid(at) => {
                    refused(409, "order_paid")
                }
                (.., Some(at)) => (200, sign_order(&state.orders[at])),
            };
        }
        match call {
            "GET /payers/coffee" => {
                let key = state.pay_key.as_ref().map(|(name, _)| name);
                (200, json!({ "payer": state.payer, "pay_key": key }).to_string())
            }
            "POST /devices" => {
                let body: api::EnrolRequest = api::read(body).expect("an enrolment");
                let pay = body.pay.map(|pay| api::verify_pay_key(&pay.proof).expect("a proof"));
                if let Some((public, proof)) = &pay {
                    assert_eq!((proof.login.as_str(), proof.aud.as_str()), (key.as_str(), TILL));
                    let read = PublicKey::from_jwk(&public.to_jwk()).expect("a key");
                    state.pay_key = Some((public.thumbprint().as_str().to_owned(), read));
                }
                let name = state.pay_key.as_ref().map(|(name, _)| name);
                (200, json!({ "device": "d1", "login": key, "pay": name }).to_string())
            }
            "DELETE /devices" => (200, "{}".to_owned()),
            _ => panic!("{call}"),
        }
    }
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Paid => json!({ "state": "paid" }),
        Answer::Refused { code } => json!({ "state": "refused", "code": code }),
        Answer::Processing => json!({ "state": "processing" }),
        Answer::Absent { last } => json!({ "state": "absent", "last": last }),
        Answer::Unclear => json!({ "error": "other_body" }),
    }
    .to_string()
}

/// The user, who is there and logged in.
struct Ann;

#[async_trait]
impl Identity for Ann {
    async fn credential(&self, _: &Ask) -> Result<Credential, AuthError> {
        Ok(Credential::Assertion(Secret::new("ann".to_owned())))
    }
}

#[async_trait]
impl Presence for Ann {
    async fn confirm(&self, _: &str) -> Result<(), SignerError> {
        Ok(())
    }
}

/// Nothing of these orders may be read in the files of a data folder.
pub fn assert_sealed(dir: &std::path::Path, secrets: &[&str]) {
    let mut files: BTreeMap<_, Vec<u8>> = BTreeMap::new();
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            files.insert(path.clone(), std::fs::read(&path).expect("a file"));
        }
    }
    assert!(!files.is_empty());
    for (path, bytes) in files {
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
}
