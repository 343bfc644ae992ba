//! Puts a change of one TUF repository together: roles that changed, then a snapshot, then a timestamp.
//!
//! Role files that did not change keep their version and their bytes; snapshot and timestamp are made from
//! numbers alone. So nobody needs another holder's keys.

use super::{
    Batch, RepositoryError,
    batch::{Base, Stage},
    memory::Signed,
    metadata::{Metadata, State, target_name},
    sign::{self, RoleKeys},
};
use crate::keys::{Holder, KeyRing};
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
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

/// The version after `version`; the first is 1.
fn after(version: Option<NonZeroU64>) -> NonZeroU64 {
    version.map_or(NonZeroU64::MIN, |version| version.saturating_add(1))
}

/// The highest number of a root among file names; 0 if there is none.
pub(super) fn newest_root(names: &BTreeSet<String>) -> u64 {
    let number = |name: &String| name.strip_suffix(".root.json")?.parse().ok();
    names.iter().filter_map(number).max().unwrap_or(0)
}

/// Who signs what under a root.
fn root_roles(targets: Holder) -> [(RoleType, Holder); 4] {
    [
        (RoleType::Root, Holder::Officer),
        (RoleType::Targets, targets),
        (RoleType::Snapshot, Holder::Server),
        (RoleType::Timestamp, Holder::Server),
    ]
}

/// A root that was signed.
pub(super) struct NewRoot {
    pub version: u64,
    pub bytes: Vec<u8>,
}

/// A change being put together.
pub(super) struct Edit<'a> {
    metadata: &'a Metadata<'a>,
    ring: &'a KeyRing,
    now: Timestamp,
    versions: BTreeMap<String, NonZeroU64>,
    snapshot: Option<NonZeroU64>,
    timestamp: Option<NonZeroU64>,
    /// Files that are there, also those of a change that was broken off: no name is used again.
    taken: BTreeSet<String>,
    base: Base,
    /// Versions that devices have seen, where the repository has forgotten them.
    raised: BTreeMap<String, u64>,
    /// Retired keys sign too, so that what is written holds under the old root and the new one.
    handing_over: bool,
    /// True once something was signed that only an operator may bring to a server.
    operated: bool,
    /// True if a chain of roots begins here: what officers sign from here on follows nothing of theirs.
    begins: bool,
    batch: Batch,
}

impl<'a> Edit<'a> {
    /// Starts from what devices see, or from nothing.
    pub fn new(
        metadata: &'a Metadata<'a>,
        state: Option<&State>,
        ring: &'a KeyRing,
        now: Timestamp,
    ) -> Result<Self, RepositoryError> {
        let versions = state.into_iter().flat_map(|state| &state.snapshot.signed.meta);
        let taken = metadata.names()?;
        let timestamp = metadata.file("timestamp.json");
        let bytes = match state {
            Some(state) => Some(state.timestamp_bytes.clone()),
            None => metadata.storage.get(&timestamp)?, // what a broken-off attempt left
        };
        let next_root = metadata.file(&format!("{}.root.json", newest_root(&taken) + 1));
        let base = Base {
            timestamp,
            bytes,
            next_root,
            prefix: metadata.prefix.clone(),
            before: state.map_or(0, |state| state.timestamp.signed.version.get()),
            recovers: false,
            signed: Signed::default(),
        };
        Ok(Self {
            metadata,
            ring,
            now,
            versions: versions.map(|(file, meta)| (file.clone(), meta.version)).collect(),
            snapshot: state.map(|state| state.snapshot.signed.version),
            timestamp: state.map(|state| state.timestamp.signed.version),
            taken,
            base,
            raised: BTreeMap::new(),
            handing_over: false,
            operated: false,
            begins: false,
            batch: Batch::default(),
        })
    }

    /// The next version of a file whose name is not taken. A change that was broken off may have taken some.
    fn next(&self, version: Option<NonZeroU64>, file: &str) -> NonZeroU64 {
        let mut version = after(version);
        while self.taken.contains(&format!("{version}.{file}")) {
            version = version.saturating_add(1);
        }
        version
    }

    /// From here on retired keys sign too.
    pub fn hand_over(mut self) -> Self {
        self.handing_over = true;
        self
    }

