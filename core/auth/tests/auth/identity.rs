//! Identities as an attacker would show them: issue 6, attack 4, as far as no database is needed.
use crate::signing::Pen;
use lodger_auth::{
    identity::{
        Expected, Identified, IdentityError, read_introspection, verify_access_token, verify_assertion,
    },
    jose::{JoseError, KeySet, Thumbprint},
};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

const NOW: u64 = 1_700_000_000;
const NONCE: &str = "a-nonce-made-by-the-device";

struct World {
    issuer: Pen,
    keys: KeySet,
    device: Thumbprint,
}

impl World {
    fn new() -> Self {
        let issuer = Pen::new();
        let keys = KeySet::read(&issuer.set("1")).unwrap();
        Self { issuer, keys, device: Pen::new().public().thumbprint() }
    }

    fn expected(&self) -> Expected<'_> {
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        Expected { issuer: "https://bank.example", audience: "lodger", key: &self.device, now }
    }

    fn claims(&self) -> Value {
        json!({
            "iss": "https://bank.example", "sub": "42", "aud": "lodger", "iat": NOW, "exp": NOW + 300,
            "nonce": NONCE, "cnf": {"jkt": self.device},
        })
    }

    fn assertion(&self, claims: &Value) -> Result<Identified, IdentityError> {
        let header = json!({"alg": "ES256", "kid": "1", "typ": "lodger-identity+jwt"});
        verify_assertion(&self.issuer.sign(&header, claims), &self.keys, NONCE, &self.expected())
    }

    fn access_token(&self, claims: &Value) -> Result<Identified, IdentityError> {
        let header = json!({"alg": "ES256", "kid": "1", "typ": "at+JWT"});
        verify_access_token(&self.issuer.sign(&header, claims), &self.keys, &self.expected())
    }
}

/// What is wrong with a token of either form.
fn wrongs() -> Vec<(&'static str, Value)> {
    vec![
        ("iss", json!("https://other.example")),
        ("iss", json!("https://bank.example/")),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("exp", json!(NOW)),
        ("iat", json!(NOW + 61)),
        ("nbf", json!(NOW + 61)),
        ("cnf", json!({"jkt": Pen::new().public().thumbprint()})),
        ("cnf", json!({})),
        ("cnf", Value::Null),
        ("exp", Value::Null),
        ("iat", json!("now")),
    ]
}

#[test]
fn both_forms_say_who_it_is() {
    let world = World::new();
    let identified = world.assertion(&world.claims()).unwrap();
    assert_eq!((identified.issuer.as_str(), identified.subject.as_str()), ("https://bank.example", "42"));
    assert_eq!(identified.once.as_deref(), Some(NONCE));
    assert_eq!(identified.expires, UNIX_EPOCH + Duration::from_secs(NOW + 300));
    let identified = world.access_token(&world.claims()).unwrap();
    assert_eq!((identified.subject.as_str(), identified.once), ("42", None));
    assert!(!format!("{:?}", world.assertion(&world.claims())).contains("42"));
}

#[test]
fn every_claim_counts() {
    let world = World::new();
    for (name, value) in wrongs() {
        let mut claims = world.claims();
        claims[name] = value;
        assert!(world.assertion(&claims).is_err(), "assertion, {name} {}", claims[name]);
        assert!(world.access_token(&claims).is_err(), "access token, {name} {}", claims[name]);
    }
    for (name, value) in [
        ("aud", json!(["lodger", "another"])),
        ("nonce", json!("of-another-request-altogether")),
        ("nonce", Value::Null),
        ("exp", json!(NOW + 301)),
        ("iat", json!(NOW - 1)),
    ] {
        let mut claims = world.claims();
        claims[name] = value;
        assert!(world.assertion(&claims).is_err(), "assertion, {name} {}", claims[name]);
        assert!(world.access_token(&claims).is_ok(), "an access token may: {name} {}", claims[name]);
    }
}

#[test]
fn tokens_for_other_purposes_are_refused() {
    let world = World::new();
    // An id token of the same issuer, for the same audience, even bound to the key.
    for typ in [json!("JWT"), json!("dpop+jwt"), json!("logout+jwt"), json!("")] {
        let token = world.issuer.sign(&json!({"alg": "ES256", "kid": "1", "typ": typ}), &world.claims());
        let refused = IdentityError::Jose(JoseError::Type);
        assert_eq!(verify_assertion(&token, &world.keys, NONCE, &world.expected()).unwrap_err(), refused);
        assert_eq!(verify_access_token(&token, &world.keys, &world.expected()).unwrap_err(), refused);
    }
    let untyped = world.issuer.sign(&json!({"alg": "ES256", "kid": "1"}), &world.claims());
    assert!(verify_assertion(&untyped, &world.keys, NONCE, &world.expected()).is_err());
    assert!(verify_access_token(&untyped, &world.keys, &world.expected()).is_err());
    // One form is not the other.
    let header = json!({"alg": "ES256", "kid": "1", "typ": "at+jwt"});
    let token = world.issuer.sign(&header, &world.claims());
    assert!(verify_assertion(&token, &world.keys, NONCE, &world.expected()).is_err());
}

#[test]
fn another_hosts_issuer_is_another() {
    let (world, other) = (World::new(), World::new());
    let header = json!({"alg": "ES256", "kid": "1", "typ": "lodger-identity+jwt"});
    let token = other.issuer.sign(&header, &world.claims());
    let refused = verify_assertion(&token, &world.keys, NONCE, &world.expected()).unwrap_err();
    assert_eq!(refused, IdentityError::Jose(JoseError::Signature));
}

#[test]
fn introspection_must_say_as_much_as_a_token() {
    let world = World::new();
    let read = |answer: &Value| read_introspection(answer.to_string().as_bytes(), &world.expected());
    let mut answer = world.claims();
    answer["active"] = true.into();
    assert_eq!(read(&answer).unwrap().subject, "42");
    for (name, value) in wrongs() {
        let mut answer = answer.clone();
        answer[name] = value;
        assert!(read(&answer).is_err(), "{name} {}", answer[name]);
    }
    assert_eq!(read(&json!({"active": false})).unwrap_err(), IdentityError::Claim("the token is not active"));
    assert!(read(&json!({"active": true})).is_err());
    answer["active"] = false.into();
    assert!(read(&answer).is_err());
    assert!(read_introspection(b"<html>", &world.expected()).is_err());
}
