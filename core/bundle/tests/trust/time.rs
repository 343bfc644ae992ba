//! Clocks: expired metadata, the grace, and a device whose clock is wrong or was moved.
use crate::{
    keys::Key,
    world::{DAY, START, World, bin, choose, time},
};
use lodger_bundle::trust::{Fetch, TrustError, TrustErrorKind as Kind};
use serde_json::json;
use std::time::Duration;

#[test]
fn online_is_strict() {
    for (frozen, days) in [("timestamp", 7), ("publisher", 90), ("targets", 365), ("root", 365)] {
        let mut world = World::new();
        world.pass(days);
        // Everybody else goes on signing.
        for (base, repository) in [(false, &mut world.app), (true, &mut world.platform)] {
            let keys = repository.signers["root"].keys.clone();
            if frozen != "root" || base {
                repository.sign_root(&keys[..2]);
            }
            if frozen != "targets" || base {
                repository.sign_targets("targets");
            }
        }
        world.platform.publish(&[&bin("apps/coffee.json")]);
        let roles = if frozen == "publisher" { &["channel"][..] } else { &["publisher", "channel"] };
        if frozen == "timestamp" {
            roles.iter().for_each(|role| world.app.sign_targets(role));
        } else {
            world.app.publish(roles);
        }
        world.check().unwrap_or_else(|error| panic!("{frozen}, at its last second: {error}"));
        world.clock += 1;
        match world.check().err() {
            Some(TrustError::Expired { repository, role, .. }) => {
                assert_eq!((repository.as_str(), role.as_str()), ("apps/coffee", frozen));
            }
            other => panic!("{frozen}: {other:?}"),
        }
    }
}

#[test]
fn offline_has_a_grace() {
    let mut world = World::new();
    world.update().unwrap();
    let open = |world: &World, grace: i64| {
        let grace = Duration::from_secs((grace * DAY).try_into().unwrap());
        world.device().offline("coffee", "release", time(world.clock), grace).map(drop)
    };
    world.clock = START + 14 * DAY;
    open(&world, 0).unwrap();
    world.clock += 1;
    assert!(matches!(open(&world, 0), Err(TrustError::GraceOver { .. })));
    open(&world, 1).unwrap();
    // Seven days until it expires, and thirty at most.
    world.clock = START + 37 * DAY;
    open(&world, 100).unwrap();
    world.clock += 1;
    assert_eq!(open(&world, 100).unwrap_err().kind(), Kind::Offline);
}

#[test]
fn a_clock_that_goes_back_does_not_bring_time_back() {
    let mut world = World::new();
    world.update().unwrap();
    // Twenty days later another program is opened; then the clock is set to where it was.
    world.pass(20);
    let issued = "2026-12-11T12:00:00Z";
    let fetch: std::sync::Arc<dyn Fetch> = std::sync::Arc::new(world.server.clone());
    world.add_tea(issued);
    let tea = world.device().check("tea", "release", &fetch, time(world.clock)).unwrap();
    world.clock = START;
    choose(&world.offline().unwrap()).unwrap();
    tea.commit().unwrap();
    assert!(matches!(world.offline().err(), Some(TrustError::GraceOver { .. })));
    // Online it is opened as ever: what is offered is fresh by any clock.
    assert_eq!(world.update().unwrap(), 2);
    assert_eq!(choose(&world.offline().unwrap()).unwrap().version, 2);
}

#[test]
fn a_repository_is_stale_by_the_time_that_its_channel_signed() {
    // The device's clock is behind. One of the two levels is frozen, the other is refreshed.
    for frozen in ["platform", "apps/coffee"] {
        let mut world = World::new();
        world.channel["issued"] = json!("2026-11-29T12:00:00Z");
        let refreshed = if frozen == "platform" { &mut world.app } else { &mut world.platform };
        refreshed.now += 3 * DAY;
        world.publish();
        match world.check().err() {
            Some(TrustError::Expired { repository, .. }) => assert_eq!(repository, frozen),
            other => panic!("{frozen}: {other:?}"),
        }
    }
}

#[test]
fn time_signed_by_stolen_keys_ends_with_them() {
    let mut world = World::new();
    world.update().unwrap();
    // The thief moves time as far as the roles allow, which is what a device accepts.
    let mut thief = world.app.clone();
    let mut channel = world.channel.clone();
    channel["issued"] = json!("2027-10-01T00:00:00Z");
    for role in ["timestamp", "snapshot", "channel"] {
        thief.signer(role).days = 3650;
    }
    thief.put("channel", "channels/release.json", crate::world::bytes(&channel));
    thief.publish(&["channel"]);
    // The publisher and the platform are long expired by then: refused, and forgotten.
    world.refuses(Kind::Stale, 2);
    // Within what they allow it sticks, until rotation.
    channel["issued"] = json!("2026-11-28T11:00:00Z");
    thief.put("channel", "channels/release.json", crate::world::bytes(&channel));
    thief.publish(&["channel"]);
    world.update().unwrap();
    for role in ["snapshot", "timestamp", "channel"] {
        world.app.signer(role).keys = vec![Key::ed25519()];
    }
    let by = world.app.signers["root"].keys[..2].to_vec();
    world.app.sign_root(&by);
    world.app.sign_targets("targets");
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
    assert!(world.dump().iter().any(|row| row.contains(&format!(" {START} ")) && row.contains("coffee")));
}
