//! What the developer does: with the tools beside the phone, and on the host's screen in it.
use super::{NetworkType, feed::Feed, shared::Shared, tools::Bench};
use crate::{
    event::HostEvent,
    host::protocol::Entry,
    phone::{Device, Theme},
    shell::{Choice, Layer, ScopeState, Shell},
};
use async_trait::async_trait;
use lodger_engine::Reply;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// One wish of the developer's page.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(super) enum Act {
    /// Another phone, or the same one turned.
    Device { device: Device },
    /// Light or dark.
    Theme { theme: Theme },
    /// Another network.
    Network { network: NetworkType },
    /// Starts the program anew.
    Open { entry: Entry },
    /// Opens it again on the page that is open.
    Reload,
    /// The phone's back button.
    Back,
    /// The program goes to the background.
    Hide,
    /// And comes back.
    Show,
    /// A `dev` command; answered with its result.
    Dev { command: Value },
}

#[async_trait]
impl Bench for Arc<Shared> {
    fn feed(&self) -> &Feed {
        &self.with.feed
    }

    fn state(&self) -> Value {
        Shared::state(self)
    }

    fn shell(&self) -> Option<&Shell> {
        Some(&self.with.shell)
    }

    /// A reload of the page is another attempt at a program that has failed.
    async fn visited(&self) {
        if self.session().is_none() && matches!(self.with.shell.layer(), Layer::Error { .. }) {
            // Shown on the host's screen if it fails again.
            let _ = self.reload(None).await;
        }
    }

    async fn act(&self, act: Act) -> Result<Value, String> {
        let session = self.session();
        match act {
            Act::Device { device } if device.is_sensible() => self.set_device(device),
            Act::Device { .. } => return Err("A device is between 160 and 4096 pixels wide and high.".into()),
            Act::Theme { theme } => self.set_theme(theme),
            Act::Network { network } => {
                self.with.network.set(network);
                self.network_changed();
            }
            Act::Open { entry } => self.reopen(Some(entry)).await.map_err(|error| error.message)?,
            Act::Reload => self.reload(None).await.map_err(|error| error.message)?,
            Act::Back => self.back(),
            Act::Hide => session.iter().for_each(lodger_engine::Session::hide),
            Act::Show => session.iter().for_each(lodger_engine::Session::show),
            Act::Dev { command } => return self.ask(command).await,
        }
        Ok(Value::Null)
    }

    /// The same as in a window: `host/sheets.rs`.
    async fn choose(&self, choice: Choice) -> Result<Value, String> {
        match choice {
            Choice::Menu => self.show(Layer::Menu),
            Choice::About => self.show(Layer::About),
            Choice::Permissions => self.show_grants().await?,
            Choice::Set { scope, granted } => {
                let session = self.session().ok_or("No program is open.")?;
                let set = tokio::task::spawn_blocking(move || session.set_grant(&scope, granted));
                set.await.map_err(|error| error.to_string())?.map_err(|error| error.message)?;
                self.show_grants().await?;
            }
            Choice::Share => {
                if let Some(session) = self.session() {
                    session.share();
                }
                self.show(Layer::None);
            }
            Choice::Dismiss => self.dismiss(),
            Choice::Grant => self.with.prompts.answer(Reply::Yes),
            Choice::Deny => self.with.prompts.answer(Reply::No),
            Choice::Chosen { choices, keep } => {
                self.with.prompts.answer(Reply::Chosen { choices, keep });
            }
            Choice::Retry => self.reopen(None).await.map_err(|error| error.message)?,
            Choice::Reload => self.reload(None).await.map_err(|error| error.message)?,
            Choice::Cancel => self.cancel(),
            Choice::Restart => self.restart(),
            Choice::Later => {
                self.with.shell.later();
                self.with.feed.touch();
            }
            // It is beside the phone.
            Choice::Console => {}
            Choice::Close => self.tell(self.number(), HostEvent::Exit),
        }
        Ok(Value::Null)
    }
}

impl Shared {
    /// Closes a sheet first, as a phone does.
    fn back(&self) {
        match self.with.shell.layer() {
            Layer::None if !self.with.shell.covers() => {
                if let Some(session) = self.session() {
                    session.back();
                }
            }
            _ => self.dismiss(),
        }
    }

    /// Closes a sheet; a question closed without an answer is a no. Whole screens stay.
    fn dismiss(&self) {
        if self.with.shell.asks() {
            return self.with.prompts.answer(Reply::No);
        }
        self.with.shell.later();
        match self.with.shell.layer() {
            Layer::Loading | Layer::Error { .. } | Layer::Closed => self.with.feed.touch(),
            _ => self.show(Layer::None),
        }
    }

    async fn show_grants(&self) -> Result<(), String> {
        let session = self.session().ok_or("No program is open.")?;
        let read = tokio::task::spawn_blocking(move || session.grants());
        let grants = read.await.map_err(|error| error.to_string())?.map_err(|error| error.message)?;
        self.with.shell.update(|state| ScopeState::merge(&mut state.program.scopes, grants));
        self.show(Layer::Permissions);
        Ok(())
    }

    fn show(&self, layer: Layer) {
        self.with.shell.update(|state| state.layer = layer);
        self.with.feed.touch();
    }
}
