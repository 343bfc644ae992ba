//! A device at Lodger's server. The server in memory reads the same bodies with the same checks as the real one will.
use crate::{
    bank::{Bank, response},
    host::{Host, Rows},
    signing::Pen,
};
use async_trait::async_trait;
use lodger_auth::{
    Asking, AuthError, AuthErrorKind, Device, Secret, ServerConfig,
    api::{CodeRequest, EnrolRequest, Purpose, RefusalCode, TemplateKind, read, verify_pay_key},
    dpop,
    identity::{self, Ask, Credential, Identity, verify_assertion},
    jose::{KeySet, PublicKey, Thumbprint},
    keys::{Attestation, Key, Protection, Signature, Signer, SignerError},
    ports::{Http, Request, Response},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, atomic::Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const ADDRESS: &str = "https://lodger.example";
const NOW: u64 = 1_700_000_000;

#[derive(Default)]
struct State {
    devices: BTreeMap<Thumbprint, (String, Option<Thumbprint>)>,
    retired: BTreeSet<Thumbprint>,
    used: BTreeSet<String>,
    requests: Vec<String>,
    last: Option<Request>,
    enrolments: Vec<EnrolRequest>,
    /// Answered instead.
    refuse: Option<RefusalCode>,
    html: bool,
}

struct Server {
    issuer: Pen,
    state: Mutex<State>,
}

impl Server {
    fn handle(&self, request: &Request) -> Result<Value, (u16, RefusalCode)> {
        let mut state = self.state.lock().unwrap();
        let route = request.url.strip_prefix(&format!("{ADDRESS}/lodger/v1")).unwrap();
        state.requests.push(format!("{} {route}", request.method));
        state.last = Some(request.clone());
        if let Some(code) = state.refuse {
            return Err((403, code));
        }
        let headers: Vec<&String> =
            request.headers.iter().filter(|(name, _)| *name == "DPoP").map(|(_, value)| value).collect();
        assert_eq!(headers.len(), 1);
        let proof = dpop::verify(
            headers[0],
            &dpop::Expected {
                method: request.method,
                url: &request.url,
                token: None,
                is_nonce: &|nonce| nonce == "the-servers",
                nonce_required: true,
                now: now(),
            },
        );
        let proof = match proof {
            Ok(proof) => proof,
            Err(dpop::DpopError::NonceWanted) => return Err((401, RefusalCode::UseDpopNonce)),
            Err(_) => return Err((401, RefusalCode::InvalidDpopProof)),
        };
        if !state.used.insert(proof.id.clone()) {
            return Err((401, RefusalCode::InvalidDpopProof));
        }
        if state.retired.contains(&proof.key) {
            return Err((401, RefusalCode::DeviceRetired));
        }
        match (request.method, route) {
            ("POST", "/devices") => self.enrol(&mut state, &proof.key, &request.body),
            ("DELETE", "/devices") => {
                state.devices.remove(&proof.key);
                state.retired.insert(proof.key);
                Ok(json!({}))
            }
            ("POST", "/codes") => {
                let body: CodeRequest =
                    read(&request.body).map_err(|_| (400, RefusalCode::InvalidRequest))?;
                let user = self.identify(&mut state, &body.assertion, &proof.key)?;
                match state.devices.get(&proof.key) {
                    Some((owner, _)) if *owner == user => {
                        Ok(json!({"code": format!("for-{}", body.app), "expires_in": 300}))
                    }
                    _ => Err((401, RefusalCode::DeviceUnknown)),
                }
            }
            ("POST", "/codes/check") => Ok(json!({"valid": state.devices.contains_key(&proof.key)})),
            ("POST", "/subscriptions/templates") if state.devices.contains_key(&proof.key) => {
                let template = json!({"id": "a", "title": "Ready", "kind": "once", "more": 1});
                Ok(json!({"templates": [template]}))
            }
            ("POST", "/subscriptions/templates") => Err((401, RefusalCode::DeviceUnknown)),
            _ => panic!("{route}"),
        }
    }

    fn enrol(&self, state: &mut State, key: &Thumbprint, body: &[u8]) -> Result<Value, (u16, RefusalCode)> {
        let body: EnrolRequest = read(body).map_err(|_| (400, RefusalCode::InvalidRequest))?;
        let user = self.identify(state, &body.assertion, key)?;
        let pay = body.pay.as_ref().map(|pay| {
            let (public, claims) = verify_pay_key(&pay.proof).unwrap();
            assert_eq!((claims.aud.as_str(), &claims.login), (ADDRESS, key));
            public.thumbprint()
        });
        state.devices.insert(key.clone(), (user, pay.clone()));
        state.enrolments.push(body);
        Ok(json!({"device": "d1", "login": key, "pay": pay}))
    }

    fn identify(
        &self,
        state: &mut State,
        assertion: &Option<lodger_auth::api::Assertion>,
        key: &Thumbprint,
    ) -> Result<String, (u16, RefusalCode)> {
        let keys = KeySet::read(&self.issuer.set("1")).unwrap();
        let expected =
            identity::Expected { issuer: "https://bank.example", audience: "lodger", key, now: now() };
        let no = (401, RefusalCode::InvalidIdentity);
        let assertion = assertion.as_ref().ok_or(no)?;
        let identified =
            verify_assertion(assertion.token.expose(), &keys, &assertion.nonce, &expected).map_err(|_| no)?;
        if state.used.insert(identified.once.unwrap()) { Ok(identified.subject) } else { Err(no) }
    }
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

#[async_trait]
impl Http for Server {
    async fn send(&self, request: Request) -> Result<Response, String> {
        if self.state.lock().unwrap().html {
            return Ok(Response {
                status: 200,
                headers: vec![],
                body: b"<html>Sign in to the Wi-Fi</html>".to_vec(),
            });
        }
        let mut answer = match self.handle(&request) {
            Ok(body) => response(200, &body),
            Err((status, code)) => response(status, &json!({"error": code, "message": "…"})),
        };
        answer.headers.push(("DPoP-Nonce".into(), "the-servers".into()));
        Ok(answer)
    }
}

/// The host's back end.
struct BackEnd {
    server: Arc<Server>,
    user: Mutex<Option<String>>,
    /// The same assertion again and again.
    stuck: Mutex<Option<String>>,
}

#[async_trait]
impl Identity for BackEnd {
    async fn credential(&self, ask: &Ask) -> Result<Credential, AuthError> {
        let user = self.user.lock().unwrap().clone().ok_or(AuthError::LoginRequired)?;
        let claims = json!({
            "iss": "https://bank.example", "sub": user, "aud": ask.audience, "iat": NOW, "exp": NOW + 60,
            "nonce": ask.nonce, "cnf": {"jkt": ask.key},
        });
        let header = json!({"alg": "ES256", "kid": "1", "typ": "lodger-identity+jwt"});
        let token = self.server.issuer.sign(&header, &claims);
        let mut stuck = self.stuck.lock().unwrap();
        let token = stuck
            .as_mut()
            .map(|old| std::mem::replace(old, token.clone()))
            .filter(|old| !old.is_empty())
            .unwrap_or(token);
        Ok(Credential::Assertion(Secret::new(token)))
    }
}

struct World {
    server: Arc<Server>,
    back_end: Arc<BackEnd>,
    host: Host,
}

impl World {
    fn new() -> Self {
        let server = Arc::new(Server { issuer: Pen::new(), state: Mutex::default() });
        let user = Mutex::new(Some("alice".to_owned()));
        let back_end = Arc::new(BackEnd { server: server.clone(), user, stuck: Mutex::default() });
        let host = Host::new(server.clone(), Bank::config(), Rows::default());
        Self { server, back_end, host }
    }

    fn device(&self) -> Device {
        let config = ServerConfig { address: ADDRESS.into(), audience: "lodger".into(), development: false };
        Device::new(config, self.host.ports(), self.host.signer(), self.back_end.clone()).unwrap()
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.server.state.lock().unwrap().requests)
    }
}

fn asking(app: &str) -> Asking {
    Asking { app: app.into(), index: "00".repeat(32), session: "s1".into() }
}

#[tokio::test]
async fn the_first_code_enrols_the_key() {
    let world = World::new();
    let device = world.device();
    // The clock of this device is years off.
    world.host.clock.0.store(1000, Ordering::SeqCst);
    let answer = device.code(&asking("coffee"), Purpose::Login).await.unwrap();
    assert_eq!((answer.code.expose(), answer.expires_in), ("for-coffee", 300));
    assert!(!format!("{answer:?}").contains("for-coffee"));
    // A nonce is learnt, the key is unknown, it is enrolled, and then there is a code.
    assert_eq!(world.requests(), ["POST /codes", "POST /codes", "POST /devices", "POST /codes"]);
    device.code(&asking("coffee"), Purpose::Phone).await.unwrap();
    assert_eq!(world.requests(), ["POST /codes"]);
    assert!(device.check_session("coffee").await.unwrap());
    let last = world.server.state.lock().unwrap().last.clone().unwrap();
    assert_eq!(
        format!("{last:?}"),
        "POST https://lodger.example/lodger/v1/codes/check",
        "nothing else is printed"
    );
}

#[tokio::test]
async fn what_needs_a_device_enrols_it() {
    let world = World::new();
    let device = world.device();
    let found = device.templates("coffee", &["a".into()]).await.unwrap().templates;
    assert_eq!((found[0].id.as_str(), found[0].kind, found[0].blocked), ("a", TemplateKind::Once, None));
    let route = "POST /subscriptions/templates";
    assert_eq!(world.requests(), [route, route, "POST /devices", route]);
}

#[tokio::test]
async fn a_request_says_what_the_engine_stamped() {
    let world = World::new();
    world.device().enrol().await.unwrap();
    world.device().code(&asking("coffee"), Purpose::Phone).await.unwrap();
    let body = world.server.state.lock().unwrap().last.clone().unwrap().body;
    let body: CodeRequest = read(&body).unwrap();
    assert_eq!((body.app, body.index, body.session), ("coffee".into(), "00".repeat(32), "s1".into()));
    assert_eq!(body.purpose, Purpose::Phone);
}

#[tokio::test]
async fn the_pay_key_is_enrolled_with_its_user_present() {
    let world = World::new();
    let enrolled = world.device().enrol_pay("Set up payments").await.unwrap();
    assert_eq!(world.host.user.asked.load(Ordering::SeqCst), 1);
    assert_eq!(enrolled.login, world.host.signer().public_key(Key::Login).await.unwrap().thumbprint());
    assert_eq!(enrolled.pay.unwrap(), world.host.signer().public_key(Key::Pay).await.unwrap().thumbprint());
    let sent = world.server.state.lock().unwrap().enrolments[0].clone();
    assert_eq!((sent.protection, sent.pay.unwrap().protection), (Protection::Software, Protection::Software));
    world.host.user.says_no.store(true, Ordering::SeqCst);
    world.requests();
    let no = world.device().enrol_pay("Set up payments").await;
    assert_eq!(no.unwrap_err(), AuthError::Cancelled);
    assert_eq!(world.requests(), [""; 0]);
}

/// Hardware that says something about its keys.
struct Attesting(Arc<dyn Signer>);

#[async_trait]
impl Signer for Attesting {
    async fn public_key(&self, key: Key) -> Result<PublicKey, SignerError> {
        self.0.public_key(key).await
    }
    async fn sign(&self, key: Key, message: &[u8], reason: &str) -> Result<Signature, SignerError> {
        self.0.sign(key, message, reason).await
    }
    fn protection(&self, _: Key) -> Protection {
        Protection::Hardware
    }
    async fn attestation(&self, key: Key) -> Result<Option<Attestation>, SignerError> {
        match key {
            Key::Login => Ok(Some(Attestation { format: "android-key".into(), statement: "AAAA".into() })),
            Key::Pay => Err(SignerError::Failed("no network".into())),
        }
    }
    async fn forget(&self) -> Result<(), SignerError> {
        self.0.forget().await
    }
}

#[tokio::test]
async fn what_the_platform_says_about_keys_is_sent() {
    let world = World::new();
    let config = ServerConfig { address: ADDRESS.into(), audience: "lodger".into(), development: false };
    let signer = Arc::new(Attesting(world.host.signer()));
    let device = Device::new(config, world.host.ports(), signer, world.back_end.clone()).unwrap();
    device.enrol_pay("").await.unwrap();
    let sent = world.server.state.lock().unwrap().enrolments[0].clone();
    assert_eq!(sent.attestation.unwrap().format, "android-key");
    let pay = sent.pay.unwrap();
    assert_eq!(
        (pay.protection, pay.attestation),
        (Protection::Hardware, None),
        "failing to attest stops nothing"
    );
}

#[tokio::test]
async fn a_pay_key_is_proved_by_itself() {
    let (pen, other) = (Pen::new(), Pen::new());
    let claims = json!({"aud": ADDRESS, "login": other.public().thumbprint(), "iat": NOW});
    let header = |typ: &str, jwk: Value| json!({"alg": "ES256", "typ": typ, "jwk": jwk});
    assert!(verify_pay_key(&pen.sign(&header("lodger-key+jwt", pen.jwk()), &claims)).is_ok());
    for wrong in [
        pen.sign(&header("lodger-key+jwt", other.jwk()), &claims),
        pen.sign(&header("dpop+jwt", pen.jwk()), &claims),
        pen.sign(&header("lodger-key+jwt", Value::Null), &claims),
        pen.sign(&header("lodger-key+jwt", pen.jwk()), &json!({"aud": ADDRESS})),
    ] {
        assert_eq!(verify_pay_key(&wrong).unwrap_err().kind(), AuthErrorKind::Untrusted);
    }
}

#[tokio::test]
async fn an_assertion_is_shown_once() {
    let world = World::new();
    world.device().enrol().await.unwrap();
    // From here on, the back end gives the assertion of the request before.
    *world.back_end.stuck.lock().unwrap() = Some(String::new());
    assert!(world.device().code(&asking("coffee"), Purpose::Login).await.is_ok());
    let error = world.device().code(&asking("coffee"), Purpose::Login).await.unwrap_err();
    assert_eq!(error, AuthError::LoginRequired);
}

#[tokio::test]
async fn nobody_else_gets_a_code() {
    let world = World::new();
    world.device().enrol().await.unwrap();
    // Logged out of the host: the server is not even asked.
    *world.back_end.user.lock().unwrap() = None;
    world.requests();
    let error = world.device().code(&asking("coffee"), Purpose::Login).await.unwrap_err();
    assert_eq!((error.kind(), world.requests().len()), (AuthErrorKind::LoginRequired, 0));
    // Retired: by the user's log-out, or by the operator.
    *world.back_end.user.lock().unwrap() = Some("alice".into());
    world.device().retire().await.unwrap();
    let error = world.device().code(&asking("coffee"), Purpose::Login).await.unwrap_err();
    assert_eq!(error, AuthError::KeyInvalidated);
    world.host.signer().forget().await.unwrap();
    assert!(world.device().code(&asking("coffee"), Purpose::Login).await.is_ok());
}

#[tokio::test]
async fn refusals_tell_what_to_do() {
    let world = World::new();
    let device = world.device();
    for (code, kind) in [
        (RefusalCode::InvalidIdentity, AuthErrorKind::LoginRequired),
        (RefusalCode::DeviceRetired, AuthErrorKind::KeyInvalidated),
        (RefusalCode::NotReleased, AuthErrorKind::Denied),
        (RefusalCode::AppUnknown, AuthErrorKind::Denied),
        (RefusalCode::DeviceUnknown, AuthErrorKind::Denied),
        (RefusalCode::Other, AuthErrorKind::Denied),
    ] {
        world.server.state.lock().unwrap().refuse = Some(code);
        let error = device.code(&asking("coffee"), Purpose::Login).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code:?}");
    }
    world.server.state.lock().unwrap().html = true;
    let error = device.code(&asking("coffee"), Purpose::Login).await.unwrap_err();
    assert_eq!(error.kind(), AuthErrorKind::Untrusted, "a captive portal");
}

#[test]
fn every_code_is_written_as_it_is_named() {
    for code in [
        RefusalCode::InvalidRequest,
        RefusalCode::InvalidDpopProof,
        RefusalCode::UseDpopNonce,
        RefusalCode::InvalidIdentity,
        RefusalCode::DeviceUnknown,
        RefusalCode::DeviceRetired,
        RefusalCode::AppUnknown,
        RefusalCode::NotReleased,
        RefusalCode::NoPhone,
        RefusalCode::RateLimited,
    ] {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
    assert_eq!(serde_json::from_value::<RefusalCode>(json!("new_one")).unwrap(), RefusalCode::Other);
}

#[test]
fn addresses_that_cannot_be_safe() {
    let world = World::new();
    for address in
        ["http://lodger.example", "https://lodger.example/", "https://lodger.example?x", "lodger.example"]
    {
        let config = ServerConfig { address: address.into(), audience: "lodger".into(), development: false };
        let device = Device::new(config, world.host.ports(), world.host.signer(), world.back_end.clone());
        assert!(matches!(device, Err(AuthError::Configuration(_))), "{address}");
    }
}
