//! HTTP, by two traits: the host's own traffic and mini-program traffic never share a client (DESIGN 2).
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};

/// One request, ready to send.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// Upper case.
    pub method: String,
    /// In the engine's normal form: send it as it is.
    pub url: String,
    /// Names and values are checked: no control characters, no forbidden names.
    pub headers: Vec<(String, String)>,
    /// Empty for none.
    pub body: Vec<u8>,
    /// From connecting to the last byte.
    pub timeout: Duration,
    /// A longer response body is an error, in bytes.
    pub max_body: u64,
    /// Development only: plain http, private and loopback addresses are reachable.
    pub allow_private: bool,
}

/// A response, whole. Redirects arrive like any other status.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// As received; repeated names stay repeated.
    pub headers: Vec<(String, String)>,
    /// After content decoding.
    pub body: Vec<u8>,
}

/// Why there is no response. Texts must not hold URLs, headers or bodies.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    /// `HttpRequest::timeout` has passed.
    #[error("timeout")]
    Timeout,
    /// No route, refused, or the name does not resolve.
    #[error("could not connect: {0}")]
    Connect(String),
    /// The certificate or the handshake is bad.
    #[error("TLS: {0}")]
    Tls(String),
    /// A private, loopback or link-local address.
    #[error("address refused: {0}")]
    AddressRefused(String),
    /// The body is longer than `max_body`.
    #[error("response longer than {0} bytes")]
    TooLong(u64),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Follows one exchange while it runs. Called by the host's HTTP, one call at a time.
#[async_trait]
pub trait HttpObserver: Send + Sync {
    /// So many more bytes of the request's body have gone out.
    fn sent(&self, bytes: u64);
    /// Status and headers are here. False: the body is not wanted, the exchange ends well.
    async fn head(&self, status: u16, headers: Vec<(String, String)>) -> bool;
    /// The next bytes of the body, after content decoding. Read on only when this returns: a taker that is slow must
    /// slow the sender. False: no more is wanted.
    async fn body(&self, bytes: Vec<u8>) -> bool;
}

/// Bytes handed over at once where a host gives the body whole.
const PIECE: usize = 256 << 10;

/// Hands a whole response to an observer.
async fn hand_over(request: u64, response: HttpResponse, observer: &dyn HttpObserver) {
    if request > 0 {
        observer.sent(request);
    }
    if observer.head(response.status, response.headers).await {
        for piece in response.body.chunks(PIECE) {
            if !observer.body(piece.to_vec()).await {
                return;
            }
        }
    }
}

/// Repository, login, payment: the host's own pinning applies.
#[async_trait]
pub trait PlatformHttp: Send + Sync {
    /// Sends one request. Dropping the future cancels it.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// As `send`, but the response goes to `observer` as it comes. Without code of its own, a host sends and then
    /// hands the whole over: right, but without progress. Dropping the future cancels it.
    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        let length = request.body.len() as u64;
        hand_over(length, self.send(request).await?, &*observer).await;
        Ok(())
    }
}

/// Mini-program traffic: no cookies, no credentials, redirects returned and not followed,
/// private and loopback addresses refused when connecting unless `allow_private`.
#[async_trait]
pub trait AppHttp: Send + Sync {
    /// Sends one request. Dropping the future cancels it.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// As `PlatformHttp::stream`.
    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        let length = request.body.len() as u64;
        hand_over(length, self.send(request).await?, &*observer).await;
        Ok(())
    }
}
