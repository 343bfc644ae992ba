//! Signs what tests need, right and wrong: this is the attacker's pen, too.
#![allow(dead_code)] // each test program uses its part
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lodger_auth::jose::PublicKey;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// A P-256 key of an issuer, or of a device.
pub struct Pen(EcdsaKeyPair);

impl Pen {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::from_point(self.0.public_key().as_ref()).unwrap()
    }

    pub fn jwk(&self) -> Value {
        self.public().to_jwk()
    }

    /// A key set with this key, named `id`.
    pub fn set(&self, id: &str) -> Vec<u8> {
        let mut jwk = self.jwk();
        jwk["kid"] = id.into();
        json!({"keys": [jwk]}).to_string().into_bytes()
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", encode(signature))
    }
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
