//! Everything that somebody who is not allowed to might send. Each is refused with its code, and nothing changes.

use super::world::{Answer, World, bundle, get, phrase, send};
use jiff::SignedDuration;
use lodger_server::{
    clock::Clock,
    keys::{Cost, Holder, KeyFolder, KeyRing, Signer},
    publishing::{
        change::{Change, Content, MOST_BYTES},
        paths::Owner,
        signature::{Headers, Request, sign},
    },
    repository::{NewApp, Publish},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};
use tough::schema::{Role, Signature, Signed, Targets};

const CHANGES: &str = "/lodger/v1/repository/changes";
const COFFEE: &str = "/lodger/v1/repository/apps/coffee/changes";

/// A server with `coffee` 1 published, and what its files say.
struct Target {
    world: World,
    before: Vec<u8>,
}

impl Target {
    fn new() -> Self {
        let world = World::with_app();
        world.publish(1).unwrap();
        let before = get(&world.url(), "apps/coffee/metadata/timestamp.json").bytes;
        Self { world, before }
    }

    fn signers(&self, holder: Holder) -> Arc<Vec<Signer>> {
        self.world.own_ring().signers(holder).unwrap()
    }

    fn signed(&self, signer: &Signer, method: &str, path: &str, body: &[u8], skew: i64) -> Headers {
        let url = self.world.url();
        let request = Request {
            method,
            authority: url.strip_prefix("http://").unwrap(),
            path,
            body: lodger_bundle::Digest::of(body),
        };
        sign(&request, signer, self.world.clock.now().as_second() + skew).unwrap()
    }

    fn send(&self, headers: &Headers, method: &str, path: &str, body: &[u8]) -> Answer {
        let headers = [
            ("content-digest", headers.content_digest.as_str()),
            ("signature-input", headers.input.as_str()),
            ("signature", headers.signature.as_str()),
        ];
        send(&self.world.url(), method, path, &headers, body)
    }

    fn ask(&self, signer: &Signer, path: &str, change: &Change) -> String {
        let body = change.encode();
        self.send(&self.signed(signer, "POST", path, &body, 0), "POST", path, &body).code()
    }

    /// As `coffee`'s publisher.
    fn publisher(&self, change: &Change) -> String {
        self.ask(&self.signers(Holder::Publisher)[0], COFFEE, change)
    }

    fn operator(&self, change: &Change) -> String {
        self.ask(&self.signers(Holder::Reviewer)[0], CHANGES, change)
    }

    /// A change of `coffee` from what is there.
    fn change(&self, files: Vec<(String, Vec<u8>)>) -> Change {
        let now: Value = serde_json::from_slice(&self.before).unwrap();
        Change {
            base: BTreeMap::from([(Owner::App("coffee".into()), now["signed"]["version"].as_u64().unwrap())]),
            files: files.into_iter().map(|(path, bytes)| (path, Content::Inline(bytes))).collect(),
        }
    }

    /// The publisher's next role file after `mend`, signed with `key`.
    fn role(&self, key: &Signer, mend: impl Fn(&mut Targets)) -> (String, Vec<u8>) {
        let bytes = get(&self.world.url(), "apps/coffee/metadata/2.publisher.json").bytes;
        let mut role: Signed<Targets> = serde_json::from_slice(&bytes).unwrap();
        role.signed.version = NonZeroU64::new(3).unwrap();
        mend(&mut role.signed);
        let sig = key.sign(&role.signed.canonical_form().unwrap());
        role.signatures = vec![Signature { keyid: key.id.parse().unwrap(), sig: sig.into() }];
        let name = format!("apps/coffee/metadata/{}.publisher.json", role.signed.version);
        (name, serde_json::to_vec(&role).unwrap())
    }

    fn unharmed(&self) {
        assert_eq!(get(&self.world.url(), "apps/coffee/metadata/timestamp.json").bytes, self.before);
        assert_eq!(self.world.device().unwrap(), 1);
        assert_eq!(self.world.at().verify().unwrap().releases, 1);
    }
}

