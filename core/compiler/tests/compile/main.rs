//! The compiler's public API, on small projects.
mod diagnostics;
mod less;
mod npm;
mod packages;
mod safety;
mod snapshots;
mod support;
