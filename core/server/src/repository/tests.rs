//! Whole repositories in memory: read back by tough's own client, damaged, and broken off after every write.

use super::*;
use crate::keys::{Cost, Holder, KeyFolder, KeyRing, Kind, Passphrase};
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use proptest::prelude::*;
use std::{fs, path::Path};
use tempfile::TempDir;

mod bucket;
mod crash;
mod device;
mod recovery;
mod reference;
mod rotation;
mod versions;

const NOW: &str = "2026-11-21T12:00:00Z";

/// A repository in a folder, with keys, and the program `coffee`.
struct World {
    dir: TempDir,
    ring: KeyRing,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = Self { ring: ring(&dir.path().join("keys")), dir };
        let at = world.at();
        at.commit(at.init(&world.ring, "Test").unwrap()).unwrap();
        world
    }

    fn with_app() -> Self {
        let world = Self::new();
        let at = world.at();
        at.commit(at.create_app(&world.ring, &coffee("coffee")).unwrap()).unwrap();
        world
    }

    fn folder(&self) -> std::path::PathBuf {
        self.dir.path().join("repository")
    }

    fn at(&self) -> Repository {
        open(&self.folder(), NOW)
    }

    fn publish(&self, code: u64, share: u32) -> Sizes {
        let bundle = bundle(code);
        let published =
            self.at().publish(&self.ring, &Publish { bundle: &bundle, channel: "release", share }).unwrap();
        self.at().commit(published.batch).unwrap();
        published.sizes
    }
}

fn open(folder: &Path, now: &str) -> Repository {
    Repository::new(Storage::scratch(folder).unwrap(), now.parse().unwrap())
}

fn phrase() -> Passphrase {
    Passphrase::new("correct horse".into()).unwrap()
}

fn ring(dir: &Path) -> KeyRing {
    let cost = Cost { memory: 64, passes: 1 };
    KeyRing::new(KeyFolder::init(dir, Kind::Release, &phrase(), cost).unwrap(), phrase())
}

fn coffee(app: &str) -> NewApp {
    NewApp { app: app.into(), name: "Coffee".into(), owner: String::new(), age: 0 }
}

