//! Attacks one by one: the server, the network and thieves of keys. Each is refused with its kind, leaves nothing
//! behind, and what was there still opens.
use crate::{
    keys::Key,
    world::{World, bin, offer},
};
use lodger_bundle::{
    Limits,
    trust::{TrustError, TrustErrorKind as Kind},
};
use serde_json::json;

/// A device that has run release 2, and a repository that has just published 3 to all.
pub fn updated() -> World {
    let mut world = World::new();
    assert_eq!(world.update().unwrap(), 2);
    world.release(3);
    world.channel["releases"] = json!([offer(3)]);
    world.publish();
    world
}

fn change(file: &mut [u8], at: usize) {
    file[at] = if file[at] == b'1' { b'2' } else { b'1' };
}

/// One digit is another: the last one, which in metadata is one of a signature.
fn alter(world: &World, path: &str) {
    let mut file = world.server.files()[path].clone();
    let digit = file.iter().rposition(u8::is_ascii_digit).unwrap();
    change(&mut file, digit);
    world.server.put(path, &file);
}

#[test]
fn altered_roles() {
    let bin = format!("platform/metadata/2.{}.json", bin("apps/coffee.json"));
    let app = ["timestamp", "2.snapshot", "2.publisher", "2.channel"];
    let app = app.map(|role| format!("apps/coffee/metadata/{role}.json"));
    let platform = ["timestamp", "2.snapshot"].map(|role| format!("platform/metadata/{role}.json"));
    let world = updated();
    let honest = world.server.files();
    for path in app.iter().chain(&platform).chain([&bin]) {
        world.server.restore(honest.clone());
        alter(&world, path);
        world.refuses(Kind::Untrusted, 2);
        // A year in what is signed.
        let mut file = honest[path].clone();
        let year = file.windows(4).position(|window| window == b"2026" || window == b"2027").unwrap();
        change(&mut file, year + 2);
        world.server.put(path, &file);
        world.refuses(Kind::Untrusted, 2);
    }
    world.server.restore(honest);
    assert_eq!(world.update().unwrap(), 3, "all else was in order");
}

#[test]
fn altered_targets() {
    // The channel and the entry are new, so that they are not in the device's memory.
    let mut world = updated();
    world.entry["age"] = json!(3);
    world.publish();
    let honest = world.server.files();
    for path in [".coffee.json", ".release.json"] {
        world.server.restore(honest.clone());
        for path in honest.keys().filter(|name| name.ends_with(path)) {
            alter(&world, path);
        }
        world.refuses(Kind::Untrusted, 2);
    }
    world.server.restore(honest);
    let verified = world.check().unwrap();
    alter(&world, &world.server.find("apps/coffee/targets/releases/", ".3.json"));
    let error = verified.index(3, &Limits::RELEASE, "0.1").unwrap_err();
    assert_eq!(error.kind(), Kind::Untrusted);
    assert!(error.to_string().contains("not what the publisher signed"), "{error}");
}

#[test]
fn old_timestamp_old_snapshot_and_a_mix() {
    for base in ["platform", "apps/coffee"] {
        let mut world = World::new();
        world.update().unwrap();
        let old = world.server.files();
        world.publish();
        world.update().unwrap();
        let timestamp = format!("{base}/metadata/timestamp.json");
        let new = world.server.files();
        world.server.put(&timestamp, &old[&timestamp]);
        world.refuses(Kind::Stale, 2);

        // A stolen timestamp key signs an old snapshot again.
        world.server.restore(new.clone());
        let repository = if base == "platform" { &world.platform } else { &world.app };
        let mut thief = repository.clone();
        thief.signer("snapshot").version = 1;
        thief.sign_timestamp();
        world.refuses(Kind::Stale, 2);

        // A new timestamp with the old snapshot under the new one's name.
        world.server.restore(new);
        world.publish();
        let snapshot = world.server.files()[&format!("{base}/metadata/2.snapshot.json")].clone();
        world.server.put(&format!("{base}/metadata/3.snapshot.json"), &snapshot);
        world.refuses(Kind::Untrusted, 2);
    }
}

#[test]
fn an_old_role_in_a_new_snapshot() {
    // Stolen snapshot and timestamp keys go back to an older publisher, say to one below the floor.
    let mut world = World::new();
    world.publish();
    world.update().unwrap();
    world.app.signer("publisher").version = 1;
    world.app.sign_snapshot();
    world.app.sign_timestamp();
    world.refuses(Kind::Stale, 2);
    // Or leave it out.
    world.app.signer("publisher").version = 0;
    world.app.sign_snapshot();
    world.app.sign_timestamp();
    world.refuses(Kind::Untrusted, 2);
}

