//! What a script uses of `wx`, and the addresses in its texts: what `lodger check` asks about.
use crate::source::Source;
use std::{collections::BTreeSet, ops::Range};
use swc_common::{Mark, Spanned as _};
use swc_ecma_ast::{
    AssignTarget, BinExpr, BinaryOp, CallExpr, Callee, CondExpr, Expr, IfStmt, Lit, MemberExpr, MemberProp,
    ObjectPatProp, OptChainBase, OptChainExpr, Pat, Program, SimpleAssignTarget, Str, Tpl, UnaryExpr,
    UnaryOp, VarDeclarator,
};
use swc_ecma_visit::{Visit, VisitWith, noop_visit_type};

/// What one script uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Members of `wx` that are called or taken, those that the script asks about first left out.
    pub(crate) members: Vec<(String, Range<usize>)>,
    /// Members that the script gives to `wx` itself.
    pub(crate) own: BTreeSet<String>,
    /// Texts that start with an address, as far as they are constant.
    pub(crate) addresses: Vec<(String, Range<usize>)>,
    /// Keys of the modules that run before this one does, and where they are named.
    pub(crate) requires: Vec<(String, Range<usize>)>,
}

/// Reads a program whose names are resolved (`unresolved` marks the global ones).
pub(super) fn of(program: &Program, source: &Source, unresolved: Mark) -> Usage {
    let mut reader = Reader { source, unresolved, usage: Usage::default(), probed: BTreeSet::new() };
    program.visit_with(&mut reader);
    // A script that asks whether a function is there knows what to do without it.
    let Reader { mut usage, probed, .. } = reader;
    usage.members.retain(|(name, _)| !probed.contains(name));
    usage
}

struct Reader<'a> {
    source: &'a Source,
    unresolved: Mark,
    usage: Usage,
    /// `if (wx.x)`, `typeof wx.x`, `wx.canIUse("x")` and the like.
    probed: BTreeSet<String>,
}

impl Reader<'_> {
    fn is_wx(&self, expression: &Expr) -> bool {
        expression
            .as_ident()
            .is_some_and(|ident| &*ident.sym == "wx" && ident.ctxt.outer() == self.unresolved)
    }

    /// `x` of `wx.x` or `wx["x"]`.
    fn member(&self, member: &MemberExpr) -> Option<String> {
        if !self.is_wx(&member.obj) {
            return None;
        }
        match &member.prop {
            MemberProp::Ident(name) => Some(name.sym.to_string()),
            MemberProp::Computed(computed) => text(&computed.expr),
            MemberProp::PrivateName(_) => None,
        }
    }

    /// Notes what an expression asks about when only its truth matters.
    fn probe(&mut self, expression: &Expr) {
        match expression {
            Expr::Paren(inner) => self.probe(&inner.expr),
            Expr::Unary(unary) => self.probe(&unary.arg),
            Expr::Bin(binary) => {
                self.probe(&binary.left);
                self.probe(&binary.right);
            }
            Expr::Member(member) => self.probed.extend(self.member(member)),
            _ => {}
        }
    }

    fn address(&mut self, value: &str, span: swc_common::Span, ends_open: bool) {
        let Some(scheme) = ["https://", "wss://"].into_iter().find(|scheme| value.starts_with(scheme)) else {
            return;
        };
        // A host that an expression goes on writing is not known.
        let rest = &value[scheme.len()..];
        if ends_open && !rest.contains(['/', '?', '#']) {
            return;
        }
        let range = super::range_of(span);
        let at = self.source.text.get(range.clone()).and_then(|text| text.find(value)).unwrap_or(0);
        let start = range.start + at;
        self.usage.addresses.push((value.to_owned(), start..start + value.len().min(range.len())));
    }
}

/// A constant text.
fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(Lit::Str(literal)) => Some(literal.value.to_atom_lossy().to_string()),
        Expr::Tpl(template) => match template.quasis.as_slice() {
            [only] => only.cooked.as_ref().map(|text| text.to_atom_lossy().to_string()),
            _ => None,
        },
        _ => None,
    }
}

