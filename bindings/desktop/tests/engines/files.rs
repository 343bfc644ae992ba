//! The file system of programs: every method with good, bad and missing arguments, in a real page of each engine.
use crate::harness::{driver, in_both_engines, program};
use lodger_desktop::{Entry, HostEvent};

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

in_both_engines! {
    fn every_method_of_the_file_system(engine) {
        let mut driver = driver(engine);
        driver.open(&program("files"), Entry::default()).unwrap();
        driver.wait("the end", |event| line(event).is_some_and(|text| text == "DONE" || text.starts_with("FAIL run"))).unwrap();
        let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
        let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
        assert!(passed > 150, "only {passed} checks ran");
    }
}
