//! Development commands that the engine answers by itself: the program's storage, looked at and changed.
use super::Inner;
use crate::{SessionEvent, storage::StorageError};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Of one value, in bytes: a console shows the beginning, and the answer stays small.
const MAX_VALUE: usize = 16 << 10;

impl Inner {
    /// True if the command is one of the engine's: it then answers, later.
    pub(super) fn dev(self: &Arc<Self>, id: u64, command: &Map<String, Value>) -> bool {
        let text = |name: &str| command.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = text("cmd").unwrap_or_default();
        if !matches!(name.as_str(), "storage" | "storageSet" | "storageRemove" | "storageClear") {
            return false;
        }
        let (inner, key, data) = (Arc::clone(self), text("key"), text("data"));
        // Reads and writes the disk.
        self.shared.runtime().spawn_blocking(move || {
            let result = match (name.as_str(), key, data) {
                ("storage", _, _) => inner.storage_items(),
                ("storageSet", Some(key), Some(data)) => inner.changed(inner.storage.set(&key, &data)),
                ("storageRemove", Some(key), _) => inner.changed(inner.storage.remove(&key)),
                ("storageClear", _, _) => inner.changed(inner.storage.clear()),
                _ => Ok(json!({ "error": "key and data should be String" })),
            };
            let result = result.unwrap_or_else(|error| json!({ "error": error.to_string() }));
            inner.chatter(SessionEvent::Dev { id, result });
        });
        true
    }

    fn storage_items(&self) -> Result<Value, StorageError> {
        let info = self.storage.info()?;
        let mut items = Vec::new();
        for key in info.keys {
            // It may have been removed meanwhile.
            let Ok(mut data) = self.storage.get(&key) else { continue };
            let size = key.len() + data.len();
            let cut = data.len() > MAX_VALUE;
            data.truncate(data.floor_char_boundary(MAX_VALUE));
            items.push(json!({ "key": key, "data": data, "size": size, "cut": cut }));
        }
        Ok(json!({ "items": items, "currentSize": info.current_size, "limitSize": info.limit_size }))
    }

    /// The page keeps a copy, which is now old.
    fn changed(&self, result: Result<(), StorageError>) -> Result<Value, StorageError> {
        result?;
        self.event("storageChange", json!({}));
        Ok(json!({ "ok": true }))
    }
}
