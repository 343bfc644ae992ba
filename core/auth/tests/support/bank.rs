//! A provider in memory. It checks what a provider must, so that what the device sends is right; and lies on demand.
#![allow(dead_code)] // each test program uses its part
use crate::signing::{Pen, encode};
use async_trait::async_trait;
use lodger_auth::{
    LoginConfig, dpop,
    ports::{Http, Request, Response},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::{Duration, UNIX_EPOCH},
};

pub const ISSUER: &str = "https://bank.example";
pub const REDIRECT: &str = "com.bank.app:/cb";

type Lie = Box<dyn Fn(&mut Value) + Send>;

#[derive(Default)]
pub struct Lies {
    pub metadata: Option<Lie>,
    pub id_token: Option<Lie>,
    pub answer: Option<Lie>,
    /// `kid` and key of id tokens.
    pub signer: Option<(String, Pen)>,
}

#[derive(Default)]
pub struct State {
    pub lies: Lies,
    pub offline: bool,
    /// The nonce that proofs must hold.
    pub nonce: Option<String>,
    /// Seconds since 1970; the bank's clock.
    pub now: u64,
    /// `(method, path)` of each request.
    pub requests: Vec<(String, String)>,
    /// Codes that came to the token endpoint, in order.
    pub redeemed: Vec<String>,
    pub revoked: Vec<String>,
    codes: BTreeMap<String, BTreeMap<String, String>>,
    refresh: BTreeMap<String, (String, String)>,
    seen: BTreeSet<(String, String)>,
    count: u64,
}

pub struct Bank {
    pub key: Pen,
    pub state: Mutex<State>,
}

impl Bank {
    pub fn new() -> Self {
        Self { key: Pen::new(), state: Mutex::new(State { now: 1_700_000_000, ..State::default() }) }
    }

    pub fn config() -> LoginConfig {
        LoginConfig {
            issuer: ISSUER.into(),
            client_id: "app".into(),
            redirect_uri: REDIRECT.into(),
            scope: "openid offline_access".into(),
            resource: Some("https://lodger.example".into()),
            parameters: vec![("prompt".into(), "consent".into())],
            development: false,
        }
    }

    /// The browser: the user logs in, and the browser goes back to the app.
    pub fn authorize(&self, address: &str, user: &str) -> String {
        let (endpoint, query) = address.split_once('?').unwrap();
        assert_eq!(endpoint, format!("{ISSUER}/auth"));
        let mut asked: BTreeMap<String, String> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        asked.insert("user".into(), user.into());
        let mut state = self.state.lock().unwrap();
        state.count += 1;
        let code = format!("code-{}", state.count);
        let callback = callback(&[("code", &code), ("state", &asked["state"]), ("iss", ISSUER)]);
        state.codes.insert(code, asked);
        callback
    }

