//! Canonical JSON (JCS, RFC 8785): equal content, equal bytes.
//!
//! Orders and confirmations need no canonical form: what is signed are the bytes that travel. A server compares the content
//! of repeated requests by it (`out_refund_no`, DESIGN 9).
use crate::json;

/// The canonical bytes of `text`. None if it is not JSON, or not JSON that every reader reads alike: duplicate keys,
/// integers over 53 bits (which writers of canonical JSON round without a word), more than 16 levels.
#[must_use]
pub fn canonical(text: &[u8]) -> Option<Vec<u8>> {
    serde_jcs::to_vec(&json::value(text)?).ok()
}
