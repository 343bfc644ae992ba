//! The words of driving: which engine and how, what to look for, what was found.
use crate::{
    host::protocol::Scopes,
    phone::{self, Theme},
    repository::Repository,
    window::HostCommand,
};
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// A web engine to test in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebEngine {
    /// WebKitGTK, in the window of `lodger run`.
    Webkit,
    /// Headless Chromium, behind the server of `lodger run --browser`.
    Chromium,
}

impl WebEngine {
    /// `webkit` or `chromium`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webkit => "webkit",
            Self::Chromium => "chromium",
        }
    }
}

/// How to drive.
#[derive(Clone, Debug)]
pub struct DriverOptions {
    /// CSS pixels.
    pub size: (u32, u32),
    /// Light or dark.
    pub theme: Theme,
    /// Who answers questions for a scope; there is nobody to ask in Chromium.
    pub scopes: Scopes,
    /// Longest wait for anything.
    pub patience: Duration,
    /// First content later than this is a failure of the program.
    pub start_timeout: Duration,
    /// Keeps the store and the users' data; None: a folder that goes with the driver.
    pub data_dir: Option<PathBuf>,
    /// Where programs come from; None: builds, that `Driver::open` is given.
    pub repository: Option<Repository>,
    /// How to start a window host; None: `HostCommand::this`.
    pub host: Option<HostCommand>,
}

impl Default for DriverOptions {
    fn default() -> Self {
        Self {
            size: phone::SIZE,
            theme: Theme::Light,
            scopes: Scopes::Deny,
            patience: Duration::from_secs(20),
            start_timeout: Duration::from_secs(15),
            data_dir: None,
            repository: None,
            host: None,
        }
    }
}

/// A key that is not a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Confirms.
    Enter,
    /// Goes back, in a window.
    Escape,
    /// Moves on.
    Tab,
    /// Deletes.
    Backspace,
    /// Does what a tap does.
    Space,
    /// Up, left, down, right: turn, move, choose.
    Up,
    /// See `Up`.
    Down,
    /// See `Up`.
    Left,
    /// See `Up`.
    Right,
}

/// Something to be seen on the top page: by CSS selector, by text in it, or both.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) selector: Option<String>,
    pub(super) text: Option<String>,
}

impl Target {
    /// The first visible element that a CSS selector matches. Tags are those of the DOM: `wx-button`.
    #[must_use]
    pub fn css(selector: impl Into<String>) -> Self {
        Self { selector: Some(selector.into()), text: None }
    }

    /// The innermost visible element that holds a text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { selector: None, text: Some(text.into()) }
    }

    /// Of the elements that the selector matches, the first that holds `text`.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    pub(super) fn describe(&self) -> String {
        match (&self.selector, &self.text) {
            (Some(selector), Some(text)) => format!("`{selector}` with the text \"{text}\""),
            (Some(selector), None) => format!("`{selector}`"),
            (None, text) => format!("the text \"{}\"", text.as_deref().unwrap_or_default()),
        }
    }
}

/// Where something is, CSS pixels from the page's top left.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Its text.
    #[serde(default)]
    pub text: String,
}

impl Rect {
    /// A place in it, in parts of its size: (0, 0) is the top left, (1, 1) the bottom right.
    pub(super) fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x + self.width * x, self.y + self.height * y)
    }

    pub(super) fn centre(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}
