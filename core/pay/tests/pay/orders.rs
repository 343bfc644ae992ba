//! Orders that must not be paid (attack rows 19, 21, 42), and what a sheet shows.
use crate::signing::{
    NOW, call, caps, check, checked, merchant_key, operator, order, pay_sign, payment_keys, sign_order,
    usual_keys,
};
use lodger_pay::{
    jws::{Algorithm, JwsError, Unsigned},
    order::{Call, Caps, Checked, Order, OrderError as Error, PaymentKeys, TYP},
};
use serde_json::{Value, json};

/// An order that no server of ours would sign.
fn sign_raw(claims: &Value) -> String {
    let unsigned = Unsigned::new(TYP, Algorithm::EdDsa, "k1", claims).unwrap();
    let signature = operator(1).sign(unsigned.message());
    unsigned.sign(signature.as_ref())
}

fn changed(name: &str, value: Value) -> Value {
    let mut claims = serde_json::to_value(order()).unwrap();
    claims[name] = value;
    claims
}

#[test]
fn the_sheet_shows_what_was_signed() {
    let sheet = checked(&order()).sheet();
    assert_eq!(sheet.money.to_string(), "EUR 7.00");
    assert_eq!((sheet.app.as_str(), sheet.payee.as_str()), ("coffee", "Coffee & Co"));
    assert_eq!((sheet.description.as_str(), sheet.expires), ("Two flat whites", NOW + 7200));
}

#[test]
fn an_amount_changed_after_signing_is_refused() {
    let token = sign_order(&order());
    let parts: Vec<&str> = token.split('.').collect();
    let claims = changed("amount", json!(1)).to_string();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let forged = format!("{}.{}.{}", parts[0], base64::Engine::encode(&engine, claims), parts[2]);
    assert_eq!(check(&forged), Err(Error::Token(JwsError::Signature)));
}

#[test]
fn an_order_is_for_one_program_user_and_call() {
    let checked = |order: &Order| check(&sign_order(order));
    assert_eq!(checked(&Order { app: "tea".into(), ..order() }), Err(Error::OtherApp));
    assert_eq!(checked(&Order { payer: "somebody".into(), ..order() }), Err(Error::OtherPayer));
    assert_eq!(checked(&Order { prepay_id: "wx2".into(), ..order() }), Err(Error::OtherOrder));
    // The page of another program shows this one's call.
    let token = sign_order(&order());
    let with = |call: &Call<'_>| Checked::new(&token, &usual_keys(), call, &caps(), NOW);
    assert_eq!(with(&Call { app: "tea", ..call() }), Err(Error::OtherApp));
    assert_eq!(with(&Call { payer: "somebody", ..call() }), Err(Error::OtherPayer));
}

#[test]
fn the_merchant_signed_this_call() {
    let token = sign_order(&order());
    let with = |call: &Call<'_>| Checked::new(&token, &usual_keys(), call, &caps(), NOW);
    assert!(with(&call()).is_ok());
    let other = pay_sign("coffee", "prepay_id=wx2");
    assert_eq!(with(&Call { pay_sign: &other, ..call() }), Err(Error::PaySign));
    let other = pay_sign("tea", call().package);
    assert_eq!(with(&Call { pay_sign: &other, ..call() }), Err(Error::PaySign));
    assert_eq!(with(&Call { pay_sign: "", ..call() }), Err(Error::PaySign));
    assert_eq!(with(&Call { timestamp: "1700000001", ..call() }), Err(Error::PaySign));
    for (call, name) in [
        (Call { sign_type: "MD5", ..call() }, "signType"),
        (Call { sign_type: "HMAC-SHA256", ..call() }, "signType"),
        (Call { package: "wx201410272009395522657a690389285100", ..call() }, "package"),
        (Call { package: "prepay_id=../admin", ..call() }, "package"),
        (Call { timestamp: "now", ..call() }, "timeStamp"),
        (Call { timestamp: "1\n2", ..call() }, "timeStamp"),
        (Call { nonce: "a\nb", ..call() }, "nonceStr"),
    ] {
        assert_eq!(with(&call), Err(Error::Call(name)));
    }
    // Another merchant's key in the order: its own signature does not fit.
    let stranger = include_str!("../vectors/wechatpay/go_certificate.pem");
    let stranger = lodger_pay::wechatpay::PublicKey::from_certificate(stranger).unwrap().1;
    let of_stranger = Order { merchant_keys: vec![stranger.to_jwk()], ..order() };
    assert_eq!(check(&sign_order(&of_stranger)), Err(Error::PaySign));
    let of_both = Order { merchant_keys: vec![stranger.to_jwk(), merchant_key().to_jwk()], ..order() };
    assert!(check(&sign_order(&of_both)).is_ok());
}

