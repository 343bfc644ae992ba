//! Random texts: idempotency keys.
use ring::rand::{SecureRandom, SystemRandom};

/// 256 random bits, 43 characters of base64url. None if the system has no randomness.
pub(crate) fn token() -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(crate::base64url::encode(bytes))
}
