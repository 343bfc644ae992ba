//! Runs the built command, for the tests beside this file.
use std::{
    path::Path,
    process::{Command, Output},
};

/// The command, in `folder`, with colours off and nothing inherited that would change its answers.
pub fn lodger(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodger"));
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs it with `args`.
pub fn run(folder: &Path, args: &[&str]) -> Output {
    lodger(folder).args(args).output().expect("the command starts")
}

/// Runs it, expects `code`, and gives standard output.
#[track_caller]
pub fn expect(folder: &Path, code: i32, args: &[&str]) -> String {
    let output = run(folder, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "lodger {args:?} said: {errors}");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Standard output as JSON.
#[track_caller]
pub fn expect_json(folder: &Path, code: i32, args: &[&str]) -> serde_json::Value {
    let text = expect(folder, code, args);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?} printed no JSON ({error}): {text}"))
}
