//! A platform with the program `coffee`, and a device.
use super::{
    bundles::bundle,
    keys::Key,
    repository::{Delegation, Repository, Signer},
    server::Server,
};
use lodger_bundle::{
    Digest, Store, StoreOptions,
    trust::{Choice, Device, Fetch, Trust, TrustError, TrustErrorKind, TrustRoot, Verified},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// 2026-11-21T12:00:00Z.
pub const START: i64 = 1_795_262_400;
pub const DAY: i64 = 86_400;

pub struct World {
    pub server: Server,
    pub platform: Repository,
    pub app: Repository,
    pub entry: Value,
    pub floor: Value,
    pub channel: Value,
    /// The device's clock, in Unix seconds.
    pub clock: i64,
    pub dir: tempfile::TempDir,
    pub trust_root: Vec<u8>,
}

pub fn signer(keys: Vec<Key>, threshold: usize, days: i64) -> Signer {
    Signer { keys, threshold, version: 0, days }
}

pub fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap())
}

/// As `bin-XYZ` is defined: four prefixes of three digits.
pub fn bin(path: &str) -> String {
    let hex = &Digest::of(path.as_bytes()).to_hex()[..3];
    format!("bin-{:03x}", u16::from_str_radix(hex, 16).unwrap() & 0xffc)
}

fn ed(days: i64) -> Signer {
    signer(vec![Key::ed25519()], 1, days)
}

/// Roots are 2 of 3, of three kinds; the publisher signs with P-256, the timestamp with RSA-PSS.
fn repository(server: &Server, base: &str, roles: &[(&str, Signer)]) -> Repository {
    let mut signers: BTreeMap<_, _> =
        roles.iter().map(|(name, role)| ((*name).to_owned(), role.clone())).collect();
    let root = vec![Key::ed25519(), Key::ecdsa(), Key::ed25519()];
    signers.insert("root".into(), signer(root, 2, 365));
    signers.insert("targets".into(), ed(365));
    signers.insert("snapshot".into(), ed(7));
    signers.insert("timestamp".into(), ed(7));
    let (delegations, files) = (Vec::new(), BTreeMap::new());
    Repository {
        base: base.into(),
        server: server.clone(),
        now: START,
        by_hand: false,
        signers,
        delegations,
        files,
    }
}

pub fn app_repository(server: &Server, app: &str) -> Repository {
    let publisher = signer(vec![Key::ecdsa()], 1, 90);
    let mut made =
        repository(server, &format!("apps/{app}"), &[("publisher", publisher), ("channel", ed(7))]);
    for (name, paths) in
        [("publisher", json!(["releases/*", "floor.json"])), ("channel", json!(["channels/*"]))]
    {
        made.delegations.push(Delegation {
            name: name.into(),
            paths: json!({ "paths": paths }),
            terminating: true,
        });
    }
    made
}

impl World {
    /// Releases 1 and 2 are signed, 2 is offered to all. Few bins: a thousand cost the tests a minute.
    pub fn new() -> Self {
        let used = ["apps/coffee.json", "apps/tea.json"].map(bin);
        Self::with_bins(|name| name.ends_with("00") || used.iter().any(|used| used == name))
    }

    /// As a platform is: with all 1,024 bins.
    pub fn full() -> Self {
        Self::with_bins(|_| true)
    }

