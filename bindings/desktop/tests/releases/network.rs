//! What the network does to answers: too long, too slow, elsewhere, in disguise.
use crate::{
    metadata::updating,
    phone::{MISSING, NOT_AS_SIGNED, PORTAL, Phone, UNREACHABLE},
    server::{Answer, Server},
};
use std::time::Duration;

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
        world.server.trick(path, |_, _| Answer::new(200, "{").without("content-length").endless());
        let text = phone.refuses(NOT_AS_SIGNED, 1);
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
        phone.hurry(Duration::from_millis(400));
        phone.refuses(UNREACHABLE, 1);
        phone.hurry(Duration::from_secs(20));
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
        phone.refuses(PORTAL, 1);
        world.restore();
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn refusals_and_missing_files() {
    let (world, phone) = updating();
    let cases = [
        (500, SOME[0], UNREACHABLE),
        (204, SOME[3], UNREACHABLE),
        (403, SOME[3], MISSING),
        (404, SOME[0], MISSING),
        (404, SOME[5], MISSING),
    ];
    for (status, path, refusal) in cases {
        world.server.trick(path, move |_, _| Answer::new(status, ""));
        phone.refuses_update(refusal);
        world.restore();
    }
    world.server.trick("", |_, _| Answer::new(404, ""));
    Phone::new(&world).refuses_update(MISSING);
    assert_eq!(phone.open().unwrap(), 1);
}

#[test]
fn lengths_that_lie() {
    let (world, phone) = updating();
    for path in [SOME[3], SOME[5]] {
        // Half of it comes, and once more than comes is told.
        for half in [true, false] {
            world.server.trick(path, move |_, answer| {
                let length = answer.body.len();
                if half { answer.cut(length / 2) } else { answer.header("content-length", length + 1) }
            });
            phone.refuses_update(UNREACHABLE);
            world.restore();
        }
        // Less is told than comes: the rest is not read.
        world.server.trick(path, |_, answer| {
            let length = answer.body.len();
            answer.header("content-length", length - 1)
        });
        phone.refuses(NOT_AS_SIGNED, 1);
        world.restore();
    }
    assert_eq!(phone.update().unwrap(), 2);
}
