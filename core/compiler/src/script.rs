//! One JavaScript or TypeScript file to a CommonJS function body that runs on the browser floor (DESIGN 3).
//!
//! ADR 0001 says why swc, and why single passes of it instead of the whole.
mod floor;
mod requests;
mod usage;

pub(crate) use requests::{Answer, Request, RequestKind};
pub(crate) use usage::Usage;

use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    source::Source,
};
use requests::Requests;
use std::{
    ops::Range,
    sync::{Arc, Mutex},
};
use swc_common::{
    BytePos, FileName, GLOBALS, Globals, LineCol, Mark, SourceFile, SourceMap, Span, Spanned as _,
    comments::SingleThreadedComments,
    errors::{DiagnosticBuilder, Emitter, HANDLER, Handler},
    sync::Lrc,
};
use swc_ecma_ast::{EsVersion, Pass, Program};
use swc_ecma_codegen::text_writer::JsWriter;
use swc_ecma_parser::{EsSyntax, Syntax, TsSyntax, with_file_parser};
use swc_ecma_transforms_base::{
    fixer::fixer,
    helpers::{HELPERS, Helpers, inject_helpers},
    hygiene::hygiene,
    resolver,
};
use swc_ecma_transforms_module::common_js::{Config, FeatureFlag, common_js};
use swc_ecma_visit::VisitMutWith as _;

/// A compiled file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) code: String,
    pub(crate) mappings: Vec<Mapping>,
    /// What `lodger check` asks about.
    pub(crate) usage: Usage,
}

/// A place of the code and the place of the source it comes from: lines and UTF-16 columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) source_line: u32,
    pub(crate) source_column: u32,
}

/// Compiles a file. `resolve` is asked for every module that the file names. `None` after a reported error.
pub(crate) fn compile(
    source: &Source,
    minify: bool,
    diagnostics: &mut Diagnostics,
    resolve: &mut dyn FnMut(&Request, &mut Diagnostics) -> Answer,
) -> Option<Script> {
    let typescript = source.path.ends_with(".ts");
    GLOBALS.set(&Globals::new(), || {
        let parsed = Parsed::new(source, typescript, diagnostics)?;
        let complaints = Complaints::default();
        let handler = Handler::with_emitter(true, false, Box::new(complaints.clone()));
        let script = HANDLER.set(&handler, || {
            HELPERS
                .set(&Helpers::new(false), || parsed.lower(source, typescript, minify, diagnostics, resolve))
        });
        let complaints = std::mem::take(&mut *complaints.0.lock().expect("no holder of this lock can panic"));
        for (message, span) in &complaints {
            let range = range_of(*span);
            diagnostics.add(Finding::error(codes::SCRIPT_SYNTAX, message.clone()).at(source, range));
        }
        script.filter(|_| complaints.is_empty())
    })
}

/// A file as swc sees it; every file has its own source map, so positions start at 1.
struct Parsed {
    map: Lrc<SourceMap>,
    comments: SingleThreadedComments,
    program: Program,
}

impl Parsed {
    fn new(source: &Source, typescript: bool, diagnostics: &mut Diagnostics) -> Option<Self> {
        let map = Lrc::new(SourceMap::default());
        let file = map.new_source_file(Lrc::new(FileName::Anon), source.text.clone());
        let comments = SingleThreadedComments::default();
        let syntax = if typescript {
            Syntax::Typescript(TsSyntax::default())
        } else {
            Syntax::Es(EsSyntax { allow_return_outside_function: true, ..EsSyntax::default() })
        };
        let mut recovered = Vec::new();
        let parsed =
            with_file_parser(&file, syntax, EsVersion::latest(), Some(&comments), &mut recovered, |parser| {
                if source.path.ends_with(".mjs") {
                    parser.parse_module().map(Program::Module)
                } else {
                    parser.parse_program()
                }
            });
        let (program, fatal) = match parsed {
            Ok(program) => (Some(program), None),
            Err(error) => (None, Some(error)),
        };
        let failed = fatal.is_some() || !recovered.is_empty();
        for error in fatal.into_iter().chain(recovered) {
            let message = error.kind().msg();
            let mut chars = message.chars();
            let message: String =
                chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default();
            let language = if typescript { "TypeScript" } else { "JavaScript" };
            let message = format!("not valid {language}: {message}");
            let range = range_of(error.span());
            let finding = Finding::error(codes::SCRIPT_SYNTAX, message).at(source, range);
            diagnostics.add(finding.help(if !typescript && is_typescript(&file) {
                "this is TypeScript: name the file .ts, and list \"typescript\" under useCompilerPlugins of project.config.json"
            } else {
                "a bracket, comma or quote may be missing here, or on the line above"
            }));
        }
        if failed { None } else { program.map(|program| Self { map, comments, program }) }
    }

