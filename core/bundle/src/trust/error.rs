//! What can go wrong between a repository and a device: a variant for each cause, a kind for each thing to do.
use super::FetchError;
use crate::{IndexError, Rule, StoreError};
use sigstore_tuf::Error as Tuf;
use std::time::SystemTime;

/// What a host would do about a [`TrustError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrustErrorKind {
    /// Try again with a network.
    Offline,
    /// Somebody, or a broken repository, offers what is not signed as it must be. What is installed still opens.
    Untrusted,
    /// The operator or the publisher stopped the program, or the release.
    Revoked,
    /// What is offered is signed, but old. What is installed still opens within the grace.
    Stale,
    /// The release needs a newer host.
    Incompatible,
    /// There is no such program, or no release of it for this device.
    NotFound,
    /// The device's own store fails.
    Storage,
}

/// A repository, app or release that is not accepted. Nothing has changed in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// No answer.
    #[error("{path} cannot be fetched ({reason}): check the network and try again")]
    Unreachable {
        /// Path in the repository.
        path: String,
        /// Why, by the host's HTTP.
        reason: String,
    },
    /// The server has no such file, though a repository must.
    #[error("the repository has no {path}: check its address, or try again later")]
    Missing {
        /// Path in the repository.
        path: String,
    },
    /// Something that is not metadata, such as the sign-in page of a public network.
    #[error("{path} is answered by a web page: sign in to the network, or check the repository's address")]
    Portal {
        /// Path in the repository.
        path: String,
    },
    /// Offline, and this program was never checked on this device.
    #[error("{app} was never opened on this device: go online once")]
    FirstUse {
        /// The app id.
        app: String,
    },
    /// Offline for longer than the grace.
    #[error("{app} was checked too long ago: go online, and check the device's date")]
    GraceOver {
        /// The app id.
        app: String,
        /// Until when it could be opened.
        until: SystemTime,
    },
    /// Signed metadata whose time is over: a frozen repository, one that nobody refreshes, or a wrong clock.
    #[error(
        "{role} of {repository} expired at {expired}: check the device's date; else its operator must refresh it"
    )]
    Expired {
        /// `platform` or `apps/<id>`.
        repository: String,
        /// The role.
        role: String,
        /// When, in RFC 3339.
        expired: String,
    },
    /// Signed metadata that is older than what this device has seen.
    #[error("{repository} offers an older {detail} than this device has seen: try again later")]
    Rollback {
        /// `platform` or `apps/<id>`.
        repository: String,
        /// Role and versions.
        detail: String,
    },
    /// Not signed as it must be, or not what was signed.
    #[error("{repository} is refused: {reason}; what is installed is untouched")]
    Refused {
        /// `platform` or `apps/<id>`.
        repository: String,
        /// What is wrong, to what.
        reason: String,
    },
    /// The trust root itself cannot be used.
    #[error("the trust root is refused: {reason}; ask the operator for another")]
    Root {
        /// What is wrong.
        reason: String,
    },
    /// The reviewer stopped the program.
    #[error("{app} was stopped by its operator")]
    Stopped {
        /// The app id.
        app: String,
    },
    /// Every release that this device could open is revoked, or below the floor or the minimum.
    #[error("release {version} of {app} was withdrawn: wait for the next one")]
    Revoked {
        /// The app id.
        app: String,
        /// The version code of the release that would have been opened.
        version: u64,
    },
    /// The platform does not list the program.
    #[error("there is no program {app} on this platform: check the name")]
    UnknownApp {
        /// The app id.
        app: String,
    },
    /// No release for this device.
    #[error("{app} has no release for this device")]
    NoRelease {
        /// The app id.
        app: String,
    },
    /// The release needs a newer runtime.
    #[error("{app} needs runtime {needs} and this host has {has}: update the host app")]
    Incompatible {
        /// The app id.
        app: String,
        /// What the index asks for.
        needs: String,
        /// What this host has.
        has: String,
    },
    /// A signed index that breaks a rule of the format.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The device's store fails.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl TrustError {
    /// What a host would do about it.
    #[must_use]
    pub fn kind(&self) -> TrustErrorKind {
        use TrustErrorKind as Kind;
        match self {
            Self::Unreachable { .. }
            | Self::Missing { .. }
            | Self::Portal { .. }
            | Self::FirstUse { .. }
            | Self::GraceOver { .. } => Kind::Offline,
            Self::Expired { .. } | Self::Rollback { .. } => Kind::Stale,
            Self::Refused { .. } | Self::Root { .. } => Kind::Untrusted,
            Self::Stopped { .. } | Self::Revoked { .. } => Kind::Revoked,
            Self::UnknownApp { .. } | Self::NoRelease { .. } => Kind::NotFound,
            Self::Incompatible { .. } => Kind::Incompatible,
            Self::Index(error) if error.rule() == Rule::Format => Kind::Incompatible,
            Self::Index(_) => Kind::Untrusted,
            Self::Storage(_) => Kind::Storage,
        }
    }

    pub(crate) fn refused(repository: &str, reason: impl Into<String>) -> Self {
        Self::Refused { repository: repository.to_owned(), reason: reason.into() }
    }

    pub(crate) fn fetch(repository: &str, path: &str, error: FetchError) -> Self {
        match error {
            FetchError::Unreachable(reason) => Self::Unreachable { path: path.to_owned(), reason },
            FetchError::Portal => Self::Portal { path: path.to_owned() },
            FetchError::Cancelled => {
                Self::Unreachable { path: path.to_owned(), reason: "cancelled".to_owned() }
            }
            FetchError::TooLong => Self::refused(repository, format!("{path} is longer than it may be")),
        }
    }

    /// An error of the library, about `repository`. Our own errors travel through it as a transport's source.
    pub(super) fn tuf(repository: &str, error: Tuf) -> Self {
        match error {
            Tuf::Transport { source: Some(source), message } => match source.downcast::<Self>() {
                Ok(own) => *own,
                Err(_) => Self::refused(repository, message),
            },
            Tuf::Expired { role, expires } => {
                Self::Expired { repository: repository.to_owned(), role, expired: expires.to_string() }
            }
            Tuf::Rollback { role, trusted, new } => Self::Rollback {
                repository: repository.to_owned(),
                detail: format!("{role} ({new}, after {trusted})"),
            },
            other => Self::refused(repository, other.to_string()),
        }
    }
}
