//! Stolen keys. With all three of the server (channel, snapshot, timestamp) one can choose among what the publisher
//! signed and the floor allows, and stop a program until the keys are rotated; never forge code. A publisher's keys
//! sign code, and nothing else.
use crate::{
    metadata::updating,
    phone::{EXPIRED, NO_RELEASE, NOT_AS_SIGNED, OLDER, Phone, WITHDRAWN},
    thief::{Thief, bin},
    world::{World, bundle},
};
use lodger_server::{
    keys::Holder,
    repository::{Channel, Offer},
};

const APP: &str = "apps/coffee";

/// The channel as it stands, changed; signed by `holder` as what `role` says.
fn sign_channel(thief: &Thief<'_>, role: &str, holder: Holder, change: impl FnOnce(&mut Channel)) {
    let path = thief.server.files();
    let honest = thief.role("channel");
    let (_, target) = honest.targets.iter().find(|(name, _)| name.raw() == "channels/release.json").unwrap();
    let digest: String = target.hashes.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut form: Channel =
        serde_json::from_slice(&path[&format!("{APP}/targets/channels/{digest}.release.json")]).unwrap();
    change(&mut form);
    let bytes = serde_json::to_vec(&serde_json::to_value(form).unwrap()).unwrap();
    let (name, target) = thief.target("channels/release.json", &bytes);
    thief.sign_role(role, holder, |role| drop(role.targets.insert(name, target)));
}

/// Nothing but that version, for everybody.
fn offer(version: u64) -> impl FnOnce(&mut Channel) {
    move |form| {
        form.minimum = 0;
        form.revoked.clear();
        form.releases = vec![Offer {
            version,
            share: 10_000,
            audience: Vec::new(),
            regions: Vec::new(),
            salt: "s".into(),
        }];
    }
}

#[test]
fn the_servers_keys_never_sign_code() {
    let (world, phone) = updating();
    let (ring, _keys) = world.stolen(&[Holder::Server]);
    let thief = Thief::new(&world.server, &ring, APP);
    let evil = bundle("coffee", 9).index_bytes;
    // As the publisher.
    let (name, target) = thief.target("releases/9.json", &evil);
    thief.sign_role("publisher", Holder::Server, |role| drop(role.targets.insert(name, target)));
    sign_channel(&thief, "channel", Holder::Server, offer(9));
    phone.refuses(NOT_AS_SIGNED, 1);
    Phone::new(&world).refuses_update(NOT_AS_SIGNED);
    // As targets, with a publisher of their own.
    world.restore();
    thief.sign_role("targets", Holder::Server, |role| {
        let delegations = role.delegations.as_mut().unwrap();
        let server = delegations.roles[1].keyids.clone();
        delegations.roles[0].keyids = server;
    });
    phone.refuses(NOT_AS_SIGNED, 1);
    // As the platform, whose snapshot and timestamp they do sign.
    world.restore();
    let platform = Thief::new(&world.server, &ring, "platform");
    platform.sign_role(&bin("apps/coffee.json"), Holder::Server, |_| {});
    Phone::new(&world).refuses_update(NOT_AS_SIGNED);
    // As the channel, which may not name indexes: the release does not exist, and the one that is there stays.
    world.restore();
    let (name, target) = thief.target("releases/9.json", &evil);
    thief.sign_role("channel", Holder::Server, |role| drop(role.targets.insert(name, target)));
    sign_channel(&thief, "channel", Holder::Server, offer(9));
    assert_eq!(phone.update().unwrap(), 1);
    assert_eq!(phone.open().unwrap(), 1);
    Phone::new(&world).fails(NO_RELEASE);
}

