//! Floors, revocations, and what stolen server keys can and cannot do with them.
use crate::{
    keys::Key,
    world::{World, choose, offer},
};
use lodger_bundle::trust::{TrustError, TrustErrorKind as Kind};
use serde_json::json;

#[test]
fn floors_and_revocations_only_grow() {
    let mut world = World::new();
    world.entry["floor"] = json!(2);
    world.floor = json!({ "floor": 1, "revoked": [7] });
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
    // Both sources take everything back; the channel offers what is below the floor.
    world.entry["floor"] = json!(0);
    world.entry["revoked"] = json!([8]);
    world.floor = json!({ "floor": 0, "revoked": [] });
    world.channel["releases"] = json!([offer(1)]);
    world.publish();
    let verified = world.check().unwrap();
    assert_eq!(verified.bounds().floor, 2);
    assert_eq!(verified.bounds().revoked, [7, 8].into());
    let error = world.update().unwrap_err();
    assert!(matches!(error, TrustError::Revoked { version: 1, .. }), "{error}");
    // The program is removed and installed again: a row of its own.
    let (store, _) =
        lodger_bundle::Store::open(world.dir.path(), lodger_bundle::StoreOptions { quota: 1 << 20 }).unwrap();
    store.remove("coffee").unwrap();
    assert_eq!(world.check().unwrap().bounds().revoked, [7, 8].into());
}

#[test]
fn a_revoked_release_does_not_open_offline_either() {
    let mut world = World::new();
    world.update().unwrap();
    world.floor = json!({ "floor": 0, "revoked": [2] });
    world.publish();
    assert_eq!(world.update().unwrap_err().kind(), Kind::Revoked);
    world.server.set_down(true);
    assert_eq!(choose(&world.offline().unwrap()).unwrap_err().kind(), Kind::Revoked);
}

#[test]
fn the_reviewers_word_holds_even_if_the_programs_repository_fails() {
    let mut world = World::new();
    world.update().unwrap();
    world.entry["review"] = json!("stopped");
    world.entry["revoked"] = json!([1]);
    world.publish();
    world.server.remove("apps/coffee/metadata/timestamp.json");
    assert_eq!(world.check().err().unwrap().kind(), Kind::Offline);
    let stored = world.offline().unwrap();
    assert_eq!(stored.bounds().revoked, [1].into());
    assert!(matches!(choose(&stored), Err(TrustError::Stopped { .. })));
    // Approved again.
    world.entry["review"] = json!("approved");
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
}

#[test]
fn a_channels_minimum_and_revocations_are_taken_back_with_it() {
    let mut world = World::new();
    world.channel["minimum"] = json!(3);
    world.channel["revoked"] = json!([2]);
    world.publish();
    assert_eq!(world.update().unwrap_err().kind(), Kind::Revoked);
    world.channel["minimum"] = json!(0);
    world.channel["revoked"] = json!([]);
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
}

/// A thief with the program's snapshot, timestamp and channel keys; then the officers rotate them.
#[test]
fn stolen_server_keys_harm_until_they_are_rotated() {
    let mut world = World::new();
    world.update().unwrap();
    let mut thief = world.app.clone();
    // Versions as high as they go, so that honest ones would look old for ever.
    for role in ["snapshot", "timestamp", "channel"] {
        thief.signer(role).version = 1 << 40;
    }
    let mut stop = world.channel.clone();
    stop["minimum"] = json!(99);
    thief.put("channel", "channels/release.json", crate::world::bytes(&stop));
    thief.publish(&["channel"]);
    assert_eq!(world.update().unwrap_err().kind(), Kind::Revoked);
    // The officers: new keys; honest versions go on where they were.
    for role in ["snapshot", "timestamp", "channel"] {
        world.app.signer(role).keys = vec![Key::ed25519()];
    }
    let by = world.app.signers["root"].keys[..2].to_vec();
    world.app.sign_root(&by);
    world.app.sign_targets("targets");
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
}

#[test]
fn what_a_thief_signed_under_the_next_names_is_fetched_again() {
    let mut world = World::new();
    world.update().unwrap();
    // The thief's channel has the version that the honest one will have.
    let mut thief = world.app.clone();
    let mut stop = world.channel.clone();
    stop["minimum"] = json!(99);
    thief.put("channel", "channels/release.json", crate::world::bytes(&stop));
    thief.publish(&["channel"]);
    assert_eq!(world.update().unwrap_err().kind(), Kind::Revoked);
    for role in ["snapshot", "timestamp", "channel"] {
        world.app.signer(role).keys = vec![Key::ed25519()];
    }
    let by = world.app.signers["root"].keys[..2].to_vec();
    world.app.sign_root(&by);
    world.app.sign_targets("targets");
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
}
