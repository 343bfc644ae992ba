//! The window host as a program of its own, for tests; the `lodger` command starts itself instead.
use std::process::ExitCode;

fn main() -> ExitCode {
    lodger_desktop::host::run()
}
