//! Fingers, wheel and keys.

use super::{Backend, Driver, Key, LOOK, Target};
use crate::Error;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// One notch of a wheel in the engines that this drives, CSS pixels.
const NOTCH: f64 = 53.0;

/// A dragged pointer's way between two events, in CSS pixels and in time: as fast as a finger that is in no hurry.
const DRAG_PIXELS: f64 = 8.0;
const DRAG_STEP: Duration = Duration::from_millis(12);

impl Driver {
    /// Waits until something is to be seen, and clicks its middle.
    ///
    /// # Errors
    /// As `find`.
    pub fn tap(&mut self, target: &Target) -> Result<(), Error> {
        // Before that, a window shows its loading screen over the page.
        self.first_content()?;
        let (x, y) = self.find(target)?.centre();
        self.tap_at(x, y)
    }

    /// Taps something that opens a chooser of files, and picks these. Chromium only: a window's chooser is GTK's own.
    ///
    /// # Errors
    /// As `tap`; in a window always.
    pub fn tap_and_choose(&mut self, target: &Target, files: &[PathBuf]) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { .. } => {
                return Err(Error::Process {
                    what: "Choosing files",
                    why: "the window's chooser cannot be driven. Use Chromium.".into(),
                });
            }
            Backend::Browser { chromium, .. } => chromium.hold_choosers()?,
        }
        self.tap(target)?;
        match &self.backend {
            Backend::Browser { chromium, .. } => chromium.choose(files),
            Backend::Window { .. } => Ok(()),
        }
    }

    /// Clicks a place of the page, CSS pixels.
    ///
    /// # Errors
    /// When the engine's driver fails.
    pub fn tap_at(&mut self, x: f64, y: f64) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { x11, .. } => x11.click(x, y, 1),
            Backend::Browser { chromium, .. } => chromium.click(x, y),
        }
    }

    /// Presses a place of something, moves to other places of it, one by one, and lets go. Places are parts of its
    /// size: (0.5, 0.5) is the middle; they may lie outside of it.
    ///
    /// # Errors
    /// As `find`.
    pub fn drag(&mut self, target: &Target, path: &[(f64, f64)]) -> Result<(), Error> {
        self.first_content()?;
        let rect = self.find(target)?;
        let corners: Vec<_> = path.iter().map(|&place| rect.at(place)).collect();
        let path = along(&corners);
        match &self.backend {
            Backend::Window { x11, .. } => x11.drag(&path, DRAG_STEP),
            Backend::Browser { chromium, .. } => chromium.drag(&path, DRAG_STEP),
        }
    }

    /// Turns the wheel in the middle of the page, towards its end, until something is to be seen there.
    ///
    /// # Errors
    /// `NoElement` when it does not come into view.
    pub fn scroll_to(&mut self, target: &Target) -> Result<(), Error> {
        let (width, height) = (f64::from(self.options.size.0), f64::from(self.options.size.1));
        let end = Instant::now() + self.options.patience;
        while Instant::now() < end {
            // Seen is not enough: its middle must be where it can be tapped.
            match self.look(target)? {
                Some(rect) if rect.centre().1 < height => return self.find(target).map(drop),
                _ => self.wheel(width / 2.0, height / 2.0, height / 3.0)?,
            }
            self.next(LOOK)?;
        }
        Err(Error::NoElement(target.describe()))
    }

    /// Turns the wheel over something; positive pixels go towards the end.
    ///
    /// # Errors
    /// As `find`.
    pub fn scroll(&mut self, target: &Target, pixels: f64) -> Result<(), Error> {
        let (x, y) = self.find(target)?.centre();
        self.wheel(x, y, pixels)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a page is not longer than 2^31 pixels")]
    fn wheel(&mut self, x: f64, y: f64, pixels: f64) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { x11, .. } => {
                let notches = (pixels / NOTCH).abs().ceil().copysign(pixels);
                x11.wheel(x, y, notches as i32)
            }
            Backend::Browser { chromium, .. } => chromium.wheel(x, y, pixels as i32),
        }
    }

    /// Types text where the focus is; tap a field first.
    ///
    /// # Errors
    /// When the engine's driver fails.
    pub fn type_text(&mut self, text: &str) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { x11, .. } => x11.text(text),
            Backend::Browser { chromium, .. } => chromium.text(text),
        }
    }

    /// Presses a key.
    ///
    /// # Errors
    /// When the engine's driver fails.
    pub fn press(&mut self, key: Key) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { x11, .. } => x11.key(key),
            Backend::Browser { chromium, .. } => chromium.key(key),
        }
    }
}

/// The corners of a path, and places between them close enough for a drag.
fn along(corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut path: Vec<_> = corners.first().copied().into_iter().collect();
    for pair in corners.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let steps = ((to.0 - from.0).hypot(to.1 - from.1) / DRAG_PIXELS).ceil().max(1.0);
        let mut step = 1.0;
        while step <= steps {
            let part = step / steps;
            path.push((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part));
            step += 1.0;
        }
    }
    path
}
