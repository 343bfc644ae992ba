//! One running mini-program.
mod calls;
mod dev;
mod events;
mod inbox;
mod inner;
mod launch;
mod lifecycle;
mod packages;
mod questions;
mod replace;
mod reports;
mod serve;
mod start_page;
mod subscribe;
mod updates;
mod webviews;

pub(crate) use inner::{Code, Identity, Inner, Parts};
pub(crate) use launch::LaunchOptions;
pub use replace::Change;

use crate::{Counters, LodgerError, OpenedRelease, ProgramLink, Resource, ResourceRequest, WebviewEvent};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Cheap to clone; safe from any thread. When the last clone is dropped, the session closes.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Owner>,
}

/// Work under way holds the session's insides too; only the host's own handles keep it open.
struct Owner(Arc<Inner>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Session {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner: Arc::new(Owner(inner)) }
    }

    fn inner(&self) -> &Arc<Inner> {
        &self.inner.0
    }

    /// Random, 128 bits in hex. For the host's own use; the page never sees it.
    pub fn id(&self) -> &str {
        &self.inner().identity.id
    }

    /// App id.
    pub fn app(&self) -> &str {
        &self.inner().identity.app
    }

    /// Display name: untrusted text, show it as text.
    pub fn app_name(&self) -> &str {
        &self.inner().identity.name
    }

    /// Version name from the index.
    pub fn version(&self) -> &str {
        &self.inner().identity.version
    }

    /// Hex SHA-256 of the index: which bundle exactly is running.
    pub fn digest(&self) -> String {
        self.inner().code().digest.to_hex()
    }

    /// Which release is running, where it came from, and why this one.
    pub fn release(&self) -> OpenedRelease {
        self.inner().release()
    }

    /// Bundle path of the program's icon.
    pub fn icon(&self) -> Option<&str> {
        self.inner().identity.icon.as_deref()
    }

    /// `m` + 32 hex digits; the host part of the origin.
    pub fn label(&self) -> &str {
        &self.inner().identity.label
    }

    /// What the webview loads first: `<origin>/`.
    pub fn start_url(&self) -> String {
        format!("{}/", self.inner().identity.origin)
    }

    /// Answers one request of the webview; refusals are answers too. May be awaited on any executor, and may wait
    /// (long poll, sync call, remote fetch): never call it where waiting is not allowed. Dropping the future cancels.
    pub async fn open_resource(&self, request: ResourceRequest) -> Resource {
        serve::open(self.inner(), request).await
    }

    /// At most 256 KiB from `offset`; empty at the end.
    ///
    /// # Errors
    /// `NotFound` if the handle is not open.
    pub fn read(&self, handle: u64, offset: u64, length: u32) -> Result<Vec<u8>, LodgerError> {
        self.inner().handles.read(handle, offset, length)
    }

    /// Frees a handle; unknown ones are ignored.
    pub fn close_resource(&self, handle: u64) {
        self.inner().handles.close(handle);
    }

    /// Takes one bridge message from the page. Returns at once and never fails: what is malformed is dropped and
    /// counted. The host must have checked that it comes from the main frame of this session's origin.
    pub fn message(&self, text: &str) {
        self.inner().take_message(text);
    }

    /// The program is visible again: `onShow` with the options it was last opened with.
    pub fn show(&self) {
        self.inner().show();
    }

    /// The program was opened again while it ran: `onShow` with new options; re-launched if the path differs from
    /// the page on top.
    ///
    /// # Errors
    /// `NotFound` if the program has no such page; nothing changes then.
    pub fn reopen(
        &self,
        path: Option<String>,
        query: BTreeMap<String, String>,
        scene: u32,
        referrer: Option<(String, Value)>,
    ) -> Result<(), LodgerError> {
        let launch = LaunchOptions::new(&self.inner().code().index.pages, path, query, scene, referrer)?;
        self.inner().reopen(launch);
        Ok(())
    }

    /// Another program has gone back to this one (`SessionEvent::BackToProgram`): `onShow` with its data, on the page
    /// where it stands.
    pub fn returned(&self, link: ProgramLink) {
        self.inner().returned(link);
    }

    /// The program is no longer visible: `onHide`.
    pub fn hide(&self) {
        self.inner().hide();
    }

    /// The host's back button or gesture; at the first page the listener gets `Exit`. Where a `<web-view>` is shown, go
    /// back in its own history first.
    pub fn back(&self) {
        self.inner().back();
    }

    /// The user chose Share: the page answers with `SessionEvent::Share`.
    pub fn share(&self) {
        self.inner().deliver_top();
        self.inner().event("share", Value::Object(serde_json::Map::new()));
    }

    /// Whether the `<web-view>` of `page` may go to `url`: ask before every navigation of every frame, redirects among
    /// them. If not, the program is told why; and if the user `asked` for it (a tap on a link), the host gets a
    /// `SessionEvent::Webviews` that takes the web-view off the page, which shows the reason until the next `back`.
    pub fn webview_may_load(&self, page: u64, url: &str, asked: bool) -> bool {
        self.inner().webview_may_load(page, url, asked)
    }

    /// What has become of the `<web-view>` of `page`.
    pub fn webview_told(&self, page: u64, event: WebviewEvent) {
        self.inner().webview_told(page, event);
    }

    /// Takes one text that `WEBVIEW_SCRIPT` sent from the `<web-view>` of `page`, which is at `url` now. Untrusted: at
    /// most 256 KiB, parsed strictly. False if it was dropped or refused.
    pub fn webview_message(&self, page: u64, url: &str, text: &str) -> bool {
        self.inner().webview_message(page, url, text)
    }

    /// `themeChange`, `windowResize`, `keyboard`, `networkStatusChange`, `memoryWarning`, `overlay`; `args` as in
    /// core/docs/bridge.md.
    pub fn emit(&self, event: &str, args: Value) {
        self.inner().emit(event, args);
    }

    /// Development sessions only: asks the page, or the engine where it knows (storage); answered by
    /// `SessionEvent::Dev`. `command` is an object, as in core/docs/bridge.md.
    ///
    /// # Errors
    /// `Denied` in any other session; `Internal` if `command` is not an object.
    pub fn dev(&self, id: u64, command: Value) -> Result<(), LodgerError> {
        self.inner().need_development()?;
        let Value::Object(mut args) = command else {
            return Err(LodgerError::internal("dev-command", "A development command is a JSON object."));
        };
        if !self.inner().dev(id, &args) {
            args.insert("id".to_owned(), id.into());
            self.inner().event("dev", Value::Object(args));
        }
        Ok(())
    }

    /// Development sessions only: asks the repository for the newest build of the program, and goes on with it. A page
    /// whose look alone has changed keeps its document and its data (event `hot`); otherwise the document is loaded again
    /// on the pages that are open. Blocks on the disk and the repository; any thread.
    ///
    /// # Errors
    /// `Denied` in any other session; `Incompatible` (`replace-identity`) if the build has another app id, name, icon,
    /// version, domains or scopes: close the session and open the program again; else as [`Engine::open`](crate::Engine::open).
    pub fn replace(&self, change: &Change) -> Result<(), LodgerError> {
        self.inner().need_development()?;
        let digest = self.inner().newest()?;
        self.inner().replace(&digest, change)
    }

    /// The webview's renderer is gone, or could not be started. The session fails; two such ends before the first
    /// content in a row, and the next open runs another release.
    pub fn renderer_gone(&self) {
        self.inner().fail(LodgerError::internal(
            "renderer-gone",
            "The program's page has ended unexpectedly. Open it again.",
        ));
    }

    /// Everything that the user was asked for in this program, and the answer: scopes, `privacy` (the contract), and
    /// `subscribe:<template>` (kept choices about messages). Blocks on the disk.
    ///
    /// # Errors
    /// `Storage` if the database cannot be read.
    pub fn grants(&self) -> Result<BTreeMap<String, bool>, LodgerError> {
        self.inner().permissions.all()
    }

    /// Changes an answer: the host's settings page. `subscriptions` is the main switch for messages. Blocks on the disk.
    ///
    /// # Errors
    /// `Storage` if the database cannot be written.
    pub fn set_grant(&self, scope: &str, granted: bool) -> Result<(), LodgerError> {
        self.inner().permissions.set(scope, granted)
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.inner().counters.snapshot()
    }

    /// Ends the session: cancels everything under way, voids the document, stops events. Safe to call twice.
    pub fn close(&self) {
        self.inner().close();
    }
}
