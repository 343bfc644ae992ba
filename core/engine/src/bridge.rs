//! The bridge: messages between the page and the engine, for one document at a time (core/docs/bridge.md).
mod blobs;
mod document;
mod message;
mod outbox;
mod sequence;

pub(crate) use blobs::Blobs;
pub(crate) use document::{Answer, BeginError, Document, DocumentState};
pub use message::{Message, MessageError};
pub(crate) use outbox::Outbox;
pub(crate) use sequence::{Sequence, SequenceError};

/// Longest message from the page, in bytes.
pub const MAX_MESSAGE: usize = 1 << 20;
/// Deepest nesting of a message.
pub const MAX_DEPTH: usize = 64;
/// Calls that may be under way in one document.
pub const MAX_IN_FLIGHT: usize = 1_000;
