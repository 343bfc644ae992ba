//! WebSockets of mini-programs: the host connects, the engine decides where to and carries the messages.
use super::HttpError;
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};

/// One connection to make.
#[derive(Clone, Debug)]
pub struct SocketRequest {
    /// `wss://…` (in development also `ws://…`), in the engine's normal form: use it as it is.
    pub url: String,
    /// Names and values are checked: no control characters, no forbidden names.
    pub headers: Vec<(String, String)>,
    /// `Sec-WebSocket-Protocol`, in order of preference; empty for none.
    pub protocols: Vec<String>,
    /// From connecting to the end of the handshake.
    pub timeout: Duration,
    /// A longer message from the server breaks the connection, in bytes.
    pub max_message: usize,
    /// Development only: private and loopback addresses are reachable.
    pub allow_private: bool,
}

/// A connection that stands.
pub struct SocketOpened {
    /// Of the server's answer to the handshake.
    pub headers: Vec<(String, String)>,
    /// Dropping it ends the connection.
    pub connection: Arc<dyn SocketConnection>,
}

/// One message, in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketMessage {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
    /// The end, as a peer announced it: 1005 if it gave no code.
    Close {
        /// RFC 6455, 7.4.
        code: u16,
        /// In the peer's words.
        reason: String,
    },
}

/// Mini-program sockets: no cookies, no credentials, private and loopback addresses refused when connecting unless
/// `allow_private`.
#[async_trait]
pub trait AppSocket: Send + Sync {
    /// Connects and shakes hands; redirects are failures. Dropping the future gives it up.
    async fn connect(&self, request: SocketRequest) -> Result<SocketOpened, HttpError>;
}

/// One connection. `send` and `receive` are called from two tasks at once, each by one at a time.
#[async_trait]
pub trait SocketConnection: Send + Sync {
    /// Sends a message; returns when the system has taken it. After `Close` nothing is sent.
    async fn send(&self, message: SocketMessage) -> Result<(), HttpError>;
    /// The next message. Pings are answered by the host. An error: the connection broke.
    async fn receive(&self) -> Result<SocketMessage, HttpError>;
}

/// For hosts without sockets: every connection fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSockets;

#[async_trait]
impl AppSocket for NoSockets {
    async fn connect(&self, _: SocketRequest) -> Result<SocketOpened, HttpError> {
        Err(HttpError::Other("not supported by this host".to_owned()))
    }
}
