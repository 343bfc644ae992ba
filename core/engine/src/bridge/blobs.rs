//! Binary data on its way in (chunks by message) and out (`GET /.lodger/blob/<token>`, one use).
use std::{collections::HashMap, sync::Arc};

/// Bytes of all blobs of one document, either way.
const MAX_BYTES: usize = 64 << 20;
/// Blobs of one document, either way.
const MAX_BLOBS: usize = 1_000;
const MAX_TOKEN: usize = 64;

/// Which rule of `blobPut` was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PutError {
    #[error("blob token is not 1 to 64 letters, digits, - or _")]
    Token,
    #[error("blob chunk is out of order or after the last")]
    Order,
    #[error("blobs exceed 64 MiB or 1,000 pieces")]
    Full,
}

struct Incoming {
    chunks: u64,
    bytes: Vec<u8>,
    whole: bool,
}

/// One document's blobs; all are dropped with the document.
#[derive(Default)]
pub(crate) struct Blobs {
    incoming: HashMap<String, Incoming>,
    outgoing: HashMap<String, Arc<Vec<u8>>>,
    bytes: usize,
}

impl Blobs {
    /// Adds chunk number `seq` (from 0) to the blob that the page calls `token`.
    pub(crate) fn put(&mut self, token: &str, seq: u64, chunk: &[u8], last: bool) -> Result<(), PutError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !(1..=MAX_TOKEN).contains(&token.len()) || !token.bytes().all(plain) {
            return Err(PutError::Token);
        }
        if self.bytes + chunk.len() > MAX_BYTES {
            return Err(PutError::Full);
        }
        match self.incoming.get_mut(token) {
            Some(blob) if blob.chunks == seq && !blob.whole => {
                blob.bytes.extend_from_slice(chunk);
                blob.chunks += 1;
                blob.whole = last;
            }
            None if seq == 0 => {
                if self.count() >= MAX_BLOBS {
                    return Err(PutError::Full);
                }
                let blob = Incoming { chunks: 1, bytes: chunk.to_vec(), whole: last };
                self.incoming.insert(token.to_owned(), blob);
            }
            _ => return Err(PutError::Order),
        }
        self.bytes += chunk.len();
        Ok(())
    }

    /// Takes a whole blob that the page has put.
    pub(crate) fn take_incoming(&mut self, token: &str) -> Option<Vec<u8>> {
        if !self.incoming.get(token)?.whole {
            return None;
        }
        let blob = self.incoming.remove(token)?;
        self.bytes -= blob.bytes.len();
        Some(blob.bytes)
    }

    /// Keeps `bytes` for the page under `token`; false if the document holds too much already.
    #[must_use]
    pub(crate) fn offer(&mut self, token: String, bytes: Vec<u8>) -> bool {
        if self.bytes + bytes.len() > MAX_BYTES || self.count() >= MAX_BLOBS {
            return false;
        }
        self.bytes += bytes.len();
        self.outgoing.insert(token, Arc::new(bytes));
        true
    }

    /// Takes an offered blob: the token is void afterwards.
    pub(crate) fn take_outgoing(&mut self, token: &str) -> Option<Arc<Vec<u8>>> {
        let blob = self.outgoing.remove(token)?;
        self.bytes -= blob.len();
        Some(blob)
    }

    fn count(&self) -> usize {
        self.incoming.len() + self.outgoing.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_in_order_and_once() {
        let mut blobs = Blobs::default();
        assert_eq!(blobs.put("a", 1, b"x", false), Err(PutError::Order));
        blobs.put("a", 0, b"he", false).expect("first");
        assert_eq!(blobs.put("a", 0, b"he", false), Err(PutError::Order));
        assert_eq!(blobs.take_incoming("a"), None, "not whole yet");
        blobs.put("a", 1, b"llo", true).expect("last");
        assert_eq!(blobs.put("a", 2, b"!", true), Err(PutError::Order));
        assert_eq!(blobs.take_incoming("a").as_deref(), Some(&b"hello"[..]));
        assert_eq!(blobs.take_incoming("a"), None, "one use");
        assert_eq!(blobs.bytes, 0);
    }

    #[test]
    fn row_36_blobs_are_capped_in_bytes_and_number() {
        let mut blobs = Blobs::default();
        assert!(blobs.offer("t".into(), vec![0; MAX_BYTES]));
        assert_eq!(blobs.put("a", 0, b"x", true), Err(PutError::Full));
        assert!(blobs.take_outgoing("t").is_some());
        assert!(blobs.take_outgoing("t").is_none());
        for n in 0..MAX_BLOBS {
            blobs.put(&n.to_string(), 0, b"", true).expect("fits");
        }
        assert_eq!(blobs.put("more", 0, b"", true), Err(PutError::Full));
        assert_eq!(blobs.put("<script>", 0, b"", true), Err(PutError::Token));
    }
}