/// A program whose code differs a little from version to version.
fn bundle(code: u64) -> Bundle {
    let mut index = Index::template("coffee", Version { name: format!("1.{code}.0"), code });
    index.pages.push("pages/menu/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", b"{}".to_vec());
    let mut script: Vec<u8> =
        (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    script.extend(code.to_string().bytes());
    builder.file("main", "package.js", "text/javascript", script);
    builder.finish().unwrap()
}

#[test]
fn a_new_repository_verifies_and_is_not_made_twice() {
    let world = World::new();
    let report = world.at().verify().unwrap();
    assert_eq!((report.apps, report.findings.len()), (0, 0));
    assert_eq!(report.online_until, "2026-11-28T12:00:00Z");
    assert!(matches!(world.at().init(&world.ring, "Again"), Err(RepositoryError::Refused(_))));
}

#[test]
fn ids_are_unique_whatever_their_case() {
    let world = World::with_app();
    for id in ["coffee", "COFFEE", "", "..", "-a", "a/b", "ä", &"x".repeat(65)] {
        let made = world.at().create_app(&world.ring, &coffee(id));
        assert!(matches!(made, Err(RepositoryError::Refused(_))), "{id}: {made:?}");
    }
    assert_eq!(world.at().verify().unwrap().apps, 1);
}

#[test]
fn releases_are_patched_from_the_last_five() {
    let world = World::with_app();
    for code in 1..=6 {
        world.publish(code, 10_000);
    }
    let sizes = world.publish(7, 10_000);
    let from: Vec<u64> = sizes.patches.iter().map(|patch| patch.0).collect();
    assert_eq!(from, [6, 5, 4, 3, 2]);
    assert!(sizes.patches.iter().all(|patch| patch.2 * 20 < sizes.full), "{sizes:?}");
    assert_eq!(world.at().verify().unwrap().releases, 7);
}

#[test]
fn what_must_not_be_published_is_refused() {
    let world = World::with_app();
    world.publish(3, 10_000);
    let refused = |bundle: &Bundle, channel: &str, share: u32| {
        let published = world.at().publish(&world.ring, &Publish { bundle, channel, share });
        assert!(matches!(published, Err(RepositoryError::Refused(_))), "{published:?}");
    };
    refused(&bundle(3), "release", 10_000);
    refused(&bundle(2), "release", 10_000);
    refused(&bundle(4), "beta", 10_000);
    refused(&bundle(4), "release", 10_001);
    let mut silent = bundle(4);
    silent.index.domains.request = None;
    refused(&silent, "release", 10_000);
}

#[test]
fn a_channel_offers_shares_goes_back_and_forgets_the_unreachable() {
    let world = World::with_app();
    let (at, ring) = (world.at(), &world.ring);
    let offers = || -> Vec<(u64, u32)> {
        let channels = at.channels("coffee").unwrap();
        channels["release"].releases.iter().map(|offer| (offer.version, offer.share)).collect()
    };
    world.publish(1, 10_000);
    world.publish(2, 1_000);
    assert_eq!(offers(), [(2, 1_000), (1, 10_000)]);
    let salt = at.channels("coffee").unwrap()["release"].releases[0].salt.clone();
    let all = Change { share: Some(10_000), ..Change::default() };
    at.commit(at.set(ring, "coffee", "release", 2, all).unwrap()).unwrap();
    assert_eq!(offers(), [(2, 10_000)]);
    assert_eq!(at.channels("coffee").unwrap()["release"].releases[0].salt, salt);
    let (batch, from, to) = at.rollback(ring, "coffee", "release").unwrap();
    at.commit(batch).unwrap();
    assert_eq!((from, to, offers()), (2, 1, vec![(1, 10_000)]));
    assert!(matches!(at.rollback(ring, "coffee", "release"), Err(RepositoryError::Refused(_))));
    at.commit(at.promote(ring, "coffee", "trial", 2, 10_000).unwrap()).unwrap();
    at.verify().unwrap();
}

#[test]
fn revocations_and_floors_are_signed_by_all_who_can_and_only_rise() {
    let world = World::with_app();
    let at = world.at();
    (1..=3).for_each(|code| drop(world.publish(code, 10_000)));
    let (batch, signed) = at.revoke(&world.ring, "coffee", 3).unwrap();
    at.commit(batch).unwrap();
    assert_eq!(signed, [Holder::Server, Holder::Publisher, Holder::Reviewer]);
    assert_eq!(at.record("coffee").unwrap().revoked, [3]);
    assert!(at.list("coffee").unwrap()[0].revoked);
    assert!(at.promote(&world.ring, "coffee", "trial", 3, 10_000).is_err());
    at.commit(at.raise_floor(&world.ring, "coffee", 2).unwrap().0).unwrap();
    assert!(matches!(at.raise_floor(&world.ring, "coffee", 1), Err(RepositoryError::Refused(_))));
    assert_eq!(
        at.list("coffee").unwrap().iter().map(|one| one.below_floor).collect::<Vec<_>>(),
        [false, false, true]
    );

    // A server alone: the channel says it, nothing durable does.
    let keys = world.dir.path().join("keys");
    for entry in fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_some_and(|end| end == "key") && !entry.ends_with("server-1.key") {
            fs::remove_file(entry).unwrap();
        }
    }
    let server = KeyRing::new(KeyFolder::open(&keys).unwrap(), phrase());
    let (batch, signed) = at.revoke(&server, "coffee", 2).unwrap();
    at.commit(batch).unwrap();
    assert_eq!((signed, at.record("coffee").unwrap().revoked), (vec![Holder::Server], vec![3]));
    assert!(matches!(at.raise_floor(&server, "coffee", 3), Err(RepositoryError::Refused(_))));
    at.commit(at.refresh(&server).unwrap()).unwrap();
    at.verify().unwrap();
}

#[test]
fn refreshing_carries_past_the_expiry_of_what_is_online() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let later = open(&world.folder(), "2026-11-29T12:00:00Z");
    let expired = later.verify().unwrap_err().to_string();
    assert!(expired.contains("expired") && expired.contains("repo refresh"), "{expired}");
    later.commit(later.refresh(&world.ring).unwrap()).unwrap();
    assert_eq!(later.verify().unwrap().online_until, "2026-12-06T12:00:00Z");
    // Ninety days for publishers, a year for the others: all of it is signed anew a month before.
    for day in ["2027-02-10", "2027-05-01", "2027-07-20", "2027-10-08", "2027-11-01"] {
        let later = open(&world.folder(), &format!("{day}T12:00:00Z"));
        later.commit(later.refresh(&world.ring).unwrap()).unwrap();
        later.verify().unwrap_or_else(|error| panic!("{day}: {error}"));
    }
    assert!(world.folder().join("platform/metadata/2.root.json").exists());
}

/// One byte changed in any file that devices may ask for is found, but where it is no longer used.
#[test]
fn a_changed_byte_anywhere_is_found() {
    let world = World::with_app();
    (1..=2).for_each(|code| drop(world.publish(code, 10_000)));
    let files = world.at().verify().unwrap().files;
    // 1,024 bins are alike; a few of them do.
    let few = files.iter().filter(|file| !file.contains(".bin-") || file.contains(".bin-81"));
    let mut tried = 0;
    for file in few {
        let path = world.folder().join(file);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        // The last digit or letter: inside a signature, a number or compressed data.
        let at = changed.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or(0);
        changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
        fs::write(&path, &changed).unwrap();
        assert!(world.at().verify().is_err(), "{file}");
        fs::write(&path, bytes).unwrap();
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    world.at().verify().unwrap();
}
