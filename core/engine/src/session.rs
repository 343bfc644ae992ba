//! One running mini-program.
use crate::{LodgerError, Resource, ResourceRequest};
use serde_json::Value;

/// Cheap to clone; safe from any thread.
#[derive(Clone)]
pub struct Session {
    _private: (),
}

impl Session {
    pub fn id(&self) -> &str {
        todo!()
    }
    pub fn app(&self) -> &str {
        todo!()
    }
    /// Display name and version from the index, and the icon's bundle path.
    pub fn app_name(&self) -> &str {
        todo!()
    }
    pub fn version(&self) -> &str {
        todo!()
    }
    /// `m` + 32 hex digits; the host part of the origin.
    pub fn label(&self) -> &str {
        todo!()
    }
    /// What the webview loads first: `<origin>/`.
    pub fn start_url(&self) -> String {
        todo!()
    }
    /// Any thread; may wait (long poll, sync call, remote fetch): never call it where waiting is not allowed.
    pub async fn open_resource(&self, request: ResourceRequest) -> Resource {
        todo!()
    }
    /// At most 256 KiB; empty at the end.
    pub fn read(&self, handle: u64, offset: u64, length: u32) -> Result<Vec<u8>, LodgerError> {
        todo!()
    }
    pub fn close_resource(&self, handle: u64) {
        todo!()
    }
    /// Takes one bridge message from the page. Never fails: what is malformed is dropped and counted.
    pub fn message(&self, text: &str) {
        todo!()
    }
    /// `onShow`, with new launch options where the program was opened again.
    pub fn show(&self) {
        todo!()
    }
    pub fn hide(&self) {
        todo!()
    }
    /// The host's back button or gesture; at the first page the listener gets `Exit`.
    pub fn back(&self) {
        todo!()
    }
    pub fn share(&self) {
        todo!()
    }
    /// `themeChange`, `windowResize`, `keyboard`, `networkStatusChange`, `memoryWarning`.
    pub fn emit(&self, event: &str, args: Value) {
        todo!()
    }
    /// Development sessions only: asks the page, answered by `SessionEvent::Dev`.
    pub fn dev(&self, id: u64, command: Value) -> Result<(), LodgerError> {
        todo!()
    }
    pub fn close(&self) {
        todo!()
    }
}
