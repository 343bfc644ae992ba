//! The npm build step, on packages written here.
use crate::support::{built, development, file, found, paths, project, report, write};
use std::path::Path;

const LIBRARY: &[(&str, &str)] = &[
    ("node_modules/@ui/kit/package.json", r#"{"name":"@ui/kit","miniprogram":"lib"}"#),
    (
        "node_modules/@ui/kit/lib/button/index.json",
        r#"{"component":true,"usingComponents":{"k-icon":"../icon/index"}}"#,
    ),
    ("node_modules/@ui/kit/lib/button/index.wxml", "<k-icon/>"),
    ("node_modules/@ui/kit/lib/button/index.js", "var u = require('../util'); Component({ u: u })"),
    ("node_modules/@ui/kit/lib/button/index.wxss", "@import '../base.wxss';.b{color:red}"),
    ("node_modules/@ui/kit/lib/base.wxss", ".base{width:2rpx}"),
    ("node_modules/@ui/kit/lib/icon/index.json", r#"{"component":true}"#),
    ("node_modules/@ui/kit/lib/icon/index.wxml", "<text/>"),
    ("node_modules/@ui/kit/lib/icon/index.js", "Component({})"),
    ("node_modules/@ui/kit/lib/icon/icon.png", "png"),
    ("node_modules/@ui/kit/lib/unused/index.js", "Component({})"),
    ("node_modules/@ui/kit/lib/util.js", "module.exports = 1"),
    ("node_modules/@ui/kit/src/index.ts", "never read"),
    ("package.json", r#"{"dependencies":{"@ui/kit":"*"}}"#),
];

fn with<'a>(base: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    base.iter().chain(more).copied().collect()
}

#[test]
fn components_come_from_the_miniprogram_folder() {
    let page = [("pages/a.json", r#"{"usingComponents":{"k-button":"@ui/kit/button/index"}}"#)];
    let output = built(&with(LIBRARY, &page));
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    let script = file(&output, "package.js");
    assert!(script.contains(r#""k-button":"/miniprogram_npm/@ui/kit/button/index""#), "{script}");
    assert!(script.contains(r#"require("miniprogram_npm/@ui/kit/util.js")"#), "{script}");
    assert!(script.contains("width:0.266667vw"), "{script}");
    assert!(!script.contains("unused"), "{script}");
    assert_eq!((output.stats.components, output.stats.modules), (2, 4));
    assert!(paths(&output).contains(&"miniprogram_npm/@ui/kit/icon/icon.png".to_owned()));
}

#[test]
fn a_path_through_miniprogram_npm_means_the_same() {
    let page = [
        ("pages/a.json", r#"{"usingComponents":{"k-button":"/miniprogram_npm/@ui/kit/button/index"}}"#),
        ("pages/a.wxss", "@import '../miniprogram_npm/@ui/kit/base.wxss';"),
        ("pages/a.js", "require('../miniprogram_npm/@ui/kit/util'); require('@ui/kit/util')"),
    ];
    let output = built(&with(LIBRARY, &page));
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    assert_eq!(
        file(&output, "package.js").matches(r#"require("miniprogram_npm/@ui/kit/util.js")"#).count(),
        3
    );
}

#[test]
fn a_name_after_a_dot_is_a_package_where_no_file_is_meant() {
    let page = [
        ("pages/a.js", "require('./@ui/kit/util'); require('./near'); require('../near')"),
        ("pages/near.js", "module.exports = 'beside the page'"),
        ("near.js", "module.exports = 'above the page'"),
        ("node_modules/near/index.js", "module.exports = 'from npm'"),
        ("node_modules/near/package.json", r#"{"name":"near"}"#),
    ];
    let output = built(&with(LIBRARY, &page));
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    let script = file(&output, "package.js");
    assert!(script.contains(r#"require("miniprogram_npm/@ui/kit/util.js")"#), "{script}");
    assert!(!script.contains("from npm"), "{script}");
}

#[test]
fn the_extended_library_weui_is_taken_from_npm() {
    let app = |more: &[(&'static str, &'static str)]| {
        with(
            &[
                ("app.json", r#"{"pages":["pages/a"],"useExtendedLib":{"weui":"latest","other":true}}"#),
                ("app.wxss", ".own{color:red}"),
            ],
            more,
        )
    };
    let missing = found(&app(&[]));
    assert_eq!(missing[0].code, "L0007");
    assert_eq!(missing[0].help.as_deref(), Some("npm install weui-miniprogram"));

    let output = built(&app(&[
        (
            "node_modules/weui-miniprogram/package.json",
            r#"{"name":"weui-miniprogram","miniprogram":"miniprogram_dist"}"#,
        ),
        (
            "node_modules/weui-miniprogram/miniprogram_dist/weui-wxss/dist/style/weui.wxss",
            ".weui-cell{color:blue}",
        ),
    ]));
    assert_eq!(output.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["L0007"]);
    let script = file(&output, "package.js");
    let (library, own) = (script.find("weui-cell{"), script.find("own{"));
    assert!(library.is_some() && library < own, "{script}");
}

#[test]
fn a_committed_miniprogram_npm_wins() {
    let output = built(&with(
        LIBRARY,
        &[
            ("miniprogram_npm/@ui/kit/util.js", "module.exports = 'committed'"),
            ("pages/a.js", "require('@ui/kit/util')"),
        ],
    ));
    assert!(file(&output, "package.js").contains("committed"));
}

#[test]
fn plain_packages_and_their_own_dependencies() {
    let output = built(&[
        ("pages/a.js", "import d, { x } from 'day'; import z from 'day/plugin/z'; Page({ d, x, z })"),
        ("node_modules/day/package.json", r#"{"main":"./dist/day.min","module":"esm/index.js"}"#),
        ("node_modules/day/dist/day.min.js", "var t = require('tick'); module.exports = t"),
        ("node_modules/day/plugin/z/index.js", "export default 1"),
        ("node_modules/tick/package.json", r#"{"exports":{".":{"import":"./i.mjs","require":"./r.cjs"}}}"#),
        ("node_modules/tick/r.cjs", "exports.x = require('./data')"),
        ("node_modules/tick/data.json", r#"{"a":[1]}"#),
        ("node_modules/unasked/index.js", "syntax error here("),
    ]);
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    let script = file(&output, "package.js");
    for key in ["day/dist/day.min.js", "day/plugin/z/index.js", "tick/r.cjs", "tick/data.json"] {
        assert!(script.contains(&format!("\"miniprogram_npm/{key}\": function")), "{key} in {script}");
    }
    assert!(script.contains(r#"module.exports = {"a":[1]}"#), "{script}");
}

#[test]
fn a_package_gets_the_version_it_was_installed_with() {
    let output = built(&[
        ("pages/a.js", "require('one'); require('dep')"),
        ("node_modules/one/index.js", "require('dep')"),
        ("node_modules/one/node_modules/dep/index.js", "exports.v = 'old'"),
        ("node_modules/dep/index.js", "exports.v = 'new'"),
    ]);
    let script = file(&output, "package.js");
    assert!(
        script.contains("\"miniprogram_npm/dep/index.js\": function") && script.contains("'new'"),
        "{script}"
    );
    assert!(script.contains(r#"require("miniprogram_npm/one/miniprogram_npm/dep/index.js")"#), "{script}");
}

#[test]
fn packages_beside_the_project_file_feed_a_root_below() {
    let folder = project(&[(
        "project.config.json",
        r#"{"appid":"t","miniprogramRoot":"src/","setting":{"packNpmManually":true,
        "packNpmRelationList":[{"packageJsonPath":"./package.json","miniprogramNpmDistDir":"./src/"}]}}"#,
    )]);
    write(folder.path(), "src/app.json", r#"{"pages":["a"]}"#);
    write(folder.path(), "src/a.js", "require('dep')");
    write(folder.path(), "package.json", "{}");
    write(folder.path(), "node_modules/dep/index.js", "exports.here = 1");
    let output = development(folder.path());
    assert!(file(&output, "package.js").contains("exports.here"));
}

#[test]
fn what_only_node_has_is_a_warning_inside_a_package() {
    let output = built(&[
        ("pages/a.js", "require('dual')"),
        ("node_modules/dual/index.js", "try { require('fs') } catch (e) {}\nif (0) require('http')"),
    ]);
    assert_eq!(
        report(&output.diagnostics),
        "L0502 node_modules/dual/index.js:2:16 the module \"http\" does not exist"
    );
}

#[test]
fn a_broken_package_is_named() {
    let found = found(&[
        ("pages/a.js", "require('bad')"),
        ("node_modules/bad/package.json", r#"{"miniprogram":"../../../etc"}"#),
        ("node_modules/bad/index.js", "1"),
    ]);
    let codes: Vec<_> = found.iter().map(|d| (d.code, d.file.as_str())).collect();
    assert_eq!(codes, [("L0601", "node_modules/bad/package.json"), ("L0502", "pages/a.js")]);
}

#[cfg(unix)]
#[test]
fn linked_packages_are_followed_as_node_does() {
    // The layout of pnpm: the package is a link, its dependencies stand beside its real folder.
    let folder = project(&[("pages/a.js", "require('one')")]);
    write(
        folder.path(),
        "node_modules/.pnpm/one@1/node_modules/one/index.js",
        "exports.dep = require('dep')",
    );
    write(folder.path(), "node_modules/.pnpm/one@1/node_modules/dep/index.js", "exports.found = 1");
    let target = Path::new(".pnpm/one@1/node_modules/one");
    std::os::unix::fs::symlink(target, folder.path().join("node_modules/one")).expect("a link");
    let output = development(folder.path());
    assert!(file(&output, "package.js").contains("exports.found"), "{}", report(&output.diagnostics));
}
