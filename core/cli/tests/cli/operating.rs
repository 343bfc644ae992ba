//! What `core/docs/operating.md` tells an operator to type, typed.

use crate::serve::Server;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// Where the page's server listens; in the test, wherever there is room.
const ADDRESS: &str = "http://127.0.0.1:8484";

/// What a host opens, in a block of the page and between them.
const RUN: &str = "lodger run coffee --repo releases --trust-root releases/trust-root.json --headless --json";

struct Block {
    mark: String,
    name: String,
    lines: Vec<String>,
}

/// The blocks marked `sh NAME`, `sh-open VERSION` and `sh-serve DATA`, in their order.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some((mark @ ("sh" | "sh-open" | "sh-serve"), name)) =
            line.strip_prefix("```").and_then(|mark| mark.split_once(' '))
        else {
            continue;
        };
        let lines = lines.by_ref().take_while(|line| !line.starts_with("```")).map(ToOwned::to_owned);
        blocks.push(Block { mark: mark.into(), name: name.into(), lines: lines.collect() });
    }
    blocks
}

/// One line, as a shell takes it.
#[track_caller]
fn shell(here: &Path, line: &str) -> String {
    let command = Path::new(env!("CARGO_BIN_EXE_lodger")).parent().unwrap();
    let path = format!("{}:{}", command.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(here)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("LODGER_KEY_PASSPHRASE", "correct horse battery staple")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{line}\nsaid: {said}{errors}");
    said.into_owned()
}

#[track_caller]
fn json(here: &Path, line: &str) -> Value {
    serde_json::from_str(&shell(here, &format!("{line} --json"))).unwrap()
}

/// How many of 10,000 ids get a version code.
fn share(here: &Path, code: u64) -> u64 {
    let counted = json(here, "lodger release who coffee --count 10000 --repo releases");
    let rows = counted["releases"].as_array().unwrap().iter();
    rows.filter(|row| row["version"]["code"] == code).map(|row| row["devices"].as_u64().unwrap()).sum()
}

/// What a host opens; `more` are further arguments, `--data` among them.
#[track_caller]
fn opened(here: &Path, more: &str) -> Value {
    serde_json::from_str(&shell(here, &format!("{RUN} {more}"))).unwrap()
}

/// The first of many ids that gets, or does not get, a version code.
fn id(here: &Path, code: u64, gets: bool) -> String {
    let who =
        |id: &String| json(here, &format!("lodger release who coffee --install-id {id} --repo releases"));
    let ids = (0..500).map(|number| format!("device-{number}"));
    ids.into_iter().find(|id| (who(id)["version"]["code"] == code) == gets).unwrap()
}

/// What must be so after a block.
fn check(here: &Path, block: &str) {
    let versions = |command: &str| json(here, command)["version"]["code"].clone();
    match block {
        "gray" => {
            let got = share(here, 2);
            assert!((850..=1_150).contains(&got), "{got} of 10,000 ids got 10 %");
            let who = "lodger release who coffee --install-id 4711 --repo releases";
            assert_eq!(versions(who), versions(who));
            // The host chooses as `who` says.
            for (gets, version) in [(true, "1.1.0"), (false, "1.0.0")] {
                let id = id(here, 2, gets);
                let answer = opened(here, &format!("--data first-{gets} --install-id {id}"));
                assert_eq!(answer["version"], version, "{answer}");
            }
        }
        "all" => {
            assert_eq!(share(here, 2), 10_000);
            let listed = json(here, "lodger release list coffee --repo releases");
            assert_eq!(listed["channels"]["release"]["policy"], "forced");
        }
        "rollback" => assert_eq!(share(here, 1), 10_000),
        "revoke" => {
            shell(here, "! lodger release promote coffee 1.1.0 --repo releases --keys keys");
            assert_eq!(share(here, 1), 10_000);
            // A device that had it, and was not there when it was rolled back.
            let answer = opened(here, "--data first-true");
            assert_eq!(answer["version"], "1.0.0", "{answer}");
        }
        "export" => {
            let bins = |folder: &str| {
                let files = fs::read_dir(here.join(folder).join("platform/metadata")).unwrap();
                files
                    .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().contains(".bin-"))
                    .count()
            };
            assert_eq!((bins("mirror"), bins("preset")), (1_024, 2));
        }
        // Whatever was lost or rotated: a device that has the program goes on. In the end a new one opens it, too.
        "recover" | "publisher" | "server" | "root" => still_opens(here, &["device"], "1.0.0"),
        "officers" => {
            still_opens(here, &["device", "new-officers"], "1.0.0");
            below_the_floor_never_returns(here);
        }
        _ => {}
    }
}

