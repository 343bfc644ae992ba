//! `wx.connectSocket`: over the host's sockets, within the program's list (core/docs/bridge.md).
//!
//! Each socket has a task that connects, reads and writes; it belongs to the document that opened it and ends with it.
//! Messages keep their order both ways: outgoing ones wait in the socket's own queue, incoming ones wait for a page
//! that is behind.
use crate::{
    HttpError, NetworkEnd, NetworkKind, SocketConnection, SocketMessage, SocketRequest,
    bridge::{Answer, DocumentState},
    request,
    session::Inner,
    trace::Transfer,
    url_policy::{Refusal, UrlError, UrlUse},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::AbortHandle,
    time::{sleep, timeout},
};

const API: &str = "connectSocket";
/// Of one program at a time, as in WeChat.
const MAX_SOCKETS: usize = 5;
/// Longest message from a server.
const MAX_MESSAGE: usize = 16 << 20;
/// Longer messages go to the page as a blob, by its own request.
const MAX_INLINE: usize = 32 << 10;
const MAX_NAME: usize = 64;
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(3);
/// Until a page that is behind is asked again.
const BEHIND: Duration = Duration::from_millis(20);
/// RFC 6455, 7.4.1: the connection broke.
const BROKEN: u16 = 1006;

/// One document's sockets, by the name that the page gave them.
#[derive(Default)]
pub(crate) struct Sockets(HashMap<String, Open>);

struct Open {
    queue: UnboundedSender<Outgoing>,
    task: AbortHandle,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A message on its way out, and the call that is answered when it has left.
struct Outgoing {
    message: SocketMessage,
    call: Waiting,
}

/// A call that is answered in any case: if nothing else is said, the socket has gone.
struct Waiting {
    inner: Arc<Inner>,
    generation: u64,
    id: u64,
    api: String,
}

impl Waiting {
    fn sent(self) {
        self.inner.finish(self.generation, self.id, &Answer::empty());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // Of no effect on a call that is answered.
        let answer = Answer::fail(&self.api, "the socket is not open");
        self.inner.finish(self.generation, self.id, &answer);
    }
}

/// `connectSocket {socket, url, header, protocols, timeout}`: answers when the connection is being made; events
/// `socket` tell the rest.
pub(crate) fn connect(inner: &Arc<Inner>, generation: u64, args: &Map<String, Value>) -> Answer {
    let name = match args.get("socket").and_then(Value::as_str) {
        Some(name) if (1..=MAX_NAME).contains(&name.len()) => name.to_owned(),
        _ => return Answer::fail(API, "parameter.socket should be String"),
    };
    let request = match prepare(inner, args) {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    let mut state = inner.state();
    let Some(document) = state.document_of(generation) else { return Answer::fail(API, "interrupted") };
    let sockets = &mut document.sockets.0;
    if sockets.contains_key(&name) {
        return Answer::fail(API, "the socket exists already");
    }
    if sockets.len() >= MAX_SOCKETS {
        return Answer::fail(API, format_args!("more than {MAX_SOCKETS} sockets at once"));
    }
    let (queue, outgoing) = unbounded_channel();
    let socket = Socket { inner: Arc::clone(inner), generation, name: name.clone() };
    let task = inner.shared.runtime().spawn(socket.run(request, outgoing)).abort_handle();
    sockets.insert(name, Open { queue, task });
    Answer::empty()
}

/// `sendSocketMessage {socket, data or blob}` and `closeSocket {socket, code, reason}`: queued, in order.
pub(crate) fn queue(inner: &Arc<Inner>, generation: u64, id: u64, api: String, args: &Map<String, Value>) {
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let refuse = |reason: &str| inner.finish(generation, id, &Answer::fail(&api, reason));
    let message = if api == "closeSocket" {
        let code = args.get("code").map_or(Some(1000), Value::as_u64);
        let reason = text("reason").unwrap_or("");
        match code.and_then(|code| u16::try_from(code).ok()) {
            Some(code) if (code == 1000 || (3000..5000).contains(&code)) && reason.len() <= 123 => {
                SocketMessage::Close { code, reason: reason.to_owned() }
            }
            _ => return refuse("code should be 1000 or 3000 to 4999, reason at most 123 bytes"),
        }
    } else if let Some(token) = text("blob") {
        let blob = inner.state().document_of(generation).and_then(|d| d.blobs.take_incoming(token));
        match blob {
            Some(bytes) if args.get("text") == Some(&true.into()) => match String::from_utf8(bytes) {
                Ok(text) => SocketMessage::Text(text),
                Err(_) => return refuse("the data is not text"),
            },
            Some(bytes) => SocketMessage::Binary(bytes),
            None => return refuse("the data has not arrived"),
        }
    } else {
        match text("data") {
            Some(data) => SocketMessage::Text(data.to_owned()),
            None => return refuse("parameter.data should be String or ArrayBuffer"),
        }
    };
    let queue = {
        let mut state = inner.state();
        let document = state.document_of(generation);
        document.and_then(|d| d.sockets.0.get(text("socket").unwrap_or(""))).map(|open| open.queue.clone())
    };
    let call = Waiting { inner: Arc::clone(inner), generation, id, api };
    if let Some(queue) = queue {
        // A task that has ended drops what is queued, and that answers.
        let _ = queue.send(Outgoing { message, call });
    }
}

fn prepare(inner: &Inner, args: &Map<String, Value>) -> Result<SocketRequest, Answer> {
    let fail = |reason: &str| Answer::fail(API, reason);
    let url =
        args.get("url").and_then(Value::as_str).ok_or_else(|| fail("parameter.url should be String"))?;
    let protocols = match args.get("protocols") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => {
            let token = |name: &&str| {
                !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&b))
            };
            let names: Option<Vec<String>> =
                list.iter().map(|name| name.as_str().filter(token).map(str::to_owned)).collect();
            names.ok_or_else(|| fail("invalid protocols"))?
        }
        Some(_) => return Err(fail("parameter.protocols should be Array")),
    };
    let headers = request::headers(inner, args).map_err(fail)?;
    let allowed = inner.policy.check(UrlUse::Socket, url).map_err(|refusal| match refusal {
        Refusal::NotListed => fail("url not in domain list").with_errno(600_002),
        Refusal::Invalid(UrlError::Scheme) => {
            fail("invalid url: url must start with wss://").with_errno(600_009)
        }
        Refusal::Invalid(why) => Answer::fail(API, format_args!("invalid url: {why}")).with_errno(600_009),
    })?;
    if allowed.undeclared {
        inner.warn_undeclared(&socket_url(&allowed.url.origin()), "socket");
    }
    Ok(SocketRequest {
        url: socket_url(&allowed.url.to_string()),
        headers,
        protocols,
        timeout: request::timeout(inner, API, args),
        max_message: MAX_MESSAGE,
        allow_private: inner.shared.development(),
    })
}

