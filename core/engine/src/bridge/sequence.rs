//! Puts messages in order: transports may hand them over out of order, handlers must not notice.
use super::Message;
use std::collections::BTreeMap;

/// Messages that may wait for an earlier one.
const MAX_WAITING: usize = 64;

/// Why the order cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SequenceError {
    /// This number was taken before: a replay, to be dropped.
    Repeated,
    /// Too many messages wait for one that has not come: the bridge is closed.
    Gap,
}

/// The order of one document's messages; the first has number 1.
#[derive(Debug)]
pub(crate) struct Sequence {
    next: u64,
    waiting: BTreeMap<u64, Message>,
}

impl Sequence {
    pub(crate) fn new() -> Self {
        Self { next: 1, waiting: BTreeMap::new() }
    }

    /// Takes one message, and returns all that are now in order.
    pub(crate) fn take(&mut self, message: Message) -> Result<Vec<Message>, SequenceError> {
        if message.seq < self.next || self.waiting.contains_key(&message.seq) {
            return Err(SequenceError::Repeated);
        }
        if message.seq != self.next && self.waiting.len() >= MAX_WAITING {
            return Err(SequenceError::Gap);
        }
        self.waiting.insert(message.seq, message);
        let mut ready = Vec::new();
        while let Some(message) = self.waiting.remove(&self.next) {
            self.next += 1;
            ready.push(message);
        }
        Ok(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(seq: u64) -> Message {
        Message {
            doc: String::new(),
            seq,
            id: seq,
            api: "x".into(),
            sync: false,
            args: serde_json::Map::new(),
        }
    }

    proptest! {
        #[test]
        fn any_order_within_the_window_comes_out_in_order(
            order in Just((1..=60u64).collect::<Vec<_>>()).prop_shuffle()
        ) {
            let mut sequence = Sequence::new();
            let mut seen = Vec::new();
            for seq in order {
                seen.extend(sequence.take(message(seq)).expect("within the window").iter().map(|m| m.seq));
            }
            prop_assert_eq!(seen, (1..=60).collect::<Vec<_>>());
        }
    }

    #[test]
    fn replays_are_told_apart() {
        let mut sequence = Sequence::new();
        assert_eq!(sequence.take(message(1)).expect("first").len(), 1);
        assert_eq!(sequence.take(message(1)), Err(SequenceError::Repeated));
        assert_eq!(sequence.take(message(3)).expect("waits").len(), 0);
        assert_eq!(sequence.take(message(3)), Err(SequenceError::Repeated));
    }

    #[test]
    fn row_36_a_gap_does_not_grow_for_ever() {
        let mut sequence = Sequence::new();
        for seq in 2..2 + MAX_WAITING as u64 {
            assert!(sequence.take(message(seq)).expect("waits").is_empty());
        }
        assert_eq!(sequence.take(message(9_999)), Err(SequenceError::Gap));
        assert_eq!(sequence.take(message(1)).expect("fills the gap").len(), MAX_WAITING + 1);
    }
}
