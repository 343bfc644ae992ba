//! One document in the webview: its token, its messages, its calls. A new document voids the old one.
use super::{Blobs, MAX_IN_FLIGHT, Outbox, Sequence};
use crate::{LodgerError, MessageSink, socket::Sockets, vault};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use tokio::task::AbortHandle;

/// How far the handshake has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentState {
    /// Served; has not said hello.
    Started,
    /// Has its token.
    Open,
    /// Closed by the engine, with the reason.
    Closed(&'static str),
}

/// The answer to one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Ok(Value),
    Fail {
        /// In WeChat's wording, with the function's name before it.
        message: String,
        errno: Option<u32>,
    },
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self::Ok(json!({}))
    }

    /// `<api>:fail <reason>`.
    pub(crate) fn fail(api: &str, reason: impl std::fmt::Display) -> Self {
        Self::Fail { message: format!("{api}:fail {reason}"), errno: None }
    }

    pub(crate) fn with_errno(self, number: u32) -> Self {
        match self {
            Self::Fail { message, .. } => Self::Fail { message, errno: Some(number) },
            ok => ok,
        }
    }

    fn to_message(&self, id: u64) -> String {
        match self {
            Self::Ok(ok) => json!({ "id": id, "ok": ok }),
            Self::Fail { message, errno: None } => json!({ "id": id, "err": { "errMsg": message } }),
            Self::Fail { message, errno } => {
                json!({ "id": id, "err": { "errMsg": message, "errno": errno } })
            }
        }
        .to_string()
    }
}

/// Why a call is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BeginError {
    /// Its id is under way already: there is nobody to answer.
    Duplicate,
    /// 1,000 calls are under way.
    TooMany,
}

struct Call {
    api: String,
    sync: bool,
    abort: Option<AbortHandle>,
}

/// The bridge state of one document.
pub(crate) struct Document {
    pub generation: u64,
    pub sequence: Sequence,
    pub outbox: Outbox,
    pub blobs: Blobs,
    pub sockets: Sockets,
    state: DocumentState,
    token: String,
    calls: HashMap<u64, Call>,
    sync_answers: HashMap<u64, String>,
}

impl Document {
    pub(crate) fn new(generation: u64, sink: Option<Arc<dyn MessageSink>>) -> Result<Self, LodgerError> {
        Ok(Self {
            generation,
            sequence: Sequence::new(),
            outbox: Outbox::new(sink),
            blobs: Blobs::default(),
            sockets: Sockets::default(),
            state: DocumentState::Started,
            token: vault::random_token()?,
            calls: HashMap::new(),
            sync_answers: HashMap::new(),
        })
    }

    pub(crate) fn state(&self) -> DocumentState {
        self.state
    }

    /// Gives the token, the first time only.
    pub(crate) fn hello(&mut self) -> Option<String> {
        if self.state != DocumentState::Started {
            return None;
        }
        self.state = DocumentState::Open;
        self.outbox.open();
        Some(self.token.clone())
    }

    /// True if `token` is this document's and its bridge is open.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.state == DocumentState::Open && vault::equal_tokens(&self.token, token)
    }

    /// Ends the bridge for good; the page gets no more answers.
    pub(crate) fn close(&mut self, reason: &'static str) {
        self.state = DocumentState::Closed(reason);
        self.cancel_all();
        self.blobs = Blobs::default();
        self.sockets = Sockets::default();
        self.sync_answers.clear();
    }

    pub(crate) fn begin(&mut self, id: u64, api: &str, sync: bool) -> Result<(), BeginError> {
        if self.calls.contains_key(&id) || self.sync_answers.contains_key(&id) {
            return Err(BeginError::Duplicate);
        }
        if self.calls.len() + self.sync_answers.len() >= MAX_IN_FLIGHT {
            return Err(BeginError::TooMany);
        }
        self.calls.insert(id, Call { api: api.to_owned(), sync, abort: None });
        Ok(())
    }

    /// Says how to cancel a call that is still under way.
    pub(crate) fn attach(&mut self, id: u64, abort: AbortHandle) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.abort = Some(abort);
        }
    }

    /// Answers a call that is under way; a call that was cancelled stays answered as it was.
    pub(crate) fn finish(&mut self, id: u64, answer: &Answer) {
        let Some(call) = self.calls.remove(&id) else { return };
        if call.sync {
            self.sync_answers.insert(id, answer.to_message(id));
        } else {
            self.outbox.answer(answer.to_message(id));
        }
    }

    /// Answers a call that was never begun.
    pub(crate) fn refuse(&mut self, id: u64, sync: bool, answer: &Answer) {
        let message = answer.to_message(id);
        if !sync {
            self.outbox.answer(message);
        } else if self.sync_answers.len() < 2 * MAX_IN_FLIGHT {
            self.sync_answers.entry(id).or_insert(message);
        }
    }

    /// Cancels a call, and answers it with WeChat's `abort`; None if it cannot be cancelled any more.
    pub(crate) fn abort(&mut self, id: u64) -> Option<Answer> {
        let call = self.calls.get_mut(&id)?;
        call.abort.take()?.abort();
        let answer = Answer::fail(&call.api, "abort");
        self.finish(id, &answer);
        Some(answer)
    }

    /// The answer to a blocking call, once.
    pub(crate) fn take_sync(&mut self, id: u64) -> Option<String> {
        self.sync_answers.remove(&id)
    }

    fn cancel_all(&mut self) {
        self.calls.drain().filter_map(|(_, call)| call.abort).for_each(|abort| abort.abort());
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        self.cancel_all();
    }
}
