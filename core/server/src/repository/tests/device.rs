//! The device's own reader, over another implementation of The Update Framework, opens what was published.

use super::*;
use lodger_bundle::{
    Limits, Store, StoreOptions,
    trust::{Device, Fetch, FetchError, Trust, TrustError, TrustErrorKind, TrustRoot, Verified},
};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// A static server: the folder as it is.
struct Folder(PathBuf);

impl Fetch for Folder {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match fs::read(self.0.join(path)) {
            Ok(bytes) if bytes.len() as u64 > limit => Err(FetchError::TooLong),
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Ok(None),
        }
    }
}

/// One device: a store, and the root that its host shipped.
pub(super) struct Phone {
    store: Store,
    trust: Trust,
    server: Arc<dyn Fetch>,
    _dir: TempDir,
}

impl Phone {
    pub(super) fn new(world: &World) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 24 }).unwrap();
        let root = fs::read(world.folder().join("trust-root.json")).unwrap();
        let trust = Trust::new(store.database().clone(), TrustRoot::parse(&root).unwrap()).unwrap();
        Self { store, trust, server: Arc::new(Folder(world.folder())), _dir: dir }
    }

    /// What opens without a network.
    pub(super) fn offline(&self) -> Result<u64, TrustError> {
        choose(&self.trust.offline("coffee", "release", noon(), Duration::ZERO)?)
    }

    /// Checks, chooses, and installs what was chosen.
    pub(super) fn update(&self) -> Result<u64, TrustError> {
        let verified = self.trust.check("coffee", "release", &self.server, noon())?;
        let version = choose(&verified)?;
        let (index, _) = verified.index(version, &Limits::RELEASE, "0.1")?;
        assert_eq!(index.version.code, version);
        verified.install(&self.store, &bundle(version))?;
        Ok(version)
    }
}

fn noon() -> SystemTime {
    NOW.parse::<Timestamp>().unwrap().into()
}

fn choose(verified: &Verified) -> Result<u64, TrustError> {
    let device = Device { app: "coffee", install_id: "id", ..Device::default() };
    verified.select(&device).map(|(choice, _)| choice.version)
}

#[test]
fn a_device_follows_publishing_rollback_and_revocation() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 1);
    world.publish(2, 10_000);
    assert_eq!(phone.update().unwrap(), 2);

    let at = world.at();
    at.commit(at.rollback(&world.ring, "coffee", "release").unwrap().0).unwrap();
    assert_eq!(phone.update().unwrap(), 1);
    let installed = phone.store.current("coffee").unwrap().unwrap();
    assert_eq!(installed.version.code, 1);

    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(
        choose(&phone.trust.offline("coffee", "release", noon() + 10 * day, Duration::ZERO).unwrap())
            .unwrap(),
        1
    );
    let late = phone.trust.offline("coffee", "release", noon() + 15 * day, Duration::ZERO).err().unwrap();
    assert_eq!(late.kind(), TrustErrorKind::Offline);

    at.commit(at.revoke(&world.ring, "coffee", 1).unwrap().0).unwrap();
    assert_eq!(phone.update().unwrap_err().kind(), TrustErrorKind::Revoked);
}

#[test]
fn every_rotation_is_followed_by_devices_that_know_the_program_and_by_new_ones() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 1);
    let first = fs::read(world.folder().join("trust-root.json")).unwrap();
    for holder in Holder::ALL {
        let ring = rotation::rotate(&world, holder);
        let at = world.at();
        at.commit(at.rekey(&ring).unwrap()).unwrap();
        assert_eq!(phone.update().unwrap(), 1, "{holder}");
        fs::write(world.folder().join("trust-root.json"), &first).unwrap();
        assert_eq!(Phone::new(&world).update().unwrap(), 1, "{holder}, a new device with the first root");
    }
}
