//! When a back end may write to a user of its own accord (WeChat's rules): five messages in 48 hours after the user
//! wrote, two in a minute after the user entered the chat. A new event sets its window anew; it does not add.

use super::super::Errcode;

/// Seconds and messages after the user wrote.
const WROTE: (i64, i64) = (48 * 3600, 5);
/// Seconds and messages after the user entered.
const ENTERED: (i64, i64) = (60, 2);

/// Of one user in one app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    /// When the user wrote last, in seconds since 1970.
    pub wrote_at: i64,
    /// Messages that are left of it.
    pub wrote_left: i64,
    /// When the user entered last.
    pub entered_at: i64,
    /// Messages that are left of it.
    pub entered_left: i64,
}

impl Windows {
    /// The user wrote.
    pub fn wrote(&mut self, now: i64) {
        (self.wrote_at, self.wrote_left) = (now, WROTE.1);
    }

    /// The user entered the chat.
    pub fn entered(&mut self, now: i64) {
        (self.entered_at, self.entered_left) = (now, ENTERED.1);
    }

    /// Takes one message, of the window that ends first.
    ///
    /// # Errors
    /// `WindowOver` (45015) outside of both, `WindowUsed` (45047) if nothing is left.
    pub fn take(&mut self, now: i64) -> Result<(), Errcode> {
        let entered = (0..ENTERED.0).contains(&(now - self.entered_at));
        let wrote = (0..WROTE.0).contains(&(now - self.wrote_at));
        if entered && self.entered_left > 0 {
            self.entered_left -= 1;
            return Ok(());
        }
        if wrote && self.wrote_left > 0 {
            self.wrote_left -= 1;
            return Ok(());
        }
        Err(if entered || wrote { Errcode::WindowUsed } else { Errcode::WindowOver })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_are_wechats() {
        let mut windows = Windows::default();
        assert_eq!(windows.take(1_000_000), Err(Errcode::WindowOver));
        windows.wrote(1_000_000);
        for _ in 0..5 {
            assert_eq!(windows.take(1_000_001), Ok(()));
        }
        assert_eq!(windows.take(1_000_002), Err(Errcode::WindowUsed));
        windows.wrote(1_000_010);
        assert_eq!(windows.take(1_000_010 + 48 * 3600 - 1), Ok(()));
        assert_eq!(windows.take(1_000_010 + 48 * 3600), Err(Errcode::WindowOver));
        windows.entered(2_000_000);
        assert_eq!((windows.take(2_000_000), windows.take(2_000_059)), (Ok(()), Ok(())));
        assert_eq!(windows.take(2_000_059), Err(Errcode::WindowUsed));
        windows.entered(2_000_060);
        assert_eq!(windows.take(2_000_120), Err(Errcode::WindowOver));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Wrote,
        Entered,
        Send,
        Wait(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            1 => Just(Step::Wrote),
            1 => Just(Step::Entered),
            3 => Just(Step::Send),
            1 => (1_i64..100).prop_map(Step::Wait),
            1 => (1_i64..200_000).prop_map(Step::Wait),
        ]
    }

    proptest! {
        /// The model keeps every event and counts; it knows nothing of what is left.
        #[test]
        fn never_more_than_the_events_allow(steps in proptest::collection::vec(step(), 1..80)) {
            let mut windows = Windows::default();
            let (mut now, mut wrote, mut entered) = (1_000_000_000_i64, None, None);
            let (mut since_wrote, mut since_entered) = (0, 0);
            for step in steps {
                match step {
                    Step::Wait(seconds) => now += seconds,
                    Step::Wrote => { windows.wrote(now); (wrote, since_wrote) = (Some(now), 0); }
                    Step::Entered => { windows.entered(now); (entered, since_entered) = (Some(now), 0); }
                    Step::Send => {
                        let open = |at: Option<i64>, length| at.is_some_and(|at| now < at + length);
                        let (by_wrote, by_entered) = (open(wrote, 172_800), open(entered, 60));
                        let expected = if by_entered && since_entered < 2 {
                            since_entered += 1;
                            Ok(())
                        } else if by_wrote && since_wrote < 5 {
                            since_wrote += 1;
                            Ok(())
                        } else if by_wrote || by_entered {
                            Err(Errcode::WindowUsed)
                        } else {
                            Err(Errcode::WindowOver)
                        };
                        prop_assert_eq!(windows.take(now), expected);
                    }
                }
            }
        }
    }
}
