//! Which failures are worth another try, and when: a pure rule.
use ring::rand::{SecureRandom, SystemRandom};
use std::time::Duration;

/// Tries in all.
pub(super) const TRIES: u32 = 3;
/// Before the second try; twice as long before each further one.
const FIRST: Duration = Duration::from_millis(300);
/// A server that asks for more patience than this is asked by the next open.
const LONGEST: Duration = Duration::from_secs(10);

/// How long to wait before try `number` (2, 3, …), given the server's own wish; `None`: do not try again.
///
/// Half of the time is fixed and half is by chance, so that devices which failed together do not come back together.
pub(super) fn wait(number: u32, wish: Option<Duration>, chance: f64) -> Option<Duration> {
    if number > TRIES {
        return None;
    }
    let backoff = FIRST.saturating_mul(1 << number.saturating_sub(2).min(16));
    let own = backoff.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0));
    let wait = wish.map_or(own, |wish| wish.max(own));
    (wait <= LONGEST).then_some(wait)
}

/// From 0 to 1. Without random numbers the middle: waiting is no secret.
pub(super) fn chance() -> f64 {
    let mut bytes = [0; 2];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => f64::from(u16::from_be_bytes(bytes)) / f64::from(u16::MAX),
        Err(_) => 0.5,
    }
}

/// `Retry-After` in seconds (RFC 9110 10.2.3). Its other form, a date, needs a clock to be trusted: ignored.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    value.trim().parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()))
}

/// Statuses that may pass (RFC 9110, RFC 6585).
pub(super) fn passes(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502..=504)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_tries_and_no_more() {
        assert_eq!(wait(2, None, 1.0), Some(FIRST));
        assert_eq!(wait(3, None, 1.0), Some(2 * FIRST));
        assert_eq!(wait(4, None, 1.0), None);
    }

    #[test]
    fn the_server_is_obeyed_within_reason() {
        let wish = |seconds| wait(2, Some(Duration::from_secs(seconds)), 0.0);
        assert_eq!(wish(0), Some(FIRST / 2));
        assert_eq!(wish(2), Some(Duration::from_secs(2)));
        assert_eq!(wish(11), None);
        assert_eq!(retry_after(" 2 "), Some(Duration::from_secs(2)));
        for other in ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "99999999999"] {
            assert_eq!(retry_after(other), None);
        }
    }

    proptest! {
        #[test]
        fn a_wait_is_never_long(number in 0u32..100, wish in proptest::option::of(0u64..100), chance in -1.0f64..2.0) {
            let wait = wait(number, wish.map(Duration::from_secs), chance);
            prop_assert!(wait.is_none_or(|wait| wait <= LONGEST && number <= TRIES));
        }
    }
}
