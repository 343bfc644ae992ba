//! Every developer task, behind `cargo xtask`.
fn main() {}
