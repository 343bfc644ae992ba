//! Makes proofs.
use super::token_digest;
use crate::{
    AuthError, Secret,
    jose::{assemble, seconds, signing_input},
    keys::{Key, Signer},
    random,
    url::without_query,
};
use serde_json::json;
use std::time::SystemTime;

/// A proof for one request, signed by the login key (RFC 9449 section 4.2).
pub(super) async fn prove(
    signer: &dyn Signer,
    method: &str,
    url: &str,
    token: Option<&Secret>,
    nonce: Option<&str>,
    now: SystemTime,
) -> Result<String, AuthError> {
    let key = signer.public_key(Key::Login).await?;
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.to_jwk()});
    let mut claims = json!({
        "jti": random::token()?,
        "htm": method,
        "htu": without_query(url),
        "iat": seconds(now),
    });
    if let Some(token) = token {
        claims["ath"] = token_digest(token.expose()).into();
    }
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    let input = signing_input(&header, &claims);
    let signature = signer.sign(Key::Login, input.as_bytes(), "").await?;
    Ok(assemble(&input, signature.as_bytes()))
}
