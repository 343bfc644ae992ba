//! An issuer's keys, remembered, and fetched again when they rotate. Holds no network: it says when to ask.
use super::{Header, JoseError, KeySet, PublicKey};
use std::time::{Duration, SystemTime};

/// After this, keys are asked for again even if all is well: a key that was taken back must stop working.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// Keys that could not be asked for again still count so long.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// Between two questions, whatever strangers put into `kid`.
const PAUSE: Duration = Duration::from_secs(60);

/// The remembered keys of one issuer.
#[derive(Clone, Debug, Default)]
pub struct KeyCache {
    keys: KeySet,
    fetched: Option<SystemTime>,
    asked: Option<SystemTime>,
}

/// What to do about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Verify with this key.
    Key(PublicKey),
    /// Fetch the issuer's keys, give them to [`KeyCache::put`], and look again, also if fetching fails.
    Fetch,
    /// The issuer has no such key.
    Unknown,
}

impl KeyCache {
    /// The key for a token with this header at `now`.
    pub fn find(&mut self, header: &Header, now: SystemTime) -> Lookup {
        let may_ask = !within(self.asked, now, PAUSE);
        let known = self.keys.find(header);
        let wanted = known.is_err() || !within(self.fetched, now, FRESH);
        if wanted && may_ask {
            self.asked = Some(now);
            return Lookup::Fetch;
        }
        match known {
            Ok(key) if within(self.fetched, now, USABLE) => Lookup::Key(key.clone()),
            _ => Lookup::Unknown,
        }
    }

    /// The keys as they were last fetched; they count while [`KeyCache::find`] finds them.
    #[must_use]
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Takes what was fetched at `now`. What is no key set changes nothing.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn put(&mut self, bytes: &[u8], now: SystemTime) -> Result<(), JoseError> {
        self.keys = KeySet::read(bytes)?;
        self.fetched = Some(now);
        Ok(())
    }
}

/// Whether `since` is at most `length` before `now`. A clock that was set back makes nothing last longer.
fn within(since: Option<SystemTime>, now: SystemTime, length: Duration) -> bool {
    since.and_then(|since| now.duration_since(since).ok()).is_some_and(|age| age < length)
}
