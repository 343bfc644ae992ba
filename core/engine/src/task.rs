//! A request under way, as its page follows it: events `task {id, headers | chunk | sent | received}` by the call's id.
use crate::{HttpResponse, outgoing::Taker, request, session::Inner};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Bytes of one chunk in an event.
const CHUNK: usize = 64 << 10;
/// Progress of unknown length is told this often.
const STEP: u64 = 256 << 10;

/// Tells the page of one call's course, and gathers its body unless the page takes it in chunks.
pub(crate) struct Task {
    /// Work under way does not keep a session alive.
    inner: Weak<Inner>,
    generation: u64,
    id: u64,
    chunked: bool,
    body: Mutex<Vec<u8>>,
    began: u64,
    answered: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
}

impl Task {
    pub(crate) fn new(inner: &Arc<Inner>, (generation, id): (u64, u64), chunked: bool) -> Self {
        Self {
            began: now(inner),
            inner: Arc::downgrade(inner),
            generation,
            id,
            chunked,
            body: Mutex::default(),
            answered: AtomicU64::new(0),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
        }
    }

    pub(crate) fn take_body(&self) -> Vec<u8> {
        std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known of the times: WeChat's RequestProfile, in milliseconds since 1970.
    pub(crate) fn profile(&self) -> Value {
        json!({
            "fetchStart": self.began,
            "requestStart": self.began,
            "responseStart": self.answered.load(Ordering::Relaxed),
            "responseEnd": self.inner.upgrade().map_or(0, |inner| now(&inner)),
            "sendBytesCount": self.sent.load(Ordering::Relaxed),
            "receivedBytedCount": self.received.load(Ordering::Relaxed),
        })
    }

    pub(crate) fn tell(&self, mut news: Value) {
        let Some(inner) = self.inner.upgrade() else { return };
        news["id"] = self.id.into();
        inner.event_for(self.generation, "task", news);
    }

    /// Status and headers.
    pub(crate) fn tell_head(&self, head: &HttpResponse) {
        if let Some(inner) = self.inner.upgrade() {
            self.answered.store(now(&inner), Ordering::Relaxed);
        }
        self.tell(json!({ "headers": request::head(head) }));
    }

    /// Counts bytes that have come, for `profile`; the sum.
    pub(crate) fn count_received(&self, bytes: usize) -> u64 {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64
    }

    /// Counts bytes that have gone out; the sum.
    pub(crate) fn count_sent(&self, bytes: u64) -> u64 {
        self.sent.fetch_add(bytes, Ordering::Relaxed) + bytes
    }
}

fn now(inner: &Inner) -> u64 {
    let since: Option<_> = SystemTime::duration_since(&inner.shared.host.clock.now(), UNIX_EPOCH).ok();
    since.and_then(|time| u64::try_from(time.as_millis()).ok()).unwrap_or(0)
}

#[async_trait]
impl Taker for Task {
    fn sent(&self, bytes: u64) {
        self.count_sent(bytes);
    }

    async fn head(&self, head: &HttpResponse) {
        self.tell_head(head);
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        self.count_received(bytes.len());
        if !self.chunked {
            self.body.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&bytes);
            return true;
        }
        for chunk in bytes.chunks(CHUNK) {
            let Some(inner) = self.inner.upgrade() else { return false };
            if !inner.room_for(self.generation).await {
                return false;
            }
            self.tell(json!({ "chunk": STANDARD.encode(chunk) }));
        }
        true
    }
}

/// Which steps of a transfer's progress are worth an event: each percent, or each 256 KiB if the end is not known.
#[derive(Default)]
pub(crate) struct Progress {
    told: AtomicU64,
}

impl Progress {
    /// `{progress, done, total}` if it is time; a `total` of 0 is not known.
    pub(crate) fn step(&self, done: u64, total: u64) -> Option<Value> {
        let percent = (done.min(total) * 100).checked_div(total);
        let mark = 1 + percent.unwrap_or(done / STEP);
        let before = self.told.fetch_max(mark, Ordering::Relaxed);
        (mark > before).then(|| json!({ "progress": percent.unwrap_or(0), "done": done, "total": total }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_once_a_percent_and_at_the_end() {
        let progress = Progress::default();
        let told: Vec<_> = (0..=1_000).filter_map(|done| progress.step(done, 1_000)).collect();
        assert_eq!(told.len(), 101);
        assert_eq!(told.last().map(|step| step["progress"].clone()), Some(json!(100)));
        let unknown = Progress::default();
        assert_eq!((0..100).filter_map(|n| unknown.step(n * STEP / 2, 0)).count(), 50);
    }
}
