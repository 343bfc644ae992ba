//! Less: what it gives, where it reads, and where its errors are.
use crate::support::{built, development, file, found, project, report};
use lodger_compiler::Output;

const SETTINGS: (&str, &str) =
    ("project.config.json", r#"{"appid":"t","setting":{"useCompilerPlugins":["less"]}}"#);

fn with<'a>(files: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [SETTINGS].into_iter().chain(files.iter().copied()).collect()
}

/// The script of the main package, with its style sheets as they are in it.
fn styles(output: &Output) -> String {
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    file(output, "package.js").replace("\\n", "\n").replace("\\\"", "\"")
}

/// The style sheet of `pages/a`, white space apart.
fn style(files: &[(&str, &str)]) -> String {
    let script = styles(&built(&with(files)));
    let start = script.find("styles: ").expect("styles");
    let end = script[start..].find("templates:").expect("templates");
    script[start..start + end].to_owned()
}

#[test]
fn variables_mixins_nesting_functions() {
    let css = style(&[(
        "pages/a.less",
        r#"
@main: #ff8800; @gap: 10rpx; @side: left;
.round(@r: 4rpx) when (isnumber(@r)) { border-radius: @r; }
.clear() { &::after { content: ''; clear: both; } }
.card {
  .round(@gap * 2); .clear();
  color: darken(@main, 10%);
  margin-@{side}: (@gap / 2);
  aspect-ratio: 1 / 1;
  width: calc(~'100% - ' @gap);
  height: calc(100vh - 2 * env(safe-area-inset-bottom));
  &.on { .icon { width: percentage(0.5); } }
  @media (min-width: 300px) { top: @gap; }
}
.loop(@i) when (@i > 0) { .m-@{i} { order: @i; } .loop(@i - 1); }
.loop(2);
// no comment of one line reaches the sheet
.last:extend(.card all) { left: 1px; }
"#,
    )]);
    insta::assert_snapshot!(css);
}