#[test]
fn below_the_floor_and_revoked_releases_never_return() {
    let mut world = World::new();
    for code in 2..=4 {
        world.publish(&bundle("coffee", code));
    }
    world.change(|at, ring| at.raise_floor(ring, "coffee", 2).unwrap().0);
    world.change(|at, ring| at.revoke(ring, "coffee", 3).unwrap().0);
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 4);
    let (ring, _keys) = world.stolen(&[Holder::Server]);
    let thief = Thief::new(&world.server, &ring, APP);
    for code in [1, 3] {
        sign_channel(&thief, "channel", Holder::Server, offer(code));
        assert_eq!(phone.update().unwrap(), 4, "what it has stays");
        assert_eq!(phone.open().unwrap(), 4);
        // Who sees it for the first time remembers the floor, and installs nothing.
        let fresh = Phone::new(&world);
        fresh.fails(WITHDRAWN);
        fresh.refuses_to_open(WITHDRAWN);
        assert!(fresh.installed().is_empty());
        world.restore();
    }
    // Back to the publisher's word from before.
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 4);
    thief.sign_snapshot(|snapshot| {
        snapshot.meta.get_mut("publisher.json").unwrap().version = 2.try_into().unwrap();
    });
    phone.refuses(OLDER, 4);
    world.restore();
    // Choosing is all that is left to them: 2 is signed, not revoked, at the floor.
    sign_channel(&thief, "channel", Holder::Server, offer(2));
    assert_eq!(phone.update().unwrap(), 2);
    assert_eq!(phone.open().unwrap(), 2);
}

#[test]
fn stopping_a_program_ends_with_the_keys() {
    let (mut world, phone) = updating();
    let (ring, _keys) = world.stolen(&[Holder::Server]);
    let thief = Thief::new(&world.server, &ring, APP);
    sign_channel(&thief, "channel", Holder::Server, |form| form.minimum = 99);
    phone.fails(WITHDRAWN);
    phone.refuses_to_open(WITHDRAWN);
    sign_channel(&thief, "channel", Holder::Server, |form| (form.minimum, form.revoked) = (0, vec![1, 2]));
    phone.fails(WITHDRAWN);
    phone.refuses_to_open(WITHDRAWN);
    // A time in the future makes everything look expired.
    sign_channel(&thief, "channel", Holder::Server, |form| {
        form.revoked.clear();
        form.issued = "2027-11-21T12:00:00Z".into();
    });
    phone.fails(EXPIRED);
    // Versions that no honest server could reach.
    sign_channel(&thief, "channel", Holder::Server, |form| form.issued = "2026-11-21T12:00:00Z".into());
    let far = |version: &mut std::num::NonZeroU64| *version = 1_000_000.try_into().unwrap();
    thief.sign_role("channel", Holder::Server, |role| far(&mut role.version));
    thief.sign_snapshot(|snapshot| far(&mut snapshot.version));
    thief.sign_timestamp(1_000_000.try_into().unwrap(), |timestamp| far(&mut timestamp.version));
    assert_eq!(phone.update().unwrap(), 2);
    world.rotate(Holder::Server);
    world.publish(&bundle("coffee", 3));
    world.restore();
    assert_eq!(phone.update().unwrap(), 3);
    assert_eq!(phone.open().unwrap(), 3);
    // What the old keys sign is over.
    sign_channel(&thief, "channel", Holder::Server, offer(1));
    phone.refuses(NOT_AS_SIGNED, 3);
}

#[test]
fn a_publisher_signs_no_channel() {
    let (world, phone) = updating();
    let ring = world.ring();
    let thief = Thief::new(&world.server, &ring, APP);
    // In the channel's place.
    sign_channel(&thief, "channel", Holder::Publisher, offer(1));
    phone.refuses(NOT_AS_SIGNED, 1);
    // In its own role: the path is not the publisher's, so nobody looks there.
    world.restore();
    sign_channel(&thief, "publisher", Holder::Publisher, |form| form.minimum = 99);
    assert_eq!(phone.update().unwrap(), 2);
    // Where the channel says nothing, nobody speaks for it.
    world.restore();
    sign_channel(&thief, "publisher", Holder::Publisher, offer(1));
    thief.sign_role("channel", Holder::Server, |role| role.targets.clear());
    phone.fails(NO_RELEASE);
    phone.refuses_to_open(NO_RELEASE);
}
