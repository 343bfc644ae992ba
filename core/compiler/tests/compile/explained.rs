//! Every example of `lodger explain` is true: the wrong project gets its code, the right one does not.
use crate::support::{project, report};
use lodger_compiler::{CODES, Files, Options, compile};

/// What a few lines of text cannot show: another encoding, sizes, file systems that tell case apart, our own defects.
const UNTOLD: [&str; 4] = ["L0003", "L0701", "L0702", "L0901"];

#[test]
fn examples_are_true() {
    let found = |files: Files| {
        let folder = project(files);
        compile(folder.path(), &Options { check: true, ..Options::default() }).diagnostics
    };
    for code in CODES.iter().filter(|code| !UNTOLD.contains(&code.id)) {
        let example = code.example();
        let wrong = found(example.wrong);
        assert!(wrong.iter().any(|d| d.code == code.id), "{}, wrong: {}", code.id, report(&wrong));
        let right = found(example.right);
        assert!(!right.iter().any(|d| d.code == code.id), "{}, right: {}", code.id, report(&right));
    }
}
