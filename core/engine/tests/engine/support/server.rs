//! Repositories behind the host's HTTP, all in this process: a developer's, and an operator's with its own time.
use async_trait::async_trait;
use lodger_bundle::{Bundle, Digest};
use lodger_engine::{AnyRoot, Clock, HttpError, HttpRequest, HttpResponse, PlatformHttp, Preset, Repository};
use lodger_server::{
    development::DevelopmentRepository,
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{self, Change, NewApp, Publish, Storage},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

pub const ADDRESS: &str = "https://releases.example";

pub type Files = BTreeMap<String, Vec<u8>>;

/// What the server does in place of answering with the file.
pub enum Fault {
    Answer(HttpResponse),
    Fail(HttpError),
    /// No answer, ever.
    Silence,
}

type Faults = dyn Fn(&HttpRequest) -> Option<Fault> + Send + Sync;

/// A static file server that honours ranges.
#[derive(Default)]
pub struct Server {
    files: Mutex<Files>,
    asked: Mutex<Vec<HttpRequest>>,
    fault: Mutex<Option<Box<Faults>>>,
}

impl Server {
    pub fn serve(&self, files: Files) {
        *self.files.lock().expect("not poisoned") = files;
    }

    pub fn files(&self) -> Files {
        self.files.lock().expect("not poisoned").clone()
    }

    /// From now on; `|_| None` for a server that works again.
    pub fn fault(&self, fault: impl Fn(&HttpRequest) -> Option<Fault> + Send + Sync + 'static) {
        *self.fault.lock().expect("not poisoned") = Some(Box::new(fault));
    }

    /// No network at all.
    pub fn unplug(&self) {
        self.fault(|_| Some(Fault::Fail(HttpError::Connect("no route".into()))));
    }

    pub fn plug_in(&self) {
        self.fault(|_| None);
    }

    /// Paths that were asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("not poisoned"))
            .into_iter()
            .map(|request| request.url[ADDRESS.len() + 1..].to_owned())
            .collect()
    }
}

#[async_trait]
impl PlatformHttp for Server {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.asked.lock().expect("not poisoned").push(request.clone());
        let fault = self.fault.lock().expect("not poisoned").as_ref().and_then(|fault| fault(&request));
        match fault {
            Some(Fault::Answer(answer)) => return Ok(answer),
            Some(Fault::Fail(error)) => return Err(error),
            Some(Fault::Silence) => std::future::pending::<()>().await,
            None => {}
        }
        let path = request.url.strip_prefix(ADDRESS).expect("its own address").trim_start_matches('/');
        let answer =
            |status, headers: Vec<(String, String)>, body| Ok(HttpResponse { status, headers, body });
        let Some(body) = self.files.lock().expect("not poisoned").get(path).cloned() else {
            return answer(404, Vec::new(), Vec::new());
        };
        let range = request.headers.iter().find(|(name, _)| name == "Range").map(|(_, value)| value.clone());
        let from = range.and_then(|value| value.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        match from {
            None => answer(200, Vec::new(), body),
            Some(from) if from >= body.len() => answer(416, Vec::new(), Vec::new()),
            Some(from) => {
                let range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
                answer(206, vec![("Content-Range".into(), range)], body[from..].to_vec())
            }
        }
    }
}

impl Preset for Server {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.files().get(path).cloned()
    }
}

fn read_folder(folder: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).expect("below it").to_str().expect("plain").to_owned();
                files.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    let mut files = Files::new();
    walk(folder, folder, &mut files);
    files
}

/// `trust-root.json` as one of the other kind: the kind is the host's word, nobody signs it.
fn root_of(files: &Files, development: bool) -> AnyRoot {
    let text = std::str::from_utf8(&files["trust-root.json"]).expect("text");
    let (is, wanted) = if development { ("release", "development") } else { ("development", "release") };
    let text = text.replace(&format!("\"kind\":\"{is}\""), &format!("\"kind\":\"{wanted}\""));
    let root = AnyRoot::parse(text.as_bytes()).expect("a root");
    assert_eq!(matches!(root, AnyRoot::Development(_)), development);
    root
}

/// The developer's repository of this process: one for all tests, since it takes a while to make.
static DEVELOPER: OnceLock<Mutex<(TempDir, DevelopmentRepository)>> = OnceLock::new();

/// The repository after `bundles` were put into it, one after the other.
pub fn developed(bundles: &[&Bundle]) -> Files {
    static KNOWN: Mutex<BTreeMap<Digest, Files>> = Mutex::new(BTreeMap::new());
    let only = <[&Bundle; 1]>::try_from(bundles).ok().map(|[bundle]| bundle.digest());
    if let Some(known) = only.and_then(|digest| KNOWN.lock().expect("not poisoned").get(&digest).cloned()) {
        return known;
    }
    let files = develop(bundles);
    if let Some(digest) = only {
        KNOWN.lock().expect("not poisoned").insert(digest, files.clone());
    }
    files
}