#[test]
fn requests_that_nobody_known_signed_now() {
    let target = Target::new();
    let change = target.change(Vec::new());
    let body = change.encode();
    let url = target.world.url();
    assert_eq!(send(&url, "POST", CHANGES, &[], &body).code(), "401 unsigned");
    assert_eq!(send(&url, "POST", CHANGES, &[("authorization", "Bearer x.y")], &body).code(), "401 unsigned");
    let stranger = Signer::from_seed("0".repeat(64), &[9; 32]).unwrap();
    assert_eq!(target.ask(&stranger, CHANGES, &change), "401 unsigned");
    let publishers = target.signers(Holder::Publisher);
    let publisher = &publishers[0];
    // A stranger's key under a publisher's id.
    assert_eq!(
        target.ask(&Signer::from_seed(publisher.id.clone(), &[9; 32]).unwrap(), COFFEE, &change),
        "401 unsigned"
    );
    // The server's own key in the folder is not the server's.
    assert_eq!(target.ask(&target.signers(Holder::Server)[0], CHANGES, &change), "401 unsigned");
    // A publisher is nobody where it does not publish.
    assert_eq!(target.ask(publisher, CHANGES, &change), "401 unsigned");
    assert_eq!(target.ask(publisher, "/lodger/v1/repository/apps/nothing/changes", &change), "401 unsigned");
    for skew in [-361, -100_000, 61, 100_000] {
        let headers = target.signed(publisher, "POST", COFFEE, &body, skew);
        assert_eq!(target.send(&headers, "POST", COFFEE, &body).code(), "401 unsigned", "{skew}");
    }
    // Made for another path, another host, another body.
    let headers = target.signed(&target.signers(Holder::Officer)[0], "POST", CHANGES, &body, 0);
    assert_eq!(target.send(&headers, "POST", COFFEE, &body).code(), "401 unsigned");
    assert_eq!(target.send(&headers, "POST", CHANGES, b"other").code(), "400 malformed");
    let elsewhere = [
        ("host", "elsewhere.example"),
        ("content-digest", headers.content_digest.as_str()),
        ("signature-input", headers.input.as_str()),
        ("signature", headers.signature.as_str()),
    ];
    assert_eq!(send(&url, "POST", CHANGES, &elsewhere, &body).code(), "401 unsigned");
    target.unharmed();
}

#[test]
fn a_request_counts_once() {
    let target = Target::new();
    let body = target.change(vec![("apps/coffee/metadata/9.publisher.json".into(), b"{}".to_vec())]).encode();
    let headers = target.signed(&target.signers(Holder::Publisher)[0], "POST", COFFEE, &body, 0);
    assert_eq!(target.send(&headers, "POST", COFFEE, &body).code(), "422 refused");
    assert_eq!(target.send(&headers, "POST", COFFEE, &body).code(), "401 unsigned");
    target.unharmed();
}

#[test]
fn a_key_that_asks_too_often() {
    let mut target = Target::new();
    let signers = target.signers(Holder::Publisher);
    let signer = &signers[0];
    let server = target.world.server.take().unwrap();
    target.world.runtime.block_on(server.stop());
    let minute = target.world.clock.now().as_second() / 60;
    let asked = sea_query::Query::insert()
        .into_table("rates")
        .columns(["keyid", "minute", "count"])
        .values_panic([signer.id.clone().into(), minute.into(), 599_i64.into()])
        .on_conflict(sea_query::OnConflict::columns(["keyid", "minute"]).update_column("count").to_owned())
        .to_owned();
    let data = target.world.data();
    target.world.runtime.block_on(async {
        let database = lodger_server::database::Database::open(&data, None).await.unwrap();
        database.execute(&asked).await.unwrap();
        database.close().await;
    });
    target.world.server = Some(target.world.start(&data));
    let malformed = |target: &Target| {
        let headers = target.signed(signer, "POST", COFFEE, b"{}", 0);
        target.send(&headers, "POST", COFFEE, b"{}")
    };
    assert_eq!(malformed(&target).code(), "400 malformed");
    let late = malformed(&target);
    assert_eq!((late.code().as_str(), late.header("retry-after").is_some()), ("429 too-many", true));
    // Others are not held up by it, and it is heard again in the next minute.
    assert_eq!(target.operator(&target.change(vec![("x".into(), Vec::new())])), "400 malformed");
    target.world.clock.set(target.world.clock.now() + SignedDuration::from_secs(60));
    assert_eq!(malformed(&target).code(), "400 malformed");
    target.unharmed();
}

