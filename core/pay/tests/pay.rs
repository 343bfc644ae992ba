//! The crate from outside: published vectors, attacks, and the journal against a model of the server.
#![allow(clippy::unwrap_used)] // in a test, a panic is the failure
#[path = "pay/canonical.rs"]
mod canonical;
#[path = "pay/codes.rs"]
mod codes;
#[path = "pay/confirmations.rs"]
mod confirmations;
#[path = "pay/journal.rs"]
mod journal;
#[path = "pay/model.rs"]
mod model;
#[path = "pay/orders.rs"]
mod orders;
#[path = "support/rows.rs"]
mod rows;
#[path = "support/server.rs"]
mod server;
#[path = "support/signing.rs"]
mod signing;
#[path = "pay/tokens.rs"]
mod tokens;
#[path = "pay/wechatpay.rs"]
mod wechatpay;
