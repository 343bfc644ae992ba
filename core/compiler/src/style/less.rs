//! Less, where the project's compile plugins ask for it.
mod engine;

use super::StyleContext;
use crate::{
    codes,
    diagnostic::{Finding, Severity},
    missing, resolve,
    source::{Origin, Source},
};
use engine::{Answer, Css, Engine, Stopped};
use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

/// What one style sheet may cost: some twenty seconds of work. A page's sheet takes a thousandth of it.
const STEPS: u64 = 20_000;

/// The engine, which starts with the first `.less` file.
#[derive(Default)]
pub(super) struct Less {
    engine: Option<Engine>,
    /// In this build.
    imported: BTreeSet<String>,
    /// By file.
    known: HashMap<String, Known>,
}

/// A compiled file, and what it was made from.
struct Known {
    source: Rc<Source>,
    imports: Vec<Import>,
    css: Rc<Source>,
    /// In this build.
    used: bool,
}

/// An import, in the order in which Less asked for them.
struct Import {
    name: String,
    folder: String,
    file: Rc<Source>,
}

/// An import that gets no file.
struct Refused {
    name: String,
    /// What Less is told, and says again with the place of the import.
    message: String,
    /// What the developer is told; `None` when it is reported already.
    finding: Option<Box<Finding>>,
}

impl Less {
    /// Files that others imported.
    pub(super) fn imported(&self) -> impl Iterator<Item = &String> {
        self.imported.iter()
    }

    /// Ends a build: what it did not use is forgotten.
    pub(super) fn sweep(&mut self) {
        self.imported.clear();
        self.known.retain(|_, known| std::mem::take(&mut known.used));
    }

    /// Compiles a `.less` file to WXSS, at the same path.
    pub(super) fn compile(
        &mut self,
        source: &Rc<Source>,
        context: &mut StyleContext<'_>,
    ) -> Option<Rc<Source>> {
        if let Some(known) = self.known.get_mut(&source.path)
            && Rc::ptr_eq(&known.source, source)
            && known.imports.iter().all(|one| one.is_same(context))
        {
            known.used = true;
            self.imported.extend(known.imports.iter().map(|import| import.file.path.clone()));
            return Some(known.css.clone());
        }
        let mut imports = Vec::new();
        let css = self.compile_anew(source, &mut imports, context).map(Rc::new)?;
        let known = Known { source: source.clone(), imports, css: css.clone(), used: true };
        self.known.insert(source.path.clone(), known);
        Some(css)
    }

    fn compile_anew(
        &mut self,
        source: &Source,
        imports: &mut Vec<Import>,
        context: &mut StyleContext<'_>,
    ) -> Option<Source> {
        let finding = match self.run(source, imports, context) {
            Ok(Ok(css)) => return Some(written(source, css, context)),
            Ok(Err(finding)) => finding,
            Err(Stopped::Endless) => {
                Some(error("the style sheet does not come to an end").in_file(&source.shown).help(
                    "look for a mixin that calls itself without an end, or a slow pattern in replace()",
                ))
            }
            Err(Stopped::Failed(message)) => Some(error(&message).in_file(&source.shown)),
        };
        // It may have stopped in the middle, or be short of memory: the next file gets a new one.
        self.engine = None;
        if let Some(finding) = finding {
            context.diagnostics.add(finding);
        }
        None
    }

    /// Runs Less, which asks for one file after the other.
    fn run(
        &mut self,
        source: &Source,
        imports: &mut Vec<Import>,
        context: &mut StyleContext<'_>,
    ) -> Result<Result<Css, Option<Finding>>, Stopped> {
        let engine = match &self.engine {
            Some(engine) => engine,
            None => self.engine.insert(Engine::start(engine::MEMORY)?),
        };
        let mut refused = Vec::new();
        let mut answer = engine.compile(&source.path, &source.text, STEPS)?;
        loop {
            answer = match answer {
                Answer::Wants { name, folder } => match import(name.clone(), &folder, context) {
                    Ok(file) => {
                        let answer = engine.supply(&file.path, &file.text)?;
                        self.imported.insert(file.path.clone());
                        imports.push(Import { name, folder, file });
                        answer
                    }
                    Err(refusal) => {
                        let answer = engine.refuse(&refusal.message)?;
                        refused.push(refusal);
                        answer
                    }
                },
                Answer::Error { message, file, index } => {
                    return Ok(Err(place(&message, &file, index, refused, context)));
                }
                Answer::Done(css) => return Ok(Ok(css)),
            };
        }
    }
}

impl Import {
    /// Whether it still means the same text.
    fn is_same(&self, context: &mut StyleContext<'_>) -> bool {
        import(self.name.clone(), &self.folder, context).is_ok_and(|file| Rc::ptr_eq(&file, &self.file))
    }
}

/// The file that an `@import` means; `folder` is that of the file it stands in, with a slash at its end.
fn import(name: String, folder: &str, context: &mut StyleContext<'_>) -> Result<Rc<Source>, Refused> {
    if name.contains("://") || name.starts_with("//") {
        let finding = error(&format!("\"{name}\" is remote and cannot be imported"))
            .help("copy the style sheet into the project");
        return Err(Refused { message: format!("remote: {name}"), name, finding: Some(finding.into()) });
    }
    let message = format!("the style sheet \"{name}\" does not exist");
    match resolve::file(context.tree, folder, &name, &[".less", ""]) {
        Ok(file) => {
            let source = context.tree.source(&file, context.diagnostics);
            source.ok_or(Refused { name, message: format!("unreadable: {file}"), finding: None })
        }
        Err(miss) => {
            let code = codes::MISSING_STYLE;
            let finding = missing::finding(context.tree, &miss, Severity::Error, code, &message, &[".less"]);
            Err(Refused { name, message, finding: Some(finding.into()) })
        }
    }
}

/// What Less says, at its place. `None` when it is reported already.
fn place(
    message: &str,
    file: &str,
    index: Option<f64>,
    refused: Vec<Refused>,
    context: &mut StyleContext<'_>,
) -> Option<Finding> {
    let (name, finding) = match refused.into_iter().find(|refused| refused.message == message) {
        Some(refused) => (refused.name, *refused.finding?),
        None => (String::new(), error(message)),
    };
    let place = index.zip(context.tree.source(file, context.diagnostics));
    Some(match place {
        Some((index, source)) => {
            let at = source.offset_of_unit(index as usize);
            let range = source.near(at, &name);
            finding.at(&source, range)
        }
        None => finding.in_file(&context.tree.shown(file)),
    })
}

fn error(message: &str) -> Finding {
    Finding::error(codes::PREPROCESSOR, format!("Less: {message}"))
}

/// The CSS as a file that knows where it comes from.
fn written(source: &Source, css: Css, context: &mut StyleContext<'_>) -> Source {
    let files = css.files.iter().map(|file| context.tree.source(file, context.diagnostics)).collect();
    let marks = css.marks.chunks_exact(3).map(|mark| [mark[0], mark[1], mark[2]]).collect();
    Source::new(source.path.clone(), source.shown.clone(), css.css).written_from(Origin::new(files, marks))
}
