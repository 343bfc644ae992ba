//! A running server with its own data, and keys of everybody else.

use jiff::Timestamp;
use lodger_bundle::{
    Bundle, BundleBuilder, Index, Store, StoreOptions, Version,
    trust::{Device, Fetch, FetchError, Trust, TrustError, TrustRoot},
};
use lodger_server::{
    clock::ManualClock,
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{NewApp, Publish, Repository, RepositoryError},
    serve::{Running, Settings, start_at},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A server, and a folder of keys. Commands block, as in the CLI; the server has a runtime of its own.
pub struct World {
    pub dir: TempDir,
    pub runtime: Runtime,
    pub server: Option<Running>,
    pub clock: Arc<ManualClock>,
    pub database_url: Option<String>,
}

impl World {
    /// A server without a repository.
    pub fn empty() -> Self {
        Self::with(None)
    }

    /// The same over PostgreSQL.
    pub fn with(database_url: Option<String>) -> Self {
        Self::stopped(database_url).started()
    }

    fn stopped(database_url: Option<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kek = dir.path().join("kek");
        std::fs::write(&kek, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&kek, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        copy_keys(&dir.path().join("keys"));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::now()));
        Self { dir, runtime, server: None, clock, database_url }
    }

    fn started(mut self) -> Self {
        self.server = Some(self.start(&self.data()));
        self
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// With the repository, and the program `coffee`.
    pub fn with_app() -> Self {
        let made = founded();
        let world = Self::stopped(None);
        copy(&made.join("data"), &world.data());
        copy(&made.join("objects"), &world.dir.path().join("objects"));
        world.started()
    }

    pub fn found(&self) {
        let at = self.client(self.token());
        at.commit(at.init(&self.ring(&at), "Test").unwrap()).unwrap();
        let at = self.at();
        let new = NewApp { app: "coffee".into(), name: "Coffee".into(), owner: String::new(), age: 0 };
        at.commit(at.create_app(&self.ring(&at), &new).unwrap()).unwrap();
    }

    pub fn settings(&self, data: &Path) -> Settings {
        Settings {
            data: data.to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            database_url: self.database_url.clone(),
            objects: Some(self.dir.path().join("objects").display().to_string()),
            kek_file: Some(self.dir.path().join("kek")),
            tls: None,
            proxies: Vec::new(),
            public_url: None,
        }
    }

    pub fn start(&self, data: &Path) -> Running {
        let log = Arc::new(|_: &str| {});
        self.runtime.block_on(start_at(self.settings(data), log, self.clock.clone())).unwrap()
    }

    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    pub fn stop(&mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
    }

    pub fn start_again(&mut self) {
        self.server = Some(self.start(&self.data()));
    }

    pub fn url(&self) -> String {
        self.server.as_ref().unwrap().url()
    }

    pub fn token(&self) -> Option<String> {
        let publishing = self.server.as_ref().unwrap().publishing().clone();
        self.runtime
            .block_on(async move { publishing.bootstrap_token().await.unwrap().map(ToOwned::to_owned) })
    }

    pub fn client(&self, token: Option<String>) -> Repository {
        use lodger_server::clock::Clock;
        Repository::of_server(&self.url(), token, self.clock.now()).unwrap()
    }

    pub fn at(&self) -> Repository {
        self.client(None)
    }

    pub fn ring(&self, at: &Repository) -> KeyRing {
        at.ring(self.own_ring()).unwrap()
    }

    /// The keys as they are, whatever the server says.
    pub fn own_ring(&self) -> KeyRing {
        KeyRing::new(KeyFolder::open(&self.keys()).unwrap(), phrase())
    }

    pub fn keys(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    /// A folder with some of the keys only, by file name.
    pub fn some_keys(&self, starts: &[&str]) -> KeyRing {
        let dir = self.dir.path().join(format!("some-{}", starts.join("-")));
        std::fs::create_dir_all(&dir).unwrap();
        for entry in std::fs::read_dir(self.keys()).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name == "keys.json" || starts.iter().any(|start| name.starts_with(start)) {
                std::fs::copy(entry.path(), dir.join(name)).unwrap();
            }
        }
        KeyRing::new(KeyFolder::open(&dir).unwrap(), phrase())
    }

    pub fn publish(&self, code: u64) -> Result<(), RepositoryError> {
        let at = self.at();
        let bundle = bundle("coffee", code);
        let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
        at.commit(at.publish(&self.ring(&at), &publish)?.batch)
    }

    /// What a new device would open, by another implementation of The Update Framework.
    pub fn device(&self) -> Result<u64, TrustError> {
        self.device_at(&self.url())
    }

    pub fn device_at(&self, url: &str) -> Result<u64, TrustError> {
        use lodger_server::clock::Clock;
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 24 }).unwrap();
        let root = get(url, "trust-root.json").bytes;
        let trust = Trust::new(store.database().clone(), TrustRoot::parse(&root).unwrap()).unwrap();
        let server: Arc<dyn Fetch> = Arc::new(Web(url.to_owned()));
        let verified = trust.check("coffee", "release", &server, self.clock.now().into())?;
        let device = Device { app: "coffee", install_id: "id", ..Device::default() };
        verified.select(&device).map(|(choice, _)| choice.version)
    }
}

/// Making keys takes its time by design: once for all tests.
fn copy_keys(to: &Path) {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        KeyFolder::init(&dir.path().join("keys"), Kind::Release, &phrase(), Cost { memory: 64, passes: 1 })
            .unwrap();
        dir
    });
    copy(&made.path().join("keys"), to);
}

/// Signing a thousand bins, too: data and objects of a server that has ended.
fn founded() -> &'static Path {
    static MADE: OnceLock<World> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let mut world = World::empty();
        world.found();
        world.runtime.block_on(world.server.take().unwrap().stop());
        world
    });
    made.dir.path()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}

pub fn phrase() -> Passphrase {
    Passphrase::new("correct horse".into()).unwrap()
}

/// A program with a script that is too large to be sent inline, and differs a little from version to version.
pub fn bundle(app: &str, code: u64) -> Bundle {
    let mut index = Index::template(app, Version { name: format!("1.{code}.0"), code });
    index.pages.push("pages/menu/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", b"{}".to_vec());
    let mut script: Vec<u8> = Vec::new();
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..20_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        script.extend(state.to_le_bytes());
    }
    script.extend(code.to_string().bytes());
    builder.file("main", "package.js", "text/javascript", script);
    builder.finish().unwrap()
}

/// A device's HTTP.
pub struct Web(pub String);

impl Fetch for Web {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let answer = get(&self.0, path);
        match answer.status {
            200 if answer.bytes.len() as u64 > limit => Err(FetchError::TooLong),
            200 => Ok(Some(answer.bytes)),
            _ => Ok(None),
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn code(&self) -> String {
        let value: serde_json::Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        format!("{} {}", self.status, value["error"]["code"].as_str().unwrap_or("-"))
    }
}

pub fn get(url: &str, path: &str) -> Answer {
    send(url, "GET", &format!("/{path}"), &[], &[])
}

/// HTTP by hand, so that nothing between makes a request better than it is.
pub fn send(url: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    use std::io::{Read, Write};
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "host") {
        head += &format!("host: {address}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes()).unwrap();
    // A server that refuses need not read the rest.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let text = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = text.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let answer = Answer { status, headers: headers.collect(), bytes: bytes[end + 4..].to_vec() };
    assert!(answer.header("transfer-encoding").is_none() || method == "GET", "{text}");
    answer
}
