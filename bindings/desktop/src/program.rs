//! A compiled program, and the way back from its built code to its source.
use lodger_bundle::Bundle;
use std::{fmt, sync::Arc};

/// Turns a JavaScript stack of built code into one of source files (`pages/menu/index.ts:12:5`).
pub type Locate = dyn Fn(&str) -> String + Send + Sync;

/// What the host opens: a bundle, and how to name a place in its source.
#[derive(Clone)]
pub struct Program {
    /// The built bundle; shared, since every report is read with its program at hand.
    pub bundle: Arc<Bundle>,
    locate: Arc<Locate>,
}

impl Program {
    /// Stacks stay as they are until `locate_with` says better.
    #[must_use]
    pub fn new(bundle: Bundle) -> Self {
        Self { bundle: Arc::new(bundle), locate: Arc::new(str::to_owned) }
    }

    /// Gives the program its source maps, as a function from stack to stack.
    #[must_use]
    pub fn locate_with(mut self, locate: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.locate = Arc::new(locate);
        self
    }

    /// `stack` in terms of the source.
    #[must_use]
    pub fn locate(&self, stack: &str) -> String {
        (self.locate)(stack)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("app", &self.bundle.index.app).finish_non_exhaustive()
    }
}
