//! A program that dies before it is seen falls back to the release before, and whoever can make it die gains no more.
use crate::{
    phone::Phone,
    world::{World, bundle},
};

/// Releases 1 and 2 are on the phone.
fn updated() -> (World, Phone) {
    let mut world = World::new();
    let phone = Phone::with_release(&world);
    world.publish(&bundle("coffee", 2));
    assert_eq!(phone.update().unwrap(), 2);
    (world, phone)
}

#[test]
fn two_deaths_and_the_release_before_runs() {
    let (_world, mut phone) = updated();
    assert_eq!((phone.die(), phone.die()), (2, 2));
    assert_eq!(phone.open().unwrap(), 1);
}

#[test]
fn but_never_one_below_the_floor_or_revoked() {
    for floor in [true, false] {
        let (mut world, mut phone) = updated();
        world.change(|at, ring| {
            let change = if floor { at.raise_floor(ring, "coffee", 2) } else { at.revoke(ring, "coffee", 1) };
            change.unwrap().0
        });
        assert_eq!(phone.update().unwrap(), 2);
        for _ in 0..4 {
            assert_eq!(phone.die(), 2);
        }
        assert_eq!(phone.open().unwrap(), 2);
        // Nor while the network is cut, or the server says nothing of use.
        world.server.trick("", |_, _| crate::server::Answer::new(404, ""));
        assert_eq!((phone.die(), phone.die()), (2, 2));
        assert_eq!(phone.open().unwrap(), 2);
    }
}
