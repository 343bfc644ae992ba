//! Smoke of the examples: coffee, which people look at first, and galleries of whole component libraries, unmodified.
use crate::harness::{compile, in_both_engines, options};
use lodger_desktop::{WebEngine, smoke};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

in_both_engines! {
    fn coffee_is_clean(engine) {
        clean("coffee", engine);
    }

    fn vant_is_clean(engine) {
        clean("gallery-vant", engine);
    }

    fn tdesign_is_clean(engine) {
        clean("gallery-tdesign", engine);
    }

    fn weui_is_clean(engine) {
        clean("gallery-weui", engine);
    }
}

/// Every page opens without an error.
fn clean(app: &str, engine: WebEngine) {
    let report = smoke(&compile(&folder(app)), engine, options(), |_| ()).unwrap();
    assert!(report.failed.is_empty(), "{:#?}", report.failed);
    assert_eq!(report.clean, report.pages);
    eprintln!("{}: {} pages, first content {:?} ms", engine.name(), report.pages, report.first_content_ms);
}

fn folder(app: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/apps").join(app);
    assert!(
        folder.join("node_modules").is_dir(),
        "run `cargo xtask setup` first: it installs the npm packages of {app}"
    );
    folder
}

#[test]
fn galleries_show_every_component() {
    let libraries = [
        ("gallery-vant", "@vant/weapp/dist", "van-"),
        ("gallery-tdesign", "tdesign-miniprogram/miniprogram_dist", "t-"),
        ("gallery-weui", "weui-miniprogram/miniprogram_dist", "mp-"),
    ];
    for (app, library, prefix) in libraries {
        let folder = folder(app);
        let pages: String = read_all(&folder.join("miniprogram/pages"), "wxml");
        let missing: Vec<String> = components(&folder.join("node_modules").join(library))
            .into_iter()
            // The library makes its own: messages, the toasts' columns and so on.
            .filter(|name| !["message-item", "picker-column"].contains(&name.as_str()))
            .map(|name| format!("{prefix}{name}"))
            .filter(|tag| !pages.contains(&format!("<{tag} ")) && !pages.contains(&format!("<{tag}>")))
            .collect();
        assert!(missing.is_empty(), "{app} does not show {missing:?}");
    }
}

/// Folders of a library that hold a component of the folder's name, or `index`.
fn components(library: &Path) -> BTreeSet<String> {
    let is_component = |file: PathBuf| {
        fs::read_to_string(file).is_ok_and(|text| {
            serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|json| json["component"] == true)
        })
    };
    let folders = fs::read_dir(library).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| {
            let name = folder.file_name().unwrap();
            is_component(folder.join(name).with_extension("json")) || is_component(folder.join("index.json"))
        })
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

fn read_all(folder: &Path, extension: &str) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &read_all(&path, extension);
        } else if path.extension().is_some_and(|found| found == extension) {
            text += &fs::read_to_string(&path).unwrap();
        }
    }
    text
}
