//! Expiry, and clocks that were moved.
use crate::{
    metadata::updating,
    phone::{EXPIRED, OLDER, Phone},
    world::{World, bundle},
};

#[test]
fn everything_expired() {
    let (mut world, phone) = updating();
    // Nobody refreshes: past the server's seven days nothing is taken, and what is there opens within the grace.
    world.pass(8);
    phone.pass(8);
    phone.refuses(EXPIRED, 1);
    let fresh = Phone::new(&world);
    fresh.refuses_update(EXPIRED);
    // Past that, and past the year of the roots.
    for days in [7, 400] {
        phone.pass(days);
        phone.refuses_update(EXPIRED);
        phone.refuses_to_open(EXPIRED);
    }
    fresh.pass(400);
    fresh.refuses_update(EXPIRED);
    // The operator is back.
    phone.pass(-407);
    world.change(|at, ring| at.refresh(ring).unwrap());
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_clock_set_forward() {
    let (_world, phone) = updating();
    phone.pass(3_650);
    phone.refuses_update(EXPIRED);
    phone.refuses_to_open(EXPIRED);
    // Put right, nothing is lost.
    phone.pass(-3_650);
    assert_eq!(phone.open().unwrap(), 1);
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_clock_set_back_revives_nothing() {
    let mut world = World::new();
    let phone = Phone::with_release(&world);
    let frozen = world.files.clone();
    world.pass(20);
    phone.pass(20);
    world.change(|at, ring| at.refresh(ring).unwrap());
    world.publish(&bundle("coffee", 2));
    assert_eq!(phone.update().unwrap(), 2);
    // The old repository is good again by the device's clock, but not by what was signed since.
    phone.pass(-20);
    world.server.restore(&frozen);
    phone.refuses(OLDER, 2);
    // Nor is time offline longer than it is: it runs from the greatest time that was signed.
    phone.pass(35);
    phone.refuses_to_open(OLDER);
    // A device that is wrong by years takes an honest repository.
    world.restore();
    phone.pass(-3_650);
    assert_eq!(phone.update().unwrap(), 2);
    let fresh = Phone::new(&world);
    fresh.pass(-3_635);
    assert_eq!(fresh.update().unwrap(), 2);
}