fn develop(bundles: &[&Bundle]) -> Files {
    let developer = DEVELOPER.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut repository = DevelopmentRepository::create(dir.path()).expect("a repository");
        repository.put_payment_keys(&super::payment_keys_file()).expect("published");
        Mutex::new((dir, repository))
    });
    let mut developer = developer.lock().expect("not poisoned");
    for bundle in bundles {
        developer.1.put(bundle).expect("published");
    }
    read_folder(&developer.1.folder())
}

/// A repository as an engine is given it: asked at every open, and never waited for in vain.
pub fn repository(files: &Files, development: bool) -> Repository {
    Repository {
        check_after: Duration::ZERO,
        patience: Duration::from_secs(20),
        ..Repository::new(ADDRESS, root_of(files, development))
    }
}

/// A clock that stands until it is set.
pub struct HandClock(Mutex<SystemTime>);

impl HandClock {
    pub fn at(time: SystemTime) -> Arc<Self> {
        Arc::new(Self(Mutex::new(time)))
    }

    pub fn set(&self, time: SystemTime) {
        *self.0.lock().expect("not poisoned") = time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().expect("not poisoned")
    }
}

pub const NOON: &str = "2026-11-21T12:00:00Z";

/// `hours` after noon.
pub fn time(hours: i64) -> SystemTime {
    let noon: jiff::Timestamp = NOON.parse().expect("a time");
    (noon + jiff::SignedDuration::from_hours(hours)).into()
}

/// A release repository with the program `coffee`, changed as an operator changes it.
pub struct Operator {
    _dir: TempDir,
    folder: PathBuf,
    ring: KeyRing,
    pub server: Arc<Server>,
    /// What is done is signed at this time.
    pub hours: i64,
}

/// With keys, and no release.
static EMPTY: OnceLock<TempDir> = OnceLock::new();

impl Operator {
    pub fn new() -> Self {
        let empty = EMPTY.get_or_init(|| {
            let dir = tempfile::tempdir().expect("a folder");
            let cost = Cost { memory: 64, passes: 1 };
            let keys =
                KeyFolder::init(&dir.path().join("keys"), Kind::Release, &phrase(), cost).expect("keys");
            let ring = KeyRing::new(keys, phrase());
            let at = open(&dir.path().join("repository"), 0);
            at.commit(at.init(&ring, "Test").expect("made")).expect("written");
            let app = NewApp { app: "coffee".into(), name: "Coffee".into(), owner: String::new(), age: 0 };
            at.commit(at.create_app(&ring, &app).expect("made")).expect("written");
            dir
        });
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().to_owned();
        for (name, bytes) in read_folder(&empty.path().join("repository")) {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, bytes).expect("written");
        }
        let ring = KeyRing::new(KeyFolder::open(&empty.path().join("keys")).expect("keys"), phrase());
        Self { _dir: dir, folder, ring, server: Arc::default(), hours: 0 }
    }

    fn change(&self, change: impl FnOnce(&repository::Repository, &KeyRing) -> repository::Batch) {
        let at = open(&self.folder, self.hours);
        at.commit(change(&at, &self.ring)).expect("written");
        self.server.serve(read_folder(&self.folder));
    }

    pub fn publish(&self, bundle: &Bundle, share: u32) {
        self.change(|at, ring| {
            let publish = Publish { bundle, channel: "release", share };
            at.publish(ring, &publish).expect("published").batch
        });
    }

    pub fn set(&self, version: u64, change: Change) {
        self.change(|at, ring| at.set(ring, "coffee", "release", version, change).expect("set"));
    }

    pub fn promote(&self, version: u64) {
        self.change(|at, ring| at.promote(ring, "coffee", "release", version, 10_000).expect("promoted"));
    }

    pub fn rollback(&self) {
        self.change(|at, ring| at.rollback(ring, "coffee", "release").expect("rolled back").0);
    }

    pub fn revoke(&self, version: u64) {
        self.change(|at, ring| at.revoke(ring, "coffee", version).expect("revoked").0);
    }

    pub fn raise_floor(&self, version: u64) {
        self.change(|at, ring| at.raise_floor(ring, "coffee", version).expect("raised").0);
    }

    /// As a device is given it, whose root is a release root.
    pub fn repository(&self) -> Repository {
        repository(&read_folder(&self.folder), false)
    }
}

fn open(folder: &Path, hours: i64) -> repository::Repository {
    let now = jiff::Timestamp::try_from(time(hours)).expect("a time");
    repository::Repository::new(Storage::scratch(folder).expect("a folder"), now)
}

fn phrase() -> Passphrase {
    Passphrase::new("correct horse".into()).expect("not empty")
}