    pub fn answer(&self, request: &Request) -> Response {
        let mut state = self.state.lock().unwrap();
        let path = request.url.strip_prefix(ISSUER).expect("only the bank is asked").to_owned();
        state.requests.push((request.method.into(), path.clone()));
        match path.as_str() {
            "/.well-known/openid-configuration" => {
                let mut metadata = json!({
                    "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/auth"),
                    "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/jwks"),
                    "revocation_endpoint": format!("{ISSUER}/revoke"),
                    "authorization_response_iss_parameter_supported": true,
                    "code_challenge_methods_supported": ["S256"], "dpop_signing_alg_values_supported": ["ES256"],
                });
                state.lies.metadata.iter().for_each(|lie| lie(&mut metadata));
                response(200, &metadata)
            }
            "/jwks" => Response { status: 200, headers: vec![], body: self.key.set("1") },
            "/token" => self.token(&mut state, request),
            "/revoke" => {
                let form: BTreeMap<String, String> =
                    form_urlencoded::parse(&request.body).into_owned().collect();
                state.revoked.push(form["token"].clone());
                response(200, &json!({}))
            }
            _ => response(404, &json!({})),
        }
    }

    fn token(&self, state: &mut State, request: &Request) -> Response {
        let header =
            |name: &str| request.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value);
        let nonce = state.nonce.clone();
        let proof = dpop::verify(
            header("DPoP").unwrap(),
            &dpop::Expected {
                method: "POST",
                url: "https://bank.example/token",
                token: None,
                is_nonce: &|given| Some(given) == nonce.as_deref(),
                nonce_required: nonce.is_some(),
                now: UNIX_EPOCH + Duration::from_secs(state.now),
            },
        );
        let proof = match proof {
            Ok(proof) => proof,
            Err(dpop::DpopError::NonceWanted) => {
                let mut refusal = response(400, &json!({"error": "use_dpop_nonce"}));
                refusal.headers.extend(nonce.map(|nonce| ("dpop-nonce".into(), nonce)));
                return refusal;
            }
            Err(_) => return response(400, &json!({"error": "invalid_dpop_proof"})),
        };
        assert!(state.seen.insert((proof.key.to_string(), proof.id)), "a proof came twice");
        let form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        assert_eq!(form["client_id"], "app");
        assert_eq!(form["resource"], "https://lodger.example");
        let no = || response(400, &json!({"error": "invalid_grant"}));
        let (user, id_nonce) = match form["grant_type"].as_str() {
            "authorization_code" => {
                state.redeemed.push(form["code"].clone());
                let Some(asked) = state.codes.remove(&form["code"]) else { return no() };
                let challenge =
                    encode(ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes()));
                assert_eq!(challenge, asked["code_challenge"]);
                assert_eq!(proof.key.as_str(), asked["dpop_jkt"]);
                assert_eq!(form["redirect_uri"], asked["redirect_uri"]);
                (asked["user"].clone(), Some(asked["nonce"].clone()))
            }
            "refresh_token" => match state.refresh.remove(&form["refresh_token"]) {
                Some((user, key)) if key == proof.key.as_str() => (user, None),
                _ => return no(),
            },
            other => panic!("{other}"),
        };
        self.grant(state, &user, id_nonce, proof.key.as_str())
    }

    fn grant(&self, state: &mut State, user: &str, nonce: Option<String>, key: &str) -> Response {
        state.count += 1;
        let (access, refresh) = (format!("access-{}", state.count), format!("refresh-{}", state.count));
        state.refresh.insert(refresh.clone(), (user.into(), key.into()));
        let hash = ring::digest::digest(&ring::digest::SHA256, access.as_bytes());
        let mut claims = json!({
            "iss": ISSUER, "sub": user, "aud": "app", "iat": state.now, "exp": state.now + 3600,
            "at_hash": encode(&hash.as_ref()[..16]),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        state.lies.id_token.iter().for_each(|lie| lie(&mut claims));
        let (kid, pen) = state.lies.signer.as_ref().map_or(("1", &self.key), |(kid, pen)| (kid, pen));
        let id_token = pen.sign(&json!({"alg": "ES256", "kid": kid}), &claims);
        let mut answer = json!({
            "access_token": access, "token_type": "DPoP", "expires_in": 300, "refresh_token": refresh,
            "id_token": id_token,
        });
        state.lies.answer.iter().for_each(|lie| lie(&mut answer));
        response(200, &answer)
    }

    /// The refresh tokens are worth nothing any more.
    pub fn forget_users(&self) {
        self.state.lock().unwrap().refresh.clear();
    }
}

#[async_trait]
impl Http for Bank {
    async fn send(&self, request: Request) -> Result<Response, String> {
        // Whoever else wants to ask, does so meanwhile.
        tokio::task::yield_now().await;
        if self.state.lock().unwrap().offline {
            return Err("no route".into());
        }
        Ok(self.answer(&request))
    }
}

pub fn response(status: u16, body: &Value) -> Response {
    Response { status, headers: vec![], body: body.to_string().into_bytes() }
}

/// An address that the browser comes back with.
pub fn callback(pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{REDIRECT}?{query}")
}
