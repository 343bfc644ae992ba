//! Whose keys a repository names: who may ask a server for a change.

use super::{Repository, RepositoryError, metadata::Metadata};
use tough::schema::{RoleType, Root, key::Key};

/// A key that the repository names.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its 32 bytes; Ed25519.
    pub key: Vec<u8>,
    /// True for officers and reviewers, false for a publisher.
    pub operator: bool,
}

impl Repository {
    /// The key of an officer or a reviewer, or of a publisher of `app`. Others, and keys that are not Ed25519, are not known.
    ///
    /// # Errors
    /// `Untrusted`, `NotFound` if there is no such program; `Storage`.
    pub fn named(&self, app: Option<&str>, keyid: &str) -> Result<Option<Named>, RepositoryError> {
        let platform = Metadata::platform(&self.storage);
        let root = platform.root()?.signed;
        if let Some(key) = operator(&root, keyid) {
            return Ok(Some(Named { key, operator: true }));
        }
        let Some(app) = app else { return Ok(None) };
        let record = match self.record(app) {
            Ok(record) => record,
            Err(RepositoryError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if !record.publisher.keyids.iter().any(|id| id == keyid) {
            return Ok(None);
        }
        let metadata = Metadata::app(&self.storage, app);
        let targets = metadata.role(&metadata.state()?, "targets")?.signed;
        let keys = targets.delegations.map(|delegations| delegations.keys).unwrap_or_default();
        let key = keys.iter().find(|(id, _)| super::hex(id) == keyid).and_then(|(_, key)| ed25519(key));
        Ok(key.map(|key| Named { key, operator: false }))
    }
}

fn operator(root: &Root, keyid: &str) -> Option<Vec<u8>> {
    let roles = [RoleType::Root, RoleType::Targets];
    let mut ids = roles.iter().filter_map(|role| root.roles.get(role)).flat_map(|role| &role.keyids);
    let id = ids.find(|id| super::hex(id) == keyid)?;
    ed25519(root.keys.get(id)?)
}

fn ed25519(key: &Key) -> Option<Vec<u8>> {
    match key {
        Key::Ed25519 { keyval, .. } => Some(keyval.public.to_vec()),
        _ => None,
    }
}
