//! Messages on their way to the page: pushed into the host's channel, or kept until the page polls.
use crate::MessageSink;
use std::{collections::VecDeque, sync::Arc};

/// Bytes handed over in one poll, so that an answer stays small enough to parse at once.
const MAX_POLL: usize = 1 << 20;
/// Messages that wait for a page which keeps up.
const ROOM: usize = 16;
/// Events kept for a page that does not poll. Answers are bounded by the calls in flight.
const MAX_EVENTS: usize = 1_000;

/// One document's outgoing messages.
pub(crate) struct Outbox {
    sink: Option<Arc<dyn MessageSink>>,
    open: bool,
    waiting: VecDeque<String>,
}

impl Outbox {
    pub(crate) fn new(sink: Option<Arc<dyn MessageSink>>) -> Self {
        Self { sink, open: false, waiting: VecDeque::new() }
    }

    /// The page has said hello: what waited may go.
    pub(crate) fn open(&mut self) {
        self.open = true;
        if let Some(sink) = &self.sink {
            self.waiting.drain(..).for_each(|message| sink.post(message));
        }
    }

    pub(crate) fn answer(&mut self, message: String) {
        match &self.sink {
            Some(sink) if self.open => sink.post(message),
            _ => self.waiting.push_back(message),
        }
    }

    /// False if the event was dropped because the page does not take any.
    #[must_use]
    pub(crate) fn event(&mut self, message: String) -> bool {
        if self.waiting.len() >= MAX_EVENTS {
            return false;
        }
        self.answer(message);
        true
    }

    /// Whether the page keeps up: what may wait should wait until it does.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.len() < ROOM
    }

    pub(crate) fn polls(&self) -> bool {
        self.sink.is_none()
    }

    /// A JSON array of what waits, oldest first; None if nothing does.
    pub(crate) fn take(&mut self) -> Option<String> {
        self.waiting.front()?;
        let mut array = String::from("[");
        while let Some(message) = self.waiting.front() {
            if array.len() > 1 {
                if array.len() + message.len() > MAX_POLL {
                    break;
                }
                array.push(',');
            }
            array.push_str(message);
            self.waiting.pop_front();
        }
        array.push(']');
        Some(array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_is_bounded_and_keeps_order() {
        let mut outbox = Outbox::new(None);
        let long = format!("\"{}\"", "x".repeat(700_000));
        outbox.answer(long.clone());
        outbox.answer(long);
        outbox.answer("3".into());
        assert_eq!(outbox.take().map(|a| a.len()), Some(700_004));
        assert!(outbox.take().is_some_and(|a| a.ends_with(",3]")));
        assert_eq!(outbox.take(), None);
    }

    #[test]
    fn events_are_capped_answers_are_not() {
        let mut outbox = Outbox::new(None);
        assert!((0..MAX_EVENTS).all(|_| outbox.event("1".into())));
        assert!(!outbox.event("1".into()));
        outbox.answer("2".into());
        assert!(outbox.take().is_some_and(|a| a.ends_with(",2]")));
    }
}
