//! The edit loop: a new build takes the place of the one that runs, in the same webview.
use super::{Turn, protocol::Open, running::Running, webview::send};
use crate::engine;
use crate::shell::{Card, card::describe};
use lodger_bundle::Bundle;
use lodger_engine::{Change, ErrorKind, LodgerError};
use serde_json::Value;

/// How replacing went.
#[derive(Debug)]
pub(super) struct Replaced {
    open: Open,
    /// How the new bundle describes its program, and its app.json.
    result: Result<(Card, Value), LodgerError>,
}

impl Running {
    /// Starts replacing; the rest happens in `replaced`.
    pub(super) fn reload(&mut self, open: Open, change: Change) {
        let Some(session) = self.session().cloned() else { return self.reopen(open) };
        let (engine, proxy) = (self.engine.clone(), self.proxy.clone());
        self.runtime.spawn_blocking(move || {
            let bundle = Bundle::read_from(&open.bundle).map_err(|error| {
                LodgerError::new(ErrorKind::Untrusted, "bundle-unreadable", error.to_string())
            });
            let result = bundle.and_then(|bundle| {
                engine::replace(&engine, &session, &bundle, &change)?;
                let (card, _, config) = describe(&bundle);
                Ok((card, config))
            });
            send(&proxy, Turn::Replaced(Box::new(Replaced { open, result })));
        });
    }

    pub(super) fn replaced(&mut self, Replaced { open, result }: Replaced) {
        if self.number() != open.session {
            // Something else was opened meanwhile.
            return;
        }
        match (result, &mut self.current) {
            (Ok((card, config)), Some(current)) => {
                current.open.bundle = open.bundle;
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
