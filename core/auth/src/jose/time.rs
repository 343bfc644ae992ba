//! The claims that all tokens share: whom they are for, and how long they live.
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// How far two clocks may be apart.
const SKEW: u64 = 60;

/// `aud`: one name, or several (RFC 7519 section 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One name.
    One(String),
    /// A list of names.
    Many(Vec<String>),
}

impl Audience {
    /// True if `name` is among them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names().iter().any(|one| one == name)
    }

    /// True if `name` is the only one.
    #[must_use]
    pub fn is_only(&self, name: &str) -> bool {
        matches!(self.names(), [one] if one == name)
    }

    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// `iat`, `nbf` and `exp` of a token, in seconds since 1970; fractions are allowed (RFC 7519 section 2) and cut off.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Lifetime {
    iat: f64,
    exp: f64,
    nbf: Option<f64>,
}

impl Lifetime {
    /// True if the token has begun, by a clock that may be a minute off, and has not ended at `now`.
    #[must_use]
    pub fn holds(&self, now: SystemTime) -> bool {
        let now = seconds(now) as f64;
        let latest_start = now + SKEW as f64;
        self.iat <= latest_start && self.nbf.is_none_or(|start| start <= latest_start) && now < self.exp
    }

    /// True if it holds, and was not made to live longer than `most`.
    #[must_use]
    pub fn holds_at_most(&self, most: Duration, now: SystemTime) -> bool {
        self.holds(now) && self.exp - self.iat <= most.as_secs_f64()
    }

    /// True if it has not ended at `now`, or less than `allowance` ago: for clocks that nobody sets.
    #[must_use]
    pub fn ends_after(&self, now: SystemTime, allowance: Duration) -> bool {
        (seconds(now) as f64) < self.exp + allowance.as_secs_f64()
    }

    /// When it ends.
    #[must_use]
    pub fn end(&self) -> SystemTime {
        // `as` saturates, and the sum is bounded, so that no claim overflows a clock.
        let seconds = (self.exp as u64).min(1 << 40);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

/// Seconds since 1970; 0 before.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Whether `iat` is at most `window` seconds from `now`, before or after.
pub(crate) fn is_near(iat: u64, now: SystemTime, window: u64) -> bool {
    seconds(now).abs_diff(iat) <= window
}
