//! Keys in software, sealed at rest: the desktop, and phones without usable hardware. Marked as such.
use super::{Key, Protection, Signature, Signer, SignerError};
use crate::{
    jose::PublicKey,
    ports::{Change, Seal, Store},
};
use async_trait::async_trait;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Makes sure that the user is there: a PIN, a fingerprint, at least a button that the host draws.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Asks; `reason` is what the prompt says. Dropping the future closes the prompt.
    ///
    /// # Errors
    /// `Cancelled`, or `Failed`.
    async fn confirm(&self, reason: &str) -> Result<(), SignerError>;
}

/// A [`Signer`] over `ring`.
pub struct SoftwareSigner {
    store: Arc<dyn Store>,
    seal: Arc<dyn Seal>,
    presence: Arc<dyn Presence>,
    /// So that two callers do not make two pairs.
    making: Mutex<()>,
}

impl SoftwareSigner {
    /// Keeps its keys in `store`, sealed with `seal`; asks `presence` before each use of the pay key.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, seal: Arc<dyn Seal>, presence: Arc<dyn Presence>) -> Self {
        Self { store, seal, presence, making: Mutex::new(()) }
    }

    fn pair(&self, key: Key) -> Result<EcdsaKeyPair, SignerError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let row = row(key);
        let failed = |what: &str| SignerError::Failed(what.to_owned());
        let sealed = self.store.read(row).map_err(|error| SignerError::Failed(error.to_string()))?;
        let document = match sealed {
            Some(sealed) => Zeroizing::new(self.seal.open(row, &sealed).ok_or(SignerError::KeyInvalidated)?),
            None => {
                let document =
                    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                        .map_err(|_| failed("a key could not be made"))?;
                let document = Zeroizing::new(document.as_ref().to_vec());
                let sealed =
                    self.seal.seal(row, &document).map_err(|error| SignerError::Failed(error.to_string()))?;
                self.store
                    .write(&[Change::Put(row, sealed)])
                    .map_err(|error| SignerError::Failed(error.to_string()))?;
                document
            }
        };
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document, &SystemRandom::new())
            .map_err(|_| SignerError::KeyInvalidated)
    }
}

#[async_trait]
impl Signer for SoftwareSigner {
    async fn public_key(&self, key: Key) -> Result<PublicKey, SignerError> {
        PublicKey::from_point(self.pair(key)?.public_key().as_ref())
            .map_err(|_| SignerError::Failed("the key has no public part".to_owned()))
    }

    async fn sign(&self, key: Key, message: &[u8], reason: &str) -> Result<Signature, SignerError> {
        if key == Key::Pay {
            self.presence.confirm(reason).await?;
        }
        let signed = self.pair(key)?.sign(&SystemRandom::new(), message);
        let failed = || SignerError::Failed("signing failed".to_owned());
        Signature::from_raw(signed.map_err(|_| failed())?.as_ref()).map_err(|_| failed())
    }

    fn protection(&self, _: Key) -> Protection {
        Protection::Software
    }

    async fn forget(&self) -> Result<(), SignerError> {
        self.store
            .write(&[Change::Remove(row(Key::Login)), Change::Remove(row(Key::Pay))])
            .map_err(|error| SignerError::Failed(error.to_string()))
    }
}

fn row(key: Key) -> &'static str {
    match key {
        Key::Login => "key-login",
        Key::Pay => "key-pay",
    }
}