    /// Everything that is signed from here on comes above `floor`, and the change is allowed to begin below it.
    pub fn above(mut self, floor: &Signed) -> Self {
        let raised = |version: NonZeroU64, file: &str| {
            NonZeroU64::new(floor.version(file)).map_or(version, |floor| version.max(floor))
        };
        // A role that these keys do not sign anew keeps the version that its file has.
        self.raised = floor.versions.clone();
        self.snapshot = self.snapshot.map(|version| raised(version, "snapshot.json"));
        self.timestamp = self.timestamp.map(|version| raised(version, "timestamp.json"));
        self.base.recovers = true;
        self
    }

    /// Signs for a holder.
    fn sign<T: Role>(&self, role: T, holder: Holder) -> Result<Vec<u8>, RepositoryError> {
        let former = if self.handing_over { self.ring.former(holder)? } else { Vec::new() };
        sign::file(role, self.ring.signers(holder)?.iter().chain(&former))
    }

    /// The root that begins a chain, with the keys of now: officers for the root itself, `targets` for targets, the
    /// server for snapshot and timestamp. If there is a chain already, it comes after a gap in the numbers, at which
    /// those who follow the old one stop.
    pub fn first_root(&mut self, targets: Holder) -> Result<NewRoot, RepositoryError> {
        let version = match newest_root(&self.taken) {
            0 => NonZeroU64::MIN,
            newest => NonZeroU64::MIN.saturating_add(newest + 1),
        };
        let root = self.root_of(version, targets)?;
        self.begins = true;
        self.add_root(root)
    }

    /// The root after `last`, with the keys of now. `None` if `last` names them already and is not due.
    pub fn next_root(
        &mut self,
        last: &schema::Root,
        targets: Holder,
    ) -> Result<Option<NewRoot>, RepositoryError> {
        for (role, holder) in root_roles(targets) {
            let old = last.roles.get(&role);
            self.refuse_unknown(holder, old.map_or(&[][..], |old| &old.keyids))?;
        }
        let root = self.root_of(after(Some(last.version)), targets)?;
        if last.roles == root.roles && !due(last.expires, self.now) {
            return Ok(None);
        }
        self.add_root(root).map(Some)
    }

    fn root_of(&self, version: NonZeroU64, targets: Holder) -> Result<schema::Root, RepositoryError> {
        let mut root = schema::Root {
            spec_version: SPEC.into(),
            consistent_snapshot: true,
            version,
            expires: expiry(Holder::Officer, self.now),
            keys: HashMap::new(),
            roles: HashMap::new(),
            _extra: self.metadata.named(),
        };
        for (role, holder) in root_roles(targets) {
            let keys = RoleKeys::of(self.ring, holder)?;
            let entry =
                schema::RoleKeys { keyids: keys.ids(), threshold: keys.threshold, _extra: HashMap::new() };
            root.keys.extend(keys.keys);
            root.roles.insert(role, entry);
        }
        Ok(root)
    }

    fn add_root(&mut self, root: schema::Root) -> Result<NewRoot, RepositoryError> {
        let version = root.version.get();
        self.operated = true;
        let bytes = self.sign(root, Holder::Officer)?;
        self.batch.add(Stage::Root, self.metadata.file(&format!("{version}.root.json")), bytes.clone());
        Ok(NewRoot { version, bytes })
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
        if holder == Holder::Server && self.ring.online_elsewhere() {
            return Ok(());
        }
        self.operated |= holder != Holder::Publisher;
        let file = format!("{name}.json");
        let carried = self.ring.online_elsewhere() && !(self.begins && holder == Holder::Officer);
        if let Some(last) = self.versions.get(&file).filter(|_| carried) {
            self.signed_before(name, *last, holder)?;
        }
        let known = self.raised.get(&file).and_then(|version| NonZeroU64::new(*version));
        let version = self.next(self.versions.get(&file).copied().max(known), &file);
        let mut role = Targets::new(SPEC.into(), version, expiry(holder, self.now));
        role._extra = self.metadata.named();
        role.targets = targets;
        role.delegations = delegations;
        let bytes = self.sign(role, holder)?;
        self.batch.add(Stage::Role, self.metadata.file(&format!("{version}.{file}")), bytes);
        self.versions.insert(file, version);
        Ok(())
    }

