//! Lowers what WebView (Chrome) 80 or Safari 15 do not know. What both know stays: async, `?.`, `??`, class fields.
use swc_common::Mark;
use swc_ecma_ast::{BinExpr, BinaryOp, ClassMember, Expr, Pass as _, Program};
use swc_ecma_compat_es2022::class_properties;
use swc_ecma_transformer::RegExpOptions;
use swc_ecma_visit::{Visit, VisitWith, noop_visit_type};

pub(super) fn lower(program: &mut Program, unresolved: Mark) {
    let mut classes = ModernClasses(false);
    program.visit_with(&mut classes);
    // Such a literal would stop the whole package from loading; as a constructor call it fails where it is used.
    let mut patterns = RegExpOptions::default();
    patterns.lookbehind_assertion = true;
    patterns.has_indices = true;
    swc_ecma_transformer::es2022_runtime_transforms(patterns).process(program);
    if classes.0 {
        // Private methods cannot be lowered alone: fields and methods share one representation.
        class_properties(class_properties::Config::default(), unresolved).process(program);
    }
    swc_ecma_compat_es2021::es2021().process(program);
}

/// Whether a file uses class features above the floor. Most files do not, and keep their classes as written.
struct ModernClasses(bool);

impl Visit for ModernClasses {
    noop_visit_type!();

    fn visit_class_member(&mut self, member: &ClassMember) {
        self.0 |= matches!(
            member,
            ClassMember::PrivateMethod(_) | ClassMember::StaticBlock(_) | ClassMember::AutoAccessor(_)
        );
        member.visit_children_with(self);
    }

    fn visit_bin_expr(&mut self, expression: &BinExpr) {
        self.0 |= expression.op == BinaryOp::In && matches!(&*expression.left, Expr::PrivateName(_));
        expression.visit_children_with(self);
    }
}
