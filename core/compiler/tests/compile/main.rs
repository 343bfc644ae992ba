//! The compiler's public API, on small projects.
mod diagnostics;
mod npm;
mod packages;
mod safety;
mod snapshots;
mod support;