    /// What is carried on from a server's answers must bear a signature of the same holder, or of the publisher whom the
    /// officers here named: or the server could have a holder sign what it likes. A server's answers are read once in a
    /// command, so these are the same bytes.
    fn signed_before(&self, name: &str, last: NonZeroU64, holder: Holder) -> Result<(), RepositoryError> {
        let file = format!("{last}.{name}.json");
        let role: schema::Signed<Targets> = self.metadata.read(&file)?;
        super::verify::own(self.metadata, &file, &role.signed._extra)?;
        let folder = self.ring.folder();
        let keys = folder.of(holder).chain(folder.former(holder));
        let keys: HashMap<_, _> =
            keys.filter_map(|key| Some((key.id.parse::<Decoded<Hex>>().ok()?, key.key.clone()))).collect();
        // Keys that were added, or a threshold that was raised, since: one signature has to do while handing over.
        let threshold = if self.handing_over { 1 } else { folder.threshold(holder) };
        let entry = schema::DelegatedRole {
            name: name.to_owned(),
            keyids: keys.keys().cloned().collect(),
            threshold: NonZeroU64::new(threshold).unwrap_or(NonZeroU64::MIN),
            paths: schema::PathSet::Paths(Vec::new()),
            terminating: true,
            targets: None,
        };
        let own = Delegations { keys, roles: vec![entry] };
        let Err(error) = own.verify_role(&role, name) else { return Ok(()) };
        if holder == Holder::Publisher && self.handing_over && self.named_before(&role, name)? {
            return Ok(());
        }
        let what = format!("is not signed with the {holder} keys in {}: {error}", folder.dir().display());
        Err(RepositoryError::untrusted(&self.metadata.file(&file), what))
    }

    /// True if the officers here delegated the role to those who signed it.
    fn named_before(&self, role: &schema::Signed<Targets>, name: &str) -> Result<bool, RepositoryError> {
        let Some(last) = self.versions.get("targets.json") else { return Ok(false) };
        self.signed_before("targets", *last, Holder::Officer)?;
        let top: schema::Signed<Targets> = self.metadata.read(&format!("{last}.targets.json"))?;
        Ok(top.signed.delegations.is_some_and(|old| old.verify_role(role, name).is_ok()))
    }

    /// A role file that its holder brought: from now on the snapshot lists it.
    pub fn accept(&mut self, role: &str, version: NonZeroU64) {
        self.versions.insert(format!("{role}.json"), version);
    }

    /// Snapshot and timestamp over everything, signed by the server's key.
    pub fn finish(mut self) -> Result<Batch, RepositoryError> {
        if self.ring.online_elsewhere() {
            let holders = match self.operated || self.metadata.prefix == "platform" {
                true => &[Holder::Reviewer, Holder::Officer][..],
                false => &[Holder::Publisher, Holder::Reviewer, Holder::Officer],
            };
            if let Some(holder) = holders.iter().find(|holder| self.ring.has(**holder)) {
                self.batch.ask_as(*holder, self.ring.signers(*holder)?);
            }
            // The server counts its timestamp up by one, and the rest of what it signs is its own to remember.
            let next = after(self.timestamp);
            return Ok(self.stand(&[("timestamp.json", next)]));
        }
        let expires = expiry(Holder::Server, self.now);
        let meta = |version| Metafile { length: None, hashes: None, version, _extra: HashMap::new() };

        let version = self.next(self.snapshot, "snapshot.json");
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

        let number = after(self.timestamp);
        let mut timestamp = schema::Timestamp::new(SPEC.into(), number, expires);
        timestamp._extra = self.metadata.named();
        timestamp.meta.insert("snapshot.json".into(), listed);
        let bytes = self.sign(timestamp, Holder::Server)?;
        self.batch.add(Stage::Timestamp, self.metadata.file("timestamp.json"), bytes);
        Ok(self.stand(&[("snapshot.json", version), ("timestamp.json", number)]))
    }

    /// The batch, knowing what it was made from and which versions it has; `online` beside those of the roles.
    fn stand(mut self, online: &[(&str, NonZeroU64)]) -> Batch {
        let online = online.iter().map(|(file, version)| ((*file).to_owned(), *version));
        let versions = self.versions.into_iter().chain(online);
        self.base.signed.versions = versions.map(|(file, version)| (file, version.get())).collect();
        self.batch.stands_on(self.base);
        self.batch
    }
}
