//! The development trace: what the console of a developer shows of calls and transfers.
//!
//! It exists in development sessions only, costs nothing elsewhere, and never holds a call up: an event that a slow
//! host has no room for is dropped and counted.
use crate::{
    CallTrace, Decision, HttpResponse, NetworkEnd, NetworkKind, NetworkTrace, SessionEvent,
    bridge::Answer,
    outgoing::{Outgoing, SendError, header},
    session::Inner,
    url_policy::UrlUse,
};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// Arguments of a call, in bytes of JSON.
const MAX_ARGS: usize = 2 << 10;
/// Body of a transfer, in bytes.
pub(crate) const MAX_PREVIEW: usize = 64 << 10;

/// One session's trace.
pub(crate) struct Trace {
    started: Instant,
    /// By the document's generation and the call's id.
    calls: Mutex<HashMap<(u64, u64), (CallTrace, Instant)>>,
    transfers: AtomicU64,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), calls: Mutex::default(), transfers: AtomicU64::new(0) }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<(u64, u64), (CallTrace, Instant)>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> f64 {
        milliseconds(self.started)
    }
}

impl Inner {
    /// A call has come; one of an id that is under way already is not another.
    pub(crate) fn trace_call(
        &self,
        (generation, id): (u64, u64),
        api: &str,
        args: &Map<String, Value>,
        decision: Decision,
    ) {
        let Some(trace) = &self.trace else { return };
        let call = CallTrace {
            id,
            api: api.to_owned(),
            args: cut(serde_json::to_string(args).unwrap_or_default(), MAX_ARGS),
            decision,
            ok: false,
            err_msg: String::new(),
            started_ms: trace.now_ms(),
            ms: 0.0,
        };
        trace.calls().entry((generation, id)).or_insert_with(|| (call, Instant::now()));
    }

    /// The permission check has come to an end.
    pub(crate) fn trace_decision(&self, call: (u64, u64), decision: Decision) {
        let Some(trace) = &self.trace else { return };
        if let Some((traced, _)) = trace.calls().get_mut(&call) {
            traced.decision = decision;
        }
    }

    /// The call is answered.
    pub(crate) fn trace_answer(&self, call: (u64, u64), answer: &Answer) {
        let Some((mut traced, began)) = self.trace.as_ref().and_then(|trace| trace.calls().remove(&call))
        else {
            return;
        };
        traced.ms = milliseconds(began);
        match answer {
            Answer::Ok(_) => {
                traced.ok = true;
                traced.err_msg = format!("{}:ok", traced.api);
            }
            Answer::Fail { message, .. } => traced.err_msg.clone_from(message),
        }
        self.chatter(SessionEvent::Call(traced));
    }

    /// A call that the base library carried out by itself.
    pub(crate) fn trace_local(&self, api: String, args: String, err_msg: String, ms: f64) {
        let Some(trace) = &self.trace else { return };
        self.chatter(SessionEvent::Call(CallTrace {
            id: 0,
            ok: err_msg.starts_with(&format!("{api}:ok")),
            api,
            args: cut(args, MAX_ARGS),
            decision: Decision::NotNeeded,
            err_msg,
            started_ms: (trace.now_ms() - ms).max(0.0),
            ms,
        }));
    }

    /// Forgets the calls of documents that are gone: they are never answered.
    pub(crate) fn trace_document(&self, generation: u64) {
        if let Some(trace) = &self.trace {
            trace.calls().retain(|(of, _), _| *of >= generation);
        }
    }
}

/// One transfer in the trace. Dropped before `end`, it was aborted.
pub(crate) struct Transfer<'a> {
    inner: &'a Inner,
    /// None outside of development, and after the end.
    open: Option<(NetworkTrace, Instant)>,
}

impl<'a> Transfer<'a> {
    /// A transfer over HTTP begins.
    pub(crate) fn http(inner: &'a Inner, outgoing: &Outgoing) -> Self {
        let kind = match outgoing.purpose {
            UrlUse::Request => NetworkKind::Request,
            UrlUse::Upload => NetworkKind::Upload,
            UrlUse::Download => NetworkKind::Download,
            UrlUse::Image => NetworkKind::Image,
            UrlUse::Media => NetworkKind::Media,
            // The host loads websites itself; no transfer of the engine is for one.
            UrlUse::Webview => NetworkKind::Request,
            UrlUse::Socket => NetworkKind::Socket,
        };
        let body = || preview(content_type(&outgoing.headers), &outgoing.body);
        Self::begin(inner, kind, &outgoing.method, &outgoing.url, &outgoing.headers, body)
    }

