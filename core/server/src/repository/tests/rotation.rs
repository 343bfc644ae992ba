//! Keys change, and installed devices go on: every holder, one after the other, also broken off.

use super::*;

/// The same folder, with new keys for `holder`.
pub(super) fn rotate(world: &World, holder: Holder) -> KeyRing {
    let dir = world.dir.path().join("keys");
    let open = |phrase| KeyRing::new(KeyFolder::open(&dir).unwrap(), phrase);
    let cost = Cost { memory: 64, passes: 1 };
    assert!(open(Passphrase::new("another".into()).unwrap()).rotate(holder, cost).is_err());
    open(phrase()).rotate(holder, cost).unwrap();
    open(phrase())
}

#[test]
fn every_holder_can_be_rotated_and_rekeying_twice_changes_nothing() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let at = world.at();
    for holder in Holder::ALL {
        let ring = rotate(&world, holder);
        at.commit(at.rekey(&ring).unwrap()).unwrap();
        at.verify().unwrap_or_else(|error| panic!("{holder}: {error}"));
        assert_eq!(at.rekey(&ring).unwrap().writes().count(), 0, "{holder}");
    }
}

#[test]
fn rotating_the_servers_key_can_stop_anywhere_and_forgets_what_a_stolen_one_said() {
    let world = World::with_app();
    let at = world.at();
    world.publish(1, 10_000);
    let stop = Change { minimum: Some(99), ..Change::default() };
    at.commit(at.set(&world.ring, "coffee", "release", 1, stop).unwrap()).unwrap();
    let (stolen, thief) = (at.refresh(&world.ring).unwrap(), at.refresh(&world.ring).unwrap());
    let batch = at.rekey(&rotate(&world, Holder::Server)).unwrap();
    for (path, bytes) in batch.writes() {
        at.verify().unwrap_or_else(|error| panic!("before {path}: {error}"));
        at.storage().put(path, bytes).unwrap();
    }
    at.verify().unwrap();
    assert_eq!(at.channels("coffee").unwrap()["release"].minimum, 0);
    // What the old key signs from now on is refused.
    assert!(matches!(at.commit(stolen), Err(RepositoryError::Conflict { .. })));
    for (path, bytes) in thief.writes() {
        at.storage().put(path, bytes).unwrap();
    }
    assert!(matches!(at.verify(), Err(RepositoryError::Untrusted { .. })));
}

#[test]
fn other_publishers_keep_their_keys_and_absent_officers_stay_in_the_root() {
    let world = World::with_app();
    let at = world.at();
    let publisher = at.record("coffee").unwrap().publisher;
    // The publisher's key is somebody else's, and lies elsewhere.
    let keys = world.dir.path().join("keys");
    fs::rename(keys.join("publisher-1.key"), world.dir.path().join("publisher-1.key")).unwrap();
    at.commit(at.rekey(&rotate(&world, Holder::Server)).unwrap()).unwrap();
    assert_eq!(at.record("coffee").unwrap().publisher, publisher);
    at.verify().unwrap();

    fs::remove_file(keys.join("officer-3.key")).unwrap();
    let refused = at.rekey(&rotate(&world, Holder::Server)).unwrap_err().to_string();
    assert!(refused.contains("officer key") && refused.contains("retired/"), "{refused}");
}
