//! The base library's own checks (`core/runtime/test/probe`), in a real page of each engine.
use crate::harness::{compile, driver, in_both_engines};
use lodger_desktop::{Entry, HostEvent, Target};
use std::path::Path;

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

in_both_engines! {
    fn the_base_library_does_what_it_says(engine) {
        let probe = compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/runtime/test/probe"));
        let mut driver = driver(engine);
        let query = [("a".to_owned(), "1".to_owned())].into();
        driver.open(&probe, Entry { query, ..Entry::page("pages/main/main") }).unwrap();
        driver.wait("the probe's end", |event| line(event) == Some("DONE")).unwrap();
        for (target, last) in [("#inner", "one tap"), ("#catchInner", "catch"), ("#wxs", "wxs event")] {
            driver.scroll_to(&Target::css(target)).unwrap();
            driver.tap(&Target::css(target)).unwrap();
            driver.wait(last, |event| line(event).is_some_and(|text| text.ends_with(last))).unwrap();
        }
        let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
        let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
        assert!(passed > 50, "only {passed} checks ran");
    }
}