    /// A transfer of any kind begins.
    pub(crate) fn begin(
        inner: &'a Inner,
        kind: NetworkKind,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: impl FnOnce() -> String,
    ) -> Self {
        let open = inner.trace.as_ref().map(|trace| {
            let traced = NetworkTrace {
                id: trace.transfers.fetch_add(1, Ordering::Relaxed) + 1,
                kind,
                method: method.to_owned(),
                url: url.to_owned(),
                request_headers: headers.to_vec(),
                request_preview: body(),
                started_ms: trace.now_ms(),
                end: None,
            };
            inner.chatter(SessionEvent::Network(traced.clone()));
            (traced, Instant::now())
        });
        Self { inner, open }
    }

    /// The response is there, or never will be. Beside it how long its body was; of a long one, the beginning is enough.
    pub(crate) fn end(&mut self, result: Result<(&HttpResponse, u64), &SendError>) {
        if self.open.is_none() {
            return;
        }
        self.finish(match result {
            Ok((response, bytes)) => NetworkEnd {
                status: response.status,
                headers: response.headers.clone(),
                bytes,
                preview: preview(header(response, "content-type"), &response.body),
                ..NetworkEnd::default()
            },
            Err(error) => NetworkEnd { error: Some(error.to_string()), ..NetworkEnd::default() },
        });
    }

    /// Ends with `end`; its time is filled in here.
    pub(crate) fn finish(&mut self, end: NetworkEnd) {
        let Some((mut traced, began)) = self.open.take() else { return };
        traced.end = Some(NetworkEnd { ms: milliseconds(began), ..end });
        self.inner.chatter(SessionEvent::Network(traced));
    }
}

impl Drop for Transfer<'_> {
    fn drop(&mut self) {
        self.finish(NetworkEnd { error: Some("abort".to_owned()), ..NetworkEnd::default() });
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn content_type(headers: &[(String, String)]) -> Option<&str> {
    headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value.as_str())
}

/// The beginning of a body that is text, by its type and in fact; otherwise nothing.
fn preview(mime: Option<&str>, body: &[u8]) -> String {
    let mime = mime.unwrap_or_default().to_ascii_lowercase();
    let textual = mime.starts_with("text/")
        || ["json", "xml", "javascript", "urlencoded"].iter().any(|word| mime.contains(word));
    if !textual {
        return String::new();
    }
    let start = &body[..body.len().min(MAX_PREVIEW)];
    match std::str::from_utf8(start) {
        Ok(text) => text.to_owned(),
        // Cut within a character is still text; anything else is not.
        Err(error) if start.len() - error.valid_up_to() < 4 => {
            String::from_utf8_lossy(&start[..error.valid_up_to()]).into_owned()
        }
        Err(_) => String::new(),
    }
}

/// The first `most` bytes, whole characters, with a mark where something is left out.
fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_are_shown_and_only_their_beginning() {
        assert_eq!(preview(Some("application/json; charset=utf-8"), b"{}"), "{}");
        assert_eq!(preview(Some("image/png"), b"text"), "");
        assert_eq!(preview(None, b"text"), "");
        assert_eq!(preview(Some("text/plain"), b"\xff\xfe\x00\x01\x02\x03\x04"), "");
        let long = "咖".repeat(MAX_PREVIEW);
        let shown = preview(Some("text/plain"), long.as_bytes());
        assert!(shown.len() <= MAX_PREVIEW && shown.len() > MAX_PREVIEW - 3 && long.starts_with(&shown));
    }

    #[test]
    fn what_is_cut_is_marked_and_whole_characters() {
        assert_eq!(cut("咖啡".to_owned(), 4), "咖…");
        assert_eq!(cut("咖啡".to_owned(), 6), "咖啡");
    }
}
