//! A device: the desktop's real HTTP, a real store. It says what it opened, or why not.
use crate::world::{World, bundle, script};
use lodger_bundle::{
    Limits, Store, StoreOptions,
    trust::{Device, Fetch, FetchError, Trust, TrustError, TrustErrorKind as Kind, TrustRoot, Verified},
};
use lodger_desktop::DesktopHttp;
use lodger_engine::{HttpError, HttpRequest, PlatformHttp};
use std::{
    collections::BTreeSet,
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// What a patient host would set to half a minute.
const TIMEOUT: Duration = Duration::from_millis(600);

/// The program that is opened.
pub const APP: &str = "coffee";

pub struct Phone {
    store: Store,
    trust: Trust,
    fetch: Arc<dyn Fetch>,
    /// The device's clock.
    pub now: SystemTime,
    dir: TempDir,
}

impl Phone {
    /// Fresh: it has the operator's root and nothing else.
    pub fn new(world: &World) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 24 }).unwrap();
        let trust =
            Trust::new(store.database().clone(), TrustRoot::parse(world.trust_root()).unwrap()).unwrap();
        let fetch = Arc::new(Http { http: DesktopHttp::new().unwrap(), address: world.server.address() });
        Self { store, trust, fetch, now: world.now.into(), dir }
    }

    /// One that has opened release 1.
    pub fn with_release(world: &World) -> Self {
        let phone = Self::new(world);
        assert_eq!(phone.update().unwrap(), 1);
        phone
    }

    /// Asks the repository, and takes what it offers.
    pub fn update(&self) -> Result<u64, TrustError> {
        let verified = self.trust.check(APP, "release", &self.fetch, self.now)?;
        let version = self.choose(&verified)?;
        if self.installed() == Some(version) {
            verified.commit()?;
        } else {
            verified.index(version, &Limits::RELEASE, "0.1")?;
            verified.install(&self.store, &bundle(APP, version))?;
        }
        Ok(version)
    }

    /// Opens without the network; the code that it gets is the publisher's.
    pub fn open(&self) -> Result<u64, TrustError> {
        let verified = self.trust.offline(APP, "release", self.now, Duration::ZERO)?;
        let version = self.choose(&verified)?;
        let installed = self.store.current(APP)?.unwrap();
        assert_eq!(installed.version.code, version);
        assert_eq!(self.store.read(&installed.digest, "package.js")?, script(APP, version));
        Ok(version)
    }

    /// An update is refused so, nothing is left behind, and release `version` still opens.
    pub fn refuses(&self, kind: Kind, version: u64) -> String {
        let text = self.refuses_new(kind);
        assert_eq!(self.open().unwrap(), version);
        text
    }

    /// The same where nothing is installed.
    pub fn refuses_new(&self, kind: Kind) -> String {
        let before = self.contents();
        let error = self.update().expect_err("it was accepted");
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(self.contents(), before, "something was left behind");
        assert_eq!(self.store.check().unwrap(), [""; 0]);
        error.to_string()
    }

    fn installed(&self) -> Option<u64> {
        self.store.current(APP).unwrap().map(|installed| installed.version.code)
    }

    fn choose(&self, verified: &Verified) -> Result<u64, TrustError> {
        let installed: BTreeSet<u64> = self.installed().into_iter().collect();
        let current = self.installed();
        let device = Device { app: APP, install_id: "id", installed, current, ..Device::default() };
        verified.select(&device).map(|(choice, _)| choice.version)
    }

    /// Every row of every table, but for blobs their digests only; and the names of all files.
    pub fn contents(&self) -> Vec<String> {
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut lines = self
            .store
            .database()
            .read(|reader| {
                let tables: Vec<String> =
                    reader.prepare(tables)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                let mut lines = Vec::new();
                for table in tables {
                    let mut statement = reader.prepare(&format!("SELECT * FROM {table}"))?;
                    let columns = statement.column_count();
                    let mut rows = statement.query([])?;
                    while let Some(row) = rows.next()? {
                        let cells: Result<Vec<_>, _> =
                            (0..columns).map(|at| row.get_ref(at).map(|cell| format!("{cell:?}"))).collect();
                        lines.push(format!(
                            "{table} {}",
                            lodger_bundle::Digest::of(cells?.join("|").as_bytes())
                        ));
                    }
                }
                Ok(lines)
            })
            .unwrap();
        lines.extend(
            fs::read_dir(self.dir.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap()),
        );
        lines.sort();
        lines
    }
}

struct Http {
    http: DesktopHttp,
    address: String,
}

impl Fetch for Http {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let request = HttpRequest {
            method: "GET".into(),
            url: format!("{}{path}", self.address),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: TIMEOUT,
            max_body: limit,
            allow_private: false,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        match runtime.block_on(PlatformHttp::send(&self.http, request)) {
            Ok(response) if response.status == 200 => Ok(Some(response.body)),
            Ok(response) if response.status == 404 => Ok(None),
            Ok(response) => Err(FetchError::Unreachable(format!("status {}", response.status))),
            Err(HttpError::TooLong(_)) => Err(FetchError::TooLong),
            Err(error) => Err(FetchError::Unreachable(error.to_string())),
        }
    }
}
