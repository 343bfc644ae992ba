//! One download for all who want the same stream, and few downloads at once.
use super::error::Failure;
use crate::{Digest, database::lock};
use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// How often someone who waits asks whether to go on.
const TICK: Duration = Duration::from_millis(100);

/// Program, and what its blobs are.
pub(super) type Key = (String, Digest);

/// What somebody who waits wants to hear, and is asked.
pub(super) struct Wait<'a> {
    pub(super) progress: &'a dyn Fn(u64, u64),
    pub(super) cancelled: &'a dyn Fn() -> bool,
}

/// All downloads of a store.
pub(super) struct Flights {
    flying: Mutex<HashMap<Key, Weak<Flight>>>,
    slots: Mutex<usize>,
    freed: Condvar,
}

/// One download. Whoever holds it until the stream is installed keeps others from downloading it again.
#[derive(Default)]
pub(super) struct Flight {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    phase: Phase,
    received: u64,
    total: u64,
}

#[derive(Default)]
enum Phase {
    /// Nobody downloads: whoever sees it first does.
    #[default]
    Open,
    Led,
    Done(Result<Arc<Vec<u8>>, Failure>),
}

impl Flights {
    pub(super) fn new(concurrent: usize) -> Self {
        let slots = Mutex::new(concurrent.max(1));
        Self { flying: Mutex::default(), slots, freed: Condvar::new() }
    }

    /// The stream of `key`: by `work`, or by somebody else's that is under way. If that one is cancelled, one of those
    /// who wait goes on with it.
    pub(super) fn join(
        &self,
        key: Key,
        wait: &Wait<'_>,
        mut work: impl FnMut(&Wait<'_>) -> Result<Vec<u8>, Failure>,
    ) -> Result<(Arc<Flight>, Arc<Vec<u8>>), Failure> {
        let flight = self.flight(&key);
        let (mut told, mut led) = ((0, 0), false);
        loop {
            let mut state = lock(&flight.state);
            let now = (state.received, state.total);
            match &state.phase {
                Phase::Done(outcome) => {
                    let outcome = outcome.clone();
                    drop(state);
                    if outcome.is_ok() && !led && told != now {
                        (wait.progress)(now.0, now.1);
                    }
                    return outcome.map(|stream| (flight, stream));
                }
                Phase::Open => {
                    state.phase = Phase::Led;
                    drop(state);
                    self.lead(&key, &flight, wait, &mut work)?;
                    // Who downloads hears of it at once.
                    led = true;
                    continue;
                }
                Phase::Led => {}
            }
            if told == now {
                drop(pause(&flight.changed, state));
            } else {
                drop(state);
                told = now;
                (wait.progress)(now.0, now.1);
            }
            if (wait.cancelled)() {
                return Err(Failure::Cancelled);
            }
        }
    }

    fn flight(&self, key: &Key) -> Arc<Flight> {
        let mut flying = lock(&self.flying);
        flying.retain(|_, flight| flight.strong_count() > 0);
        if let Some(flight) = flying.get(key).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Arc::new(Flight::default());
        flying.insert(key.clone(), Arc::downgrade(&flight));
        flight
    }

    fn lead(
        &self,
        key: &Key,
        flight: &Flight,
        wait: &Wait<'_>,
        work: &mut impl FnMut(&Wait<'_>) -> Result<Vec<u8>, Failure>,
    ) -> Result<(), Failure> {
        // Also if `work` panics, somebody else may lead.
        let mut lead = Lead { flight, end: Phase::Open };
        let _slot = self.slot(wait)?;
        let progress = |received, total| {
            let mut state = lock(&flight.state);
            (state.received, state.total) = (received, total);
            drop(state);
            flight.changed.notify_all();
            (wait.progress)(received, total);
        };
        match work(&Wait { progress: &progress, cancelled: wait.cancelled }) {
            Err(Failure::Cancelled) => return Err(Failure::Cancelled),
            outcome => {
                // Those who wait fail with it; those who come later try for themselves.
                if outcome.is_err() {
                    lock(&self.flying).remove(key);
                }
                lead.end = Phase::Done(outcome.map(Arc::new));
            }
        }
        Ok(())
    }

    fn slot(&self, wait: &Wait<'_>) -> Result<Slot<'_>, Failure> {
        let mut slots = lock(&self.slots);
        while *slots == 0 {
            slots = pause(&self.freed, slots);
            if (wait.cancelled)() {
                return Err(Failure::Cancelled);
            }
        }
        *slots -= 1;
        Ok(Slot(self))
    }
}

/// Until something changes, or it is time to ask whether to go on.
fn pause<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait_timeout(guard, TICK).unwrap_or_else(PoisonError::into_inner).0
}

/// Ends the leading, whatever happens.
struct Lead<'a> {
    flight: &'a Flight,
    end: Phase,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        lock(&self.flight.state).phase = std::mem::take(&mut self.end);
        self.flight.changed.notify_all();
    }
}

/// A place among those that download.
struct Slot<'a>(&'a Flights);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *lock(&self.0.slots) += 1;
        self.0.freed.notify_one();
    }
}
