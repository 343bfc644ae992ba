//! Downloads one file, going on from what arrived before.
use super::{codec, error::Failure, flight::Wait};
use crate::{
    Package, Store,
    store::partial::Partial,
    trust::{Fetch, FetchError, Sink},
};
use std::sync::Arc;

/// Bytes that may be lost when the process is killed. Less would cost a write to the disk too often.
const PIECE: usize = 128 * 1024;

/// One file of a package.
pub(super) struct Download<'a> {
    pub(super) store: &'a Store,
    pub(super) app: &'a str,
    pub(super) package: &'a Package,
    /// In the repository.
    pub(super) path: String,
    pub(super) fetch: &'a Arc<dyn Fetch>,
    pub(super) wait: &'a Wait<'a>,
}

impl Download<'_> {
    /// The package's stream, from this file and the stream `from`. A failure comes with whether the file had begun
    /// earlier. What has arrived is kept only if it may be gone on with.
    pub(super) fn unpacked(&self, from: &[u8]) -> Result<Vec<u8>, (Failure, bool)> {
        // What cannot be read is downloaded again.
        let arrived = self.store.arrived(&self.path).unwrap_or_default();
        let mut receiver = Receiver::new(self, arrived);
        let resumed = !receiver.file.is_empty();
        let outcome = receiver.run().and_then(|()| {
            codec::unpack(&receiver.file, from, self.package).map_err(|reason| self.refused(reason))
        });
        match &outcome {
            // Forgotten by the transaction that installs.
            Ok(_) => {}
            Err(Failure::Cancelled | Failure::Unreachable { .. } | Failure::Portal { .. }) => receiver.keep(),
            Err(Failure::Missing { .. } | Failure::Refused { .. }) => receiver.forget(),
        }
        outcome.map_err(|failure| (failure, resumed))
    }

    fn refused(&self, reason: &str) -> Failure {
        Failure::Refused { reason: format!("{} {reason}", self.path) }
    }
}

struct Receiver<'a> {
    download: &'a Download<'a>,
    /// From its first byte on.
    file: Vec<u8>,
    /// How many of these the store has.
    kept: usize,
    /// Of the whole file, if the server said it.
    length: Option<u64>,
    started: bool,
    /// Why the reading was stopped.
    stopped: Option<Failure>,
}

impl<'a> Receiver<'a> {
    fn new(download: &'a Download<'a>, arrived: Vec<u8>) -> Self {
        let kept = arrived.len();
        Self { download, file: arrived, kept, length: None, started: false, stopped: None }
    }

    fn run(&mut self) -> Result<(), Failure> {
        // All of it came the last time, and then the process was killed.
        if codec::is_whole(&self.file) {
            return Ok(());
        }
        let Download { path, fetch, .. } = self.download;
        let answer = fetch.read(path, self.file.len() as u64, self.limit(), self);
        if let Some(failure) = self.stopped.take() {
            return Err(failure);
        }
        let unreachable = |reason: String| Failure::Unreachable { path: path.clone(), reason };
        match answer {
            Ok(Some(())) if self.length.is_some_and(|length| length > self.file.len() as u64) => {
                Err(unreachable("the answer broke off".to_owned()))
            }
            Ok(Some(())) => Ok(()),
            Ok(None) => Err(Failure::Missing { path: path.clone() }),
            Err(FetchError::Unreachable(reason)) => Err(unreachable(reason)),
            Err(FetchError::Portal) => Err(Failure::Portal { path: path.clone() }),
            Err(FetchError::TooLong) => Err(self.too_long()),
            Err(FetchError::Cancelled) => Err(Failure::Cancelled),
        }
    }

    fn limit(&self) -> u64 {
        codec::limit(self.download.package.stream_length)
    }

    fn too_long(&self) -> Failure {
        self.download.refused("is longer than it may be")
    }

    /// Keeps what the store does not have yet. It is a help for the next time only: a store that cannot, because the
    /// disk or its quota is full, will say so when the package is installed.
    fn keep(&mut self) {
        let Download { store, app, package, path, .. } = self.download;
        let partial = Partial { app, stream: package.stream_digest, path };
        let new = &self.file[self.kept..];
        if !new.is_empty() && store.keep(&partial, self.kept as u64, new).is_ok() {
            self.kept = self.file.len();
        }
    }

    fn forget(&mut self) {
        if self.kept > 0 && self.download.store.drop_partial(&self.download.path).is_ok() {
            self.kept = 0;
        }
    }

    /// Tells whoever waits, and asks whether to go on.
    fn report(&mut self) -> bool {
        let wait = self.download.wait;
        let received = self.file.len() as u64;
        let total = self.length.unwrap_or(self.download.package.stream_length);
        (wait.progress)(received, total.max(received));
        if (wait.cancelled)() {
            self.stopped = Some(Failure::Cancelled);
        }
        self.stopped.is_none()
    }
}

impl Sink for Receiver<'_> {
    fn start(&mut self, offset: u64, length: Option<u64>) -> bool {
        if offset == 0 {
            self.forget();
            self.file.clear();
            self.kept = 0;
        }
        if offset != self.file.len() as u64 {
            self.stopped = Some(self.download.refused("is answered from another place than was asked for"));
        } else if length.is_some_and(|length| length > self.limit()) {
            self.stopped = Some(self.too_long());
        }
        (self.started, self.length) = (true, length);
        self.stopped.is_none() && self.report()
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        // Whoever does not say where it begins, begins at the beginning.
        if !self.started && !self.start(0, None) {
            return false;
        }
        if self.stopped.is_none() && (self.file.len() + bytes.len()) as u64 > self.limit() {
            self.stopped = Some(self.too_long());
        }
        if self.stopped.is_some() {
            return false;
        }
        self.file.extend_from_slice(bytes);
        if self.file.len() - self.kept >= PIECE {
            self.keep();
        }
        self.report()
    }
}
