//! Keys of an operator, a merchant and a device, and an order between them.
use lodger_pay::{
    jws::{Algorithm, PublicKey},
    order::{Call, Caps, Checked, Goods, Order, OrderError, PaymentKeys},
    wechatpay::{self, PrivateKey, jsapi_message},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use serde_json::json;
use std::sync::LazyLock;

pub const NOW: u64 = 1_700_000_000;

pub fn merchant() -> PrivateKey {
    PrivateKey::from_pem(include_str!("../vectors/wechatpay/merchant_private_key.pem")).unwrap()
}

pub fn merchant_key() -> wechatpay::PublicKey {
    let pem = include_str!("../vectors/wechatpay/merchant_certificate.pem");
    wechatpay::PublicKey::from_certificate(pem).unwrap().1
}

/// The operator's payment key of this number.
pub fn operator(number: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[number; 32]).unwrap()
}

pub fn payment_keys(keys: &[(&str, u8, u64, u64)]) -> PaymentKeys {
    let entry = |(kid, number, not_before, not_after): &(&str, u8, u64, u64)| {
        let key = PublicKey::Ed25519(operator(*number).public_key().as_ref().try_into().unwrap()).to_jwk();
        json!({"kid": kid, "not_before": not_before, "not_after": not_after, "key": key})
    };
    let file = json!({"keys": keys.iter().map(entry).collect::<Vec<_>>()});
    PaymentKeys::read(file.to_string().as_bytes()).unwrap()
}

/// What most tests use: one key, `k1`, for a day around [`NOW`].
pub fn usual_keys() -> PaymentKeys {
    payment_keys(&[("k1", 1, NOW - 43_200, NOW + 43_200)])
}

pub fn order() -> Order {
    Order {
        order: "o-1".into(),
        prepay_id: "wx201410272009395522657a690389285100".into(),
        app: "coffee".into(),
        mchid: "1900000109".into(),
        payee: "Coffee & Co".into(),
        payer: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".into(),
        description: "Two flat whites".into(),
        goods: Goods::Physical,
        amount: 700,
        currency: "EUR".into(),
        exponent: 2,
        nonce: "n-1".into(),
        issued: NOW,
        expires: NOW + 7200,
        merchant_keys: vec![merchant_key().to_jwk()],
    }
}

pub fn sign_order(order: &Order) -> String {
    let unsigned = order.to_sign(Algorithm::EdDsa, "k1").unwrap();
    let signature = operator(1).sign(unsigned.message());
    unsigned.sign(signature.as_ref())
}

/// The merchant's signature for a call.
pub fn pay_sign(app: &str, package: &str) -> String {
    merchant().sign(&jsapi_message(app, "1700000000", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", package)).unwrap()
}

pub static PAY_SIGN: LazyLock<String> =
    LazyLock::new(|| pay_sign("coffee", "prepay_id=wx201410272009395522657a690389285100"));

/// The call that fits [`order`].
pub fn call() -> Call<'static> {
    Call {
        app: "coffee",
        payer: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        timestamp: "1700000000",
        nonce: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        package: "prepay_id=wx201410272009395522657a690389285100",
        sign_type: "RSA",
        pay_sign: &PAY_SIGN,
    }
}

pub fn caps() -> Caps {
    Caps::from([("EUR".to_owned(), 100_000)])
}

pub fn check(token: &str) -> Result<Checked, OrderError> {
    Checked::new(token, &usual_keys(), &call(), &caps(), NOW)
}

pub fn checked(order: &Order) -> Checked {
    check(&sign_order(order)).unwrap()
}

/// A device's pay key.
pub struct PayKey(EcdsaKeyPair);

impl PayKey {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap())
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(&SystemRandom::new(), message).unwrap().as_ref().try_into().unwrap()
    }

    pub fn point(&self) -> [u8; 65] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::P256(self.point())
    }
}
