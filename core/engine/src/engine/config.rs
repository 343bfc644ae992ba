//! What the host says once (`Config`) and at each open (`OpenRequest`).
use crate::{LoginConfig, MessageSink, OriginForm, PaymentConfig, Repository, SessionListener, WebviewForm};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

/// The engine's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Holds the store and the data areas.
    pub data_dir: PathBuf,
    /// Where programs come from. A development root allows http, loopback and `Session::dev`.
    pub repository: Repository,
    /// Bytes of bundles kept at most.
    pub quota: u64,
    /// First content later than this is a failure (`time-out`). Counted from opening, and in a browser
    /// (`OriginForm::Loopback`) from when the page is first asked for.
    pub start_timeout: Duration,
    /// Capabilities of the registry that are switched off: calls that need one fail.
    pub disabled_capabilities: BTreeSet<String>,
    /// How the host's users log in. None: they do not, and `wx.login` fails.
    pub login: Option<LoginConfig>,
    /// How the host's users pay. None: they do not, and `wx.requestPayment` fails. Needs `login`.
    pub payments: Option<PaymentConfig>,
}

impl Config {
    /// 512 MiB of bundles, 15 s to first content, all capabilities, no login, no
    /// payments; development if the repository's root is.
    pub fn new(data_dir: impl Into<PathBuf>, repository: Repository) -> Self {
        Self {
            data_dir: data_dir.into(),
            repository,
            quota: 512 << 20,
            start_timeout: Duration::from_secs(15),
            disabled_capabilities: BTreeSet::new(),
            login: None,
            payments: None,
        }
    }
}

/// How messages travel: `inbound` is told to the page by hello.
#[derive(Clone)]
pub struct Surface {
    /// How this platform forms an origin.
    pub origin: OriginForm,
    /// `ipc` (wry), `port` (Android), `handler` (iOS), `http` (POST /.lodger/message).
    pub inbound: &'static str,
    /// Push channel; None: the page polls `GET /.lodger/events`.
    pub sink: Option<Arc<dyn MessageSink>>,
    /// How `<web-view>` is shown.
    pub webview: WebviewForm,
}

/// What `wx.getSystemInfo` and friends report; sizes in CSS pixels.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemInfo {
    /// Maker of the device.
    pub brand: String,
    /// The device's model.
    pub model: String,
    /// `windows`, `mac`, `linux`, `android`, `ios`.
    pub platform: String,
    /// Name and version of the operating system.
    pub system: String,
    /// For example `zh_CN`.
    pub language: String,
    /// `light` or `dark`.
    pub theme: String,
    /// Height of the status bar over the page.
    pub status_bar_height: f64,
    /// What the home indicator covers at the bottom.
    pub safe_area_bottom: f64,
    /// The capsule's rectangle in the window: left, top, width, height.
    pub menu_button: [f64; 4],
    /// As `wx.getNetworkType` tells it until the host emits `networkStatusChange`: `wifi`, `4g`, …, `none`, `unknown`.
    pub network_type: String,
    /// The host's name.
    pub host_name: String,
    /// The host's version.
    pub host_version: String,
}

/// One wish to open a program.
#[derive(Clone)]
pub struct OpenRequest {
    /// The host's own id of the user; never reaches the page.
    pub user: String,
    /// App id.
    pub app: String,
    /// None: the entry page. Must be a page of the program: routes are an allow-list.
    pub path: Option<String>,
    /// Launch query.
    pub query: BTreeMap<String, String>,
    /// WeChat's scene numbers; 1001 by default.
    pub scene: u32,
    /// The opening program's app id and extraData.
    pub referrer: Option<(String, serde_json::Value)>,
    /// Of the device and the window.
    pub system: SystemInfo,
    /// Of the webview.
    pub surface: Surface,
    /// Takes the session's events.
    pub listener: Arc<dyn SessionListener>,
}
