//! Sass, where the project's compile plugins ask for it.
use super::StyleContext;
use crate::{codes, diagnostic::Finding, path, source::Source, tree::Tree};
use std::{
    cell::RefCell,
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    rc::Rc,
};

/// Compiled files by path.
#[derive(Default)]
pub(super) struct Sass {
    known: HashMap<String, Known>,
}

/// A compiled file, and what it was made from.
struct Known {
    source: Rc<Source>,
    asked: Vec<Question>,
    css: Rc<Source>,
    /// In this build.
    used: bool,
}

/// What Sass asked, and the answer.
#[derive(Debug)]
enum Question {
    Folder(PathBuf, bool),
    File(PathBuf, bool),
    Bytes(PathBuf, Vec<u8>),
}

impl Sass {
    /// Ends a build: what it did not use is forgotten.
    pub(super) fn sweep(&mut self) {
        self.known.retain(|_, known| std::mem::take(&mut known.used));
    }

    /// Compiles a `.scss` or `.sass` file to WXSS, at the same path.
    pub(super) fn compile(
        &mut self,
        source: &Rc<Source>,
        context: &mut StyleContext<'_>,
    ) -> Option<Rc<Source>> {
        let files = Files { tree: context.tree, asked: RefCell::default() };
        if let Some(known) = self.known.get_mut(&source.path)
            && Rc::ptr_eq(&known.source, source)
            && known.asked.iter().all(|question| files.answers(question))
        {
            known.used = true;
            let read = files.read_files();
            context.tree.inputs.extend(read);
            return Some(known.css.clone());
        }
        files.asked.borrow_mut().clear();
        let options = grass::Options::default().fs(&files).quiet(true);
        let result = grass::from_path(&source.path, &options);
        let (read, asked) = (files.read_files(), files.asked.into_inner());
        context.tree.inputs.extend(read);
        let css = Rc::new(compiled(source, result, context)?);
        let known = Known { source: source.clone(), asked, css: css.clone(), used: true };
        self.known.insert(source.path.clone(), known);
        Some(css)
    }
}

/// The CSS as a file, or a report of what is wrong.
fn compiled(
    source: &Source,
    result: grass::Result<String>,
    context: &mut StyleContext<'_>,
) -> Option<Source> {
    match result {
        Ok(css) => Some(Source::new(source.path.clone(), source.shown.clone(), css)),
        Err(error) => {
            let finding = match error.kind() {
                grass::ErrorKind::ParseError { message, loc, .. } => {
                    let finding = Finding::error(codes::PREPROCESSOR, format!("Sass: {message}"));
                    // The error may stand in an imported file; then only its name is known here.
                    if loc.file.name() == source.path {
                        let start = source.offset(loc.begin.line as u32, loc.begin.column as u32);
                        finding.at(source, start..start)
                    } else {
                        finding.in_file(&context.tree.shown(loc.file.name()))
                    }
                }
                _ => {
                    Finding::error(codes::PREPROCESSOR, "Sass: a file cannot be read").in_file(&source.shown)
                }
            };
            context.diagnostics.add(finding);
            None
        }
    }
}

/// Lets Sass see the tree and nothing else of the disk.
#[derive(Debug)]
struct Files<'a> {
    tree: &'a Tree,
    asked: RefCell<Vec<Question>>,
}

impl Files<'_> {
    fn real(&self, file: &Path) -> Option<&Path> {
        self.tree.real(&path::join("", file.to_str()?)?)
    }
}

impl Files<'_> {
    /// Asks again, and says whether the answer is the same.
    fn answers(&self, question: &Question) -> bool {
        use grass::Fs as _;
        match question {
            Question::Folder(path, answer) => self.is_dir(path) == *answer,
            Question::File(path, answer) => self.is_file(path) == *answer,
            Question::Bytes(path, answer) => self.read(path).is_ok_and(|bytes| bytes == *answer),
        }
    }

    /// Where the files are that were read.
    fn read_files(&self) -> Vec<PathBuf> {
        let asked = self.asked.borrow();
        let read = asked.iter().filter_map(|question| match question {
            Question::Bytes(file, _) => Some(self.real(file)?.to_owned()),
            _ => None,
        });
        read.collect()
    }
}

impl grass::Fs for Files<'_> {
    fn is_dir(&self, folder: &Path) -> bool {
        let answer =
            folder.to_str().and_then(|f| path::join("", f)).is_some_and(|f| self.tree.has_folder(&f));
        self.asked.borrow_mut().push(Question::Folder(folder.to_owned(), answer));
        answer
    }

    fn is_file(&self, file: &Path) -> bool {
        let answer = self.real(file).is_some();
        self.asked.borrow_mut().push(Question::File(file.to_owned(), answer));
        answer
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let bytes = std::fs::read(self.real(file).ok_or(io::ErrorKind::NotFound)?)?;
        self.asked.borrow_mut().push(Question::Bytes(file.to_owned(), bytes.clone()));
        Ok(bytes)
    }
}
