//! Small implementations that need no platform.
use super::{Clock, Log, LogLevel, Prompts, ScopeAnswer, ScopePrompt};
use async_trait::async_trait;
use std::time::SystemTime;

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Denies every scope: for tests and tools without a user.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPrompts;

#[async_trait]
impl Prompts for NoPrompts {
    async fn scope(&self, _: ScopePrompt) -> ScopeAnswer {
        ScopeAnswer::Denied
    }
}

/// Writes lines of at least `0`'s level to standard error.
#[derive(Clone, Copy, Debug)]
pub struct StderrLog(pub LogLevel);

impl Log for StderrLog {
    fn log(&self, level: LogLevel, target: &str, message: &str) {
        if level >= self.0 {
            eprintln!("{level:?} {target}: {message}");
        }
    }
}
