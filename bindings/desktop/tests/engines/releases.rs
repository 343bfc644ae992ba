//! Published programs: first open, update, restart, withdrawal and no network, from an operator's repository over HTTP.
use crate::harness::{Told, driver_with, in_both_engines, options};
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Release, Repository, WebEngine};
use lodger_server::{
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{self, NewApp, Publish, Storage},
};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;

/// An operator with one program, and a server that can go away.
struct Operator {
    dir: TempDir,
    ring: KeyRing,
    port: u16,
    down: Arc<AtomicBool>,
}

impl Operator {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let phrase = || Passphrase::new("correct horse".into()).unwrap();
        let cost = Cost { memory: 64, passes: 1 };
        let folder = KeyFolder::init(&dir.path().join("keys"), Kind::Release, &phrase(), cost).unwrap();
        let (port, down) = serve(dir.path().join("files"));
        let this = Self { dir, ring: KeyRing::new(folder, phrase()), port, down };
        let at = this.at();
        at.commit(at.init(&this.ring, "Shop").unwrap()).unwrap();
        let new = NewApp { app: "tea".into(), name: "Tea".into(), owner: String::new(), age: 0 };
        at.commit(at.create_app(&this.ring, &new).unwrap()).unwrap();
        this.publish(1);
        this
    }

    fn files(&self) -> PathBuf {
        self.dir.path().join("files")
    }

    fn at(&self) -> repository::Repository {
        let now = std::time::SystemTime::now().try_into().unwrap();
        repository::Repository::new(Storage::folder(&self.files()).unwrap(), now)
    }

    fn publish(&self, code: u64) {
        let bundle = bundle(code);
        let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
        let at = self.at();
        at.commit(at.publish(&self.ring, &publish).unwrap().batch).unwrap();
    }

    fn revoke(&self, code: u64) {
        let at = self.at();
        at.commit(at.revoke(&self.ring, "tea", code).unwrap().0).unwrap();
    }

    fn options(&self) -> DriverOptions {
        let root = fs::read_to_string(self.files().join("trust-root.json")).unwrap();
        let repository = Repository::new(format!("http://127.0.0.1:{}/r", self.port), root);
        let data_dir = Some(self.dir.path().join("data"));
        DriverOptions { repository: Some(repository), data_dir, ..options() }
    }
}

/// Serves a folder below `/r/`; says 404 for what is not there, and hangs up while it is down.
fn serve(folder: PathBuf) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let down = Arc::new(AtomicBool::new(false));
    let (gone, folder) = (down.clone(), Arc::new(folder));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if !gone.load(Ordering::SeqCst) {
                let folder = folder.clone();
                std::thread::spawn(move || answer(stream, &folder));
            }
        }
    });
    (port, down)
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut line = String::new();
    let mut head = BufReader::new(stream.try_clone().unwrap());
    head.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches("/r/").to_owned();
    while head.read_line(&mut line).is_ok_and(|read| read > 2) {}
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    // The client may hang up early.
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(&body);
}

/// A program that says its version, with a megabyte that does not compress.
fn bundle(code: u64) -> Bundle {
    let mut index = Index::template("tea", Version { name: format!("1.{code}.0"), code });
    index.pages.push("pages/index/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    let config = r#"{"name":"Tea","pages":["pages/index/index"],"window":{"navigationBarTitleText":"Tea"}}"#;
    builder.file("main", "app.json", "application/json", config.as_bytes().to_vec());
    let script = format!(
        r#"__lodger.definePackage("main", function () {{
            return {{
              components: {{ "pages/index/index": {{ component: false, usingComponents: {{}} }} }},
              styles: {{}}, templates: {{}},
              modules: {{
                "app.js": function (require) {{ App({{}}) }},
                "pages/index/index.js": function (require) {{
                  Page({{ onReady: function () {{
                    console.log("version {code}")
                    var updates = wx.getUpdateManager()
                    updates.onUpdateReady(function () {{ updates.applyUpdate() }})
                  }} }})
                }},
              }},
            }}
          }})"#
    );
    builder.file("main", "package.js", "text/javascript", script.into_bytes());
    let mut state = 7_u64;
    let noise = (0..1 << 20).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    });
    builder.file("main", "noise.bin", "application/octet-stream", noise.collect());
    builder.finish().unwrap()
}

fn release(code: u64, source: &str, reason: &str) -> Release {
    Release { version: format!("1.{code}.0"), code, source: source.into(), reason: reason.into() }
}

/// Opens, and waits until the page is to be seen.
fn open(driver: &mut Told, code: u64) -> Release {
    driver.open_app("tea", Entry::default()).unwrap();
    let release = says(driver, code);
    driver.first_content().unwrap();
    release
}

/// Waits until the page has said its version.
fn says(driver: &mut Told, code: u64) -> Release {
    let wanted = format!("version {code}");
    happens(driver, &wanted, |event| matches!(event, HostEvent::Console { text, .. } if *text == wanted));
    let opened = |event: &HostEvent| match event {
        HostEvent::Opened { release, .. } if release.code == code => Some(release.clone()),
        _ => None,
    };
    driver.events().iter().rev().find_map(opened).expect("opened before it says anything")
}

/// Waits for an event since the open, in whichever order they come.
fn happens(driver: &mut Told, what: &str, test: impl Fn(&HostEvent) -> bool) {
    if !driver.events().iter().any(&test) {
        driver.wait(what, &test).unwrap();
    }
}

in_both_engines! {
    fn a_release_comes_once_and_then_opens_from_the_store_also_without_a_network(engine) {
        let operator = Operator::new();
        let mut driver = driver_with(engine, operator.options());
        assert_eq!(open(&mut driver, 1), release(1, "network", "listed"));
        let part = |event: &HostEvent| matches!(event, HostEvent::Progress { received, total } if received < total);
        assert!(driver.events().iter().any(part), "no progress was told");
        assert_eq!(open(&mut driver, 1), release(1, "store", "listed"));
        operator.down.store(true, Ordering::SeqCst);
        assert_eq!(open(&mut driver, 1), release(1, "store", "listed"));
    }

    fn an_update_comes_behind_the_program_and_the_program_restarts_into_it(engine) {
        let operator = Operator::new();
        let mut driver = driver_with(engine, operator.options());
        open(&mut driver, 1);
        operator.publish(2);
        // No longer listed, but it may run until the new one is here.
        driver.open_app("tea", Entry::default()).unwrap();
        assert_eq!(says(&mut driver, 1), release(1, "store", "kept"));
        let ready = |event: &HostEvent| {
            matches!(event, HostEvent::UpdateReady { version, forced: false } if version == "1.2.0")
        };
        happens(&mut driver, "the update", ready);
        happens(&mut driver, "the restart", |event| *event == HostEvent::Restart);
        if engine == WebEngine::Webkit {
            assert_eq!(says(&mut driver, 2), release(2, "store", "listed"));
        } else {
            // A tab without the developer's page does not open itself again.
            assert_eq!(open(&mut driver, 2), release(2, "store", "listed"));
        }
    }

    fn what_was_withdrawn_does_not_open_and_the_page_says_so(engine) {
        let operator = Operator::new();
        let mut driver = driver_with(engine, operator.options());
        open(&mut driver, 1);
        operator.revoke(1);
        let refused = driver.open_app("tea", Entry::default());
        if engine == WebEngine::Chromium {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("tea"), "{error}");
            return;
        }
        refused.unwrap();
        let revoked = |event: &HostEvent| matches!(event, HostEvent::Failed { kind, .. } if kind == "Revoked");
        driver.wait("the refusal", revoked).unwrap();
    }
}
