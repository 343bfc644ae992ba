//! Trust from outside: repositories signed by `tough`'s schema, verified by ours, honest and attacked.
#![allow(clippy::unwrap_used)] // support code is not in #[test] functions

#[path = "support/bundles.rs"]
mod bundles;
#[path = "support/keys.rs"]
mod keys;
#[path = "support/repository.rs"]
mod repository;
#[path = "support/server.rs"]
mod server;
#[path = "support/world.rs"]
mod world;

#[path = "trust/attacks.rs"]
mod attacks;
#[path = "trust/honest.rs"]
mod honest;
#[path = "trust/marks.rs"]
mod marks;
#[path = "trust/memory.rs"]
mod memory;
#[path = "trust/payment.rs"]
mod payment;
#[path = "trust/shape.rs"]
mod shape;
#[path = "trust/time.rs"]
mod time;
