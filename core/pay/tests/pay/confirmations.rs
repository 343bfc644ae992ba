//! Confirmations: what the user's key signs is what was shown and what is sent, and is good for nothing else.
use crate::signing::{NOW, PayKey, checked, order, sign_order, usual_keys};
use lodger_pay::{
    confirmation::{Confirmation, ConfirmationError as Error, Place, TYP, verify},
    journal::Request,
    jws::{Algorithm, JwsError, Unsigned},
    order::{Order, OrderError},
};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

const PLACE: Place<'static> = Place { index: "ab12", session: "s-1", pay_key: "thumb" };

fn confirm(key: &PayKey, order: &Order) -> Request {
    let confirmation = Confirmation::new(&checked(order), "key-1", PLACE, NOW + 5).unwrap();
    let signature = key.sign(confirmation.message());
    confirmation.sign(&signature).unwrap()
}

fn check(key: &PayKey, body: &str, idempotency_key: &str) -> Result<(), Error> {
    let find = |kid: &str| (kid == "thumb").then(|| key.public());
    verify(body.as_bytes(), idempotency_key, find, &usual_keys(), NOW + 6).map(drop)
}

#[test]
fn a_confirmation_is_of_its_order_word_for_word() {
    let key = PayKey::new();
    let request = confirm(&key, &order());
    assert_eq!(request.key, "key-1");
    let find = |_: &str| Some(key.public());
    let (signed, claims) = verify(request.body.as_bytes(), "key-1", find, &usual_keys(), NOW + 6).unwrap();
    assert_eq!(signed, order());
    assert_eq!((claims.amount, claims.payee.as_str(), claims.jti.as_str()), (700, "Coffee & Co", "key-1"));
    assert_eq!((claims.index.as_str(), claims.session.as_str()), ("ab12", "s-1"));
    assert_eq!((claims.iat, claims.exp), (NOW + 5, order().expires));

    assert_eq!(check(&key, &request.body, "key-2"), Err(Error::Other), "another idempotency key");
    assert_eq!(check(&PayKey::new(), &request.body, "key-1"), Err(Error::Token(JwsError::Signature)));
    assert_eq!(
        verify(request.body.as_bytes(), "key-1", |_| None, &usual_keys(), NOW).map(drop),
        Err(Error::Key)
    );
}

#[test]
fn a_confirmation_does_not_fit_another_order() {
    let key = PayKey::new();
    let body: Value = serde_json::from_str(&confirm(&key, &order()).body).unwrap();
    for other in [
        Order { amount: 70_000, ..order() },
        Order { order: "o-2".into(), ..order() },
        Order { nonce: "n-2".into(), ..order() },
        Order { app: "tea".into(), ..order() },
    ] {
        let swapped = json!({"confirmation": body["confirmation"], "order": sign_order(&other)});
        assert_eq!(check(&key, &swapped.to_string(), "key-1"), Err(Error::Other));
    }
    let mut forged = sign_order(&order());
    forged.replace_range(forged.len() - 4.., "AAAA");
    let swapped = json!({"confirmation": body["confirmation"], "order": forged});
    assert_eq!(
        check(&key, &swapped.to_string(), "key-1"),
        Err(Error::Order(OrderError::Token(JwsError::Signature)))
    );
}

#[test]
fn a_login_proof_is_no_confirmation() {
    let key = PayKey::new();
    let order_token = sign_order(&order());
    let body: Value = serde_json::from_str(&confirm(&key, &order()).body).unwrap();
    let parts: Vec<&str> = body["confirmation"].as_str().unwrap().split('.').collect();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims: Value = serde_json::from_slice(&base64::Engine::decode(&engine, parts[1]).unwrap()).unwrap();
    for (typ, expected) in [
        (TYP, Ok(())),
        ("dpop+jwt", Err(Error::Token(JwsError::Type))),
        ("JWT", Err(Error::Token(JwsError::Type))),
    ] {
        let unsigned = Unsigned::new(typ, Algorithm::Es256, "thumb", &claims).unwrap();
        let signature = key.sign(unsigned.message());
        let body = json!({"confirmation": unsigned.sign(&signature), "order": order_token});
        assert_eq!(check(&key, &body.to_string(), "key-1"), expected, "{typ}");
    }
}

#[test]
fn a_confirmation_is_no_login_proof() {
    let key = PayKey::new();
    let body: Value = serde_json::from_str(&confirm(&key, &order()).body).unwrap();
    let expected = lodger_auth::dpop::Expected {
        method: "POST",
        url: "https://lodger.example/lodger/v1/codes",
        token: None,
        is_nonce: &|_| true,
        nonce_required: false,
        now: UNIX_EPOCH + Duration::from_secs(NOW),
    };
    let refused = lodger_auth::dpop::verify(body["confirmation"].as_str().unwrap(), &expected);
    assert!(refused.is_err());
    // Nor the enrolment of a key.
    assert!(lodger_auth::api::verify_pay_key(body["confirmation"].as_str().unwrap()).is_err());
}

#[test]
fn requests_with_more_or_less_in_them_are_refused() {
    let key = PayKey::new();
    let body = confirm(&key, &order()).body;
    assert_eq!(check(&key, &body, "key-1"), Ok(()));
    for wrong in [
        body.replacen('{', r#"{"amount":1,"#, 1),
        body.replacen('{', r#"{"order":"x","#, 1),
        format!("{body}{body}"),
        "{}".to_owned(),
        String::new(),
    ] {
        assert_eq!(check(&key, &wrong, "key-1"), Err(Error::Token(JwsError::Malformed)));
    }
}
