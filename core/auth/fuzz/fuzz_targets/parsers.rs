//! Any bytes, to each reader of what strangers write: no panic, and nothing that has two spellings.
#![no_main]

use lodger_auth::{
    AuthError, LoginConfig,
    api::{self, CodeRequest, EnrolRequest},
    dpop::{self, Expected},
    jose::{KeySet, PublicKey, Unverified},
    keys::Signature,
    oidc::{Flow, Metadata},
};
use std::{sync::LazyLock, time::UNIX_EPOCH};

static CONFIG: LazyLock<LoginConfig> = LazyLock::new(|| LoginConfig {
    issuer: "https://bank.example".into(),
    client_id: "app".into(),
    redirect_uri: "com.bank.app:/cb".into(),
    scope: "openid".into(),
    resource: None,
    parameters: vec![],
    development: false,
});

const METADATA: &[u8] =
    br#"{"issuer":"https://bank.example","authorization_endpoint":"https://bank.example/auth",
    "token_endpoint":"https://bank.example/token","jwks_uri":"https://bank.example/jwks",
    "dpop_signing_alg_values_supported":["ES256"]}"#;

static FLOW: LazyLock<Flow> = LazyLock::new(|| {
    let metadata = Metadata::read(METADATA, &CONFIG).expect("this is metadata");
    let key = PublicKey::Ed25519([0; 32]).thumbprint();
    Flow::begin(&CONFIG, metadata, key, UNIX_EPOCH).expect("this is a configuration")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    match kind {
        b't' => {
            let _ = Unverified::read(&text);
        }
        b'p' => {
            let expected = Expected {
                method: "POST",
                url: "https://server.example.com/token",
                token: None,
                is_nonce: &|_| true,
                nonce_required: false,
                now: UNIX_EPOCH,
            };
            let _ = dpop::verify(&text, &expected);
        }
        b'k' => {
            let _ = KeySet::read(bytes);
            if let Ok(key) = serde_json::from_slice(bytes)
                .map_err(drop)
                .and_then(|jwk| PublicKey::from_jwk(&jwk).map_err(drop))
            {
                assert_eq!(PublicKey::from_jwk(&key.to_jwk()), Ok(key));
            }
        }
        b'm' => {
            let _ = Metadata::read(bytes, &CONFIG);
        }
        b'c' => {
            // Nobody knows the state.
            assert_eq!(FLOW.callback(&text), Err(AuthError::ForeignCallback));
        }
        b's' => {
            let _ = PublicKey::from_spki(bytes);
            let _ = Signature::from_der(bytes);
        }
        _ => {
            let _ = api::verify_pay_key(&text);
            let _ = api::read::<EnrolRequest>(bytes);
            let _ = api::read::<CodeRequest>(bytes);
        }
    }
});
