//! A session and the releases beside it: how it started, what comes next, and its end if it is withdrawn.
use super::Inner;
use crate::{
    LodgerError, LogLevel, SessionEvent,
    bridge::Answer,
    releases::{Follower, Update},
    repository::Cancel,
};
use lodger_bundle::Digest;
use std::sync::{Arc, mpsc};

impl Inner {
    /// Tells the page, now and after every reload.
    pub(crate) fn tell_update(&self, update: Update) {
        let before = std::mem::replace(&mut self.state().update, update);
        for (name, args) in update.events(before) {
            self.event(name, args);
        }
    }

    pub(crate) fn tell_host(&self, event: SessionEvent) {
        self.events.push(event);
    }

    /// `applyUpdate` of the page.
    pub(super) fn apply_update(&self) -> Answer {
        if self.state().update != Update::Ready {
            return Answer::fail("applyUpdate", "update is not ready");
        }
        self.events.push(SessionEvent::Restart);
        Answer::empty()
    }

    /// The program may not run any more: its document is void, nothing is answered, and the host shows why.
    pub(crate) fn end(&self, error: LodgerError) {
        let document = {
            let mut state = self.state();
            if state.closed || state.ended {
                return;
            }
            state.ended = true;
            state.document.take()
        };
        // Cancels its calls, without the lock.
        drop(document);
        self.log(LogLevel::Warn, &format!("ended: {}", error.code));
        self.events.push(SessionEvent::Failed { error });
        self.announce();
    }

    /// There is content: the start was a good one. Writes to the disk, so it must not hold up the page's messages.
    pub(super) fn start_succeeded(self: &Arc<Self>) {
        let inner = Arc::clone(self);
        self.shared.runtime().spawn_blocking(move || {
            if let Err(error) = inner.start.content() {
                inner.log(LogLevel::Warn, &format!("a good start was not written down ({})", error.code));
            }
        });
    }

    /// The session failed: if that was before the first content, the release may be at fault.
    pub(super) fn start_died(&self) {
        if let Ok(true) = self.start.died() {
            let version = self.release().version.name;
            let line =
                format!("{}: release {version} failed twice before it showed anything", self.identity.app);
            self.log(LogLevel::Error, &line);
        }
    }

    /// The session is closed: a start that had not come to anything says nothing.
    pub(super) fn start_closed(self: &Arc<Self>) {
        let inner = Arc::clone(self);
        self.shared.runtime().spawn_blocking(move || {
            if let Err(error) = inner.start.closed() {
                inner.log(LogLevel::Warn, &format!("a close was not written down ({})", error.code));
            }
        });
    }

    /// Installs the newest build. Its own thread, since callers may be inside an async runtime, where nothing may block
    /// on another one.
    pub(super) fn newest(&self) -> Result<Digest, LodgerError> {
        let releases = Arc::clone(&self.shared.releases);
        let (sender, receiver) = mpsc::channel();
        let app = self.identity.app.clone();
        self.shared.runtime().spawn_blocking(move || {
            let cancel = Cancel::default();
            // Whoever waited may be gone.
            let _ = sender.send(releases.install_newest(&app, &cancel, &Follower::quiet(&cancel)));
        });
        let installed = receiver.recv().map_err(|_| {
            LodgerError::internal("build-lost", "The new build was not installed. Try again.")
        })?;
        Ok(installed?.digest)
    }
}
