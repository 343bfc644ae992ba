//! A session's insides: identity, state, and the few transitions between documents.
use super::{LaunchOptions, events::EventQueue, inbox::Inbox};
use crate::{
    ErrorKind, LodgerError, LogLevel, OriginForm, SessionEvent, SessionListener, Surface, SystemInfo,
    WebviewForm,
    app_config::AppConfig,
    bridge::{Document, DocumentState},
    counters::Counting,
    engine::Shared,
    exit_state::ExitStates,
    files::Files,
    gate::Gate,
    page_stack::PageStack,
    permissions::Permissions,
    releases::{OpenedRelease, Start, Update},
    remote::RemoteCache,
    resource::{Handles, Policies},
    storage::Storage,
    trace::Trace,
    url_policy::UrlPolicy,
    vault::Area,
    webview::Webviews,
};
use lodger_bundle::{Digest, Index, RunningGuard};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, watch};

/// Network calls of one program under way at a time, as in WeChat; more wait.
const MAX_REQUESTS: usize = 10;

/// Who is running: fixed at the open, never taken from a URL or a message (attack row 1).
pub(crate) struct Identity {
    pub id: String,
    pub app: String,
    pub user: String,
    pub name: String,
    pub icon: Option<String>,
    pub version: String,
    pub label: String,
    pub origin: String,
    pub area: Area,
}

/// What an open brings together.
pub(crate) struct Parts {
    pub shared: Arc<Shared>,
    pub identity: Identity,
    pub gate: Arc<Gate>,
    pub code: Code,
    pub release: OpenedRelease,
    pub start: Start,
    pub policy: UrlPolicy,
    pub permissions: Permissions,
    pub storage: Storage,
    pub exit: ExitStates,
    pub files: Files,
    pub launch: LaunchOptions,
    pub running: RunningGuard,
    pub system: SystemInfo,
    pub surface: Surface,
    pub listener: Arc<dyn SessionListener>,
}

/// What changes while a session runs. Locked for moments only, never across a wait.
pub(crate) struct State {
    pub document: Option<Document>,
    pub generation: u64,
    pub pages: PageStack,
    pub launch: LaunchOptions,
    pub system: SystemInfo,
    pub network: Value,
    /// The document has painted.
    pub content: bool,
    /// The document has something open that going back closes first.
    pub catches_back: bool,
    pub webviews: Webviews,
    pub closed: bool,
    /// Withdrawn while it ran: nothing is answered any more.
    pub ended: bool,
    /// What pages are told of the next release.
    pub update: Update,
    /// Undeclared hosts that the author was told about.
    pub warned: BTreeSet<String>,
    /// Keeps the bundle in the store; given up at the end.
    pub(super) running: Option<RunningGuard>,
    /// The next document begins with the page stack as it stands (`Session::replace`).
    pub(super) resume: bool,
}

/// The bundle that runs: the same for a session's whole life, but for `Session::replace`.
#[derive(Clone)]
pub(crate) struct Code {
    pub digest: Digest,
    pub index: Arc<Index>,
    pub config: Arc<AppConfig>,
}

impl State {
    /// The document, if it is still the one of `generation`.
    pub(crate) fn document_of(&mut self, generation: u64) -> Option<&mut Document> {
        self.document.as_mut().filter(|document| document.generation == generation)
    }
}

pub(crate) struct Inner {
    pub shared: Arc<Shared>,
    pub identity: Identity,
    /// Before the data area: shut when that is wiped.
    pub gate: Arc<Gate>,
    pub surface: Surface,
    pub policy: UrlPolicy,
    pub policies: Policies,
    pub permissions: Permissions,
    pub storage: Storage,
    pub exit: ExitStates,
    /// Shared with work that outlives a call: bodies being read, downloads.
    pub files: Arc<Files>,
    pub handles: Handles,
    pub counters: Counting,
    pub requests: Arc<Semaphore>,
    pub remote: RemoteCache,
    /// Of a development session only.
    pub trace: Option<Trace>,
    pub(super) inbox: Inbox,
    pub(super) events: EventQueue,
    pub(super) code: Mutex<Code>,
    pub(super) release: Mutex<OpenedRelease>,
    pub(super) start: Start,
    state: Mutex<State>,
    /// Told of every change that a waiting request may be interested in.
    changed: watch::Sender<()>,
}

