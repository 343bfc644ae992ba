//! Who the user is, in one of two forms (DESIGN 8), as a host gives it and as a server checks it.
//!
//! (a) an [`assertion`](verify_assertion): a JWT that the host's back end signs for one code request;
//! (b) an [`access token`](verify_access_token) of the host's provider (RFC 9068, or one that introspection explains,
//! RFC 7662). Both are bound to the device's login key by `cnf.jkt`, so neither is worth anything without it. Plain id
//! tokens are refused: they are bound to nothing, and lie about in logs and browsers.
mod access_token;
mod assertion;

pub use access_token::{read_introspection, verify_access_token};
pub use assertion::verify_assertion;

use crate::{
    AuthError, Secret,
    jose::{JoseError, Thumbprint},
};
use async_trait::async_trait;
use serde::Deserialize;
use std::time::SystemTime;

/// What Lodger asks a host's [`Identity`] for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// For `aud`: Lodger's server, as the host registered it.
    pub audience: String,
    /// For `nonce` of form (a): random, new each time.
    pub nonce: String,
    /// For `cnf.jkt`: the login key.
    pub key: Thumbprint,
}

/// A host's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Form (a).
    Assertion(Secret),
    /// Form (b).
    AccessToken(Secret),
}

/// The host says who its user is. [`Login`](crate::Login) is one for form (b); for form (a) the host writes its own,
/// over a call to its back end.
#[async_trait]
pub trait Identity: Send + Sync {
    /// Called for each code. May take as long as a request; must not prompt: the user is in the mini-program.
    ///
    /// # Errors
    /// `LoginRequired` if the host's user is not logged in; any other.
    async fn credential(&self, ask: &Ask) -> Result<Credential, AuthError>;
}

/// What a server knows before it reads an identity.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer that the host registered.
    pub issuer: &'a str,
    /// The audience that the host registered.
    pub audience: &'a str,
    /// The key of the request's proof.
    pub key: &'a Thumbprint,
    /// The server's clock.
    pub now: SystemTime,
}

/// Who the user is: (issuer, subject) is the user of this host.
#[derive(Clone, PartialEq, Eq)]
pub struct Identified {
    /// The issuer.
    pub issuer: String,
    /// The user, as the issuer calls it.
    pub subject: String,
    /// Until when what proved it can be shown.
    pub expires: SystemTime,
    /// For form (a): may come once from this issuer; the server remembers it until `expires`. None for (b), which is
    /// shown again and again; its proofs are not.
    pub once: Option<String>,
}

impl std::fmt::Debug for Identified {
    /// Without the user.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identified at {}", self.issuer)
    }
}

/// Why an identity is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The token does not verify, or is of another type: an id token, for one.
    #[error("the identity does not verify: {0}")]
    Jose(#[from] JoseError),
    /// A claim is not what it must be.
    #[error("the identity is refused: {0}")]
    Claim(&'static str),
}

/// `cnf` (RFC 7800, RFC 9449 section 6.1).
#[derive(Deserialize)]
struct Confirmation {
    jkt: Thumbprint,
}

/// The first rule that does not hold.
fn first_broken(rules: &[(bool, &'static str)]) -> Result<(), IdentityError> {
    rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(IdentityError::Claim(rule)))
}

fn is_subject(subject: &str) -> bool {
    (1..=255).contains(&subject.len())
}
