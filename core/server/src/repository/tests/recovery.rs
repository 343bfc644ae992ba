//! Drills: keys are lost, a backup is put back. Installed devices go on, and nothing below a floor comes back.

use super::{crash::copy, device::Phone, *};
use lodger_bundle::trust::TrustErrorKind;

impl World {
    fn commit(&self, ring: &KeyRing, batch: Batch) {
        self.at().commit_with(ring, batch).unwrap();
    }

    /// The folder of keys as it is now.
    fn reopened(&self) -> KeyRing {
        KeyRing::new(KeyFolder::open(&self.dir.path().join("keys")).unwrap(), phrase())
    }

    /// Loses a holder's keys, and makes as many new ones.
    fn lose(&self, holder: Holder) -> KeyRing {
        let dir = self.dir.path().join("keys");
        let lost: Vec<_> = KeyFolder::open(&dir).unwrap().of(holder).cloned().collect();
        for key in &lost {
            fs::remove_file(&key.path).unwrap();
        }
        let mut folder = KeyFolder::open(&dir).unwrap();
        for _ in &lost {
            folder.add(holder, Some(1), &phrase(), Cost { memory: 64, passes: 1 }).unwrap();
        }
        self.reopened()
    }

    fn release(&self, ring: &KeyRing, code: u64) {
        let bundle = bundle(code);
        let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
        let batch = self.at().publish(ring, &publish).unwrap().batch;
        self.commit(ring, batch);
    }
}

#[test]
fn a_lost_publisher_key_is_replaced_by_the_officers_and_the_reviewer() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 1);
    let ring = world.lose(Holder::Publisher);
    // The new key alone changes nothing: what it signs is refused.
    let bundle = bundle(2);
    let stolen = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    world.commit(&ring, world.at().publish(&ring, &stolen).unwrap().batch);
    assert_eq!(phone.update().unwrap_err().kind(), TrustErrorKind::Untrusted);
    assert_eq!(phone.offline().unwrap(), 1);

    let batch = world.at().hand_over(&ring, "coffee").unwrap();
    world.commit(&ring, batch);
    world.at().verify().unwrap();
    assert_eq!(phone.update().unwrap(), 2);
    assert_eq!(Phone::new(&world).update().unwrap(), 2);
    assert!(matches!(world.at().hand_over(&ring, "coffee"), Err(RepositoryError::Refused(_))));
}

#[test]
fn a_program_whose_officers_are_lost_begins_anew_and_keeps_its_floor() {
    let world = World::with_app();
    (1..=3).for_each(|code| world.release(&world.ring, code));
    world.commit(&world.ring, world.at().raise_floor(&world.ring, "coffee", 2).unwrap().0);
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 3);

    let ring = world.lose(Holder::Officer);
    let refused = world.at().rekey(&ring).unwrap_err().to_string();
    assert!(refused.contains("officer key"), "{refused}");
    let batch = world.at().reset_app(&ring, "coffee").unwrap();
    // Broken off before the platform knows of it, devices that have the program keep opening it.
    let writes: Vec<_> = batch.writes().map(|(path, _)| path.to_owned()).collect();
    assert!(writes.iter().any(|path| path == "apps/coffee/metadata/3.root.json"), "{writes:?}");
    world.commit(&ring, batch);
    assert_eq!(world.at().record("coffee").unwrap().root.epoch, 2);
    world.at().verify().unwrap();
    assert_eq!(phone.update().unwrap(), 3);
    assert_eq!(Phone::new(&world).update().unwrap(), 3);

    // The floor holds: not even all keys together bring the version below it back.
    world.release(&ring, 4);
    assert_eq!(phone.update().unwrap(), 4);
    assert!(world.at().promote(&ring, "coffee", "trial", 1, 10_000).is_err());
    // The chain goes on from the new root.
    let ring = rotation::rotate(&world, Holder::Publisher);
    world.release(&ring, 5);
    assert!(world.at().verify().is_err(), "the new publisher is not named yet");
    let batch = world.at().hand_over(&ring, "coffee").unwrap();
    world.commit(&ring, batch);
    assert_eq!(phone.update().unwrap(), 5);
}

