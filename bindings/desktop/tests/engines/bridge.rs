//! The bridge by its public face: what a program can rely on, the same in both engines.
use crate::{
    harness::{driver, in_both_engines, program},
    sink::{Hit, Sink},
};
use lodger_desktop::{Entry, HostEvent};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn answer(hit: &Hit) -> (&'static str, Vec<u8>) {
    match hit.path.as_str() {
        "/never" => {
            // Longer than any test waits; the thread ends with the process.
            std::thread::park_timeout(std::time::Duration::from_secs(60));
            ("text/plain", Vec::new())
        }
        "/body" => ("application/octet-stream", hit.body.clone()),
        path if path.starts_with("/json") => {
            ("application/json", json!({ "path": path }).to_string().into_bytes())
        }
        path => ("text/plain", format!("{} {path}", hit.method).into_bytes()),
    }
}

fn result(event: &HostEvent) -> Option<(String, Value)> {
    let HostEvent::Console { text, .. } = event else { return None };
    serde_json::from_str(text.strip_prefix("bridge ")?).ok()
}

in_both_engines! {
    fn keeps_its_promises(engine) {
        let server = Sink::new(answer);
        let mut driver = driver(engine);
        let query = [("server".to_owned(), server.url(""))].into();
        driver.open(&program("bridge"), Entry { query, ..Entry::default() }).unwrap();
        let mut results = BTreeMap::new();
        while !results.contains_key("done") {
            let event = driver.wait("the next result", |event| result(event).is_some()).unwrap();
            results.extend(result(&event));
        }
        let expected = [
            ("order", json!([199, "sync"])),
            ("sync", json!([true, true, true, 0])),
            ("many", json!(true)),
            ("text", json!([200, true])),
            ("binary", json!([200, true])),
            ("json", json!([{ "path": "/json?a=1&b=x%20y%26z" }, true, ["sink=1"]])),
            ("long", json!(["string", 1])),
            ("abort", json!("request:fail abort")),
            ("timeout", json!("request:fail timeout")),
            ("unknown", json!(["undefined", false, true])),
        ];
        for (name, expected) in expected {
            assert_eq!(results[name], expected, "{name}");
        }
        // As back ends expect it, and nothing of the user's or the host's.
        let echo = server.wait_for("/echo/0");
        assert!(echo.headers["referer"].starts_with("https://servicewechat.com/bridge/"), "{:?}", echo.headers);
        assert!(!echo.headers.contains_key("cookie") && !echo.headers.contains_key("origin"), "{:?}", echo.headers);
    }
}
