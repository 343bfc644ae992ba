//! What a host says about its identity provider.
use crate::{
    AuthError,
    url::{is_endpoint, is_redirect},
};

/// Parameters of the authorization request that are ours to set.
const OURS: [&str; 11] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "nonce",
    "redirect_uri",
    "request",
    "resource",
    "response_type",
    "scope",
    "state",
];

/// A host's login at its identity provider. The client is public and native: it has no secret (RFC 8252 section 8.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginConfig {
    /// The provider, exactly as its metadata and tokens write it.
    pub issuer: String,
    /// This app, as the provider knows it.
    pub client_id: String,
    /// Where the browser comes back to: claimed https, a private-use scheme such as `com.example.host:/cb`, or a
    /// loopback address with its port. No query.
    pub redirect_uri: String,
    /// Scopes, with a blank between; `openid` among them.
    pub scope: String,
    /// Lodger's server, as audience of the access token (RFC 8707), if the provider wants to be told.
    pub resource: Option<String>,
    /// More parameters of the authorization request, such as `prompt`.
    pub parameters: Vec<(String, String)>,
    /// Plain http to loopback addresses is allowed. Never in a release.
    pub development: bool,
}

impl LoginConfig {
    /// Refuses what could not work, or would not be safe.
    ///
    /// # Errors
    /// `Configuration`, with what to change.
    pub fn check(&self) -> Result<(), AuthError> {
        let bad = |what| Err(AuthError::Configuration(what));
        if !is_endpoint(&self.issuer, self.development) || self.issuer.contains('?') {
            return bad("the issuer must be an https address without query");
        }
        if self.client_id.is_empty() {
            return bad("the client id is empty");
        }
        if !is_redirect(&self.redirect_uri) {
            return bad("the redirect address must be https, a reverse-domain scheme, or a loopback address");
        }
        if !self.scope.split(' ').any(|scope| scope == "openid") {
            return bad("the scope must hold `openid`");
        }
        if self.parameters.iter().any(|(name, _)| OURS.contains(&name.as_str())) {
            return bad("a parameter is one that Lodger sets itself");
        }
        Ok(())
    }
}
