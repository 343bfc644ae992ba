//! Every function that works, against WeChat's documented form: the rows of `tests/apps/functions/cases`, in a page of
//! each engine. A row of the registry that works and has no case is a failure here.
use crate::{
    harness::{Told, driver_with, in_both_engines, options, picture, program, vanishes},
    sink::{Hit, Sink},
    sockets::Server,
};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Scopes, Target, WebEngine};
use lodger_engine::registry::{ApiKind, ApiStatus, Registry};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A file that the program has too.
fn media(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps/functions/media").join(name)
}

/// What the cases may ask for: `/json`, `/bytes`, `/four.png`, `/echo` (method and body), `/slow` (never); anything else is text.
fn answer(hit: &Hit) -> (&'static str, Vec<u8>) {
    match hit.path.split('?').next().unwrap_or("") {
        "/json" => ("application/json", br#"{"a":1}"#.to_vec()),
        "/bytes" => ("application/octet-stream", (0..=255).collect()),
        "/four.png" => ("image/png", std::fs::read(media("four.png")).unwrap()),
        "/echo" => ("text/plain", [hit.method.as_bytes(), b" ", &hit.body].concat()),
        "/slow" => {
            // Longer than any case waits; the thread ends with the process.
            std::thread::park_timeout(std::time::Duration::from_secs(60));
            ("text/plain", Vec::new())
        }
        path => ("text/plain", path.as_bytes().to_vec()),
    }
}

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

/// What the program says with this word before it, as JSON.
fn said(event: &HostEvent, word: &str) -> Option<Value> {
    serde_json::from_str(line(event)?.strip_prefix(word)?).ok()
}

/// Does what the program asks of a person: `tap` in lib/runner.js says what.
fn tap(driver: &mut Told, wish: &Value) {
    let css = Target::css(wish["css"].as_str().unwrap());
    let target = wish["text"].as_str().map_or(css.clone(), |text| css.with_text(text));
    match wish["choose"].as_array() {
        Some(names) => {
            let file = |name: &Value| media(name.as_str().unwrap());
            driver.tap_and_choose(&target, &names.iter().map(file).collect::<Vec<_>>()).unwrap();
        }
        None => driver.tap(&target).unwrap(),
    }
    if wish["gone"] == true {
        vanishes(driver, &target);
    }
}

in_both_engines! {
    fn every_function_keeps_wechats_form(engine) {
        let server = Sink::new(answer);
        let mut driver = driver_with(engine, DriverOptions { scopes: Scopes::Grant, ..options() });
        let sockets = Server::start();
        let mut query: BTreeMap<String, String> =
            [("server".into(), server.url("")), ("sockets".into(), format!("ws://127.0.0.1:{}", sockets.port))].into();
        // Nobody can drive a window's own chooser.
        if engine == WebEngine::Chromium {
            query.insert("chooser".into(), "yes".into());
        }
        driver.open(&program("functions"), Entry { query, ..Entry::page("pages/index/index") }).unwrap();
        let cases = driver.wait("the list of cases", |event| said(event, "CASES ").is_some()).unwrap();
        let cases: BTreeMap<String, u32> = serde_json::from_value(said(&cases, "CASES ").unwrap()).unwrap();
        let sum = loop {
            let event = driver.wait("the next line", |event| line(event).is_some()).unwrap();
            match said(&event, "TAP ").or_else(|| said(&event, "DONE ")) {
                None => {}
                Some(Value::Array(targets)) => {
                    targets.iter().for_each(|target| tap(&mut driver, target));
                }
                Some(sum) => break sum,
            }
        };
        driver.screenshot(&picture(&format!("functions-{}.png", engine.name()))).unwrap();
        driver.tap(&Target::css(".sum")).unwrap();
        driver.wait("the program's own end", |event| matches!(event, HostEvent::Exit)).unwrap();
        let failed: Vec<_> =
            driver.events().iter().filter_map(line).filter(|text| text.starts_with("FAIL")).collect();
        assert!(failed.is_empty(), "{failed:#?}");

        let works = Registry::get()
            .rows()
            .filter(|row| row.status != ApiStatus::None && row.kind != ApiKind::Internal);
        let (with, without): (Vec<_>, Vec<_>) = works.partition(|row| cases.contains_key(&row.name));
        println!("{}: {} functions have cases; {sum}", engine.name(), with.len());
        let without: Vec<_> = without.into_iter().map(|row| &row.name).collect();
        assert!(without.is_empty(), "add cases (tests/apps/functions/cases) for {without:?}");
    }
}
