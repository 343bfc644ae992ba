//! What the host does to a running session: show, hide, back, news of the device, and the end.
use super::{Inner, LaunchOptions};
use crate::{LogLevel, ProgramLink, SessionEvent, page_stack::RouteError};
use serde_json::{Value, json};
use std::sync::Arc;

impl Inner {
    pub(crate) fn emit(&self, event: &str, args: Value) {
        {
            let mut state = self.state();
            match event {
                "themeChange" => {
                    if let Some(theme) = args["theme"].as_str() {
                        state.system.theme = theme.to_owned();
                    }
                }
                "windowResize" => {
                    let system = &mut state.system;
                    let change = &args["system"];
                    if let Some(model) = change["model"].as_str() {
                        system.model = model.to_owned();
                    }
                    let number = |name: &str| change[name].as_f64();
                    system.status_bar_height = number("statusBarHeight").unwrap_or(system.status_bar_height);
                    system.safe_area_bottom = number("safeAreaBottom").unwrap_or(system.safe_area_bottom);
                }
                "networkStatusChange" => {
                    let kind = args["networkType"].as_str().unwrap_or("unknown").to_owned();
                    self.shared.network_is(&kind);
                    state.network = json!({ "networkType": kind });
                }
                _ => {}
            }
        }
        self.event(event, args);
    }

    pub(crate) fn show(&self) {
        let options = self.state().launch.to_json();
        self.event("appShow", options);
    }

    /// New options for the page on top, which stays.
    pub(crate) fn returned(&self, link: ProgramLink) {
        let options = {
            let mut state = self.state();
            let (path, query) = (state.pages.top().path.clone(), state.pages.top().query.clone());
            let ProgramLink { scene, referrer, .. } = link;
            state.launch =
                LaunchOptions { path, query, scene, referrer: Some(referrer), exit_state: Value::Null };
            state.launch.to_json()
        };
        self.event("appShow", options);
    }

    pub(crate) fn hide(self: &Arc<Self>) {
        self.event("appHide", json!({}));
        self.keep_order_of_use();
    }

    /// Writes to the disk, so it must not hold up the host's own thread.
    fn keep_order_of_use(self: &Arc<Self>) {
        let inner = Arc::clone(self);
        self.shared.runtime().spawn_blocking(move || {
            if inner.storage.flush().is_err() {
                inner.log(LogLevel::Warn, "the order in which storage was used was not kept");
            }
        });
    }

    /// New options; the page follows by `appShow`, and by `route` if it stands elsewhere.
    pub(crate) fn reopen(&self, launch: LaunchOptions) {
        let (options, route) = {
            let mut state = self.state();
            let elsewhere = state.pages.top().path != launch.path;
            let route = elsewhere.then(|| state.pages.launch(&launch.path, launch.query.clone()));
            state.launch = launch;
            (state.launch.to_json(), route)
        };
        self.webviews_follow();
        self.event("appShow", options);
        if let Some(Ok(route)) = route {
            self.event("route", json!(route));
            self.tell_route();
        }
    }

    pub(crate) fn back(&self) {
        if self.webview_uncover() {
            return;
        }
        let route = {
            let mut state = self.state();
            // Once for each time it was asked for: a document that has hung cannot keep the user.
            if std::mem::take(&mut state.catches_back) {
                drop(state);
                self.event("back", json!({}));
                return;
            }
            state.pages.navigate_back(1)
        };
        match route {
            Ok(route) => {
                self.webviews_follow();
                self.event("route", json!(route));
                self.tell_route();
            }
            Err(RouteError::FirstPage) => self.events.push(SessionEvent::Exit),
            Err(_) => {}
        }
    }

    pub(crate) fn close(self: &Arc<Self>) {
        let ended = {
            let mut state = self.state();
            if state.closed {
                return;
            }
            state.closed = true;
            (state.document.take(), state.running.take())
        };
        // Cancels calls and releases the bundle, without the lock.
        drop(ended);
        self.events.stop();
        self.inbox.stop();
        self.start_closed();
        self.handles.close_all();
        self.announce();
        self.keep_order_of_use();
        self.drop_temporary_files();
    }

    fn drop_temporary_files(self: &Arc<Self>) {
        let inner = Arc::clone(self);
        self.shared.runtime().spawn_blocking(move || {
            if inner.files.end().is_err() {
                inner.log(LogLevel::Warn, "temporary files stay until the engine starts again");
            }
        });
    }
}
