//! The engine: one per host process.
use crate::{Host, LodgerError, MessageSink, Session, SessionListener};
use lodger_bundle::Store;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

/// Allows http, loopback and `Session::dev`, shows a banner. From the next issue on to be had only from a development root.
#[derive(Clone, Debug)]
pub struct Development {
    _private: (),
}

impl Development {
    pub fn unsigned() -> Self {
        Self { _private: () }
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    /// Holds the store and the data areas.
    pub data_dir: PathBuf,
    pub quota: u64,
    pub development: Option<Development>,
    /// First content later than this is a failure (`time-out`).
    pub start_timeout: Duration,
}

/// How this platform forms an origin (DESIGN 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginForm {
    /// `lodger://<label>/` (iOS, desktop).
    CustomScheme,
    /// `https://<label>.invalid/` (Android).
    Invalid,
    /// `http://<label>.localhost:<port>/` (development, in any browser).
    Loopback { port: u16 },
}

/// How messages travel: `inbound` is told to the page by hello.
#[derive(Clone)]
pub struct Surface {
    pub origin: OriginForm,
    /// `ipc` (wry), `port` (Android), `handler` (iOS), `http` (POST /.lodger/message).
    pub inbound: &'static str,
    /// Push channel; None: the page polls `GET /.lodger/events`.
    pub sink: Option<Arc<dyn MessageSink>>,
}

/// What `wx.getSystemInfo` and friends report; sizes in CSS pixels.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemInfo {
    pub brand: String,
    pub model: String,
    /// `windows`, `mac`, `linux`, `android`, `ios`.
    pub platform: String,
    pub system: String,
    pub language: String,
    /// `light` or `dark`.
    pub theme: String,
    pub status_bar_height: f64,
    pub safe_area_bottom: f64,
    /// The capsule's rectangle in the window: left, top, width, height.
    pub menu_button: [f64; 4],
    pub host_name: String,
    pub host_version: String,
}

#[derive(Clone)]
pub struct OpenRequest {
    pub user: String,
    pub app: String,
    /// None: the entry page.
    pub path: Option<String>,
    pub query: BTreeMap<String, String>,
    /// WeChat's scene numbers; 1001 by default.
    pub scene: u32,
    /// The opening program's app id and extraData.
    pub referrer: Option<(String, serde_json::Value)>,
    pub system: SystemInfo,
    pub surface: Surface,
    pub listener: Arc<dyn SessionListener>,
}

/// Cheap to clone; safe from any thread. Has its own async runtime; none is exposed.
#[derive(Clone)]
pub struct Engine {
    _private: (),
}

impl Engine {
    pub fn new(config: Config, host: Host) -> Result<Self, LodgerError> {
        todo!()
    }
    pub fn store(&self) -> &Store {
        todo!()
    }
    /// Opens the installed release of `request.app`.
    pub async fn open(&self, request: OpenRequest) -> Result<Session, LodgerError> {
        todo!()
    }
    /// Blocks on `future` in the engine's runtime (for hosts without an async runtime of their own).
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        todo!()
    }
    /// Removes every trace of a user's data in an app, and checks that it is gone.
    pub fn wipe(&self, user: &str, app: &str) -> Result<(), LodgerError> {
        todo!()
    }
}
