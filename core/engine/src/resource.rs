//! Resources by handle (DESIGN 3.4): opened whole, read in pieces, closed.
mod reply;

pub(crate) use reply::{Body, Policies, Reply};

use crate::{ErrorKind, LodgerError};
use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Bytes that one `read` returns at most.
const MAX_READ: usize = 256 << 10;
/// Handles open at a time in one session: a host that forgets to close must notice.
const MAX_HANDLES: usize = 4_096;

/// One request of the webview. `url` is whole, as the webview saw it.
#[derive(Clone, Debug, Default)]
pub struct ResourceRequest {
    /// Upper case. GET and HEAD; POST for `/.lodger/message` only.
    pub method: String,
    /// Absolute; held exactly against the session's origin.
    pub url: String,
    /// As sent by the page.
    pub headers: Vec<(String, String)>,
    /// Only where the platform hands bodies over (browser mode).
    pub body: Option<Vec<u8>>,
}

impl ResourceRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// `headers` holds everything to send (CSP, nosniff, cache-control …) but content-type and length.
#[derive(Clone, Debug)]
pub struct Resource {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub mime: String,
    /// To be sent as they are.
    pub headers: Vec<(String, String)>,
    /// Bytes of the whole body.
    pub length: u64,
    /// 0 when there is no body. Close it when done.
    pub handle: u64,
}

/// The open handles of one session.
#[derive(Default)]
pub(crate) struct Handles {
    last: AtomicU64,
    bodies: Mutex<HashMap<u64, Body>>,
}

impl Handles {
    pub(crate) fn open(&self, reply: Reply) -> Resource {
        let Reply { status, mime, headers, body } = reply;
        let length = body.len();
        if length == 0 {
            return Resource { status, mime, headers, length, handle: 0 };
        }
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if bodies.len() >= MAX_HANDLES {
            let headers = Vec::new();
            return Resource { status: 503, mime: "text/plain".into(), headers, length: 0, handle: 0 };
        }
        let handle = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        bodies.insert(handle, body);
        Resource { status, mime, headers, length, handle }
    }

    pub(crate) fn read(&self, handle: u64, offset: u64, length: u32) -> Result<Vec<u8>, LodgerError> {
        // Cloned out of the lock: reading may take the disk's time.
        let body = self.bodies.lock().unwrap_or_else(PoisonError::into_inner).get(&handle).cloned();
        let Some(body) = body else {
            return Err(LodgerError::new(
                ErrorKind::NotFound,
                "handle-closed",
                "This resource handle is not open. Open the resource again.",
            ));
        };
        let wanted = usize::try_from(length).unwrap_or(MAX_READ).min(MAX_READ);
        body.read(offset, wanted).ok_or_else(|| {
            LodgerError::new(
                ErrorKind::Storage,
                "file-unreadable",
                "The file could not be read. Open it again.",
            )
        })
    }

    pub(crate) fn close(&self, handle: u64) {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).remove(&handle);
    }

    pub(crate) fn close_all(&self) {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stay_inside_the_body_and_the_limit() {
        let handles = Handles::default();
        let policies = Policies::new("lodger://m0", &[], &[]);
        let body = vec![7; MAX_READ + 10];
        let resource = handles.open(policies.data("image/png", body));
        let read = |offset, length| handles.read(resource.handle, offset, length).expect("open").len();
        assert_eq!(resource.length, (MAX_READ + 10) as u64);
        assert_eq!(read(0, u32::MAX), MAX_READ);
        assert_eq!(read(MAX_READ as u64, 100), 10);
        assert_eq!(read(u64::MAX, 1), 0);
        handles.close(resource.handle);
        assert!(handles.read(resource.handle, 0, 1).is_err());
        assert_eq!(handles.open(policies.refusal(404, "No such file.")).status, 404);
    }
}
