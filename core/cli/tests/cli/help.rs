//! Every command explains itself, and exit codes mean what they say.

use crate::support::{expect, run};
use std::path::Path;

const COMMANDS: &[&str] = &[
    "new", "check", "build", "run", "smoke", "drive", "inspect", "explain", "doctor", "keys", "repo", "app",
    "publish", "release", "serve", "admin",
];

#[test]
fn every_command_has_help_with_an_example() {
    for command in COMMANDS {
        let help = expect(Path::new("."), 0, &[command, "--help"]);
        assert!(help.contains("Example"), "{command}: {help}");
        assert!(help.contains(&format!("lodger {command}")), "{command}: {help}");
        assert!(help.contains("--json"), "{command}: {help}");
    }
}

#[test]
fn the_overview_lists_what_exists_and_nothing_else() {
    let help = expect(Path::new("."), 0, &["--help"]);
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
}

#[test]
fn a_wrong_command_line_gives_2() {
    for args in
        [&["nonsense"][..], &[], &["build", "--nonsense"], &["new", "a b"], &["new", "x", "--template", "y"]]
    {
        let output = run(Path::new("."), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?} printed to standard output");
        assert!(!output.stderr.is_empty(), "{args:?} said nothing");
    }
}

#[test]
fn a_wrong_input_gives_1() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["build", "absent", "-o", "out"][..], &["build", ".", "-o", "out"], &["inspect", "absent"]]
    {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{args:?}");
    }
}