/// The policy's `http…` as `ws…`.
fn socket_url(url: &str) -> String {
    url.strip_prefix("http").map_or_else(|| url.to_owned(), |rest| format!("ws{rest}"))
}

/// What a socket's task knows.
struct Socket {
    inner: Arc<Inner>,
    generation: u64,
    name: String,
}

/// How it ended.
struct End {
    code: u16,
    reason: String,
    error: Option<HttpError>,
}

impl Socket {
    async fn run(self, request: SocketRequest, outgoing: UnboundedReceiver<Outgoing>) {
        let headers = request.headers.clone();
        let mut transfer =
            Transfer::begin(&self.inner, NetworkKind::Socket, "GET", &request.url, &headers, String::new);
        let mut received = 0;
        let (end, headers) = self.live(request, outgoing, &mut received).await;
        transfer.finish(NetworkEnd {
            status: end.code,
            headers,
            bytes: received,
            error: end.error.as_ref().map(ToString::to_string),
            ..NetworkEnd::default()
        });
        if let Some(error) = &end.error {
            self.tell(json!({ "state": "error", "errMsg": error.to_string() })).await;
        }
        self.tell(json!({ "state": "close", "code": end.code, "reason": end.reason })).await;
        if let Some(document) = self.inner.state().document_of(self.generation) {
            document.sockets.0.remove(&self.name);
        }
    }

