//! What the token endpoint answers (RFC 6749 section 5).
use super::flow::code_of;
use crate::{AuthError, Secret, json, ports::Response, url::origin};
use serde::Deserialize;

/// Seconds that an access token lives if the provider does not say.
const DEFAULT_LIFE: u64 = 300;
/// The longest life that is believed: after it, a refresh is asked for anyhow.
const MAX_LIFE: u64 = 24 * 60 * 60;

/// Tokens, fresh from the provider.
pub(crate) struct Granted {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    /// Seconds.
    pub(crate) life: u64,
}

/// Yes, or a no that is final: the code or refresh token is worth nothing (`invalid_grant`).
pub(crate) enum TokenAnswer {
    Granted(Granted),
    Over,
}

#[derive(Deserialize)]
struct Body {
    access_token: Secret,
    token_type: String,
    refresh_token: Option<Secret>,
    id_token: Option<Secret>,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
}

impl TokenAnswer {
    /// Reads the answer of `endpoint`.
    ///
    /// # Errors
    /// `Refused` with OAuth's error code, `Unacceptable`.
    pub(crate) fn read(response: &Response, endpoint: &str) -> Result<Self, AuthError> {
        if response.status != 200 {
            let Some(body) = json::read::<ErrorBody>(&response.body) else {
                return Err(refused("it is neither tokens nor an error"));
            };
            if body.error == "invalid_grant" {
                return Ok(Self::Over);
            }
            return Err(AuthError::Refused { host: origin(endpoint).to_owned(), code: code_of(&body.error) });
        }
        let body: Body = json::read(&response.body).ok_or_else(|| refused("it is not tokens"))?;
        // A bearer token would be anybody's: the provider ignored the proof (RFC 9449 section 5).
        if !body.token_type.eq_ignore_ascii_case("DPoP") {
            return Err(refused("the token is not bound to this device"));
        }
        if !is_token(&body.access_token) {
            return Err(refused("the access token holds characters that no header may"));
        }
        Ok(Self::Granted(Granted {
            access: body.access_token,
            refresh: body.refresh_token,
            id_token: body.id_token,
            life: body.expires_in.unwrap_or(DEFAULT_LIFE).min(MAX_LIFE),
        }))
    }
}

/// `token68` of RFC 9110 section 11.2.
fn is_token(token: &Secret) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    !token.expose().is_empty() && token.expose().bytes().all(allowed)
}

fn refused(reason: &'static str) -> AuthError {
    AuthError::Unacceptable { what: "the provider's answer", reason }
}
