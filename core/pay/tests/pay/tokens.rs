//! Signed JSON: published vectors, algorithms that do not exist, and random bytes.
use crate::signing::{PayKey, merchant_key};
use lodger_pay::jws::{Algorithm, PublicKey, Unsigned, Unverified};
use proptest::prelude::*;
use ring::{
    rand::SystemRandom,
    signature::{RSA_PSS_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};

fn published(part: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../../../auth/tests/vectors/published.json")).unwrap();
    all[part].as_array().unwrap().clone()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

#[test]
fn published_signatures_verify_with_their_key_only() {
    let vectors = published("accepted");
    assert!(vectors.len() >= 3);
    for vector in &vectors {
        for other in &vectors {
            let key = PublicKey::from_jwk(&other["key"]).unwrap();
            assert_eq!(PublicKey::from_jwk(&key.to_jwk()).unwrap(), key);
            let verified = Unverified::read(text(vector, "token")).unwrap().verify(&key);
            assert_eq!(verified.is_ok(), vector["source"] == other["source"]);
            if let Ok(verified) = verified {
                assert_eq!(verified.payload(), text(vector, "payload").as_bytes());
            }
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
fn rsa_pss_verifies_as_ps256_only() {
    let pem = include_str!("../vectors/wechatpay/merchant_private_key.pem");
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, der).unwrap();
    let pair = RsaKeyPair::from_pkcs8(&der).unwrap();
    let key = PublicKey::from_jwk(&merchant_key().to_jwk()).unwrap();
    for (name, right) in [(Algorithm::Ps256, true), (Algorithm::Rs256, false), (Algorithm::Es256, false)] {
        let unsigned = Unsigned::new("x", name, "k", &json!({})).unwrap();
        let mut signature = vec![0; 256];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), unsigned.message(), &mut signature).unwrap();
        let token = unsigned.sign(&signature);
        assert_eq!(Unverified::read(&token).unwrap().verify(&key).is_ok(), right);
    }
}

#[test]
fn a_changed_bit_is_seen() {
    let key = PayKey::new();
    let unsigned = Unsigned::new("x", Algorithm::Es256, "k", &json!({"a": 1})).unwrap();
    let signature = key.sign(unsigned.message());
    let token = unsigned.sign(&signature);
    assert!(Unverified::read(&token).unwrap().verify(&key.public()).is_ok());
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        let verified = Unverified::read(&changed).and_then(|token| token.verify(&key.public()));
        assert!(verified.is_err(), "{at}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}", parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
        let _ = Unverified::read(&text);
        let _ = Unverified::read(&parts.join("."));
    }
}
