//! The phone-sized window: the program's webview, and the host's own screen above it.
//!
//! GTK lays them over one another: the screen is only as large as the capsule while nothing else is shown, so every
//! other click reaches the program. The two webviews share no web context.
use super::{
    Turn,
    protocol::Setup,
    webs::{Place, Webs},
    webview::{SHELL_ORIGIN, build_program, build_shell, failed, send},
};
use crate::{Error, phone, shell::Shell};
use gtk::prelude::*;
use lodger_engine::{Session, Webview};
use std::sync::Arc;
use tao::{
    dpi::LogicalSize,
    event_loop::{EventLoopProxy, EventLoopWindowTarget},
    platform::unix::{WindowBuilderExtUnix, WindowExtUnix},
    window::{Window, WindowBuilder},
};
use tokio::runtime::Handle;
use webkit2gtk::WebViewExt;
use wry::{WebView, WebViewExtUnix};

pub(super) struct PhoneWindow {
    window: Window,
    page: gtk::Box,
    overlay: gtk::Overlay,
    screen: gtk::Box,
    program: Option<WebView>,
    /// Of the program's pages.
    pub(super) webs: Webs,
    /// Kept for as long as the window.
    _shell: WebView,
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
        redraw_whole(&overlay);
        keys(&window, proxy);
        let this =
            Self { window, page, overlay, screen, program: None, webs: Webs::default(), _shell: shell };
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
        self.screen.set_size_request(
            if whole { -1 } else { pixels(width) },
            if whole { -1 } else { pixels(height) },
        );
        if !whole
            && !self.webs.focus()
            && let Some(program) = &self.program
        {
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
        self.clear();
        let webview = build_program(&self.page, session, number, runtime, proxy)?;
        let native = webview.webview();
        let died = proxy.clone();
        native.connect_web_process_terminated(move |_, _| send(&died, Turn::RendererGone(number)));
        back_by_mouse(&native, proxy);
        self.program = Some(webview);
        Ok(())
    }

    /// Brings the websites of the program's pages up to date.
    pub(super) fn follow(
        &mut self,
        session: &Session,
        host: (u32, &EventLoopProxy<Turn>),
        webviews: (Option<u64>, &[Webview]),
    ) -> Result<(), Error> {
        let place = Place { overlay: &self.overlay, screen: &self.screen, size: self.size() };
        self.webs.follow(&place, session, host, webviews)
    }

    /// Destroys the program's webview, and those of its pages.
    pub(super) fn clear(&mut self) {
        self.webs = Webs::default();
        self.program = None;
    }
}

/// The mouse's back button is the host's.
pub(super) fn back_by_mouse(native: &webkit2gtk::WebView, proxy: &EventLoopProxy<Turn>) {
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
}

/// Draws all of `widget` whenever something in it is drawn. A webview that is to draw only a part, since the capsule
/// above it has changed, draws nothing there (WebKitGTK 2.50 without a GPU): what GTK has behind it shows through.
fn redraw_whole(widget: &impl IsA<gtk::Widget>) {
    let widget = widget.clone().upcast::<gtk::Widget>();
    if let Some(clock) = widget.frame_clock() {
        clock.connect_before_paint(move |_| widget.queue_draw());
    }
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
        if key == constants::F12 {
            send(&proxy, Turn::Console);
            return gtk::glib::Propagation::Stop;
        }
        if alt && key == constants::Right {
            return gtk::glib::Propagation::Stop;
        }
        gtk::glib::Propagation::Proceed
    });
}
