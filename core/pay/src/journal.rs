//! The payment journal: what was agreed to is on disk before it is sent, and its outcome is known before it is told.
//!
//! One row for each order, of one host user. [`state`](State) is the pure machine; [`Journal`] puts it over a store that
//! may fail at any point, in a process that may die at any point. Three rules carry the rest:
//!
//! - A request is sent only after its exact bytes were durably written. It is never made again for the same row.
//! - What was written may have been sent. Only the server's answer ends such a row; until then the outcome is
//!   [`Outcome::Unknown`], never a failure or a cancel.
//! - A write that failed may have happened. So a failure to write the request is told as a failure only once a later write
//!   has put the failure in its place.
mod answer;
mod row;
mod state;
mod store;

pub use answer::Answer;
pub use row::{Attempt, Request};
pub use state::{Event, Outcome, State};
pub use store::{Store, StoreError};

use crate::{
    confirmation::order_of,
    order::{Checked, Sheet},
    random,
};
use row::Row;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Ended rows are kept so long, in seconds: receipts, and double taps long after.
const KEEP: u64 = 30 * 24 * 60 * 60;
/// How often a change is tried against other writers.
const TRIES: usize = 8;

/// What to do next about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send these bytes to `POST /lodger/v1/payments`, and give the answer to [`Journal::answer`].
    Send(Request),
    /// Ask `GET /lodger/v1/payments/{key}`, and give the answer to [`Journal::answer`]. The order has expired: nothing is
    /// sent again.
    Query,
    /// It is over: tell the page.
    End(Outcome),
}

/// What became of asking for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A new payment: show the sheet.
    New(Attempt),
    /// This order was confirmed before, and its outcome is not known: show *checking* and resolve it ([`Journal::next`]).
    Unresolved(Attempt),
    /// The order is paid.
    Paid,
    /// Its sheet is being shown.
    Busy,
}

/// What a start finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Payments whose outcome is unknown: resolve each ([`Journal::next`]).
    pub unresolved: Vec<Attempt>,
    /// Rows that cannot be read. They stay; tell the user to check with the merchants.
    pub damaged: usize,
}

/// A journal row could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The store fails.
    #[error("the payment journal cannot be used ({0}): nothing was sent, try again")]
    Store(#[from] StoreError),
    /// A row is not readable.
    #[error("the payment journal is damaged: ask the merchant whether the order was paid")]
    Damaged,
    /// No random numbers.
    #[error("the system has no random numbers: nothing was sent")]
    Random,
}

/// What a process remembers of its own payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Here {
    /// Its sheet is open.
    Open,
    /// Writing its request failed, and may have happened.
    Doubtful,
}

type Open = BTreeMap<Attempt, Here>;

/// The journal of one host user. Any thread may call, several at once; calls block for as long as the store does.
pub struct Journal {
    store: Arc<dyn Store>,
    here: Mutex<Open>,
}

