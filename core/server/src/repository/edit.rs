//! Puts a change of one TUF repository together: roles that changed, then a snapshot, then a timestamp.
//!
//! Role files that did not change keep their version and their bytes; snapshot and timestamp are made from
//! numbers alone. So nobody needs another holder's keys.

use super::{
    Batch, RepositoryError,
    batch::Stage,
    metadata::{Metadata, State, target_name},
    sign::{self, RoleKeys},
};
use crate::keys::{Holder, KeyRing};
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroU64,
};
use tough::{
    TargetName,
    schema::decoded::{Decoded, Hex},
    schema::{self, Delegations, Hashes, Metafile, Role, RoleType, Target, Targets},
};

/// The specification that is followed.
const SPEC: &str = "1.0.34";

/// For how long what a holder signs holds (DESIGN 6).
pub(super) fn expiry(holder: Holder, now: Timestamp) -> Timestamp {
    let days = match holder {
        Holder::Officer | Holder::Reviewer => 365,
        Holder::Publisher => 90,
        Holder::Server => 7,
    };
    now.saturating_add(SignedDuration::from_hours(days * 24)).unwrap_or(now)
}

/// True if what expires then should be signed anew now: less than 30 days are left.
pub(super) fn due(expires: Timestamp, now: Timestamp) -> bool {
    expires.duration_since(now) < SignedDuration::from_hours(30 * 24)
}

/// The version after `version`; the first is 1. A number is never used again once a snapshot lists it.
pub(super) fn after(version: Option<NonZeroU64>) -> NonZeroU64 {
    version.map_or(NonZeroU64::MIN, |version| version.saturating_add(1))
}

/// A change being put together.
pub(super) struct Edit<'a> {
    metadata: &'a Metadata<'a>,
    ring: &'a KeyRing,
    now: Timestamp,
    versions: BTreeMap<String, NonZeroU64>,
    snapshot: Option<NonZeroU64>,
    timestamp: Option<NonZeroU64>,
    /// Retired keys sign too, so that what is written holds under the old root and the new one.
    handing_over: bool,
    batch: Batch,
}

impl<'a> Edit<'a> {
    /// Starts from what devices see, or from nothing.
    pub fn new(metadata: &'a Metadata<'a>, state: Option<&State>, ring: &'a KeyRing, now: Timestamp) -> Self {
        let versions = state.into_iter().flat_map(|state| &state.snapshot.signed.meta);
        Self {
            metadata,
            ring,
            now,
            versions: versions.map(|(file, meta)| (file.clone(), meta.version)).collect(),
            snapshot: state.map(|state| state.snapshot.signed.version),
            timestamp: state.map(|state| state.timestamp.signed.version),
            handing_over: false,
            batch: Batch::default(),
        }
    }

    /// From here on retired keys sign too.
    pub fn hand_over(mut self) -> Self {
        self.handing_over = true;
        self
    }

    /// Signs for a holder.
    fn sign<T: Role>(&self, role: T, holder: Holder) -> Result<Vec<u8>, RepositoryError> {
        let former = if self.handing_over { self.ring.former(holder)? } else { Vec::new() };
        sign::file(role, self.ring.signers(holder)?.iter().chain(&former))
    }

    /// The root that names the keys of now, after `last`: officers for the root itself, `targets` for targets, the
    /// server for snapshot and timestamp. `None` if `last` names them already.
    pub fn root(
        &mut self,
        last: Option<&schema::Root>,
        targets: Holder,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        let mut root = schema::Root {
            spec_version: SPEC.into(),
            consistent_snapshot: true,
            version: after(last.map(|last| last.version)),
            expires: expiry(Holder::Officer, self.now),
            keys: HashMap::new(),
            roles: HashMap::new(),
            _extra: self.metadata.named(),
        };
        let roles = [
            (RoleType::Root, Holder::Officer),
            (RoleType::Targets, targets),
            (RoleType::Snapshot, Holder::Server),
            (RoleType::Timestamp, Holder::Server),
        ];
        for (role, holder) in roles {
            let keys = RoleKeys::of(self.ring, holder)?;
            let old = last.and_then(|last| last.roles.get(&role));
            self.refuse_unknown(holder, old.map_or(&[][..], |old| &old.keyids))?;
            let entry =
                schema::RoleKeys { keyids: keys.ids(), threshold: keys.threshold, _extra: HashMap::new() };
            root.keys.extend(keys.keys);
            root.roles.insert(role, entry);
        }
        if last.is_some_and(|last| last.roles == root.roles && !due(last.expires, self.now)) {
            return Ok(None);
        }
        let name = format!("{}.root.json", root.version);
        let bytes = self.sign(root, Holder::Officer)?;
        self.batch.add(Stage::Root, self.metadata.file(&name), bytes.clone());
        Ok(Some(bytes))
    }

