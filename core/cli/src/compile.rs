//! From a project folder to a bundle, with diagnostics printed: what `build`, `inspect`, `run` and `smoke` share.

use crate::{diagnostics, failure::Failure, limits, locate, output::Output};
use lodger_bundle::Bundle;
use lodger_compiler::{Compiler, Diagnostic, Options, Parts, Severity};
use lodger_desktop::Program;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A project that compiled.
pub struct Compiled {
    /// The bundle.
    pub bundle: Bundle,
    /// Source maps by script path in the bundle.
    pub maps: BTreeMap<String, Vec<u8>>,
    /// Warnings only.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file and folder that was read.
    pub inputs: Vec<PathBuf>,
    /// What the bundle is made of.
    pub parts: Parts,
}

impl Compiled {
    /// What a host opens: the bundle, and how to name places in its source.
    pub fn program(&self) -> Program {
        let maps = self.maps.clone();
        Program::new(self.bundle.clone()).locate_with(move |stack| locate::stack(stack, &maps))
    }
}

/// Compiles `project`, or fails after telling every error at once.
pub fn project(project: &Path, options: &Options, output: &Output) -> Result<Compiled, Failure> {
    again(&mut Compiler::default(), project, options, output).map_err(|broken| broken.failure)
}

/// A project that did not compile.
pub struct Broken {
    /// For the command.
    pub failure: Failure,
    /// What is wrong, as plain text.
    pub text: String,
    /// What was read nevertheless.
    pub inputs: Vec<PathBuf>,
}

/// Compiles `project` with a compiler that may have compiled it before.
pub fn again(
    compiler: &mut Compiler,
    project: &Path,
    options: &Options,
    output: &Output,
) -> Result<Compiled, Broken> {
    check_folder(project).map_err(|failure| Broken {
        text: match &failure {
            Failure::Input(message) => message.clone(),
            _ => String::new(),
        },
        failure,
        inputs: vec![project.to_owned()],
    })?;
    let progress = output.progress(format!("Compiling {}", project.display()));
    let result = compiler.compile(project, options);
    drop(progress);
    diagnostics::print(&result.diagnostics);
    let Some(bundle) = result.bundle else {
        if output.is_json() {
            // One line: with `run --json` it is one of many.
            output.event(&json!({"ok": false, "diagnostics": result.diagnostics}), "");
        }
        let errors = result.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let text = errors.map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
        return Err(Broken { failure: Failure::Told, text, inputs: result.inputs });
    };
    for warning in limits::warnings(&bundle.index) {
        output.warn(warning);
    }
    Ok(Compiled {
        bundle,
        maps: result.maps,
        diagnostics: result.diagnostics,
        inputs: result.inputs,
        parts: result.parts,
    })
}

/// A folder that is no project gets one plain sentence and no compiler diagnostics.
pub fn check_folder(project: &Path) -> Result<(), Failure> {
    if !project.is_dir() {
        return Err(Failure::Input(format!(
            "{} is not a folder; give a mini-program's project folder",
            project.display()
        )));
    }
    if project.join("project.config.json").is_file() || project.join("app.json").is_file() {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{} holds no mini-program: there is neither project.config.json nor app.json; `lodger new NAME` makes one",
        project.display()
    )))
}
