//! What a session counted: for tests, diagnosis and figures. Numbers only.
use std::sync::atomic::{AtomicU64, Ordering};

/// A snapshot of one session's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Bridge messages taken in.
    pub messages: u64,
    /// Messages that broke a rule of the wire.
    pub malformed: u64,
    /// Messages with another document's token, or before hello.
    pub wrong_document: u64,
    /// Messages whose number or id had been used.
    pub repeated: u64,
    /// Calls of functions that the registry does not allow on the bridge.
    pub not_allowed: u64,
    /// Resource requests refused: another origin, method or path, or without the session header.
    pub refused_resources: u64,
    /// Events dropped because nobody took them.
    pub dropped_events: u64,
    /// Documents started.
    pub documents: u64,
}

macro_rules! counting {
    ($($name:ident),*) => {
        /// The live counters.
        #[derive(Default)]
        pub(crate) struct Counting {
            $(pub $name: Counter,)*
        }

        impl Counting {
            pub(crate) fn snapshot(&self) -> Counters {
                Counters { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counting!(
    messages,
    malformed,
    wrong_document,
    repeated,
    not_allowed,
    refused_resources,
    dropped_events,
    documents
);

/// One number that only grows.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
