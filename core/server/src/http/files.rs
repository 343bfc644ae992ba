//! The repository's files: what devices ask for. Conditional and partial requests by RFC 9110; no listings.

use super::{RequestId, Site, error};
use crate::publishing::{PublishError, paths};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::TryStreamExt;
use std::ops::Range;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const FRESH: &str = "no-cache";
/// Every check of every device asks for a root that is not there yet: a minute of it may be a cache's answer.
const NOT_YET: &str = "public, max-age=60";

/// Whatever no other route took.
pub(super) async fn serve(State(site): State<Site>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or(RequestId(String::new()));
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let head = request.method() == Method::HEAD;
    match answer(&site, &path, request.headers()).await {
        Ok(Some(mut response)) => {
            if head {
                *response.body_mut() = Body::empty();
            }
            response
        }
        Ok(None) => {
            let root =
                matches!(paths::parse(&path), Some((_, paths::Kind::Role { role, .. })) if role == "root");
            let cache = if root { NOT_YET } else { "no-store" };
            (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, cache)], "no such file\n").into_response()
        }
        Err(failure) => error::answer(&site, &id, &failure),
    }
}

async fn answer(site: &Site, path: &str, headers: &HeaderMap) -> Result<Option<Response>, PublishError> {
    let kind = match paths::parse(path) {
        Some((_, kind)) => Some(kind),
        None if path == "trust-root.json" => None,
        None => return Ok(None),
    };
    let files = site.publishing.files();
    if kind.as_ref().is_some_and(paths::Kind::is_transfer) {
        let Some((length, tag)) = files.object_length(path).await? else { return Ok(None) };
        let asked = Asked::of(headers, length, &tag);
        let body = match &asked {
            Asked::Whole => files.object_range(path, 0..length).await?,
            Asked::Part(range) => files.object_range(path, range.clone()).await?,
            Asked::Same | Asked::Nothing => None,
        };
        let body = body.map(|pieces| Body::from_stream(pieces.map_err(std::io::Error::other)));
        let response =
            respond(asked, length, &tag, body.unwrap_or_else(Body::empty), "application/zstd", IMMUTABLE);
        return Ok(Some(response));
    }
    let Some(stored) = files.stored(path).await? else { return Ok(None) };
    let cache = match kind {
        Some(paths::Kind::Timestamp) | None => FRESH,
        Some(_) => IMMUTABLE,
    };
    let packed = stored.gzip.filter(|_| takes_gzip(headers) && !headers.contains_key(header::RANGE));
    let (bytes, tag) = match &packed {
        Some(packed) => (packed.clone(), format!("\"{}-gzip\"", stored.sha256)),
        None => (stored.bytes, format!("\"{}\"", stored.sha256)),
    };
    let length = bytes.len() as u64;
    let asked = Asked::of(headers, length, &tag);
    let body = asked.of_bytes(&bytes);
    let mut response = respond(asked, length, &tag, Body::from(body), "application/json", cache);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() && response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(Some(response))
}

/// What part of a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    /// What the client has is still the same.
    Same,
    /// A range outside of the file.
    Nothing,
}

impl Asked {
    fn of(headers: &HeaderMap, length: u64, tag: &str) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if let Some(known) = text(header::IF_NONE_MATCH) {
            let same = |one: &str| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag;
            if known.split(',').any(same) {
                return Self::Same;
            }
        }
        let Some(range) = text(header::RANGE) else { return Self::Whole };
        if text(header::IF_RANGE).is_some_and(|known| known != tag) {
            return Self::Whole;
        }
        // Several ranges, or another unit: the whole file is a right answer to both.
        let Some(spec) = range.strip_prefix("bytes=").filter(|spec| !spec.contains(',')) else {
            return Self::Whole;
        };
        let Some((first, last)) = spec.trim().split_once('-') else { return Self::Whole };
        let number = |text: &str| {
            if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u64>().ok() } else { None }
        };
        let range = match (number(first), number(last)) {
            (None, Some(last)) if first.is_empty() => length.saturating_sub(last)..length,
            (Some(first), None) if last.is_empty() => first..length,
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
            _ => return Self::Whole,
        };
        if range.start < range.end { Self::Part(range) } else { Self::Nothing }
    }

    fn of_bytes(&self, bytes: &Bytes) -> Bytes {
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        match self {
            Self::Whole => bytes.clone(),
            Self::Part(range) => bytes.slice(index(range.start)..index(range.end)),
            Self::Same | Self::Nothing => Bytes::new(),
        }
    }
}

fn respond(
    asked: Asked,
    length: u64,
    tag: &str,
    body: Body,
    mime: &'static str,
    cache: &'static str,
) -> Response {
    let (status, range, count) = match asked {
        Asked::Whole => (StatusCode::OK, None, Some(length)),
        Asked::Part(range) => {
            let text = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, Some(text), Some(range.end - range.start))
        }
        Asked::Same => (StatusCode::NOT_MODIFIED, None, None),
        Asked::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{length}")), Some(0)),
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    if let Some(count) = count {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(count));
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        name.trim().eq_ignore_ascii_case("gzip")
            && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_asked_for() {
        let asked = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
            Asked::of(&headers, 100, "\"t\"")
        };
        for (range, expected) in [
            ("bytes=0-9", Asked::Part(0..10)),
            ("bytes=90-", Asked::Part(90..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-1000", Asked::Part(0..100)),
            ("bytes=95-1000", Asked::Part(95..100)),
            ("bytes=100-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=9-0", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=0-18446744073709551615", Asked::Part(0..100)),
            ("items=0-1", Asked::Whole),
        ] {
            assert_eq!(asked("range", range), expected, "{range}");
        }
        assert_eq!(asked("if-none-match", "\"x\", W/\"t\""), Asked::Same);
        assert_eq!(asked("if-none-match", "\"x\""), Asked::Whole);
        assert_eq!(asked("if-none-match", "*"), Asked::Same);
    }
}
