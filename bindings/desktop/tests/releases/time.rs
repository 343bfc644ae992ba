//! Expiry, and clocks that were moved.
use crate::{
    metadata::updating,
    phone::Phone,
    world::{World, bundle},
};
use lodger_bundle::trust::TrustErrorKind as Kind;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn everything_expired() {
    let (mut world, mut phone) = updating();
    // Nobody refreshes: past the server's seven days nothing is taken, and what is there opens within the grace.
    world.pass(8);
    phone.now += 8 * DAY;
    phone.refuses(Kind::Stale, 1);
    let mut fresh = Phone::new(&world);
    fresh.refuses_new(Kind::Stale);
    // Past that, and past the year of the roots.
    for days in [7, 400] {
        phone.now += days * DAY;
        phone.refuses_new(Kind::Stale);
        assert_eq!(phone.open().unwrap_err().kind(), Kind::Offline);
    }
    fresh.now += 400 * DAY;
    fresh.refuses_new(Kind::Stale);
    // The operator is back.
    phone.now = world.now.into();
    world.change(|at, ring| at.refresh(ring).unwrap());
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_clock_set_forward() {
    let (_world, mut phone) = updating();
    let now = phone.now;
    phone.now += 3_650 * DAY;
    phone.refuses_new(Kind::Stale);
    assert_eq!(phone.open().unwrap_err().kind(), Kind::Offline);
    // Put right, nothing is lost.
    phone.now = now;
    assert_eq!(phone.open().unwrap(), 1);
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_clock_set_back_revives_nothing() {
    let mut world = World::new();
    let mut phone = Phone::with_release(&world);
    let frozen = world.files.clone();
    world.pass(20);
    phone.now += 20 * DAY;
    world.change(|at, ring| at.refresh(ring).unwrap());
    world.publish(&bundle("coffee", 2));
    assert_eq!(phone.update().unwrap(), 2);
    // The old repository is good again by the device's clock, but not by what was signed since.
    phone.now -= 20 * DAY;
    world.server.restore(&frozen);
    phone.refuses(Kind::Stale, 2);
    // Nor is time offline longer than it is: it runs from the greatest time that was signed.
    phone.now += 35 * DAY;
    assert_eq!(phone.open().unwrap_err().kind(), Kind::Offline);
    // A device that is wrong by years takes an honest repository.
    world.restore();
    phone.now -= 3_650 * DAY;
    assert_eq!(phone.update().unwrap(), 2);
    let mut fresh = Phone::new(&world);
    fresh.now = phone.now;
    assert_eq!(fresh.update().unwrap(), 2);
}
