use super::*;

fn run(path: &str, text: &str, minify: bool) -> (Option<Script>, Vec<String>, Vec<crate::Diagnostic>) {
    let source = Source::new(path.into(), path.into(), text.into());
    let mut diagnostics = Diagnostics::default();
    let mut asked = Vec::new();
    let script = compile(&source, minify, &mut diagnostics, &mut |request, _| {
        asked.push(format!(
            "{}{}{}",
            request.specifier,
            if request.kind == RequestKind::Later { " later" } else { "" },
            if request.in_try { " try" } else { "" }
        ));
        if request.in_try { Answer::Keep } else { Answer::Key(format!("key/{}", request.specifier)) }
    });
    (script, asked, diagnostics.finish())
}

fn code(path: &str, text: &str) -> String {
    let (script, _, found) = run(path, text, false);
    assert!(found.is_empty(), "{found:?}");
    script.expect("a script").code
}

#[test]
fn commonjs_stays_sloppy_and_modules_become_strict() {
    let sloppy = code("a.js", "var a = require('./b')\nthis.x = 010\nmodule.exports = a");
    assert!(
        !sloppy.contains("use strict") && sloppy.contains("require('key/./b')")
            || sloppy.contains("require(\"key/./b\")"),
        "{sloppy}"
    );
    assert!(sloppy.contains("this.x = 010"), "{sloppy}");
    let strict = code("a.js", "import b, { c } from './b'\nexport default b\nexport const d = c");
    assert!(strict.starts_with("\"use strict\";"), "{strict}");
    assert!(strict.contains("require(\"key/./b\")") && strict.contains("__esModule"), "{strict}");
}

#[test]
fn finds_every_kind_of_request() {
    let text = "
        import a from 'a'; export * from 'b'; export { c } from 'c';
        const d = require(`d`), e = import('e');
        require.async('f').then(g => g); require('h', () => {}, () => {});
        try { require('i') } catch (error) { require('j') }
        function inner(require) { require('not mine') }
        require(d + e);";
    let (script, asked, found) = run("a.js", text, false);
    assert!(script.is_some() && found.is_empty(), "{found:?}");
    assert_eq!(asked, ["a", "b", "c", "d", "e", "f later", "h later", "i try", "j"]);
}

#[test]
fn typescript_loses_its_types_and_unused_imports() {
    let text = "
        import type { A } from './types'
        import { B } from './types'
        import util = require('./util')
        enum Size { S = 1, L }
        const b: B = { n: Size.L } as B
        class C { constructor(private readonly x: number) {} get() { return this.x! } }
        export { b, C }; util.go()";
    let (script, asked, found) = run("a.ts", text, false);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(asked, ["./util"]);
    let code = script.expect("a script").code;
    assert!(!code.contains("interface") && !code.contains(": B") && code.contains("Size"), "{code}");
}

#[test]
fn lowers_to_the_floor_and_no_further() {
    let new = "
        class A { #p = 1; #m() { return this.#p } static { A.z = 1 } has(o) { return #p in o } run() { return this.#m() } }
        let a; a ??= 1; a ||= 2; a.b &&= 3
        const r = /(?<=a)b/
        async function f(x) { for await (const y of x) await y?.z ?? 1 }";
    let lowered = code("a.js", new);
    for gone in ["#p", "#m", "static {", "??=", "||=", "&&=", "/(?<=a)b/"] {
        assert!(!lowered.contains(gone), "{gone} in {lowered}");
    }
    for kept in ["async function f", "?.", "??", "for await", "await "] {
        assert!(lowered.contains(kept), "{kept} not in {lowered}");
    }
    let fields = code("a.js", "class A { x = 1; static y = 2; #z = 3; get z() { return this.#z } }");
    assert!(fields.contains("#z = 3") && fields.contains("static y = 2"), "{fields}");
}

#[test]
fn every_syntax_error_has_a_place() {
    let (script, _, found) = run("a.js", "let a = 1\nlet b = {\n", false);
    assert!(script.is_none());
    assert_eq!((found[0].code, found[0].line > 1), (codes::SCRIPT_SYNTAX, true));
    let (_, _, found) = run("a.js", "export const a = await b\nimport.meta.url", false);
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::UNSUPPORTED_SCRIPT; 2]);
}

#[test]
fn mappings_lead_back_to_the_source() {
    for minify in [false, true] {
        let (script, _, _) = run(
            "a.ts",
            "const 字: string = 'x'\nfunction go(n: number) {\n  throw new Error('' + n)\n}\ngo(1)\n",
            minify,
        );
        let script = script.expect("a script");
        let line = script.code.lines().position(|l| l.contains("throw")).expect("the throw") as u32;
        let column = script.code.lines().nth(line as usize).and_then(|l| l.find("throw")).expect("the throw");
        let column =
            script.code.lines().nth(line as usize).expect("a line")[..column].encode_utf16().count() as u32;
        let mapping =
            script.mappings.iter().find(|m| (m.line, m.column) == (line, column)).expect("a mapping");
        assert_eq!((mapping.source_line, mapping.source_column), (2, 2));
    }
}
