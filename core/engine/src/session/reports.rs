//! Reports from the page: what the base library tells about itself, turned into the host's events.
use super::{Inner, calls::Args};
use crate::{LogLevel, SessionEvent, bridge::Answer, exit_state::ExitState};
use serde_json::Value;
use std::sync::Arc;

impl Inner {
    /// A report of an unknown kind is refused: a base library that is newer than its engine is a fault of the build.
    pub(super) fn report(self: &Arc<Self>, generation: u64, args: &Args) -> Answer {
        let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let event = match args.get("kind").and_then(Value::as_str) {
            Some("firstContent") => {
                let mut state = self.state();
                if state.generation != generation || state.content {
                    return Answer::empty();
                }
                state.content = true;
                let ms = args.get("ms").and_then(Value::as_f64).unwrap_or(0.0);
                drop(state);
                self.start_succeeded();
                self.events.push(SessionEvent::FirstContent { ms });
                return Answer::empty();
            }
            Some("catchBack") => {
                let mut state = self.state();
                if state.generation == generation {
                    state.catches_back = args.get("on") == Some(&Value::Bool(true));
                }
                return Answer::empty();
            }
            Some("pageReady") => SessionEvent::PageReady { path: text("path") },
            Some("title") => SessionEvent::Title { title: text("title") },
            Some("console") => SessionEvent::Console {
                level: match text("level").as_str() {
                    "debug" => LogLevel::Debug,
                    "warn" => LogLevel::Warn,
                    "error" => LogLevel::Error,
                    _ => LogLevel::Info,
                },
                text: text("text"),
                stack: args.get("stack").and_then(Value::as_str).map(str::to_owned),
            },
            Some("scriptError") => SessionEvent::ScriptError {
                message: text("message"),
                stack: text("stack"),
                page: text("page"),
            },
            Some("missing") => SessionEvent::Missing { api: text("api") },
            Some("exitState") => return self.keep_exit_state(args),
            Some("share") => SessionEvent::Share { title: text("title"), path: text("path") },
            Some("dev") => SessionEvent::Dev {
                id: args.get("id").and_then(Value::as_u64).unwrap_or(0),
                result: args.get("result").cloned().unwrap_or(Value::Null),
            },
            Some("call") => {
                let ms = args.get("ms").and_then(Value::as_f64).filter(|ms| *ms >= 0.0).unwrap_or(0.0);
                self.trace_local(text("api"), text("args"), text("errMsg"), ms);
                return Answer::empty();
            }
            _ => return Answer::fail("report", "unknown kind"),
        };
        self.chatter(event);
        Answer::empty()
    }

    /// The program goes to the background: where it is left, for the next cold start.
    fn keep_exit_state(&self, args: &Args) -> Answer {
        let top = {
            let state = self.state();
            (state.pages.top().path.clone(), state.pages.top().query.clone())
        };
        let state = ExitState {
            path: top.0,
            query: top.1,
            data: args.get("data").cloned().unwrap_or(Value::Null),
            expires: args.get("expires").and_then(Value::as_f64).unwrap_or(0.0),
        };
        match self.exit.keep(&state) {
            Ok(()) => Answer::empty(),
            Err(error) => Answer::fail("report", error),
        }
    }
}
