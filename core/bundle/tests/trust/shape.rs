//! What TUF alone would accept: roles, key ids and documents of another shape than repository.md's.
use crate::{
    attacks::updated,
    keys::Key,
    world::{World, bin, bytes, offer},
};
use lodger_bundle::{Limits, trust::TrustErrorKind as Kind};
use serde_json::json;

#[test]
fn nobody_signs_what_is_anothers() {
    // The publisher lists a channel: it counts for nothing, the delegation is for releases only.
    let mut world = updated();
    let mut wide = world.channel.clone();
    wide["releases"] = json!([offer(1)]);
    world.app.put("publisher", "channels/release.json", bytes(&wide));
    world.publish();
    assert_eq!(world.update().unwrap(), 3);
    // A stolen channel key lists code: it is not the publisher's.
    world.app.put("channel", "releases/9.json", b"{}".to_vec());
    world.channel["releases"] = json!([offer(9), offer(3)]);
    world.publish();
    let verified = world.check().unwrap();
    assert!(!verified.releases().contains_key(&9));
    assert_eq!(world.update().unwrap(), 3);
    // The officers' targets lists code by itself.
    world.app.put("targets", "releases/9.json", b"{}".to_vec());
    world.app.sign_targets("targets");
    world.publish();
    world.refuses(Kind::Untrusted, 3);
}

#[test]
fn delegations_of_another_shape() {
    let change: [fn(&mut World); 5] = [
        |world| world.app.delegations[1].paths = json!({ "paths": ["channels/*", "releases/*"] }),
        |world| world.app.delegations[0].paths = json!({ "path_hash_prefixes": [""] }),
        |world| world.app.delegations[0].terminating = false,
        |world| world.app.delegations.swap_remove(1).name.clear(),
        // The publisher's key is replaced in the app's repository only.
        |world| world.app.signer("publisher").keys = vec![Key::ed25519()],
    ];
    for change in change {
        let mut world = updated();
        change(&mut world);
        world.app.sign_targets("targets");
        world.publish();
        world.refuses(Kind::Untrusted, 2);
    }
}

/// The library takes key ids as they are given: one id for two keys, or two for one, would pass it.
#[test]
fn a_key_under_anothers_id() {
    for role in ["publisher", "channel"] {
        let mut world = updated();
        let own = world.app.signers[role].keys[0].clone();
        world.app.signer(role).keys = vec![Key::ed25519().named(&own.id())];
        world.app.by_hand = true;
        world.app.sign_targets("targets");
        world.publish();
        let error = world.refuses(Kind::Untrusted, 2);
        assert!(error.to_string().contains("not that of its key"), "{error}");
    }
}

#[test]
fn swapped_documents() {
    let mut world = updated();
    world.entry["app"] = json!("tea");
    world.publish();
    world.refuses(Kind::Untrusted, 2);
    // Not canonical, a key twice, a field missing.
    let spaced = |world: &World| String::from_utf8(bytes(&world.channel)).unwrap().replace(':', ": ");
    let doubled =
        |world: &World| String::from_utf8(bytes(&world.channel)).unwrap().replacen('{', "{\"minimum\":0,", 1);
    let short =
        |world: &World| String::from_utf8(bytes(&world.channel)).unwrap().replace("\"minimum\":0,", "");
    for spell in [&spaced as &dyn Fn(&World) -> String, &doubled, &short] {
        let mut world = updated();
        let text = spell(&world);
        world.app.put("channel", "channels/release.json", text.into_bytes());
        world.app.publish(&["channel"]);
        world.refuses(Kind::Untrusted, 2);
    }
    // The index of another release.
    let mut world = updated();
    let other = world.app.files["publisher"]["releases/1.json"].clone();
    world.app.put("publisher", "releases/3.json", other);
    world.publish();
    let verified = world.check().unwrap();
    assert_eq!(verified.index(3, &Limits::RELEASE, "0.1").unwrap_err().kind(), Kind::Untrusted);
}

#[test]
fn a_bin_that_answers_for_others() {
    // All bins have the reviewer's keys; but what one bin answers for another would hide what that one says.
    let mut world = updated();
    let path = "apps/coffee.json";
    assert_ne!(world.platform.delegations[0].name, bin(path));
    world.platform.delegations[0].paths = json!({ "path_hash_prefixes": [""] });
    let wide = world.platform.delegations[0].name.clone();
    world.platform.put(&wide, path, bytes(&world.entry));
    world.platform.sign_targets("targets");
    world.platform.sign_targets(&wide);
    world.publish();
    world.refuses(Kind::Untrusted, 2);
}

#[test]
fn documents_have_a_size() {
    let mut world = updated();
    world.channel["releases"][0]["salt"] = json!("s".repeat(300 << 10));
    world.publish();
    let error = world.refuses(Kind::Untrusted, 2);
    assert!(error.to_string().contains("may have"), "{error}");
}
