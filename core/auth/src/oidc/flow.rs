//! A login under way: begun here, finished by a callback, perhaps in another process.
use super::{LoginConfig, Metadata};
use crate::{
    AuthError, Secret, base64url,
    jose::{Thumbprint, seconds},
    random,
    url::{MAX_URL, read_query, write_query},
};
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// Seconds from the browser's opening to its return. Enough to install an authenticator on the way.
const LIFETIME: u64 = 15 * 60;

/// What must be remembered until the browser comes back. Serialise it, seal it: it holds the code verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub(crate) metadata: Metadata,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) resource: Option<String>,
    pub(crate) key: Thumbprint,
    state: Secret,
    pub(crate) nonce: Secret,
    verifier: Secret,
    /// Seconds since 1970.
    begun: u64,
}

/// What the browser brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Exchange this code, once.
    Code(Secret),
    /// The user or the provider said no, with this code of OAuth's (RFC 6749 section 4.1.2.1).
    Failed(String),
}

impl Flow {
    /// Begins a login at `now` with the device's login key.
    ///
    /// # Errors
    /// `Configuration`; `Internal` without random numbers.
    pub fn begin(
        config: &LoginConfig,
        metadata: Metadata,
        key: Thumbprint,
        now: SystemTime,
    ) -> Result<Self, AuthError> {
        config.check()?;
        Ok(Self {
            metadata,
            client_id: config.client_id.clone(),
            redirect_uri: config.redirect_uri.clone(),
            resource: config.resource.clone(),
            key,
            state: Secret::new(random::token()?),
            nonce: Secret::new(random::token()?),
            verifier: Secret::new(random::token()?),
            begun: seconds(now),
        })
    }

    /// What the browser opens (RFC 6749 4.1.1, RFC 7636 4.3, RFC 9449 10). The configuration is the one it began with.
    #[must_use]
    pub fn address(&self, config: &LoginConfig) -> String {
        let challenge = challenge(self.verifier.expose());
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &config.scope),
            ("state", self.state.expose()),
            ("nonce", self.nonce.expose()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("dpop_jkt", self.key.as_str()),
        ];
        pairs.extend(self.resource.as_deref().map(|resource| ("resource", resource)));
        pairs.extend(config.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let endpoint = &self.metadata.authorization_endpoint;
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{separator}{}", write_query(pairs))
    }

    /// True while a callback may come. A clock set back by more than the lifetime ends it, too.
    #[must_use]
    pub fn is_alive(&self, now: SystemTime) -> bool {
        seconds(now).abs_diff(self.begun) < LIFETIME
    }

    /// Reads the address that the browser came back with. Any app may have made it up.
    ///
    /// # Errors
    /// `ForeignCallback` if it is not this flow's: the flow goes on. `WrongIssuer` and `Unacceptable`: the flow is over.
    pub fn callback(&self, address: &str) -> Result<Callback, AuthError> {
        let query = self.query(address).ok_or(AuthError::ForeignCallback)?;
        let mut values = read_query(query).ok_or(AuthError::ForeignCallback)?;
        // The state is compared first: whoever does not know it learns and changes nothing.
        if values.remove("state").is_none_or(|state| !is_same(&state, self.state.expose())) {
            return Err(AuthError::ForeignCallback);
        }
        match values.get("iss") {
            Some(issuer) if *issuer == self.metadata.issuer => {}
            None if !self.metadata.authorization_response_iss_parameter_supported => {}
            _ => return Err(AuthError::WrongIssuer),
        }
        match (values.remove("code"), values.remove("error")) {
            (Some(code), None) if !code.is_empty() => Ok(Callback::Code(Secret::new(code))),
            (None, Some(error)) => Ok(Callback::Failed(code_of(&error))),
            _ => Err(AuthError::Unacceptable {
                what: "the callback",
                reason: "it must hold either a code or an error",
            }),
        }
    }

    /// The body of the request that exchanges `code` (RFC 6749 4.1.3, RFC 7636 4.5).
    pub(crate) fn exchange(&self, code: &Secret) -> String {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &self.redirect_uri),
            ("client_id", &self.client_id),
            ("code_verifier", self.verifier.expose()),
        ];
        pairs.extend(self.resource.as_deref().map(|resource| ("resource", resource)));
        write_query(pairs)
    }

    /// The query of a callback to our redirect address.
    fn query<'a>(&self, address: &'a str) -> Option<&'a str> {
        if address.len() > MAX_URL {
            return None;
        }
        // Some browsers keep the fragment of an earlier page.
        let address = address.split('#').next()?;
        address.strip_prefix(&self.redirect_uri)?.strip_prefix('?')
    }
}

/// S256 of RFC 7636 section 4.2.
pub(crate) fn challenge(verifier: &str) -> String {
    base64url::sha256(verifier.as_bytes())
}

/// Compares digests, so that time tells nothing about where two texts differ.
fn is_same(a: &str, b: &str) -> bool {
    base64url::sha256(a.as_bytes()) == base64url::sha256(b.as_bytes())
}

/// An error code as it may stand in a message: others' words, but only their letters.
pub(crate) fn code_of(error: &str) -> String {
    error.chars().filter(|letter| letter.is_ascii_lowercase() || *letter == '_').take(64).collect()
}

#[cfg(test)]
mod tests {
    /// RFC 7636, appendix B.
    #[test]
    fn challenge_of_the_rfc() {
        assert_eq!(
            super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
