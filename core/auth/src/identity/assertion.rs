//! Form (a): a JWT by the host's own back end.
use super::{Confirmation, Expected, Identified, IdentityError, first_broken, is_subject};
use crate::jose::{Audience, KeySet, Lifetime};
use serde::Deserialize;
use std::time::Duration;

/// `typ` of an assertion: what makes it no id token, and an id token no assertion (RFC 8725 section 3.11).
const TYPE: &str = "lodger-identity+jwt";
/// The longest life, from `iat` to `exp`.
const LIFE: Duration = Duration::from_secs(5 * 60);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    nonce: String,
    cnf: Confirmation,
    #[serde(flatten)]
    lifetime: Lifetime,
}

/// Checks an assertion with the issuer's keys. `nonce` is the one in the request that it came with.
///
/// # Errors
/// `Jose(UnknownKey)` if the issuer's keys may have rotated: fetch them and try once more. Any other is final.
pub fn verify_assertion(
    token: &str,
    keys: &KeySet,
    nonce: &str,
    expected: &Expected<'_>,
) -> Result<Identified, IdentityError> {
    crate::jose::Unverified::read(token)?.expect_type(TYPE)?;
    let claims: Claims = keys.verify(token)?.claims()?;
    first_broken(&[
        (claims.iss == expected.issuer, "another issuer"),
        // One for several could be shown elsewhere by whoever it was shown to.
        (claims.aud.is_only(expected.audience), "another audience, or several"),
        (claims.cnf.jkt == *expected.key, "bound to another device's key"),
        (claims.nonce == nonce && (16..=128).contains(&nonce.len()), "made for another request"),
        (
            claims.lifetime.holds_at_most(LIFE, expected.now),
            "expired, not begun, or longer than five minutes",
        ),
        (is_subject(&claims.sub), "no subject, or a longer one than 255 bytes"),
    ])?;
    Ok(Identified {
        issuer: claims.iss,
        subject: claims.sub,
        expires: claims.lifetime.end(),
        once: Some(claims.nonce),
    })
}
