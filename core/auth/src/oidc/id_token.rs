//! The token that says who logged in (OpenID Connect Core 1.0, sections 2 and 3.1.3.7).
//!
//! It is for this app alone. Lodger's server takes none: whoever holds one has proved nothing.
use crate::{
    AuthError, base64url,
    jose::{Algorithm, Audience, Lifetime, Verified},
};
use ring::digest::digest;
use serde::Deserialize;
use std::time::{Duration, SystemTime};

/// How far a device's clock may be ahead. Its nonce and TLS say that the token is fresh, whatever the clock says.
const CLOCK_AHEAD: Duration = Duration::from_secs(300);

/// What an id token must say.
pub(crate) struct IdTokenRules<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    /// The flow's; None at a refresh, where there may be none.
    pub(crate) nonce: Option<&'a str>,
    pub(crate) access_token: &'a str,
    pub(crate) now: SystemTime,
}

/// Who it was.
#[derive(Debug)]
pub(crate) struct Identified {
    pub(crate) subject: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    at_hash: Option<String>,
    #[serde(flatten)]
    lifetime: Lifetime,
}

impl IdTokenRules<'_> {
    /// Checks a token whose signature was right.
    ///
    /// # Errors
    /// `Unacceptable`, with the rule.
    pub(crate) fn check(&self, token: &Verified) -> Result<Identified, AuthError> {
        let claims: Claims = token.claims().map_err(AuthError::token("the id token"))?;
        let rules = [
            (claims.iss == self.issuer, "it comes from another issuer"),
            (claims.aud.contains(self.client_id), "it is for another client"),
            // Where it is for several, it must be ours; where it says whose it is, it must say us.
            (
                claims.azp.as_ref().map_or(claims.aud.is_only(self.client_id), |azp| azp == self.client_id),
                "it was issued to another client",
            ),
            (
                claims.lifetime.ends_after(self.now, CLOCK_AHEAD),
                "it has expired, or the device's clock is wrong",
            ),
            (
                self.nonce.is_none_or(|nonce| claims.nonce.as_deref() == Some(nonce)),
                "it belongs to another login",
            ),
            (
                claims.at_hash.is_none_or(|hash| {
                    hash == access_token_hash(token.header().algorithm, self.access_token)
                }),
                "it belongs to another access token",
            ),
            (!claims.sub.is_empty() && claims.sub.len() <= 255, "its subject is empty or too long"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, reason)) => Err(AuthError::Unacceptable { what: "the id token", reason }),
            None => Ok(Identified { subject: claims.sub }),
        }
    }
}

/// The left half of the digest (OpenID Connect Core 3.1.3.6).
fn access_token_hash(algorithm: Algorithm, token: &str) -> String {
    let whole = digest(algorithm.digest(), token.as_bytes());
    base64url::encode(&whole.as_ref()[..whole.as_ref().len() / 2])
}
