//! The websites of `<web-view>`: each in a webview of its own, over the program's and under the host's screen.
//!
//! A website keeps nothing, shares no web context with the program, and reaches the engine by two calls only: may it go
//! there, and what does it say (`WEBVIEW_SCRIPT`).
use super::{
    Turn,
    webview::{failed, send, without_query},
    window::back_by_mouse,
};
use crate::{Error, event::HostEvent};
use gtk::{gio, prelude::*};
use lodger_engine::{Session, WEBVIEW_SCRIPT, WEBVIEW_USER_AGENT, Webview, WebviewEvent};
use std::{cell::Cell, collections::BTreeMap, rc::Rc};
use tao::event_loop::EventLoopProxy;
use webkit2gtk::{
    NavigationAction, NavigationPolicyDecision, NavigationPolicyDecisionExt, NetworkError, PolicyDecisionExt,
    PolicyDecisionType, PolicyError, SettingsExt, URIRequestExt, WebViewExt,
};
use wry::{
    PageLoadEvent, PermissionResponse, WebView, WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix,
};

/// Where the websites belong.
pub(super) struct Place<'a> {
    pub(super) overlay: &'a gtk::Overlay,
    /// The host's own screen, which stays above.
    pub(super) screen: &'a gtk::Box,
    /// Of the window, CSS pixels.
    pub(super) size: (u32, u32),
}

/// The websites of the program that runs, by the page that holds them.
#[derive(Default)]
pub(super) struct Webs {
    webs: BTreeMap<u64, Web>,
    shown: Option<u64>,
}

struct Web {
    container: gtk::Box,
    webview: WebView,
    url: String,
}

impl Drop for Web {
    fn drop(&mut self) {
        if let Some(parent) =
            self.container.parent().and_then(|parent| parent.downcast::<gtk::Container>().ok())
        {
            parent.remove(&self.container);
        }
    }
}

impl Webs {
    /// Makes, loads, places and closes websites, so that there are those of `all`, and `shown` is to be seen.
    pub(super) fn follow(
        &mut self,
        place: &Place,
        session: &Session,
        (number, proxy): (u32, &EventLoopProxy<Turn>),
        (shown, all): (Option<u64>, &[Webview]),
    ) -> Result<(), Error> {
        self.webs.retain(|page, _| all.iter().any(|view| view.page == *page));
        for view in all {
            match self.webs.get_mut(&view.page) {
                Some(web) if web.url == view.url => (),
                Some(web) => {
                    web.url.clone_from(&view.url);
                    web.webview.webview().load_uri(&view.url);
                }
                None => {
                    let web = Web::open(place, session, view, number, proxy)?;
                    self.webs.insert(view.page, web);
                }
            }
            if let Some(web) = self.webs.get(&view.page) {
                web.place(view.rect, place.size);
                web.container.set_visible(shown == Some(view.page));
            }
        }
        if self.shown != shown {
            self.shown = shown;
            self.focus();
        }
        Ok(())
    }

    /// Gives the keyboard to the website that is to be seen; false if there is none.
    pub(super) fn focus(&self) -> bool {
        let web = self.visible();
        if let Some(web) = web {
            web.webview.webview().grab_focus();
        }
        web.is_some()
    }

    /// Goes back in the history of the website that is to be seen; false if there is no such thing.
    pub(super) fn back(&self) -> bool {
        let native = self.visible().map(|web| web.webview.webview()).filter(WebViewExt::can_go_back);
        if let Some(native) = &native {
            native.go_back();
        }
        native.is_some()
    }

    fn visible(&self) -> Option<&Web> {
        self.webs.get(&self.shown?)
    }
}

impl Web {
    fn open(
        place: &Place,
        session: &Session,
        view: &Webview,
        number: u32,
        proxy: &EventLoopProxy<Turn>,
    ) -> Result<Self, Error> {
        let container = gtk::Box::new(gtk::Orientation::Vertical, 0);
        place.overlay.add_overlay(&container);
        // Overlays lie in the order of their adding; the host's screen is the topmost.
        place.overlay.reorder_overlay(place.screen, -1);
        let webview = build(&container, session, view.page, number, proxy)?;
        back_by_mouse(&webview.webview(), proxy);
        container.show_all();
        webview.webview().load_uri(&view.url);
        Ok(Self { container, webview, url: view.url.clone() })
    }

