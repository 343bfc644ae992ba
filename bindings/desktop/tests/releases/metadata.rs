//! Signed metadata that is changed, old, mixed, or another's.
use crate::{
    phone::{NOT_AS_SIGNED, OLDER, PORTAL, Phone},
    server::Answer,
    thief::Thief,
    world::{World, bundle},
};
use lodger_server::keys::Holder;

/// Release 1 is on the phone, release 2 is out.
pub fn updating() -> (World, Phone) {
    let mut world = World::new();
    let phone = Phone::with_release(&world);
    world.publish(&bundle("coffee", 2));
    (world, phone)
}

/// Another digit or letter where the last one was: in metadata, one of a signature.
pub fn alter(file: &mut [u8]) {
    let at = file.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or_default();
    file[at] = if file[at] == b'1' { b'2' } else { b'1' };
}

#[test]
fn an_altered_role_or_index() {
    let (world, phone) = updating();
    let role = |name: &str| world.server.find("apps/coffee/metadata/", name);
    let index = world.server.find("apps/coffee/targets/releases/", ".2.json");
    for path in [
        role("/timestamp.json"),
        role("/3.snapshot.json"),
        role("/3.publisher.json"),
        role("/3.channel.json"),
        index,
    ] {
        world.server.trick(&path, |_, mut answer| {
            alter(&mut answer.body);
            answer
        });
        phone.refuses(NOT_AS_SIGNED, 1);
        world.restore();
    }
    assert_eq!(phone.update().unwrap(), 2, "all else was in order");
    assert_eq!(phone.open().unwrap(), 2);
}

#[test]
fn an_old_timestamp() {
    let mut world = World::new();
    let phone = Phone::with_release(&world);
    let old = world.files.clone();
    world.publish(&bundle("coffee", 2));
    assert_eq!(phone.update().unwrap(), 2);
    // The whole repository as it was, and then this one file.
    world.server.restore(&old);
    phone.refuses(OLDER, 2);
    world.restore();
    world.server.put("apps/coffee/metadata/timestamp.json", &*old["apps/coffee/metadata/timestamp.json"]);
    phone.refuses(OLDER, 2);
}

#[test]
fn an_old_snapshot_and_a_mix_of_two() {
    let mut world = World::new();
    world.publish(&bundle("coffee", 2));
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 2);
    world.publish(&bundle("coffee", 3));
    let snapshot = |version| format!("apps/coffee/metadata/{version}.snapshot.json");
    // The last one under the new one's name.
    world.server.put(&snapshot(4), &*world.files[&snapshot(3)]);
    phone.refuses(NOT_AS_SIGNED, 2);
    // A stolen timestamp key points back.
    world.restore();
    let (ring, _keys) = world.stolen(&[Holder::Server]);
    Thief::new(&world.server, &ring, "apps/coffee").sign_timestamp(2.try_into().unwrap(), |_| {});
    phone.refuses(OLDER, 2);
    // A stolen snapshot key mixes the old publisher with the new channel.
    world.restore();
    Thief::new(&world.server, &ring, "apps/coffee").sign_snapshot(|snapshot| {
        snapshot.meta.get_mut("publisher.json").unwrap().version = 2.try_into().unwrap();
    });
    phone.refuses(OLDER, 2);
}

#[test]
fn another_programs_repository_and_index() {
    let (mut world, phone) = updating();
    // The same publisher's, and further on: its keys and the server's are those of coffee.
    (2..=4).for_each(|code| world.publish(&bundle("tea", code)));
    world.change(|at, ring| at.raise_floor(ring, "tea", 4).unwrap().0);
    // All of tea under coffee's name.
    for (path, bytes) in world.files.iter().filter(|(path, _)| path.starts_with("apps/tea/")) {
        world.server.put(&path.replace("apps/tea/", "apps/coffee/"), &**bytes);
    }
    phone.refuses(NOT_AS_SIGNED, 1);
    Phone::new(&world).refuses_update(NOT_AS_SIGNED);
    // Its index alone, in the place of ours.
    world.restore();
    let index = world.server.find("apps/coffee/targets/releases/", ".2.json");
    world.server.put(&index, bundle("tea", 2).index_bytes);
    phone.refuses(NOT_AS_SIGNED, 1);
    // And signed by a publisher who would like to be somebody else.
    world.restore();
    let ring = world.ring();
    let thief = Thief::new(&world.server, &ring, "apps/coffee");
    let (name, target) = thief.target("releases/2.json", &bundle("tea", 2).index_bytes);
    thief.sign_role("publisher", Holder::Publisher, |role| drop(role.targets.insert(name, target)));
    phone.refuses(NOT_AS_SIGNED, 1);
}

#[test]
fn a_sign_in_page() {
    let (world, phone) = updating();
    let page = "\r\n<!DOCTYPE html><html><title>Free WiFi</title></html>";
    world.server.trick("", move |_, _| Answer::new(200, page).header("content-type", "text/html"));
    assert!(phone.refuses(PORTAL, 1).contains("sign in"));
    assert!(Phone::new(&world).refuses_update(PORTAL).contains("sign in"));
    world.restore();
    assert_eq!(phone.update().unwrap(), 2);
}