    fn lower(
        self,
        source: &Source,
        typescript: bool,
        minify: bool,
        diagnostics: &mut Diagnostics,
        resolve: &mut dyn FnMut(&Request, &mut Diagnostics) -> Answer,
    ) -> Option<Script> {
        let Self { map, comments, mut program } = self;
        let unresolved = Mark::new();
        let top_level = Mark::new();
        resolver(unresolved, top_level, typescript).process(&mut program);
        if typescript {
            swc_ecma_transforms_typescript::strip(unresolved, top_level).process(&mut program);
        }
        let mut usage = usage::of(&program, source, unresolved);
        let mut requests = Requests::new(source, unresolved, diagnostics, resolve);
        program.visit_mut_with(&mut requests);
        usage.requires = requests.at_once;
        floor::lower(&mut program, unresolved);
        let config = Config { preserve_import_meta: true, ..Config::default() };
        let features = FeatureFlag { support_block_scoping: true, support_arrow: true };
        common_js(Default::default(), unresolved, config, features).process(&mut program);
        inject_helpers(top_level).process(&mut program);
        hygiene().process(&mut program);
        fixer(Some(&comments)).process(&mut program);

        let mut bytes = Vec::new();
        let mut places: Vec<(BytePos, LineCol)> = Vec::new();
        let mut emitter = swc_ecma_codegen::Emitter {
            cfg: swc_ecma_codegen::Config::default().with_minify(minify).with_target(EsVersion::Es2020),
            cm: map.clone(),
            comments: (!minify).then_some(&comments as _),
            wr: {
                let writer = JsWriter::new(map, "\n", &mut bytes, Some(&mut places));
                if minify {
                    Box::new(swc_ecma_codegen::text_writer::omit_trailing_semi(writer))
                        as Box<dyn swc_ecma_codegen::text_writer::WriteJs>
                } else {
                    Box::new(writer)
                }
            },
        };
        let emitted = emitter.emit_program(&program);
        drop(emitter);
        let code = emitted.ok().and_then(|()| String::from_utf8(bytes).ok());
        let Some(code) = code else {
            diagnostics.add(
                Finding::error(codes::INTERNAL, "the script could not be written").in_file(&source.shown),
            );
            return None;
        };
        Some(Script { code, mappings: mappings(source, &places), usage })
    }
}

/// Whether a file that is no JavaScript would be TypeScript.
fn is_typescript(file: &SourceFile) -> bool {
    let syntax = Syntax::Typescript(TsSyntax::default());
    let mut errors = Vec::new();
    let parsed = with_file_parser(file, syntax, EsVersion::latest(), None, &mut errors, |parser| {
        parser.parse_program()
    });
    parsed.is_ok() && errors.is_empty()
}

fn mappings(source: &Source, places: &[(BytePos, LineCol)]) -> Vec<Mapping> {
    let mut out: Vec<Mapping> = Vec::with_capacity(places.len());
    for (position, to) in places.iter().filter(|(position, _)| *position >= FIRST) {
        let offset = (position.0 - FIRST.0) as usize;
        if offset > source.text.len() {
            continue;
        }
        let (source_line, source_column) = source.position_utf16(offset);
        let mapping = Mapping { line: to.line, column: to.col, source_line, source_column };
        // Two marks at one place of the code: the later, inner one is the more exact.
        if out.last().is_some_and(|last| (last.line, last.column) == (mapping.line, mapping.column)) {
            out.pop();
        }
        out.push(mapping);
    }
    out
}

/// Where the only file of a fresh source map starts.
const FIRST: BytePos = BytePos(1);

fn range_of(span: Span) -> Range<usize> {
    let offset = |position: BytePos| position.0.saturating_sub(FIRST.0) as usize;
    offset(span.lo)..offset(span.hi)
}

/// Catches what swc's passes report.
#[derive(Clone, Default)]
struct Complaints(Arc<Mutex<Vec<(String, Span)>>>);

impl Emitter for Complaints {
    fn emit(&mut self, diagnostic: &mut DiagnosticBuilder<'_>) {
        let span = diagnostic.span.primary_span().unwrap_or_default();
        self.0.lock().expect("no holder of this lock can panic").push((diagnostic.message(), span));
    }
}

#[cfg(test)]
mod tests;
