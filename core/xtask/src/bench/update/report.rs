//! What was measured, as people read it.

use serde_json::Value;

pub fn print(all: &Value, runs: usize) {
    println!("{runs} {all:#}");
}
