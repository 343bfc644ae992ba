//! A server's keys, as a client may believe them.

use super::{Repository, RepositoryError, metadata::Metadata};
use crate::{
    keys::{Holder, KeyRing, PublicKey},
    publishing::client::Remote,
};
use std::{collections::HashMap, num::NonZeroU64};
use tough::schema::{
    Role, RoleKeys, RoleType, Root, Signed,
    decoded::{Decoded, Hex},
    key::Key,
};

impl Repository {
    pub(super) fn server_keys(
        &self,
        ring: &KeyRing,
        remote: &Remote,
    ) -> Result<Vec<PublicKey>, RepositoryError> {
        let platform = Metadata::platform(&self.storage);
        let keys: Vec<Key> = if platform.exists()? {
            let root = platform.root()?;
            signed_by_own(ring, &root, &platform)?;
            let ids = root
                .signed
                .roles
                .get(&RoleType::Snapshot)
                .map(|role| role.keyids.clone())
                .unwrap_or_default();
            ids.iter().filter_map(|id| root.signed.keys.get(id).cloned()).collect()
        } else {
            self.storage.run(remote.new_keys())?
        };
        Ok(keys.into_iter().map(PublicKey::of_server).collect::<Result<_, _>>()?)
    }
}

/// An officer names the server's keys in a program's root: only those that the officers themselves made the platform's.
fn signed_by_own(
    ring: &KeyRing,
    root: &Signed<Root>,
    platform: &Metadata<'_>,
) -> Result<(), RepositoryError> {
    let folder = ring.folder();
    if folder.of(Holder::Officer).next().is_none() {
        return Ok(());
    }
    let keys = folder.of(Holder::Officer).chain(folder.former(Holder::Officer));
    let keys: HashMap<Decoded<Hex>, Key> =
        keys.filter_map(|key| Some((key.id.parse().ok()?, key.key.clone()))).collect();
    let entry = RoleKeys {
        keyids: keys.keys().cloned().collect(),
        // An officer who signs alone, for others to sign after, holds one key of several.
        threshold: NonZeroU64::MIN,
        _extra: HashMap::new(),
    };
    let own = Root {
        spec_version: root.signed.spec_version.clone(),
        consistent_snapshot: true,
        version: root.signed.version,
        expires: root.signed.expires(),
        keys,
        roles: HashMap::from([(RoleType::Root, entry)]),
        _extra: HashMap::new(),
    };
    own.verify_role(root).map_err(|error| {
        let what = format!("is not signed by the officers in {}: {error}", folder.dir().display());
        RepositoryError::untrusted(&platform.file("root.json"), what)
    })
}
