//! The keys that sign orders, as a device gets them.
use crate::world::{World, bin, time};
use lodger_bundle::trust::{Fetch, TrustError, TrustErrorKind as Kind};
use std::sync::Arc;

const PATH: &str = "payment-keys.json";

impl World {
    /// The reviewer signs this file.
    fn pay_by(&mut self, keys: &[u8]) {
        self.platform.put(&bin(PATH), PATH, keys.to_vec());
        self.platform.sign_targets(&bin(PATH));
        self.publish();
    }

    fn payment_keys(&self) -> Result<Option<Vec<u8>>, TrustError> {
        let fetch: Arc<dyn Fetch> = Arc::new(self.server.clone());
        self.device().payment_keys(&fetch, time(self.clock))
    }
}

#[test]
fn payment_keys_are_those_that_the_reviewer_signed_last() {
    let mut world = World::full();
    assert_eq!(world.payment_keys().unwrap(), None);
    world.pay_by(b"one");
    assert_eq!(world.payment_keys().unwrap().as_deref(), Some(&b"one"[..]));
    // A program's check and theirs share what is remembered, and neither is in the other's way.
    assert_eq!(world.update().unwrap(), 2);
    assert_eq!(world.payment_keys().unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(world.update().unwrap(), 2);
    world.pay_by(b"two");
    assert_eq!(world.payment_keys().unwrap().as_deref(), Some(&b"two"[..]));
    // Offline opening is as it was, and there is no payment without a network.
    world.server.set_down(true);
    assert_eq!(world.payment_keys().unwrap_err().kind(), Kind::Offline);
    assert!(world.offline().is_ok());
}

#[test]
fn old_altered_and_frozen_payment_keys_are_refused() {
    let mut world = World::full();
    world.pay_by(b"stolen");
    let before = world.server.files();
    world.pay_by(b"new");
    assert_eq!(world.payment_keys().unwrap().as_deref(), Some(&b"new"[..]));
    let now = world.server.files();
    // A rollback to when the stolen key was good.
    world.server.restore(before);
    assert!(matches!(world.payment_keys().unwrap_err().kind(), Kind::Untrusted | Kind::Stale));
    // Other bytes under the signed name.
    world.server.restore(now);
    world.pay_by(b"newest");
    let now = world.server.files();
    let path = now.keys().find(|path| path.ends_with(PATH) && now[*path] == b"newest").unwrap();
    world.server.put(path, b"forged");
    assert_eq!(world.payment_keys().unwrap_err().kind(), Kind::Untrusted);
    world.server.restore(now);
    assert_eq!(world.payment_keys().unwrap().as_deref(), Some(&b"newest"[..]));
    // A server that does not answer with anything new: a week later it is too old.
    world.clock += 8 * 24 * 60 * 60;
    assert_eq!(world.payment_keys().unwrap_err().kind(), Kind::Stale);
}
