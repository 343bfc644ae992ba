//! Why the desktop host could not do what it was asked.
use lodger_engine::LodgerError;
use lodger_server::repository::RepositoryError;
use std::{io, path::PathBuf, time::Duration};

/// An error of the desktop host or of its test driver. Messages are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program this needs is not installed.
    #[error("`{program}` was not found. Install it ({package} on Debian) or set {variable} to its path.")]
    MissingTool {
        /// Command name.
        program: &'static str,
        /// Debian package that holds it.
        package: &'static str,
        /// Environment variable that overrides the search.
        variable: &'static str,
    },
    /// A program was started and did not get as far as it should.
    #[error("{what} failed: {why}")]
    Process {
        /// What was being done.
        what: &'static str,
        /// What it said.
        why: String,
    },
    /// The window host ended; its own messages are on standard error.
    #[error("The window host ended unexpectedly ({0}). Its last lines on standard error say why.")]
    HostGone(String),
    /// Nothing that was waited for happened in time.
    #[error("Waited {}s for {what}; it did not happen.", within.as_secs())]
    TimeOut {
        /// What was waited for.
        what: String,
        /// How long.
        within: Duration,
    },
    /// No visible element of the top page matches.
    #[error("The top page shows nothing that matches {0}.")]
    NoElement(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The session cannot go on.
    #[error("{message} ({code})")]
    Session {
        /// For people.
        message: String,
        /// For machines.
        code: String,
    },
    /// The repository of builds could not be made or written.
    #[error("Signing the build failed: {0}")]
    Builds(#[from] RepositoryError),
    /// What is kept there was verified by another operator's keys.
    #[error("{} belongs to another repository. Give another data folder (--data), or remove this one.", .0.display())]
    OtherRepository(PathBuf),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] LodgerError),
}

impl Error {
    /// For `map_err`: a failed step of a process or protocol.
    pub(crate) fn process<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Process { what, why: error.to_string() }
    }

    /// For `map_err`: a failed read or write of `path`.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
