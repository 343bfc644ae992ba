//! Lodger's server as core/docs/login.md has it, and the host's back end that says who the user is. The server checks by
//! the functions that the real one uses.
use super::{Fault, Server, Setup, World, response};
use crate::{
    bank::{self, Bank},
    signing::Pen,
};
use async_trait::async_trait;
use lodger_auth::{
    api::{CheckRequest, CodeRequest, EnrolRequest, RefusalCode, read},
    dpop,
    identity::{self, verify_assertion},
    jose::{KeySet, Thumbprint},
    ports::Request,
};
use lodger_engine::{
    Ask, AuthError, Credential, HttpError, HttpRequest, HttpResponse, Identity, IdentitySource, KeySource,
    LoginConfig, Presence, Secret, SignerError,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

pub const LODGER: &str = "https://lodger.example";
const BANK: &str = "https://bank.example";

#[derive(Default)]
struct Records {
    /// Whose each key is.
    devices: BTreeMap<Thumbprint, String>,
    retired: BTreeSet<Thumbprint>,
    used: BTreeSet<String>,
    codes: Vec<(String, CodeRequest)>,
    /// Answered instead, from now on.
    refuse: Option<(u16, RefusalCode)>,
    /// Method and route of each request with a good proof.
    asked: Vec<String>,
    /// Answers of routes that other tests add: by method and route.
    routes: BTreeMap<String, Value>,
    bodies: Vec<Value>,
    sessions_over: bool,
    user: Option<String>,
    silent: bool,
}

pub struct Platform {
    bank: Pen,
    records: Mutex<Records>,
}

impl Platform {
    /// With `ann` logged in to the host.
    pub fn new() -> Arc<Self> {
        let records = Records { user: Some("ann".into()), ..Records::default() };
        Arc::new(Self { bank: Pen::new(), records: Mutex::new(records) })
    }

    fn records(&self) -> std::sync::MutexGuard<'_, Records> {
        self.records.lock().expect("not poisoned")
    }

    /// What a host says about this server and this bank.
    pub fn config(self: &Arc<Self>) -> LoginConfig {
        LoginConfig {
            server: LODGER.into(),
            audience: "lodger".into(),
            identity: IdentitySource::Host(Arc::<Self>::clone(self)),
            keys: KeySource::Software(Arc::new(Present)),
        }
    }

    /// Puts this server beside the repository's.
    pub fn plug_into(self: &Arc<Self>, server: &Server) {
        let platform = Arc::clone(self);
        server.fault(move |request| {
            request.url.starts_with(LODGER).then(|| match platform.answer(request) {
                Some(answer) => Fault::Answer(answer),
                None => Fault::Silence,
            })
        });
    }

    /// A world whose host has this login.
    pub fn world(self: &Arc<Self>, setup: Setup) -> World {
        let world = World::new(Setup { login: Some(self.config()), ..setup });
        self.plug_into(&world.server);
        world
    }

    /// Who is logged in to the host from now on.
    pub fn user(&self, user: Option<&str>) {
        self.records().user = user.map(str::to_owned);
    }

    pub fn refuse(&self, refusal: Option<(u16, RefusalCode)>) {
        self.records().refuse = refusal;
    }

    /// All sessions are over.
    pub fn end_sessions(&self) {
        self.records().sessions_over = true;
    }

    /// Answers nothing any more.
    pub fn fall_silent(&self) {
        self.records().silent = true;
    }

    /// Answers `route`, such as `POST /lodger/v1/x`, with this.
    pub fn route(&self, route: &str, answer: Value) {
        self.records().routes.insert(route.into(), answer);
    }

    /// Bodies that came to such routes.
    pub fn bodies(&self) -> Vec<Value> {
        std::mem::take(&mut self.records().bodies)
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.records().asked)
    }

    /// The user and the request behind each code, in order.
    pub fn codes(&self) -> Vec<(String, CodeRequest)> {
        self.records().codes.clone()
    }

    /// Keys that are enrolled, and those that are retired.
    pub fn keys(&self) -> (usize, usize) {
        let records = self.records();
        (records.devices.len(), records.retired.len())
    }

    fn answer(&self, request: &HttpRequest) -> Option<HttpResponse> {
        if self.records().silent {
            return None;
        }
        let (status, body) = match self.handle(request) {
            Ok(body) => (200, body),
            Err((status, error)) => (status, json!({ "error": error, "message": "" })),
        };
        Some(response(status, &[("DPoP-Nonce", "n1")], body.to_string().as_bytes()))
    }

    fn handle(&self, request: &HttpRequest) -> Result<Value, (u16, RefusalCode)> {
        let route = request.url.strip_prefix(LODGER).expect("its own");
        let proofs: Vec<_> = request.headers.iter().filter(|(name, _)| name == "DPoP").collect();
        let expected = dpop::Expected {
            method: &request.method,
            url: &request.url,
            token: None,
            is_nonce: &|nonce| nonce == "n1",
            nonce_required: true,
            now: SystemTime::now(),
        };
        let [(_, proof)] = proofs[..] else { return Err((401, RefusalCode::InvalidDpopProof)) };
        let key = match dpop::verify(proof, &expected) {
            Ok(proof) if self.records().used.insert(proof.id.clone()) => proof.key,
            Err(dpop::DpopError::NonceWanted) => return Err((401, RefusalCode::UseDpopNonce)),
            _ => return Err((401, RefusalCode::InvalidDpopProof)),
        };
        let mut records = self.records();
        let call = format!("{} {route}", request.method);
        records.asked.push(call.clone());
        if let Some(refusal) = records.refuse {
            return Err(refusal);
        }
        if records.retired.contains(&key) {
            return Err((401, RefusalCode::DeviceRetired));
        }
        let invalid = |_| (400, RefusalCode::InvalidRequest);
        match call.as_str() {
            "POST /lodger/v1/devices" => {
                let body: EnrolRequest = read(&request.body).map_err(invalid)?;
                let user = self.identify(&mut records, body.assertion.as_ref(), &key)?;
                if records.devices.get(&key).is_some_and(|owner| *owner != user) {
                    return Err((401, RefusalCode::DeviceRetired));
                }
                records.devices.insert(key.clone(), user);
                Ok(json!({ "device": "d1", "login": key, "pay": null }))
            }
            "DELETE /lodger/v1/devices" => {
                records.devices.remove(&key);
                records.retired.insert(key);
                Ok(json!({}))
            }
            "POST /lodger/v1/codes" => {
                let body: CodeRequest = read(&request.body).map_err(invalid)?;
                let user = self.identify(&mut records, body.assertion.as_ref(), &key)?;
                if records.devices.get(&key) != Some(&user) {
                    let known = records.devices.contains_key(&key);
                    let code = if known { RefusalCode::DeviceRetired } else { RefusalCode::DeviceUnknown };
                    return Err((401, code));
                }
                records.codes.push((user, body));
                Ok(json!({ "code": format!("code-{}", records.codes.len()), "expires_in": 300 }))
            }
            "POST /lodger/v1/codes/check" => {
                let body: CheckRequest = read(&request.body).map_err(invalid)?;
                let user = records.devices.get(&key).ok_or((401, RefusalCode::DeviceUnknown))?;
                let has = records.codes.iter().any(|(owner, code)| owner == user && code.app == body.app);
                Ok(json!({ "valid": has && !records.sessions_over }))
            }
            _ => {
                let answer = records.routes.get(&call).cloned().unwrap_or_else(|| panic!("{call}"));
                records.bodies.push(serde_json::from_slice(&request.body).expect("JSON"));
                Ok(answer)
            }
        }
    }

    fn identify(
        &self,
        records: &mut Records,
        assertion: Option<&lodger_auth::api::Assertion>,
        key: &Thumbprint,
    ) -> Result<String, (u16, RefusalCode)> {
        let no = (401, RefusalCode::InvalidIdentity);
        let keys = KeySet::read(&self.bank.set("1")).expect("a key set");
        let expected = identity::Expected { issuer: BANK, audience: "lodger", key, now: SystemTime::now() };
        let assertion = assertion.ok_or(no)?;
        let identified =
            verify_assertion(assertion.token.expose(), &keys, &assertion.nonce, &expected).map_err(|_| no)?;
        let fresh = records.used.insert(identified.once.expect("of form (a)"));
        if fresh { Ok(identified.subject) } else { Err(no) }
    }
}

