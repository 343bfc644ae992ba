//! Every function that works, against WeChat's documented form: the rows of `tests/apps/functions/cases`, in a page of
//! each engine. A row of the registry that works and has no case is a failure here.
use crate::{
    harness::{driver_with, in_both_engines, options, picture, program},
    sink::{Hit, Sink},
};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Scopes, Target};
use lodger_engine::registry::{ApiKind, ApiStatus, Registry};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// What the cases may ask for: `/json`, `/bytes`, `/echo` (method and body), `/slow` (never); anything else is text.
fn answer(hit: &Hit) -> (&'static str, Vec<u8>) {
    match hit.path.split('?').next().unwrap_or("") {
        "/json" => ("application/json", br#"{"a":1}"#.to_vec()),
        "/bytes" => ("application/octet-stream", (0..=255).collect()),
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

/// All scripts of the test programs, but for the rows of this one.
fn scripts(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("functions") && !path.ends_with("node_modules") {
            all += &scripts(&path);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            all += &std::fs::read_to_string(&path).unwrap();
        }
    }
    all
}

/// Whether a program names the function; of a method (`FileSystemManager.readFile`) the last part.
fn called(scripts: &str, name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name);
    scripts.match_indices(name).any(|(at, _)| {
        let letter = |character: char| character.is_alphanumeric() || character == '_';
        !scripts[..at].ends_with(letter) && !scripts[at + name.len()..].starts_with(letter)
    })
}

in_both_engines! {
    fn every_function_keeps_wechats_form(engine) {
        let server = Sink::new(answer);
        let mut driver = driver_with(engine, DriverOptions { scopes: Scopes::Grant, ..options() });
        let query = [("server".to_owned(), server.url(""))].into();
        driver.open(&program("functions"), Entry { query, ..Entry::page("pages/index/index") }).unwrap();
        let cases = driver.wait("the list of cases", |event| said(event, "CASES ").is_some()).unwrap();
        let cases: BTreeMap<String, u32> = serde_json::from_value(said(&cases, "CASES ").unwrap()).unwrap();
        let sum = loop {
            let event = driver.wait("the next line", |event| line(event).is_some()).unwrap();
            match said(&event, "TAP ").or_else(|| said(&event, "DONE ")) {
                None => {}
                Some(Value::Array(targets)) => {
                    for target in targets {
                        let css = Target::css(target[0].as_str().unwrap());
                        let target = target[1].as_str().map_or(css.clone(), |text| css.with_text(text));
                        driver.tap(&target).unwrap();
                    }
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
        // Files, media and the like have programs of their own, with what they need around them.
        let others = scripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps"));
        let (elsewhere, nowhere): (Vec<_>, Vec<_>) =
            without.into_iter().map(|row| row.name.as_str()).partition(|name| called(&others, name));
        println!("{} functions have cases here, {} in other programs; {sum}", with.len(), elsewhere.len());
        assert!(nowhere.is_empty(), "add cases (tests/apps/functions/cases) for {nowhere:?}");
    }
}
