//! The shortest way from keys to an opened program, as it is written down for operators.

use crate::support::lodger;
use serde_json::{Value, json};
use std::path::Path;

/// Runs a line of the guide; standard output.
#[track_caller]
fn line(folder: &Path, code: i32, line: &str) -> String {
    let words = line.strip_prefix("lodger ").expect("every line is a command of lodger").split(' ');
    let output = lodger(folder).args(words).env("LODGER_KEY_PASSPHRASE", "correct horse").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line} said: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn answer(folder: &Path, code: i32, command: &str) -> Value {
    let text = line(folder, code, command);
    assert_eq!(text.lines().count(), 1, "exactly one line: {text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn five_commands_from_nothing_to_an_open_program() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").canonicalize().unwrap();
    std::os::unix::fs::symlink(examples, here.join("examples")).unwrap();

    line(here, 0, "lodger keys init --dir K");
    line(here, 0, "lodger repo init R --keys K");
    line(here, 0, "lodger app create coffee --name Coffee --repo R --keys K");
    line(here, 0, "lodger publish examples/apps/coffee --repo R --keys K");
    let run = "lodger run coffee --repo R --trust-root R/trust-root.json --data D --headless --json";
    let opened = answer(here, 0, run);
    let version = opened["version"].clone();
    assert_eq!(
        opened,
        json!({ "opened": true, "version": version, "code": 1, "source": "network", "reason": "listed" })
    );
    assert_eq!(answer(here, 0, run)["source"], "store");

    line(here, 0, &format!("lodger release revoke coffee {} --repo R --keys K", version.as_str().unwrap()));
    let refused = answer(here, 1, run);
    assert_eq!((&refused["opened"], &refused["kind"]), (&json!(false), &json!("Revoked")), "{refused}");
    let unknown = answer(here, 1, &run.replace("coffee", "tea"));
    assert_eq!(unknown["kind"], "NotFound", "{unknown}");

    // Another operator's root over the same folder: nothing in it would be believed.
    line(here, 0, "lodger keys init --dir K2");
    line(here, 0, "lodger repo init R2 --keys K2");
    let other = "lodger run coffee --repo R2 --trust-root R2/trust-root.json --data D --headless --json";
    let refused = answer(here, 1, other);
    assert_eq!((&refused["opened"], &refused["code"]), (&json!(false), &json!("not-started")), "{refused}");
}

#[test]
fn a_repository_needs_its_trust_root_and_an_app_id() {
    let dir = tempfile::tempdir().unwrap();
    line(dir.path(), 2, "lodger run coffee --repo R");
    line(dir.path(), 2, "lodger run coffee --trust-root R/trust-root.json");
    line(dir.path(), 1, "lodger run coffee --repo R --trust-root R/trust-root.json");
}

#[test]
fn payment_keys_are_signed_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path();
    line(here, 0, "lodger keys init --dir K --development");
    line(here, 0, "lodger repo init R --keys K");
    // RFC 8037, appendix A.2.
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let list = json!({ "keys": [{ "kid": "2026", "not_before": 1, "not_after": 2, "key": key }] });
    std::fs::write(here.join("keys.json"), list.to_string()).unwrap();
    line(here, 0, "lodger repo payment-keys R keys.json --keys K");
    line(here, 0, "lodger repo verify R");
    let targets = here.join("R/platform/targets");
    let signed = std::fs::read_dir(&targets).unwrap().map(|entry| entry.unwrap().path());
    let signed: Vec<_> =
        signed.filter(|path| path.to_str().unwrap().ends_with(".payment-keys.json")).collect();
    let [path] = &signed[..] else { panic!("{signed:?}") };
    assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()).unwrap(), list);
    std::fs::write(here.join("keys.json"), r#"{"keys":[{"kid":"2026"}]}"#).unwrap();
    line(here, 1, "lodger repo payment-keys R keys.json --keys K");
}
