//! `wx.request`: over the host's HTTP, within the program's domain list (core/docs/bridge.md).
use crate::{
    HttpError, HttpResponse,
    bridge::Answer,
    outgoing::{self, Outgoing, SendError},
    session::Inner,
    task::Task,
    url_policy::{Refusal, UrlUse},
};
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

const API: &str = "request";
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
/// Longest response body.
const MAX_BODY: u64 = 32 << 20;
/// Longer texts go to the page as a blob, by its own request.
const MAX_INLINE: usize = 64 << 10;
const MAX_TIMEOUT: Duration = Duration::from_secs(600);
const MAX_HEADERS: usize = 100;

/// What the engine or the HTTP stack sets, and a program must not.
const FORBIDDEN: [&str; 11] = [
    "referer",
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
];

/// Carries out one `request`. Dropping the future cancels it.
pub(crate) async fn send(inner: &Arc<Inner>, call: (u64, u64), args: &Map<String, Value>) -> Answer {
    let outgoing = match prepare(inner, call.0, args) {
        Ok(outgoing) => outgoing,
        Err(reason) => return Answer::fail(API, reason),
    };
    let Ok(_turn) = inner.requests.acquire().await else { return Answer::fail(API, "interrupted") };
    let chunked = args.get("enableChunked").and_then(Value::as_bool).unwrap_or(false);
    let task = Arc::new(Task::new(inner, call, chunked));
    match outgoing::stream(inner, outgoing, Arc::<Task>::clone(&task)).await {
        Ok((response, _)) => {
            let wants_bytes = args.get("responseType").and_then(Value::as_str) == Some("arraybuffer");
            answer(inner, call.0, API, &response, task.take_body(), wants_bytes, task.profile())
        }
        Err(error) => failure(API, &error),
    }
}

/// Status, headers and body as the page gets them.
pub(crate) fn answer(
    inner: &Inner,
    generation: u64,
    api: &str,
    response: &HttpResponse,
    body: Vec<u8>,
    wants_bytes: bool,
    profile: Value,
) -> Answer {
    let mut ok = head(response);
    ok["profile"] = profile;
    let body = match String::from_utf8(body) {
        Ok(text) if !wants_bytes && text.len() <= MAX_INLINE => {
            ok["data"] = text.into();
            return Answer::Ok(ok);
        }
        Ok(text) => text.into_bytes(),
        Err(bytes) => bytes.into_bytes(),
    };
    ok["length"] = body.len().into();
    match inner.offer_blob(generation, body) {
        Ok(token) => {
            ok["blob"] = token.into();
            Answer::Ok(ok)
        }
        Err(error) => Answer::fail(api, error),
    }
}

/// `{statusCode, header, cookies}`.
pub(crate) fn head(response: &HttpResponse) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    let mut cookies: Vec<&str> = Vec::new();
    for (name, value) in &response.headers {
        if name.eq_ignore_ascii_case("set-cookie") {
            cookies.push(value);
        }
        match headers.get_mut(name) {
            Some(Value::String(values)) => {
                values.push(',');
                values.push_str(value);
            }
            _ => {
                headers.insert(name.clone(), value.clone().into());
            }
        }
    }
    json!({ "statusCode": response.status, "header": headers, "cookies": cookies })
}

fn prepare(inner: &Inner, generation: u64, args: &Map<String, Value>) -> Result<Outgoing, &'static str> {
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let url = text("url").ok_or("parameter.url should be String")?;
    let method = text("method").unwrap_or("GET").to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        return Err("invalid method");
    }
    let body = match (text("blob"), text("data")) {
        (Some(token), _) => {
            let blob = inner.state().document_of(generation).and_then(|d| d.blobs.take_incoming(token));
            blob.ok_or("the request's data has not arrived")?
        }
        (None, Some(data)) => data.as_bytes().to_vec(),
        (None, None) => Vec::new(),
    };
    let headers = headers(inner, args)?;
    Ok(Outgoing {
        purpose: UrlUse::Request,
        url: url.to_owned(),
        body: if method == "GET" || method == "HEAD" { Vec::new() } else { body },
        method,
        headers,
        timeout: timeout(inner, API, args),
        max_body: MAX_BODY,
    })
}

