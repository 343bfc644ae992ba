//! Real programs in real engines: each test runs in WebKitGTK and in Chromium, with the same assertions.
//!
//! Every test has a window host (on a virtual display) or a browser of its own, so they may run side by side.
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

mod attacks;
mod bridge;
mod components;
mod device;
mod files;
mod functions;
mod harness;
mod hostile;
mod hot;
mod media;
mod model;
mod privacy;
mod probing;
mod releases;
mod screen;
mod sink;
mod smoking;
mod sockets;
mod tools;
mod using;
mod webview;
