//! The engine over the real store, through its public API, with a page played by the test.
mod attacks;
mod bridge;
mod device;
mod files;
mod lifecycle;
mod login;
mod network;
mod permissions;
mod questions;
mod releases;
mod replace;
mod socket;
mod start;
mod support;
mod trace;
mod webviews;
