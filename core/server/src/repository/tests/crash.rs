//! A change that is broken off after any of its writes leaves what devices saw before, or the change whole.

use super::*;
use std::collections::BTreeMap;

/// Every file of a folder.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What devices could be given: every release and where it is offered.
fn seen(at: &Repository) -> BTreeMap<u64, String> {
    let listed = at.list("coffee").unwrap().into_iter();
    listed.map(|one| (one.code, format!("{} {} {:?}", one.digest, one.revoked, one.offers))).collect()
}

fn broken_off(world: &World, change: impl Fn(&Repository) -> Batch) {
    let before = seen(&world.at());
    let batch = change(&world.at());
    let count = batch.writes().count();
    let mut changed = 0;
    for stop in 0..=count {
        let copied = tempfile::tempdir().unwrap();
        let folder = copied.path().join("repository");
        copy(&world.folder(), &folder);
        let at = open(&folder, NOW);
        for (path, bytes) in batch.writes().take(stop) {
            at.storage().put(path, bytes).unwrap();
        }
        at.verify().unwrap_or_else(|error| panic!("after {stop} of {count} writes: {error}"));
        changed += usize::from(seen(&at) != before);
        // Whoever does it again gets it whole.
        at.commit(change(&at)).unwrap_or_else(|error| panic!("again after {stop}: {error}"));
        at.verify().unwrap_or_else(|error| panic!("again after {stop}: {error}"));
    }
    assert!(changed > 0 && changed < count, "{changed} of {count}");
}

#[test]
fn publishing_can_stop_anywhere() {
    let world = World::with_app();
    world.publish(1, 10_000);
    broken_off(&world, |at| {
        let bundle = bundle(at.list("coffee").unwrap()[0].code + 1);
        at.publish(&world.ring, &Publish { bundle: &bundle, channel: "release", share: 5_000 }).unwrap().batch
    });
}

#[test]
fn revoking_can_stop_anywhere() {
    let world = World::with_app();
    (1..=2).for_each(|code| drop(world.publish(code, 10_000)));
    broken_off(&world, |at| at.revoke(&world.ring, "coffee", 2).unwrap().0);
}

#[test]
fn making_a_program_can_stop_anywhere() {
    let world = World::new();
    let batch = world.at().create_app(&world.ring, &coffee("coffee")).unwrap();
    for (path, bytes) in batch.writes() {
        world.at().verify().unwrap();
        world.at().storage().put(path, bytes).unwrap();
    }
    assert_eq!(world.at().verify().unwrap().apps, 1);
}
