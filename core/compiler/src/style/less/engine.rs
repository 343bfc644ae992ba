//! less.js in a JavaScript engine of its own, which can neither read files nor call anything of the compiler.
//!
//! The script is generated: its source is in `core/compiler/less`.
use rquickjs::{CatchResultExt, CaughtError, Context, Function, Object, Runtime, function::Args};
use serde::Deserialize;
use std::{cell::Cell, rc::Rc};

const SCRIPT: &str = include_str!("../../../less/dist/less.js");
/// Bytes that the engine may hold. less.js itself takes a few MB and a large theme some tens, but a mixin that calls
/// itself takes the square of its depth: 300 MB for 400 calls.
pub(super) const MEMORY: usize = 512 << 20;
/// Bytes of native stack, a sixteenth of what the compiler's thread has. Mixins that loop are calls in calls.
const STACK: usize = crate::STACK / 16;

/// What less.js answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// It needs a file first: the name as written, and the folder of the file that names it, with a slash at its end.
    Wants { name: String, folder: String },
    /// What is wrong. `index` counts UTF-16 units of the file, with every line end as one.
    Error { message: String, file: String, index: Option<f64> },
    /// The style sheet.
    #[serde(untagged)]
    Done(Css),
}

/// A compiled style sheet.
#[derive(Debug, Deserialize)]
pub(super) struct Css {
    pub(super) css: String,
    /// The files that `marks` name by number.
    pub(super) files: Vec<String>,
    /// Triples: place in `css`, number of the file, place in that file; places in UTF-16 units.
    pub(super) marks: Vec<u32>,
}

/// Why there is no answer at all. The engine must not be used again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The steps ran out.
    Endless,
    /// Anything else, in the engine's words.
    Failed(String),
}

/// A running engine.
pub(super) struct Engine {
    context: Context,
    steps: Rc<Cell<u64>>,
}

impl Engine {
    /// Loads less.js: some tens of milliseconds, so once a build. `memory` is the most it may hold, in bytes.
    pub(super) fn start(memory: usize) -> Result<Self, Stopped> {
        let failed = |error: rquickjs::Error| Stopped::Failed(error.to_string());
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(memory);
        runtime.set_max_stack_size(STACK);
        let steps = Rc::new(Cell::new(u64::MAX));
        let left = steps.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || {
            left.set(left.get().saturating_sub(1));
            left.get() == 0
        })));
        let context = Context::full(&runtime).map_err(failed)?;
        context
            .with(|js| js.eval::<(), _>(SCRIPT).catch(&js).map_err(|error| Stopped::Failed(said(&error))))?;
        Ok(Self { context, steps })
    }

    /// Begins with a file. `steps` is how often the engine may ask whether to go on, which it does after some ten
    /// thousand calls and turns of loops: a limit that is the same on every machine, unlike a time.
    pub(super) fn compile(&self, file: &str, text: &str, steps: u64) -> Result<Answer, Stopped> {
        self.steps.set(steps);
        self.call("start", &[file, text])
    }

    /// Gives the file that [`Answer::Wants`] asked for.
    pub(super) fn supply(&self, file: &str, text: &str) -> Result<Answer, Stopped> {
        self.call("supply", &[file, text])
    }

    /// Says why there is no such file; it comes back as the message of [`Answer::Error`].
    pub(super) fn refuse(&self, message: &str) -> Result<Answer, Stopped> {
        self.call("refuse", &[message])
    }

    fn call(&self, function: &str, words: &[&str]) -> Result<Answer, Stopped> {
        let answer = self.context.with(|js| {
            let call = || {
                let script: Object = js.globals().get("lodgerLess")?;
                let function: Function = script.get(function)?;
                let mut arguments = Args::new(js.clone(), words.len());
                for word in words {
                    arguments.push_arg(*word)?;
                }
                function.call_arg::<String>(arguments)
            };
            call().catch(&js).map_err(|error| match self.steps.get() {
                0 => Stopped::Endless,
                _ => Stopped::Failed(said(&error)),
            })
        })?;
        serde_json::from_str(&answer).map_err(|error| Stopped::Failed(error.to_string()))
    }
}

fn said(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
        // Where memory is short there is none for an error either.
        CaughtError::Value(value) if value.is_null() => "out of memory".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_large_stack(test: impl FnOnce() + Send + 'static) {
        let worker = std::thread::Builder::new().stack_size(crate::STACK);
        worker.spawn(test).expect("a thread").join().expect("the test passes");
    }

    #[test]
    fn asks_for_files_and_takes_them() {
        let engine = Engine::start(MEMORY).expect("an engine");
        let first = engine.compile("pages/a.less", "@import 'x';\n.a { .m() }", 1000);
        assert!(matches!(first, Ok(Answer::Wants { name, folder }) if name == "x" && folder == "pages/"));
        match engine.supply("pages/x.less", ".m() { width: (1rpx * 2) }") {
            Ok(Answer::Done(css)) => {
                assert_eq!(css.css, ".a {\n  width: 2rpx;\n}\n");
                assert_eq!(css.files, ["pages/a.less", "pages/x.less"]);
            }
            other => panic!("{other:?}"),
        }
        engine.compile("a.less", "@import 'x';", 1000).expect("an answer");
        let refused = engine.refuse("not here");
        assert!(
            matches!(&refused, Ok(Answer::Error { message, file, index: Some(0.0) }) if message == "not here" && file == "a.less"),
            "{refused:?}"
        );
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let engine = Engine::start(MEMORY).expect("an engine");
        let backtracking = format!(".a {{ b: replace('{}!', '^(a+)+$', '') }}", "a".repeat(40));
        assert_eq!(engine.compile("a.less", &backtracking, 100).err(), Some(Stopped::Endless));
    }

    #[test]
    fn deep_calls_and_much_memory_are_errors() {
        on_large_stack(|| {
            let engine = Engine::start(16 << 20).expect("an engine");
            for text in [".m() { .m() } .a { .m() }", ".a { b: range(1000000000) }"] {
                match engine.compile("a.less", text, 100_000) {
                    Ok(Answer::Error { message, .. }) => {
                        assert!(message.starts_with("too deep or too large"), "{message}");
                    }
                    other => panic!("{other:?}"),
                }
            }
        });
    }
}
