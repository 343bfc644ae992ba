//! What the development trace tells: calls and transfers. Development sessions only; it holds the program's data.
use serde::{Deserialize, Serialize};

/// What the permission check said to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// The function needs no scope.
    NotNeeded,
    /// The user has granted the scope.
    Granted,
    /// The user has denied the scope.
    Denied,
    /// The host has switched the capability off.
    CapabilityOff,
    /// There is no such function, or not on the bridge.
    Unknown,
}

/// One call, at its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallTrace {
    /// As the page numbered it; 0 for a function that the base library carries out by itself.
    pub id: u64,
    /// The function's name.
    pub api: String,
    /// JSON, cut to 2 KiB.
    pub args: String,
    /// Of the permission check.
    pub decision: Decision,
    /// True for `:ok`.
    pub ok: bool,
    /// As the program gets it.
    pub err_msg: String,
    /// Since the session began, in milliseconds.
    pub started_ms: f64,
    /// How long it took, in milliseconds.
    pub ms: f64,
}

/// What a transfer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NetworkKind {
    /// `wx.request`.
    Request,
    /// `wx.downloadFile`.
    Download,
    /// `wx.uploadFile`.
    Upload,
    /// A remote picture or font.
    Image,
    /// Remote sound or video.
    Media,
    /// `wx.connectSocket`.
    Socket,
}

/// One transfer: told twice, when it begins and when it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkTrace {
    /// The same at the beginning and at the end.
    pub id: u64,
    /// What it is for.
    pub kind: NetworkKind,
    /// Upper case.
    pub method: String,
    /// As the program gave it.
    pub url: String,
    /// As sent.
    pub request_headers: Vec<(String, String)>,
    /// The first 64 KiB of a body that is text; empty otherwise.
    pub request_preview: String,
    /// Since the session began, in milliseconds.
    pub started_ms: f64,
    /// None while it is under way.
    pub end: Option<NetworkEnd>,
}

/// How a transfer ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkEnd {
    /// HTTP status, or a socket's close code; 0 without a response.
    pub status: u16,
    /// As received.
    pub headers: Vec<(String, String)>,
    /// Of the body.
    pub bytes: u64,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why there is no response.
    pub error: Option<String>,
    /// The first 64 KiB of a body that is text; empty otherwise.
    pub preview: String,
}
