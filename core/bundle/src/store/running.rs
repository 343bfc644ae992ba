//! Which bundles are running in this process, and which are about to be removed: never both.
//!
//! A removal is chosen inside a transaction and true only once that commits. A bundle chosen meanwhile no
//! longer starts, so that no lock is held over the commit and opening other programs never waits for it.
use crate::{Digest, database::lock};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Shared by a store, its guards and its removals.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many sessions run each bundle.
    sessions: HashMap<Digest, usize>,
    /// About to be removed; a bundle may stand here once for each removal that is under way.
    leaving: Vec<Digest>,
}

impl Running {
    /// Marks a bundle as running; `None` if it is about to be removed.
    pub(super) fn start(&self, digest: Digest) -> Option<RunningGuard> {
        let mut state = lock(&self.0);
        if state.leaving.contains(&digest) {
            return None;
        }
        *state.sessions.entry(digest).or_default() += 1;
        Some(RunningGuard { running: self.clone(), digest })
    }

    /// Begins a removal. Drop it once the transaction has committed, or failed.
    pub(super) fn removal(&self) -> Removal {
        Removal { running: self.clone(), chosen: Vec::new() }
    }
}

/// While held, the bundle is running: it is neither evicted nor removed, whatever is installed meanwhile.
#[must_use = "the bundle counts as running only while this is held"]
pub struct RunningGuard {
    running: Running,
    digest: Digest,
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        let mut state = lock(&self.running.0);
        if let Some(count) = state.sessions.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                state.sessions.remove(&self.digest);
            }
        }
    }
}

/// The bundles that one transaction removes. While it lives, none of them starts running.
pub(super) struct Removal {
    running: Running,
    chosen: Vec<Digest>,
}

impl Removal {
    /// Chooses bundles, unless one of `idle` is running.
    pub(super) fn choose(&mut self, digests: &[Digest], idle: &[Digest]) -> bool {
        let mut state = lock(&self.running.0);
        if idle.iter().any(|digest| state.sessions.contains_key(digest)) {
            return false;
        }
        state.leaving.extend(digests);
        self.chosen.extend(digests);
        true
    }

    /// Whether anything was chosen.
    pub(super) fn removes(&self) -> bool {
        !self.chosen.is_empty()
    }
}

impl Drop for Removal {
    fn drop(&mut self) {
        let mut state = lock(&self.running.0);
        for digest in &self.chosen {
            if let Some(at) = state.leaving.iter().position(|leaving| leaving == digest) {
                state.leaving.swap_remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_running_or_leaving_but_never_both() {
        let running = Running::default();
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let (mut first, mut second) = (running.removal(), running.removal());
        let session = running.start(a).unwrap();
        let again = running.start(a).unwrap();
        assert!(!first.choose(&[b], &[a, b]));
        drop(session);
        assert!(!first.choose(&[a], &[a]));
        drop(again);
        assert!(first.choose(&[a], &[a, b]) && second.choose(&[a], &[a]));
        assert!(running.start(a).is_none() && running.start(b).is_some());
        drop(first);
        assert!(running.start(a).is_none());
        drop(second);
        assert!(running.start(a).is_some());
    }
}
