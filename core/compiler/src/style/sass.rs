//! Sass, where the project's compile plugins ask for it.
use super::StyleContext;
use crate::{codes, diagnostic::Finding, path, source::Source, tree::Tree};
use std::{
    cell::RefCell,
    io,
    path::{Path, PathBuf},
};

/// Compiles a `.scss` or `.sass` file to WXSS, at the same path.
pub(super) fn compile(source: &Source, context: &mut StyleContext<'_>) -> Option<Source> {
    let files = Files { tree: context.tree, read: RefCell::default() };
    let options = grass::Options::default().fs(&files).quiet(true);
    let result = grass::from_path(&source.path, &options);
    let read = files.read.into_inner();
    context.tree.inputs.extend(read);
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
    read: RefCell<Vec<PathBuf>>,
}

impl Files<'_> {
    fn real(&self, file: &Path) -> Option<&Path> {
        self.tree.real(&path::join("", file.to_str()?)?)
    }
}

impl grass::Fs for Files<'_> {
    fn is_dir(&self, folder: &Path) -> bool {
        folder.to_str().and_then(|f| path::join("", f)).is_some_and(|f| self.tree.has_folder(&f))
    }

    fn is_file(&self, file: &Path) -> bool {
        self.real(file).is_some()
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let real = self.real(file).ok_or(io::ErrorKind::NotFound)?;
        self.read.borrow_mut().push(real.to_owned());
        std::fs::read(real)
    }
}
