//! Every function that works, against WeChat's documented form: the rows of `tests/apps/functions/cases`, in a page of
//! each engine. A row of the registry that works and has no case is a failure here.
use crate::{
    harness::{driver_with, in_both_engines, options, picture, program},
    sink::{Hit, Sink},
};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Scopes, Target};
use lodger_engine::registry::{ApiKind, ApiStatus, Registry};
use serde_json::Value;
use std::collections::BTreeMap;

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
        println!("{} functions of {} that work have cases; {sum}", with.len(), with.len() + without.len());
        let without: Vec<_> = without.iter().map(|row| &row.name).collect();
        assert!(without.is_empty(), "add cases (tests/apps/functions/cases) for {without:?}");
    }
}
