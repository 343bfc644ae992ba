//! Keys of the three kinds that a repository may use, as `tough` describes them.
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PSS_SHA256, RsaKeyPair},
};
use serde_json::Value;
use std::sync::Arc;
use tough::{schema::key::Key as Public, sign::Sign};

/// Cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<Pair>, Option<String>);

enum Pair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub fn ed25519() -> Self {
        Self(Arc::new(Pair::Ed25519(Ed25519KeyPair::generate().unwrap())), None)
    }

    pub fn ecdsa() -> Self {
        Self(Arc::new(Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())), None)
    }

    pub fn rsa() -> Self {
        Self(Arc::new(Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())), None)
    }

    fn public(&self) -> Public {
        match &*self.0 {
            Pair::Ed25519(pair) => pair.tuf_key(),
            Pair::Ecdsa(pair) => pair.tuf_key(),
            Pair::Rsa(pair) => pair.tuf_key(),
        }
    }

    /// As metadata has it.
    pub fn json(&self) -> Value {
        serde_json::to_value(self.public()).unwrap()
    }

    /// The same key under an id that is not its own.
    pub fn named(mut self, id: &str) -> Self {
        self.1 = Some(id.to_owned());
        self
    }

    pub fn id(&self) -> String {
        if let Some(id) = &self.1 {
            return id.clone();
        }
        serde_json::to_value(self.public().key_id().unwrap()).unwrap().as_str().unwrap().to_owned()
    }

    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &*self.0 {
            Pair::Ed25519(pair) => pair.sign(bytes).as_ref().to_vec(),
            Pair::Ecdsa(pair) => pair.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
        }
    }
}
