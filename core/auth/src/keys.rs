//! The device's two keys (DESIGN 8): P-256, in the platform's hardware where it has any.
mod signature;
mod software;

pub use signature::Signature;
pub use software::{Presence, SoftwareSigner};

use crate::jose::PublicKey;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Which of the two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// Proves that a request comes from this device. Signs without asking anybody.
    Login,
    /// Confirms a payment. The user must be present each time, where the hardware allows it.
    Pay,
}

/// How a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// It cannot leave the device's secure hardware.
    Hardware,
    /// It lies sealed in the store. Servers give it a lower cap.
    Software,
}

/// A platform's statement about a key: Android's certificate chain, Apple's App Attest. Read by servers that care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// `android-key` or `apple-app-attest`.
    pub format: String,
    /// The statement in base64, as the platform gives it.
    pub statement: String,
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The user closed the prompt.
    #[error("the user cancelled")]
    Cancelled,
    /// The key is gone for good: another finger was enrolled, the screen lock removed, a backup restored.
    #[error("the key is gone")]
    KeyInvalidated,
    /// Anything else, for people.
    #[error("{0}")]
    Failed(String),
}

/// Holds the two keys. Implemented by wrappers over Android's Keystore and Apple's Secure Enclave; [`SoftwareSigner`]
/// where there is neither. Any thread may call, several at once. Dropping a future cancels its prompt.
#[async_trait]
pub trait Signer: Send + Sync {
    /// The public key. Makes the pair if there is none; never asks the user.
    ///
    /// # Errors
    /// `KeyInvalidated` if there was a pair that is gone: `forget` makes room for a new one.
    async fn public_key(&self, key: Key) -> Result<PublicKey, SignerError>;

    /// ES256 over `message` (the signer hashes it). For [`Key::Pay`] the user must be there: `reason` is what the
    /// prompt says, in the user's language.
    ///
    /// # Errors
    /// Any [`SignerError`].
    async fn sign(&self, key: Key, message: &[u8], reason: &str) -> Result<Signature, SignerError>;

    /// How a key is kept, whether it has been made or not.
    fn protection(&self, key: Key) -> Protection;

    /// What the platform says about a key that was made, if it says anything. Sent when the key is enrolled.
    ///
    /// # Errors
    /// `Failed`: the key is enrolled without.
    async fn attestation(&self, _key: Key) -> Result<Option<Attestation>, SignerError> {
        Ok(None)
    }

    /// Removes both keys for good: logging out, and before enrolling again.
    ///
    /// # Errors
    /// `Failed` if one may still be there.
    async fn forget(&self) -> Result<(), SignerError>;
}
