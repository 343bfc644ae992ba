//! The console's own questions to the page and the engine: `dev` commands whose answers nobody else is to see.
use crate::event::HostEvent;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::oneshot;

/// A page that has not answered by then is busy or broken.
const ANSWER: Duration = Duration::from_secs(5);
/// Questions of other askers are numbered from 1.
const FIRST: u64 = 1 << 40;

/// Those under way; any thread.
pub(crate) struct Questions {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    next: AtomicU64,
}

impl Default for Questions {
    fn default() -> Self {
        Self { waiting: Mutex::default(), next: AtomicU64::new(FIRST) }
    }
}

impl Questions {
    /// Sends a question under a number of its own, and waits for the answer.
    pub(crate) async fn ask(&self, send: impl FnOnce(u64) -> Result<(), String>) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, receive) = oneshot::channel();
        self.waiting().insert(id, answer);
        let result = match send(id) {
            Ok(()) => tokio::time::timeout(ANSWER, receive)
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or_else(|| "The page has not answered. It may be busy, or still loading.".to_owned()),
            Err(error) => Err(error),
        };
        self.waiting().remove(&id);
        result
    }

    /// Takes an event that is an answer to one of these; true if it was.
    pub(crate) fn answered(&self, event: &HostEvent) -> bool {
        let HostEvent::Dev { id, result } = event else { return false };
        let Some(waiting) = self.waiting().remove(id) else { return *id >= FIRST };
        // Whoever asked may have gone.
        let _ = waiting.send(result.clone());
        true
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        self.waiting.lock().expect("no code panics while it holds the questions")
    }
}
