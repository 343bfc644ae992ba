//! The compiler's public API, on small projects.
mod check;
mod diagnostics;
mod explained;
mod incremental;
mod less;
mod npm;
mod packages;
mod safety;
mod snapshots;
mod support;