#[test]
fn a_publisher_that_sends_what_is_not_its_own() {
    let target = Target::new();
    for name in ["2.channel.json", "9.snapshot.json", "timestamp.json", "2.targets.json", "2.root.json"] {
        let files = vec![(format!("apps/coffee/metadata/{name}"), b"{}".to_vec())];
        assert_eq!(target.publisher(&target.change(files)), "403 forbidden", "{name}");
    }
    let mut change = target.change(Vec::new());
    change.base.insert(Owner::Platform, 2);
    change.files.push(("platform/metadata/3.bin-814.json".into(), Content::Inline(b"{}".to_vec())));
    assert_eq!(target.publisher(&change), "403 forbidden");
    // Nor does an operator send what the server signs.
    for name in ["2.channel.json", "9.snapshot.json", "timestamp.json"] {
        let files = vec![(format!("apps/coffee/metadata/{name}"), b"{}".to_vec())];
        assert_eq!(target.operator(&target.change(files)), "403 forbidden", "{name}");
    }
    target.unharmed();
}

#[test]
fn another_programs_publisher() {
    let target = Target::new();
    let world = &target.world;
    // Tea has a publisher of its own.
    let dir = world.dir.path().join("tea");
    std::fs::create_dir(&dir).unwrap();
    for entry in std::fs::read_dir(world.keys()).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with("publisher") {
            std::fs::copy(entry.path(), dir.join(entry.file_name())).unwrap();
        }
    }
    let mut folder = KeyFolder::open(&dir).unwrap();
    folder.add(Holder::Publisher, None, &phrase(), Cost { memory: 64, passes: 1 }).unwrap();
    let tea = || KeyRing::new(KeyFolder::open(&dir).unwrap(), phrase());
    let at = world.at();
    let new = NewApp { app: "tea".into(), name: "Tea".into(), owner: String::new(), age: 0 };
    at.commit(at.create_app(&at.ring(tea()).unwrap(), &new).unwrap()).unwrap();
    let thieves = tea().signers(Holder::Publisher).unwrap();
    let thief = &thieves[0];
    assert_eq!(target.ask(thief, COFFEE, &target.change(Vec::new())), "401 unsigned");
    let path = "/lodger/v1/repository/apps/tea/changes";
    assert_eq!(target.ask(thief, path, &target.change(Vec::new())), "403 forbidden");
    // Brought by somebody who may, but signed by the wrong one.
    let role = target.role(thief, |_| {});
    assert_eq!(target.operator(&target.change(vec![role])), "422 refused");
    target.unharmed();
}

#[test]
fn role_files_that_devices_would_refuse_or_regret() {
    let target = Target::new();
    let keys = target.signers(Holder::Publisher);
    let now = target.world.clock.now();
    let bad: Vec<(&str, (String, Vec<u8>))> = vec![
        ("an old version", target.role(&keys[0], |role| role.version = NonZeroU64::new(2).unwrap())),
        (
            "a version far ahead",
            target.role(&keys[0], |role| role.version = NonZeroU64::new(10_004).unwrap()),
        ),
        (
            "a release taken away",
            target.role(&keys[0], |role| role.targets.retain(|name, _| name.raw() == "floor.json")),
        ),
        ("no floor", target.role(&keys[0], |role| role.targets.retain(|name, _| name.raw() != "floor.json"))),
        ("expired", target.role(&keys[0], |role| role.expires = now - SignedDuration::from_secs(1))),
        (
            "for ten years",
            target.role(&keys[0], |role| role.expires = now + SignedDuration::from_hours(87_600)),
        ),
        (
            "another repository's",
            target.role(&keys[0], |role| drop(role._extra.insert("repository".into(), json!("apps/tea")))),
        ),
        (
            "a channel among releases",
            target.role(&keys[0], |role| {
                let entry = role.targets.values().next().unwrap().clone();
                role.targets.insert(tough::TargetName::new("channels/release.json").unwrap(), entry);
            }),
        ),
        (
            "an index that is not there",
            target.role(&keys[0], |role| {
                let entry = role.targets.values().next().unwrap().clone();
                role.targets.insert(tough::TargetName::new("releases/9.json").unwrap(), entry);
            }),
        ),
        ("not by a publisher", target.role(&target.signers(Holder::Reviewer)[0], |_| {})),
    ];
    for (what, role) in bad {
        let change = target.change(vec![role.clone()]);
        assert_eq!(target.publisher(&change), "422 refused", "{what}");
        assert_eq!(target.operator(&change), "422 refused", "{what}, brought by an operator");
    }
    let (name, mut bytes) = target.role(&keys[0], |_| {});
    *bytes.last_mut().unwrap() = b' ';
    assert_eq!(target.publisher(&target.change(vec![(name, bytes)])), "422 refused", "broken JSON");
    let good = target.role(&keys[0], |_| {});
    let mut late = target.change(vec![good]);
    late.base.insert(Owner::App("coffee".into()), 1);
    assert_eq!(target.publisher(&late), "409 conflict");
    target.unharmed();
}