    /// By its distances from the window's edges: so it follows the window's size until the page says otherwise.
    fn place(&self, [left, top, width, height]: [f64; 4], (window_width, window_height): (u32, u32)) {
        #[expect(clippy::cast_possible_truncation, reason = "the engine bounds the sides of the rectangle")]
        let pixels = |value: f64| value.round().max(0.0) as i32;
        self.container.set_margin_start(pixels(left));
        self.container.set_margin_top(pixels(top));
        self.container.set_margin_end(pixels(f64::from(window_width) - left - width));
        self.container.set_margin_bottom(pixels(f64::from(window_height) - top - height));
    }
}

fn build(
    container: &gtk::Box,
    session: &Session,
    page: u64,
    number: u32,
    proxy: &EventLoopProxy<Turn>,
) -> Result<WebView, Error> {
    let refuse = {
        let proxy = proxy.clone();
        move |what: &str, url: &str| {
            let event = HostEvent::Refused { what: what.into(), url: without_query(url) };
            send(&proxy, Turn::Event(number, event));
        }
    };
    // WebKit calls a load finished that has failed.
    let failure = Rc::new(Cell::new(false));
    let (said, titled, loaded) = (session.clone(), session.clone(), session.clone());
    let (download, fails) = (refuse.clone(), failure.clone());
    let webview = WebViewBuilder::new()
        .with_incognito(true)
        .with_clipboard(false)
        .with_back_forward_navigation_gestures(false)
        .with_permission_handler(|_| PermissionResponse::Deny)
        .with_initialization_script_for_main_only(WEBVIEW_SCRIPT, true)
        .with_ipc_handler(move |request| {
            said.webview_message(page, &request.uri().to_string(), request.body());
        })
        .with_document_title_changed_handler(move |title| {
            titled.webview_told(page, WebviewEvent::Title { title });
        })
        .with_on_page_load_handler(move |event, _| match event {
            PageLoadEvent::Started => fails.set(false),
            PageLoadEvent::Finished if fails.get() => (),
            PageLoadEvent::Finished => loaded.webview_told(page, WebviewEvent::Loaded),
        })
        .with_download_started_handler(move |url, _| {
            download("download", &url);
            false
        })
        .build_gtk(container)
        .map_err(failed)?;
    let native = webview.webview();
    if let Some(settings) = WebViewExt::settings(&native) {
        let own = settings.user_agent().unwrap_or_default();
        settings.set_user_agent(Some(&format!("{own} {WEBVIEW_USER_AGENT}")));
    }
    confine(&native, session, page, refuse);
    let told = session.clone();
    native.connect_load_failed(move |_, _, _, error| {
        // Kept from going somewhere, or on the way to somewhere else: not a failure of what is there.
        if error.matches(NetworkError::Cancelled)
            || error.matches(PolicyError::FrameLoadInterruptedByPolicyChange)
            || error.matches(gio::IOErrorEnum::Cancelled)
        {
            return true;
        }
        failure.set(true);
        told.webview_told(page, WebviewEvent::Failed { reason: error.message().to_owned() });
        false
    });
    let told = session.clone();
    native.connect_web_process_terminated(move |_, _| {
        told.webview_told(page, WebviewEvent::Failed { reason: "the website's process has died".into() });
    });
    Ok(webview)
}

/// Asks the engine before every navigation; what would open a window opens in place, as in WeChat.
fn confine(
    native: &webkit2gtk::WebView,
    session: &Session,
    page: u64,
    refuse: impl Fn(&str, &str) + Clone + 'static,
) {
    let (session, elsewhere) = (session.clone(), session.clone());
    let (refused, refused_window) = (refuse.clone(), refuse);
    native.connect_decide_policy(move |native, decision, kind| {
        if !matches!(kind, PolicyDecisionType::NavigationAction | PolicyDecisionType::NewWindowAction) {
            return false;
        }
        let action = decision
            .downcast_ref::<NavigationPolicyDecision>()
            .and_then(NavigationPolicyDecisionExt::navigation_action);
        let Some((url, asked)) = action.as_ref().and_then(wanted) else {
            decision.ignore();
            return true;
        };
        let allowed = session.webview_may_load(page, &url, asked);
        if !allowed {
            refused("navigation", &url);
        }
        if allowed && kind == PolicyDecisionType::NavigationAction {
            decision.use_();
            return true;
        }
        if allowed {
            native.load_uri(&url);
        }
        decision.ignore();
        true
    });
    native.connect_create(move |native, action| {
        if let Some((url, asked)) = wanted(action) {
            if elsewhere.webview_may_load(page, &url, asked) {
                native.load_uri(&url);
            } else {
                refused_window("window", &url);
            }
        }
        None
    });
}

/// Where a navigation goes, and whether the user wanted it.
fn wanted(action: &NavigationAction) -> Option<(String, bool)> {
    let action = action.clone();
    let url = action.request()?.uri()?.to_string();
    Some((url, action.is_user_gesture()))
}