#[track_caller]
fn still_opens(here: &Path, devices: &[&str], version: &str) {
    for data in devices {
        let answer = opened(here, &format!("--data {data}"));
        assert_eq!(answer["version"], version, "{data}: {answer}");
    }
}

/// The last drill: 1.2.0 is published and 1.0.0 falls below the floor; then the disk is lost, and an older backup put
/// back in which 1.0.0 is all there is.
fn below_the_floor_never_returns(here: &Path) {
    shell(here, "cp -r releases older");
    shell(here, "lodger publish next --version 1.2.0 --repo releases --keys keys");
    shell(here, "lodger release floor coffee 1.2.0 --repo releases --keys keys");
    still_opens(here, &["device"], "1.2.0");
    shell(here, "rm -r releases && mv older releases");
    // Before anybody noticed, and after it was mended.
    assert_eq!(opened(here, "--data device")["version"], "1.2.0");
    shell(here, "lodger repo recover releases --keys keys");
    // The floor is remembered, the release is lost: nothing opens, and least of all 1.0.0.
    for data in ["device", "new"] {
        let refused: Value = serde_json::from_str(&shell(here, &format!("! {RUN} --data {data}"))).unwrap();
        assert_eq!((&refused["opened"], &refused["kind"]), (&false.into(), &"Revoked".into()), "{refused}");
    }
    // Published again, it comes to all; the lost release's code is not used for it.
    shell(here, "lodger publish next --version 1.2.1 --repo releases --keys keys");
    still_opens(here, &["device", "new"], "1.2.1");
}

#[test]
fn the_operators_page_works_as_it_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    assert!(
        root.join("examples/apps/coffee/node_modules").is_dir(),
        "coffee's packages are missing; `cargo xtask setup` installs them"
    );
    let page = fs::read_to_string(root.join("core/docs/operating.md")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path();
    std::os::unix::fs::symlink(root.join("examples"), here.join("examples")).unwrap();
    let blocks = blocks(&page);
    let count = |mark: &str| blocks.iter().filter(|block| block.mark == mark).count();
    assert_eq!((count("sh"), count("sh-open"), count("sh-serve")), (13, 4, 1));
    let mut server = None;
    for block in &blocks {
        for line in &block.lines {
            if block.mark == "sh-serve" {
                let listen = ADDRESS.trim_start_matches("http://");
                assert_eq!(*line, format!("lodger serve --data {} --listen {listen}", block.name));
                server = Some(Server::start(here, &["--data", &block.name]));
                continue;
            }
            let said = shell(here, &at(server.as_ref(), line));
            if block.mark == "sh-open" {
                let opened: Value = serde_json::from_str(&said).unwrap();
                assert_eq!(
                    (&opened["opened"], &opened["version"]),
                    (&true.into(), &block.name.as_str().into())
                );
            }
        }
        if block.mark == "sh" {
            check(here, &block.name);
        }
    }
}

/// The line as the running server must be asked, with the token that it printed.
fn at(server: Option<&Server>, line: &str) -> String {
    let Some(server) = server else { return line.to_owned() };
    let token = server.said["bootstrap_token"].as_str().unwrap();
    format!("LODGER_BOOTSTRAP_TOKEN={token} {}", line.replace(ADDRESS, server.url()))
}
