//! `lodger check`: a project with ten kinds of mistake, and projects without any.

use crate::support::{expect, expect_json, run};
use std::{fs, path::Path};
use tempfile::TempDir;

/// Made up, and in two halves: no tool that looks for secrets shall stumble over this file.
const SECRET: [&str; 2] = ["7c1e93b04d5fa286", "e0d7421bc9385f6a"];

/// The committed project, with a secret and a large picture, which are better not committed.
fn broken() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/broken"), folder.path());
    let root = folder.path().join("miniprogram");
    let config = format!(
        "export const config = {{\n  shop: 'Lodger Coffee',\n  appSecret: '{}',\n}}\n",
        SECRET.concat()
    );
    fs::write(root.join("config.ts"), config).unwrap();
    fs::create_dir(root.join("images")).unwrap();
    fs::write(root.join("images/poster.png"), vec![7; 3 << 20]).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn ten_mistakes_are_told_in_one_run() {
    let folder = broken();
    let output = run(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(SECRET[0]) && !text.contains(SECRET[1]), "the secret is printed");
    insta::assert_snapshot!(text);
}

#[test]
fn ten_mistakes_for_machines() {
    let folder = broken();
    let told = expect_json(folder.path(), 1, &["check", ".", "--json"]);
    let all = told["diagnostics"].as_array().unwrap();
    let mut codes: Vec<&str> = all.iter().map(|one| one["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    let expected = ["L0101", "L0103", "L0301", "L0304", "L0401", "L0501", "L0505", "L0602", "L0702", "L0808"];
    assert_eq!(codes, expected);
    let (errors, warnings) = (told["errors"].as_u64().unwrap(), told["warnings"].as_u64().unwrap());
    assert_eq!((errors, warnings), (8, 2));
    assert_eq!(told.as_object().unwrap().len(), 3);
    for one in all {
        let keys: Vec<&String> = one.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["code", "column", "file", "help", "line", "message", "severity"]);
        assert!(one["help"].is_string() && !one["file"].as_str().unwrap().is_empty(), "{one}");
        assert!(!one.to_string().contains(SECRET[0]), "the secret is printed");
        // Each code can be looked up.
        expect(folder.path(), 0, &["explain", one["code"].as_str().unwrap()]);
    }
}

#[test]
fn new_projects_and_the_example_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    for template in ["page", "shop"] {
        expect(folder.path(), 0, &["new", template, "--template", template]);
        let told = expect_json(folder.path(), 0, &["check", template, "--deny-warnings", "--json"]);
        assert_eq!(told["diagnostics"].as_array().unwrap().len(), 0, "{told}");
    }
}

#[test]
fn warnings_can_be_denied() {
    let folder = tempfile::tempdir().unwrap();
    expect(folder.path(), 0, &["new", "hello"]);
    let script = folder.path().join("hello/miniprogram/app.ts");
    fs::write(&script, "App({ onLaunch() { wx.shwToast({ title: 'Hi' }) } })").unwrap();
    let text = expect(folder.path(), 0, &["check", "hello"]);
    assert!(
        text.contains("did you mean wx.showToast?") && text.contains("\n0 errors, 1 warning; "),
        "{text}"
    );
    expect(folder.path(), 1, &["check", "hello", "--deny-warnings"]);
}

#[test]
fn what_is_too_large_can_be_run_but_not_published() {
    let folder = tempfile::tempdir().unwrap();
    expect(folder.path(), 0, &["new", "hello"]);
    let root = folder.path().join("hello/miniprogram");
    fs::write(root.join("poster.png"), vec![7; 3 << 20]).unwrap();
    expect(folder.path(), 0, &["build", "hello", "-o", "out"]);
    let text = expect(folder.path(), 1, &["check", "hello"]);
    assert!(text.contains("error[L0702]") && text.contains("3.00 MB  miniprogram/poster.png"), "{text}");
}
