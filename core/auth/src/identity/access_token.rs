//! Form (b): an access token of the host's provider, bound to the device's key.
use super::{Confirmation, Expected, Identified, IdentityError, first_broken, is_subject};
use crate::{
    jose::{Audience, JoseError, KeySet, Lifetime, Unverified},
    json,
};
use serde::Deserialize;

/// `typ` of RFC 9068 section 2.1.
const TYPE: &str = "at+jwt";

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    cnf: Confirmation,
    #[serde(flatten)]
    lifetime: Lifetime,
}

/// Answer of an introspection endpoint (RFC 7662 section 2.2).
#[derive(Deserialize)]
struct Introspection {
    active: bool,
    #[serde(flatten)]
    claims: Option<Claims>,
}

/// Checks a JWT access token (RFC 9068 section 4) with the provider's keys. The proof of the request, checked before
/// with this token, says which key it must be bound to.
///
/// # Errors
/// `Jose(UnknownKey)` if the provider's keys may have rotated: fetch them and try once more. Any other is final.
pub fn verify_access_token(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
) -> Result<Identified, IdentityError> {
    Unverified::read(token)?.expect_type(TYPE)?;
    check(keys.verify(token)?.claims()?, expected)
}

/// Reads what the provider's introspection endpoint said about a token that is no JWT. Ask it over TLS, with the
/// server's own credentials, and for this token.
///
/// # Errors
/// `Claim`, also if the token is not active or the provider does not say all that is needed.
pub fn read_introspection(answer: &[u8], expected: &Expected<'_>) -> Result<Identified, IdentityError> {
    let answer: Introspection = json::read(answer).ok_or(JoseError::Malformed)?;
    if !answer.active {
        return Err(IdentityError::Claim("the token is not active"));
    }
    let claims =
        answer.claims.ok_or(IdentityError::Claim("iss, sub, aud, iat, exp and cnf.jkt are needed"))?;
    check(claims, expected)
}

fn check(claims: Claims, expected: &Expected<'_>) -> Result<Identified, IdentityError> {
    first_broken(&[
        (claims.iss == expected.issuer, "another issuer"),
        (claims.aud.contains(expected.audience), "another audience"),
        (claims.cnf.jkt == *expected.key, "bound to another device's key"),
        (claims.lifetime.holds(expected.now), "expired, or not begun"),
        (is_subject(&claims.sub), "no subject, or a longer one than 255 bytes"),
    ])?;
    Ok(Identified { issuer: claims.iss, subject: claims.sub, expires: claims.lifetime.end(), once: None })
}