    async fn live(
        &self,
        request: SocketRequest,
        mut outgoing: UnboundedReceiver<Outgoing>,
        received: &mut u64,
    ) -> (End, Vec<(String, String)>) {
        let broken = |error| End { code: BROKEN, reason: String::new(), error: Some(error) };
        let limit = request.timeout;
        let connecting = timeout(limit, self.inner.shared.host.app_socket.connect(request));
        let opened = tokio::select! {
            opened = connecting => opened.unwrap_or(Err(HttpError::Timeout)),
            code = given_up(&mut outgoing) => {
                return (End { code, reason: String::new(), error: None }, Vec::new());
            }
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return (broken(error), Vec::new()),
        };
        let headers = opened.headers;
        let header: Map<String, Value> =
            headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        if !self.tell(json!({ "state": "open", "header": header })).await {
            return (End { code: BROKEN, reason: String::new(), error: None }, headers);
        }
        let connection = opened.connection;
        let mut closing = None;
        let end = tokio::select! {
            end = self.read(&*connection, received) => end,
            end = write(&*connection, &mut outgoing, &mut closing) => end,
        };
        // The server may answer a close before it is known here that the close has left.
        if let (Ok(_), Some(call)) = (&end, closing) {
            call.sent();
        }
        (end.unwrap_or_else(broken), headers)
    }

    async fn read(&self, connection: &dyn SocketConnection, received: &mut u64) -> Result<End, HttpError> {
        loop {
            let message = connection.receive().await?;
            let shown = match message {
                SocketMessage::Close { code, reason } => return Ok(End { code, reason, error: None }),
                SocketMessage::Text(text) => {
                    *received += text.len() as u64;
                    if text.len() <= MAX_INLINE {
                        json!({ "state": "message", "data": text })
                    } else {
                        json!({ "state": "message", "text": true, "blob": self.offer(text.into_bytes()).await })
                    }
                }
                SocketMessage::Binary(bytes) => {
                    *received += bytes.len() as u64;
                    if bytes.len() <= MAX_INLINE {
                        json!({ "state": "message", "base64": STANDARD.encode(bytes) })
                    } else {
                        json!({ "state": "message", "blob": self.offer(bytes).await })
                    }
                }
            };
            if !self.tell(shown).await {
                return Ok(End { code: BROKEN, reason: String::new(), error: None });
            }
        }
    }

    /// Keeps bytes for the page; waits while it holds too many.
    async fn offer(&self, bytes: Vec<u8>) -> String {
        loop {
            if let Ok(token) = self.inner.offer_blob(self.generation, bytes.clone()) {
                return token;
            }
            sleep(BEHIND).await;
        }
    }

    /// Sends an event to the document; waits while it is behind. False if it is gone.
    async fn tell(&self, mut args: Value) -> bool {
        args["socket"] = self.name.as_str().into();
        let message = json!({ "event": "socket", "args": args }).to_string();
        loop {
            let taken = match self.inner.state().document_of(self.generation) {
                Some(document) if !matches!(document.state(), DocumentState::Closed(_)) => {
                    document.outbox.event(message.clone())
                }
                _ => return false,
            };
            if taken {
                self.inner.announce();
                return true;
            }
            sleep(BEHIND).await;
        }
    }
}

/// Waits until the program closes the socket before it stands; gives the code. Nothing can be sent yet.
async fn given_up(outgoing: &mut UnboundedReceiver<Outgoing>) -> u16 {
    while let Some(Outgoing { message, call }) = outgoing.recv().await {
        if let SocketMessage::Close { code, .. } = message {
            call.sent();
            return code;
        }
    }
    std::future::pending().await
}

/// Sends what is queued; `closing` holds the call of a close that is on its way. After it, the server has a moment to
/// answer.
async fn write(
    connection: &dyn SocketConnection,
    outgoing: &mut UnboundedReceiver<Outgoing>,
    closing: &mut Option<Waiting>,
) -> Result<End, HttpError> {
    while let Some(Outgoing { message, call }) = outgoing.recv().await {
        if let SocketMessage::Close { code, reason } = &message {
            let end = End { code: *code, reason: reason.clone(), error: None };
            *closing = Some(call);
            connection.send(message).await?;
            if let Some(call) = closing.take() {
                call.sent();
            }
            sleep(GOODBYE).await;
            return Ok(end);
        }
        connection.send(message).await?;
        call.sent();
    }
    std::future::pending().await
}
