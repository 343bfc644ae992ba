//! The steps of a script, and how each is done.

use crate::failure::Failure;
use lodger_desktop::{Driver, Error, HostEvent, Key, Target, Theme};
use serde::Deserialize;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// How a script looks; printed by `lodger drive --help`.
pub const HELP: &str = r##"A script is a JSON object; every part but `steps` may be left out:

  { "page": "pages/menu/index", "query": "table=12", "scene": 1001, "theme": "light",
    "steps": [
      { "page": "pages/menu/index" },                   wait until the page is ready
      { "see": { "text": "Latte" } },                   wait until it is to be seen
      { "gone": { "css": ".sheet" } },                  wait until it is no longer to be seen
      { "tap": { "css": ".cart", "text": "Pay" } },     scroll to it and tap its middle
      { "scroll": { "over": { "css": ".list" }, "by": 300 } },
      { "type": "12" },                                 into the focused field
      { "press": "enter" },                             enter, escape, tab or backspace
      "back",                                           the host's back button
      { "route": "pages/menu/index" },                  wait until this page is on top
      { "screenshot": "menu" } ] }                      OUT/menu.png

A target has `css` (tags as in the DOM: wx-button), `text` (in the element), or both.

Example: lodger drive coffee --script steps.json --out shots

Exit code 1 if a step failed or the program reported an error."##;

/// Nothing happened for this long: animations of components are over.
pub const STILL: Duration = Duration::from_millis(400);

/// Longest wait for something to go.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(40);

/// A whole script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    pub page: Option<String>,
    #[serde(default)]
    pub query: String,
    #[serde(default = "default_scene")]
    pub scene: u32,
    #[serde(default)]
    pub theme: ThemeName,
    pub steps: Vec<Step>,
}

fn default_scene() -> u32 {
    1001
}

/// Light unless said otherwise.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    #[default]
    Light,
    Dark,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Self {
        match name {
            ThemeName::Light => Self::Light,
            ThemeName::Dark => Self::Dark,
        }
    }
}

/// One step.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    Page(String),
    See(Goal),
    Gone(Goal),
    Tap(Goal),
    Scroll(Scroll),
    Type(String),
    Press(KeyName),
    Back,
    Route(String),
    Screenshot(String),
}

/// What to look for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    css: Option<String>,
    text: Option<String>,
}

/// Where and how far to turn the wheel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scroll {
    over: Goal,
    /// CSS pixels, towards the end.
    by: f64,
}

/// A key that is not a character.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyName {
    Enter,
    Escape,
    Tab,
    Backspace,
}

impl Script {
    /// Reads and checks a script.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
        let script: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::Input(format!("{}:{}:{}: {error}", file.display(), error.line(), error.column()))
        })?;
        for (number, step) in script.steps.iter().enumerate() {
            step.check()
                .map_err(|what| Failure::Input(format!("{}: step {}: {what}", file.display(), number + 1)))?;
        }
        Ok(script)
    }
}

impl Step {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::See(goal)
            | Self::Gone(goal)
            | Self::Tap(goal)
            | Self::Scroll(Scroll { over: goal, .. })
                if goal.css.is_none() && goal.text.is_none() =>
            {
                Err("a target needs `css` or `text`".to_owned())
            }
            Self::Screenshot(name) if name.is_empty() || name.contains(['/', '\\', '.']) => {
                Err(format!("`{name}` cannot be a picture's name; leave out folders and the ending"))
            }
            _ => Ok(()),
        }
    }

    /// In a few words.
    pub fn describe(&self) -> String {
        match self {
            Self::Page(page) => format!("page {page}"),
            Self::See(goal) => format!("see {}", goal.describe()),
            Self::Gone(goal) => format!("gone {}", goal.describe()),
            Self::Tap(goal) => format!("tap {}", goal.describe()),
            Self::Scroll(scroll) => format!("scroll {} over {}", scroll.by, scroll.over.describe()),
            Self::Type(text) => format!("type {} characters", text.chars().count()),
            Self::Press(key) => format!("press {key:?}").to_lowercase(),
            Self::Back => "back".to_owned(),
            Self::Route(page) => format!("route {page}"),
            Self::Screenshot(name) => format!("screenshot {name}"),
        }
    }

    /// Does it; screenshots are the caller's, who knows where they go.
    pub fn run(&self, driver: &mut Driver) -> Result<(), Error> {
        match self {
            // Pages slide in: a tap meanwhile would meet the page before.
            Self::Page(page) => driver.page_ready(page).and_then(|()| driver.settle(STILL)),
            Self::See(goal) => driver.find(&goal.target()).map(drop),
            Self::Gone(goal) => gone(driver, goal),
            Self::Tap(goal) => driver.tap(&goal.target()),
            Self::Scroll(scroll) => driver.scroll(&scroll.over.target(), scroll.by),
            Self::Type(text) => driver.type_text(text),
            Self::Press(key) => driver.press((*key).into()),
            Self::Back => driver.back(),
            Self::Route(page) => {
                driver.wait(&format!("{page} on top"), |event| on_top(event, page))?;
                driver.settle(STILL)
            }
            Self::Screenshot(_) => Ok(()),
        }
    }
}

/// Looks again and again: that something has gone is no event.
fn gone(driver: &mut Driver, goal: &Goal) -> Result<(), Error> {
    let end = Instant::now() + PATIENCE;
    while driver.look(&goal.target())?.is_some() {
        if Instant::now() > end {
            return Err(Error::TimeOut { what: format!("{} to go", goal.describe()), within: PATIENCE });
        }
        driver.settle(LOOK)?;
    }
    // What was behind it often moves now: let that begin, so that the next step waits for its end.
    driver.settle(STILL)
}

fn on_top(event: &HostEvent, page: &str) -> bool {
    let HostEvent::Route { stack } = event else {
        return false;
    };
    stack.last().is_some_and(|top| top.path == page)
}

impl Goal {
    fn target(&self) -> Target {
        match (&self.css, &self.text) {
            (Some(css), Some(text)) => Target::css(css).with_text(text),
            (Some(css), None) => Target::css(css),
            (None, text) => Target::text(text.clone().unwrap_or_default()),
        }
    }

    fn describe(&self) -> String {
        let parts = [self.css.clone(), self.text.as_ref().map(|text| format!("\"{text}\""))];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl From<KeyName> for Key {
    fn from(name: KeyName) -> Self {
        match name {
            KeyName::Enter => Self::Enter,
            KeyName::Escape => Self::Escape,
            KeyName::Tab => Self::Tab,
            KeyName::Backspace => Self::Backspace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Script, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script.json");
        fs::write(&file, text).unwrap();
        Script::read(&file)
    }

    #[test]
    fn reads_every_step_of_the_help() {
        let start = HELP.find('{').unwrap();
        let end = HELP.rfind("] }").unwrap() + "] }".len();
        // The right-hand column is prose; two spaces inside a step would be mistaken for it.
        let step = |line: &str| line.trim().split("  ").next().unwrap_or("").to_owned();
        let parsed = read(&HELP[start..end].lines().map(step).collect::<String>()).unwrap();
        assert_eq!(parsed.steps.len(), 10);
        assert_eq!((parsed.query.as_str(), parsed.scene), ("table=12", 1001));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for wrong in [
            r#"{"steps": [{"tip": {"css": "a"}}]}"#,
            r#"{"steps": [{"tap": {}}]}"#,
            r#"{"steps": [{"tap": {"selector": "a"}}]}"#,
            r#"{"steps": [{"screenshot": "../a"}]}"#,
            r#"{"steps": [], "pages": 1}"#,
            "{",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
