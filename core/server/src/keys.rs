//! Signing keys in a folder: one sealed file for each key, by who holds it.

mod folder;
mod ring;
mod seal;

pub use folder::{KeyFolder, PublicKey};
pub use ring::{KeyRing, Signer};
pub use seal::{Cost, Passphrase};

use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

/// Who holds a key, and so what it signs (DESIGN 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// Offline; the roots, and the top-level targets of programs.
    Officer,
    /// Offline; which programs there are: the platform's targets and bins.
    Reviewer,
    /// A program's author; its releases and their floor.
    Publisher,
    /// Online; channels, snapshots and timestamps.
    Server,
}

impl Holder {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Officer, Self::Reviewer, Self::Publisher, Self::Server];

    /// As in file names and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Reviewer => "reviewer",
            Self::Publisher => "publisher",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a set of keys is for. It ends up in the trust root that hosts ship, and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// For programs that people use: three officers, of whom two must sign.
    Release,
    /// For a developer's own machine: one officer.
    Development,
}

/// Why keys could not be made, read or used. No message holds a passphrase or a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file or folder could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder holds something else, or already keys.
    #[error("{path}: {what}", path = path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: String,
    },
    /// Not a key file, or one that was changed.
    #[error("{path} is not a key file of Lodger or was changed; take it from your backup", path = path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// The passphrase does not open the key.
    #[error("the passphrase does not open {path}", path = path.display())]
    Passphrase {
        /// Which key.
        path: PathBuf,
    },
    /// Fewer keys are here than must sign.
    #[error("{needed} {holder} keys must sign, {here} are in {dir}; bring the others, or sign where they are", dir = dir.display())]
    TooFew {
        /// Whose.
        holder: Holder,
        /// How many must sign.
        needed: u64,
        /// How many there are.
        here: usize,
        /// Where they were looked for.
        dir: PathBuf,
    },
    /// The cryptographic library failed.
    #[error("cryptography failed: {0}")]
    Crypto(&'static str),
}

#[cfg(test)]
mod tests;
