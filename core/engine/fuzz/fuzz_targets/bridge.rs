//! Bridge messages: whatever the page sends, reading it never panics, and what is accepted keeps the limits.
#![no_main]
use libfuzzer_sys::fuzz_target;
use lodger_engine::bridge::{MAX_MESSAGE, Message};

fuzz_target!(|text: &str| {
    if let Ok(message) = Message::parse(text) {
        assert!(text.len() <= MAX_MESSAGE);
        assert!(message.seq > 0 && message.id > 0);
        assert!(message.api.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
});