/// The call's own time, or that of app.json.
pub(crate) fn timeout(inner: &Inner, api: &str, args: &Map<String, Value>) -> Duration {
    let given = args.get("timeout").and_then(Value::as_f64).filter(|ms| *ms >= 1.0);
    let timeout = given.map_or_else(
        || inner.code().config.network_timeout(api),
        |ms| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(MAX_TIMEOUT),
    );
    timeout.min(MAX_TIMEOUT)
}

/// The program's headers, and the one by which WeChat's back ends know a program.
pub(crate) fn headers(
    inner: &Inner,
    args: &Map<String, Value>,
) -> Result<Vec<(String, String)>, &'static str> {
    let mut headers = own_headers(args.get("header"))?;
    let (app, version) = (&inner.identity.app, inner.code().index.version.name.clone());
    let page = format!("https://servicewechat.com/{app}/{version}/page-frame.html");
    headers.push(("Referer".to_owned(), page));
    Ok(headers)
}

/// Reads the program's headers: forbidden names are left out, what could split a header is an error.
fn own_headers(value: Option<&Value>) -> Result<Vec<(String, String)>, &'static str> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let map = value.as_object().ok_or("parameter.header should be Object")?;
    if map.len() > MAX_HEADERS {
        return Err("more than 100 headers");
    }
    let mut headers = Vec::new();
    for (name, value) in map {
        let value = match value {
            Value::String(value) => value.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => continue,
        };
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) || value.chars().any(|c| c.is_control() && c != '\t') {
            return Err("invalid header");
        }
        let lower = name.to_ascii_lowercase();
        let forbidden =
            FORBIDDEN.contains(&lower.as_str()) || lower.starts_with("proxy-") || lower.starts_with("sec-");
        if !forbidden {
            headers.push((name.clone(), value));
        }
    }
    Ok(headers)
}

/// WeChat's wording and numbers (its "general error codes").
pub(crate) fn failure(api: &str, error: &SendError) -> Answer {
    let (reason, errno) = match error {
        SendError::Refused(Refusal::NotListed) => ("url not in domain list".to_owned(), 600_002),
        SendError::Refused(Refusal::Invalid(why)) => (format!("invalid url: {why}"), 600_009),
        SendError::Redirects => ("too many redirects".to_owned(), 600_001),
        SendError::Http(HttpError::Timeout) => ("timeout".to_owned(), 5),
        SendError::Http(error) => (error.to_string(), 600_001),
    };
    Answer::fail(api, reason).with_errno(errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_headers_are_left_out_and_injection_is_refused() {
        let given = json!({
            "referer": "https://evil.test", "HOST": "evil.test", "Sec-Fetch-Site": "none", "Proxy-Authorization": "x",
            "Content-Length": "1", "Cookie": "a=b", "X-Number": 3, "X-Null": null,
        });
        let kept = own_headers(Some(&given)).expect("plain");
        let names: Vec<_> = kept.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Cookie", "X-Number"]);
        for bad in [json!({ "a b": "x" }), json!({ "": "x" }), json!({ "a": "x\r\nHost: evil" }), json!([])] {
            assert!(own_headers(Some(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn failures_have_wechats_words_and_numbers() {
        let said = |error| match failure(API, &error) {
            Answer::Fail { message, errno } => (message, errno.unwrap_or(0)),
            Answer::Ok(_) => panic!("a failure"),
        };
        assert_eq!(said(SendError::Http(HttpError::Timeout)), ("request:fail timeout".into(), 5));
        assert_eq!(
            said(SendError::Refused(Refusal::NotListed)),
            ("request:fail url not in domain list".into(), 600_002)
        );
    }
}
