//! Finds every module that a script names, and writes the place where it was found into the script.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    source::Source,
};
use std::ops::Range;
use swc_common::{Mark, Span, Spanned as _};
use swc_ecma_ast::{
    ArrowExpr, AwaitExpr, CallExpr, Callee, Class, ExportAll, Expr, ForOfStmt, Function, ImportDecl, Lit,
    MemberProp, MetaPropExpr, MetaPropKind, NamedExport, Str, TryStmt,
};
use swc_ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};

/// How a module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// `require("x")`, `import … from "x"`, `import("x")`: there at once.
    Now,
    /// `require.async("x")`, `require("x", ok, fail)`: its package may have to be loaded first.
    Later,
}

/// One module that a script names.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) specifier: String,
    pub(crate) kind: RequestKind,
    /// It stands in a `try`: being absent is no error.
    pub(crate) in_try: bool,
    pub(crate) range: Range<usize>,
}

/// What becomes of the name in the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The module's key takes its place.
    Key(String),
    /// It stays; the base library says what is missing if it ever runs.
    Keep,
}

pub(super) struct Requests<'a> {
    source: &'a Source,
    unresolved: Mark,
    diagnostics: &'a mut Diagnostics,
    resolve: &'a mut dyn FnMut(&Request, &mut Diagnostics) -> Answer,
    tries: usize,
    functions: usize,
    /// Keys of the modules that run before this one does, and where they are named.
    pub(super) at_once: Vec<(String, Range<usize>)>,
}

impl<'a> Requests<'a> {
    pub(super) fn new(
        source: &'a Source,
        unresolved: Mark,
        diagnostics: &'a mut Diagnostics,
        resolve: &'a mut dyn FnMut(&Request, &mut Diagnostics) -> Answer,
    ) -> Self {
        Self { source, unresolved, diagnostics, resolve, tries: 0, functions: 0, at_once: Vec::new() }
    }

    fn ask(&mut self, literal: &mut Str, kind: RequestKind) {
        let specifier = literal.value.to_atom_lossy().to_string();
        let range = super::range_of(literal.span);
        let request = Request { specifier, kind, in_try: self.tries > 0, range };
        if let Answer::Key(key) = (self.resolve)(&request, self.diagnostics) {
            if kind == RequestKind::Now && self.functions == 0 {
                self.at_once.push((key.clone(), request.range));
            }
            literal.value = key.into();
            literal.raw = None;
        }
    }

    fn ask_argument(&mut self, call: &mut CallExpr, kind: RequestKind) {
        let Some(first) = call.args.first_mut().filter(|argument| argument.spread.is_none()) else { return };
        // A template literal without a value in it names a module as well as a string does.
        if let Expr::Tpl(template) = &*first.expr
            && let [only] = template.quasis.as_slice()
            && let Some(text) = &only.cooked
        {
            let literal = Str { span: template.span, value: text.clone(), raw: None };
            *first.expr = Expr::Lit(Lit::Str(literal));
        }
        if let Expr::Lit(Lit::Str(literal)) = &mut *first.expr {
            self.ask(literal, kind);
        }
    }

    /// Whether this is the module's own `require`, not a variable of that name (as in a browserified file).
    fn is_require(&self, expression: &Expr) -> bool {
        expression
            .as_ident()
            .is_some_and(|ident| &*ident.sym == "require" && ident.ctxt.outer() == self.unresolved)
    }

    fn unsupported(&mut self, span: Span, message: &str, help: &str) {
        let finding =
            Finding::error(codes::UNSUPPORTED_SCRIPT, message).at(self.source, super::range_of(span));
        self.diagnostics.add(finding.help(help));
    }

    fn in_function(&mut self, visit: impl FnOnce(&mut Self)) {
        self.functions += 1;
        visit(self);
        self.functions -= 1;
    }
}

impl VisitMut for Requests<'_> {
    noop_visit_mut_type!();

    fn visit_mut_import_decl(&mut self, import: &mut ImportDecl) {
        self.ask(&mut import.src, RequestKind::Now);
    }

    fn visit_mut_export_all(&mut self, export: &mut ExportAll) {
        self.ask(&mut export.src, RequestKind::Now);
    }

    fn visit_mut_named_export(&mut self, export: &mut NamedExport) {
        if let Some(literal) = &mut export.src {
            self.ask(literal, RequestKind::Now);
        }
    }

    fn visit_mut_call_expr(&mut self, call: &mut CallExpr) {
        let kind = match &call.callee {
            Callee::Import(_) => Some(RequestKind::Now),
            Callee::Expr(callee) if self.is_require(callee) => {
                Some(if call.args.len() > 1 { RequestKind::Later } else { RequestKind::Now })
            }
            Callee::Expr(callee) => callee
                .as_member()
                .filter(|member| self.is_require(&member.obj))
                .filter(|member| matches!(&member.prop, MemberProp::Ident(name) if &*name.sym == "async"))
                .map(|_| RequestKind::Later),
            Callee::Super(_) => None,
        };
        if let Some(kind) = kind {
            self.ask_argument(call, kind);
        }
        call.visit_mut_children_with(self);
    }

    fn visit_mut_try_stmt(&mut self, statement: &mut TryStmt) {
        self.tries += 1;
        statement.block.visit_mut_with(self);
        self.tries -= 1;
        statement.handler.visit_mut_with(self);
        statement.finalizer.visit_mut_with(self);
    }

    fn visit_mut_function(&mut self, function: &mut Function) {
        self.in_function(|visitor| function.visit_mut_children_with(visitor));
    }

    fn visit_mut_arrow_expr(&mut self, arrow: &mut ArrowExpr) {
        self.in_function(|visitor| arrow.visit_mut_children_with(visitor));
    }

    fn visit_mut_class(&mut self, class: &mut Class) {
        self.in_function(|visitor| class.visit_mut_children_with(visitor));
    }

    fn visit_mut_await_expr(&mut self, expression: &mut AwaitExpr) {
        if self.functions == 0 {
            self.unsupported(
                expression.span,
                "await outside an async function",
                "put it into an async function",
            );
        }
        expression.visit_mut_children_with(self);
    }

    fn visit_mut_for_of_stmt(&mut self, statement: &mut ForOfStmt) {
        if statement.is_await && self.functions == 0 {
            self.unsupported(
                statement.span,
                "for await outside an async function",
                "put it into an async function",
            );
        }
        statement.visit_mut_children_with(self);
    }

    fn visit_mut_meta_prop_expr(&mut self, meta: &mut MetaPropExpr) {
        if meta.kind == MetaPropKind::ImportMeta {
            self.unsupported(
                meta.span(),
                "import.meta has no meaning in a mini-program",
                "name the value itself",
            );
        }
    }
}
