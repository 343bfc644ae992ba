//! Smoke of coffee, the example that people look at first: every page opens clean.
use crate::harness::{compile, in_both_engines, options};
use lodger_desktop::smoke;
use std::path::Path;

in_both_engines! {
    fn coffee_is_clean(engine) {
        let coffee = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/apps/coffee");
        assert!(coffee.join("node_modules").is_dir(), "run `cargo xtask setup` first: it installs coffee's npm packages");
        let report = smoke(&compile(&coffee), engine, options(), |_| ()).unwrap();
        assert!(report.failed.is_empty(), "{:#?}", report.failed);
        assert_eq!(report.clean, report.pages);
        eprintln!("{}: {} pages, first content {:?} ms", engine.name(), report.pages, report.first_content_ms);
    }
}