/// The host's back end.
#[async_trait]
impl Identity for Platform {
    async fn credential(&self, ask: &Ask) -> Result<Credential, AuthError> {
        let user = self.records().user.clone().ok_or(AuthError::LoginRequired)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let header = json!({ "alg": "ES256", "kid": "1", "typ": "lodger-identity+jwt" });
        let claims = json!({
            "iss": BANK, "sub": user, "aud": ask.audience, "iat": now, "exp": now + 60, "nonce": ask.nonce,
            "cnf": { "jkt": ask.key },
        });
        Ok(Credential::Assertion(Secret::new(self.bank.sign(&header, &claims))))
    }
}

/// A user who is always there.
struct Present;

#[async_trait]
impl Presence for Present {
    async fn confirm(&self, _: &str) -> Result<(), SignerError> {
        Ok(())
    }
}

/// The provider of core/auth's tests behind the host's HTTP; Lodger's server is not reached.
pub fn plug_bank(bank: &Arc<Bank>, server: &Server) {
    let bank = Arc::clone(bank);
    server.fault(move |request| {
        if request.url.starts_with(LODGER) {
            return Some(Fault::Fail(HttpError::Connect("no route".into())));
        }
        request.url.starts_with(bank::ISSUER).then(|| {
            let known = |wanted: &str, names: &[&'static str]| {
                *names.iter().find(|name| **name == wanted).unwrap_or_else(|| panic!("{wanted}"))
            };
            let header = |(name, value): &(String, String)| {
                (known(name, &["Accept", "Content-Type", "DPoP", "Authorization"]), value.clone())
            };
            let request = Request {
                method: known(&request.method, &["GET", "POST", "DELETE"]),
                url: request.url.clone(),
                headers: request.headers.iter().map(header).collect(),
                body: request.body.clone(),
            };
            let answer = bank.answer(&request);
            Fault::Answer(HttpResponse { status: answer.status, headers: answer.headers, body: answer.body })
        })
    });
}

/// A login at that provider.
pub fn browser_login() -> LoginConfig {
    LoginConfig {
        server: LODGER.into(),
        audience: "lodger".into(),
        identity: IdentitySource::Provider(Bank::config()),
        keys: KeySource::Software(Arc::new(Present)),
    }
}