impl Inner {
    pub(crate) fn start(parts: Parts) -> Result<Arc<Self>, LodgerError> {
        let Parts { shared, identity, gate, code, policy, permissions, storage, files, exit, .. } = parts;
        let Parts { launch, running, system, surface, listener, release, start, .. } = parts;
        let pages =
            PageStack::new(&code.index.pages, &code.config.tabs(), &launch.path, launch.query.clone())
                .map_err(|error| LodgerError::internal("page-stack", error.to_string()))?;
        let runtime = shared.runtime().clone();
        let network = system.network_type.clone();
        let (inbox, messages) = Inbox::new();
        let (events, queued) = EventQueue::new(listener);
        let frames = match surface.webview {
            WebviewForm::Frame => policy.frame_sources(),
            _ => Vec::new(),
        };
        let inner = Arc::new(Self {
            policies: Policies::new(&identity.origin, &policy.media_sources(), &frames),
            handles: Handles::default(),
            counters: Counting::default(),
            requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
            remote: RemoteCache::default(),
            trace: shared.development().then(Trace::new),
            state: Mutex::new(State {
                document: None,
                generation: 0,
                pages,
                launch,
                system,
                network: json!({ "networkType": network }),
                content: false,
                catches_back: false,
                webviews: Webviews::default(),
                closed: false,
                ended: false,
                update: Update::default(),
                warned: BTreeSet::new(),
                running: Some(running),
                resume: false,
            }),
            code: Mutex::new(code),
            release: Mutex::new(release),
            start,
            changed: watch::Sender::new(()),
            shared,
            identity,
            gate,
            surface,
            policy,
            permissions,
            storage,
            exit,
            files: Arc::new(files),
            inbox,
            events,
        });
        super::inbox::spawn(&runtime, Arc::downgrade(&inner), messages);
        super::events::spawn(&runtime, queued);
        // A webview asks for its page by itself; a browser when somebody opens the address.
        if !matches!(inner.surface.origin, OriginForm::Loopback { .. }) {
            inner.watch_start(0);
        }
        Ok(inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bundle that runs now.
    pub(crate) fn code(&self) -> Code {
        self.code.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The release that runs now.
    pub(crate) fn release(&self) -> OpenedRelease {
        self.release.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// To be subscribed to before looking at the state, so that no change is missed.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn announce(&self) {
        self.changed.send_replace(());
    }

    /// Starts a new document: the old one's token, calls and blobs are void, the page stack starts again.
    pub(crate) fn new_document(self: &Arc<Self>) -> Result<(), LodgerError> {
        let Code { index, config, .. } = self.code();
        let update;
        let generation = {
            let mut state = self.state();
            if state.closed || state.ended {
                return Err(LodgerError::closed());
            }
            let generation = state.generation + 1;
            let document = Document::new(generation, self.surface.sink.clone())?;
            let resumed = std::mem::take(&mut state.resume)
                .then(|| PageStack::resume(&index.pages, &config.tabs(), &state.pages.addresses()))
                .flatten();
            state.pages = match resumed {
                Some(pages) => pages,
                None => {
                    let LaunchOptions { path, query, .. } = state.launch.clone();
                    PageStack::new(&index.pages, &config.tabs(), &path, query)
                        .map_err(|error| LodgerError::internal("page-stack", error.to_string()))?
                }
            };
            state.document = Some(document);
            state.generation = generation;
            state.content = false;
            state.catches_back = false;
            update = state.update;
            generation
        };
        self.webviews_clear();
        self.files.close_all();
        self.counters.documents.add();
        self.trace_document(generation);
        for (name, args) in update.events(Update::Unknown) {
            self.event_for(generation, name, args);
        }
        self.announce();
        self.tell_route();
        self.watch_start(generation);
        Ok(())
    }

    /// Fails the session if the document of `generation` has not painted in time.
    fn watch_start(self: &Arc<Self>, generation: u64) {
        let weak = Arc::downgrade(self);
        let limit = self.shared.config.start_timeout;
        self.shared.runtime().spawn(async move {
            tokio::time::sleep(limit).await;
            let Some(inner) = weak.upgrade() else { return };
            let late = {
                let state = inner.state();
                state.generation == generation && !state.content && !state.closed
            };
            if late {
                inner.fail(LodgerError::internal(
                    "time-out",
                    "The program did not show anything in time. Check the network, then try again.",
                ));
            }
        });
    }

    /// Tells the host that the session cannot go on.
    pub(crate) fn fail(&self, error: LodgerError) {
        self.log(LogLevel::Error, &format!("failed: {}", error.code));
        self.start_died();
        self.events.push(SessionEvent::Failed { error });
    }

    /// Tells the host what is worth knowing; dropped if the host is behind.
    pub(crate) fn chatter(&self, event: SessionEvent) {
        if !self.events.push_chatter(event) {
            self.counters.dropped_events.add();
        }
    }

    /// Tells the author once of an origin that a release would refuse; `list` is the one of lodger.json's `domains`.
    pub(crate) fn warn_undeclared(&self, origin: &str, list: &str) {
        if self.state().warned.insert(origin.to_owned()) {
            let text = format!(
                "{origin} is not declared: add it to domains.{list} in lodger.json, or releases will refuse it."
            );
            self.chatter(SessionEvent::Warning { text });
        }
    }

    pub(crate) fn log(&self, level: LogLevel, message: &str) {
        self.shared.host.log.log(level, "session", message);
    }

    /// Ends the document's bridge, because the page broke the rules beyond repair.
    pub(crate) fn close_bridge(&self, generation: u64, reason: &'static str) {
        let closed = match self.state().document_of(generation) {
            Some(document) if !matches!(document.state(), DocumentState::Closed(_)) => {
                document.close(reason);
                true
            }
            _ => false,
        };
        if closed {
            self.announce();
            self.fail(LodgerError::new(
                ErrorKind::Internal,
                reason,
                "The program's messages could not be kept in order. Open it again.",
            ));
        }
    }

    /// Sends an event to the page; nothing if there is none.
    pub(crate) fn event(&self, name: &str, args: Value) {
        let message = json!({ "event": name, "args": args }).to_string();
        let taken = match self.state().document.as_mut() {
            Some(document) if !matches!(document.state(), DocumentState::Closed(_)) => {
                document.outbox.event(message)
            }
            _ => return,
        };
        if taken {
            self.announce();
        } else {
            self.counters.dropped_events.add();
        }
    }

    /// Sends an event to the page, if its document is still that of `generation`.
    pub(crate) fn event_for(&self, generation: u64, name: &str, args: Value) {
        let message = json!({ "event": name, "args": args }).to_string();
        let taken = match self.state().document_of(generation) {
            Some(document) => document.outbox.event(message),
            None => return,
        };
        if taken {
            self.announce();
        } else {
            self.counters.dropped_events.add();
        }
    }

    /// Waits until the page of `generation` keeps up with what it is sent; false if it is gone.
    pub(crate) async fn room_for(&self, generation: u64) -> bool {
        let mut changes = self.changes();
        loop {
            match self.state().document_of(generation).map(|document| document.outbox.has_room()) {
                Some(true) => return true,
                None => return false,
                Some(false) => {}
            }
            if changes.changed().await.is_err() {
                return false;
            }
        }
    }

    /// Tells the host what the stack looks like now.
    pub(crate) fn tell_route(&self) {
        let stack = self.state().pages.addresses();
        self.events.push(SessionEvent::Route { stack });
    }
}
