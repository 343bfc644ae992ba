//! The console's window: the developer's page in a webview of its own, which may go nowhere else.
use super::webview::{confined, failed, same_origin};
use crate::Error;
use tao::{
    dpi::LogicalSize,
    event_loop::EventLoopWindowTarget,
    platform::unix::WindowExtUnix,
    window::{Window, WindowBuilder, WindowId},
};
use wry::{WebView, WebViewBuilderExtUnix};

/// Open for as long as it is kept.
pub(super) struct ConsoleWindow {
    window: Window,
    _webview: WebView,
}

impl ConsoleWindow {
    pub(super) fn open<T>(target: &EventLoopWindowTarget<T>, url: &str) -> Result<Self, Error> {
        let window = WindowBuilder::new()
            .with_title("Console · Lodger")
            .with_inner_size(LogicalSize::new(760, 640))
            .with_min_inner_size(LogicalSize::new(320, 320))
            .build(target)
            .map_err(failed)?;
        let origin = url.split("/?").next().unwrap_or_default().to_owned();
        let container = window.default_vbox().expect("tao makes one by default");
        let webview = confined(move |url| same_origin(url, &origin), |_, _| ())
            .with_url(url)
            .build_gtk(container)
            .map_err(failed)?;
        Ok(Self { window, _webview: webview })
    }

    pub(super) fn id(&self) -> WindowId {
        self.window.id()
    }

    /// Brings it to the front.
    pub(super) fn show(&self) {
        self.window.set_focus();
    }
}