#[test]
fn caps_and_times_hold() {
    let token = sign_order(&order());
    let with = |caps: &Caps, now| Checked::new(&token, &usual_keys(), &call(), caps, now).map(drop);
    let cap = |currency: &str, most| Caps::from([(currency.to_owned(), most)]);
    assert_eq!(with(&cap("EUR", 700), NOW), Ok(()));
    assert_eq!(with(&cap("EUR", 699), NOW), Err(Error::OverCap));
    assert_eq!(with(&cap("CNY", 700), NOW), Err(Error::OverCap));
    assert_eq!(with(&caps(), NOW + 7199), Ok(()));
    assert_eq!(with(&caps(), NOW + 7200), Err(Error::Expired));
    assert_eq!(with(&caps(), NOW - 60), Ok(()));
    assert_eq!(with(&caps(), NOW - 61), Err(Error::Key));
}

#[test]
fn only_keys_of_this_time_sign_orders() {
    let token = sign_order(&order());
    let with = |keys: &PaymentKeys, now| Checked::new(&token, keys, &call(), &caps(), now).map(drop);
    let one = |kid, number, from, to| payment_keys(&[(kid, number, from, to)]);
    assert_eq!(with(&one("k1", 1, NOW, NOW + 1), NOW), Ok(()));
    assert_eq!(with(&one("k2", 1, NOW, NOW + 1), NOW), Err(Error::Key));
    assert_eq!(with(&one("k1", 2, NOW, NOW + 1), NOW), Err(Error::Token(JwsError::Signature)));
    assert_eq!(with(&one("k1", 1, NOW + 1, NOW + 9), NOW + 2), Err(Error::Key), "signed before it began");
    assert_eq!(with(&one("k1", 1, NOW - 9, NOW), NOW), Err(Error::Key), "signed after it ended");
    assert_eq!(with(&one("k1", 1, NOW - 9, NOW + 9), NOW + 9), Err(Error::Key), "dated back by a thief");
    assert_eq!(with(&payment_keys(&[("k0", 3, 0, NOW), ("k1", 1, NOW, NOW + 9)]), NOW), Ok(()), "rotation");
    assert!(PaymentKeys::read(b"{}").is_none());
    assert!(PaymentKeys::read(br#"{"keys":[],"keys":[]}"#).is_none());
    let keys = r#"{"kid":"a","not_before":0,"not_after":9,"key":{"kty":"oct","k":"AAAA"}}"#;
    assert!(PaymentKeys::read(format!(r#"{{"keys":[{keys}]}}"#).as_bytes()).is_none());
}

#[test]
fn tokens_for_other_purposes_are_no_orders() {
    let claims = serde_json::to_value(order()).unwrap();
    for typ in ["lodger-confirm+jwt", "dpop+jwt", "JWT"] {
        let unsigned = Unsigned::new(typ, Algorithm::EdDsa, "k1", &claims).unwrap();
        let signature = operator(1).sign(unsigned.message());
        assert_eq!(check(&unsigned.sign(signature.as_ref())), Err(Error::Token(JwsError::Type)));
    }
    // The key is Ed25519: no other algorithm verifies with it.
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256] {
        let unsigned = Unsigned::new(TYP, algorithm, "k1", &claims).unwrap();
        let signature = operator(1).sign(unsigned.message());
        assert_eq!(check(&unsigned.sign(signature.as_ref())), Err(Error::Token(JwsError::Key)));
    }
}

#[test]
fn fields_that_mislead_are_refused_signed_or_not() {
    for (name, value, field) in [
        ("amount", json!(0), "amount"),
        ("amount", json!(9_007_199_254_740_992_u64), ""),
        ("amount", json!(7.5), ""),
        ("amount", json!("700"), ""),
        ("amount", json!(-1), ""),
        ("currency", json!("eur"), "currency"),
        ("currency", json!("EURO"), "currency"),
        ("exponent", json!(5), "exponent"),
        ("payee", json!("Coffee\u{202e}eeffoC"), "payee"),
        ("payee", json!(""), "payee"),
        ("payee", json!(" Coffee"), "payee"),
        ("payee", json!("x".repeat(65)), "payee"),
        ("description", json!("a\nb"), "description"),
        ("description", json!("free\u{200b}"), "description"),
        ("description", json!("x".repeat(128)), "description"),
        ("app", json!("../x"), "app"),
        ("expires", json!(NOW), "time"),
        ("merchant_keys", json!([]), "merchant keys"),
        ("merchant_keys", json!([{"kty": "oct", "k": "AAAA"}]), "merchant keys"),
        ("goods", json!("gift"), ""),
        ("fee", json!(1), ""),
    ] {
        let expected = if field.is_empty() { Error::Token(JwsError::Malformed) } else { Error::Field(field) };
        let claims = changed(name, value);
        assert_eq!(check(&sign_raw(&claims)), Err(expected), "{name}");
        if let Ok(order) = serde_json::from_value::<Order>(claims) {
            assert!(order.to_sign(Algorithm::EdDsa, "k1").is_err(), "{name}");
        }
    }
}
