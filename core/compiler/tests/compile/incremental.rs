//! A compiler that stays gives what a new one gives, whatever happens to the files between two builds.
use crate::support::write;
use lodger_compiler::{Compiler, Options, Output, compile};
use proptest::{prelude::*, sample::select};
use std::{fs, path::Path};
use tempfile::TempDir;

/// Files that mean something to one another, each in a few versions; `None` is its absence.
const FILES: &[(&str, &[&str])] = &[
    (
        "app.json",
        &[
            r#"{"pages":["pages/a","pages/b","sub/c"],"subPackages":[{"root":"sub","pages":[]}],"usingComponents":{"x-box":"/parts/box"}}"#,
            r#"{"pages":["pages/a"],"subPackages":[{"root":"sub","pages":["c"]}],"usingComponents":{"x-box":"/parts/other"}}"#,
            r#"{"pages":["pages/b","pages/a"],"resolveAlias":{"~/*":"/lib/*"}}"#,
            r#"{"pages":["#,
        ],
    ),
    ("app.js", &["App({})", "require('./lib/util')"]),
    ("app.wxss", &["@import 'lib/base.wxss';", "page{color:red}"]),
    (
        "pages/a.wxml",
        &[
            "<import src='../lib/rows'/><template is='row'/><x-box a='{{n}}'/>",
            "<wxs module='m'>module.exports=require('../lib/fmt.wxs')</wxs><view>{{m.f(1)}}</view>",
            "<include src='/lib/rows.wxml'/><wxs src='../lib/fmt.wxs' module='m'/><view wx:if='{{m.f}}'/>",
            "<view",
        ],
    ),
    (
        "pages/a.js",
        &["Page({n:1})", "const u=require('../lib/util');Page(u)", "import '~/util';Page({})", "Page({"],
    ),
    (
        "pages/a.json",
        &[r#"{"usingComponents":{"x-box":"../parts/box"}}"#, r#"{"navigationBarTitleText":"A"}"#],
    ),
    ("pages/a.wxss", &["@import '../lib/base.wxss';.a{width:2rpx}", ".a{background:url(/pic.png)}"]),
    ("pages/b.less", &["@import '../lib/colours';.b{color:@ink}", ".b{.c{width:1rpx}}", ".b{"]),
    ("pages/b.wxml", &["<view class='b'/>", "<x-box/>"]),
    ("pages/b.ts", &["import {f} from '../lib/util';Page({n:f as number})", "Page({})"]),
    ("sub/c.wxml", &["<text/>"]),
    ("sub/c.scss", &["@import '../lib/vars';.c{color:$ink}", ".c{.d{color:blue}}"]),
    ("parts/box.wxml", &["<slot/>", "<text>{{a}}</text>"]),
    ("parts/box.js", &["Component({properties:{a:Number}})", "Component({})"]),
    (
        "parts/box.json",
        &[r#"{"component":true}"#, r#"{"component":true,"usingComponents":{"me":"./other"}}"#],
    ),
    ("parts/other/index.json", &[r#"{"component":true}"#]),
    ("parts/other/index.wxml", &["<view>other</view>"]),
    ("parts/other.wxml", &["<view>nearer</view>"]),
    ("lib/util.js", &["exports.f=1", "exports.f=require('./deep/one')", "module.exports=require('tiny')"]),
    ("lib/util.ts", &["export const f=2"]),
    ("lib/util/index.js", &["exports.f=3"]),
    ("lib/deep/one.js", &["module.exports=require('./two')"]),
    ("lib/deep/two.json", &[r#"{"two":2}"#, "{}"]),
    ("lib/base.wxss", &[".base{color:green}", "@import './more';.base{}"]),
    ("lib/more.wxss", &[":host{color:red}.more{}"]),
    ("lib/colours.less", &["@ink:#123;", "@import 'more-colours';"]),
    ("lib/more-colours.less", &["@ink:#456;"]),
    ("lib/_vars.scss", &["$ink:#789;"]),
    ("lib/vars.scss", &["$ink:#abc;", "$ink:#def;"]),
    (
        "lib/rows.wxml",
        &["<template name='row'><view/></template>", "<template name='row'><text/></template><view/>"],
    ),
    (
        "lib/fmt.wxs",
        &["module.exports={f:function(){return 1}}", "module.exports={f:require('./deep.wxs').g}"],
    ),
    ("lib/deep.wxs", &["module.exports={g:2}"]),
    ("pic.png", &["one", "two"]),
    ("node_modules/tiny/index.js", &["module.exports=1", "module.exports=2"]),
    ("node_modules/tiny/package.json", &[r#"{"name":"tiny"}"#, r#"{"name":"tiny","main":"other.js"}"#]),
    ("node_modules/tiny/other.js", &["module.exports='other'"]),
    ("miniprogram_npm/tiny/index.js", &["module.exports='built'"]),
    (
        "project.config.json",
        &[
            r#"{"appid":"t","setting":{"useCompilerPlugins":["typescript","less","sass"]}}"#,
            r#"{"appid":"t","setting":{"useCompilerPlugins":["less"]}}"#,
            r#"{"appid":"t"}"#,
            "{",
        ],
    ),
    ("lodger.json", &[r#"{"version":{"name":"1.0.1","code":2}}"#]),
];

/// Sets a file to one of its versions, or removes it (version 0).
fn set(folder: &Path, (file, version): (usize, usize)) {
    let (path, versions) = FILES[file];
    match version.checked_sub(1) {
        Some(version) => write(folder, path, versions[version % versions.len()]),
        // It may be absent already.
        None => drop(fs::remove_file(folder.join(path))),
    }
}

/// Every file in its first version, but for those that only stand in another's way.
fn start() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let rare =
        ["lib/util.ts", "parts/other.wxml", "lib/_vars.scss", "miniprogram_npm/tiny/index.js", "lodger.json"];
    for (file, (path, _)) in FILES.iter().enumerate().filter(|(_, (path, _))| !rare.contains(path)) {
        assert!(!path.is_empty());
        set(folder.path(), (file, 1));
    }
    folder
}

/// Everything that can be seen of a build.
fn seen(output: &Output) -> (Option<String>, String, String, Vec<String>) {
    let lines = output.diagnostics.iter().map(|found| format!("{found}")).collect::<Vec<_>>().join("\n");
    let inputs = output.inputs.iter().map(|input| input.display().to_string()).collect();
    let digest = output.bundle.as_ref().map(|bundle| bundle.digest().to_hex());
    (digest, lines, format!("{:?}{:?}{:?}", output.maps, output.stats, output.parts), inputs)
}

fn edit() -> impl Strategy<Value = (usize, usize)> {
    // The configuration of the whole is edited less than a file: after most of its versions little is left to compare.
    let rarely = |path: &str| path.ends_with("app.json") || path.ends_with("config.json");
    let weights: Vec<usize> =
        (0..FILES.len()).flat_map(|file| vec![file; if rarely(FILES[file].0) { 1 } else { 3 }]).collect();
    (select(weights), 0usize..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn any_edits_give_what_a_new_build_gives(
        steps in prop::collection::vec(prop::collection::vec(edit(), 1..3), 4..10)
    ) {
        let folder = start();
        let options = Options { development: true, ..Options::default() };
        let mut compiler = Compiler::default();
        for edits in [Vec::new()].into_iter().chain(steps) {
            for edit in edits {
                set(folder.path(), edit);
            }
            let (kept, anew) = (compiler.compile(folder.path(), &options), compile(folder.path(), &options));
            prop_assert_eq!(seen(&kept), seen(&anew));
        }
    }
}

#[test]
fn each_edit_alone_gives_what_a_new_build_gives() {
    let folder = start();
    let options = Options { development: true, ..Options::default() };
    let mut compiler = Compiler::default();
    for (file, (path, versions)) in FILES.iter().enumerate() {
        let before = fs::read(folder.path().join(path)).ok();
        for version in 0..=versions.len() {
            let _ = compiler.compile(folder.path(), &options);
            set(folder.path(), (file, version));
            let (kept, anew) = (compiler.compile(folder.path(), &options), compile(folder.path(), &options));
            assert_eq!(seen(&kept), seen(&anew), "{path}, version {version}");
        }
        match before {
            Some(text) => fs::write(folder.path().join(path), text).expect("a file"),
            None => set(folder.path(), (file, 0)),
        }
    }
}

#[test]
fn the_project_of_these_tests_builds_and_uses_everything() {
    let folder = start();
    let output = compile(folder.path(), &Options::default());
    assert!(output.bundle.is_some(), "{:#?}", output.diagnostics);
    assert!(output.stats.modules >= 5 && output.stats.components == 1, "{:?}", output.stats);
}

#[test]
fn what_differs_is_told() {
    let folder = start();
    let options = Options { development: true, ..Options::default() };
    let mut compiler = Compiler::default();
    let mut before = compiler.compile(folder.path(), &options).parts;
    let mut after = |path: &str, text: &str| {
        write(folder.path(), path, text);
        let now = compiler.compile(folder.path(), &options);
        assert!(now.bundle.is_some(), "{:#?}", now.diagnostics);
        let look = now.parts.look_since(&before);
        before = now.parts;
        look.map(|look| (look.packages.join(" "), look.templates.join(" ")))
    };
    let look = |packages: &str, templates: &str| Some((packages.to_owned(), templates.to_owned()));
    assert_eq!(after("pages/a.wxss", ".a{width:9rpx}"), look("main", ""));
    assert_eq!(after("lib/colours.less", "@ink:#999;"), look("main", ""));
    assert_eq!(after("pages/b.wxml", "<view class='b'>b</view>"), look("main", "pages/b"));
    // A part of another template, with the text of the page itself unchanged.
    assert_eq!(after("lib/rows.wxml", "<template name='row'><text/></template>"), look("main", "pages/a"));
    assert_eq!(after("sub/c.wxml", "<text>c</text>"), look("sub", "sub/c"));
    assert_eq!(after("sub/c.wxml", "<text>c</text>"), look("", ""));
    assert_eq!(after("pages/a.js", "Page({n:2})"), None);
    assert_eq!(after("pic.png", "three"), None);
    assert_eq!(after("pages/b.json", r#"{"navigationBarTitleText":"B"}"#), None);
    // The tag brings a component of the app into use.
    assert_eq!(after("pages/b.wxml", "<x-box/>"), None);
}
