//! Random texts: states, nonces, verifiers, ids.
use crate::{AuthError, base64url};
use ring::rand::{SecureRandom, SystemRandom};

/// 256 random bits, 43 characters of base64url: also a code verifier (RFC 7636 section 4.1).
pub(crate) fn token() -> Result<String, AuthError> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| AuthError::Internal { what: "random numbers" })?;
    Ok(base64url::encode(bytes))
}
