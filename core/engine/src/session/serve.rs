//! Answers the webview's requests. Only what is named here exists; everything else is a refusal that says why.
use super::{Code, Inner, start_page};
use crate::{
    Resource, ResourceRequest,
    bridge::DocumentState,
    files, origin, remote,
    resource::{Body, Reply},
};
use lodger_bundle::StoreError;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::timeout};

const RUNTIME: &[u8] = include_bytes!("../../../runtime/dist/runtime.js");
const REGIONS: &[u8] = include_bytes!("../../../runtime/dist/regions.txt");
const SESSION_HEADER: &str = "X-Lodger-Session";
/// An empty poll is answered after this, so that no layer between gives up first.
const POLL: Duration = Duration::from_secs(25);
/// A blocking call without an answer fails after this: the page stands still meanwhile.
const SYNC: Duration = Duration::from_secs(25);
const JSON: &str = "application/json";

/// Ends the work when the host gives the request up.
struct Cancelling<T>(JoinHandle<T>);

impl<T> Drop for Cancelling<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs on the engine's own runtime, whatever executor the host awaits on.
pub(super) async fn open(inner: &Arc<Inner>, request: ResourceRequest) -> Resource {
    let session = Arc::clone(inner);
    let mut work = Cancelling(inner.shared.runtime().spawn(async move {
        let reply = route(&session, &request).await;
        if reply.status == 403 || reply.status == 404 || reply.status == 405 {
            session.counters.refused_resources.add();
        }
        if request.method == "HEAD" { reply.without_body() } else { reply }
    }));
    let reply = (&mut work.0).await;
    inner.handles.open(reply.unwrap_or_else(|_| inner.policies.refusal(500, "The engine could not answer.")))
}

async fn route(inner: &Arc<Inner>, request: &ResourceRequest) -> Reply {
    let refuse = |status, why| inner.policies.refusal(status, why);
    let over = {
        let state = inner.state();
        state.closed || state.ended
    };
    if over {
        return refuse(410, "The session is closed.");
    }
    let Some(path) = origin::path_within(&inner.identity.origin, &request.url) else {
        return refuse(403, "The request is not for this session's origin.");
    };
    if request.header("Service-Worker").is_some() {
        return refuse(403, "Service workers are not allowed.");
    }
    let method = request.method.as_str();
    match (method, path.strip_prefix("/.lodger/"), path.strip_prefix("/p/")) {
        ("POST", Some("message"), _) => take_message(inner, request),
        ("GET" | "HEAD", None, Some(key)) => bundle_file(inner, key).await,
        ("GET" | "HEAD", Some("rt/runtime.js"), _) => {
            inner.policies.code("text/javascript; charset=utf-8", Body::Static(RUNTIME))
        }
        // Data, and not code: it is no script even if a page asks for it as one.
        ("GET" | "HEAD", Some("rt/regions.txt"), _) => {
            inner.policies.data("application/octet-stream", Body::Static(REGIONS))
        }
        ("GET", None, None) if path == "/" => document(inner, request).await,
        ("GET", Some("hello"), _) => hello(inner),
        ("GET", Some("events"), _) => events(inner, request).await,
        ("GET", Some(rest), _) => match rest.split_once('/') {
            Some(("sync", id)) => sync(inner, request, id).await,
            Some(("blob", token)) => blob(inner, request, token),
            Some(("fetch", url)) => match origin::percent_decode(url) {
                Some(url) => remote::fetch(inner, &url).await,
                None => refuse(404, "The address to fetch is not properly encoded."),
            },
            Some(("file", path)) => file(inner, request, path).await,
            _ => refuse(404, "There is no such resource."),
        },
        ("GET" | "HEAD", _, _) => refuse(404, "There is no such resource."),
        _ => refuse(405, "Only GET, HEAD and the bridge's POST are allowed."),
    }
}

async fn document(inner: &Arc<Inner>, request: &ResourceRequest) -> Reply {
    // Where the engine says what the answer is for: an image or a script must not void the running document.
    if request.header("Sec-Fetch-Dest").is_some_and(|wanted| wanted != "document") {
        return inner.policies.refusal(403, "The start document is for the main frame only.");
    }
    let session = Arc::clone(inner);
    // Reads the storage.
    let page = inner.shared.runtime().spawn_blocking(move || start_page::html(&session)).await;
    match page {
        Ok(Ok(html)) => inner.policies.document(html),
        _ => inner.policies.refusal(500, "The program could not be started. Close it and open it again."),
    }
}

async fn bundle_file(inner: &Arc<Inner>, key: &str) -> Reply {
    let missing = |inner: &Inner| inner.policies.refusal(404, "The bundle has no such file.");
    let Some(path) = origin::percent_decode(key) else { return missing(inner) };
    // The index is the allow-list: nothing else is ever looked for.
    let Code { digest, index, .. } = inner.code();
    let Some(mime) = index.file(&path).map(|file| file.mime.clone()) else { return missing(inner) };
    let read = || {
        let (session, path) = (Arc::clone(inner), path.clone());
        inner.shared.runtime().spawn_blocking(move || session.shared.store.read(&digest, &path))
    };
    let mut bytes = read().await;
    if let Ok(Err(StoreError::PackageMissing { package })) = &bytes {
        // A subpackage that nobody wanted until now.
        if inner.bring_package(&digest, package, |_, _| {}).await.is_err() {
            return inner
                .policies
                .refusal(503, "This part of the program could not be downloaded. Go online.");
        }
        bytes = read().await;
    }
    match bytes {
        Ok(Ok(bytes)) => inner.policies.code(&mime, bytes.into()),
        Ok(Err(StoreError::Corrupt { .. })) => {
            inner.policies.refusal(500, "The file is damaged. Install the program again.")
        }
        _ => inner.policies.refusal(500, "The file could not be read. Open the program again."),
    }
}