#[test]
fn wrong_roots() {
    for platform in [true, false] {
        let world = updated();
        let repository = if platform { &world.platform } else { &world.app };
        let own = repository.signers["root"].keys.clone();
        let foreign = [Key::ed25519(), Key::ed25519()];
        // By others; by the old keys, but not by the new; by the new, but not by the old; by one of two; by one twice.
        let cases: [(Vec<Key>, Vec<Key>); 5] = [
            (own.clone(), foreign.to_vec()),
            (foreign.to_vec(), own[..2].to_vec()),
            (foreign.to_vec(), foreign.to_vec()),
            (own.clone(), own[..1].to_vec()),
            (own.clone(), vec![own[0].clone(), own[0].clone()]),
        ];
        let honest = world.server.files();
        for (keys, by) in cases {
            world.server.restore(honest.clone());
            let mut thief = repository.clone();
            thief.signer("root").keys = keys;
            thief.sign_root(&by);
            world.refuses(Kind::Untrusted, 2);
        }
        // A root that skips a version.
        world.server.restore(honest.clone());
        let mut officer = repository.clone();
        officer.signer("root").version += 1;
        let skipping = officer.sign_root(&own[..2]);
        officer.write("metadata/2.root.json", &skipping);
        world.refuses(Kind::Untrusted, 2);
    }
}

#[test]
fn endless_data() {
    for path in [
        "platform/metadata/timestamp.json",
        "platform/metadata/2.root.json",
        "platform/metadata/2.snapshot.json",
        "apps/coffee/metadata/2.channel.json",
    ] {
        let world = updated();
        world.server.make_endless(path);
        let error = world.refuses(Kind::Untrusted, 2);
        assert!(error.to_string().contains("longer than it may be"), "{error}");
    }
    let world = updated();
    world.server.make_endless(&world.server.find("apps/coffee/targets/releases/", ".3.json"));
    let verified = world.check().unwrap();
    assert_eq!(verified.index(3, &Limits::RELEASE, "0.1").unwrap_err().kind(), Kind::Untrusted);
}

#[test]
fn a_captive_portal_and_missing_files() {
    let world = updated();
    world.server.put("platform/metadata/timestamp.json", b"\n <!DOCTYPE html><html>sign in</html>");
    assert!(matches!(world.refuses(Kind::Offline, 2), TrustError::Portal { .. }));
    for path in ["platform/metadata/timestamp.json", "apps/coffee/metadata/2.publisher.json"] {
        let world = updated();
        world.server.remove(path);
        assert!(matches!(world.refuses(Kind::Offline, 2), TrustError::Missing { .. }));
    }
}

#[test]
fn another_root_of_the_program_needs_a_higher_epoch() {
    let mut world = updated();
    let mut thief = crate::world::app_repository(&world.server, "coffee");
    let by = thief.signers["root"].keys[..2].to_vec();
    let root = thief.sign_root(&by);
    thief.files = world.app.files.clone();
    thief.sign_targets("targets");
    thief.publish(&["publisher", "channel"]);
    // The repository alone: not what the device has pinned. With a reviewer who names it by mistake: neither.
    world.refuses(Kind::Untrusted, 2);
    let honest = world.app.clone();
    world.app = thief;
    let entry = crate::world::entry(&world.app, "coffee", &root);
    world.entry = entry.clone();
    world.publish();
    world.refuses(Kind::Untrusted, 2);
    // Lost keys: the reviewer raises the epoch. Then there is no way back to the old one.
    world.floor = json!({ "floor": 2, "revoked": [] });
    world.entry["root"]["epoch"] = json!(2);
    world.publish();
    assert_eq!(world.update().unwrap(), 3);
    world.entry["root"]["epoch"] = json!(1);
    world.publish();
    world.refuses(Kind::Untrusted, 3);
    // A third root. The floor of the second outlives it.
    world.app = honest;
    world.app.sign_targets("targets");
    world.entry =
        crate::world::entry(&world.app, "coffee", &world.server.files()["apps/coffee/metadata/1.root.json"]);
    let keys = world.app.signers["root"].keys.clone();
    world.app.signer("root").version = 0;
    let root = world.app.sign_root(&keys[..2]);
    world.entry = crate::world::entry(&world.app, "coffee", &root);
    world.entry["root"]["epoch"] = json!(3);
    world.floor = json!({ "floor": 0, "revoked": [] });
    world.publish();
    let verified = world.check().unwrap();
    assert_eq!(verified.bounds().floor, 2);
}

#[test]
fn the_platforms_word_about_the_root_holds() {
    // A new device, and a server with a root of its own that has honest keys for everything else.
    let mut world = World::new();
    let honest = (world.app.clone(), world.server.files());
    world.app.signer("root").keys = vec![Key::ed25519()];
    world.app.signer("root").threshold = 1;
    world.app.signer("root").version = 0;
    let by = world.app.signers["root"].keys.clone();
    world.app.sign_root(&by);
    world.app.publish(&["publisher", "channel"]);
    let error = world.check().err().unwrap();
    assert_eq!(error.kind(), Kind::Untrusted);
    assert!(error.to_string().contains("not the one that the platform names"), "{error}");
    // A device that knows the honest one, and a platform that names another of the same epoch.
    world.server.restore(honest.1);
    world.app = honest.0;
    world.update().unwrap();
    let named = world.entry["root"]["sha256"].take();
    world.entry["root"]["sha256"] = json!("0".repeat(64));
    world.publish();
    let error = world.refuses(Kind::Untrusted, 2);
    assert!(error.to_string().contains("higher epoch"), "{error}");
    // One that the server does not hand out: it holds the device back.
    world.entry["root"]["sha256"] = named;
    world.entry["root"]["version"] = json!(2);
    world.publish();
    world.refuses(Kind::Stale, 2);
}
