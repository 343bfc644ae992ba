//! What a host brings of the device beside HTTP: sockets, and functions such as clipboard or location.

use crate::{
    HttpFailure,
    callbacks::Foreign,
    records::{Header, headers_in, headers_out},
};
use async_trait::async_trait;
use lodger_engine as engine;
use std::sync::Arc;

/// One connection to make.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SocketRequest {
    /// Use it as it is.
    pub url: String,
    /// Checked by the engine.
    pub headers: Vec<Header>,
    /// In order of preference; empty for none.
    pub protocols: Vec<String>,
    /// From connecting to the end of the handshake.
    pub timeout_ms: u64,
    /// A longer message from the server breaks the connection, in bytes.
    pub max_message: u64,
    /// Development only: private and loopback addresses are reachable.
    pub allow_private: bool,
}

/// A connection that stands.
#[derive(Clone, uniffi::Record)]
pub struct SocketOpened {
    /// Of the server's answer to the handshake.
    pub headers: Vec<Header>,
    /// Given up by the engine, it ends.
    pub connection: Arc<dyn SocketConnection>,
}

/// One message, in either direction.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum SocketMessage {
    /// A text frame.
    Text {
        /// Its text.
        text: String,
    },
    /// A binary frame.
    Binary {
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// The end, as a peer announced it: 1005 if it gave no code.
    Close {
        /// RFC 6455, 7.4.
        code: u16,
        /// In the peer's words.
        reason: String,
    },
}

impl From<SocketMessage> for engine::SocketMessage {
    fn from(message: SocketMessage) -> Self {
        match message {
            SocketMessage::Text { text } => Self::Text(text),
            SocketMessage::Binary { bytes } => Self::Binary(bytes),
            SocketMessage::Close { code, reason } => Self::Close { code, reason },
        }
    }
}

impl From<engine::SocketMessage> for SocketMessage {
    fn from(message: engine::SocketMessage) -> Self {
        match message {
            engine::SocketMessage::Text(text) => Self::Text { text },
            engine::SocketMessage::Binary(bytes) => Self::Binary { bytes },
            engine::SocketMessage::Close { code, reason } => Self::Close { code, reason },
        }
    }
}

/// Mini-program sockets: no cookies, no credentials, private and loopback addresses refused unless allowed.
#[uniffi::export(foreign)]
#[async_trait]
pub trait AppSocket: Send + Sync {
    /// Connects and shakes hands; redirects are failures.
    async fn connect(&self, request: SocketRequest) -> Result<SocketOpened, HttpFailure>;
}

/// One connection. `send` and `receive` run at the same time, each one at a time.
#[uniffi::export(foreign)]
#[async_trait]
pub trait SocketConnection: Send + Sync {
    /// Sends a message; returns when the system has taken it. After `Close` nothing is sent.
    async fn send(&self, message: SocketMessage) -> Result<(), HttpFailure>;
    /// The next message; a failure says that the connection broke.
    async fn receive(&self) -> Result<SocketMessage, HttpFailure>;
}

#[async_trait]
impl engine::AppSocket for Foreign<dyn AppSocket> {
    async fn connect(
        &self,
        request: engine::SocketRequest,
    ) -> Result<engine::SocketOpened, engine::HttpError> {
        let request = SocketRequest {
            url: request.url,
            headers: headers_out(request.headers),
            protocols: request.protocols,
            timeout_ms: u64::try_from(request.timeout.as_millis()).unwrap_or(u64::MAX),
            max_message: request.max_message as u64,
            allow_private: request.allow_private,
        };
        let SocketOpened { headers, connection } = self.0.connect(request).await?;
        Ok(engine::SocketOpened { headers: headers_in(headers), connection: Arc::new(Foreign(connection)) })
    }
}

#[async_trait]
impl engine::SocketConnection for Foreign<dyn SocketConnection> {
    async fn send(&self, message: engine::SocketMessage) -> Result<(), engine::HttpError> {
        Ok(self.0.send(message.into()).await?)
    }

    async fn receive(&self) -> Result<engine::SocketMessage, engine::HttpError> {
        Ok(self.0.receive().await?.into())
    }
}

/// A call of one device function.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DeviceCall {
    /// App id of the program that calls.
    pub app: String,
    /// The user of its session.
    pub user: String,
    /// Which bundle exactly is running.
    pub index: String,
    /// The function's name.
    pub api: String,
    /// A JSON object, untrusted.
    pub args: String,
    /// The file that the program named, where the function takes one.
    pub file: Option<DeviceFile>,
}

/// A file of the program, for functions that give it to the device.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DeviceFile {
    /// Last part of its path, from the program: not to be used as a path.
    pub name: String,
    /// By its name's ending; `application/octet-stream` for all but pictures, fonts, sound and film.
    pub mime: String,
    /// At most 64 MiB.
    pub bytes: Vec<u8>,
}

/// Why a device function failed.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum DeviceFailure {
    /// The page gets `<api>:fail <reason>`.
    #[error("{reason}")]
    Failed {
        /// In WeChat's words where it has some. No user data.
        reason: String,
        /// WeChat's number, where it documents one.
        errno: Option<u32>,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for DeviceFailure {
    /// The exception's text stays out: it is the host's, and could hold anything.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: "the host's own code failed".to_owned(), errno: None }
    }
}

/// Some functions of the device, as one artefact brings them.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Device: Send + Sync {
    /// Names of rows of kind `device`.
    fn functions(&self) -> Result<Vec<String>, crate::CallbackFailed>;
    /// Does the work; gives a JSON object, without `errMsg`.
    async fn call(&self, call: DeviceCall) -> Result<String, DeviceFailure>;
}

#[async_trait]
impl engine::Device for Foreign<dyn Device> {
    fn functions(&self) -> Vec<String> {
        self.0.functions().unwrap_or_default()
    }

    async fn call(&self, call: engine::DeviceCall) -> Result<serde_json::Value, engine::DeviceError> {
        let engine::Caller { app, user, index } = call.caller;
        let file = call.file.map(|engine::DeviceFile { name, mime, bytes }| DeviceFile { name, mime, bytes });
        let call = DeviceCall { app, user, index, api: call.api, args: call.args.to_string(), file };
        match self.0.call(call).await {
            Ok(result) => serde_json::from_str(&result)
                .map_err(|_| engine::DeviceError::new("the host's answer is not JSON")),
            Err(DeviceFailure::Failed { reason, errno }) => Err(engine::DeviceError { reason, errno }),
        }
    }
}
