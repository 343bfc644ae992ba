//! Reads a repository over the host's HTTP: what `Fetch` asks for, with time-outs, retries, bounds and an end.
//!
//! - `timestamp.json` is asked for with `Cache-Control: no-cache`; everything else never changes under its name.
//! - Redirects are not followed: a repository has one address, and what redirects is mostly a captive portal.
//! - 403, 404 and 410 say that there is no such file: object stores answer 403 where listing is not allowed.
//! - Retries are for what may pass (`retry`), never for bad content: that is the caller's to judge.
use super::retry;
use crate::{HttpError, HttpObserver, HttpRequest, PlatformHttp};
use async_trait::async_trait;
use lodger_bundle::trust::{Fetch, FetchError, Sink};
use std::{sync::Arc, time::Duration};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

/// Nothing came for so long: connecting and every pause between bytes.
const IDLE: Duration = Duration::from_secs(15);
/// For metadata and other small files, from connecting to the last byte.
const SMALL: Duration = Duration::from_secs(30);
/// For streams and patches.
const LARGE: Duration = Duration::from_secs(10 * 60);
/// Pieces of a body between the host's HTTP and the reader: a slow reader slows the sender.
const PIECES: usize = 2;

/// Ends reading, once and for all. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<watch::Sender<bool>>);

impl Cancel {
    pub(crate) fn cancel(&self) {
        self.0.send_replace(true);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// What `work` gives, unless it is cancelled first.
    async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, FetchError> {
        let mut cancelled = self.0.subscribe();
        tokio::select! {
            biased;
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(FetchError::Cancelled),
            done = work => Ok(done),
        }
    }
}

/// A repository at an address. Its blocking calls are for the engine's blocking threads only.
pub(crate) struct RepositoryFetch {
    http: Arc<dyn PlatformHttp>,
    address: String,
    cancel: Cancel,
    /// Whether to try again: not where somebody waits who could do without.
    patient: bool,
    runtime: Handle,
}

impl RepositoryFetch {
    pub(crate) fn new(
        http: Arc<dyn PlatformHttp>,
        address: &str,
        cancel: Cancel,
        patient: bool,
        runtime: Handle,
    ) -> Self {
        Self { http, address: address.to_owned(), cancel, patient, runtime }
    }

    async fn read_async(
        &self,
        path: &str,
        from: u64,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<Option<()>, FetchError> {
        if !is_plain(path) {
            return Err(FetchError::Unreachable("its name is none of a repository's".to_owned()));
        }
        let mut place = Place { sink, at: from, limit, started: false, skip: 0, validator: None };
        let mut number = 1;
        loop {
            let (reason, wish) = match self.cancel.race(self.ask(path, &mut place)).await? {
                Ok(found) => return Ok(found),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(reason, wish)) => (reason, wish),
            };
            number += 1;
            match retry::wait(number, wish, retry::chance()).filter(|_| self.patient) {
                Some(wait) => self.cancel.race(sleep(wait)).await?,
                None => return Err(FetchError::Unreachable(reason)),
            }
        }
    }

    /// One request.
    async fn ask(&self, path: &str, place: &mut Place<'_>) -> Result<Option<()>, Failure> {
        let total = if is_large(path) { LARGE } else { SMALL };
        let (sender, mut pieces) = mpsc::channel(PIECES);
        let request = self.request(path, place, total);
        let exchange = async {
            let mut streaming = self.http.stream(request, Arc::new(Relay(sender)));
            let mut found = None;
            let ended = loop {
                let piece = tokio::select! {
                    biased;
                    Some(piece) = pieces.recv() => piece,
                    ended = &mut streaming => break ended,
                    () = sleep(IDLE) => break Err(HttpError::Timeout),
                };
                if !place.take(piece, &mut found)? {
                    return Ok(None);
                }
            };
            while let Ok(piece) = pieces.try_recv() {
                if !place.take(piece, &mut found)? {
                    return Ok(None);
                }
            }
            match ended {
                Ok(()) => found.map(Some).ok_or_else(|| Failure::passing("no answer came")),
                Err(HttpError::TooLong(_)) => Err(Failure::Final(FetchError::TooLong)),
                Err(error @ (HttpError::Tls(_) | HttpError::AddressRefused(_))) => {
                    Err(Failure::Final(FetchError::Unreachable(error.to_string())))
                }
                Err(error) => Err(Failure::passing(&error.to_string())),
            }
        };
        // The host has been told the same; this does not depend on it.
        timeout(total, exchange).await.unwrap_or_else(|_| Err(Failure::passing("it took too long")))
    }

    fn request(&self, path: &str, place: &Place<'_>, total: Duration) -> HttpRequest {
        let mut headers = vec![("Accept-Encoding".to_owned(), "identity".to_owned())];
        if path.ends_with("/timestamp.json") {
            headers.push(("Cache-Control".to_owned(), "no-cache".to_owned()));
        }
        if place.at > 0 {
            headers.push(("Range".to_owned(), format!("bytes={}-", place.at)));
            if let Some(validator) = &place.validator {
                headers.push(("If-Range".to_owned(), validator.clone()));
            }
        }
        HttpRequest {
            method: "GET".to_owned(),
            url: format!("{}/{path}", self.address),
            headers,
            body: Vec::new(),
            timeout: total,
            max_body: place.limit,
            // The address is the host's own, no content names it.
            allow_private: true,
        }
    }
}

impl Fetch for RepositoryFetch {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let mut bytes = Whole(Vec::new());
        let found = self.runtime.block_on(self.read_async(path, 0, limit, &mut bytes))?;
        Ok(found.map(|()| bytes.0))
    }

