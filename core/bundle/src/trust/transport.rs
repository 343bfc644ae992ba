//! The library's two doors, its repository and its store, over one buffer: what was remembered, what the network
//! gave, and what of both was used. Nothing reaches the disk from here.
use super::{Fetch, FetchError, TrustError, evidence::Files};
use crate::database::lock;
use sigstore_tuf::{Error, MetadataStore, Repository, transport::FetchFuture};
use std::{
    collections::HashMap,
    future::ready,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

/// Under this name below a repository the library's own store keeps what it asks for at the next start.
const SEEDS: &str = "seed";
/// The only metadata file whose name does not change with its content.
const TIMESTAMP: &str = "timestamp.json";
/// The top-level role that delegates.
const TARGETS: &str = "targets.json";

/// One repository (`platform`, `apps/<id>`) as the library sees it. Clones share what they hold.
#[derive(Clone)]
pub(super) struct Transport {
    shared: Arc<Shared>,
}

struct Shared {
    base: String,
    /// `None`: offline, from memory alone.
    network: Option<Arc<dyn Fetch>>,
    remembered: HashMap<String, Vec<u8>>,
    /// Whether versioned metadata may be answered from memory while online.
    reuse: bool,
    buffer: Mutex<Buffer>,
}

#[derive(Default)]
struct Buffer {
    used: Files,
    reused: bool,
}

impl Transport {
    /// `remembered` are files of any repository; those below `base` are used.
    pub(super) fn new(base: &str, network: Option<Arc<dyn Fetch>>, remembered: &Files, reuse: bool) -> Self {
        let prefix = format!("{base}/");
        let own = remembered.iter().filter(|(name, _)| name.starts_with(&prefix));
        let remembered = own.map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        let shared = Shared { base: base.to_owned(), network, remembered, reuse, buffer: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    pub(super) fn base(&self) -> &str {
        &self.shared.base
    }

    pub(super) fn online(&self) -> bool {
        self.shared.network.is_some()
    }

    /// Everything that the check used, to be remembered if it succeeds.
    pub(super) fn used(&self) -> Files {
        let mut used = lock(&self.shared.buffer).used.clone();
        // With the same snapshot as before the library takes this role from its store and does not ask for it by name;
        // with the next snapshot it will. Of a large platform it is the largest file.
        let Shared { base, remembered, .. } = &*self.shared;
        if let Some(current) = used.get(&format!("{base}/{SEEDS}/{TARGETS}")) {
            let name = |path: &str| path.starts_with(&format!("{base}/metadata/")) && path.ends_with(TARGETS);
            let same = remembered.iter().find(|(path, bytes)| name(path) && *bytes == current);
            used.extend(same.map(|(path, bytes)| (path.clone(), bytes.clone())));
        }
        used
    }

    /// Whether versioned metadata came from memory: after a rotation it may be what an attacker signed.
    pub(super) fn reused(&self) -> bool {
        lock(&self.shared.buffer).reused
    }

    /// A file whose name holds its digest: from memory, else fetched and remembered.
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        match self.recall(path) {
            Some(bytes) => Ok(Some(bytes)),
            None => {
                let bytes = self.fetch(path, limit)?;
                if let Some(bytes) = &bytes {
                    self.keep(path, bytes);
                }
                Ok(bytes)
            }
        }
    }

    /// A file from the network, not remembered. Offline there is none.
    pub(super) fn fetch(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        let Some(network) = &self.shared.network else { return Ok(None) };
        let path = format!("{}/{path}", self.shared.base);
        let refuse = |error| TrustError::fetch(&self.shared.base, &path, error);
        let bytes = network.get(&path, limit).map_err(refuse)?;
        // Whoever implements `Fetch` should have stopped there; this does not depend on it.
        if bytes.as_ref().is_some_and(|bytes| bytes.len() as u64 > limit) {
            return Err(refuse(FetchError::TooLong));
        }
        Ok(bytes)
    }

    fn metadata(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        let path = format!("metadata/{name}");
        if !self.online() {
            // The library asks for the next root, which is not there, and for the timestamp, which it stored.
            return Ok(match name {
                TIMESTAMP => self.recall(&format!("{SEEDS}/{TIMESTAMP}")),
                _ => self.recall(&path),
            });
        }
        let is_root = name.ends_with(".root.json");
        let versioned = name != TIMESTAMP && !is_root;
        if versioned
            && self.shared.reuse
            && let Some(bytes) = self.recall(&path)
        {
            lock(&self.shared.buffer).reused = true;
            return Ok(Some(bytes));
        }
        let bytes = self.fetch(&path, limit)?;
        let full = || format!("{}/{path}", self.shared.base);
        match &bytes {
            None if !is_root => return Err(TrustError::Missing { path: full() }),
            None => {}
            Some(bytes) if !bytes.trim_ascii_start().starts_with(b"{") => {
                return Err(TrustError::Portal { path: full() });
            }
            Some(bytes) if versioned => self.keep(&path, bytes),
            Some(_) => {}
        }
        Ok(bytes)
    }

    /// A file from memory, which from now on counts as used.
    pub(super) fn recall(&self, path: &str) -> Option<Vec<u8>> {
        let path = format!("{}/{path}", self.shared.base);
        let mut buffer = lock(&self.shared.buffer);
        let bytes = buffer.used.get(&path).or_else(|| self.shared.remembered.get(&path))?.clone();
        buffer.used.insert(path, bytes.clone());
        Some(bytes)
    }

    /// Remembers a file.
    pub(super) fn keep(&self, path: &str, bytes: &[u8]) {
        let path = format!("{}/{path}", self.shared.base);
        lock(&self.shared.buffer).used.insert(path, bytes.to_vec());
    }
}

/// Our error as the library's; [`TrustError::tuf`] gives it back.
fn wrap(error: TrustError) -> Error {
    Error::transport_with_source("fetch", error)
}

impl Repository for Transport {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(ready(self.metadata(name, max_length).map_err(wrap)))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        let path = format!("targets/{path}");
        let bytes = self.get(&path, max_length).and_then(|bytes| match bytes {
            None => Err(TrustError::Missing { path: format!("{}/{path}", self.shared.base) }),
            some => Ok(some),
        });
        Box::pin(ready(bytes.map_err(wrap)))
    }
}

impl MetadataStore for Transport {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.recall(&format!("{SEEDS}/{name}")))
    }

    /// Cannot fail, which matters: the library would only log it. The disk is written by the check's transaction.
    fn store(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        // Other names are delegated roles and versioned ones: `metadata` keeps those as they are fetched.
        let wanted = ["root.json", TIMESTAMP, "snapshot.json", TARGETS];
        if wanted.contains(&name) || name.starts_with("root_history/") {
            self.keep(&format!("{SEEDS}/{name}"), bytes);
        }
        Ok(())
    }
}

/// Runs the library's code, which waits for nothing but [`Transport`], and that never waits.
pub(super) fn run<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(Error::transport("the library waits for something else than the repository")),
    }
}
