//! The rules of choosing, one by one, and the published vectors.
use super::*;
use crate::trust::Policy;
use std::time::SystemTime;

fn release(version: u64, share: u16) -> ChannelRelease {
    let (audience, regions) = (BTreeSet::new(), BTreeSet::new());
    ChannelRelease { version, share, audience, regions, salt: "s".to_owned() }
}

fn channel(releases: Vec<ChannelRelease>) -> Channel {
    let (issued, policy) = (SystemTime::UNIX_EPOCH, Policy::Background);
    Channel { issued, policy, minimum: 0, revoked: BTreeSet::new(), releases }
}

fn bounds(signed: &[u64]) -> Bounds {
    Bounds { signed: signed.iter().copied().collect(), ..Bounds::default() }
}

fn device(current: Option<u64>, installed: &[u64]) -> Device<'static> {
    let installed = installed.iter().copied().collect();
    Device { app: "coffee", install_id: "id", current, installed, ..Device::default() }
}

fn chosen(channel: &Channel, store: &Bounds, device: &Device<'_>) -> Option<(u64, Reason)> {
    select(channel, store, device).ok().map(|choice| (choice.version, choice.reason))
}

#[test]
fn buckets_are_those_of_the_published_vectors() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/vectors/buckets.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 8);
    for case in cases {
        let text = |key: &str| case[key].as_str().unwrap();
        assert_eq!(u64::from(bucket(text("app"), text("salt"), text("installId"))), case["bucket"], "{case}");
    }
}

#[test]
fn a_share_is_a_share_and_only_grows() {
    let store = bounds(&[1, 2]);
    let takes = |id: &str, share| {
        let device = Device { app: "coffee", install_id: id, ..Device::default() };
        chosen(&channel(vec![release(1, 10_000), release(2, share)]), &store, &device).unwrap().0 == 2
    };
    let ids: Vec<_> = (0..10_000).map(|id| format!("device-{id}")).collect();
    let tenth: Vec<_> = ids.iter().filter(|id| takes(id, 1000)).collect();
    assert!((900..1100).contains(&tenth.len()), "{}", tenth.len());
    assert!(tenth.iter().all(|id| takes(id, 2500)), "a larger share keeps those of the smaller");
    assert!(ids.iter().all(|id| takes(id, 10_000) && !takes(id, 0)));
}

#[test]
fn takes_the_highest_that_may_run() {
    let offers = channel(vec![release(1, 10_000), release(3, 10_000), release(2, 10_000)]);
    let fresh = device(None, &[]);
    assert_eq!(chosen(&offers, &bounds(&[1, 2, 3]), &fresh), Some((3, Reason::Listed)));
    assert_eq!(chosen(&offers, &bounds(&[1, 2]), &fresh), Some((2, Reason::Listed)), "3 is not signed");
    let mut store = bounds(&[1, 2, 3]);
    store.revoked.insert(3);
    assert_eq!(chosen(&offers, &store, &fresh), Some((2, Reason::Listed)));
    store.floor = 3;
    assert!(matches!(select(&offers, &store, &fresh), Err(TrustError::Revoked { version: 3, .. })));
    let mut offers = offers;
    offers.minimum = 4;
    assert!(matches!(select(&offers, &bounds(&[1, 2, 3]), &fresh), Err(TrustError::Revoked { .. })));
    offers.minimum = 0;
    offers.revoked = [2, 3].into();
    assert_eq!(chosen(&offers, &bounds(&[1, 2, 3]), &fresh), Some((1, Reason::Listed)));
}

#[test]
fn regions_and_audiences_match_or_are_empty() {
    let mut beta = release(2, 10_000);
    beta.audience = ["beta".to_owned()].into();
    beta.regions = ["HK".to_owned(), "MO".to_owned()].into();
    let offers = channel(vec![release(1, 10_000), beta]);
    let with = |tags: &[&str], region: Option<&str>| {
        let mut device = device(None, &[]);
        device.audience = tags.iter().map(|tag| (*tag).to_owned()).collect();
        device.region = region.map(str::to_owned);
        chosen(&offers, &bounds(&[1, 2]), &device).unwrap().0
    };
    assert_eq!(with(&["beta", "staff"], Some("MO")), 2);
    for (tags, region) in
        [(&["beta"][..], None), (&["beta"], Some("CN")), (&["staff"], Some("HK")), (&[], Some("HK"))]
    {
        assert_eq!(with(tags, region), 1, "{tags:?} {region:?}");
    }
}

#[test]
fn goes_lower_only_where_the_channel_lists_it_or_after_crashes() {
    let store = bounds(&[1, 2, 3]);
    let has = device(Some(3), &[1, 3]);
    assert_eq!(chosen(&channel(vec![release(2, 10_000)]), &store, &has), Some((2, Reason::Listed)));
    assert_eq!(chosen(&channel(vec![release(2, 0)]), &store, &has), Some((3, Reason::Kept)));
    assert_eq!(chosen(&channel(vec![]), &store, &has), Some((3, Reason::Kept)));
    let mut died = has.clone();
    died.crashed = [3].into();
    assert_eq!(chosen(&channel(vec![release(3, 10_000)]), &store, &died), Some((1, Reason::Fallback)));
    let both = channel(vec![release(3, 10_000), release(2, 10_000)]);
    assert_eq!(chosen(&both, &store, &died), Some((2, Reason::Fallback)));
    // Not below the floor, the minimum, or to a revoked one: then rather the one that died.
    let newest = channel(vec![release(3, 10_000)]);
    let floor = Bounds { floor: 2, ..store.clone() };
    assert_eq!(chosen(&newest, &floor, &died), Some((3, Reason::Listed)));
    let revoked = Bounds { revoked: [1].into(), ..store.clone() };
    assert_eq!(chosen(&newest, &revoked, &died), Some((3, Reason::Listed)));
    let minimum = Channel { minimum: 2, ..newest };
    assert_eq!(chosen(&minimum, &store, &died), Some((3, Reason::Listed)));
}

#[test]
fn offline_only_what_is_there() {
    let offers = channel(vec![release(3, 10_000)]);
    let store = bounds(&[1, 2, 3]);
    let mut has = device(Some(2), &[1, 2]);
    has.offline = true;
    assert_eq!(chosen(&offers, &store, &has), Some((2, Reason::Kept)));
    let none = Device { offline: true, ..device(None, &[]) };
    assert!(matches!(select(&offers, &store, &none), Err(TrustError::NoRelease { .. })));
    let revoked = Bounds { revoked: [1, 2].into(), ..store };
    assert!(matches!(select(&offers, &revoked, &has), Err(TrustError::Revoked { version: 2, .. })));
}