#[test]
fn channels_that_offer_what_may_not_run() {
    let target = Target::new();
    let wish = |form: Value| {
        let bytes = serde_json::to_vec(&form).unwrap();
        let name = format!(
            "apps/coffee/targets/channels/{}.release.json",
            lodger_bundle::Digest::of(&bytes).to_hex()
        );
        target.publisher(&target.change(vec![(name, bytes)]))
    };
    let offer = |version: u64, share: u32| {
        json!({"issued": "2026-01-01T00:00:00Z", "policy": "background", "minimum": 0, "revoked": [],
            "releases": [{"version": version, "share": share, "audience": [], "regions": [], "salt": "00"}]})
    };
    assert_eq!(wish(offer(2, 10_000)), "422 refused");
    assert_eq!(wish(offer(1, 10_001)), "422 refused");
    assert_eq!(wish(json!({"releases": "all"})), "422 refused");
    let bytes = serde_json::to_vec(&offer(1, 10_000)).unwrap();
    let name = format!("apps/coffee/targets/channels/{}.release.json", "0".repeat(64));
    assert_eq!(target.publisher(&target.change(vec![(name, bytes)])), "422 refused");
    target.unharmed();
}

#[test]
fn too_much_too_little_and_elsewhere() {
    let target = Target::new();
    let signers = target.signers(Holder::Publisher);
    let signer = &signers[0];
    let large = vec![0; MOST_BYTES + 1];
    let headers = target.signed(signer, "POST", COFFEE, &large, 0);
    assert_eq!(target.send(&headers, "POST", COFFEE, &large).code(), "413 too-large");
    for body in [&b""[..], b"{}", b"{}\n", b"\n", b"{\"base\":{},\"files\":[]}\nmore"] {
        let headers = target.signed(signer, "POST", COFFEE, body, 0);
        assert_eq!(target.send(&headers, "POST", COFFEE, body).code(), "400 malformed", "{body:?}");
    }
    for path in
        ["../../data/server.db", "apps/coffee/../../x", "uploads/x", "/etc/passwd", "apps/coffee/s/x.zst"]
    {
        let change = target.change(vec![(path.into(), b"x".to_vec())]);
        assert_eq!(target.publisher(&change), "400 malformed", "{path}");
    }
    // Uploads are what their names say, and streams are there.
    let sha256 = "0".repeat(64);
    let path = format!("/lodger/v1/repository/apps/coffee/uploads/{sha256}");
    let headers = target.signed(signer, "PUT", &path, b"x", 0);
    assert_eq!(target.send(&headers, "PUT", &path, b"x").code(), "400 malformed");
    let at = target.world.at();
    let next = bundle("coffee", 2);
    let batch =
        at.publish(&target.world.ring(&at), &Publish { bundle: &next, channel: "release", share: 10_000 });
    let writes: Vec<_> =
        batch.unwrap().batch.writes().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    let without: Vec<_> = writes.iter().filter(|(path, _)| !path.contains("/s/")).cloned().collect();
    assert_eq!(target.publisher(&target.change(without)), "422 refused", "a release without its stream");
    let swapped: Vec<_> = writes
        .iter()
        .map(|(path, bytes)| {
            (path.clone(), if path.contains("/s/") { b"no zstd".to_vec() } else { bytes.clone() })
        })
        .collect();
    assert_eq!(target.publisher(&target.change(swapped)), "422 refused", "a release with another stream");
    target.unharmed();
    assert_eq!(target.publisher(&target.change(writes)), "200 -", "the same whole");
    assert_eq!(target.world.device().unwrap(), 2);
}