impl Journal {
    /// A journal over `store`. Call [`Journal::recover`] before anything else.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, here: Mutex::default() }
    }

    /// Writes a row for a payment of `order` at `now` (seconds since 1970), before anything of it is shown or sent.
    ///
    /// # Errors
    /// Any [`JournalError`]; nothing was sent.
    pub fn begin(&self, order: &Checked, now: u64) -> Result<Begun, JournalError> {
        let mut here = self.here();
        let order = order.order();
        let key = random::token().ok_or(JournalError::Random)?;
        for _ in 0..TRIES {
            let found = self.load(&order.order)?;
            if let Some((_, row)) = &found {
                let attempt = row.attempt();
                match &row.state {
                    State::Paid => return Ok(Begun::Paid),
                    State::Sent { .. } | State::Unknown { .. } => return Ok(Begun::Unresolved(attempt)),
                    State::Created | State::AwaitingUser if here.get(&attempt) == Some(&Here::Open) => {
                        return Ok(Begun::Busy);
                    }
                    // Nothing of these was sent, or their end is known.
                    _ => {}
                }
            }
            let row = Row::new(order, key.clone(), now);
            let was = found.as_ref().map(|(bytes, _)| bytes.as_slice());
            if self.store.write(&row.order, was, &row.write())? {
                here.insert(row.attempt(), Here::Open);
                return Ok(Begun::New(row.attempt()));
            }
        }
        Err(contended())
    }

    /// The payment that a call of the program `app` for `prepay_id` has under way, if its outcome is not known: asked
    /// before the server is, which may be out of reach or refuse to hand out an order that is being paid.
    ///
    /// # Errors
    /// `Store`; then the outcome of an earlier call may be unknown.
    pub fn unresolved(&self, app: &str, prepay_id: &str) -> Result<Option<(Attempt, Sheet)>, JournalError> {
        let under_way = |(name, bytes): (String, Vec<u8>)| {
            let row = Row::read(&bytes).filter(|row| row.order == name && row.app == app)?;
            let (State::Sent { request } | State::Unknown { request }) = &row.state else { return None };
            let order = order_of(request).filter(|order| order.prepay_id == prepay_id)?;
            Some((row.attempt(), order.sheet()))
        };
        Ok(self.store.list()?.into_iter().find_map(under_way))
    }

    /// The sheet is being shown.
    ///
    /// # Errors
    /// `Store`, `Damaged`; then do not show it.
    pub fn shown(&self, attempt: &Attempt, now: u64) -> Result<(), JournalError> {
        self.change(&self.here(), attempt, &Event::Shown, now).map(drop)
    }

    /// The user said no, or closed the sheet. After a confirmation it changes nothing, and the outcome is what it is:
    /// [`Outcome::Unknown`], until it is known.
    pub fn cancel(&self, attempt: &Attempt, now: u64) -> Outcome {
        self.end_unsent(&mut self.here(), attempt, &Event::Cancelled, now)
    }

    /// It failed before anything was sent, as when the pay key is gone; `code` is one word for the page.
    pub fn fail(&self, attempt: &Attempt, code: &str, now: u64) -> Outcome {
        self.end_unsent(&mut self.here(), attempt, &failed(code), now)
    }

    /// Writes the signed request. Only if the answer is [`Next::Send`] may it be sent.
    pub fn confirm(&self, attempt: &Attempt, request: Request, now: u64) -> Next {
        let mut here = self.here();
        let event = match self.load(&attempt.order) {
            // Nothing was written yet, so nothing can have been sent.
            Err(_) => return Next::End(self.end_unsent(&mut here, attempt, &failed("storage"), now)),
            Ok(_) if request.key != attempt.key => {
                return Next::End(self.end_unsent(&mut here, attempt, &failed("internal"), now));
            }
            Ok(Some((_, row))) if now >= row.expires => Event::Expired,
            Ok(_) => Event::Confirmed { request },
        };
        match self.change(&here, attempt, &event, now) {
            Ok(Some(row)) => {
                here.remove(attempt);
                next_of(&row, now)
            }
            Ok(None) => Next::End(gone(&mut here, attempt)),
            Err(_) => {
                here.insert(attempt.clone(), Here::Doubtful);
                Next::End(self.end_unsent(&mut here, attempt, &failed("storage"), now))
            }
        }
    }

    /// Takes an answer of the server, to a request or a query, or [`Answer::Unclear`] if none came. What the server has
    /// decided is told even if it cannot be written: it will say the same again.
    pub fn answer(&self, attempt: &Attempt, answer: &Answer, now: u64) -> Next {
        match self.change(&self.here(), attempt, &Event::Answered { answer: answer.clone() }, now) {
            Ok(Some(row)) => next_of(&row, now),
            _ => Next::End(answer.decided().map_or(Outcome::Unknown, |state| state.outcome())),
        }
    }

    /// What to do about a payment now. One that was not sent is ended.
    pub fn next(&self, attempt: &Attempt, now: u64) -> Next {
        let mut here = self.here();
        match self.load(&attempt.order) {
            Ok(Some((_, row))) if row.key == attempt.key && !row.state.is_unsent() => next_of(&row, now),
            _ => Next::End(self.end_unsent(&mut here, attempt, &Event::Cancelled, now)),
        }
    }

    /// What a start does first: ends what was never sent, forgets what ended long ago, and says what is unresolved.
    ///
    /// # Errors
    /// `Store`.
    pub fn recover(&self, now: u64) -> Result<Recovered, JournalError> {
        let here = self.here();
        let mut recovered = Recovered::default();
        for (name, bytes) in self.store.list()? {
            let Some(row) = Row::read(&bytes).filter(|row| row.order == name) else {
                recovered.damaged += 1;
                continue;
            };
            let attempt = row.attempt();
            match &row.state {
                State::Created | State::AwaitingUser if here.contains_key(&attempt) => {}
                State::Created | State::AwaitingUser => {
                    // If this fails, the next start does it: nothing of it was sent.
                    let _ = self.change(&here, &attempt, &Event::Cancelled, now);
                }
                State::Sent { .. } | State::Unknown { .. } => recovered.unresolved.push(attempt),
                _ if now > row.expires && now.saturating_sub(row.changed) > KEEP => {
                    // If this fails, the next start does it.
                    let _ = self.store.remove(&name, &bytes);
                }
                _ => {}
            }
        }
        Ok(recovered)
    }

    /// Ends what was not sent. If that cannot be written, it is told nevertheless, unless a request may have been written.
    fn end_unsent(&self, here: &mut Open, attempt: &Attempt, event: &Event, now: u64) -> Outcome {
        match self.change(here, attempt, event, now) {
            Ok(Some(row)) => {
                here.remove(attempt);
                row.state.outcome()
            }
            Ok(None) => gone(here, attempt),
            Err(_) => match here.remove(attempt) {
                Some(Here::Open) => State::Created.on(event).unwrap_or(State::Cancelled).outcome(),
                _ => Outcome::Unknown,
            },
        }
    }

    /// Applies an event to a row, if it changes it. None if the row is another attempt's, or gone.
    fn change(
        &self,
        here: &Open,
        attempt: &Attempt,
        event: &Event,
        now: u64,
    ) -> Result<Option<Row>, JournalError> {
        for _ in 0..TRIES {
            let Some((bytes, row)) = self.load(&attempt.order)? else { return Ok(None) };
            if row.key != attempt.key {
                return Ok(None);
            }
            // A request that could not be written with certainty was not sent: it may be taken back.
            let doubtful = here.get(attempt) == Some(&Here::Doubtful);
            let from = if doubtful { &State::AwaitingUser } else { &row.state };
            let Some(state) = from.on(event) else { return Ok(Some(row)) };
            let changed = Row { state, changed: now, ..row };
            if self.store.write(&attempt.order, Some(&bytes), &changed.write())? {
                return Ok(Some(changed));
            }
        }
        Err(contended())
    }

    fn load(&self, order: &str) -> Result<Option<(Vec<u8>, Row)>, JournalError> {
        let Some(bytes) = self.store.read(order)? else { return Ok(None) };
        let row = Row::read(&bytes).filter(|row| row.order == order).ok_or(JournalError::Damaged)?;
        Ok(Some((bytes, row)))
    }

    /// Held through each call, so that no two calls of this process cross.
    fn here(&self) -> MutexGuard<'_, Open> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn next_of(row: &Row, now: u64) -> Next {
    match &row.state {
        State::Sent { request } | State::Unknown { request } if now < row.expires => {
            Next::Send(request.clone())
        }
        State::Sent { .. } | State::Unknown { .. } => Next::Query,
        state => Next::End(state.outcome()),
    }
}

/// The row is gone or another attempt's. Rows that may have been sent give way to nothing but a log-out.
fn gone(here: &mut Open, attempt: &Attempt) -> Outcome {
    if here.remove(attempt).is_some() { Outcome::Cancelled } else { Outcome::Unknown }
}

fn failed(code: &str) -> Event {
    Event::Failed { code: code.to_owned() }
}

fn contended() -> JournalError {
    StoreError("others keep writing to it".into()).into()
}
