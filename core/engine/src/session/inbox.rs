//! Messages from the page: taken at once, then read, checked and carried out one after another on one thread.
use super::{Inner, calls::Called};
use crate::{
    Decision, LogLevel,
    bridge::{Answer, BeginError, MAX_MESSAGE, Message, SequenceError},
    registry::{ApiKind, Registry},
};
use std::sync::{
    Arc, Mutex, PoisonError, Weak,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// Bytes of messages that may wait to be read: a page that sends faster than this is flooding (attack row 36).
const MAX_WAITING: usize = 64 << 20;

pub(super) struct Inbox {
    sender: Mutex<Option<UnboundedSender<String>>>,
    waiting: AtomicUsize,
}

impl Inbox {
    pub(super) fn new() -> (Self, UnboundedReceiver<String>) {
        let (sender, receiver) = unbounded_channel();
        (Self { sender: Mutex::new(Some(sender)), waiting: AtomicUsize::new(0) }, receiver)
    }

    /// The thread ends when all that waits is read.
    pub(super) fn stop(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Reads until the session ends. Holds it weakly, so that a dropped session is really dropped.
pub(super) fn spawn(runtime: &Handle, session: Weak<Inner>, mut messages: UnboundedReceiver<String>) {
    runtime.spawn_blocking(move || {
        while let Some(text) = messages.blocking_recv() {
            let Some(session) = session.upgrade() else { return };
            session.inbox.waiting.fetch_sub(text.len(), Ordering::Relaxed);
            session.read_message(&text);
        }
    });
}

impl Inner {
    pub(super) fn take_message(&self, text: &str) {
        self.counters.messages.add();
        if text.len() > MAX_MESSAGE {
            self.counters.malformed.add();
            return;
        }
        if self.inbox.waiting.fetch_add(text.len(), Ordering::Relaxed) + text.len() > MAX_WAITING {
            self.inbox.waiting.fetch_sub(text.len(), Ordering::Relaxed);
            let generation = self.state().generation;
            self.close_bridge(generation, "bridge-flood");
            return;
        }
        if let Some(sender) = &*self.inbox.sender.lock().unwrap_or_else(PoisonError::into_inner) {
            // Without a receiver the session has ended.
            let _ = sender.send(text.to_owned());
        }
    }

    fn read_message(self: &Arc<Self>, text: &str) {
        let message = match Message::parse(text) {
            Ok(message) => message,
            Err(error) => {
                self.counters.malformed.add();
                self.log(LogLevel::Warn, &format!("dropped: {error}"));
                return;
            }
        };
        let (generation, ready) = {
            let mut state = self.state();
            let Some(document) = state.document.as_mut().filter(|document| document.accepts(&message.doc))
            else {
                self.counters.wrong_document.add();
                return;
            };
            (document.generation, document.sequence.take(message))
        };
        match ready {
            Ok(ready) => ready.into_iter().for_each(|message| self.begin(generation, message)),
            Err(SequenceError::Repeated) => self.counters.repeated.add(),
            Err(SequenceError::Gap) => self.close_bridge(generation, "bridge-order"),
        }
    }

    /// The permission check of every call: the table first, then the host's switches; scopes are asked for later,
    /// where waiting is possible.
    fn begin(self: &Arc<Self>, generation: u64, message: Message) {
        let Message { id, api, sync, args, .. } = message;
        let row = Registry::get().bridge_row(&api, sync);
        let refusal = match row {
            None => {
                self.counters.not_allowed.add();
                Some(Answer::fail(&api, "not supported"))
            }
            Some(row) => row
                .capability
                .as_ref()
                .filter(|capability| self.shared.config.disabled_capabilities.contains(*capability))
                .map(|capability| {
                    Answer::fail(&api, format_args!("{capability} is switched off by the host"))
                }),
        };
        if row.is_none_or(|row| row.kind != ApiKind::Internal) {
            let decision = match (row, &refusal) {
                (None, _) => Decision::Unknown,
                (_, Some(_)) => Decision::CapabilityOff,
                _ => Decision::NotNeeded,
            };
            self.trace_call((generation, id), &api, &args, decision);
        }
        let refused = {
            let mut state = self.state();
            let Some(document) = state.document_of(generation) else { return };
            match (refusal, document.begin(id, &api, sync)) {
                (_, Err(BeginError::Duplicate)) => {
                    self.counters.repeated.add();
                    return;
                }
                (Some(refusal), Ok(())) => {
                    document.finish(id, &refusal);
                    Some(refusal)
                }
                (_, Err(BeginError::TooMany)) => {
                    let refusal = Answer::fail(&api, "more than 1,000 calls under way");
                    document.refuse(id, sync, &refusal);
                    Some(refusal)
                }
                (None, Ok(())) => None,
            }
        };
        match (row, refused) {
            (Some(row), None) => self.carry_out(Called { generation, id, api, row }, args),
            (_, refused) => {
                if let Some(refusal) = refused {
                    self.trace_answer((generation, id), &refusal);
                }
                self.announce();
            }
        }
    }

    /// Answers a call, unless its document is gone.
    pub(crate) fn finish(&self, generation: u64, id: u64, answer: &Answer) {
        if let Some(document) = self.state().document_of(generation) {
            document.finish(id, answer);
        }
        self.trace_answer((generation, id), answer);
        self.announce();
    }
}
