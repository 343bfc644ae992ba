//! What happened, kept for the console: it may be opened late, or lose its connection, and still tells the whole story.
use crate::event::Report;
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::sync::watch;

/// Reports kept; older ones go.
const KEPT: usize = 3_000;
/// Long enough to be rare, short enough that no layer in between gives up first.
const POLL: Duration = Duration::from_secs(20);

/// The last reports, numbered. Clones are the same feed; any thread.
#[derive(Clone)]
pub(crate) struct Feed(Arc<Inner>);

struct Inner {
    kept: Mutex<VecDeque<Told>>,
    /// Counts reports and changes of state alike.
    tick: watch::Sender<u64>,
}

/// A report, and when it came.
#[derive(Clone, Serialize)]
struct Told {
    n: u64,
    /// Milliseconds since 1970.
    time: u64,
    #[serde(flatten)]
    report: Report,
}

#[derive(Serialize)]
struct News {
    n: u64,
    /// Some reports after the asked-for one are no longer kept.
    lost: bool,
    state: Value,
    reports: Vec<Told>,
}

impl Default for Feed {
    fn default() -> Self {
        Self(Arc::new(Inner { kept: Mutex::default(), tick: watch::Sender::new(1) }))
    }
}

impl Feed {
    /// Adds a report.
    pub(crate) fn push(&self, report: Report) {
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mut kept = self.0.kept.lock().expect("no code panics while it holds the reports");
        // Under the lock: numbers must be in the order of the reports.
        self.0.tick.send_modify(|tick| *tick += 1);
        kept.push_back(Told { n: *self.0.tick.borrow(), time, report });
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// The state has changed.
    pub(crate) fn touch(&self) {
        self.0.tick.send_modify(|tick| *tick += 1);
    }

    /// As JSON `{n, lost, state, reports}`: what came after number `after`, as soon as there is something.
    pub(crate) async fn after(&self, after: u64, state: impl Fn() -> Value) -> Vec<u8> {
        let mut ticks = self.0.tick.subscribe();
        // Timing out is fine: the page asks again.
        let _ = tokio::time::timeout(POLL, ticks.wait_for(|tick| *tick > after)).await;
        // Read before the state is, so that a change in between is told again and not missed.
        let (n, lost, reports) = {
            let kept = self.0.kept.lock().expect("no code panics while it holds the reports");
            let lost = kept.len() == KEPT && kept.front().is_some_and(|first| first.n > after + 1);
            let new = kept.iter().rev().take_while(|told| told.n > after).count();
            (*ticks.borrow(), lost, kept.iter().skip(kept.len() - new).cloned().collect())
        };
        serde_json::to_vec(&News { n, lost, state: state(), reports }).expect("plain data is JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::HostEvent;

    async fn after(feed: &Feed, n: u64) -> Value {
        serde_json::from_slice(&feed.after(n, || Value::Null).await).unwrap()
    }

    fn log(text: &str) -> Report {
        let event = HostEvent::Console { level: "info".into(), text: text.into(), stack: None };
        Report { session: 1, event }
    }

    #[tokio::test]
    async fn each_report_is_told_once() {
        let feed = Feed::default();
        feed.push(log("a"));
        let first = after(&feed, 0).await;
        assert_eq!(first["reports"][0]["text"], "a");
        let (waited, ()) = tokio::join!(after(&feed, first["n"].as_u64().unwrap()), async {
            feed.push(log("b"));
        });
        assert_eq!(waited["reports"].as_array().unwrap().len(), 1);
        assert_eq!(waited["reports"][0]["text"], "b");
        feed.touch();
        let touched = after(&feed, waited["n"].as_u64().unwrap()).await;
        assert_eq!(
            (touched["reports"].as_array().unwrap().len(), &touched["lost"]),
            (0, &Value::Bool(false))
        );
    }

    #[tokio::test]
    async fn a_flood_drops_the_oldest_and_says_so() {
        let feed = Feed::default();
        for at in 0..=KEPT {
            feed.push(log(&at.to_string()));
        }
        let told = after(&feed, 1).await;
        assert_eq!((told["reports"].as_array().unwrap().len(), &told["lost"]), (KEPT, &Value::Bool(true)));
        assert_eq!(told["reports"][0]["text"], "1");
    }
}
