//! Times builds for `cargo xtask bench build`: `bench PROJECT RUNS`. Prints milliseconds as JSON.
//!
//! Each edit is one more comment, or one more rule, at the end of the file; what was there is put back at the end.
use lodger_compiler::{Compiler, Options, compile};
use std::{fs, path::Path, process::ExitCode, time::Instant};

/// What is edited, by the word it has in the report.
const EDITED: [(&str, &str, &str); 3] = [
    ("script", "pages/p0/index.js", "\n// edited"),
    ("template", "pages/p0/index.wxml", "\n<view>edited</view>"),
    ("style", "pages/p0/index.wxss", "\n.edited { color: red }"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, runs] = arguments.as_slice() else {
        eprintln!("usage: bench PROJECT RUNS");
        return ExitCode::from(2);
    };
    match runs
        .parse()
        .map_err(|_| "RUNS is a number".to_owned())
        .and_then(|runs| bench(Path::new(project), runs))
    {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn bench(project: &Path, runs: usize) -> Result<serde_json::Value, String> {
    let options = Options { development: true, ..Options::default() };
    let mut full = Vec::new();
    let mut compiler = Compiler::default();
    let mut rebuilt = EDITED.map(|_| Vec::new());
    check(compiler.compile(project, &options))?;
    for run in 1..=runs {
        // In turn, so that what else the machine does hits all alike.
        full.push(timed(|| compile(project, &options))?);
        for ((_, file, edit), times) in EDITED.iter().zip(&mut rebuilt) {
            let file = project.join(file);
            let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let write = |text: &str| fs::write(&file, text).map_err(|error| error.to_string());
            write(&format!("{text}{}", edit.repeat(run)))?;
            let time = timed(|| compiler.compile(project, &options));
            write(&text)?;
            check(compiler.compile(project, &options))?;
            times.push(time?);
        }
    }
    let mut report = serde_json::json!({ "full": full });
    for ((word, ..), times) in EDITED.iter().zip(rebuilt) {
        report[*word] = times.into();
    }
    Ok(report)
}

fn timed(build: impl FnOnce() -> lodger_compiler::Output) -> Result<f64, String> {
    let start = Instant::now();
    let output = build();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    check(output).map(|()| time)
}

fn check(output: lodger_compiler::Output) -> Result<(), String> {
    match output.bundle {
        Some(_) => Ok(()),
        None => Err(output.diagnostics.iter().map(|found| format!("{found}\n")).collect()),
    }
}
