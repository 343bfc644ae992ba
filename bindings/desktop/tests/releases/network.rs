//! What the network does to answers: too long, too slow, elsewhere, in disguise.
use crate::{
    metadata::updating,
    phone::Phone,
    server::{Answer, Files, Server},
};
use lodger_bundle::trust::TrustErrorKind as Kind;

/// Each kind of metadata, and an index.
const SOME: [&str; 6] = [
    "platform/metadata/timestamp.json",
    "platform/metadata/2.root.json",
    "coffee/metadata/timestamp.json",
    "coffee/metadata/3.snapshot.json",
    "coffee/metadata/3.publisher.json",
    ".2.json",
];

#[test]
fn endless_data() {
    let (world, phone) = updating();
    for path in SOME {
        world.server.trick(path, |_, answer| answer.status(200).with("{").endless());
        let text = phone.refuses(Kind::Untrusted, 1);
        assert!(text.contains("longer than it may be"), "{path}: {text}");
        world.restore();
    }
    assert!(!world.server.was_endured());
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn slow_loris() {
    let (world, phone) = updating();
    for path in [SOME[0], SOME[4]] {
        world.server.trick(path, |_, answer| answer.dripping());
        phone.refuses(Kind::Offline, 1);
        world.restore();
    }
    assert!(!world.server.was_endured());
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn redirects_are_not_followed() {
    let (world, phone) = updating();
    let elsewhere = Server::new(world.files.clone());
    for status in [301, 302, 303, 307, 308] {
        let address = elsewhere.address();
        world.server.trick("", move |asked, _| {
            Answer::new(status, "").header("location", format!("{address}{}", asked.path))
        });
        phone.refuses(Kind::Offline, 1);
        world.restore();
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn refusals_and_missing_files() {
    let (world, phone) = updating();
    for (status, path) in [(500, SOME[0]), (403, SOME[3]), (204, SOME[0]), (404, SOME[0]), (404, SOME[4])] {
        world.server.trick(path, move |_, _| Answer::new(status, ""));
        phone.refuses(Kind::Offline, 1);
        world.restore();
    }
    let nothing = Server::new(Files::new());
    let address = nothing.address();
    world.server.trick("", move |_, _| Answer::new(404, address.clone()));
    Phone::new(&world).refuses_new(Kind::Offline);
}

#[test]
fn lengths_that_lie() {
    let (world, phone) = updating();
    for path in [SOME[0], SOME[3], SOME[4], SOME[5]] {
        // More is told than comes.
        world.server.trick(path, |_, answer| {
            let length = answer.body.len();
            answer.header("content-length", length + 1)
        });
        phone.refuses(Kind::Offline, 1);
        world.restore();
        // Half of it comes.
        world.server.trick(path, |_, answer| {
            let length = answer.body.len();
            answer.cut(length / 2)
        });
        phone.refuses(Kind::Offline, 1);
        world.restore();
        // Less is told than comes: the rest is not read.
        world.server.trick(path, |_, answer| {
            let length = answer.body.len();
            answer.header("content-length", length - 1)
        });
        phone.refuses(Kind::Untrusted, 1);
        world.restore();
    }
    assert_eq!(phone.update().unwrap(), 2);
}
