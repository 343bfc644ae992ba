//! Brings the bytes of a release to the device (DESIGN 5, core/docs/repository.md "Transfer").
//!
//! A package comes as one stream, by a patch from a stream that the device has, else whole. What comes is bounded while
//! it arrives (`download`) and while it is unpacked (`codec`), kept if it breaks off, and fetched once however many
//! ask for it (`flight`). Then every blob's digest, and one transaction.
mod codec;
mod download;
mod error;
mod flight;

pub use codec::{Unpacked, unpack};
pub use error::TransferError;

use crate::{
    Bundle, Digest, Index, InstalledBundle, Package, Store, StoreError,
    digest::Hasher,
    trust::{Fetch, TrustError, Verified},
};
use download::Download;
use error::Failure;
use flight::{Flight, Flights};
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Whoever waits for a transfer. Called on the thread that waits.
pub trait Control {
    /// Bytes received of the files under way, and bytes that these have. Compressed bytes, as soon as the server says
    /// how many there are; until then the length of the unpacked package stands for them. What an earlier, broken-off
    /// download left counts as received. `received` never exceeds `total`; both start anew when a patch is given up
    /// for the whole stream. Not called if there is nothing to transfer.
    fn progress(&self, received: u64, total: u64);

    /// Asked at every piece, and about ten times a second while others download for this one. True: give up. What has
    /// arrived is kept for the next time.
    fn cancelled(&self) -> bool;
}

/// Wants no progress and never gives up.
impl Control for () {
    fn progress(&self, _: u64, _: u64) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// Downloads and installs; one for each [`Store`]. Cheap to clone; safe from any thread; calls block their thread.
#[derive(Clone)]
pub struct Transfers {
    store: Store,
    flights: Arc<Flights>,
}

impl Transfers {
    /// At most `concurrent` files, but at least one, are downloaded at once; others wait.
    #[must_use]
    pub fn new(store: Store, concurrent: usize) -> Self {
        Self { store, flights: Arc::new(Flights::new(concurrent)) }
    }

    /// Installs a release that the publisher signed and that may run: its main package and those named in `packages`.
    /// `index` and `index_bytes` are what [`Verified::index`] gave. What the store has is not downloaded. The check
    /// is remembered in the transaction that installs.
    ///
    /// # Errors
    /// `Cancelled`, or why it is not accepted. The store has what it had then, but for what has arrived so far.
    #[expect(clippy::too_many_arguments, reason = "all of them differ from call to call")]
    pub fn install(
        &self,
        verified: &Verified,
        version: u64,
        index: Index,
        index_bytes: Vec<u8>,
        packages: &[&str],
        fetch: &Arc<dyn Fetch>,
        control: &dyn Control,
    ) -> Result<InstalledBundle, TransferError> {
        verified.accept(&index, &Digest::of(&index_bytes))?;
        if index.version.code != version {
            return Err(refused(&index.app, &format!("the index is not that of release {version}")));
        }
        let mut bundle = Bundle { index, index_bytes, blobs: BTreeMap::new() };
        let index = &bundle.index;
        for name in packages {
            package(index, name)?;
        }
        let wanted = |package: &Package| package.is_main() || packages.contains(&package.name.as_str());
        let chosen: Vec<&Package> = index.packages.iter().filter(|package| wanted(package)).collect();
        let streams: Vec<Digest> = index.packages.iter().map(|package| package.stream_digest).collect();
        self.store.keep_only(&index.app, &streams)?;
        let brought = self.bring(&index.app, &chosen, fetch, control)?;
        bundle.blobs = brought.blobs;
        let installed = self.store.install_hashed(&bundle, wanted, |tx| verified.write(tx));
        installed.map_err(|error| mismatch(&bundle.index.app, error))
    }

    /// Brings a subpackage to a bundle that was installed without it. Does nothing if it is there.
    ///
    /// # Errors
    /// As [`Transfers::install`]; `NotFound` if the bundle is not installed (any more) or has no such package.
    pub fn add_package(
        &self,
        bundle: &Digest,
        name: &str,
        fetch: &Arc<dyn Fetch>,
        control: &dyn Control,
    ) -> Result<(), TransferError> {
        if self.store.has_package(bundle, name)? {
            return Ok(());
        }
        let index = self.store.index(bundle)?;
        let package = package(&index, name)?;
        let brought = self.bring(&index.app, &[package], fetch, control)?;
        self.store.add_hashed(bundle, package, &brought.blobs).map_err(|error| mismatch(&index.app, error))
    }

    /// The blobs of these packages, from the store or the repository.
    fn bring(
        &self,
        app: &str,
        packages: &[&Package],
        fetch: &Arc<dyn Fetch>,
        control: &dyn Control,
    ) -> Result<Brought, TransferError> {
        let mut blobs = BTreeMap::new();
        let mut missing = Vec::new();
        for package in packages {
            match self.store.blobs_of(package)? {
                Some(found) => blobs.extend(found),
                None => missing.push(*package),
            }
        }
        let meter = Meter::new(control, &missing);
        let mut flights = Vec::new();
        for (at, package) in missing.into_iter().enumerate() {
            let progress = |received, total| meter.set(at, received, total);
            let wait = flight::Wait { progress: &progress, cancelled: &|| control.cancelled() };
            let work = |wait: &flight::Wait<'_>| self.fetch_stream(app, package, fetch, wait);
            let key = key(app, package);
            let (flight, stream) = self.flights.join(key, &wait, work).map_err(|failure| failure.of(app))?;
            for (digest, blob) in codec::blobs(&stream, package).into_iter().flatten() {
                blobs.entry(*digest).or_insert_with(|| blob.to_vec());
            }
            flights.push(flight);
        }
        Ok(Brought { blobs, _flights: flights })
    }

