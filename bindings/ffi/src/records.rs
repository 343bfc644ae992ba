//! Plain data in both directions, and its conversions.

mod repository;

pub use repository::{OpenedRelease, Reason, Repository, Source};

use crate::{LodgerError, callbacks::Foreign, host};
use lodger_engine as engine;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

/// The engine's settings.
#[derive(Clone, uniffi::Record)]
pub struct Config {
    /// A folder of the app's own; holds the store and the data areas.
    pub data_dir: String,
    /// Bytes of bundles kept at most.
    pub quota: u64,
    /// First content later than this is a failure.
    pub start_timeout_ms: u64,
    /// Capabilities that are switched off.
    pub disabled_capabilities: Vec<String>,
    /// Where programs come from.
    pub repository: Repository,
    /// How the host's users log in; none: they do not.
    pub login: Option<crate::LoginConfig>,
    /// How the host's users pay; none: they do not. Needs a login.
    pub payments: Option<crate::PaymentConfig>,
}

impl TryFrom<Config> for engine::Config {
    type Error = LodgerError;

    fn try_from(config: Config) -> Result<Self, LodgerError> {
        Ok(Self {
            quota: config.quota,
            start_timeout: Duration::from_millis(config.start_timeout_ms),
            disabled_capabilities: BTreeSet::from_iter(config.disabled_capabilities),
            login: config.login.map(Into::into),
            payments: config.payments.map(Into::into),
            ..Self::new(config.data_dir, config.repository.try_into()?)
        })
    }
}

/// Everything the engine needs from its platform.
#[derive(Clone, uniffi::Record)]
pub struct Host {
    /// Repository, login and payment traffic.
    pub platform_http: Arc<dyn host::PlatformHttp>,
    /// Mini-program traffic.
    pub app_http: Arc<dyn host::AppHttp>,
    /// Mini-program sockets; None: not supported.
    pub app_socket: Option<Arc<dyn crate::AppSocket>>,
    /// Wall-clock time.
    pub clock: Arc<dyn host::Clock>,
    /// Guards the install secret.
    pub key_store: Arc<dyn host::KeyStore>,
    /// Questions to the user.
    pub prompts: Arc<dyn host::Prompts>,
    /// Log lines.
    pub log: Arc<dyn host::Log>,
}

impl From<Host> for engine::Host {
    fn from(host: Host) -> Self {
        Self {
            platform_http: Arc::new(Foreign(host.platform_http)),
            app_http: Arc::new(Foreign(host.app_http)),
            app_socket: match host.app_socket {
                Some(socket) => Arc::new(Foreign(socket)),
                None => Arc::new(engine::NoSockets),
            },
            clock: Arc::new(Foreign(host.clock)),
            key_store: Arc::new(Foreign(host.key_store)),
            prompts: Arc::new(Foreign(host.prompts)),
            log: Arc::new(Foreign(host.log)),
        }
    }
}

/// One HTTP header.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

pub(crate) fn headers_out(headers: Vec<(String, String)>) -> Vec<Header> {
    headers.into_iter().map(|(name, value)| Header { name, value }).collect()
}

pub(crate) fn headers_in(headers: Vec<Header>) -> Vec<(String, String)> {
    headers.into_iter().map(|header| (header.name, header.value)).collect()
}

/// One HTTP request, ready to send.
#[derive(Clone, Debug, uniffi::Record)]
pub struct HttpRequest {
    /// Upper case.
    pub method: String,
    /// Send it as it is.
    pub url: String,
    /// Checked by the engine.
    pub headers: Vec<Header>,
    /// Empty for none.
    pub body: Vec<u8>,
    /// From connecting to the last byte.
    pub timeout_ms: u64,
    /// A longer response body is a failure, in bytes.
    pub max_body: u64,
    /// Development only: plain http, private and loopback addresses are reachable.
    pub allow_private: bool,
}

impl From<engine::HttpRequest> for HttpRequest {
    fn from(request: engine::HttpRequest) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: headers_out(request.headers),
            body: request.body,
            timeout_ms: u64::try_from(request.timeout.as_millis()).unwrap_or(u64::MAX),
            max_body: request.max_body,
            allow_private: request.allow_private,
        }
    }
}

