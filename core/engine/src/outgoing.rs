//! Sends a mini-program's HTTP request by hand: every hop of a redirect is held against the URL policy again, so that
//! a listed host cannot hand a request on to one that is not (attack row 25).
use crate::{
    HttpError, HttpObserver, HttpRequest, HttpResponse,
    session::Inner,
    trace::{MAX_PREVIEW, Transfer},
    url_policy::{Refusal, UrlUse, WebUrl},
};
use async_trait::async_trait;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Redirects that are followed.
const MAX_HOPS: usize = 5;

/// One request before its first hop.
pub(crate) struct Outgoing {
    pub purpose: UrlUse,
    pub url: String,
    pub method: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// For all hops together.
    pub timeout: Duration,
    pub max_body: u64,
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("too many redirects")]
    Redirects,
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Takes the response of the last hop as it comes.
#[async_trait]
pub(crate) trait Taker: Send + Sync {
    /// So many more bytes of the request's body have gone out; a redirect may have them sent again.
    fn sent(&self, bytes: u64);
    /// The response without its body.
    async fn head(&self, head: &HttpResponse);
    /// The next bytes; false: no more is wanted.
    async fn body(&self, bytes: Vec<u8>) -> bool;
}

/// As `send`, but the body goes to `taker`; the response that is returned has none.
pub(crate) async fn stream(
    inner: &Inner,
    outgoing: Outgoing,
    taker: Arc<dyn Taker>,
) -> Result<(HttpResponse, WebUrl), SendError> {
    run(inner, outgoing, Some(taker)).await
}

/// Sends, follows redirects, returns the last response and the URL it came from. Dropping the future cancels.
pub(crate) async fn send(inner: &Inner, outgoing: Outgoing) -> Result<(HttpResponse, WebUrl), SendError> {
    run(inner, outgoing, None).await
}

async fn run(
    inner: &Inner,
    outgoing: Outgoing,
    taker: Option<Arc<dyn Taker>>,
) -> Result<(HttpResponse, WebUrl), SendError> {
    let limit = outgoing.timeout;
    let streamed = taker.is_some();
    let mut transfer = Transfer::http(inner, &outgoing);
    let result = match tokio::time::timeout(limit, follow(inner, outgoing, taker)).await {
        Ok(result) => result,
        Err(_) => Err(SendError::Http(HttpError::Timeout)),
    };
    transfer.end(result.as_ref().map(|(response, _, length)| (response, *length)));
    let (mut response, url, _) = result?;
    if streamed {
        response.body.clear();
    }
    Ok((response, url))
}

async fn follow(
    inner: &Inner,
    outgoing: Outgoing,
    taker: Option<Arc<dyn Taker>>,
) -> Result<(HttpResponse, WebUrl, u64), SendError> {
    let Outgoing { purpose, url, mut method, mut headers, mut body, timeout, max_body } = outgoing;
    let mut url = allowed(inner, purpose, &url)?;
    for _ in 0..=MAX_HOPS {
        let request = HttpRequest {
            method: method.clone(),
            url: url.to_string(),
            headers: headers.clone(),
            body: body.clone(),
            timeout,
            max_body,
            allow_private: inner.shared.development(),
        };
        let http = &inner.shared.host.app_http;
        let (response, length) = match &taker {
            None => {
                let response = http.send(request).await?;
                let length = response.body.len() as u64;
                (response, length)
            }
            Some(taker) => {
                let beginning = if inner.trace.is_some() { MAX_PREVIEW } else { 0 };
                let hop = Arc::new(Hop::new(Arc::clone(taker), max_body, beginning));
                http.stream(request, Arc::<Hop>::clone(&hop)).await?;
                hop.end()?
            }
        };
        if length > max_body {
            return Err(HttpError::TooLong(max_body).into());
        }
        let Some(location) = redirect_of(&response) else { return Ok((response, url, length)) };
        let next = url.join(location).map_err(Refusal::Invalid)?;
        let next = allowed(inner, purpose, &next.to_string())?;
        let becomes_get = match response.status {
            301 | 302 => method == "POST",
            303 => method != "HEAD",
            _ => false,
        };
        if becomes_get {
            method = "GET".to_owned();
            body.clear();
            headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
        }
        if !next.same_origin(&url) {
            // As browsers do: what was meant for one host is not told to another.
            headers.retain(|(name, _)| {
                !name.eq_ignore_ascii_case("authorization") && !name.eq_ignore_ascii_case("cookie")
            });
        }
        url = next;
    }
    Err(SendError::Redirects)
}

/// One hop that is taken as it comes: a redirect's body is left out, a body that is too long is cut off.
struct Hop {
    taker: Arc<dyn Taker>,
    max_body: u64,
    /// Bytes of the body kept for the trace.
    beginning: usize,
    /// The response, with the beginning of its body, and how much of that has come.
    state: Mutex<(Option<HttpResponse>, u64)>,
    too_long: AtomicBool,
}

impl Hop {
    fn new(taker: Arc<dyn Taker>, max_body: u64, beginning: usize) -> Self {
        Self { taker, max_body, beginning, state: Mutex::default(), too_long: AtomicBool::new(false) }
    }

    fn state(&self) -> MutexGuard<'_, (Option<HttpResponse>, u64)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) -> Result<(HttpResponse, u64), HttpError> {
        if self.too_long.load(Ordering::Relaxed) {
            return Err(HttpError::TooLong(self.max_body));
        }
        let (response, length) = std::mem::take(&mut *self.state());
        let response = response.ok_or_else(|| HttpError::Other("the host's HTTP gave no response".into()))?;
        Ok((response, length))
    }
}

#[async_trait]
impl HttpObserver for Hop {
    fn sent(&self, bytes: u64) {
        self.taker.sent(bytes);
    }

    async fn head(&self, status: u16, headers: Vec<(String, String)>) -> bool {
        let head = HttpResponse { status, headers, body: Vec::new() };
        let wanted = redirect_of(&head).is_none();
        if wanted {
            self.taker.head(&head).await;
        }
        self.state().0 = Some(head);
        wanted
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        let taken = {
            let mut state = self.state();
            state.1 += bytes.len() as u64;
            if let Some(response) = &mut state.0 {
                let room = self.beginning.saturating_sub(response.body.len()).min(bytes.len());
                response.body.extend_from_slice(&bytes[..room]);
            }
            state.1
        };
        if taken > self.max_body {
            self.too_long.store(true, Ordering::Relaxed);
            return false;
        }
        self.taker.body(bytes).await
    }
}

fn redirect_of(response: &HttpResponse) -> Option<&str> {
    matches!(response.status, 301 | 302 | 303 | 307 | 308).then(|| header(response, "location")).flatten()
}

/// The first value of a header.
pub(crate) fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Holds a URL against the program's list; an undeclared one is allowed in development, and the author told, once.
pub(crate) fn allowed(inner: &Inner, purpose: UrlUse, text: &str) -> Result<WebUrl, Refusal> {
    let allowed = inner.policy.check(purpose, text)?;
    if allowed.undeclared {
        let list = match purpose {
            UrlUse::Upload => "upload",
            UrlUse::Download => "download",
            UrlUse::Webview => "webview",
            _ => "request",
        };
        inner.warn_undeclared(&allowed.url.origin(), list);
    }
    Ok(allowed.url)
}