    /// By a patch; if that fails in any way, whole; and if that went on from what an earlier download left, which may
    /// be what an attacker sent, once more from the beginning.
    fn fetch_stream(
        &self,
        app: &str,
        package: &Package,
        fetch: &Arc<dyn Fetch>,
        wait: &flight::Wait<'_>,
    ) -> Result<Vec<u8>, Failure> {
        let download = |path: String| Download { store: &self.store, app, package, path, fetch, wait };
        let to = package.stream_digest;
        if let Some((from, base)) = self.base(app, package) {
            match download(format!("apps/{app}/p/{from}-{to}.zst")).unpacked(&base) {
                Ok(stream) => return Ok(stream),
                Err((Failure::Cancelled, _)) => return Err(Failure::Cancelled),
                Err(_) => {}
            }
        }
        let whole = download(format!("apps/{app}/s/{to}.zst"));
        match whole.unpacked(&[]) {
            Err((Failure::Refused { .. }, true)) => whole.unpacked(&[]),
            outcome => outcome,
        }
        .map_err(|(failure, _)| failure)
    }

    /// The newest stream of this package that the device has. Without one, or if it cannot be read, there is no patch.
    fn base(&self, app: &str, package: &Package) -> Option<(Digest, Vec<u8>)> {
        let versions = self.store.versions(app).ok()?;
        versions.iter().find_map(|version| {
            let index = self.store.index(&version.digest).ok()?;
            // The same stream, of which something is damaged, is no base.
            let old =
                index.package(&package.name).filter(|old| old.stream_digest != package.stream_digest)?;
            Some((old.stream_digest, self.store.stream_of(old).ok()??))
        })
    }
}

fn package<'a>(index: &'a Index, name: &str) -> Result<&'a Package, StoreError> {
    index
        .package(name)
        .ok_or_else(|| StoreError::NotFound { what: format!("a package {name:?} of {}", index.app) })
}

fn refused(app: &str, reason: &str) -> TransferError {
    TrustError::refused(&format!("apps/{app}"), reason).into()
}

/// A blob that the store had, of another length than the index says: the publisher's tool is broken, or worse.
fn mismatch(app: &str, error: StoreError) -> TransferError {
    match error {
        StoreError::Corrupt { what } if what.starts_with("blob ") => {
            refused(app, &format!("{what} is not what the index says"))
        }
        other => other.into(),
    }
}

/// Who may share a download: who wants the same blobs in the same order, which is what the one who downloads proves. The
/// stream's digest would not do, since two indexes could give one to different blobs.
fn key(app: &str, package: &Package) -> flight::Key {
    let mut blobs = Hasher::new();
    for file in &package.files {
        blobs.update(file.digest.as_bytes());
        blobs.update(&file.length.to_be_bytes());
    }
    (app.to_owned(), blobs.finish())
}

/// What is to be installed. Until this is dropped nobody else downloads it again.
struct Brought {
    /// Hashed, each of them: when it was unpacked, or when it was read from the store.
    blobs: BTreeMap<Digest, Vec<u8>>,
    _flights: Vec<Arc<Flight>>,
}

/// Adds up the progress of several packages.
struct Meter<'a> {
    control: &'a dyn Control,
    parts: RefCell<Vec<(u64, u64)>>,
}

impl<'a> Meter<'a> {
    fn new(control: &'a dyn Control, packages: &[&Package]) -> Self {
        let parts = packages.iter().map(|package| (0, package.stream_length)).collect();
        Self { control, parts: RefCell::new(parts) }
    }

    fn set(&self, at: usize, received: u64, total: u64) {
        let mut parts = self.parts.borrow_mut();
        parts[at] = (received.min(total), total);
        let (received, total) = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        drop(parts);
        self.control.progress(received, total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileEntry;

    #[test]
    fn only_who_wants_the_same_blobs_shares_a_download() {
        let file = |length: u64, blob: &[u8]| FileEntry {
            path: String::new(),
            length,
            digest: Digest::of(blob),
            mime: String::new(),
        };
        let package = |files: Vec<FileEntry>| Package {
            name: "main".to_owned(),
            root: String::new(),
            independent: false,
            stream_length: 3,
            stream_digest: Digest::of(b"the same"),
            files,
        };
        let own = key("coffee", &package(vec![file(1, b"a"), file(2, b"bc")]));
        assert!(own == key("coffee", &package(vec![file(1, b"a"), file(2, b"bc")])));
        for files in [
            vec![file(1, b"a"), file(2, b"foreign")],
            vec![file(2, b"bc"), file(1, b"a")],
            vec![file(3, b"a")],
        ] {
            assert!(own != key("coffee", &package(files)));
        }
        assert!(own != key("tea", &package(vec![file(1, b"a"), file(2, b"bc")])));
    }
}
