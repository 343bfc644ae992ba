//! Tokens and key sets as an attacker would write them.
use crate::signing::{Pen, encode};
use lodger_auth::jose::{JoseError, KeyCache, KeySet, Lookup, PublicKey, Unverified};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

#[test]
fn a_public_key_is_no_secret() {
    // The classic: HS256 with the issuer's public key as the secret.
    let pen = Pen::new();
    let input = format!("{}.{}", encode(r#"{"alg":"HS256","kid":"1"}"#), encode("{}"));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, pen.jwk().to_string().as_bytes());
    let token = format!("{input}.{}", encode(ring::hmac::sign(&key, input.as_bytes())));
    assert_eq!(KeySet::read(&pen.set("1")).unwrap().verify(&token).unwrap_err(), JoseError::Algorithm);
}

#[test]
fn headers_that_must_not_count() {
    let (pen, thief) = (Pen::new(), Pen::new());
    let keys = KeySet::read(&pen.set("1")).unwrap();
    let refused = |header: Value, error: JoseError| {
        assert_eq!(keys.verify(&thief.sign(&header, &json!({}))).unwrap_err(), error, "{header}");
    };
    // A key that the token brings itself, or says where to find.
    refused(json!({"alg": "ES256", "kid": "1", "jwk": thief.jwk()}), JoseError::Signature);
    refused(json!({"alg": "ES256", "kid": "1", "jku": "https://thief.example/keys"}), JoseError::Signature);
    refused(json!({"alg": "ES256", "kid": "2"}), JoseError::UnknownKey);
    refused(json!({"alg": "RS256", "kid": "1"}), JoseError::UnknownKey);
    refused(json!({"alg": "none"}), JoseError::Algorithm);
    refused(json!({"alg": "es256"}), JoseError::Algorithm);
    refused(json!({"alg": "ES256", "crit": ["exp"], "exp": 1}), JoseError::Critical);
    refused(json!({"alg": "ES256", "b64": true}), JoseError::Critical);
    refused(json!({"kid": "1"}), JoseError::Malformed);
    let twice = pen.sign_text(r#"{"alg":"ES256","alg":"ES256"}"#, "{}");
    assert_eq!(keys.verify(&twice).unwrap_err(), JoseError::Malformed);
    let claims_twice = pen.sign_text(r#"{"alg":"ES256"}"#, r#"{"sub":"a","sub":"b"}"#);
    assert_eq!(keys.verify(&claims_twice).unwrap().claims::<Value>().unwrap_err(), JoseError::Malformed);
}

#[test]
fn one_token_has_one_spelling() {
    let pen = Pen::new();
    let keys = KeySet::read(&pen.set("1")).unwrap();
    let token = pen.sign(&json!({"alg": "ES256"}), &json!({"sub": "a"}));
    assert!(keys.verify(&token).is_ok());
    for other in [
        format!("{token}="),
        format!(" {token}"),
        format!("{token}.x"),
        token.replace('.', ".."),
        format!("{token}\n"),
    ] {
        assert!(keys.verify(&other).is_err(), "{other}");
    }
    assert!(keys.verify(&"a".repeat(20_000)).is_err());
}

#[test]
fn keys_that_cannot_be_used_are_skipped() {
    let jwk = Pen::new().jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        PublicKey::from_jwk(&jwk)
    };
    assert!(with("use", json!("sig")).is_ok());
    assert!(with("key_ops", json!(["verify"])).is_ok());
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!("verify")),
        ("kty", json!("oct")),
        ("crv", json!("P-384")),
        ("x", json!("AA")),
        ("y", json!(1)),
    ] {
        assert_eq!(with(name, value).unwrap_err(), JoseError::Key, "{name}");
    }
    let short = json!({"kty": "RSA", "n": encode([0xff; 128]), "e": "AQAB"});
    assert!(PublicKey::from_jwk(&short).is_err(), "1024 bits");
    assert!(
        PublicKey::from_jwk(&json!({"kty": "RSA", "n": encode([0xff; 256]), "e": encode([1; 8])})).is_err()
    );
    let set = json!({"keys": [short, {"kty": "oct", "k": "AA"}, {"kty": "new"}, 7, jwk]}).to_string();
    assert!(KeySet::read(set.as_bytes()).unwrap().verify("a.b.c").is_err());
    assert!(KeySet::read(b"{}").is_err());
    assert!(KeySet::read(json!({"keys": vec![jwk; 65]}).to_string().as_bytes()).is_err());
}

#[test]
fn a_key_for_one_algorithm_is_for_no_other() {
    let key = json!({"kty": "RSA", "n": encode([0xff; 256]), "e": "AQAB", "alg": "RS256"});
    let keys = KeySet::read(json!({"keys": [key]}).to_string().as_bytes()).unwrap();
    let signed_as = |algorithm: &str| {
        let token = format!(
            "{}.{}.{}",
            encode(format!(r#"{{"alg":"{algorithm}"}}"#)),
            encode("{}"),
            encode([1; 256])
        );
        keys.verify(&token).unwrap_err()
    };
    assert_eq!(signed_as("RS256"), JoseError::Signature);
    assert_eq!(signed_as("PS256"), JoseError::UnknownKey);
}

#[test]
fn without_a_kid_there_must_be_one_key() {
    let pen = Pen::new();
    let token = pen.sign(&json!({"alg": "ES256"}), &json!({}));
    let one = KeySet::read(json!({"keys": [pen.jwk()]}).to_string().as_bytes()).unwrap();
    assert!(one.verify(&token).is_ok());
    let two = KeySet::read(json!({"keys": [pen.jwk(), Pen::new().jwk()]}).to_string().as_bytes()).unwrap();
    assert_eq!(two.verify(&token).unwrap_err(), JoseError::UnknownKey);
}

#[test]
fn rotated_keys_are_fetched_once_a_minute_at_most() {
    let (old, new) = (Pen::new(), Pen::new());
    let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds);
    let header = |pen: &Pen, kid: &str| {
        let token = pen.sign(&json!({"alg": "ES256", "kid": kid}), &json!({}));
        Unverified::read(&token).unwrap().header().clone()
    };
    let (first, second) = (header(&old, "old"), header(&new, "new"));
    let mut cache = KeyCache::default();
    assert_eq!(cache.find(&first, at(0)), Lookup::Fetch);
    cache.put(&old.set("old"), at(0)).unwrap();
    assert_eq!(cache.find(&first, at(1)), Lookup::Key(old.public()));
    // Strangers' kids do not make us ask all the time.
    assert_eq!(cache.find(&second, at(1)), Lookup::Unknown);
    assert_eq!(cache.find(&second, at(61)), Lookup::Fetch);
    assert_eq!(cache.find(&second, at(62)), Lookup::Unknown);
    cache.put(&new.set("new"), at(62)).unwrap();
    assert_eq!(cache.find(&second, at(63)), Lookup::Key(new.public()));
    assert_eq!(cache.find(&first, at(63)), Lookup::Unknown, "a key that was taken back");
    // Old keys are asked for again; without an answer they do for a day.
    assert_eq!(cache.find(&second, at(62 + 600)), Lookup::Fetch);
    assert_eq!(cache.find(&second, at(62 + 601)), Lookup::Key(new.public()));
    assert_eq!(cache.find(&second, at(90_000)), Lookup::Fetch);
    assert_eq!(cache.find(&second, at(90_001)), Lookup::Unknown);
    assert!(cache.put(b"<html>", at(90_002)).is_err());
    // A clock that is set back makes nothing last longer.
    assert_eq!(cache.find(&second, at(0)), Lookup::Fetch);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,200}") {
        let _ = KeySet::read(&bytes);
        let _ = Unverified::read(&text);
        let _ = PublicKey::from_spki(&bytes);
    }

    #[test]
    fn a_changed_token_never_verifies(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let pen = Pen::new();
        let token = pen.sign(&json!({"alg": "ES256"}), &json!({"sub": "user", "aud": "x"}));
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != token);
        prop_assert!(KeySet::read(&pen.set("1")).unwrap().verify(&changed).is_err());
    }
}
