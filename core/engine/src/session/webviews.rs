//! The session's part in `<web-view>`: what the page asks for, what the host tells, what the website says.
use super::{Inner, calls::Args};
use crate::{
    SessionEvent, WebviewEvent, WebviewForm,
    bridge::Answer,
    outgoing,
    page_stack::{Route, RouteError},
    url_policy::{Refusal, UrlError, UrlUse},
    webview::{self, Held, WebMessage, Webview},
};
use serde_json::{Value, json};

/// The document's policy is written before the page asks, so it can only name what is declared.
const UNDECLARED: &str = "in a browser only sites listed in domains.webview of lodger.json can be shown";
/// A frame is another site's document: nothing can be put into it.
const FRAME: &str = "<web-view> is a frame in a browser: there is no wx.miniProgram in it, sites that forbid framing \
                     stay empty, and links to sites that are not declared do nothing. Try it in a window or on a device.";
/// Characters of a title that reach the page.
const MAX_TITLE: usize = 1_000;

impl Inner {
    /// Opens the page's web-view, or gives it another address.
    pub(super) fn webview_open(&self, generation: u64, args: &Args) -> Answer {
        const API: &str = "webviewOpen";
        let page = args.get("page").and_then(Value::as_u64);
        let (Some(page), Some(rect)) = (page, rect_of(args)) else {
            return Answer::fail(API, "parameter error: page and rect are needed");
        };
        let form = self.surface.webview;
        if form == WebviewForm::None {
            return Answer::fail(API, "not supported by this host");
        }
        let url = match self.webview_url(args.get("src").and_then(Value::as_str).unwrap_or("")) {
            Ok(url) => url,
            Err(refusal) => {
                self.webview_gone(generation, page);
                return Answer::fail(API, refusal);
            }
        };
        if form == WebviewForm::Frame {
            if self.policy.frame_sources().is_empty() {
                return Answer::fail(API, UNDECLARED);
            }
            if self.state().warned.insert(FRAME.to_owned()) {
                self.warn(FRAME);
            }
            return Answer::Ok(json!({ "form": "frame", "url": url }));
        }
        {
            let mut state = self.state();
            if state.generation != generation || !state.pages.is_alive(page) {
                return Answer::fail(API, "the page is closed");
            }
            state.webviews.open(Webview { page, url, rect });
        }
        self.tell_webviews();
        Answer::Ok(json!({ "form": "native" }))
    }

    /// The place of the page's web-view has changed.
    pub(super) fn webview_update(&self, generation: u64, args: &Args) -> Answer {
        let page = args.get("page").and_then(Value::as_u64).unwrap_or(0);
        let Some(rect) = rect_of(args) else { return Answer::fail("webviewUpdate", "parameter error") };
        let changed = {
            let mut state = self.state();
            let current = state.generation == generation;
            state.webviews.get(page).filter(|held| current && held.view.rect != rect).map(|held| {
                held.view.rect = rect;
            })
        };
        if changed.is_some() {
            self.tell_webviews();
        }
        Answer::empty()
    }

    /// The page has no web-view any more.
    pub(super) fn webview_close(&self, generation: u64, args: &Args) -> Answer {
        self.webview_gone(generation, args.get("page").and_then(Value::as_u64).unwrap_or(0));
        Answer::empty()
    }

    fn webview_gone(&self, generation: u64, page: u64) {
        let gone = {
            let mut state = self.state();
            if state.generation == generation { state.webviews.close(page) } else { None }
        };
        if let Some(held) = gone {
            self.deliver(held);
            self.tell_webviews();
        }
    }

    /// `src` in normal form with its fragment, which pages route by; refused if the program may not show it.
    fn webview_url(&self, src: &str) -> Result<String, Refusal> {
        let url = outgoing::allowed(self, UrlUse::Webview, src)?;
        // In a browser the program is a website too: it may not show itself.
        if url.origin() == self.identity.origin {
            return Err(Refusal::NotListed);
        }
        match src.split_once('#') {
            Some((_, fragment)) if fragment.chars().any(char::is_control) => Err(UrlError::Character.into()),
            Some((_, fragment)) => Ok(format!("{url}#{fragment}")),
            None => Ok(url.to_string()),
        }
    }

    /// Tells the host which web-views there are now.
    fn tell_webviews(&self) {
        let (shown, all) = {
            let state = self.state();
            state.webviews.shown(state.pages.top().id)
        };
        self.events.push(SessionEvent::Webviews { shown, all });
    }

    /// The page stack has changed: call this before the page hears of it, so that a page that goes gets its messages.
    pub(super) fn webviews_follow(&self) {
        let gone = {
            let mut state = self.state();
            if state.webviews.is_empty() {
                return;
            }
            let pages = state.pages.clone();
            state.webviews.close_unless(|page| pages.is_alive(page))
        };
        gone.into_iter().for_each(|held| self.deliver(held));
        self.tell_webviews();
    }

