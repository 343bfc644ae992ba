//! What an honest repository gives a device, online and offline.
use crate::world::{DAY, START, World, app_repository, bin, bytes, choose, entry, time};
use lodger_bundle::{
    Limits,
    trust::{AnyRoot, DevelopmentRoot, Fetch, Review, Trust, TrustErrorKind as Kind, TrustRoot},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

#[test]
fn opens_what_publisher_and_channel_signed() {
    let world = World::new();
    let verified = world.check().unwrap();
    assert_eq!(verified.entry().review, Review::Approved);
    assert_eq!(choose(&verified).unwrap().version, 2);
    let (index, bytes) = verified.index(2, &Limits::RELEASE, "0.1").unwrap();
    assert_eq!((index.app.as_str(), index.version.code), ("coffee", 2));
    assert_eq!(index.to_bytes(), bytes);
    assert_eq!(verified.expires(), time(START + 7 * DAY));
    assert_eq!(verified.index(3, &Limits::RELEASE, "0.1").unwrap_err().kind(), Kind::NotFound);
    assert_eq!(verified.index(2, &Limits::RELEASE, "0.0.9").unwrap_err().kind(), Kind::Incompatible);
}
