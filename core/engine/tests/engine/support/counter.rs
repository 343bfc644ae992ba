//! A host's payment sheet that is pressed by the test, and remembers what it was told.
use super::PATIENCE;
use async_trait::async_trait;
use lodger_engine::{PaymentRequest, PaymentSheet, PaymentState};
use std::sync::{Arc, Condvar, Mutex};
use tokio::sync::watch;

/// What the user does with a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Wait,
    Agree,
    Refuse,
}

/// The host's sheet.
pub struct Counter {
    press: watch::Sender<Press>,
    leave: watch::Sender<bool>,
    shown: Mutex<Vec<PaymentRequest>>,
    states: Mutex<Vec<(String, PaymentState)>>,
    more: Condvar,
    /// Sheets that went away before anybody pressed.
    dropped: watch::Sender<u64>,
}

impl Counter {
    pub fn new(press: Press) -> Arc<Self> {
        Arc::new(Self {
            press: watch::Sender::new(press),
            leave: watch::Sender::new(false),
            shown: Mutex::default(),
            states: Mutex::default(),
            more: Condvar::new(),
            dropped: watch::Sender::new(0),
        })
    }

    pub fn press(&self, press: Press) {
        self.press.send_replace(press);
    }

    /// The user leaves what is being checked; or stays, from now on.
    pub fn leave(&self, leave: bool) {
        self.leave.send_replace(leave);
    }

    pub fn shown(&self) -> Vec<PaymentRequest> {
        self.shown.lock().expect("not poisoned").clone()
    }

    pub fn states(&self) -> Vec<PaymentState> {
        self.states.lock().expect("not poisoned").iter().map(|(_, state)| state.clone()).collect()
    }

    /// Waits until more has been shown than these sheets and states, or `over`.
    pub fn wait_for_more(&self, sheets: usize, states: usize, over: &dyn Fn() -> bool) {
        let known = self.states.lock().expect("not poisoned");
        let nothing = |known: &mut Vec<_>| known.len() <= states && self.shown().len() <= sheets && !over();
        let waited = self.more.wait_timeout_while(known, PATIENCE, nothing);
        assert!(!waited.expect("not poisoned").1.timed_out(), "nothing was shown");
    }

    /// Wakes whoever waits for more.
    pub fn wake(&self) {
        drop(self.states.lock());
        self.more.notify_all();
    }

    /// Waits for the sheet's `count`th state.
    pub fn wait_for_states(&self, count: usize) -> Vec<PaymentState> {
        let states = self.states.lock().expect("not poisoned");
        let waited = self.more.wait_timeout_while(states, PATIENCE, |states| states.len() < count);
        let (states, late) = waited.expect("not poisoned");
        assert!(!late.timed_out(), "there were only {states:?}");
        states.iter().map(|(_, state)| state.clone()).collect()
    }

    /// Waits until `count` sheets went away before anybody pressed.
    pub fn wait_for_dropped(&self, count: u64) {
        let mut dropped = self.dropped.subscribe();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let waited = runtime.block_on(async {
            tokio::time::timeout(PATIENCE, dropped.wait_for(|dropped| *dropped >= count)).await.map(drop)
        });
        waited.expect("the sheet stayed");
    }

    /// Waits until `count` sheets were drawn.
    pub fn wait_for_sheets(&self, count: usize) {
        let shown = self.shown.lock().expect("not poisoned");
        let waited = self.more.wait_timeout_while(shown, PATIENCE, |shown| shown.len() < count);
        assert!(!waited.expect("not poisoned").1.timed_out(), "the sheet did not come");
    }
}

struct Dropped<'a>(&'a watch::Sender<u64>, bool);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.send_modify(|count| *count += 1);
        }
    }
}

#[async_trait]
impl PaymentSheet for Counter {
    async fn confirm(&self, payment: PaymentRequest) -> bool {
        self.shown.lock().expect("not poisoned").push(payment);
        self.wake();
        let mut dropped = Dropped(&self.dropped, false);
        let mut press = self.press.subscribe();
        let agreed = *press.wait_for(|press| *press != Press::Wait).await.expect("open") == Press::Agree;
        dropped.1 = true;
        agreed
    }

    fn show(&self, payment: &PaymentRequest, state: PaymentState) {
        self.states.lock().expect("not poisoned").push((payment.order.clone(), state));
        self.more.notify_all();
    }

    async fn left(&self, _: PaymentRequest) {
        self.leave.subscribe().wait_for(|leave| *leave).await.expect("open");
    }
}