    /// A key that another officer has elsewhere must not fall out of a root because its file is not here.
    fn refuse_unknown(&self, holder: Holder, ids: &[Decoded<Hex>]) -> Result<(), RepositoryError> {
        let folder = self.ring.folder();
        let known = |id: &str| folder.of(holder).chain(folder.former(holder)).any(|key| key.id == id);
        match ids.iter().map(|id| super::hex(id)).find(|id| !known(id)) {
            None => Ok(()),
            Some(id) => Err(RepositoryError::Refused(format!(
                "the root of {} names {holder} key {id}, which is not in {}; bring its file, or put it into retired/ to let go of it",
                self.metadata.prefix,
                folder.dir().display()
            ))),
        }
    }

    /// A file that devices fetch by digest and check themselves.
    pub fn transfer(&mut self, name: &str, bytes: Vec<u8>) {
        self.batch.add(Stage::Transfer, format!("{}/{name}", self.metadata.prefix), bytes);
    }

    /// A target file; the entry goes into a role.
    pub fn target(&mut self, name: &str, bytes: Vec<u8>) -> Result<(TargetName, Target), RepositoryError> {
        let sha256 = digest(&SHA256, &bytes).as_ref().to_vec();
        let path = self.metadata.target_file(name, &super::hex(&sha256));
        let target = Target {
            length: bytes.len() as u64,
            hashes: Hashes { sha256: sha256.into(), _extra: HashMap::new() },
            custom: HashMap::new(),
            _extra: HashMap::new(),
        };
        self.batch.add(Stage::Target, path, bytes);
        Ok((target_name(name)?, target))
    }

    /// The next version of a role.
    pub fn role(
        &mut self,
        name: &str,
        holder: Holder,
        targets: HashMap<TargetName, Target>,
        delegations: Option<Delegations>,
    ) -> Result<(), RepositoryError> {
        let file = format!("{name}.json");
        let version = after(self.versions.get(&file).copied());
        let mut role = Targets::new(SPEC.into(), version, expiry(holder, self.now));
        role._extra = self.metadata.named();
        role.targets = targets;
        role.delegations = delegations;
        let bytes = self.sign(role, holder)?;
        self.batch.add(Stage::Role, self.metadata.file(&format!("{version}.{file}")), bytes);
        self.versions.insert(file, version);
        Ok(())
    }

    /// Snapshot and timestamp over everything, signed by the server's key.
    pub fn finish(mut self) -> Result<Batch, RepositoryError> {
        let expires = expiry(Holder::Server, self.now);
        let meta = |version| Metafile { length: None, hashes: None, version, _extra: HashMap::new() };

        let version = after(self.snapshot);
        let mut snapshot = schema::Snapshot::new(SPEC.into(), version, expires);
        snapshot._extra = self.metadata.named();
        snapshot.meta = self.versions.iter().map(|(file, version)| (file.clone(), meta(*version))).collect();
        let bytes = self.sign(snapshot, Holder::Server)?;
        let listed = Metafile {
            length: Some(bytes.len() as u64),
            hashes: Some(Hashes {
                sha256: digest(&SHA256, &bytes).as_ref().to_vec().into(),
                _extra: HashMap::new(),
            }),
            ..meta(version)
        };
        self.batch.add(Stage::Snapshot, self.metadata.file(&format!("{version}.snapshot.json")), bytes);

        let mut timestamp = schema::Timestamp::new(SPEC.into(), after(self.timestamp), expires);
        timestamp._extra = self.metadata.named();
        timestamp.meta.insert("snapshot.json".into(), listed);
        let bytes = self.sign(timestamp, Holder::Server)?;
        self.batch.add(Stage::Timestamp, self.metadata.file("timestamp.json"), bytes);
        Ok(self.batch)
    }
}
