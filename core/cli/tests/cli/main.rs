//! The built command, from outside: help, exit codes, and the way from nothing to a bundle.
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

mod build;
mod check;
#[path = "../../../server/tests/serve/cluster.rs"]
mod cluster;
mod help;
mod operating;
mod publish;
mod release;
mod serve;
mod support;
