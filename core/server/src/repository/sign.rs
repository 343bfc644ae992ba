//! Signs a role: OLPC canonical JSON, one signature for each key of its holder.

use super::RepositoryError;
use crate::keys::{KeyRing, Signer};
use serde::Serialize;
use tough::schema::{
    Role, Signature, Signed,
    decoded::{Decoded, Hex},
    key::Key,
};

/// The metadata file of `role`. Its bytes are never made again: a role that changes gets another version.
pub(super) fn file<'a, T: Role>(
    role: T,
    signers: impl IntoIterator<Item = &'a Signer>,
) -> Result<Vec<u8>, RepositoryError> {
    let message = role.canonical_form().map_err(encoding)?;
    let signature = |signer: &Signer| {
        Ok(Signature { keyid: signer.id.parse().map_err(encoding)?, sig: signer.sign(&message).into() })
    };
    let signatures = signers.into_iter().map(signature).collect::<Result<_, RepositoryError>>()?;
    json(&Signed { signed: role, signatures })
}

/// Canonical JSON (JCS), as target files are written.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>, RepositoryError> {
    serde_jcs::to_vec(value).map_err(encoding)
}

fn encoding(error: impl std::fmt::Display) -> RepositoryError {
    RepositoryError::Encoding(error.to_string())
}

/// A TUF key id.
type KeyId = Decoded<Hex>;

/// The keys and threshold of a holder, as they stand in a root or a delegation.
pub(super) struct RoleKeys {
    pub keys: Vec<(KeyId, Key)>,
    pub threshold: std::num::NonZeroU64,
}

impl RoleKeys {
    /// A holder's keys in `ring`.
    pub fn of(ring: &KeyRing, holder: crate::keys::Holder) -> Result<Self, RepositoryError> {
        let folder = ring.folder();
        let keys =
            folder.of(holder).map(|key| Ok((key.id.parse::<KeyId>().map_err(encoding)?, key.key.clone())));
        let mut keys: Vec<(KeyId, Key)> = keys.collect::<Result<_, RepositoryError>>()?;
        // The order of files must not look like a change of keys.
        keys.sort_by(|(a, _), (b, _)| <[u8]>::cmp(a, b));
        let threshold = std::num::NonZeroU64::new(folder.threshold(holder));
        Ok(Self { keys, threshold: threshold.ok_or_else(|| encoding("a threshold of 0"))? })
    }

    /// The ids alone.
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys.iter().map(|(id, _)| id.clone()).collect()
    }
}