    fn with_bins(wanted: impl Fn(&str) -> bool) -> Self {
        let server = Server::default();
        let mut platform = repository(&server, "platform", &[("bins", ed(365))]);
        for bin in (0..4096).step_by(4) {
            let prefixes: Vec<_> = (bin..bin + 4).map(|prefix| format!("{prefix:03x}")).collect();
            let paths = json!({ "path_hash_prefixes": prefixes });
            let name = format!("bin-{bin:03x}");
            if wanted(&name) {
                platform.delegations.push(Delegation { name, paths, terminating: true });
            }
        }
        let root_keys = platform.signers["root"].keys[..2].to_vec();
        let root = platform.sign_root(&root_keys);
        let trust_root = format!(r#"{{"kind":"release","platform":{}}}"#, String::from_utf8(root).unwrap());
        let mut app = app_repository(&server, "coffee");
        let root_keys = app.signers["root"].keys[..2].to_vec();
        let app_root = app.sign_root(&root_keys);
        let entry = entry(&app, "coffee", &app_root);
        let mut world = Self {
            platform,
            app,
            entry,
            server,
            floor: json!({ "floor": 0, "revoked": [] }),
            channel: json!({ "issued": "2026-11-21T12:00:00Z", "policy": "background", "minimum": 0, "revoked": [],
                "releases": [offer(2)] }),
            clock: START,
            dir: tempfile::tempdir().unwrap(),
            trust_root: trust_root.into_bytes(),
        };
        world.platform.sign_targets("targets");
        world.app.sign_targets("targets");
        for code in [1, 2] {
            world.release(code);
        }
        world.publish();
        world
    }

    pub fn release(&mut self, code: u64) {
        let made = bundle("coffee", code, &[("a", format!("release {code}").as_bytes())]);
        self.app.put("publisher", &format!("releases/{code}.json"), made.index.to_bytes());
    }

    /// Honest: every role as the fields say, one version up.
    pub fn publish(&mut self) {
        let path = "apps/coffee.json";
        self.platform.put(&bin(path), path, bytes(&self.entry));
        self.app.put("publisher", "floor.json", bytes(&self.floor));
        self.app.put("channel", "channels/release.json", bytes(&self.channel));
        self.platform.publish(&[&bin(path)]);
        self.app.publish(&["publisher", "channel"]);
    }

    /// A second program, `tea`, whose channel signs the time `issued`.
    pub fn add_tea(&mut self, issued: &str) {
        let mut tea = app_repository(&self.server, "tea");
        tea.now = self.app.now;
        let by = tea.signers["root"].keys[..2].to_vec();
        let root = tea.sign_root(&by);
        tea.sign_targets("targets");
        tea.put("publisher", "releases/1.json", bundle("tea", 1, &[]).index.to_bytes());
        let mut channel = self.channel.clone();
        channel["releases"] = json!([offer(1)]);
        channel["issued"] = json!(issued);
        tea.put("channel", "channels/release.json", bytes(&channel));
        tea.publish(&["publisher", "channel"]);
        let path = "apps/tea.json";
        self.platform.put(&bin(path), path, bytes(&entry(&tea, "tea", &root)));
        self.platform.sign_targets(&bin(path));
        self.publish();
    }

    /// Time passes for everybody.
    pub fn pass(&mut self, days: i64) {
        for clock in [&mut self.clock, &mut self.platform.now, &mut self.app.now] {
            *clock += days * DAY;
        }
    }

    /// The device after a restart.
    pub fn device(&self) -> Trust {
        let (store, report) = Store::open(self.dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
        assert!(report.set_aside.is_none());
        Trust::new(store.database().clone(), TrustRoot::parse(&self.trust_root).unwrap()).unwrap()
    }

    pub fn check(&self) -> Result<Verified, TrustError> {
        let fetch: Arc<dyn Fetch> = Arc::new(self.server.clone());
        self.device().check("coffee", "release", &fetch, time(self.clock))
    }

    pub fn offline(&self) -> Result<Verified, TrustError> {
        self.device().offline("coffee", "release", time(self.clock), Duration::ZERO)
    }

    /// Checks, chooses and remembers: the version that runs.
    pub fn update(&self) -> Result<u64, TrustError> {
        let verified = self.check()?;
        verified.commit()?;
        choose(&verified).map(|choice| choice.version)
    }

    /// The check fails so, the store does not change, and what it was still opens (`version`).
    pub fn refuses(&self, kind: TrustErrorKind, version: u64) -> TrustError {
        let before = self.dump();
        let error = match self.check() {
            Err(error) => error,
            Ok(_) => panic!("accepted; wanted {kind:?}"),
        };
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(self.dump(), before, "something was left behind");
        assert_eq!(choose(&self.offline().unwrap()).unwrap().version, version);
        error
    }

    /// Every row of the trust tables.
    pub fn dump(&self) -> Vec<String> {
        let (store, _) = Store::open(self.dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
        let _ = self.device();
        let query = "SELECT scope || name || hex(digest) FROM trust_file JOIN trust_blob ON id = blob
            UNION ALL SELECT 'scope' || concat_ws(' ', scope, epoch, root, timestamp, checked, issued, keys) FROM trust_scope
            UNION ALL SELECT 'mark' || concat_ws(' ', app, floor, stopped) FROM trust_mark
            UNION ALL SELECT 'revoked' || concat_ws(' ', app, version) FROM trust_revoked
            UNION ALL SELECT 'blobs' || count(*) FROM trust_blob ORDER BY 1";
        let read =
            store.database().read(|reader| reader.prepare(query)?.query_map([], |row| row.get(0))?.collect());
        read.unwrap()
    }
}

pub fn offer(version: u64) -> Value {
    json!({ "version": version, "share": 10_000, "audience": [], "regions": [], "salt": "s" })
}

pub fn bytes(value: &Value) -> Vec<u8> {
    // Keys are ASCII and `serde_json` sorts them: the same as RFC 8785 here.
    serde_json::to_vec(value).unwrap()
}

pub fn entry(app: &Repository, id: &str, root: &[u8]) -> Value {
    let publisher = &app.signers["publisher"];
    let ids: Vec<_> = publisher.keys.iter().map(Key::id).collect();
    json!({ "app": id, "name": id, "owner": "Beans", "icon": null,
        "root": { "version": app.signers["root"].version, "sha256": Digest::of(root).to_hex(), "epoch": 1 },
        "publisher": { "keyids": ids, "threshold": publisher.threshold },
        "floor": 0, "revoked": [], "capabilities": null, "review": "approved", "age": 0 })
}

pub fn choose(verified: &Verified) -> Result<Choice, TrustError> {
    let device = Device { app: "coffee", install_id: "id", current: None, ..Device::default() };
    verified.select(&device).map(|(choice, _)| choice)
}
