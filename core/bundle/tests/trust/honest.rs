//! What an honest repository gives a device, and how it changes.
use crate::{
    keys::Key,
    world::{DAY, START, World, choose, offer, time},
};
use lodger_bundle::{
    Limits,
    trust::{AnyRoot, DevelopmentRoot, Review, TrustErrorKind as Kind, TrustRoot},
};

#[test]
fn opens_what_publisher_and_channel_signed() {
    let world = World::full();
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

#[test]
fn every_kind_of_key_signs() {
    let mut world = World::new();
    for (role, key) in [("timestamp", Key::rsa()), ("snapshot", Key::ecdsa()), ("targets", Key::rsa())] {
        world.app.signer(role).keys = vec![key];
    }
    let by = world.app.signers["root"].keys[1..].to_vec();
    world.app.sign_root(&by);
    world.app.sign_targets("targets");
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
}

#[test]
fn follows_releases_and_roots() {
    let mut world = World::new();
    assert_eq!(world.update().unwrap(), 2);
    world.release(3);
    world.channel["releases"] = serde_json::json!([offer(2), offer(3)]);
    world.publish();
    assert_eq!(world.update().unwrap(), 3);
    // The operator rolls back: the channel lists a lower one.
    world.channel["releases"] = serde_json::json!([offer(2)]);
    world.publish();
    assert_eq!(world.update().unwrap(), 2);
    // Both roots rotate, twice, all keys in the end; the entry still names the first root of the program.
    for _ in 0..2 {
        for repository in [&mut world.platform, &mut world.app] {
            let old = repository.signers["root"].keys.clone();
            let new = vec![old[1].clone(), old[2].clone(), Key::ecdsa()];
            repository.signer("root").keys = new;
            repository.signer("snapshot").keys = vec![Key::ed25519()];
            repository.sign_root(&old[1..]);
        }
        world.publish();
        assert_eq!(world.update().unwrap(), 2);
    }
    // A new device walks from the root that its host shipped.
    world.dir = tempfile::tempdir().unwrap();
    assert_eq!(world.update().unwrap(), 2);
}

#[test]
fn a_second_check_asks_for_what_is_new_only() {
    let world = World::new();
    world.update().unwrap();
    world.server.asked();
    world.update().unwrap();
    let asked = world.server.asked();
    let expected = [
        "platform/metadata/2.root.json",
        "platform/metadata/timestamp.json",
        "apps/coffee/metadata/2.root.json",
        "apps/coffee/metadata/timestamp.json",
    ];
    assert_eq!(asked, expected);
}

#[test]
fn what_did_not_change_is_not_fetched_again_after_a_check_without_news() {
    let mut world = World::new();
    for unchanged in [0, 1, 2] {
        for _ in 0..=unchanged {
            world.update().unwrap();
        }
        world.server.asked();
        world.publish();
        world.update().unwrap();
        let asked = world.server.asked();
        assert!(asked.iter().any(|path| path.ends_with(".snapshot.json")), "{asked:?}");
        let again: Vec<_> = asked.iter().filter(|path| path.ends_with(".targets.json")).collect();
        assert!(again.is_empty(), "after {unchanged} checks without news: {again:?}");
    }
}

#[test]
fn says_what_is_not_there() {
    let world = World::new();
    let fetch: std::sync::Arc<dyn lodger_bundle::trust::Fetch> = std::sync::Arc::new(world.server.clone());
    let kind = |app: &str, channel: &str| {
        let outcome = world.device().check(app, channel, &fetch, time(world.clock));
        outcome.err().map(|error| error.kind())
    };
    assert_eq!(kind("tea", "release"), Some(Kind::NotFound));
    assert_eq!(kind("coffee", "trial"), Some(Kind::NotFound));
    world.server.asked();
    for name in ["", ".", "..", "../coffee", "a/b", "é", &"a".repeat(65)] {
        assert_eq!(kind(name, "release"), Some(Kind::NotFound), "{name:?}");
    }
    assert_eq!(world.server.asked(), [""; 0], "a name that is none is never asked for");
}

#[test]
fn a_root_of_one_kind_is_none_of_the_other() {
    let world = World::new();
    let release = world.trust_root.clone();
    let text = String::from_utf8(release.clone()).unwrap();
    let development = text.replacen("release", "development", 1).into_bytes();
    assert!(TrustRoot::parse(&release).is_ok() && DevelopmentRoot::parse(&development).is_ok());
    assert!(matches!(AnyRoot::parse(&development), Ok(AnyRoot::Development(_))));
    let other = text.replacen("release", "test", 1).into_bytes();
    let unsigned = text.replacen("2026", "2036", 1).replacen("2027", "2037", 1).into_bytes();
    for bytes in [&development[..], &other, &unsigned, b"{}", b"", &release[..100]] {
        assert_eq!(TrustRoot::parse(bytes).unwrap_err().kind(), Kind::Untrusted);
    }
    assert_eq!(DevelopmentRoot::parse(&release).unwrap_err().kind(), Kind::Untrusted);
}
