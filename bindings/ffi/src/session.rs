//! One running mini-program.

use crate::{LodgerError, records};
use lodger_engine as engine;
use std::collections::HashMap;

/// One running mini-program. Safe from any thread.
#[derive(uniffi::Object)]
pub struct LodgerSession {
    inner: engine::Session,
}

impl LodgerSession {
    pub(crate) fn new(inner: engine::Session) -> Self {
        Self { inner }
    }
}

#[uniffi::export]
impl LodgerSession {
    /// Random, for the host's own use.
    pub fn id(&self) -> String {
        self.inner.id().to_owned()
    }

    /// Display name: untrusted text.
    pub fn app_name(&self) -> String {
        self.inner.app_name().to_owned()
    }

    /// Version name.
    pub fn version(&self) -> String {
        self.inner.version().to_owned()
    }

    /// Which bundle exactly is running.
    pub fn digest(&self) -> String {
        self.inner.digest()
    }

    /// Which release is running, where it came from, and why this one.
    pub fn release(&self) -> records::OpenedRelease {
        self.inner.release().into()
    }

    /// The webview's renderer is gone: the session fails, and a release that does so twice gives way to another.
    pub fn renderer_gone(&self) {
        self.inner.renderer_gone();
    }

    /// Bundle path of the program's icon.
    pub fn icon(&self) -> Option<String> {
        self.inner.icon().map(str::to_owned)
    }

    /// What the webview loads first.
    pub fn start_url(&self) -> String {
        self.inner.start_url()
    }

    /// Answers one request of the webview. May wait; cancelling it is safe.
    pub async fn open_resource(&self, request: records::ResourceRequest) -> records::Resource {
        self.inner.open_resource(request.into()).await.into()
    }

    /// At most 256 KiB from `offset`; empty at the end.
    pub fn read(&self, handle: u64, offset: u64, length: u32) -> Result<Vec<u8>, LodgerError> {
        Ok(self.inner.read(handle, offset, length)?)
    }

    /// Frees a handle; unknown ones are ignored.
    pub fn close_resource(&self, handle: u64) {
        self.inner.close_resource(handle);
    }

    /// Takes one bridge message. The host must have checked main frame, webview and exact origin.
    pub fn message(&self, text: String) {
        self.inner.message(&text);
    }

    /// The program is visible again.
    pub fn show(&self) {
        self.inner.show();
    }

    /// The program was opened again while it ran.
    pub fn reopen(
        &self,
        path: Option<String>,
        query: HashMap<String, String>,
        scene: u32,
        referrer: Option<records::Referrer>,
    ) -> Result<(), LodgerError> {
        let referrer = records::referrer(referrer)?;
        Ok(self.inner.reopen(path, query.into_iter().collect(), scene, referrer)?)
    }

    /// Another program has gone back to this one: `onShow` with its data, on the page where it stands.
    pub fn returned(&self, link: crate::ProgramLink) -> Result<(), LodgerError> {
        self.inner.returned(link.try_into()?);
        Ok(())
    }

    /// The program is no longer visible.
    pub fn hide(&self) {
        self.inner.hide();
    }

    /// The host's back button or gesture.
    pub fn back(&self) {
        self.inner.back();
    }

    /// The user chose Share.
    pub fn share(&self) {
        self.inner.share();
    }

    /// Whether the `<web-view>` of `page` may go to `url`: ask before every navigation of every frame. `asked`: the user
    /// wanted it, and is shown the reason for a refusal.
    pub fn webview_may_load(&self, page: u64, url: String, asked: bool) -> bool {
        self.inner.webview_may_load(page, &url, asked)
    }

    /// What has become of the `<web-view>` of `page`.
    pub fn webview_told(&self, page: u64, event: records::WebviewEvent) {
        self.inner.webview_told(page, event.into());
    }

    /// Takes one text of `webview_script` from the `<web-view>` of `page`, which is at `url` now. False if it was dropped.
    pub fn webview_message(&self, page: u64, url: String, text: String) -> bool {
        self.inner.webview_message(page, &url, &text)
    }

    /// Tells the page of something, with arguments as JSON: `themeChange`, `windowResize`, `keyboard`,
    /// `networkStatusChange`, `memoryWarning`.
    pub fn emit(&self, event: String, args: String) -> Result<(), LodgerError> {
        let args = serde_json::from_str(&args).map_err(|_| LodgerError::Failed {
            kind: crate::ErrorKind::Internal,
            reason: format!("The arguments of event {event} are not JSON. Give a JSON object."),
            code: "event-args".to_owned(),
        })?;
        self.inner.emit(&event, args);
        Ok(())
    }

    /// Ends the session. Safe to call twice.
    pub fn close(&self) {
        self.inner.close();
    }
}
