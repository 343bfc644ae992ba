//! A program with a privacy contract, compiled, in both engines: what is the user's waits for the agreement.
use crate::harness::{Told, compile, copied, driver_with, in_both_engines, options};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Scopes, WebEngine};
use std::fs;

/// What the program is told when it reads the clipboard.
fn told(engine: WebEngine, scopes: Scopes) -> String {
    let folder = copied("plain");
    let app = folder.path().join("app.json");
    let text = fs::read_to_string(&app).unwrap();
    fs::write(&app, text.replacen('{', r#"{"__usePrivacyCheck__": true,"#, 1)).unwrap();
    let page =
        "Page({ onReady() { wx.getClipboardData({ complete: ({ errMsg }) => console.log(errMsg) }) } })";
    fs::write(folder.path().join("pages/index/index.js"), page).unwrap();
    let mut driver: Told = driver_with(engine, DriverOptions { scopes, ..options() });
    driver.open(&compile(folder.path()), Entry::default()).unwrap();
    let said = |event: &HostEvent| matches!(event, HostEvent::Console { text, .. } if text.contains("Data:"));
    match driver.wait("the clipboard", said).unwrap() {
        HostEvent::Console { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

in_both_engines! {
    fn the_clipboard_waits_for_the_contract(engine) {
        let refused = "getClipboardData:fail privacy permission is not authorized";
        assert_eq!(told(engine, Scopes::Deny), refused);
        assert_eq!(told(engine, Scopes::Grant), "getClipboardData:ok");
    }
}