    /// A new document has none.
    pub(super) fn webviews_clear(&self) {
        let had = !std::mem::take(&mut self.state().webviews).is_empty();
        if had {
            self.tell_webviews();
        }
    }

    /// WeChat hands messages over when the page is left, or shared.
    pub(super) fn deliver_top(&self) {
        let (page, data) = {
            let mut state = self.state();
            let page = state.pages.top().id;
            (page, state.webviews.get(page).and_then(Held::take))
        };
        if let Some(data) = data {
            self.event("webview", json!({ "page": page, "message": data }));
        }
    }

    fn deliver(&self, mut held: Held) {
        if let Some(data) = held.take() {
            self.event("webview", json!({ "page": held.view.page, "message": data }));
        }
    }

    /// Shows the web-view again whose place the page's notice has taken; false if there is none on top.
    pub(super) fn webview_uncover(&self) -> bool {
        let page = {
            let mut state = self.state();
            let page = state.pages.top().id;
            match state.webviews.get(page) {
                Some(held) if held.covered => held.covered = false,
                _ => return false,
            }
            page
        };
        self.event("webview", json!({ "page": page, "uncovered": true }));
        self.tell_webviews();
        true
    }

    /// Whether a website may go to `url`; if not, the program is told, and the user if `asked`.
    pub(super) fn webview_may_load(&self, page: u64, url: &str, asked: bool) -> bool {
        if self.state().webviews.get(page).is_none() {
            return false;
        }
        // Frames without an address are their parent's.
        if matches!(url, "about:blank" | "about:srcdoc") {
            return true;
        }
        let Err(refusal) = outgoing::allowed(self, UrlUse::Webview, url) else { return true };
        let site = url.split(['?', '#']).next().unwrap_or_default();
        let site: String = site.chars().take(MAX_TITLE).collect();
        let error = json!({ "url": site, "reason": refusal.to_string(), "covered": asked });
        self.event("webview", json!({ "page": page, "error": error }));
        if asked {
            if let Some(held) = self.state().webviews.get(page) {
                held.covered = true;
            }
            self.tell_webviews();
        }
        false
    }

    pub(super) fn webview_told(&self, page: u64, event: WebviewEvent) {
        let Some(url) = self.state().webviews.get(page).map(|held| held.view.url.clone()) else { return };
        let told = match event {
            WebviewEvent::Loaded => json!({ "page": page, "load": true }),
            WebviewEvent::Failed { reason } => {
                let error = json!({ "url": url, "reason": reason, "covered": false });
                json!({ "page": page, "error": error })
            }
            WebviewEvent::Title { title } => {
                json!({ "page": page, "title": title.chars().take(MAX_TITLE).collect::<String>() })
            }
        };
        self.event("webview", told);
    }

    /// Carries out what a website at `url` says; false if it is dropped.
    pub(super) fn webview_message(&self, page: u64, url: &str, text: &str) -> bool {
        let allowed = self.policy.check(UrlUse::Webview, url).is_ok() && {
            let mut state = self.state();
            let top = state.pages.top().id;
            !state.closed && top == page && state.webviews.get(page).is_some()
        };
        let Some(message) = webview::read(text).filter(|_| allowed) else {
            self.counters.not_allowed.add();
            return false;
        };
        match message {
            WebMessage::Post(data) => {
                let kept = self.state().webviews.keep(page, data, text.len());
                if !kept {
                    self.warn("wx.miniProgram.postMessage: more than 1 MiB waits for the program; dropped.");
                }
                kept
            }
            WebMessage::Go { api, url } => self.webview_route(api, |state| match api {
                "navigateTo" => state.navigate_to(&url),
                "redirectTo" => state.redirect_to(&url),
                "reLaunch" => state.re_launch(&url),
                _ => state.switch_tab(&url),
            }),
            WebMessage::Back { delta } => {
                self.webview_route("navigateBack", |state| state.navigate_back(delta))
            }
        }
    }

    fn webview_route(
        &self,
        api: &str,
        go: impl FnOnce(&mut crate::page_stack::PageStack) -> Result<Route, RouteError>,
    ) -> bool {
        let route = go(&mut self.state().pages);
        match route {
            Ok(route) => {
                self.webviews_follow();
                self.event("route", json!(route));
                self.tell_route();
                true
            }
            Err(error) => {
                self.warn(&format!("wx.miniProgram.{api}: {error}"));
                false
            }
        }
    }

    /// For the author; nobody else may read a website's texts.
    fn warn(&self, text: &str) {
        if self.shared.development() {
            self.chatter(SessionEvent::Warning { text: text.to_owned() });
        }
    }
}

fn rect_of(args: &Args) -> Option<[f64; 4]> {
    let rect: [f64; 4] = serde_json::from_value(args.get("rect")?.clone()).ok()?;
    // More than any screen has; hosts turn it into whole pixels.
    rect.iter().all(|side| (0.0..=16_384.0).contains(side)).then_some(rect)
}
