//! What a server takes from others: it verifies everything that was signed elsewhere, and signs the rest.
//!
//! The repository is a view in which the files of the change are already there and `timestamp.json` is still the old
//! one. Nothing is written here.

mod platform;
mod program;
mod roles;

use super::{AppRecord, Batch, Repository, RepositoryError, edit::Edit, metadata::Metadata};
use crate::{
    keys::KeyRing,
    publishing::paths::{Kind, Owner},
};
use roles::Next;
use tough::schema::{Role, Signed, Timestamp};

/// What is proposed for one repository.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Which repository.
    pub owner: Owner,
    /// The version of the timestamp that it was made from; 0 for a new one.
    pub base: u64,
    /// Files that are new.
    pub files: Vec<Kind>,
    /// True if what the server signs comes far above what is here: it was put back from a backup.
    pub leap: bool,
}

/// What a change becomes.
#[derive(Debug)]
pub struct Accepted {
    /// What the server signs.
    pub batch: Batch,
    /// The repositories that change: their timestamp's new version, and when it expires (seconds since 1970).
    pub versions: Vec<(Owner, u64, i64)>,
}

/// Why a change is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It was made from an older version.
    #[error("{0} was changed meanwhile; do it again")]
    Conflict(String),
    /// It breaks a rule.
    #[error("{0}")]
    Refused(String),
    /// The view could not be read, or something could not be signed.
    #[error(transparent)]
    Failed(RepositoryError),
}

impl From<RepositoryError> for Refusal {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Untrusted { .. }
            | RepositoryError::Refused(_)
            | RepositoryError::NotFound(_) => Self::Refused(error.to_string()),
            other => Self::Failed(other),
        }
    }
}

fn refused<T>(what: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Refused(what.into()))
}

impl Repository {
    /// Checks a change as a whole, and signs channels, snapshots and timestamps over it with the server's keys in
    /// `ring`.
    ///
    /// # Errors
    /// `Conflict` if a repository moved on; `Refused` with the rule; `Failed`.
    pub fn accept(&self, ring: &KeyRing, proposals: &[Proposal]) -> Result<Accepted, Refusal> {
        let none = Proposal { owner: Owner::Platform, base: 0, files: Vec::new(), leap: false };
        let platform = proposals.iter().find(|proposal| proposal.owner == Owner::Platform);
        let metadata = Metadata::platform(&self.storage);
        let next_platform =
            Next::new(metadata.clone(), platform.unwrap_or(&none), ring, self.now, platform.is_some())?;
        let mut accepted = Accepted { batch: Batch::default(), versions: Vec::new() };
        for proposal in proposals {
            let Owner::App(app) = &proposal.owner else { continue };
            let metadata = Metadata::app(&self.storage, app);
            let next = Next::new(metadata.clone(), proposal, ring, self.now, true)?;
            let record = next_platform.record(app)?;
            if next.new_chain && !vouched(&next, &record, next_platform.old_record(app)?.as_ref()) {
                let path = metadata.file("root.json");
                return refused(format!(
                    "{path} does not follow the root before it; the reviewer vouches for a new chain under a higher epoch (`lodger app reset`)"
                ));
            }
            next.check_program(app, &record)?;
            let mut edit = next.edit(&metadata, ring, self.now, proposal.leap)?;
            self.sign_channels(&next, &mut edit, app, &record)?;
            accepted.push(proposal, edit)?;
        }
        if let Some(platform) = platform {
            if next_platform.new_chain {
                return refused("the platform's root follows the one before it; devices would take no other");
            }
            next_platform.check_platform(&self.storage)?;
            accepted.push(platform, next_platform.edit(&metadata, ring, self.now, platform.leap)?)?;
        }
        Ok(accepted)
    }
}

/// True if the record begins its chain at the root that was brought.
fn vouched(next: &Next<'_>, record: &AppRecord, before: Option<&AppRecord>) -> bool {
    record.root.version == next.root.signed.version.get()
        && before.is_some_and(|before| record.root.epoch > before.root.epoch)
}

impl Accepted {
    fn push(&mut self, proposal: &Proposal, edit: Edit<'_>) -> Result<(), Refusal> {
        let batch = edit.finish()?;
        let path = format!("{}/metadata/timestamp.json", proposal.owner);
        let signed: Signed<Timestamp> = batch
            .find(&path)
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .ok_or_else(|| Refusal::Failed(RepositoryError::Encoding("no timestamp was signed".into())))?;
        let version = signed.signed.version.get();
        self.versions.push((proposal.owner.clone(), version, signed.signed.expires().as_second()));
        self.batch = std::mem::take(&mut self.batch).then(batch);
        Ok(())
    }
}
