//! WXS, WeChat's script for templates: JavaScript's syntax with a few other meanings.
//!
//! - `x.constructor` is the name of x's type, so it becomes `x.__wxsCtor`, which the base library defines.
//! - A string keeps a backslash that escapes nothing: `getRegExp('\d')` means the pattern `\d`.
//! - `require` names a file with its suffix; the template runtime knows files without, by absolute path.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    resolve,
    source::Source,
    tree::Tree,
};
use std::ops::Range;
use swc_common::{FileName, SourceMap, Spanned as _, sync::Lrc};
use swc_ecma_ast::{CallExpr, Callee, EsVersion, Expr, IdentName, Lit, MemberProp, Str};
use swc_ecma_codegen::text_writer::JsWriter;
use swc_ecma_parser::{EsSyntax, Syntax, with_file_parser};
use swc_ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};

/// A compiled script and the WXS files it needs.
pub(crate) struct Wxs {
    pub(crate) code: String,
    pub(crate) requires: Vec<String>,
}

/// A `require` in a script: the name, and its place in the file.
#[derive(Clone)]
pub(crate) struct Require {
    name: String,
    place: Range<usize>,
}

/// The file that `source` means. Missing ones are reported.
pub(crate) fn find(
    tree: &mut Tree,
    source: &Source,
    Require { name, place }: &Require,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let file = resolve::file(tree, &source.path, name, &[".wxs"]).ok();
    if file.is_none() {
        let message = format!("the WXS file \"{name}\" does not exist");
        diagnostics.add(Finding::error(codes::MISSING_TEMPLATE, message).at(source, place.clone()));
    }
    file
}

/// Compiles a WXS file, or an inline script: `range` is its place in `source`. `find` finds the files it requires.
pub(crate) fn compile(
    source: &Source,
    range: Range<usize>,
    diagnostics: &mut Diagnostics,
    find: &mut dyn FnMut(&Require) -> Option<String>,
) -> Option<Wxs> {
    let map = Lrc::new(SourceMap::default());
    let file = map.new_source_file(Lrc::new(FileName::Anon), source.text[range.clone()].to_owned());
    let mut errors = Vec::new();
    let syntax = Syntax::Es(EsSyntax { allow_return_outside_function: true, ..EsSyntax::default() });
    let parsed =
        with_file_parser(&file, syntax, EsVersion::Es5, None, &mut errors, |parser| parser.parse_script());
    let place = |span: swc_common::Span| {
        let offset = |position: swc_common::BytePos| range.start + (position.0 as usize).saturating_sub(1);
        offset(span.lo)..offset(span.hi)
    };
    let (mut script, fatal) = match parsed {
        Ok(script) => (Some(script), None),
        Err(error) => (None, Some(error)),
    };
    let failed = fatal.is_some() || !errors.is_empty();
    for error in fatal.into_iter().chain(errors) {
        let message = format!("WXS: {}", error.kind().msg());
        diagnostics.add(Finding::error(codes::SCRIPT_SYNTAX, message).at(source, place(error.span())));
    }
    let script = script.as_mut().filter(|_| !failed)?;
    let mut meanings = Meanings { find, requires: Vec::new(), place: &place };
    script.visit_mut_with(&mut meanings);
    let requires = meanings.requires;

    let mut bytes = Vec::new();
    let mut emitter = swc_ecma_codegen::Emitter {
        cfg: swc_ecma_codegen::Config::default().with_minify(true),
        cm: map.clone(),
        comments: None,
        wr: JsWriter::new(map, "\n", &mut bytes, None),
    };
    emitter.emit_script(script).ok()?;
    drop(emitter);
    Some(Wxs { code: String::from_utf8(bytes).ok()?, requires })
}

struct Meanings<'a> {
    find: &'a mut dyn FnMut(&Require) -> Option<String>,
    requires: Vec<String>,
    place: &'a dyn Fn(swc_common::Span) -> Range<usize>,
}

impl Meanings<'_> {
    fn require(&mut self, literal: &mut Str) {
        let name = literal.value.to_atom_lossy().to_string();
        if let Some(file) = (self.find)(&Require { name, place: (self.place)(literal.span) }) {
            let key = file.strip_suffix(".wxs").unwrap_or(&file);
            literal.value = format!("/{key}").into();
            literal.raw = None;
            self.requires.push(file);
        }
    }
}

impl VisitMut for Meanings<'_> {
    noop_visit_mut_type!();

    fn visit_mut_member_prop(&mut self, property: &mut MemberProp) {
        let constructor = |text: &str| text == "constructor";
        match property {
            MemberProp::Ident(name) if constructor(&name.sym) => name.sym = "__wxsCtor".into(),
            MemberProp::Computed(computed) => {
                if let Expr::Lit(Lit::Str(literal)) = &*computed.expr
                    && constructor(&literal.value.to_atom_lossy())
                {
                    *property = MemberProp::Ident(IdentName::new("__wxsCtor".into(), literal.span));
                    return;
                }
                property.visit_mut_children_with(self);
            }
            _ => {}
        }
    }

    fn visit_mut_call_expr(&mut self, call: &mut CallExpr) {
        if let Callee::Expr(callee) = &call.callee
            && let Expr::Ident(name) = &**callee
            && let Some(first) = call.args.first_mut()
            && let Expr::Lit(Lit::Str(literal)) = &mut *first.expr
        {
            match &*name.sym {
                "require" => self.require(literal),
                "getRegExp" => keep_backslashes(literal),
                _ => {}
            }
        }
        call.visit_mut_children_with(self);
    }
}

/// Reads the literal again from its source text, as WeChat does.
fn keep_backslashes(literal: &mut Str) {
    let Some(raw) = &literal.raw else { return };
    let raw = raw.as_str();
    let Some(inner) = raw.len().checked_sub(1).and_then(|end| raw.get(1..end)) else { return };
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            // An escaped backslash or quote means itself, everything else is the pattern's business.
            ('\\', Some(next @ ('\\' | '\'' | '"'))) => {
                value.push(next);
                chars.next();
            }
            ('\\', Some(next)) => {
                value.extend(['\\', next]);
                chars.next();
            }
            _ => value.push(c),
        }
    }
    literal.value = value.into();
    literal.raw = None;
}