async fn file(inner: &Arc<Inner>, request: &ResourceRequest, path: &str) -> Reply {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let Some(path) = origin::percent_decode(path) else {
        return inner.policies.refusal(404, "The file's path is not properly encoded.");
    };
    let range = request.header("Range").map(str::to_owned);
    let session = Arc::clone(inner);
    let reading =
        inner.shared.runtime().spawn_blocking(move || files::serve(&session, &path, range.as_deref()));
    reading.await.unwrap_or_else(|_| inner.policies.refusal(500, "The file could not be read. Try again."))
}

fn hello(inner: &Inner) -> Reply {
    let outbound = if inner.surface.sink.is_some() { "push" } else { "poll" };
    let token = inner.state().document.as_mut().and_then(|document| document.hello());
    match token {
        Some(token) => {
            let hello = json!({ "doc": token, "inbound": inner.surface.inbound, "outbound": outbound });
            inner.policies.data(JSON, hello.to_string())
        }
        None => inner.policies.refusal(403, "This document has said hello before."),
    }
}

fn take_message(inner: &Inner, request: &ResourceRequest) -> Reply {
    if inner.surface.inbound != "http" {
        return inner.policies.refusal(404, "Messages do not come by HTTP on this platform.");
    }
    if generation_of(inner, request).is_none() {
        return without_session(inner);
    }
    match request.body.as_deref().map(std::str::from_utf8) {
        Some(Ok(text)) => {
            inner.take_message(text);
            Reply { status: 204, ..inner.policies.data(JSON, String::new()) }
        }
        _ => inner.policies.refusal(400, "The message is not text."),
    }
}

async fn events(inner: &Arc<Inner>, request: &ResourceRequest) -> Reply {
    let Some(generation) = generation_of(inner, request) else { return without_session(inner) };
    let taken = wait(inner, POLL, || match inner.state().document_of(generation) {
        Some(document) if matches!(document.state(), DocumentState::Closed(_)) => Wait::Gone,
        Some(document) if !document.outbox.polls() => Wait::Gone,
        Some(document) => document.outbox.take().map_or(Wait::Longer, Wait::Ready),
        None => Wait::Gone,
    });
    match taken.await {
        Wait::Ready(messages) => {
            // Somebody may wait for room.
            inner.announce();
            inner.policies.data(JSON, messages)
        }
        Wait::Longer => inner.policies.data(JSON, "[]".to_owned()),
        Wait::Gone => gone(inner),
    }
}

async fn sync(inner: &Arc<Inner>, request: &ResourceRequest, id: &str) -> Reply {
    let Some(generation) = generation_of(inner, request) else { return without_session(inner) };
    let Ok(id) = id.parse::<u64>() else { return inner.policies.refusal(404, "There is no such call.") };
    let answer = wait(inner, SYNC, || match inner.state().document_of(generation) {
        Some(document) if matches!(document.state(), DocumentState::Closed(_)) => Wait::Gone,
        Some(document) => document.take_sync(id).map_or(Wait::Longer, Wait::Ready),
        None => Wait::Gone,
    });
    match answer.await {
        Wait::Ready(answer) => inner.policies.data(JSON, answer),
        Wait::Longer => inner.policies.refusal(504, "The call has no answer."),
        Wait::Gone => gone(inner),
    }
}

fn blob(inner: &Inner, request: &ResourceRequest, token: &str) -> Reply {
    let Some(generation) = generation_of(inner, request) else { return without_session(inner) };
    let blob = inner.state().document_of(generation).and_then(|document| document.blobs.take_outgoing(token));
    match blob {
        Some(bytes) => inner.policies.data("application/octet-stream", bytes),
        None => inner.policies.refusal(404, "There is no such data, or it was fetched before."),
    }
}

/// The generation of the document whose token the request carries (attack row 39).
fn generation_of(inner: &Inner, request: &ResourceRequest) -> Option<u64> {
    let token = request.header(SESSION_HEADER)?;
    inner
        .state()
        .document
        .as_ref()
        .filter(|document| document.accepts(token))
        .map(|document| document.generation)
}

fn without_session(inner: &Inner) -> Reply {
    inner.policies.refusal(403, "The request does not carry this document's session header.")
}

fn gone(inner: &Inner) -> Reply {
    inner.policies.refusal(410, "The document is no longer the current one.")
}

enum Wait<T> {
    Ready(T),
    Longer,
    Gone,
}

/// Looks again at every change, until there is something, the document is gone, or the time is up.
async fn wait<T>(inner: &Inner, limit: Duration, mut look: impl FnMut() -> Wait<T>) -> Wait<T> {
    let mut changes = inner.changes();
    let found = timeout(limit, async {
        loop {
            match look() {
                Wait::Longer if changes.changed().await.is_ok() => {}
                found => return found,
            }
        }
    });
    found.await.unwrap_or(Wait::Longer)
}
