//! `lodger serve` as processes of its own, and the commands that publish to them.

use crate::{cluster::Cluster, support::lodger};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

const PHRASE: &str = "correct horse battery staple";
const KEK: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// Publishes through each of two servers.
const EACH: usize = 2;

/// A server; ended with the test.
pub struct Server {
    process: Child,
    /// What it said when it started.
    pub said: Value,
}

impl Server {
    #[track_caller]
    pub fn start(here: &Path, args: &[&str]) -> Self {
        let mut process = serve(here, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{args:?}: {error}: {line}"));
        Self { process, said }
    }

    pub fn url(&self) -> &str {
        self.said["url"].as_str().unwrap()
    }

    /// As service managers do; answers with the exit code.
    #[cfg(unix)]
    fn terminate(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already, perhaps.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Its configuration folder is in `here`, so that a key made by it is the test's own.
fn serve(here: &Path, args: &[&str]) -> Command {
    let mut command = lodger(here);
    command.args(["serve", "--listen", "127.0.0.1:0", "--json"]).args(args);
    command.env("XDG_CONFIG_HOME", here.join("config")).env("HOME", here).env_remove("LODGER_KEK");
    command
}

fn command(here: &Path, args: &str, token: &str) -> Output {
    let mut command = lodger(here);
    command.args(args.split(' ')).arg("--json").env("LODGER_KEY_PASSPHRASE", PHRASE);
    command.env("LODGER_BOOTSTRAP_TOKEN", token).output().unwrap()
}

#[track_caller]
fn run(here: &Path, args: &str) -> Value {
    with_token(here, args, "")
}

#[track_caller]
fn with_token(here: &Path, args: &str, token: &str) -> Value {
    let output = command(here, args, token);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "lodger {args} said: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A repository on `server`, with a program whose source is in `hello`.
fn found(server: &Server) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (here, url) = (dir.path(), server.url());
    run(here, "keys init --dir K");
    let token = server.said["bootstrap_token"].as_str().unwrap();
    with_token(here, &format!("repo init {url} --keys K"), token);
    run(here, "new hello");
    run(here, &format!("app create hello --name Hello --repo {url} --keys K"));
    dir
}

#[test]
fn from_an_empty_folder_to_a_release_on_a_server() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &["--data", "D"]);
    assert_eq!((&server.said["database"], &server.said["development"]), (&json!("sqlite"), &json!(true)));
    let kek = server.said["kek"].as_str().unwrap();
    assert!(Path::new(kek).starts_with(data.path()) && data.path().join("D/development").exists());
    let dir = found(&server);
    let (here, url) = (dir.path(), server.url().to_owned());
    // The officers' folder has a server's key of its own: it signs nothing here.
    let published = run(here, &format!("publish hello --version 1.0.0 --repo {url} --keys K"));
    assert_eq!(published["version"], json!({"name": "1.0.0", "code": 1}));
    assert_eq!(run(here, &format!("repo verify {url}"))["releases"], 1);
    run(here, &format!("repo export {url} --out public"));
    assert_eq!(run(here, "repo verify public")["releases"], 1);
    // What is copied for a CDN is the same repository.
    let objects = data.path().join("D/objects").display().to_string();
    assert_eq!(run(here, &format!("repo verify {objects}"))["releases"], 1);

    let audit = || {
        let output = lodger(data.path()).args(["admin", "audit", "--data", "D", "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        let row = |line: &str| serde_json::from_str::<Value>(line).unwrap()["subject"].clone();
        lines.lines().map(row).collect::<Vec<_>>()
    };
    let audited = audit();
    assert_eq!(audited, ["", "platform", "platform apps/hello", "apps/hello"]);

    let second = serve(data.path(), &["--data", "D"]).output().unwrap();
    let why = String::from_utf8_lossy(&second.stderr).into_owned() + &String::from_utf8_lossy(&second.stdout);
    assert_eq!(second.status.code(), Some(1), "{why}");
    assert!(why.contains("is in use by"), "{why}");

    #[cfg(unix)]
    {
        assert_eq!(server.terminate(), Some(0));
        assert_eq!(audit(), audited);
        let again = Server::start(data.path(), &["--data", "D"]);
        assert_eq!(again.said["bootstrap_token"], Value::Null);
        assert_eq!(
            run(here, &format!("release list hello --repo {}", again.url()))["releases"][0]["digest"],
            published["digest"]
        );
    }
}

#[test]
fn addresses_that_others_reach_need_tls_and_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |args: &[&str]| {
        let mut command = lodger(dir.path());
        command.args(["serve", "--data", "D"]).args(args).env_remove("LODGER_KEK").env("HOME", dir.path());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("--tls-cert"));
    let why = refused(&["--listen", "0.0.0.0:0", "--proxy", "10.0.0.0/8"]);
    assert!(why.contains("--kek-file"), "{why}");
}

/// Publishes and refreshes through `url`; what another process wrote meanwhile is a reason to do it again.
fn publish_all(here: &Path, url: &str, name: &str) {
    let insist = |args: &str| loop {
        let output = command(here, args, "");
        if output.status.success() {
            return;
        }
        let why =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(why.contains("meanwhile"), "lodger {args}: {why}");
    };
    for count in 1..=EACH {
        insist(&format!("publish hello --version {name}.{count} --repo {url} --keys K"));
        insist(&format!("repo refresh {url} --keys K"));
    }
}

#[test]
fn two_servers_on_one_database_lose_and_duplicate_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("kek"), KEK).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(data.path().join("kek"), mode).unwrap();
    }
    let database = cluster.url();
    let start = |folder| {
        let place = ["--database-url", &database, "--objects", "objects", "--kek-file", "kek"];
        Server::start(data.path(), &[&["--data", folder], &place[..]].concat())
    };
    let (first, second) = (start("D1"), start("D2"));
    assert_eq!(first.said["database"], "postgresql");
    assert_eq!(first.said["bootstrap_token"], second.said["bootstrap_token"]);
    let dir = found(&first);
    let here = dir.path();
    std::thread::scope(|scope| {
        scope.spawn(|| publish_all(here, first.url(), "1"));
        scope.spawn(|| publish_all(here, second.url(), "2"));
    });

    for server in [&first, &second] {
        let url = server.url();
        let listed = run(here, &format!("release list hello --repo {url}"));
        let releases = listed["releases"].as_array().unwrap();
        let codes: BTreeSet<_> = releases.iter().map(|one| one["code"].as_u64().unwrap()).collect();
        let names: BTreeSet<_> = releases.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(codes, (1..=2 * EACH as u64).collect(), "{listed}");
        assert_eq!((releases.len(), names.len()), (2 * EACH, 2 * EACH), "{listed}");
        assert_eq!(run(here, &format!("repo verify {url}"))["releases"], 2 * EACH);
    }
    // The program was made in one change; each publish and each refresh was another, and none was taken twice.
    let read = |path: &str| -> Value {
        serde_json::from_slice(&std::fs::read(data.path().join("objects").join(path)).unwrap()).unwrap()
    };
    let timestamp = read("apps/hello/metadata/timestamp.json");
    assert_eq!(timestamp["signed"]["version"], 1 + 4 * EACH);
}
