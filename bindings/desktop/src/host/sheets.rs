//! What the user does on the host's own screen, and when it is shown.
use super::{Turn, protocol::Open, running::Running, webview::send};
use crate::shell::{Choice, Layer, ScopeState};
use lodger_engine::Reply;
use std::collections::BTreeMap;

impl Running {
    /// Handles a choice; false ends the host.
    pub(super) fn choose(&mut self, choice: Choice) -> bool {
        match choice {
            Choice::Menu => self.show(Layer::Menu),
            Choice::About => self.show(Layer::About),
            Choice::Permissions => self.ask_grants(),
            Choice::Set { scope, granted } => {
                if let Some(session) = self.session()
                    && let Err(error) = session.set_grant(&scope, granted)
                {
                    eprintln!("The permission was not changed: {error}");
                }
                self.ask_grants();
            }
            Choice::Console => {
                self.show(Layer::None);
                self.want_console();
            }
            Choice::Share => {
                if let Some(session) = self.session() {
                    session.share();
                }
                self.show(Layer::None);
            }
            Choice::Dismiss => self.dismiss(),
            Choice::Grant => self.prompts.answer(Reply::Yes),
            Choice::Deny => self.prompts.answer(Reply::No),
            Choice::Chosen { choices, keep } => {
                self.prompts.answer(Reply::Chosen { choices, keep });
            }
            Choice::Retry | Choice::Reload => {
                if let Some(current) = &self.current {
                    self.open(Open { stay: choice == Choice::Reload, ..current.open.clone() });
                }
            }
            Choice::Cancel => self.cancel(),
            Choice::Restart => self.restart(),
            Choice::Later => {
                self.shell.later();
                self.fit();
            }
            Choice::Close => return self.leave(),
        }
        true
    }

    /// Reads what the user granted, away from this thread; `granted` shows it.
    pub(super) fn ask_grants(&self) {
        let (Some(session), number, proxy) = (self.session().cloned(), self.number(), self.proxy.clone())
        else {
            return;
        };
        self.runtime.spawn_blocking(move || match session.grants() {
            Ok(grants) => send(&proxy, Turn::Grants(number, grants)),
            Err(error) => eprintln!("The permissions cannot be shown: {error}"),
        });
    }

    pub(super) fn granted(&self, number: u32, grants: BTreeMap<String, bool>) {
        if number != self.number() {
            return;
        }
        self.shell.update(|state| {
            ScopeState::merge(&mut state.program.scopes, grants);
        });
        self.show(Layer::Permissions);
    }

    pub(super) fn back(&mut self) {
        match self.shell.layer() {
            Layer::None if !self.shell.covers() => {
                if self.window.webs.back() {
                    return;
                }
                if let Some(session) = self.session() {
                    session.back();
                }
            }
            _ => self.dismiss(),
        }
    }

    /// Closes a sheet; a question closed without an answer is a no. Loading and errors stay.
    pub(super) fn dismiss(&mut self) {
        if self.shell.asks() {
            return self.prompts.answer(Reply::No);
        }
        self.shell.later();
        match self.shell.layer() {
            Layer::Loading | Layer::Error { .. } | Layer::Closed => self.fit(),
            _ => self.show(Layer::None),
        }
    }

    pub(super) fn show(&self, layer: Layer) {
        self.shell.update(|state| state.layer = layer);
        self.fit();
    }

    /// Makes room for the screen.
    pub(super) fn fit(&self) {
        self.window.cover(self.shell.covers());
    }
}
