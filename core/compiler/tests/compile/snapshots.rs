//! What comes out of `tests/projects/shop`, which has a little of everything.
use crate::support::{file, paths};
use lodger_compiler::{Options, compile, locate};
use std::{fs, path::Path};

fn shop() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/shop")
}

#[test]
fn the_shop_in_development() {
    let output = compile(&shop(), &Options { development: true, ..Options::default() });
    assert!(output.diagnostics.is_empty(), "{:#?}", output.diagnostics);
    insta::assert_snapshot!("main_package", file(&output, "package.js"));
    insta::assert_snapshot!("order_package", file(&output, "order/package.js"));
    let config: serde_json::Value = serde_json::from_str(&file(&output, "app.json")).expect("JSON");
    insta::assert_snapshot!("app_json", serde_json::to_string_pretty(&config).expect("JSON"));
    insta::assert_debug_snapshot!("paths", paths(&output));
    insta::assert_debug_snapshot!("stats", output.stats);
}

#[test]
fn the_index_carries_the_settings() {
    let output = compile(&shop(), &Options::default());
    let index = &output.bundle.expect("a bundle").index;
    assert_eq!((index.app.as_str(), index.version.name.as_str(), index.version.code), ("shop", "1.2.0", 12));
    assert_eq!(index.pages, ["pages/menu/index", "pages/cart/index", "order/list/index"]);
    assert_eq!(index.domains.request.as_deref(), Some(&["https://api.example.com".to_owned()][..]));
    assert_eq!(index.scopes, ["scope.userLocation"]);
    let names: Vec<_> = index.packages.iter().map(|p| (p.name.as_str(), p.root.as_str())).collect();
    assert_eq!(names, [("main", ""), ("order", "order")]);
}

#[test]
fn options_override_the_settings() {
    let version = lodger_bundle::Version { name: "9.0.0".into(), code: 90 };
    let options = Options { app: Some("other".into()), version: Some(version.clone()), ..Options::default() };
    let index = compile(&shop(), &options).bundle.expect("a bundle").index;
    assert_eq!((index.app.as_str(), index.version), ("other", version));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|e| e.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Hash maps differ from run to run and from map to map, so a few builds show an order that is left to chance.
#[test]
fn the_same_bytes_from_another_folder_and_every_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let elsewhere = folder.path().join("somewhere/else");
    copy(&shop(), &elsewhere);
    for development in [false, true] {
        let options = Options { development, ..Options::default() };
        let first = compile(&shop(), &options);
        for _ in 0..3 {
            let again = compile(&elsewhere, &options);
            assert_eq!(
                again.bundle.expect("a bundle").digest(),
                first.bundle.as_ref().expect("a bundle").digest()
            );
            assert_eq!(again.maps, first.maps);
        }
    }
}

#[test]
fn places_of_the_script_lead_back_to_the_source() {
    for development in [false, true] {
        let output = compile(&shop(), &Options { development, ..Options::default() });
        let script = file(&output, "package.js");
        let (number, line) = script.lines().enumerate().find(|(_, l)| l.contains("sum")).expect("the line");
        let column = line.find("sum").expect("the word") as u32 + 1;
        let place = locate(&output.maps["package.js"], number as u32 + 1, column);
        assert_eq!(place, Some(("miniprogram/utils/money.ts".into(), 4, 7)));
        let map: serde_json::Value = serde_json::from_slice(&output.maps["package.js"]).expect("JSON");
        let sources = map["sources"].as_array().expect("sources");
        assert!(sources.iter().all(|s| s.as_str().is_some_and(|s| !s.starts_with('/'))));
        assert_eq!(map["sourcesContent"].as_array().map(Vec::len), Some(sources.len()));
    }
}
