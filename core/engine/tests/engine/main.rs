//! The engine over the real store, through its public API, with a page played by the test.
mod attacks;
#[allow(clippy::unwrap_used)]
#[path = "../../../auth/tests/support/bank.rs"]
mod bank;
mod bridge;
mod device;
mod files;
mod lifecycle;
mod login;
mod network;
mod payment;
mod payment_model;
mod permissions;
mod questions;
mod releases;
mod replace;
#[allow(clippy::unwrap_used)]
#[path = "../../../auth/tests/support/signing.rs"]
mod signing;
mod socket;
mod start;
mod support;
mod trace;
mod webviews;
