//! The phone-sized window: the program's webview, and the host's own screen above it.
//!
//! GTK lays them over one another: the screen is only as large as the capsule while nothing else is shown, so every
//! other click reaches the program. The two webviews share no web context.
use super::{
    Turn,
    protocol::Setup,
    shell::{self, Shell},
};
use crate::{Error, answer, event::HostEvent, phone};
use gtk::prelude::*;
use lodger_engine::{ResourceRequest, Session};
use std::{borrow::Cow, sync::Arc};
use tao::{
    dpi::LogicalSize,
    event_loop::{EventLoopProxy, EventLoopWindowTarget},
    platform::unix::{WindowBuilderExtUnix, WindowExtUnix},
    window::{Window, WindowBuilder},
};
use tokio::runtime::Handle;
use webkit2gtk::WebViewExt;
use wry::{NewWindowResponse, PermissionResponse, WebView, WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix, http};

/// The scheme of programs' origins; `OriginForm::CustomScheme` of the engine.
const PROGRAM_SCHEME: &str = "lodger";
const SHELL_SCHEME: &str = "lodger-shell";
const SHELL_ORIGIN: &str = "lodger-shell://ui/";

pub(super) struct PhoneWindow {
    window: Window,
    page: gtk::Box,
    screen: gtk::Box,
    program: Option<WebView>,
    /// Kept for as long as the window.
    _shell: WebView,
}

fn failed<E: std::fmt::Display>(error: E) -> Error {
    Error::process("Opening the window")(error)
}

impl PhoneWindow {
    pub(super) fn new(
        target: &EventLoopWindowTarget<Turn>,
        setup: &Setup,
        shell: &Arc<Shell>,
        runtime: &Handle,
        proxy: &EventLoopProxy<Turn>,
    ) -> Result<Self, Error> {
        let window = WindowBuilder::new()
            .with_title("Lodger")
            .with_inner_size(LogicalSize::new(setup.size.0, setup.size.1))
            .with_min_inner_size(LogicalSize::new(280, 400))
            .with_decorations(setup.frame)
            // Without an alpha channel WebKit does not clear a transparent page before it draws the next frame.
            .with_rgba_visual(true)
            .build(target)
            .map_err(failed)?;
        let overlay = gtk::Overlay::new();
        let page = gtk::Box::new(gtk::Orientation::Vertical, 0);
        let screen = gtk::Box::new(gtk::Orientation::Vertical, 0);
        overlay.add(&page);
        overlay.add_overlay(&screen);
        window.default_vbox().expect("tao makes one by default").pack_start(&overlay, true, true, 0);
        let shell = build_shell(&screen, shell, runtime, proxy)?;
        // If the screen's own process dies, it draws the same state again.
        shell.webview().connect_web_process_terminated(|webview, _| webview.load_uri(SHELL_ORIGIN));
        overlay.show_all();
        keys(&window, proxy);
        let this = Self { window, page, screen, program: None, _shell: shell };
        this.cover(true);
        Ok(this)
    }

    /// X11's id of the window; 0 under Wayland.
    pub(super) fn x11_id(&self) -> u32 {
        use tao::rwh_06::{HasWindowHandle, RawWindowHandle};
        match self.window.window_handle().map(|handle| handle.as_raw()) {
            Ok(RawWindowHandle::Xlib(handle)) => u32::try_from(handle.window).unwrap_or(0),
            _ => 0,
        }
    }

    /// CSS pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        let size = self.window.inner_size().to_logical::<u32>(self.window.scale_factor());
        (size.width, size.height)
    }

    pub(super) fn set_title(&self, title: &str) {
        self.window.set_title(title);
    }

    pub(super) fn copy(&self, text: &str) {
        gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD).set_text(text);
    }

    /// Gives the host's screen the whole window, or only the capsule's place.
    pub(super) fn cover(&self, whole: bool) {
        let (top, right) = phone::CAPSULE_MARGIN;
        let (width, height) = phone::CAPSULE;
        let pixels = |value: u32| i32::try_from(value).expect("constants of this crate are small");
        let align = |end| if whole { gtk::Align::Fill } else { end };
        self.screen.set_halign(align(gtk::Align::End));
        self.screen.set_valign(align(gtk::Align::Start));
        self.screen.set_margin_top(if whole { 0 } else { pixels(top) });
        self.screen.set_margin_end(if whole { 0 } else { pixels(right) });
        self.screen.set_size_request(if whole { -1 } else { pixels(width) }, if whole { -1 } else { pixels(height) });
        if !whole && let Some(program) = &self.program {
            program.webview().grab_focus();
        }
    }

    /// Opens a session in a webview of its own; the one before is destroyed, and with it its web process.
    pub(super) fn open(
        &mut self,
        session: &Session,
        number: u32,
        runtime: &Handle,
        proxy: &EventLoopProxy<Turn>,
    ) -> Result<(), Error> {
        self.program = None;
        let webview = build_program(&self.page, session, number, runtime, proxy)?;
        let native = webview.webview();
        let died = proxy.clone();
        native.connect_web_process_terminated(move |_, _| send(&died, Turn::RendererGone(number)));
        let back = proxy.clone();
        native.connect_button_press_event(move |_, event| match event.button() {
            8 => {
                send(&back, Turn::Back);
                gtk::glib::Propagation::Stop
            }
            // A page has no forward.
            9 => gtk::glib::Propagation::Stop,
            _ => gtk::glib::Propagation::Proceed,
        });
        self.program = Some(webview);
        Ok(())
    }

    /// Destroys the program's webview.
    pub(super) fn clear(&mut self) {
        self.program = None;
    }
}

