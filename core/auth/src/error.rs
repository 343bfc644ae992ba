//! What can go wrong between a user, a host and a server: a variant for each cause, a kind for each thing to do.
use crate::{jose::JoseError, keys::SignerError};

/// What a host would do about an [`AuthError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthErrorKind {
    /// Start the host's login.
    LoginRequired,
    /// A device key is gone, or is another user's: log out, then start the host's login, which enrols a new key.
    KeyInvalidated,
    /// The user gave up; ask again only if the user does.
    Cancelled,
    /// Try again with a network.
    Offline,
    /// The server or the provider said no; trying again does not help.
    Denied,
    /// An answer is not what it must be: somebody is in between, or it is misconfigured.
    Untrusted,
    /// The host's configuration cannot work.
    Misconfigured,
    /// The device's store fails.
    Storage,
    /// A fault of Lodger itself or of the platform under it.
    Internal,
}

/// A login, a key or a request that failed. Texts hold no tokens, no names of users and no URLs with queries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// Nobody is logged in, or the provider no longer accepts the login.
    #[error("nobody is logged in: log in to the host first")]
    LoginRequired,
    /// A device key is gone, or is another than the one that was enrolled.
    #[error("this device's key is no longer usable: log in again to enrol a new one")]
    KeyInvalidated,
    /// Another user's key is on this device: one key never serves two users.
    #[error("this device's key belongs to another user: log out first, then log in again")]
    OtherUser,
    /// The user closed a prompt, or said no to the provider.
    #[error("the user cancelled")]
    Cancelled,
    /// No answer.
    #[error("{host} does not answer ({reason}): check the network and try again")]
    Unreachable {
        /// Scheme, host and port.
        host: String,
        /// Why, by the host's HTTP.
        reason: String,
    },
    /// The other side is too busy, or failing.
    #[error("{host} is busy or failing (status {status}): try again later")]
    Busy {
        /// Scheme, host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// The other side refused, with one of its error codes.
    #[error("{host} refused: {code}")]
    Refused {
        /// Scheme, host and port.
        host: String,
        /// OAuth's or Lodger's error code (`core/docs/login.md`); lower-case letters and `_`.
        code: String,
    },
    /// No login is under way: none was begun, it expired, or its callback came already.
    #[error("no login is under way: it expired or was finished; begin again")]
    NoFlow,
    /// A callback of another login, or made up. The login under way goes on.
    #[error("this callback does not belong to the login under way")]
    ForeignCallback,
    /// A callback of this login by another provider (RFC 9207).
    #[error("the callback comes from another provider than the one that was asked")]
    WrongIssuer,
    /// An answer that breaks a rule.
    #[error("{what} is not acceptable: {reason}")]
    Unacceptable {
        /// Which answer.
        what: &'static str,
        /// Which rule.
        reason: &'static str,
    },
    /// A token that does not verify.
    #[error("{what} is not acceptable: {reason}")]
    Token {
        /// Which token.
        what: &'static str,
        /// Why.
        reason: JoseError,
    },
    /// The host configured something that cannot work.
    #[error("the login's configuration cannot be used: {0}")]
    Configuration(&'static str),
    /// The device's store fails.
    #[error("the device's store failed: {0}")]
    Storage(String),
    /// After logging out, something was left.
    #[error(
        "after logging out, {rows} rows are left in the store: they must be removed before anybody logs in"
    )]
    Residue {
        /// How many.
        rows: usize,
    },
    /// The key store fails, though the key is there.
    #[error("the device's key store failed: {0}")]
    KeyStore(String),
    /// A fault of Lodger itself or of the platform under it.
    #[error("{what} failed")]
    Internal {
        /// What failed.
        what: &'static str,
    },
}

impl AuthError {
    /// What a host would do about it.
    #[must_use]
    pub fn kind(&self) -> AuthErrorKind {
        use AuthErrorKind as Kind;
        match self {
            Self::LoginRequired | Self::NoFlow => Kind::LoginRequired,
            Self::KeyInvalidated | Self::OtherUser => Kind::KeyInvalidated,
            Self::Cancelled => Kind::Cancelled,
            Self::Unreachable { .. } | Self::Busy { .. } => Kind::Offline,
            Self::Refused { .. } => Kind::Denied,
            Self::ForeignCallback | Self::WrongIssuer | Self::Unacceptable { .. } | Self::Token { .. } => {
                Kind::Untrusted
            }
            Self::Configuration(_) => Kind::Misconfigured,
            Self::Storage(_) | Self::Residue { .. } => Kind::Storage,
            Self::KeyStore(_) | Self::Internal { .. } => Kind::Internal,
        }
    }

    pub(crate) fn token(what: &'static str) -> impl FnOnce(JoseError) -> Self {
        move |reason| Self::Token { what, reason }
    }
}

impl From<SignerError> for AuthError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Cancelled => Self::Cancelled,
            SignerError::KeyInvalidated => Self::KeyInvalidated,
            SignerError::Failed(reason) => Self::KeyStore(reason),
        }
    }
}
