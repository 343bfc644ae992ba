//! The component model as WeChat documents it, checked by a program in a real page of each engine.
use crate::harness::{driver, in_both_engines, program};
use lodger_desktop::{Driver, Entry, HostEvent, Target};

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

in_both_engines! {
    fn components_behave_as_documented(engine) {
        let mut driver = driver(engine);
        driver.open(&program("model"), Entry::page("pages/main/main")).unwrap();
        driver.wait("the end of the checks", |event| line(event) == Some("DONE")).unwrap();
        for (target, last) in [("#mut", "TAP outer"), ("#caught", "TAP capture")] {
            driver.scroll_to(&Target::css(target)).unwrap();
            driver.tap(&Target::css(target)).unwrap();
            driver.wait(last, |event| line(event) == Some(last)).unwrap();
        }
        driver.tap(&Target::css("#tab1")).unwrap();
        driver.wait("the second tab", |event| line(event) == Some("TAB")).unwrap();
        all_passed(&driver, 45);
        let taps: Vec<&str> =
            driver.events().iter().filter_map(line).filter(|text| text.starts_with("TAP ")).collect();
        // Of the mut-bind handlers only one runs; a captured and caught tap goes no further.
        assert_eq!(taps, ["TAP inner", "TAP outer", "TAP capture"]);
    }

    fn page_meta_speaks_for_the_page(engine) {
        let mut driver = driver(engine);
        driver.open(&program("model"), Entry::page("pages/meta/meta")).unwrap();
        driver.wait("the page with page-meta", |event| line(event) == Some("META")).unwrap();
        all_passed(&driver, 5);
    }
}

/// At least `fewest` checks ran, and none failed.
fn all_passed(driver: &Driver, fewest: usize) {
    let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
    let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
    assert!(passed >= fewest, "only {passed} checks ran");
}
