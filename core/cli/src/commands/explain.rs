//! `lodger explain`: what a diagnostic's code means.

use crate::{failure::Failure, output::Output};
use lodger_compiler::CODES;
use serde_json::json;

/// Explains a diagnostic by its code; without one, lists all codes
#[derive(clap::Args)]
#[command(after_help = "Example: lodger explain L0201")]
pub struct Args {
    /// The code in brackets after a diagnostic
    code: Option<String>,
}

/// Explains.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let Some(id) = args.code else {
        let rows: Vec<_> = CODES.iter().map(|code| json!({"code": code.id, "title": code.title})).collect();
        let lines: Vec<_> = CODES.iter().map(|code| format!("{}  {}", code.id, code.title)).collect();
        output.result(&rows, lines.join("\n"));
        return Ok(());
    };
    let Some(code) = lodger_compiler::explain(&id) else {
        return Err(Failure::Input(format!("there is no code `{id}`; `lodger explain` lists all")));
    };
    let value = json!({"code": code.id, "title": code.title, "explanation": code.explanation});
    output.result(&value, format!("{}: {}\n\n{}", code.id, code.title, code.explanation));
    Ok(())
}
