//! `lodger explain`: what a diagnostic's code means.

use crate::{
    failure::Failure,
    output::{BOLD, DIM, Output},
};
use lodger_compiler::{CODES, Code, Files};
use serde_json::{Value, json};
use std::fmt::Write;

/// Explains a diagnostic by its code: why, a wrong and a right example; without a code, lists all
#[derive(clap::Args)]
#[command(after_help = "Example: lodger explain L0201")]
pub struct Args {
    /// The code in brackets after a diagnostic
    code: Option<String>,
}

/// Explains.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let Some(id) = args.code else {
        let all: Vec<Value> = CODES.iter().map(value).collect();
        let lines: Vec<_> = CODES.iter().map(|code| format!("{}  {}", code.id, code.title)).collect();
        output.result(&all, lines.join("\n"));
        return Ok(());
    };
    let Some(code) = lodger_compiler::explain(&id) else {
        return Err(Failure::Input(format!("there is no code `{id}`; `lodger explain` lists all")));
    };
    output.result(&value(code), text(code));
    Ok(())
}

fn value(code: &Code) -> Value {
    let example = code.example();
    let files = |files: Files| -> Vec<Value> {
        files.iter().map(|(path, text)| json!({"file": path, "text": text})).collect()
    };
    json!({
        "code": code.id,
        "title": code.title,
        "explanation": code.explanation,
        "wrong": files(example.wrong),
        "right": files(example.right),
        "link": example.link,
    })
}

fn text(code: &Code) -> String {
    let example = code.example();
    let mut out = format!("{BOLD}{}: {}{BOLD:#}\n\n{}\n", code.id, code.title, wrapped(code.explanation));
    for (title, files) in [("Wrong", example.wrong), ("Right", example.right)] {
        for (number, (path, text)) in files.iter().enumerate() {
            // The title stands once, and the files of a project below one another.
            let title = if number == 0 { format!("\n{BOLD}{title}{BOLD:#}") } else { String::new() };
            let _ = write!(out, "{title}\n  {DIM}{path}{DIM:#}\n    {}\n", text.replace('\n', "\n    "));
        }
    }
    let _ = write!(out, "\nMore: {}", example.link);
    out
}

/// Lines that fit a terminal.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 92;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + word.chars().count() < WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_why_what_is_wrong_and_what_is_right() {
        for code in CODES {
            let text = anstream::adapter::strip_str(&text(code)).to_string();
            assert!(text.starts_with(code.id) && text.contains("More: https://"), "{text}");
            // Only a defect of Lodger itself has nothing to put right.
            assert_eq!(text.contains("\nWrong\n"), code.id != "L0901", "{text}");
            assert!(
                text.lines().filter(|line| !line.starts_with(' ')).all(|line| line.chars().count() < 120)
            );
        }
    }
}
