//! From keys to a published, rolled back and revoked release, as an operator types it.

use crate::support::lodger;
use serde_json::Value;
use std::{fs, path::Path, process::Output};
use tempfile::TempDir;

const PHRASE: &str = "correct horse battery staple";

#[track_caller]
fn run(folder: &Path, code: i32, args: &str) -> Output {
    let output = lodger(folder)
        .args(args.split(' '))
        .env("LODGER_KEY_PASSPHRASE", PHRASE)
        .output()
        .expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "lodger {args} said: {errors}");
    assert!(!errors.contains(PHRASE) && !String::from_utf8_lossy(&output.stdout).contains(PHRASE));
    output
}

#[track_caller]
fn json(folder: &Path, args: &str) -> Value {
    serde_json::from_slice(&run(folder, 0, &format!("{args} --json")).stdout).expect("JSON")
}

/// Keys K, repository R, program hello, and its source.
fn ready() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    run(here, 0, "keys init --dir K");
    run(here, 0, "repo init R --keys K");
    run(here, 0, "new hello");
    let lodger_json = fs::read_to_string(here.join("hello/lodger.json")).expect("a new project has one");
    let mut settings: Value = serde_json::from_str(&lodger_json).expect("JSON");
    settings.as_object_mut().expect("an object").remove("version");
    fs::write(here.join("hello/lodger.json"), settings.to_string()).expect("it can be written");
    run(here, 0, "app create hello --name Hello --repo R --keys K");
    dir
}

#[test]
fn from_keys_to_a_release_that_is_raised_rolled_back_and_revoked() {
    let dir = ready();
    let here = dir.path();
    let first = json(here, "publish hello --repo R --keys K");
    assert_eq!(first["version"], serde_json::json!({"name": "1.0.0", "code": 1}));
    fs::write(here.join("hello/miniprogram/app.ts"), "App({ globalData: { n: 2 } })\n").unwrap();
    let second = json(here, "publish hello --repo R --keys K --percent 12.5");
    assert_eq!(second["version"], serde_json::json!({"name": "1.0.1", "code": 2}));
    assert_eq!((&second["share"], &second["sizes"]["patches"][0]["from"]["code"]), (&1250.into(), &1.into()));
    let size = |key: &str| second["sizes"][key].as_u64().unwrap();
    let patch = second["sizes"]["patches"][0]["bytes"].as_u64().unwrap();
    assert!(patch < size("full") && size("full") < size("zip"), "{second}");

    run(here, 0, "release set hello 1.0.1 --percent 100 --policy forced --repo R --keys K");
    let listed = json(here, "release list hello --repo R");
    assert_eq!(listed["channels"]["release"]["policy"], "forced");
    assert_eq!(listed["releases"][0]["offers"]["release"]["share"], 10_000);
    let back = json(here, "release rollback hello --repo R --keys K");
    assert_eq!((&back["from"], &back["to"]), (&2.into(), &1.into()));
    run(here, 0, "release promote hello 1.0.1 --channel trial --repo R --keys K");
    let revoked = json(here, "release revoke hello 1.0.1 --repo R --keys K");
    assert_eq!(revoked["signed"], serde_json::json!(["server", "publisher", "reviewer"]));
    run(here, 1, "release promote hello 1.0.1 --repo R --keys K");
    run(here, 0, "release floor hello 1 --repo R --keys K");
    run(here, 0, "keys rotate --dir K --holder server --repo R");
    run(here, 0, "repo refresh R --keys K");
    assert_eq!(json(here, "repo verify R")["releases"], 2);
    run(here, 0, "repo export R --out public");
    assert_eq!(json(here, "repo verify public")["releases"], 2);
    assert!(!here.join("public/apps/hello/metadata/1.snapshot.json").exists(), "old metadata is left behind");

    let root: Value = serde_json::from_slice(&fs::read(here.join("R/trust-root.json")).unwrap()).unwrap();
    assert_eq!((&root["kind"], &root["platform"]["signed"]["_type"]), (&"release".into(), &"root".into()));
}

#[test]
fn without_a_passphrase_both_ways_to_give_one_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let command = |args: &str| {
        lodger(dir.path()).args(args.split(' ')).env_remove("LODGER_KEY_PASSPHRASE").output().unwrap()
    };
    let refused = command("keys init --dir K");
    let errors = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(errors.contains("LODGER_KEY_PASSPHRASE") && errors.contains("--passphrase-file"), "{errors}");
    assert!(!dir.path().join("K").exists());

    fs::write(dir.path().join("phrase"), format!("{PHRASE}\n")).unwrap();
    let made = command("keys init --dir K --development --passphrase-file phrase");
    assert_eq!(made.status.code(), Some(0));
    run(dir.path(), 0, "repo init R --keys K");
    fs::write(dir.path().join("phrase"), "another").unwrap();
    let wrong = command("app create hello --name Hello --repo R --keys K --passphrase-file phrase");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("does not open"));
    assert_eq!(json(dir.path(), "keys export --dir K --holder officer")["keys"].as_array().unwrap().len(), 1);
    assert_eq!(json(dir.path(), "keys export --dir K")["kind"], "development");
}

#[test]
fn mistakes_are_told_and_change_nothing() {
    let dir = ready();
    let here = dir.path();
    let verified = json(here, "repo verify R");
    run(here, 2, "publish hello --repo R --keys K --percent 100.01");
    run(here, 1, "publish hello --repo nowhere --keys K");
    assert!(!here.join("nowhere").exists());
    run(here, 1, "publish hello --repo R --keys absent");
    run(here, 1, "publish hello --repo R --keys K --app tea");
    run(here, 1, "publish hello --repo R --keys K --channel beta");
    run(here, 1, "app create HELLO --name Hello --repo R --keys K");
    run(here, 1, "repo init R --keys K");
    run(here, 1, "keys init --dir K");
    run(here, 1, "release rollback hello --repo R --keys K");
    run(here, 2, "repo verify ftp://bucket/releases");
    run(here, 1, &format!("repo verify file://{}/hello", here.display()));
    run(here, 0, "publish hello --repo R --keys K --version 3.0");
    run(here, 1, "publish hello --repo R --keys K --version 3.0");
    run(here, 1, "release revoke hello 9.9 --repo R --keys K");
    run(here, 2, "release set hello 3.0 --repo R --keys K");
    assert_eq!(
        (verified["apps"].as_u64(), json(here, "repo verify R")["releases"].as_u64()),
        (Some(1), Some(1))
    );
}