    fn read(&self, path: &str, from: u64, limit: u64, sink: &mut dyn Sink) -> Result<Option<()>, FetchError> {
        self.runtime.block_on(self.read_async(path, from, limit, sink))
    }
}

/// Names of a repository are plain (core/docs/repository.md): nothing in one can lead to another place.
fn is_plain(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    path.bytes().all(plain) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn is_large(path: &str) -> bool {
    path.ends_with(".zst")
}

/// Why one request gave nothing.
enum Failure {
    /// It may be otherwise soon; with the server's wish when to come again.
    Passing(String, Option<Duration>),
    Final(FetchError),
}

impl Failure {
    fn passing(reason: &str) -> Self {
        Self::Passing(reason.to_owned(), None)
    }

    fn unreachable(reason: impl Into<String>) -> Self {
        Self::Final(FetchError::Unreachable(reason.into()))
    }
}

/// How far reading has come, over all tries.
struct Place<'a> {
    sink: &'a mut dyn Sink,
    /// Of the next byte that the sink wants.
    at: u64,
    limit: u64,
    /// The sink knows where it began.
    started: bool,
    /// Bytes of this answer that the sink has already.
    skip: u64,
    /// The first answer's strong ETag: another try goes on with the same file only.
    validator: Option<String>,
}

impl Place<'_> {
    /// False: there is no such file.
    fn take(&mut self, piece: Piece, found: &mut Option<()>) -> Result<bool, Failure> {
        match piece {
            Piece::Head(status, headers) => {
                let there = self.head(status, &headers)?;
                *found = there.then_some(());
                Ok(there)
            }
            Piece::Body(bytes) => self.body(&bytes).map(|()| true),
        }
    }

    fn head(&mut self, status: u16, headers: &[(String, String)]) -> Result<bool, Failure> {
        let header = |name: &str| {
            let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map_or("", |(_, value)| value.trim())
        };
        let kind = header("Content-Type").to_ascii_lowercase();
        let is_page = kind.starts_with("text/html") || kind.starts_with("application/xhtml");
        let begins = match status {
            // 511: Network Authentication Required (RFC 6585).
            300..=399 | 511 => return Err(Failure::Final(FetchError::Portal)),
            200 | 206 if is_page => return Err(Failure::Final(FetchError::Portal)),
            200 => 0,
            206 => match range_start(header("Content-Range")) {
                Some(start) if start == self.at => start,
                _ => return Err(Failure::unreachable("the server sent another part than asked for")),
            },
            403 | 404 | 410 if !self.started => return Ok(false),
            // What was kept is longer than the file: it cannot be a part of it.
            416 if !self.started && self.at > 0 => {
                self.at = 0;
                return Err(Failure::passing("the server has no such part"));
            }
            _ if retry::passes(status) => {
                let reason = format!("the server answered {status}");
                return Err(Failure::Passing(reason, retry::retry_after(header("Retry-After"))));
            }
            _ => return Err(Failure::unreachable(format!("the server answered {status}"))),
        };
        let etag = header("ETag");
        self.validator = etag.starts_with('"').then(|| etag.to_owned());
        if self.started {
            self.skip = self.at - begins;
            return Ok(true);
        }
        (self.at, self.started) = (begins, true);
        let whole = match status {
            206 => header("Content-Range").rsplit_once('/').and_then(|(_, whole)| whole.parse().ok()),
            _ => header("Content-Length").parse().ok(),
        };
        self.wanted(|sink| sink.start(begins, whole)).map(|()| true)
    }

    fn body(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        self.skip -= known as u64;
        let bytes = &bytes[known..];
        self.at += bytes.len() as u64;
        if self.at > self.limit {
            return Err(Failure::Final(FetchError::TooLong));
        }
        if bytes.is_empty() { Ok(()) } else { self.wanted(|sink| sink.bytes(bytes)) }
    }

    fn wanted(&mut self, give: impl FnOnce(&mut dyn Sink) -> bool) -> Result<(), Failure> {
        if give(self.sink) { Ok(()) } else { Err(Failure::Final(FetchError::Cancelled)) }
    }
}

/// `bytes 5-9/10`.
fn range_start(value: &str) -> Option<u64> {
    value.strip_prefix("bytes")?.trim_start().split_once('-')?.0.parse().ok()
}

struct Whole(Vec<u8>);

impl Sink for Whole {
    fn start(&mut self, offset: u64, _: Option<u64>) -> bool {
        offset == 0
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        self.0.extend_from_slice(bytes);
        true
    }
}

enum Piece {
    Head(u16, Vec<(String, String)>),
    Body(Vec<u8>),
}

/// Hands pieces over to the thread that reads.
struct Relay(mpsc::Sender<Piece>);

#[async_trait]
impl HttpObserver for Relay {
    fn sent(&self, _: u64) {}

    async fn head(&self, status: u16, headers: Vec<(String, String)>) -> bool {
        self.0.send(Piece::Head(status, headers)).await.is_ok()
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        self.0.send(Piece::Body(bytes)).await.is_ok()
    }
}

#[cfg(test)]
mod tests;
