//! The other ways to code than a plain update: subpackages on demand, forced updates, and what a host ships.
use crate::{
    metadata::{alter, updating},
    phone::{APP, FIRST_USE, Phone},
    server::{Answer, Files},
    transfers::spoil,
    world::{World, bundle, script},
};
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use lodger_engine::Preset;
use lodger_server::repository::{Change, Policy};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

/// Release 2, in two packages.
fn split() -> Bundle {
    let mut index = Index::template(APP, Version { name: "1.2.0".into(), code: 2 });
    index.pages.push("pages/menu/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", br#"{"pages":["pages/menu/index"]}"#.to_vec());
    builder.file("main", "package.js", "text/javascript", script(APP, 2));
    builder.package("sub", "sub", false);
    builder.file("sub", "sub/package.js", "text/javascript", script("sub", 2));
    builder.finish().unwrap()
}

#[test]
fn a_spoilt_subpackage() {
    let mut world = World::new();
    world.publish(&split());
    let phone = Phone::new(&world);
    assert_eq!(phone.update().unwrap(), 2);
    let before = phone.installed();
    let stream = split().index.package("sub").unwrap().stream_digest.to_string();
    for number in 0.. {
        let Some(name) = spoil(&world, &stream, number) else { break };
        assert_eq!(phone.status("/p/sub/package.js"), 503, "{name}");
        assert_eq!(phone.installed(), before, "{name}");
        assert_eq!(phone.open().unwrap(), 2);
        world.restore();
    }
    assert_eq!(phone.status("/p/sub/package.js"), 200);
}

#[test]
fn a_spoilt_update_that_is_forced() {
    for number in 0.. {
        let (mut world, phone) = updating();
        let forced = Change { policy: Some(Policy::Forced), ..Change::default() };
        world.change(|at, ring| at.set(ring, APP, "release", 2, forced).unwrap());
        let Some(name) = spoil(&world, ".zst", number) else { break };
        assert_eq!(phone.open().unwrap(), 1, "{name}");
        world.restore();
        assert_eq!(phone.open().unwrap(), 2, "{name}");
    }
}

/// A host's files, which remember what was read of them.
struct Shipped {
    files: Files,
    read: Mutex<BTreeSet<String>>,
}

impl Shipped {
    fn new(files: Files) -> Arc<Self> {
        Arc::new(Self { files, read: Mutex::default() })
    }
}

impl Preset for Shipped {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.files.get(path)?.clone();
        self.read.lock().unwrap().insert(path.to_owned());
        Some(bytes)
    }
}

#[test]
fn a_preset_of_which_anything_was_changed() {
    let world = World::new();
    let honest = Shipped::new(world.files.clone());
    world.server.trick("", |_, _| Answer::new(503, ""));
    assert_eq!(Phone::with_preset(&world, honest.clone()).open().unwrap(), 1);
    let read = honest.read.lock().unwrap().clone();
    assert!(read.len() > 8, "{read:?}");
    for path in read {
        let mut files = world.files.clone();
        alter(files.get_mut(&path).unwrap());
        let phone = Phone::with_preset(&world, Shipped::new(files));
        phone.open().expect_err(&path);
        assert!(phone.installed().is_empty(), "{path}");
    }
    let stranger = World::by_somebody_else();
    let phone = Phone::with_preset(&world, Shipped::new(stranger.files.clone()));
    phone.open().expect_err("another operator's");
    assert!(phone.installed().is_empty());
}

#[test]
fn a_preset_below_the_floor() {
    let mut world = World::new();
    let phone = Phone::with_preset(&world, Shipped::new(world.files.clone()));
    world.publish(&bundle(APP, 2));
    world.change(|at, ring| at.raise_floor(ring, APP, 2).unwrap().0);
    assert_eq!(phone.update().unwrap(), 2);
    phone.forget();
    world.server.trick("", |_, _| Answer::new(503, ""));
    // Not the preset, though it is all there is.
    phone.refuses_to_open(FIRST_USE);
    assert!(phone.installed().is_empty());
}
