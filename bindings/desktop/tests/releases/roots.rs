//! Roots: rotations that were not agreed on, and another root of a program.
use crate::{
    metadata::updating,
    phone::{NOT_AS_SIGNED, Phone},
    thief::Thief,
    world::{World, bundle, strangers},
};
use lodger_server::keys::{Holder, KeyRing};
use tough::schema::{RoleType, Root};

/// The root's own keys become those of `ring`.
fn hand_over(root: &mut Root, ring: &KeyRing) {
    let role = root.roles.get_mut(&RoleType::Root).unwrap();
    role.keyids.clear();
    for key in ring.folder().of(Holder::Officer) {
        let id: tough::schema::decoded::Decoded<_> = key.id.parse().unwrap();
        role.keyids.push(id.clone());
        root.keys.insert(id, key.key.clone());
    }
}

#[test]
fn a_rotation_by_the_wrong_officers() {
    let (world, phone) = updating();
    let (own, (foreign, _keys)) = (world.ring(), strangers());
    let (ours, theirs) = (own.signers(Holder::Officer).unwrap(), foreign.signers(Holder::Officer).unwrap());
    for base in ["platform", "apps/coffee"] {
        let thief = Thief::new(&world.server, &own, base);
        // By strangers, for themselves; by ours alone, for strangers who did not sign; by nobody.
        for by in [&theirs[..], &ours[..], &[]] {
            thief.sign_root(by, |root| hand_over(root, &foreign));
            phone.refuses(NOT_AS_SIGNED, 1);
            Phone::new(&world).refuses_update(NOT_AS_SIGNED);
            world.restore();
        }
        // One that skips a version.
        thief.sign_root(&ours[..], |root| root.version = 3.try_into().unwrap());
        let skipping = world.server.file(&format!("{base}/metadata/3.root.json"));
        world.server.put(&format!("{base}/metadata/2.root.json"), skipping);
        phone.refuses(NOT_AS_SIGNED, 1);
        world.restore();
    }
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_root_below_its_threshold() {
    let (world, phone) = updating();
    let ring = world.ring();
    let officers = ring.signers(Holder::Officer).unwrap();
    for base in ["platform", "apps/coffee"] {
        let thief = Thief::new(&world.server, &ring, base);
        // One officer of the two that it takes, and the same one twice.
        for by in [vec![&officers[0]], vec![&officers[0], &officers[0]]] {
            thief.sign_root(by, |_| {});
            phone.refuses(NOT_AS_SIGNED, 1);
            world.restore();
        }
        thief.sign_root(&officers[..2], |_| {});
    }
    assert_eq!(phone.update().unwrap(), 2, "two are enough");
}

#[test]
fn another_root_of_the_program() {
    let (world, phone) = updating();
    // A whole platform by somebody else, with the same programs, and a release 9 of coffee.
    let mut theirs = World::by_somebody_else();
    theirs.publish(&bundle("coffee", 9));
    let repository = theirs.files.clone();
    for (path, bytes) in repository.iter().filter(|(path, _)| path.starts_with("apps/coffee/")) {
        world.server.put(path, &**bytes);
    }
    phone.refuses(NOT_AS_SIGNED, 1);
    Phone::new(&world).refuses_update(NOT_AS_SIGNED);
    // And all of their platform.
    world.server.restore(&repository);
    phone.refuses(NOT_AS_SIGNED, 1);
    Phone::new(&world).refuses_update(NOT_AS_SIGNED);
    // The reviewer names their root by mistake: without a higher epoch it is not taken by who knows the first.
    world.restore();
    for (path, bytes) in repository.iter().filter(|(path, _)| path.starts_with("apps/coffee/")) {
        world.server.put(path, &**bytes);
    }
    let ring = world.ring();
    let mut record = theirs.record("coffee");
    let thief = Thief::new(&world.server, &ring, "platform");
    thief.sign_record(&record);
    phone.refuses(NOT_AS_SIGNED, 1);
    // It is what the epoch is for, and there is no way back.
    record.root.epoch = 2;
    thief.sign_record(&record);
    assert_eq!(phone.update().unwrap(), 9);
    record.root.epoch = 1;
    thief.sign_record(&record);
    phone.refuses(NOT_AS_SIGNED, 9);
}
