//! What a device remembers: enough to open offline, and never less than before.
use crate::bundles::bundle;
use crate::world::{World, choose, offer, time};
use lodger_bundle::{
    Store, StoreOptions,
    trust::{Fetch, TrustErrorKind as Kind},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

#[test]
fn opens_offline_after_a_restart() {
    let world = World::new();
    assert_eq!(world.offline().err().unwrap().kind(), Kind::Offline, "never checked");
    let verified = world.check().unwrap();
    assert_eq!(world.offline().err().unwrap().kind(), Kind::Offline, "not committed");
    verified.commit().unwrap();
    world.server.set_down(true);
    world.server.asked();
    assert_eq!(world.check().err().unwrap().kind(), Kind::Offline);
    world.server.asked();
    let stored = world.offline().unwrap();
    assert_eq!(choose(&stored).unwrap().version, 2);
    assert_eq!(stored.releases(), verified.releases());
    assert_eq!(world.server.asked(), [""; 0], "offline asks for nothing");
}

#[test]
fn a_program_opens_offline_though_another_moved_the_platform_on() {
    let mut world = World::new();
    world.update().unwrap();
    world.add_tea("2026-11-21T12:00:00Z");
    let fetch: Arc<dyn Fetch> = Arc::new(world.server.clone());
    let tea = world.device().check("tea", "release", &fetch, time(world.clock)).unwrap();
    tea.commit().unwrap();
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
    // And the platform's old timestamp is refused for the program that never saw the new one.
    let mut files = world.server.files();
    let timestamp = "platform/metadata/timestamp.json";
    let new = files[timestamp].clone();
    world.platform.signer("timestamp").version -= 2;
    world.platform.sign_timestamp();
    assert_ne!(world.server.files()[timestamp], new);
    world.refuses(Kind::Stale, 2);
    files.insert(timestamp.to_owned(), new);
    world.server.restore(files);
    assert_eq!(world.update().unwrap(), 2);
}

#[test]
fn a_check_that_was_overtaken_does_not_go_back() {
    let mut world = World::new();
    let slow = world.check().unwrap();
    world.release(3);
    world.floor = json!({ "floor": 3, "revoked": [] });
    world.channel["releases"] = json!([offer(3)]);
    world.publish();
    assert_eq!(world.update().unwrap(), 3);
    let before = world.dump();
    slow.commit().unwrap();
    assert_eq!(world.dump(), before);
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 3);
    // Nor does the reviewer's word.
    let slow = world.check().unwrap();
    world.entry["review"] = json!("stopped");
    world.publish();
    assert_eq!(world.update().unwrap_err().kind(), Kind::Revoked);
    slow.commit().unwrap();
    assert_eq!(choose(&world.offline().unwrap()).unwrap_err().kind(), Kind::Revoked);
}

#[test]
fn is_written_with_the_installation_or_not_at_all() {
    let world = World::new();
    let verified = world.check().unwrap();
    let (store, _) = Store::open(world.dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    let failed: Result<(), _> = store.database().write(|tx| {
        verified.write(tx)?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(failed.is_err());
    assert_eq!(world.dump(), ["blobs0"]);
    store.database().write(|tx| verified.write(tx)).unwrap();
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
}

#[test]
fn installs_what_is_signed_and_may_run() {
    let mut world = World::new();
    let (store, _) = Store::open(world.dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    let release = |code: u64| bundle("coffee", code, &[("a", format!("release {code}").as_bytes())]);
    let verified = world.check().unwrap();
    for other in [bundle("coffee", 2, &[("a", b"other")]), bundle("tea", 2, &[]), release(3)] {
        assert_eq!(verified.install(&store, &other).unwrap_err().kind(), Kind::Untrusted);
    }
    // A bundle that the store refuses: neither is there.
    let mut broken = release(2);
    broken.blobs.clear();
    assert_eq!(verified.install(&store, &broken).unwrap_err().kind(), Kind::Storage);
    assert_eq!(world.dump(), ["blobs0"]);
    let installed = verified.install(&store, &release(2)).unwrap();
    assert_eq!(installed.digest, verified.releases()[&2].digest);
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
    world.floor = json!({ "floor": 2, "revoked": [2] });
    world.publish();
    let verified = world.check().unwrap();
    for code in [1, 2] {
        assert_eq!(verified.install(&store, &release(code)).unwrap_err().kind(), Kind::Revoked);
    }
}

#[test]
fn damaged_memory_is_fetched_again() {
    let world = World::new();
    world.update().unwrap();
    let (store, _) = Store::open(world.dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    store.database().write(|tx| tx.execute("UPDATE trust_blob SET bytes = x'7b7d'", [])).unwrap();
    let offline = world.device().offline("coffee", "release", time(world.clock), Duration::ZERO);
    assert!(offline.is_err());
    assert_eq!(world.update().unwrap(), 2);
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
}

#[test]
fn keeps_what_the_last_check_used_and_no_more() {
    let mut world = World::new();
    world.update().unwrap();
    let rows = world.dump().len();
    for _ in 0..3 {
        world.publish();
        world.update().unwrap();
    }
    assert_eq!(world.dump().len(), rows);
}