/// The loop is gone only while the process ends.
fn send(proxy: &EventLoopProxy<Turn>, turn: Turn) {
    let _ = proxy.send_event(turn);
}

/// Back by keyboard: before the webview sees the key, or WebKit would go back in its own history.
fn keys(window: &Window, proxy: &EventLoopProxy<Turn>) {
    let proxy = proxy.clone();
    window.gtk_window().connect_key_press_event(move |_, event| {
        use gtk::gdk::{ModifierType, keys::constants};
        let key = event.keyval();
        let alt = event.state().contains(ModifierType::MOD1_MASK);
        if key == constants::Escape || (alt && key == constants::Left) {
            send(&proxy, Turn::Back);
            return gtk::glib::Propagation::Stop;
        }
        if alt && key == constants::Right {
            return gtk::glib::Propagation::Stop;
        }
        gtk::glib::Propagation::Proceed
    });
}

fn build_shell(
    container: &gtk::Box,
    shell: &Arc<Shell>,
    runtime: &Handle,
    proxy: &EventLoopProxy<Turn>,
) -> Result<WebView, Error> {
    let (shell, runtime, chosen) = (shell.clone(), runtime.clone(), proxy.clone());
    confined(|url| url == SHELL_ORIGIN, |_, _| ())
        .with_transparent(true)
        .with_focused(false)
        .with_asynchronous_custom_protocol(SHELL_SCHEME.into(), move |_, request, responder| {
            let shell = shell.clone();
            runtime.spawn(async move {
                let (status, mime, body) = shell.answer(&request.uri().to_string()).await;
                let headers = [
                    ("content-type", mime.as_str()),
                    ("content-security-policy", shell::POLICY),
                    ("x-content-type-options", "nosniff"),
                    ("cache-control", "no-store"),
                ];
                responder.respond(response(status, headers.into_iter(), body));
            });
        })
        .with_ipc_handler(move |request| {
            if let Some(choice) = shell::choice(request.body()) {
                send(&chosen, Turn::Choice(choice));
            }
        })
        .with_url(SHELL_ORIGIN)
        .build_gtk(container)
        .map_err(failed)
}

fn build_program(
    container: &gtk::Box,
    session: &Session,
    number: u32,
    runtime: &Handle,
    proxy: &EventLoopProxy<Turn>,
) -> Result<WebView, Error> {
    let start = session.start_url();
    let origin = start.trim_end_matches('/').to_owned();
    let refused = proxy.clone();
    let (served, from, runtime, missing) = (session.clone(), session.clone(), runtime.clone(), proxy.clone());
    confined(
        move |url| same_origin(url, &origin),
        move |what, url| {
            let event = HostEvent::Refused { what: what.into(), url: without_query(&url) };
            send(&refused, Turn::Event(number, event));
        },
    )
    .with_devtools(true)
    .with_asynchronous_custom_protocol(PROGRAM_SCHEME.into(), move |_, request, responder| {
        let (session, missing) = (served.clone(), missing.clone());
        runtime.spawn(async move {
            let headers = request.headers().iter();
            let request = ResourceRequest {
                method: request.method().as_str().to_owned(),
                url: request.uri().to_string(),
                headers: headers
                    .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                    .collect(),
                body: None,
            };
            let answer =
                answer::answer(&session, request, |event| send(&missing, Turn::Event(number, event))).await;
            let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            responder.respond(response(answer.status, headers, answer.body));
        });
    })
    .with_ipc_handler(move |request| from.message(request.body()))
    .with_url(start)
    .build_gtk(container)
    .map_err(failed)
}

/// A webview that keeps nothing, and may not leave `allowed`, open a window, download, or ask for the camera.
fn confined<'a>(
    allowed: impl Fn(&str) -> bool + 'static,
    refused: impl Fn(&str, String) + Clone + 'static,
) -> WebViewBuilder<'a> {
    let (window, download) = (refused.clone(), refused.clone());
    WebViewBuilder::new()
        .with_incognito(true)
        .with_clipboard(false)
        .with_back_forward_navigation_gestures(false)
        .with_navigation_handler(move |url| {
            let allow = allowed(&url);
            if !allow {
                refused("navigation", url);
            }
            allow
        })
        .with_new_window_req_handler(move |url, _| {
            window("window", url);
            NewWindowResponse::Deny
        })
        .with_download_started_handler(move |url, _| {
            download("download", url);
            false
        })
        .with_permission_handler(|_| PermissionResponse::Deny)
}

/// Exactly `origin`, with or without something after it; `origin` has no slash at its end.
fn same_origin(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// Queries may hold what a user typed: they stay out of reports.
fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn response<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> http::Response<Cow<'static, [u8]>> {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(Cow::from(body)).unwrap_or_else(|_| {
        // A header that HTTP does not allow: nothing can be trusted to be right, so nothing is sent.
        let mut empty = http::Response::new(Cow::from(Vec::new()));
        *empty.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_origin_may_be_navigated_to() {
        let origin = "lodger://mabc";
        for url in ["lodger://mabc", "lodger://mabc/", "lodger://mabc/#x", "lodger://mabc?x"] {
            assert!(same_origin(url, origin), "{url}");
        }
        for url in [
            "lodger://mabcd/", "lodger://mabc.evil.test/", "lodger://mabc@evil.test/", "lodger://mabc:1/", "LODGER://mabc/x",
            "https://mabc/", "about:blank", "about:srcdoc", "file:///etc/passwd", "javascript:alert(1)",
            "blob:lodger://mabc/1", "data:text/html,x", "http://lodger://mabc/",
        ] {
            assert!(!same_origin(url, origin), "{url}");
        }
    }
}
