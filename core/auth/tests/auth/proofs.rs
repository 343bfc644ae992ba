//! Proofs as an attacker would show them.
use crate::signing::Pen;
use lodger_auth::{
    dpop::{self, DpopError, Expected},
    jose::JoseError,
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const URL: &str = "https://lodger.example/lodger/v1/codes";
const NOW: u64 = 1_700_000_000;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn expected<'a>() -> Expected<'a> {
    Expected {
        method: "POST",
        url: URL,
        token: None,
        is_nonce: &|_| false,
        nonce_required: false,
        now: at(NOW),
    }
}

fn claims() -> Value {
    json!({"jti": "1", "htm": "POST", "htu": URL, "iat": NOW})
}

fn proof(pen: &Pen, claims: &Value) -> String {
    pen.sign(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": pen.jwk()}), claims)
}

fn with(name: &str, value: Value) -> Result<dpop::Proof, DpopError> {
    let mut claims = claims();
    claims[name] = value;
    dpop::verify(&proof(&Pen::new(), &claims), &expected())
}

#[test]
fn a_proof_says_which_key_it_was() {
    let pen = Pen::new();
    let verified = dpop::verify(&proof(&pen, &claims()), &expected()).unwrap();
    assert_eq!((verified.key, verified.id.as_str()), (pen.public().thumbprint(), "1"));
}

#[test]
fn a_proof_is_for_one_request() {
    assert_eq!(with("htm", json!("GET")).unwrap_err(), DpopError::Other("htm"));
    assert_eq!(with("htm", json!("post")).unwrap_err(), DpopError::Other("htm"));
    for url in [
        "https://lodger.example/lodger/v1/devices",
        "https://evil.example/lodger/v1/codes",
        "http://lodger.example/lodger/v1/codes",
        "codes",
        "",
    ] {
        assert_eq!(with("htu", json!(url)).unwrap_err(), DpopError::Other("htu"), "{url}");
    }
    assert!(with("htu", json!("https://LODGER.example:443/lodger/v1/codes?x=1#y")).is_ok());
    assert_eq!(with("jti", json!("")).unwrap_err(), DpopError::Other("jti"));
    assert_eq!(with("jti", json!("x".repeat(129))).unwrap_err(), DpopError::Other("jti"));
}

#[test]
fn a_proof_is_for_now() {
    for (iat, holds) in [(NOW - 60, true), (NOW + 60, true), (NOW - 61, false), (NOW + 61, false), (0, false)]
    {
        assert_eq!(with("iat", json!(iat)).is_ok(), holds, "{iat}");
    }
}

#[test]
fn a_proof_goes_with_its_token_and_no_other() {
    let pen = Pen::new();
    let mut claims = claims();
    claims["ath"] = dpop::token_digest("mine").into();
    let proof = proof(&pen, &claims);
    let shown_with = |token| dpop::verify(&proof, &Expected { token, ..expected() });
    assert!(shown_with(Some("mine")).is_ok());
    assert_eq!(shown_with(Some("stolen")).unwrap_err(), DpopError::Other("ath"));
    assert_eq!(shown_with(None).unwrap_err(), DpopError::Other("ath"));
    let without =
        dpop::verify(&self::proof(&pen, &self::claims()), &Expected { token: Some("mine"), ..expected() });
    assert_eq!(without.unwrap_err(), DpopError::Other("ath"));
}

#[test]
fn a_nonce_of_the_server_stands_for_the_time() {
    let is_nonce = |nonce: &str| nonce == "ours";
    let asking = |nonce_required| Expected { is_nonce: &is_nonce, nonce_required, ..expected() };
    let make = |nonce: Option<&str>, iat: u64| {
        let mut claims = claims();
        claims["iat"] = iat.into();
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        proof(&Pen::new(), &claims)
    };
    // A device whose clock is years off can still log in.
    assert!(dpop::verify(&make(Some("ours"), 1000), &asking(true)).is_ok());
    for (proof, required) in
        [(make(Some("old"), NOW), false), (make(Some("old"), NOW), true), (make(None, NOW), true)]
    {
        assert_eq!(dpop::verify(&proof, &asking(required)).unwrap_err(), DpopError::NonceWanted);
    }
}

#[test]
fn a_proof_is_signed_by_the_key_it_names() {
    let (pen, other) = (Pen::new(), Pen::new());
    let verify = |token: String| dpop::verify(&token, &expected()).unwrap_err();
    let stolen = pen.sign(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": other.jwk()}), &claims());
    assert_eq!(verify(stolen), JoseError::Signature.into());
    let no_key = pen.sign(&json!({"typ": "dpop+jwt", "alg": "ES256"}), &claims());
    assert_eq!(verify(no_key), JoseError::Key.into());
    let mut private = pen.jwk();
    private["d"] = "AA".into();
    let told = pen.sign(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": private}), &claims());
    assert_eq!(verify(told), JoseError::Key.into());
    for typ in [json!("JWT"), json!("at+jwt"), Value::Null] {
        let token = pen.sign(&json!({"typ": typ, "alg": "ES256", "jwk": pen.jwk()}), &claims());
        assert!(matches!(verify(token), DpopError::Jose(JoseError::Type | JoseError::Malformed)));
    }
}
