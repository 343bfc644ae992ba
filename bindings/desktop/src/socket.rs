//! The engine's sockets over tokio-tungstenite: the same TLS, the same refusal of private addresses as for HTTP.
use crate::http::{CONNECT_TIMEOUT, DesktopHttp, REFUSED, is_public};
use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, header::SEC_WEBSOCKET_PROTOCOL};
use lodger_engine::{AppSocket, HttpError, SocketConnection, SocketMessage, SocketOpened, SocketRequest};
use std::sync::Arc;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    runtime::Handle,
    sync::{Mutex, mpsc, oneshot},
    task::JoinSet,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error as WsError, Message,
        client::IntoClientRequest,
        protocol::{CloseFrame, WebSocketConfig},
    },
};

/// Messages from the server that wait for the program.
const WAITING: usize = 16;
/// RFC 6455, 7.4.1: no code was given.
const NO_CODE: u16 = 1005;

#[async_trait]
impl AppSocket for DesktopHttp {
    async fn connect(&self, request: SocketRequest) -> Result<SocketOpened, HttpError> {
        let (runtime, tls) = (self.runtime().clone(), self.tls());
        let mut work = JoinSet::new();
        let pumps = runtime.clone();
        work.spawn_on(async move { connect(request, tls, &pumps).await }, &runtime);
        match work.join_next().await {
            Some(Ok(opened)) => opened,
            _ => Err(HttpError::Other("the connection was given up".into())),
        }
    }
}

async fn connect(
    request: SocketRequest,
    tls: Arc<rustls::ClientConfig>,
    runtime: &Handle,
) -> Result<SocketOpened, HttpError> {
    let wrong = |_| HttpError::Other("the URL or a header cannot be read".into());
    let mut handshake = request.url.as_str().into_client_request().map_err(wrong)?;
    for (name, value) in &request.headers {
        let unfit = || HttpError::Other("a header is not valid".into());
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        handshake.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|_| unfit())?);
    }
    if !request.protocols.is_empty() {
        let list = HeaderValue::from_str(&request.protocols.join(", "))
            .map_err(|_| HttpError::Other("a protocol's name is not valid".into()))?;
        handshake.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, list);
    }
    let host = handshake.uri().host().unwrap_or_default().to_owned();
    let secure = handshake.uri().scheme_str() == Some("wss");
    let port = handshake.uri().port_u16().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = tokio::time::timeout(CONNECT_TIMEOUT, dial(bare, port, request.allow_private));
    let stream = stream.await.map_err(|_| HttpError::Timeout)??;
    let config = WebSocketConfig::default()
        .max_message_size(Some(request.max_message))
        .max_frame_size(Some(request.max_message));
    if !secure {
        let (socket, answer) =
            client_async_with_config(handshake, stream, Some(config)).await.map_err(explain)?;
        return Ok(opened(socket, answer.headers(), runtime));
    }
    let name = ServerName::try_from(bare.to_owned())
        .map_err(|_| HttpError::Tls("the host's name is not valid".into()))?;
    let stream = TlsConnector::from(tls).connect(name, stream).await;
    let stream = stream.map_err(|error| HttpError::Tls(error.to_string()))?;
    let (socket, answer) =
        client_async_with_config(handshake, stream, Some(config)).await.map_err(explain)?;
    Ok(opened(socket, answer.headers(), runtime))
}

/// Decides on the address that is connected to, so that a name cannot change its mind in between.
async fn dial(host: &str, port: u16, allow_private: bool) -> Result<TcpStream, HttpError> {
    let failed = |error: std::io::Error| HttpError::Connect(error.to_string());
    let found = tokio::net::lookup_host((host, port)).await.map_err(failed)?;
    let allowed: Vec<_> = found.filter(|found| allow_private || is_public(found.ip())).collect();
    if allowed.is_empty() {
        return Err(HttpError::AddressRefused(REFUSED.into()));
    }
    let stream = TcpStream::connect(&allowed[..]).await.map_err(failed)?;
    // Small messages are what sockets are for.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn opened<S>(socket: WebSocketStream<S>, headers: &http::HeaderMap, runtime: &Handle) -> SocketOpened
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let (mut sink, mut stream) = socket.split();
    let (outgoing, mut queue) = mpsc::channel::<(Message, oneshot::Sender<Result<(), HttpError>>)>(1);
    let (incoming, received) = mpsc::channel(WAITING);
    let reading = runtime.spawn(async move {
        while let Some(message) = stream.next().await {
            let message = match message {
                Ok(message) => shown(message),
                Err(error) => Some(Err(explain(error))),
            };
            let Some(message) = message else { continue };
            let last = !matches!(message, Ok(SocketMessage::Text(_) | SocketMessage::Binary(_)));
            if incoming.send(message).await.is_err() || last {
                return;
            }
        }
    });
    runtime.spawn(async move {
        while let Some((message, done)) = queue.recv().await {
            // Whoever sent may have gone meanwhile.
            let _ = done.send(sink.send(message).await.map_err(explain));
        }
        // The connection was given up: say goodbye if that is still possible.
        let _ = sink.close().await;
        reading.abort();
    });
    SocketOpened { headers, connection: Arc::new(Connection { outgoing, incoming: Mutex::new(received) }) }
}

/// The engine's end of a connection; the other end is two tasks on the I/O runtime.
struct Connection {
    outgoing: mpsc::Sender<(Message, oneshot::Sender<Result<(), HttpError>>)>,
    incoming: Mutex<mpsc::Receiver<Result<SocketMessage, HttpError>>>,
}

fn gone() -> HttpError {
    HttpError::Other("the connection broke".into())
}

#[async_trait]
impl SocketConnection for Connection {
    async fn send(&self, message: SocketMessage) -> Result<(), HttpError> {
        let message = match message {
            SocketMessage::Text(text) => Message::text(text),
            SocketMessage::Binary(bytes) => Message::binary(bytes),
            SocketMessage::Close { code, reason } => {
                Message::Close(Some(CloseFrame { code: code.into(), reason: reason.into() }))
            }
        };
        let (done, sent) = oneshot::channel();
        self.outgoing.send((message, done)).await.map_err(|_| gone())?;
        sent.await.map_err(|_| gone())?
    }

    async fn receive(&self) -> Result<SocketMessage, HttpError> {
        self.incoming.lock().await.recv().await.unwrap_or_else(|| Err(gone()))
    }
}

/// None for pings and their answers, which tungstenite deals with.
fn shown(message: Message) -> Option<Result<SocketMessage, HttpError>> {
    Some(Ok(match message {
        Message::Text(text) => SocketMessage::Text(text.as_str().to_owned()),
        Message::Binary(bytes) => SocketMessage::Binary(bytes.into()),
        Message::Close(None) => SocketMessage::Close { code: NO_CODE, reason: String::new() },
        Message::Close(Some(frame)) => {
            SocketMessage::Close { code: frame.code.into(), reason: frame.reason.as_str().to_owned() }
        }
        _ => return None,
    }))
}

/// Keeps the kind of an error and drops its text where that may hold a URL or data.
fn explain(error: WsError) -> HttpError {
    match error {
        WsError::Http(answer) => {
            HttpError::Other(format!("Unexpected response code: {}", answer.status().as_u16()))
        }
        WsError::Io(error) => HttpError::Connect(error.to_string()),
        WsError::Protocol(error) => HttpError::Other(error.to_string()),
        WsError::Capacity(_) => HttpError::Other("a message is too long".into()),
        _ => gone(),
    }
}
