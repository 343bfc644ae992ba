//! The files of one change, in the order in which they may be written.

use super::memory::Signed;
use crate::keys::{Holder, Signer};
use std::sync::Arc;

/// How far a file is from being seen by a device. Whatever a file names has been written before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Streams and patches: named by digest.
    Transfer,
    /// Targets: named by digest.
    Target,
    /// Role files: named by version, and not in any snapshot yet.
    Role,
    /// The snapshot: named by version, and not in the timestamp yet.
    Snapshot,
    /// `timestamp.json`: from here on devices see the change.
    Timestamp,
    /// A root. Devices look for the next one first, so it takes effect at once; what it asks for is there.
    Root,
    /// Files beside the metadata, for people and hosts.
    Beside,
}

/// Part, stage, name, bytes.
type Write = (u32, Stage, String, Vec<u8>);
/// Files of one stage: names and bytes.
type Group<'a> = (Stage, Vec<(&'a str, &'a [u8])>);

/// What devices saw of a repository when a change of it was put together.
#[derive(Debug)]
pub(super) struct Base {
    /// The name of `timestamp.json`.
    pub timestamp: String,
    /// Its bytes; `None` if there was none.
    pub bytes: Option<Vec<u8>>,
    /// The name of the next root, which must not be there.
    pub next_root: String,
    /// `platform` or `apps/<id>`.
    pub prefix: String,
    /// The timestamp's version before; 0 if there was none.
    pub before: u64,
    /// True if the change brings back what was lost, and may begin below what was signed.
    pub recovers: bool,
    /// What the change signs.
    pub signed: Signed,
}

/// Files to write. [`super::Repository::commit`] writes them; a server may keep them first.
#[derive(Debug, Default)]
#[must_use = "nothing is changed until the batch is committed"]
pub struct Batch {
    writes: Vec<Write>,
    bases: Vec<Base>,
    /// Batches that were joined keep their order: one is whole before the next begins.
    part: u32,
    /// For a server: whose key signs the request.
    requester: Option<(Holder, Arc<Vec<Signer>>)>,
}

impl Batch {
    pub(super) fn add(&mut self, stage: Stage, path: String, bytes: Vec<u8>) {
        self.writes.push((self.part, stage, path, bytes));
    }

    pub(super) fn stands_on(&mut self, base: Base) {
        self.bases.push(base);
    }

    /// Notes what a change of `prefix` says about versions.
    pub(super) fn note(&mut self, prefix: &str, note: impl FnOnce(&mut Signed)) {
        if let Some(base) = self.bases.iter_mut().find(|base| base.prefix == prefix) {
            note(&mut base.signed);
        }
    }

    /// What each repository that is changed was like.
    pub(super) fn bases(&self) -> &[Base] {
        &self.bases
    }

    /// A reviewer may bring more than an officer's or a publisher's key is asked for.
    pub(super) fn ask_as(&mut self, holder: Holder, signers: Arc<Vec<Signer>>) {
        let rank = |holder| match holder {
            Holder::Reviewer => 2,
            Holder::Officer => 1,
            _ => 0,
        };
        if self.requester.as_ref().is_none_or(|(before, _)| rank(*before) < rank(holder)) {
            self.requester = Some((holder, signers));
        }
    }

    /// What a server is told: the version of each repository's timestamp that this was made from.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (&str, u64)> {
        self.bases.iter().map(|base| (base.prefix.as_str(), base.before))
    }

    /// The key that signs the request to a server.
    pub(crate) fn requester(&self) -> Option<(Holder, &Signer)> {
        self.requester.as_ref().and_then(|(holder, signers)| Some((*holder, signers.first()?)))
    }

    /// Everything of `next` after everything of this one.
    pub(super) fn then(mut self, next: Self) -> Self {
        let offset = self.part + 1;
        self.part = offset + next.part;
        self.bases.extend(next.bases);
        self.writes.extend(
            next.writes.into_iter().map(|(part, stage, path, bytes)| (offset + part, stage, path, bytes)),
        );
        if let Some((holder, signers)) = next.requester {
            self.ask_as(holder, signers);
        }
        self
    }

    /// Names and bytes, in the order in which they must be written.
    pub fn writes(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.in_order().into_iter().map(|(_, _, path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The same in groups: the files of one may be written in any order.
    pub(super) fn groups<'a>(&'a self) -> Vec<Group<'a>> {
        let order = self.in_order();
        let groups = order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let group = |group: &[&'a Write]| {
            let files = group.iter().map(|write| (write.2.as_str(), write.3.as_slice()));
            (group[0].1, files.collect())
        };
        groups.map(group).collect()
    }

    fn in_order(&self) -> Vec<&Write> {
        let mut order: Vec<_> = self.writes.iter().collect();
        order.sort_by_key(|(part, stage, ..)| (*part, *stage));
        order
    }

    /// Bytes of a file that this batch would write.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&[u8]> {
        self.writes.iter().rev().find(|write| write.2 == path).map(|write| write.3.as_slice())
    }
}
