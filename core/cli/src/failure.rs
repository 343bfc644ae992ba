//! How a command ends when it does not succeed.

use std::{fmt::Display, path::Path};

/// Why a command ends with an exit code other than 0.
#[derive(Debug)]
pub enum Failure {
    /// The input is at fault, or something could not be done: one message, exit code 1.
    Input(String),
    /// The command line is at fault in a way that its parser cannot see: exit code 2.
    Usage(String),
    /// A check failed, and everything about it has been printed: exit code 1.
    Told,
}

impl Failure {
    /// For a file or folder that could not be read or written.
    pub fn file(path: &Path, error: impl Display) -> Self {
        Self::Input(format!("{}: {error}", path.display()))
    }
}
