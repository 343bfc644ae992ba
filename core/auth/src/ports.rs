//! What this crate is given: HTTP, time, a store, sealing. The engine implements these over its host's.
use crate::AuthError;
use async_trait::async_trait;
use std::{sync::Arc, time::SystemTime};

/// Longest answer that is read, in bytes; an [`Http`] stops there and fails.
pub const MAX_ANSWER: usize = 256 << 10;

/// One request, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Absolute; https, or http to loopback in development.
    pub url: String,
    /// Names and values. They hold tokens: not for logs.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for none. It holds tokens: not for logs.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    /// Without headers, body and query: they hold tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.url.split('?').next().unwrap_or_default())
    }
}

/// An answer, whole. Redirects arrive as they are: none of these requests follows one.
#[derive(Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// As received.
    pub headers: Vec<(String, String)>,
    /// After content decoding, at most [`MAX_ANSWER`].
    pub body: Vec<u8>,
}

impl Response {
    /// The only header of this name, whatever its case. None if it is there twice: two readers would differ.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// Sends requests through the host's own HTTP, so that its pinning applies. No cookies, no redirects, no caches.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends one request. The error is a reason for people, without URL, headers or bodies.
    async fn send(&self, request: Request) -> Result<Response, String>;
}

/// Wall-clock time.
pub trait Clock: Send + Sync {
    /// The device's time now; may jump.
    fn now(&self) -> SystemTime;
}

/// One change to a [`Store`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes a row, or writes over it.
    Put(&'static str, Vec<u8>),
    /// Removes a row, if it is there.
    Remove(&'static str),
}

/// A few named rows of sealed bytes, of one host user, that survive the process. Calls block, for a few milliseconds.
///
/// Names are fixed words (`flow`, `tokens`, `user`, `key-login`, `key-pay`); only this crate writes them.
pub trait Store: Send + Sync {
    /// A row, or None.
    ///
    /// # Errors
    /// `Storage`.
    fn read(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError>;
    /// All the changes in one durable transaction, or none of them.
    ///
    /// # Errors
    /// `Storage`; then nothing has changed.
    fn write(&self, changes: &[Change]) -> Result<(), AuthError>;
    /// Removes a row and gives what it held, in one durable transaction: of two callers, one gets it.
    ///
    /// # Errors
    /// `Storage`; then nothing has changed.
    fn take(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError>;
    /// Removes every row, whoever wrote it, durably, and says how many are there afterwards, by counting.
    ///
    /// # Errors
    /// `Storage`; then nothing has changed.
    fn wipe(&self) -> Result<usize, AuthError>;
}

/// Seals rows with a key that the platform's key store guards.
pub trait Seal: Send + Sync {
    /// Seals `plain`; `place` says where it belongs, and it opens there only.
    ///
    /// # Errors
    /// `Internal`.
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, AuthError>;
    /// Reverses `seal`. None if the bytes were altered, belong elsewhere, or were sealed with a key that is gone.
    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// Everything that a login needs from outside, but keys.
#[derive(Clone)]
pub struct Ports {
    /// Requests to the provider and to Lodger's server.
    pub http: Arc<dyn Http>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Rows.
    pub store: Arc<dyn Store>,
    /// Seals them.
    pub seal: Arc<dyn Seal>,
}
