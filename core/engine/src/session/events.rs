//! Events on their way to the host: in order, one at a time, on a thread where the host may wait.
use crate::{SessionEvent, SessionListener};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// Console lines and the like kept for a slow host; what changes the session's course is never dropped.
const MAX_CHATTER: usize = 1_000;

pub(super) struct EventQueue {
    sender: Mutex<Option<UnboundedSender<SessionEvent>>>,
    shared: Arc<Delivery>,
}

struct Delivery {
    listener: Mutex<Option<Arc<dyn SessionListener>>>,
    waiting: AtomicUsize,
}

/// The receiving end, for `spawn`.
pub(super) struct Queued {
    receiver: UnboundedReceiver<SessionEvent>,
    delivery: Arc<Delivery>,
}

impl EventQueue {
    pub(super) fn new(listener: Arc<dyn SessionListener>) -> (Self, Queued) {
        let (sender, receiver) = unbounded_channel();
        let delivery =
            Arc::new(Delivery { listener: Mutex::new(Some(listener)), waiting: AtomicUsize::new(0) });
        (
            Self { sender: Mutex::new(Some(sender)), shared: Arc::clone(&delivery) },
            Queued { receiver, delivery },
        )
    }

    pub(super) fn push(&self, event: SessionEvent) {
        if let Some(sender) = &*self.sender.lock().unwrap_or_else(PoisonError::into_inner) {
            self.shared.waiting.fetch_add(1, Ordering::Relaxed);
            // Without a receiver the runtime is gone, and with it everybody who would listen.
            let _ = sender.send(event);
        }
    }

    /// For events that a page can make at will; false if it was dropped.
    #[must_use]
    pub(super) fn push_chatter(&self, event: SessionEvent) -> bool {
        let room = self.shared.waiting.load(Ordering::Relaxed) < MAX_CHATTER;
        if room {
            self.push(event);
        }
        room
    }

    /// Nothing is delivered from now on, but for a call already under way.
    pub(super) fn stop(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.shared.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

pub(super) fn spawn(runtime: &Handle, queued: Queued) {
    let Queued { mut receiver, delivery } = queued;
    runtime.spawn_blocking(move || {
        while let Some(event) = receiver.blocking_recv() {
            delivery.waiting.fetch_sub(1, Ordering::Relaxed);
            // Cloned out of the lock: a listener may close its own session.
            let listener = delivery.listener.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match listener {
                Some(listener) => listener.event(event),
                None => return,
            }
        }
    });
}
