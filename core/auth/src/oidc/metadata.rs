//! What a provider says about itself (OpenID Connect Discovery 1.0, RFC 8414).
use super::LoginConfig;
use crate::{AuthError, json, url::is_endpoint};
use serde::{Deserialize, Serialize};

/// The members of a provider's metadata that a login needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The same as in the configuration, exactly.
    pub issuer: String,
    /// What the browser opens.
    pub authorization_endpoint: String,
    /// Where a code is exchanged.
    pub token_endpoint: String,
    /// The provider's keys.
    pub jwks_uri: String,
    /// Where a token is taken back (RFC 7009).
    pub revocation_endpoint: Option<String>,
    /// Whether callbacks carry `iss` (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    dpop_signing_alg_values_supported: Option<Vec<String>>,
}

impl Metadata {
    /// Where a provider's metadata is (OpenID Connect Discovery 4.1).
    #[must_use]
    pub fn address(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads metadata for this configuration.
    ///
    /// # Errors
    /// `Unacceptable`, with the rule that is broken.
    pub fn read(bytes: &[u8], config: &LoginConfig) -> Result<Self, AuthError> {
        let metadata: Self = json::read(bytes).ok_or_else(|| refused("it is not provider metadata"))?;
        metadata.check(config)?;
        Ok(metadata)
    }

    fn check(&self, config: &LoginConfig) -> Result<(), AuthError> {
        // RFC 8414 section 3.3: otherwise one provider could speak for another.
        if self.issuer != config.issuer {
            return Err(refused("it names another issuer"));
        }
        let mut endpoints = vec![&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        endpoints.extend(&self.revocation_endpoint);
        if !endpoints.into_iter().all(|url| is_endpoint(url, config.development)) {
            return Err(refused("an address in it is not https"));
        }
        if self.code_challenge_methods_supported.as_ref().is_some_and(|methods| !has(methods, "S256")) {
            return Err(refused("the provider does not support PKCE with S256"));
        }
        // Without DPoP the access token would be anybody's who finds it: there is no second best.
        if !self.dpop_signing_alg_values_supported.as_ref().is_some_and(|names| has(names, "ES256")) {
            return Err(refused("the provider does not support DPoP with ES256"));
        }
        Ok(())
    }
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|one| one == name)
}

fn refused(reason: &'static str) -> AuthError {
    AuthError::Unacceptable { what: "the provider's metadata", reason }
}
