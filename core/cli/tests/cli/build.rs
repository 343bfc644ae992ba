//! From nothing to a bundle: new, build, inspect, and what happens to a broken project.

use crate::support::{expect, expect_json, lodger, run};
use std::{fs, path::Path};

#[test]
fn both_templates_build_and_inspect() {
    for (template, pages, packages) in [("page", 1, 1), ("shop", 3, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        expect(here, 0, &["new", "hello", "--template", template]);
        let built = expect_json(here, 0, &["build", "hello", "-o", "out", "--json"]);
        assert_eq!(built["ok"], true);
        assert_eq!(built["app"], "hello");
        assert_eq!(built["diagnostics"].as_array().unwrap().len(), 0, "{template}: {built}");

        let inspected = expect_json(here, 0, &["inspect", "out", "--json", "--files"]);
        assert_eq!(inspected["digest"], built["digest"]);
        assert_eq!(inspected["pages"].as_array().unwrap().len(), pages, "{template}");
        assert_eq!(inspected["packages"].as_array().unwrap().len(), packages, "{template}");
        // The project itself gives the same, compiled in memory.
        assert_eq!(expect_json(here, 0, &["inspect", "hello", "--json"])["digest"], built["digest"]);

        let table = expect(here, 0, &["inspect", "out"]);
        assert!(table.contains(built["digest"].as_str().unwrap()), "{table}");
        assert!(table.contains("main"), "{table}");
    }
}

#[test]
fn a_new_project_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes.txt"), "keep").unwrap();
    expect(folder.path(), 1, &["new", "mine"]);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
}

#[test]
fn the_same_input_gives_the_same_bytes_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let there = here.join("another place/deeper");
    fs::create_dir_all(&there).unwrap();
    expect(here, 0, &["new", "hello", "--template", "shop"]);
    expect(&there, 0, &["new", "hello", "--template", "shop"]);
    let build = |folder: &Path, zone: &str| {
        let status = lodger(folder).args(["build", "hello", "-o", "out"]).env("TZ", zone).status().unwrap();
        assert!(status.success());
        fs::read(folder.join("out/index.json")).unwrap()
    };
    assert_eq!(build(here, "UTC"), build(&there, "Pacific/Chatham"));
    assert_eq!(build(here, "America/Caracas"), build(here, "UTC"));
}

#[test]
fn building_again_replaces_the_earlier_build_only() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    expect(here, 0, &["new", "hello"]);
    expect(here, 0, &["build", "hello", "-o", "out"]);
    let first = fs::read_dir(here.join("out/blobs")).unwrap().count();
    expect(here, 0, &["build", "hello", "-o", "out"]);
    assert_eq!(fs::read_dir(here.join("out/blobs")).unwrap().count(), first);

    fs::create_dir(here.join("precious")).unwrap();
    fs::write(here.join("precious/thesis.txt"), "keep").unwrap();
    expect(here, 1, &["build", "hello", "-o", "precious"]);
    assert!(here.join("precious/thesis.txt").exists());
}

#[test]
fn a_broken_project_is_told_with_its_places() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    expect(here, 0, &["new", "hello"]);
    let page = here.join("hello/miniprogram/pages/index");
    fs::write(page.join("index.wxml"), "<view>\n  <text>{{ a + }}</text>\n</view>\n").unwrap();
    fs::write(page.join("index.ts"), "Page({\n  data: {,\n})\n").unwrap();

    let output = run(here, &["build", "hello", "-o", "out"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("pages/index/index.wxml:2:"), "{errors}");
    assert!(errors.contains("pages/index/index.ts:2:"), "{errors}");
    assert!(!here.join("out/index.json").exists());

    let told = expect_json(here, 1, &["build", "hello", "-o", "out", "--json"]);
    assert_eq!(told["ok"], false);
    assert!(told["diagnostics"].as_array().unwrap().len() >= 2, "{told}");
}

#[test]
fn a_damaged_bundle_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    expect(here, 0, &["new", "hello"]);
    expect(here, 0, &["build", "hello", "-o", "out"]);
    let blob = fs::read_dir(here.join("out/blobs")).unwrap().next().unwrap().unwrap().path();
    fs::write(&blob, "something else").unwrap();
    let told = expect_json(here, 1, &["inspect", "out", "--json"]);
    assert_eq!(told["ok"], false);
}

#[test]
fn doctor_says_what_to_do_next() {
    // Whether something is missing depends on the machine; that each missing thing has a next step does not.
    let output = run(Path::new("."), &["doctor", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.len() >= 4, "{report}");
    for check in checks {
        assert_eq!(check["state"] == "ok", check["next"].is_null(), "{check}");
    }
    let missing = checks.iter().any(|check| check["state"] == "missing");
    assert_eq!(output.status.code(), Some(i32::from(missing)));
    assert_eq!(report["ok"], !missing);
}
