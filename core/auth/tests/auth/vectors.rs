//! Vectors that others published; `vectors/published.json` says where.
use lodger_auth::{
    dpop,
    jose::{PublicKey, Unverified},
};
use serde_json::Value;
use std::time::{Duration, UNIX_EPOCH};

fn published(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../vectors/published.json")).unwrap();
    all[part].as_array().unwrap().clone()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

#[test]
fn signatures_verify() {
    for vector in published("accepted") {
        let key = PublicKey::from_jwk(&vector["key"]).unwrap();
        let verified = Unverified::read(text(&vector, "token")).unwrap().verify(&key);
        assert_eq!(verified.unwrap().payload(), text(&vector, "payload").as_bytes(), "{}", vector["source"]);
    }
}

#[test]
fn no_signature_verifies_with_another_key() {
    let vectors = published("accepted");
    for vector in &vectors {
        for other in &vectors {
            let key = PublicKey::from_jwk(&other["key"]).unwrap();
            let verified = Unverified::read(text(vector, "token")).unwrap().verify(&key);
            assert_eq!(verified.is_ok(), vector["source"] == other["source"]);
        }
    }
}

#[test]
fn other_algorithms_and_extensions_are_refused() {
    for vector in published("refused") {
        let error = Unverified::read(text(&vector, "token")).unwrap_err();
        assert_eq!(format!("{error:?}"), text(&vector, "error"), "{}", vector["source"]);
    }
}

#[test]
fn thumbprints() {
    for vector in published("thumbprints") {
        let key = PublicKey::from_jwk(&vector["key"]).unwrap();
        assert_eq!(key.thumbprint().as_str(), text(&vector, "thumbprint"), "{}", vector["source"]);
        assert_eq!(PublicKey::from_jwk(&key.to_jwk()).unwrap(), key);
    }
}

#[test]
fn proofs_verify() {
    for vector in published("proofs") {
        let expected = dpop::Expected {
            method: text(&vector, "method"),
            url: text(&vector, "url"),
            token: vector["token"].as_str(),
            is_nonce: &|_| false,
            nonce_required: false,
            now: UNIX_EPOCH + Duration::from_secs(vector["iat"].as_u64().unwrap()),
        };
        let proof = dpop::verify(text(&vector, "proof"), &expected).unwrap();
        assert_eq!(proof.key.as_str(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }
    let digest = dpop::token_digest("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    assert_eq!(digest, "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
}
