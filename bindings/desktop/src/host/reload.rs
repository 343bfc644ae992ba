//! The edit loop: a new build takes the place of the one that runs, in the same webview.
use super::{Turn, protocol::Open, running::Running, webview::send};
use crate::shell::card::Described;
use lodger_engine::{Change, LodgerError};

/// How replacing went.
pub(super) struct Replaced {
    open: Open,
    /// How the new bundle describes its program.
    result: Result<Described, LodgerError>,
}

impl std::fmt::Debug for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replaced").field("open", &self.open).finish_non_exhaustive()
    }
}

impl Running {
    /// Starts replacing; the rest happens in `replaced`.
    pub(super) fn reload(&mut self, open: Open, change: Change) {
        let Some(session) = self.session().cloned() else { return self.reopen(open) };
        let (engine, proxy) = (self.engine.clone(), self.proxy.clone());
        self.runtime.spawn_blocking(move || {
            let result = session.replace(&change).map(|()| Described::running(engine.store(), &session));
            send(&proxy, Turn::Replaced(Box::new(Replaced { open, result })));
        });
    }

    pub(super) fn replaced(&mut self, Replaced { open, result }: Replaced) {
        if self.number() != open.session {
            // Something else was opened meanwhile.
            return;
        }
        match (result, &mut self.current) {
            (Ok(Described { card, config, .. }), Some(current)) => {
                current.config = config;
                self.shell.update(|state| state.program = card);
            }
            _ => self.reopen(open),
        }
    }

    /// What cannot be replaced is opened anew, on the page that is open now; that says what is wrong, if anything is.
    fn reopen(&mut self, open: Open) {
        let entry = self.current.as_ref().map(|current| current.open.entry.clone());
        self.open(Open { entry: entry.unwrap_or_default(), stay: true, ..open });
    }
}
