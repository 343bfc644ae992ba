//! A full disk and a failed fsync at every single write of an update: the old or the new release is there, whole, and
//! the next try succeeds.
use crate::{
    disk::{self, Fault},
    programs::{noise, program},
    released::{Phone, released},
    remote::{Manner, Remote},
};
use lodger_bundle::{
    Bundle, Limits, Store, StoreOptions, TransferError, Transfers,
    trust::{Fetch, TrustErrorKind, Verified},
};
use std::{fs, path::Path, sync::Arc};

const OPTIONS: StoreOptions = StoreOptions { quota: 64 << 20 };

/// Large enough that what arrives is kept once on the way, and again where it breaks off.
fn version(code: u64) -> Bundle {
    let main = [("large", noise(code, 150_000)), ("same", noise(9, 5_000))];
    program("coffee", code, &[("main", &main), ("order", &[("page", noise(code + 10, 8_000))])])
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

struct Device<'a> {
    verified: &'a Verified,
    remote: &'a Remote,
    old: &'a Bundle,
    new: &'a Bundle,
}

impl Device<'_> {
    /// An update that breaks off, goes on, and gets a subpackage later.
    fn update(&self, dir: &Path) -> Result<(), TransferError> {
        let (store, _) = Store::open(dir, OPTIONS)?;
        self.update_in(&store)
    }

    fn update_in(&self, store: &Store) -> Result<(), TransferError> {
        let fetch: Arc<dyn Fetch> = Arc::new(self.remote.clone());
        let transfers = Transfers::new(store.clone(), 1);
        let install = || {
            let (index, bytes) = self.verified.index(2, &Limits::RELEASE, "0.1")?;
            transfers.install(self.verified, 2, index, bytes, &[], &fetch, &())
        };
        self.remote.answer("/s/", Manner::Breaks(145_000));
        let broken = install();
        self.remote.behave();
        self.remote.answer("/p/", Manner::Gone);
        // Unless it was there already.
        assert!(broken.is_ok() || !matches!(broken, Err(TransferError::Cancelled)));
        install()?;
        transfers.add_package(&self.new.digest(), "order", &fetch, &())
    }

    /// Old or new, and every byte of it.
    fn is_whole(&self, store: &Store, what: &str) -> u64 {
        let current = store.current("coffee").unwrap().unwrap();
        let bundle = if current.version.code == 1 { self.old } else { self.new };
        assert_eq!(current.digest, bundle.digest(), "{what}");
        for package in &bundle.index.packages {
            let there = store.has_package(&current.digest, &package.name).unwrap();
            assert!(there || package.name == "order", "{what}");
            for file in package.files.iter().filter(|_| there) {
                assert!(
                    *store.read(&current.digest, &file.path).unwrap() == bundle.blobs[&file.digest],
                    "{what}"
                );
            }
        }
        assert_eq!(store.check().unwrap(), Vec::<String>::new(), "{what}");
        current.version.code
    }

    fn open_whole(&self, dir: &Path, what: &str) -> (Store, u64) {
        let (store, report) = Store::open(dir, OPTIONS).unwrap();
        assert_eq!(report.set_aside, None, "{what}");
        let code = self.is_whole(&store, what);
        (store, code)
    }
}

/// The device's trouble, and said so.
fn is_storage(error: &TransferError) -> bool {
    matches!(error, TransferError::Trust(error) if error.kind() == TrustErrorKind::Storage)
}

#[test]
fn at_every_write_the_old_or_the_new_release_stays() {
    disk::install();
    let (old, new) = (version(1), version(2));
    let remote = Remote::new(released(&[old.clone(), new.clone()]));
    let base = tempfile::tempdir().unwrap();
    let phone = Phone::new(base.path(), &remote);
    let verified = phone.verified("coffee");
    phone.install(1).unwrap();
    drop(phone);
    remote.answer("/p/", Manner::Gone);
    let device = Device { verified: &verified, remote: &remote, old: &old, new: &new };
    let ever = 1_000_000;
    for (fault, times, step) in
        [(Fault::Full, 1, 1), (Fault::Full, ever, 9), (Fault::Sync, 1, 1), (Fault::Sync, ever, 1)]
    {
        let (mut failed, mut survived) = (0, 0);
        for after in (0..).step_by(step) {
            let what = format!("{fault:?} after {after}, {times} times");
            let dir = tempfile::tempdir().unwrap();
            copy(base.path(), dir.path());
            disk::fail(fault, after, times);
            let outcome = device.update(dir.path());
            if disk::heal() == 0 {
                outcome.unwrap();
                break;
            }
            match &outcome {
                Ok(()) => survived += 1,
                Err(error) => {
                    assert!(is_storage(error), "{what}: {error:?}");
                    failed += 1;
                }
            }
            // As if the power went now: what is on the disk opens.
            let crashed = tempfile::tempdir().unwrap();
            copy(dir.path(), crashed.path());
            device.open_whole(crashed.path(), &what);
            let (store, code) = device.open_whole(dir.path(), &what);
            assert!(outcome.is_err() || code == 2, "{what}");
            device.update_in(&store).unwrap();
            assert_eq!(device.is_whole(&store, &what), 2);
            assert!(store.has_package(&new.digest(), "order").unwrap());
            let left: u64 = store
                .database()
                .read(|reader| reader.query_row("SELECT count(*) FROM partial", [], |row| row.get(0)))
                .unwrap();
            assert_eq!(left, 0, "{what}");
        }
        println!("{fault:?} x {times}: {failed} updates failed, {survived} went on");
        assert!(failed > 1, "{fault:?}");
    }
}
