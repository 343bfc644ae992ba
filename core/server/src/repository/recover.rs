//! Brings a repository that was put back from a backup above what devices have seen.

use super::{
    AppRecord, Batch, Repository, RepositoryError,
    edit::Edit,
    memory::Signed,
    metadata::{Metadata, State},
    publish::read_floor,
    sign,
};
use crate::keys::{Holder, KeyRing};

/// How far versions rise above the backup's where nothing is remembered: more changes than anyone makes between two.
pub(super) const LEAP: u64 = 10_000;

/// What was brought back.
#[derive(Debug)]
pub struct Recovered {
    /// To be committed.
    pub batch: Batch,
    /// Roles that devices may have seen in a newer version, and whose keys are not here: their holders sign them anew.
    pub left: Vec<String>,
}

impl Repository {
    /// Signs everything anew, with versions above those that the keys in `ring` remember, or far above those that are
    /// here where they remember nothing. Floors and revocations that are remembered are written again. Releases that
    /// the backup does not have must be published again, under a higher version code. What a server signs it raises
    /// itself, before this: `lodger admin recover`.
    ///
    /// # Errors
    /// `NotFound`, `Keys`, `Untrusted`, `Storage`.
    pub fn recover(&self, ring: &KeyRing) -> Result<Recovered, RepositoryError> {
        let memory = self.remembered(ring.folder())?;
        let platform = Metadata::platform(&self.storage);
        let state = self.platform_state(&platform)?;
        let seen = |metadata: &Metadata<'_>, state: &State| {
            memory.get(&metadata.prefix).cloned().unwrap_or_else(|| leap(state))
        };
        let mut left = Vec::new();
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for app in self.apps()? {
            let mut record = match self.record(&app) {
                Ok(record) => record,
                Err(RepositoryError::NotFound(_)) => continue, // the backup is older than the program
                Err(error) => return Err(error),
            };
            let metadata = Metadata::app(&self.storage, &app);
            let state = metadata.state()?;
            let seen = seen(&metadata, &state);
            batch = batch.then(self.recover_app(ring, &metadata, &state, &seen, &mut left)?);
            if add(&mut record.floor, &mut record.revoked, &seen) {
                records.push(record);
            }
        }
        let seen = seen(&platform, &state);
        let batch = batch.then(self.recover_platform(ring, &platform, &state, &seen, &records, &mut left)?);
        Ok(Recovered { batch, left })
    }

    fn recover_app(
        &self,
        ring: &KeyRing,
        metadata: &Metadata<'_>,
        state: &State,
        seen: &Signed,
        left: &mut Vec<String>,
    ) -> Result<Batch, RepositoryError> {
        let mut edit = Edit::new(metadata, Some(state), ring, self.now)?.above(seen);
        let behind = |role: &str| {
            state.version(role).map_or(0, |version| version.get()) < seen.version(&format!("{role}.json"))
        };
        self.edit_channels(&mut edit, metadata, state, |_| {})?;
        for (role, holder) in [("publisher", Holder::Publisher), ("targets", Holder::Officer)] {
            let mut floor = read_floor(metadata, state)?;
            let forgotten = role == "publisher" && add(&mut floor.floor, &mut floor.revoked, seen);
            if !behind(role) && !forgotten {
                continue;
            }
            let signed = metadata.role(state, role)?;
            if !ring.signed(holder, &signed.signatures) {
                left.push(metadata.file(&format!("{role}.json")));
                continue;
            }
            let mut targets = signed.signed.targets;
            if forgotten {
                targets.extend([edit.target("floor.json", sign::json(&floor)?)?]);
            }
            edit.role(role, holder, targets, signed.signed.delegations)?;
        }
        edit.finish()
    }

    fn recover_platform(
        &self,
        ring: &KeyRing,
        metadata: &Metadata<'_>,
        state: &State,
        seen: &Signed,
        records: &[AppRecord],
        left: &mut Vec<String>,
    ) -> Result<Batch, RepositoryError> {
        let mut edit = Edit::new(metadata, Some(state), ring, self.now)?.above(seen);
        for file in state.snapshot.signed.meta.keys() {
            let role = file.trim_end_matches(".json");
            let behind = state.version(role).map_or(0, |version| version.get()) < seen.version(file);
            let mut own = records
                .iter()
                .filter(|record| super::platform::bin(&super::platform::record_name(&record.app)) == role)
                .peekable();
            if !behind && own.peek().is_none() {
                continue;
            }
            let signed = metadata.role(state, role)?;
            if !ring.signed(Holder::Reviewer, &signed.signatures) {
                left.push(metadata.file(file));
                continue;
            }
            let mut targets = signed.signed.targets;
            for record in own {
                targets
                    .extend([edit.target(&super::platform::record_name(&record.app), sign::json(record)?)?]);
            }
            edit.role(role, Holder::Reviewer, targets, signed.signed.delegations)?;
        }
        edit.finish()
    }
}

/// What devices can have seen at most, if nobody remembers.
pub(super) fn leap(state: &State) -> Signed {
    let roles = state.snapshot.signed.meta.iter().map(|(file, meta)| (file.clone(), meta.version));
    let online = [
        ("snapshot.json".to_owned(), state.snapshot.signed.version),
        ("timestamp.json".to_owned(), state.timestamp.signed.version),
    ];
    let versions = roles.chain(online).map(|(file, version)| (file, version.get().saturating_add(LEAP)));
    Signed { versions: versions.collect(), ..Signed::default() }
}

/// Adds remembered floors and revocations; true if something was missing.
fn add(floor: &mut u64, revoked: &mut Vec<u64>, seen: &Signed) -> bool {
    let before = (*floor, revoked.len());
    *floor = seen.floor.max(*floor);
    revoked.extend(&seen.revoked);
    revoked.sort_unstable();
    revoked.dedup();
    before != (*floor, revoked.len())
}
