//! What a server checks of a proof (RFC 9449 section 4.3), but for replays: those need its database.
use super::token_digest;
use crate::{
    jose::{Algorithm, JoseError, PublicKey, Thumbprint, Unverified, is_near},
    url::normal_target,
};
use serde::Deserialize;
use std::time::SystemTime;

/// Seconds that `iat` may be from the server's clock, where no nonce says how old a proof is.
const WINDOW: u64 = 60;

/// Longest `jti`, in bytes: it is stored until the proof is too old.
const MAX_ID: usize = 128;

/// The request that a proof came with, and what the server asks of proofs.
pub struct Expected<'a> {
    /// Upper case.
    pub method: &'a str,
    /// The URL as clients know it: the public origin, not the one behind a proxy.
    pub url: &'a str,
    /// The access token in `Authorization: DPoP …`, if there is one.
    pub token: Option<&'a str>,
    /// Whether this server gave this nonce, lately. With such a nonce `iat` is not compared: devices' clocks are wrong.
    pub is_nonce: &'a dyn Fn(&str) -> bool,
    /// Whether there must be one.
    pub nonce_required: bool,
    /// The server's clock.
    pub now: SystemTime,
}

/// A proof that holds, if its `jti` was not seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Who signed: compare with the device's, and with `cnf.jkt` of what came along.
    pub key: Thumbprint,
    /// The key itself.
    pub public_key: PublicKey,
    /// Unique for this key. The server stores both until the nonce, or twice the minute around `iat`, is over.
    pub id: String,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// Answer `use_dpop_nonce`, with a nonce in `DPoP-Nonce`.
    #[error("the proof must hold a nonce of this server")]
    NonceWanted,
    /// Answer `invalid_dpop_proof`.
    #[error("the proof does not verify: {0}")]
    Jose(#[from] JoseError),
    /// Answer `invalid_dpop_proof`: the proof is for another request, token or time.
    #[error("the proof is not for this request: {0} differs")]
    Other(&'static str),
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: u64,
    ath: Option<String>,
    nonce: Option<String>,
}

/// Checks the value of the one `DPoP` header of a request; two headers are for the caller to refuse.
///
/// # Errors
/// Any [`DpopError`].
pub fn verify(proof: &str, expected: &Expected<'_>) -> Result<Proof, DpopError> {
    let token = Unverified::read(proof)?;
    token.expect_type("dpop+jwt")?;
    let jwk = token.header().jwk.clone().ok_or(JoseError::Key)?;
    // Section 4.2: no private key. Whoever sends one has given it away.
    if jwk.get("d").is_some() || jwk.get("k").is_some() {
        return Err(JoseError::Key.into());
    }
    let public_key = PublicKey::from_jwk(&jwk)?;
    // Devices sign with P-256 (DESIGN 8); more would only be more to go wrong.
    if token.header().algorithm != Algorithm::Es256 {
        return Err(JoseError::Algorithm.into());
    }
    let claims: Claims = token.verify(&public_key)?.claims()?;
    check(&claims, expected)?;
    Ok(Proof { key: public_key.thumbprint(), public_key, id: claims.jti })
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), DpopError> {
    if claims.htm != expected.method {
        return Err(DpopError::Other("htm"));
    }
    // Unreadable ones are equal to nothing, also not to each other.
    if normal_target(&claims.htu).is_none_or(|target| normal_target(expected.url) != Some(target)) {
        return Err(DpopError::Other("htu"));
    }
    if claims.ath != expected.token.map(token_digest) {
        return Err(DpopError::Other("ath"));
    }
    if claims.jti.is_empty() || claims.jti.len() > MAX_ID {
        return Err(DpopError::Other("jti"));
    }
    match &claims.nonce {
        Some(nonce) if (expected.is_nonce)(nonce) => Ok(()),
        Some(_) => Err(DpopError::NonceWanted),
        None if expected.nonce_required => Err(DpopError::NonceWanted),
        None if is_near(claims.iat, expected.now, WINDOW) => Ok(()),
        None => Err(DpopError::Other("iat")),
    }
}
