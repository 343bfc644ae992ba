//! Which bundles are running in this process.
use crate::{Digest, database::lock};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// How many sessions run each bundle.
pub(super) type Counts = HashMap<Digest, usize>;

/// Shared by a store and its guards.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Counts>>);

impl Running {
    /// While the result is held, no bundle starts or stops running.
    pub(super) fn lock(&self) -> MutexGuard<'_, Counts> {
        lock(&self.0)
    }

    pub(super) fn start(&self, digest: Digest) -> RunningGuard {
        *self.lock().entry(digest).or_default() += 1;
        RunningGuard { running: self.clone(), digest }
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
        let mut counts = self.running.lock();
        if let Some(count) = counts.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.digest);
            }
        }
    }
}