#[test]
fn a_backup_that_was_put_back_is_noticed_and_brought_above_what_devices_saw() {
    let world = World::with_app();
    let ring = world.reopened();
    (1..=2).for_each(|code| world.release(&ring, code));
    let backup = tempfile::tempdir().unwrap();
    copy(&world.folder(), backup.path());
    // Lost with the disk: a release, a revocation, a floor, and a week of refreshing.
    world.release(&ring, 3);
    world.commit(&ring, world.at().revoke(&ring, "coffee", 1).unwrap().0);
    world.commit(&ring, world.at().raise_floor(&ring, "coffee", 2).unwrap().0);
    (0..3).for_each(|_| world.commit(&ring, world.at().refresh(&ring).unwrap()));
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 3);
    fs::remove_dir_all(world.folder()).unwrap();
    copy(backup.path(), &world.folder());

    // Devices refuse it and go on with what they have; the keys notice.
    assert_eq!(phone.update().unwrap_err().kind(), TrustErrorKind::Stale);
    assert_eq!(phone.offline().unwrap(), 3);
    let noticed = world.at().rewound(ring.folder()).unwrap();
    assert!(
        noticed.iter().any(|(prefix, here, signed)| prefix == "apps/coffee" && here < signed),
        "{noticed:?}"
    );
    let refused = world.at().commit_with(&ring, world.at().refresh(&ring).unwrap()).unwrap_err();
    assert!(
        matches!(refused, RepositoryError::Rewound { .. }) && refused.to_string().contains("repo recover")
    );

    let recovered = world.at().recover(&ring).unwrap();
    assert_eq!(recovered.left, [""; 0]);
    world.commit(&ring, recovered.batch);
    world.at().verify().unwrap();
    assert!(world.at().rewound(ring.folder()).unwrap().is_empty());
    assert_eq!(world.at().record("coffee").unwrap().revoked, [1]);
    // The lost release is gone, and the one before it is what the channel offers.
    assert_eq!(phone.update().unwrap(), 2);
    assert_eq!(Phone::new(&world).update().unwrap(), 2);
    assert_eq!(world.at().record("coffee").unwrap().floor, 2);
    // Its code is never used for other bytes.
    let (three, four) = (bundle(3), bundle(4));
    let offer = |bundle| Publish { bundle, channel: "release", share: 10_000 };
    assert!(matches!(world.at().publish(&ring, &offer(&three)), Err(RepositoryError::Refused(_))));
    world.commit(&ring, world.at().publish(&ring, &offer(&four)).unwrap().batch);
    assert_eq!(phone.update().unwrap(), 4);
}

#[test]
fn keys_that_remember_nothing_leap_far_above() {
    let world = World::with_app();
    (1..=2).for_each(|code| world.release(&world.ring, code));
    let backup = tempfile::tempdir().unwrap();
    copy(&world.folder(), backup.path());
    (0..20).for_each(|_| world.commit(&world.ring, world.at().refresh(&world.ring).unwrap()));
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 2);
    fs::remove_dir_all(world.folder()).unwrap();
    copy(backup.path(), &world.folder());
    fs::remove_file(world.dir.path().join("keys/signed.json")).unwrap();
    assert_eq!(phone.update().unwrap_err().kind(), TrustErrorKind::Stale);
    let recovered = world.at().recover(&world.ring).unwrap();
    world.commit(&world.ring, recovered.batch);
    assert_eq!(phone.update().unwrap(), 2);
    world.at().verify().unwrap();
}

#[test]
fn two_who_change_at_once_do_not_both_win() {
    let world = World::with_app();
    world.publish(1, 10_000);
    let (first, second) =
        (world.at().refresh(&world.ring).unwrap(), world.at().refresh(&world.ring).unwrap());
    world.at().commit(first).unwrap();
    let lost = world.at().commit(second).unwrap_err();
    assert!(matches!(lost, RepositoryError::Conflict { .. }), "{lost}");
    world.at().verify().unwrap();
}
