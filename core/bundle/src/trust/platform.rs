//! The upper level: the operator's repository, and in it the entry of one program, or the keys that sign orders.
use super::{
    AppEntry, Fetch, Trust, TrustError,
    documents::{self, MAX_BYTES},
    evidence::{self, Progress},
    is_refusal,
    level::Level,
    moment,
    transport::Transport,
};
use crate::Digest;
use jiff::Timestamp;
use std::{sync::Arc, time::SystemTime};

/// Prefixes of three hex digits in one bin (repository.md, "Roles").
const PREFIXES_PER_BIN: u16 = 4;

/// The keys that sign orders (core/docs/payment.md).
const PAYMENT_KEYS: &str = "payment-keys.json";

impl Trust {
    /// The platform's `payment-keys.json`, byte for byte, as the repository has it at the device's clock `now`; `None`
    /// if the reviewer signed none. Never without a network, and remembered by nobody but the caller: a key that was
    /// taken back is not used again. What is seen of the platform on the way is remembered, as by [`Trust::check`].
    ///
    /// # Errors
    /// Any [`TrustError`] about the platform.
    pub fn payment_keys(
        &self,
        fetch: &Arc<dyn Fetch>,
        now: SystemTime,
    ) -> Result<Option<Vec<u8>>, TrustError> {
        let known = evidence::load_platform(&self.database)?;
        let now = moment(now).max(Timestamp::from_second(known.issued).unwrap_or(Timestamp::MAX));
        let read = |reuse| {
            let transport = Transport::new("platform", Some(Arc::clone(fetch)), &known.platform, reuse);
            let found = self.read_payment_keys(transport.clone(), now);
            (found, transport.reused())
        };
        match read(true) {
            // As in `check`: after a rotation of stolen keys, what is remembered may be the thief's.
            (Err(error), true) if is_refusal(&error) => read(false).0,
            (outcome, _) => outcome,
        }
    }

    fn read_payment_keys(&self, transport: Transport, now: Timestamp) -> Result<Option<Vec<u8>>, TrustError> {
        let mut level = Level::open(transport, self.root.platform(), now)?;
        let bin = bin_of(PAYMENT_KEYS);
        level.delegation(&bin)?;
        let found = level.target(&bin, PAYMENT_KEYS, MAX_BYTES, now)?;
        level.check_fresh(&[&bin], now)?;
        let (timestamp, _) = level.timestamp()?;
        let progress = Progress { epoch: 0, root: level.root_version(), timestamp };
        let files = level.transport().used();
        self.database.write(|tx| evidence::write_platform(tx, &files, &progress, now.as_second()))?;
        Ok(found)
    }
}

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