/// An HTTP response, whole.
#[derive(Clone, Debug, uniffi::Record)]
pub struct HttpResponse {
    /// HTTP status; redirects are not followed.
    pub status: u16,
    /// As received; repeated names stay repeated.
    pub headers: Vec<Header>,
    /// After content decoding.
    pub body: Vec<u8>,
}

impl From<HttpResponse> for engine::HttpResponse {
    fn from(response: HttpResponse) -> Self {
        Self { status: response.status, headers: headers_in(response.headers), body: response.body }
    }
}

/// A mini-program asks the user for a scope. Texts are untrusted.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ScopePrompt {
    /// App id.
    pub app: String,
    /// Display name.
    pub app_name: String,
    /// WeChat's name, e.g. `scope.userLocation`.
    pub scope: String,
    /// The author's reason; empty if none was given.
    pub reason: String,
}

impl From<engine::ScopePrompt> for ScopePrompt {
    fn from(prompt: engine::ScopePrompt) -> Self {
        let engine::ScopePrompt { app, app_name, scope, reason } = prompt;
        Self { app, app_name, scope, reason }
    }
}

/// How this platform forms an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OriginForm {
    /// `lodger://<label>/` (iOS).
    CustomScheme,
    /// `https://<label>.invalid/` (Android).
    Invalid,
}

/// How messages travel.
#[derive(Clone, uniffi::Enum)]
pub enum Surface {
    /// Android's message port.
    Port {
        /// To the page.
        sink: Arc<dyn host::MessageSink>,
    },
    /// iOS's script message handler.
    Handler {
        /// To the page.
        sink: Arc<dyn host::MessageSink>,
    },
    /// Messages in by the platform's handler; the page polls for those to it.
    Poll,
}

/// What `wx.getSystemInfo` and friends report; sizes in CSS pixels.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SystemInfo {
    /// Maker of the device.
    pub brand: String,
    /// The device's model.
    pub model: String,
    /// `android` or `ios`.
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
    /// The capsule's rectangle in the window.
    pub menu_left: f64,
    /// As above.
    pub menu_top: f64,
    /// As above.
    pub menu_width: f64,
    /// As above.
    pub menu_height: f64,
    /// Until `networkStatusChange` is emitted: `wifi`, `4g`, …, `none`, `unknown`.
    pub network_type: String,
    /// The host's name.
    pub host_name: String,
    /// The host's version.
    pub host_version: String,
}

impl From<SystemInfo> for engine::SystemInfo {
    fn from(info: SystemInfo) -> Self {
        Self {
            brand: info.brand,
            model: info.model,
            platform: info.platform,
            system: info.system,
            language: info.language,
            theme: info.theme,
            status_bar_height: info.status_bar_height,
            safe_area_bottom: info.safe_area_bottom,
            menu_button: [info.menu_left, info.menu_top, info.menu_width, info.menu_height],
            network_type: info.network_type,
            host_name: info.host_name,
            host_version: info.host_version,
        }
    }
}

/// The program that opens another.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Referrer {
    /// Its app id.
    pub app: String,
    /// Its `extraData`, as JSON.
    pub extra_data: String,
}

/// App id and extraData, as the engine takes them.
pub(crate) fn referrer(
    referrer: Option<Referrer>,
) -> Result<Option<(String, serde_json::Value)>, LodgerError> {
    let Some(Referrer { app, extra_data }) = referrer else {
        return Ok(None);
    };
    let data = serde_json::from_str(&extra_data).map_err(|_| bad_extra_data())?;
    Ok(Some((app, data)))
}

pub(crate) fn bad_extra_data() -> LodgerError {
    LodgerError::Failed {
        kind: crate::ErrorKind::Internal,
        reason: "The referrer's extraData is not JSON. Give a JSON text, or no referrer.".to_owned(),
        code: "extra-data".to_owned(),
    }
}

