//! Sends a mini-program's HTTP request by hand: every hop of a redirect is held against the URL policy again, so that
//! a listed host cannot hand a request on to one that is not (attack row 25).
use crate::{
    HttpError, HttpRequest, HttpResponse, SessionEvent,
    session::Inner,
    trace::Transfer,
    url_policy::{Refusal, UrlUse, WebUrl},
};
use std::time::Duration;

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

/// Sends, follows redirects, returns the last response and the URL it came from. Dropping the future cancels.
pub(crate) async fn send(inner: &Inner, outgoing: Outgoing) -> Result<(HttpResponse, WebUrl), SendError> {
    let limit = outgoing.timeout;
    let mut transfer = Transfer::http(inner, &outgoing);
    let result = match tokio::time::timeout(limit, follow(inner, outgoing)).await {
        Ok(result) => result,
        Err(_) => Err(SendError::Http(HttpError::Timeout)),
    };
    transfer.end(result.as_ref().map(|(response, _)| response));
    result
}

async fn follow(inner: &Inner, outgoing: Outgoing) -> Result<(HttpResponse, WebUrl), SendError> {
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
        let response = inner.shared.host.app_http.send(request).await?;
        if response.body.len() as u64 > max_body {
            return Err(HttpError::TooLong(max_body).into());
        }
        let Some(location) = redirect_of(&response) else { return Ok((response, url)) };
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

fn redirect_of(response: &HttpResponse) -> Option<&str> {
    matches!(response.status, 301 | 302 | 303 | 307 | 308).then(|| header(response, "location")).flatten()
}

/// The first value of a header.
pub(crate) fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn allowed(inner: &Inner, purpose: UrlUse, text: &str) -> Result<WebUrl, Refusal> {
    let allowed = inner.policy.check(purpose, text)?;
    if allowed.undeclared {
        let origin = allowed.url.origin();
        if inner.state().warned.insert(origin.clone()) {
            inner.chatter(SessionEvent::Warning {
                text: format!(
                    "{origin} is not declared: add it to domains.request in lodger.json, or releases will refuse it."
                ),
            });
        }
    }
    Ok(allowed.url)
}
