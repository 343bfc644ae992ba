//! What a host ships to recognise its operator: a root for releases, or one for development. Two types, so that
//! neither can stand where the other is asked for.
use super::{TrustError, provider};
use serde::Deserialize;
use serde_json::value::RawValue;
use sigstore_tuf::TrustedMetadataSet;

/// The operator's root, for releases. Never turns on anything of development.
#[derive(Clone, Debug)]
pub struct TrustRoot(Vec<u8>);

/// A throwaway root for development: the only thing that `Development` (DESIGN 2) can be had from.
#[derive(Clone, Debug)]
pub struct DevelopmentRoot(Vec<u8>);

/// Either root, for tools that show which one they use.
#[derive(Clone, Debug)]
pub enum AnyRoot {
    /// For releases.
    Release(TrustRoot),
    /// For development.
    Development(DevelopmentRoot),
}

impl TrustRoot {
    /// Reads `trust-root.json` of the kind `release`.
    ///
    /// # Errors
    /// [`TrustError::Root`] for any other kind, or a root that does not sign itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        match AnyRoot::parse(bytes)? {
            AnyRoot::Release(root) => Ok(root),
            AnyRoot::Development(_) => {
                Err(refused("it is a development root, and releases need a release root"))
            }
        }
    }
}

impl DevelopmentRoot {
    /// Reads `trust-root.json` of the kind `development`.
    ///
    /// # Errors
    /// [`TrustError::Root`] for any other kind, or a root that does not sign itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        match AnyRoot::parse(bytes)? {
            AnyRoot::Development(root) => Ok(root),
            AnyRoot::Release(_) => Err(refused("it is a release root, and development needs its own")),
        }
    }
}

impl AnyRoot {
    /// Reads `trust-root.json` of either kind.
    ///
    /// # Errors
    /// [`TrustError::Root`] if it is neither, or its root does not sign itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        #[derive(Deserialize)]
        struct File<'a> {
            kind: &'a str,
            #[serde(borrow)]
            platform: &'a RawValue,
        }
        let file: File<'_> = serde_json::from_slice(bytes)
            .map_err(|error| refused(&format!("it is not a trust-root.json ({error})")))?;
        let root = file.platform.get().as_bytes().to_vec();
        provider::install();
        TrustedMetadataSet::from_root(&root).map_err(|error| refused(&error.to_string()))?;
        match file.kind {
            "release" => Ok(Self::Release(TrustRoot(root))),
            "development" => Ok(Self::Development(DevelopmentRoot(root))),
            other => Err(refused(&format!("its kind is {other:?}"))),
        }
    }

    pub(super) fn platform(&self) -> &[u8] {
        match self {
            Self::Release(root) => &root.0,
            Self::Development(root) => &root.0,
        }
    }
}

impl From<TrustRoot> for AnyRoot {
    fn from(root: TrustRoot) -> Self {
        Self::Release(root)
    }
}

impl From<DevelopmentRoot> for AnyRoot {
    fn from(root: DevelopmentRoot) -> Self {
        Self::Development(root)
    }
}

fn refused(reason: &str) -> TrustError {
    TrustError::Root { reason: reason.to_owned() }
}