#[test]
fn imports_are_found_as_those_of_wxss() {
    let css = style(&[
        (
            "pages/a.less",
            "@import 'part';\n@import '/styles/vars.less';\n@import (reference) '../styles/only';\n@import 'kit/theme';\n@import './plain.wxss';\n@import (optional) './none';\n.a { color: @brand; .only(); .kit(); }",
        ),
        ("pages/part.less", "@import '../styles/vars';\n.part { color: @brand; }"),
        ("pages/plain.wxss", ".plain { color: red; }"),
        ("styles/vars.less", "@brand: blue;"),
        ("styles/only.less", ".only { top: 1rpx; } .unseen { top: 2rpx; }"),
        ("node_modules/kit/theme.less", ".kit() { left: 3rpx; }"),
        ("node_modules/kit/package.json", r#"{"name":"kit"}"#),
    ]);
    insta::assert_snapshot!(css);
}

#[test]
fn a_wxss_import_may_mean_what_less_becomes() {
    let css = style(&[
        ("pages/a.wxss", "@import './b.wxss';"),
        ("pages/b.less", "@w: 1px; .b { width: @w }"),
        ("pages/b.wxss", ".stale {}"),
    ]);
    assert!(css.contains("width:1px") && !css.contains("stale"), "{css}");
}

#[test]
fn packages_ship_their_wxss() {
    let css = style(&[
        ("pages/a.json", r#"{"usingComponents":{"c":"kit/c"}}"#),
        ("node_modules/kit/c.json", r#"{"component":true}"#),
        ("node_modules/kit/c.wxml", "<view/>"),
        ("node_modules/kit/c.wxss", "@import './d.wxss'; .c { color: red }"),
        ("node_modules/kit/d.wxss", ".d { color: red }"),
        ("node_modules/kit/c.less", "@import 'not-shipped';"),
        ("node_modules/kit/d.less", "@import 'not-shipped';"),
        ("node_modules/kit/package.json", r#"{"name":"kit"}"#),
    ]);
    assert!(css.contains(".d{") || css.contains("d{color:red}"), "{css}");
}

#[test]
fn errors_have_a_place() {
    let places = |text: &str| report(&found(&with(&[("pages/a.less", text)])));
    assert_eq!(
        places(".a {\r\n  .b { color: @none; }\r\n}"),
        "L0405 pages/a.less:2:15 Less: variable @none is undefined"
    );
    assert_eq!(
        places("\u{feff}/* 你好 */ .a { .none(); }"),
        "L0405 pages/a.less:1:15 Less: .none is undefined"
    );
    assert_eq!(
        places(".a { color: red"),
        "L0405 pages/a.less:1:16 Less: Unrecognised input. Possibly missing something"
    );
    let found =
        found(&with(&[("pages/a.less", "\n@import './b';"), ("pages/b.less", ".b {\n  top: @t;\n}")]));
    assert_eq!(
        found[0].to_string(),
        "error[L0405]: Less: variable @t is undefined\n  --> pages/b.less:2:8\n 2 |   top: @t;\n   |        ^"
    );
}

#[test]
fn imports_that_lead_nowhere_are_named() {
    let found = found(&with(&[("pages/a.less", "@import '../styles/colour';"), ("styles/colours.less", "")]));
    assert_eq!(
        found[0].to_string(),
        "error[L0403]: the style sheet \"../styles/colour\" does not exist\n  --> pages/a.less:1:10\n 1 | @import '../styles/colour';\n   |          ^^^^^^^^^^^^^^^^\n  help: did you mean \"/styles/colours\"?"
    );
}

#[test]
fn nothing_else_is_read_or_run() {
    let places = |text: &str| report(&found(&with(&[("pages/a.less", text), ("pages/p.js", "evil()")])));
    let outside = "the path leads out of the program";
    for name in ["../../etc/passwd", "/../x.less", "../../../../../../etc/passwd.less"] {
        let expected =
            format!("L0005 pages/a.less:1:10 the style sheet \"{name}\" does not exist: {outside}");
        assert_eq!(places(&format!("@import '{name}';")), expected);
        assert_eq!(places(&format!("@import (inline) '{name}';")), expected.replace(":10 ", ":19 "));
    }
    assert!(places("@import 'file:///etc/passwd';").contains("is remote and cannot be imported"));
    assert!(places("@import 'https://h/a.less';").contains("1:10 Less: \"https://h/a.less\" is remote"));
    assert!(places("@plugin 'p';").contains("L0405 pages/a.less:1:1 Less: @plugin is not supported"));
    assert!(places(".a { b: `1 + 1`; }").contains("1:9 Less: Inline JavaScript is not enabled"));
    assert!(places(".a { b: image-width('x.png'); }").contains("1:9 Less: Error evaluating function"));
    // A file is not read into the sheet: the address stays one, and is checked as any other.
    assert_eq!(
        places(".a { b: data-uri('../../etc/passwd'); }"),
        "L0005 pages/a.less:1:19 the file \"../../etc/passwd\" does not exist: the path leads out of the program"
    );
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_not_imported() {
    let secret = tempfile::tempdir().expect("a temporary folder");
    crate::support::write(secret.path(), "secret.less", ".secret {}");
    let folder = project(&with(&[("pages/a.less", "@import (inline) './link.less';")]));
    std::os::unix::fs::symlink(secret.path().join("secret.less"), folder.path().join("pages/link.less"))
        .expect("a link");
    let found = development(folder.path()).diagnostics;
    assert_eq!(report(&found), "L0403 pages/a.less:1:19 the style sheet \"./link.less\" does not exist");
}

#[test]
fn what_wxss_says_of_the_result_names_the_line_of_less() {
    let output = built(&with(&[
        (
            "pages/a.less",
            "@import './b';\n@w: 1px;\n\n.a {\n  .b { width: @w; background: url(./none.png); }\n}",
        ),
        ("pages/b.less", "// 你\n.c { &:extend(.x); }\n@import url('//h/x.css');"),
    ]));
    assert_eq!(
        report(&output.diagnostics),
        "L0104 pages/a.less:5:35 the file \"./none.png\" does not exist\nL0402 pages/b.less:3:14 \"//h/x.css\" is remote and is not imported"
    );
}

#[test]
fn circles_end() {
    let output = built(&with(&[
        ("pages/a.less", "@import './b'; .a { top: 1px }"),
        ("pages/b.less", "@import './a'; .b { top: 1px }"),
    ]));
    assert!(styles(&output).contains("top:1px"));
}

#[test]
fn a_deep_loop_is_no_endless_one_and_that_harms_no_other_file() {
    let output = built(&with(&[(
        "pages/a.less",
        ".l(@i) when (@i > 0) { .x-@{i} { top: 1px } .l(@i - 1) } .l(200);",
    )]));
    assert!(styles(&output).contains("x-200{"));
    let found = found(&with(&[
        ("app.json", r#"{"pages":["pages/a","pages/b"]}"#),
        ("pages/a.less", ".m() { .m(); } .a { .m(); }"),
        ("pages/b.less", ".b { c: length(range(100)) }"),
        ("pages/b.wxml", "<view/>"),
    ]));
    assert_eq!(report(&found), "L0405 pages/a.less:1:21 Less: too deep or too large to be compiled");
}

#[test]
fn every_file_read_is_watched_and_known() {
    let files = with(&[
        ("pages/a.less", "@import './b';"),
        ("pages/b.less", ".b { top: 1px }"),
        ("pages/c.less", "unused"),
    ]);
    let folder = project(&files);
    let output = development(folder.path());
    for name in ["pages/a.less", "pages/b.less"] {
        assert!(output.inputs.contains(&folder.path().join(name)), "{name} in {:?}", output.inputs);
    }
    assert_eq!(output.stats.unreachable, ["pages/c.less"]);
    let again = development(folder.path());
    let digest = |output: &Output| output.bundle.as_ref().expect("a bundle").digest().to_hex();
    assert_eq!(digest(&output), digest(&again));
}

#[test]
fn less_needs_its_plugin() {
    let output = built(&[("pages/a.less", "not looked at {"), ("pages/a.wxss", ".a { top: 1px }")]);
    assert!(styles(&output).contains("top:1px"));
}
