//! An operator with a real repository, made and signed by lodger-server, and a server that holds it.
use crate::server::{Files, Server};
use jiff::{SignedDuration, Timestamp};
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use lodger_server::{
    keys::{Cost, Holder, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{AppRecord, Batch, NewApp, Publish, Repository, Storage},
};
use std::{fs, path::Path, sync::OnceLock};
use tempfile::TempDir;

const START: &str = "2026-11-21T12:00:00Z";
const COST: Cost = Cost { memory: 64, passes: 1 };

/// The repository as all tests begin with: release 1 of `coffee` and of `tea`, for everybody.
struct Beginning {
    keys: Files,
    files: Files,
}

/// The operator. What it does reaches the server at once.
pub struct World {
    pub server: Server,
    /// What an honest server holds.
    pub files: Files,
    /// The operator's clock.
    pub now: Timestamp,
    keys: TempDir,
}

impl World {
    /// Release 1 is out.
    pub fn new() -> Self {
        static BEGINNING: OnceLock<Beginning> = OnceLock::new();
        Self::of(BEGINNING.get_or_init(Beginning::new))
    }

    /// The same with other keys.
    pub fn by_somebody_else() -> Self {
        Self::of(&Beginning::new())
    }

    fn of(beginning: &Beginning) -> Self {
        let keys = tempfile::tempdir().unwrap();
        for (name, bytes) in &beginning.keys {
            fs::write(keys.path().join(name), bytes).unwrap();
        }
        let files = beginning.files.clone();
        Self { server: Server::new(files.clone()), files, now: START.parse().unwrap(), keys }
    }

    pub fn ring(&self) -> KeyRing {
        open(self.keys.path())
    }

    /// What somebody could do who has stolen these keys, and no others.
    pub fn stolen(&self, holders: &[Holder]) -> (KeyRing, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        for key in self.ring().folder().keys().iter().filter(|key| holders.contains(&key.holder)) {
            fs::copy(&key.path, dir.path().join(key.path.file_name().unwrap())).unwrap();
        }
        fs::copy(self.keys.path().join("keys.json"), dir.path().join("keys.json")).unwrap();
        (open(dir.path()), dir)
    }

    pub fn trust_root(&self) -> &[u8] {
        &self.files["trust-root.json"]
    }

    /// The operator changes something, and the server gets it.
    pub fn change(&mut self, change: impl FnOnce(&Repository, &KeyRing) -> Batch) {
        let ring = self.ring();
        let changed = apply(&mut self.files, self.now, |at| change(at, &ring));
        changed.into_iter().for_each(|(path, bytes)| self.server.put(&path, bytes));
    }

    /// To everybody.
    pub fn publish(&mut self, bundle: &Bundle) {
        self.change(|at, ring| publish(at, ring, bundle));
    }

    /// The operator's keys of `holder` are new, and the repository follows.
    pub fn rotate(&mut self, holder: Holder) {
        self.ring().rotate(holder, COST).unwrap();
        self.change(|at, ring| at.rekey(ring).unwrap());
    }

    /// What the platform says of a program.
    pub fn record(&self, app: &str) -> AppRecord {
        let mut record = None;
        apply(&mut self.files.clone(), self.now, |at| {
            record = Some(at.record(app).unwrap());
            Batch::default()
        });
        record.unwrap()
    }

    pub fn pass(&mut self, days: i64) {
        self.now += SignedDuration::from_hours(days * 24);
    }

    /// The server is as the operator wants it.
    pub fn restore(&self) {
        self.server.restore(&self.files);
    }
}

impl Beginning {
    fn new() -> Self {
        let keys = tempfile::tempdir().unwrap();
        let ring =
            KeyRing::new(KeyFolder::init(keys.path(), Kind::Release, &phrase(), COST).unwrap(), phrase());
        let mut files = Files::new();
        let now = START.parse().unwrap();
        apply(&mut files, now, |at| at.init(&ring, "Test").unwrap());
        for app in ["coffee", "tea"] {
            let new = NewApp { app: app.into(), name: app.into(), owner: String::new(), age: 0 };
            apply(&mut files, now, |at| at.create_app(&ring, &new).unwrap());
            apply(&mut files, now, |at| publish(at, &ring, &bundle(app, 1)));
        }
        let read = |entry: std::io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
        };
        Self { keys: fs::read_dir(keys.path()).unwrap().map(read).collect(), files }
    }
}

/// Makes a change to a repository of these files; gives back what it wrote.
fn apply(files: &mut Files, now: Timestamp, change: impl FnOnce(&Repository) -> Batch) -> Files {
    let storage = Storage::memory().unwrap();
    files.iter().for_each(|(path, bytes)| storage.put(path, bytes).unwrap());
    let batch = change(&Repository::new(storage, now));
    let changed: Files = batch.writes().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    files.extend(changed.clone());
    changed
}

pub fn publish(at: &Repository, ring: &KeyRing, bundle: &Bundle) -> Batch {
    at.publish(ring, &Publish { bundle, channel: "release", share: 10_000 }).unwrap().batch
}

fn phrase() -> Passphrase {
    Passphrase::new("correct horse".into()).unwrap()
}

fn open(keys: &Path) -> KeyRing {
    KeyRing::new(KeyFolder::open(keys).unwrap(), phrase())
}

/// Somebody else's keys, as many as an operator has.
pub fn strangers() -> (KeyRing, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (KeyRing::new(KeyFolder::init(dir.path(), Kind::Release, &phrase(), COST).unwrap(), phrase()), dir)
}

/// A program whose code does not compress, and differs a little from version to version: a patch is small.
pub fn bundle(app: &str, code: u64) -> Bundle {
    let mut index = Index::template(app, Version { name: format!("1.{code}.0"), code });
    index.pages.push("pages/menu/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", br#"{"pages":["pages/menu/index"]}"#.to_vec());
    builder.file("main", "package.js", "text/javascript", script(app, code));
    builder.finish().unwrap()
}

/// What `package.js` of that release must read.
pub fn script(app: &str, code: u64) -> Vec<u8> {
    let noise = (1..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).wrapping_pow(3).to_le_bytes());
    noise.chain(format!("/* {app} {code} */").into_bytes()).collect()
}
