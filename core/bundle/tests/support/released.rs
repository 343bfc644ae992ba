//! A repository as `lodger-server` publishes it, and a device that reads it.
use super::remote::{Files, Remote};
use lodger_bundle::{
    Bundle, Control, InstalledBundle, Limits, Store, StoreOptions, TransferError, Transfers,
    trust::{Fetch, Trust, TrustRoot, Verified},
};
use lodger_server::{
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{NewApp, Publish, Repository, Storage},
};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400;

/// Publishes `bundles`, one after another, in a new repository in `dir`.
pub fn publish(dir: &Path, bundles: &[Bundle]) {
    let keys = tempfile::tempdir().unwrap();
    let phrase = || Passphrase::new("correct horse".to_owned()).unwrap();
    let cost = Cost { memory: 64, passes: 1 };
    let folder = KeyFolder::init(&keys.path().join("keys"), Kind::Release, &phrase(), cost).unwrap();
    let ring = KeyRing::new(folder, phrase());
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let at = Repository::new(Storage::scratch(dir).unwrap(), now);
    at.commit(at.init(&ring, "Test").unwrap()).unwrap();
    let mut apps: Vec<&str> = bundles.iter().map(|bundle| bundle.index.app.as_str()).collect();
    apps.sort_unstable();
    apps.dedup();
    for app in apps {
        let new = NewApp { app: app.into(), name: app.into(), owner: String::new(), age: 0 };
        at.commit(at.create_app(&ring, &new).unwrap()).unwrap();
    }
    for bundle in bundles {
        let publish = Publish { bundle, channel: "release", share: 10_000 };
        at.commit(at.publish(&ring, &publish).unwrap().batch).unwrap();
    }
}

/// All files below `dir`, by their paths in the repository.
pub fn files(dir: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// A repository with these releases, in memory.
pub fn released(bundles: &[Bundle]) -> Files {
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), bundles);
    files(dir.path())
}

/// A device with a store of its own.
pub struct Phone {
    pub store: Store,
    pub transfers: Transfers,
    pub remote: Remote,
    trust: Trust,
}

impl Phone {
    pub fn new(dir: &Path, remote: &Remote) -> Self {
        Self::with(dir, remote, 64 << 20, 2)
    }

    pub fn with(dir: &Path, remote: &Remote, quota: u64, concurrent: usize) -> Self {
        let (store, report) = Store::open(dir, StoreOptions { quota }).unwrap();
        assert_eq!(report.set_aside, None);
        let root = TrustRoot::parse(&remote.file("trust-root.json")).unwrap();
        let trust = Trust::new(store.database().clone(), root).unwrap();
        let transfers = Transfers::new(store.clone(), concurrent);
        Self { store, transfers, remote: remote.clone(), trust }
    }

    pub fn fetch(&self) -> Arc<dyn Fetch> {
        Arc::new(self.remote.clone())
    }

    pub fn verified(&self, app: &str) -> Verified {
        let now: SystemTime = UNIX_EPOCH + Duration::from_secs(NOW.try_into().unwrap());
        self.trust.check(app, "release", &self.fetch(), now).unwrap()
    }

    /// Any release that is signed, with the main package and these.
    pub fn install_with(
        &self,
        verified: &Verified,
        code: u64,
        packages: &[&str],
        control: &dyn Control,
    ) -> Result<InstalledBundle, TransferError> {
        let (index, bytes) = verified.index(code, &Limits::RELEASE, "0.1")?;
        self.transfers.install(verified, code, index, bytes, packages, &self.fetch(), control)
    }

    pub fn install(&self, code: u64) -> Result<InstalledBundle, TransferError> {
        self.install_with(&self.verified("coffee"), code, &[], &())
    }

    pub fn add(&self, bundle: &Bundle, package: &str) -> Result<(), TransferError> {
        self.transfers.add_package(&bundle.digest(), package, &self.fetch(), &())
    }

    /// Every file of these packages is there, byte for byte, and the store is sound.
    pub fn has(&self, bundle: &Bundle, packages: &[&str]) {
        for package in packages.iter().map(|name| bundle.index.package(name).unwrap()) {
            assert!(self.store.has_package(&bundle.digest(), &package.name).unwrap());
            for file in &package.files {
                let read = self.store.read(&bundle.digest(), &file.path).unwrap();
                assert!(*read == bundle.blobs[&file.digest], "{}", file.path);
            }
        }
        assert_eq!(self.store.check().unwrap(), Vec::<String>::new());
    }

    /// Bytes of broken-off downloads that the store keeps.
    pub fn kept(&self) -> u64 {
        let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM partial";
        self.store.database().read(|reader| reader.query_row(sql, [], |row| row.get(0))).unwrap()
    }
}