/// One wish to open a program.
#[derive(Clone, uniffi::Record)]
pub struct OpenRequest {
    /// The host's own id of the user; never reaches the page.
    pub user: String,
    /// App id.
    pub app: String,
    /// None: the entry page.
    pub path: Option<String>,
    /// Launch query.
    pub query: HashMap<String, String>,
    /// WeChat's scene number.
    pub scene: u32,
    /// The opening program.
    pub referrer: Option<Referrer>,
    /// Of the device and the window.
    pub system: SystemInfo,
    /// How this platform forms an origin.
    pub origin: OriginForm,
    /// How messages travel.
    pub surface: Surface,
    /// The host follows `SessionEvent.Webviews`; without it `<web-view>` fails with `not supported`.
    pub webviews: bool,
    /// Takes the session's events.
    pub listener: Arc<dyn host::SessionListener>,
}

impl TryFrom<OpenRequest> for engine::OpenRequest {
    type Error = LodgerError;

    fn try_from(request: OpenRequest) -> Result<Self, LodgerError> {
        let origin = match request.origin {
            OriginForm::CustomScheme => engine::OriginForm::CustomScheme,
            OriginForm::Invalid => engine::OriginForm::Invalid,
        };
        let (inbound, sink) = match request.surface {
            Surface::Port { sink } => ("port", Some(sink)),
            Surface::Handler { sink } => ("handler", Some(sink)),
            Surface::Poll => ("handler", None),
        };
        let webview = if request.webviews { engine::WebviewForm::Native } else { engine::WebviewForm::None };
        let sink = sink.map(|sink| Arc::new(Foreign(sink)) as Arc<dyn engine::MessageSink>);
        Ok(Self {
            user: request.user,
            app: request.app,
            path: request.path,
            query: request.query.into_iter().collect(),
            scene: request.scene,
            referrer: referrer(request.referrer)?,
            system: request.system.into(),
            surface: engine::Surface { origin, inbound, sink, webview },
            listener: Arc::new(Foreign(request.listener)),
        })
    }
}

/// One request of the webview.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ResourceRequest {
    /// Upper case.
    pub method: String,
    /// Whole, as the webview saw it.
    pub url: String,
    /// As the webview sends them.
    pub headers: Vec<Header>,
}

impl From<ResourceRequest> for engine::ResourceRequest {
    fn from(request: ResourceRequest) -> Self {
        Self { method: request.method, url: request.url, headers: headers_in(request.headers), body: None }
    }
}

/// An answer to the webview. Read it by its handle, then close the handle.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Resource {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub mime: String,
    /// To be sent as they are.
    pub headers: Vec<Header>,
    /// Bytes of the whole body.
    pub length: u64,
    /// 0 when there is no body.
    pub handle: u64,
}

impl From<engine::Resource> for Resource {
    fn from(resource: engine::Resource) -> Self {
        let engine::Resource { status, mime, headers, length, handle } = resource;
        Self { status, mime, headers: headers_out(headers), length, handle }
    }
}

/// One `<web-view>` that is there now.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Webview {
    /// The page that holds it; a page has one at most.
    pub page: u64,
    /// What the program asked for last: load it when this is new, or differs from what it was before.
    pub url: String,
    /// In the program's webview, CSS pixels.
    pub left: f64,
    /// In the program's webview, CSS pixels.
    pub top: f64,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
}

impl From<engine::Webview> for Webview {
    fn from(webview: engine::Webview) -> Self {
        let engine::Webview { page, url, rect: [left, top, width, height] } = webview;
        Self { page, url, left, top, width, height }
    }
}

/// What a host tells of a `<web-view>`.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum WebviewEvent {
    /// A document has loaded.
    Loaded,
    /// A document could not be loaded.
    Failed {
        /// For the program's developer; without the address.
        reason: String,
    },
    /// The document's title: untrusted text.
    Title {
        /// Plain text.
        title: String,
    },
}

impl From<WebviewEvent> for engine::WebviewEvent {
    fn from(event: WebviewEvent) -> Self {
        match event {
            WebviewEvent::Loaded => Self::Loaded,
            WebviewEvent::Failed { reason } => Self::Failed { reason },
            WebviewEvent::Title { title } => Self::Title { title },
        }
    }
}

/// What to run at the start of each document in the main frame of a `<web-view>`.
#[uniffi::export]
pub fn webview_script() -> String {
    engine::WEBVIEW_SCRIPT.to_owned()
}

/// What to append to the user agent of a `<web-view>`.
#[uniffi::export]
pub fn webview_user_agent() -> String {
    engine::WEBVIEW_USER_AGENT.to_owned()
}
