//! The upper level: the operator's repository, and in it the entry of one program.
use super::{
    AppEntry, TrustError,
    documents::{self, MAX_BYTES},
    evidence::Progress,
    level::Level,
    transport::Transport,
};
use crate::Digest;
use jiff::Timestamp;

/// Prefixes of three hex digits in one bin (repository.md, "Roles").
const PREFIXES_PER_BIN: u16 = 4;

/// The platform's part of a check.
pub(super) struct Platform {
    pub(super) entry: AppEntry,
    pub(super) progress: Progress,
    pub(super) expires: Timestamp,
    pub(super) level: Level,
    bin: String,
}

impl Platform {
    pub(super) fn open(
        transport: Transport,
        root: &[u8],
        app: &str,
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        let mut level = Level::open(transport, root, now)?;
        let path = format!("apps/{app}.json");
        let bin = bin_of(&path);
        level.delegation(&bin)?;
        let bytes = level.target(&bin, &path, MAX_BYTES, now)?;
        let bytes = bytes.ok_or_else(|| TrustError::UnknownApp { app: app.to_owned() })?;
        let entry: AppEntry = documents::read(level.transport().base(), &path, &bytes)?;
        if entry.app != app {
            return Err(level.refused(format!("{path} is about another program")));
        }
        let (timestamp, expires) = level.timestamp()?;
        let progress = Progress { epoch: 0, root: level.root_version(), timestamp };
        Ok(Self { entry, progress, expires, level, bin })
    }

    pub(super) fn check_fresh(&self, now: Timestamp) -> Result<(), TrustError> {
        self.level.check_fresh(&[&self.bin], now)
    }
}

/// The one role that may list `path`.
fn bin_of(path: &str) -> String {
    let digest = Digest::of(path.as_bytes());
    let prefix = u16::from_be_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]) >> 4;
    format!("bin-{:03x}", prefix / PREFIXES_PER_BIN * PREFIXES_PER_BIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_has_four_prefixes_of_three_digits() {
        // `printf %s apps/coffee.json | sha256sum` and so on.
        for (path, bin) in [("apps/coffee.json", "bin-814"), ("platform.json", "bin-018")] {
            assert_eq!(bin_of(path), bin);
        }
    }
}