impl Visit for Reader<'_> {
    noop_visit_type!();

    fn visit_member_expr(&mut self, member: &MemberExpr) {
        if let Some(name) = self.member(member) {
            self.usage.members.push((name, super::range_of(member.span)));
        }
        member.visit_children_with(self);
    }

    fn visit_var_declarator(&mut self, declarator: &VarDeclarator) {
        if let (Pat::Object(pattern), Some(init)) = (&declarator.name, &declarator.init)
            && self.is_wx(init)
        {
            for property in &pattern.props {
                let (name, span) = match property {
                    ObjectPatProp::KeyValue(pair) => {
                        let name = pair.key.as_ident().map(|name| name.sym.to_string());
                        (name, pair.key.span())
                    }
                    ObjectPatProp::Assign(assign) => (Some(assign.key.sym.to_string()), assign.key.span()),
                    ObjectPatProp::Rest(_) => (None, declarator.span),
                };
                self.usage.members.extend(name.map(|name| (name, super::range_of(span))));
            }
        }
        declarator.visit_children_with(self);
    }

    fn visit_assign_target(&mut self, target: &AssignTarget) {
        if let AssignTarget::Simple(SimpleAssignTarget::Member(member)) = target
            && let Some(name) = self.member(member)
        {
            self.usage.own.insert(name);
            return;
        }
        target.visit_children_with(self);
    }

    fn visit_call_expr(&mut self, call: &CallExpr) {
        if let Callee::Expr(callee) = &call.callee
            && let Some(member) = callee.as_member()
            && self.member(member).as_deref() == Some("canIUse")
            && let Some(schema) = call.args.first().and_then(|argument| text(&argument.expr))
        {
            self.probed.extend(schema.split('.').next().map(str::to_owned));
        }
        call.visit_children_with(self);
    }

    fn visit_opt_chain_expr(&mut self, chain: &OptChainExpr) {
        // `wx.x?.()`, `wx.x?.y`, `wx?.x`
        match &*chain.base {
            OptChainBase::Call(call) => self.probe(&call.callee),
            OptChainBase::Member(member) => {
                self.probe(&member.obj);
                self.probed.extend(self.member(member));
            }
        }
        chain.visit_children_with(self);
    }

    fn visit_if_stmt(&mut self, statement: &IfStmt) {
        self.probe(&statement.test);
        statement.visit_children_with(self);
    }

    fn visit_cond_expr(&mut self, expression: &CondExpr) {
        self.probe(&expression.test);
        expression.visit_children_with(self);
    }

    fn visit_unary_expr(&mut self, expression: &UnaryExpr) {
        if matches!(expression.op, UnaryOp::TypeOf | UnaryOp::Bang) {
            self.probe(&expression.arg);
        }
        expression.visit_children_with(self);
    }

    fn visit_bin_expr(&mut self, expression: &BinExpr) {
        match expression.op {
            BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => {
                self.probe(&expression.left);
            }
            BinaryOp::EqEq | BinaryOp::NotEq | BinaryOp::EqEqEq | BinaryOp::NotEqEq => {
                self.probe(&expression.left);
                self.probe(&expression.right);
            }
            BinaryOp::In if self.is_wx(&expression.right) => {
                self.probed.extend(text(&expression.left));
            }
            _ => {}
        }
        expression.visit_children_with(self);
    }

    fn visit_str(&mut self, literal: &Str) {
        let value = literal.value.to_atom_lossy();
        self.address(&value, literal.span, false);
    }

    fn visit_tpl(&mut self, template: &Tpl) {
        if let [first, rest @ ..] = template.quasis.as_slice()
            && let Some(value) = &first.cooked
        {
            self.address(&value.to_atom_lossy(), first.span, !rest.is_empty());
        }
        template.visit_children_with(self);
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnostic::Diagnostics, script, source::Source};

    fn usage(code: &str) -> script::Usage {
        let source = Source::new("a.js".into(), "a.js".into(), code.into());
        let mut diagnostics = Diagnostics::default();
        let script = script::compile(&source, false, &mut diagnostics, &mut |request, _| {
            script::Answer::Key(request.specifier.clone())
        });
        script.unwrap_or_else(|| panic!("{:?}", diagnostics.finish())).usage
    }

    fn members(code: &str) -> Vec<String> {
        let names = usage(code).members.into_iter().map(|(name, _)| name);
        names.filter(|name| name != "canIUse").collect()
    }

    #[test]
    fn every_way_to_name_a_function() {
        let code =
            "wx.a(); const f = wx.b; wx['c'](); const { d, e: g, ...h } = wx; wx.cloud.call(); wx[x]()";
        assert_eq!(members(code), ["a", "b", "c", "d", "e", "cloud"]);
        assert_eq!(usage("x; wx.login()").members[0].1, 3..11);
    }

    #[test]
    fn another_wx_is_not_meant() {
        assert!(members("function f(wx) { wx.a() } const o = { wx: 1 }; o.wx.b").is_empty());
    }

    #[test]
    fn who_asks_first_does_not_rely_on_it() {
        for code in [
            "if (wx.canIUse('a.success')) wx.a()",
            "if (wx.a) { wx.a() }",
            "if (!wx.a) return; wx.a()",
            "typeof wx.a === 'function' ? wx.a() : 0",
            "wx.a && wx.a()",
            "const f = wx.a || other",
            "wx.a?.()",
            "if ('a' in wx) wx.a()",
            "if (wx.a !== undefined && x) wx.a()",
        ] {
            assert!(members(code).is_empty(), "{code}");
        }
        assert_eq!(members("if (wx.b) {} wx.a()"), ["a"]);
    }

    #[test]
    fn what_a_program_adds_is_its_own() {
        let usage = usage("wx.mine = 1; wx.mine()");
        assert!(usage.own.contains("mine"));
    }

    #[test]
    fn addresses_stand_at_the_start_of_texts() {
        let code = "f('https://a.b/c', `wss://s.t/${x}`, `https://${h}/x`, `https://a.${h}`, 'see https://no.no', 'https://' + h)";
        let found = usage(code).addresses;
        let texts: Vec<_> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["https://a.b/c", "wss://s.t/", "https://"]);
        assert_eq!(&code[found[0].1.clone()], "https://a.b/c");
    }

    #[test]
    fn only_what_runs_first_is_required_at_once() {
        let usage =
            usage("import './a'; require('./b'); function f() { require('./c') } require.async('./d')");
        let keys: Vec<_> = usage.requires.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["./a", "./b"]);
    }
}
