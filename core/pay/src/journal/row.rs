//! A row, as it lies in the store.
use super::State;
use crate::{json, order::Order};
use serde::{Deserialize, Serialize};

/// What is sent, byte for byte, as often as needed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The idempotency key: header `Idempotency-Key`.
    pub key: String,
    /// The body; `application/json`.
    pub body: String,
}

impl std::fmt::Debug for Request {
    /// Without the body: it is a user's order.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Request(…)")
    }
}

/// One attempt to pay an order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt {
    /// The operator's id of the order.
    pub order: String,
    /// The idempotency key.
    pub key: String,
}

impl std::fmt::Debug for Attempt {
    /// Without the order.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(…)")
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) order: String,
    pub(super) key: String,
    pub(super) app: String,
    /// The order's end, in seconds since 1970.
    pub(super) expires: u64,
    /// When the row was last changed.
    pub(super) changed: u64,
    #[serde(flatten)]
    pub(super) state: State,
}

impl Row {
    pub(super) fn new(order: &Order, key: String, now: u64) -> Self {
        let (order_id, app) = (order.order.clone(), order.app.clone());
        Self { order: order_id, key, app, expires: order.expires, changed: now, state: State::Created }
    }

    pub(super) fn attempt(&self) -> Attempt {
        Attempt { order: self.order.clone(), key: self.key.clone() }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        json::read(bytes)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are always JSON")
    }
}
