//! UniFFI surface over the engine: convert, call, convert.
