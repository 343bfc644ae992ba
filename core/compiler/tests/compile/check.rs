//! What `lodger check` says beyond compiling.
use crate::support::{project, report, write};
use lodger_compiler::{Diagnostic, Options, Severity, compile};
use std::path::Path;

fn check(folder: &Path) -> Vec<Diagnostic> {
    compile(folder, &Options { check: true, ..Options::default() }).diagnostics
}

fn checked(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    check(project(files).path())
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn compiling_alone_says_none_of_it() {
    let folder = project(&[("pages/a.js", "wx.startBeaconDiscovery({})"), ("pages/a.wxml", "<viw/>")]);
    let found = compile(folder.path(), &Options::default()).diagnostics;
    assert!(found.is_empty(), "{}", report(&found));
    assert_eq!(codes(&check(folder.path())), ["L0801", "L0306"]);
}

#[test]
fn a_function_is_told_once_with_all_its_places() {
    let found = checked(&[
        (
            "pages/a.js",
            "require('../b')\nwx.startBeaconDiscovery({})\nconst { startBeaconDiscovery: s } = wx",
        ),
        ("b.js", "wx['startBeaconDiscovery']()"),
    ]);
    let expected = "L0801 b.js:1:1 wx.startBeaconDiscovery does not work in Lodger yet";
    assert_eq!(report(&found), expected);
    let help = found[0].help.as_deref().unwrap_or("");
    assert!(help.ends_with("3 times in all; also at pages/a.js:2:1, pages/a.js:3:9"), "{help}");
    assert!(found[0].frame.as_deref().is_some_and(|frame| frame.contains("^^^^")));
}

#[test]
fn what_a_package_uses_is_its_makers_business() {
    let found = checked(&[
        ("pages/a.js", "require('kit')"),
        ("node_modules/kit/index.js", "wx.startBeaconDiscovery({}); require('./b')"),
        ("node_modules/kit/b.js", "require('./index')"),
        ("miniprogram_npm/old/index.js", "wx.startBeaconDiscovery({})"),
    ]);
    assert!(found.is_empty(), "{}", report(&found));
}

#[test]
fn tags_are_known_by_whoever_uses_the_template() {
    let shared = [
        ("pages/a.wxml", "<import src='../parts/row'/><template is='row'/><own/><mine/>"),
        ("pages/a.json", r#"{"usingComponents":{"own":"../own"},"componentGenerics":{"mine":true}}"#),
        ("parts/row.wxml", "<template name='row'><own/><div/></template>"),
        ("own.json", r#"{"component":true}"#),
    ];
    let found = checked(&shared);
    assert_eq!(
        report(&found),
        "L0306 parts/row.wxml:1:29 <div> is no component: it is not built in, and usingComponents does not name it"
    );
    assert_eq!(found[0].help.as_deref(), Some("did you mean <view>?"));
}

#[test]
fn attributes_and_events_that_do_nothing() {
    let wxml = "<video src='/a.mp4' is-drm bindadload='f'/>\n<image srcc='/a.png' bindlaod='f'/>\n\
        <button formType='submit' data-x='1' aria-label='x' bind-tap='f' onclick='f'/>\n<view my-own='1' :id='x'/>";
    let found = checked(&[("pages/a.wxml", wxml)]);
    let places: Vec<_> = found.iter().map(|d| (d.code, d.line, d.column)).collect();
    let expected = [
        ("L0805", 1, 21),
        ("L0805", 1, 28),
        ("L0806", 2, 8),
        ("L0806", 2, 22),
        ("L0304", 3, 53),
        ("L0304", 3, 66),
        ("L0304", 4, 18),
    ];
    assert_eq!(places, expected, "{}", report(&found));
}

#[test]
fn hosts_come_with_the_lines_to_write() {
    let files = [
        ("pages/a.js", "wx.request({ url: 'https://api.shop.cn/v1' }); const s = `wss://s.shop.cn/${id}`"),
        ("pages/a.wxml", "<web-view src='https://help.shop.cn/'/><image src='https://img.shop.cn/a.png'/>"),
        ("pages/a.wxss", ".a { background: url(https://cdn.shop.cn/b.png) }"),
        (
            "lodger.json",
            "{\n  \"domains\": { \"request\": [\"https://old.shop.cn\"], \"image\": [\"img.shop.cn\"] }\n}",
        ),
    ];
    let folder = project(&files);
    let found = check(folder.path());
    assert_eq!(
        report(&found),
        "L0807 lodger.json:2:14 4 hosts are not listed in lodger.json, so a release cannot reach them"
    );
    let help = found[0].help.as_deref().unwrap_or("");
    for line in [
        "\"request\": [\"https://old.shop.cn\", \"https://api.shop.cn\"]",
        "\"socket\": [\"wss://s.shop.cn\"]",
        "\"image\": [\"img.shop.cn\", \"https://cdn.shop.cn\"]",
        "\"webview\": [\"https://help.shop.cn\"]",
        "api.shop.cn is first named at pages/a.js:1:20",
    ] {
        assert!(help.contains(line), "{line} in {help}");
    }
    // What it says to write is what it wants.
    let lines: Vec<&str> = help.lines().filter(|line| line.contains("\": [")).collect();
    write(folder.path(), "lodger.json", &format!("{{\"domains\": {{{}}}}}", lines.join("\n")));
    assert!(check(folder.path()).is_empty(), "{}", report(&check(folder.path())));
}

#[test]
fn without_lists_a_whole_file_is_offered() {
    let folder = project(&[("pages/a.js", "const api = 'https://api.shop.cn'")]);
    let found = check(folder.path());
    assert_eq!((codes(&found), found[0].file.as_str()), (vec!["L0807"], "pages/a.js"));
    let help = found[0].help.clone().unwrap_or_default();
    let block = &help[help.find('{').expect("a block")..=help.rfind('}').expect("its end")];
    write(folder.path(), "lodger.json", block);
    assert!(check(folder.path()).is_empty());
}

#[test]
fn a_secret_is_in_no_frame() {
    let secret = ["91d7e3a5c0f2b864", "3f9a1c7e5b2d8046"].concat();
    let script = format!("wx.startBeaconDiscovery({{ appSecret: '{secret}' }})");
    let found = checked(&[("pages/a.js", &script), ("keys.json", &format!("{{\"secret\":\"{secret}\"}}"))]);
    assert_eq!(codes(&found), ["L0808", "L0801", "L0808"]);
    assert!(found.iter().all(|d| !format!("{d}").contains(&secret[..8])), "{found:?}");
    assert!(found[2].frame.as_deref().is_some_and(|frame| frame.contains("****")));
}

#[test]
fn circles_of_every_kind() {
    let found = checked(&[
        ("pages/a.js", "import { b } from '../b'"),
        ("b.js", "import { c } from './c'"),
        ("c.js", "import { b } from './b'\nfunction later() { require('./pages/a') }"),
        ("pages/a.wxml", "<include src='/x'/><wxs module='m' src='/m.wxs'/>"),
        ("x.wxml", "<include src='/y'/><import src='/z'/>"),
        ("y.wxml", "<include src='/x'/>"),
        ("z.wxml", "<import src='/x'/>"),
        ("m.wxs", "require('./n.wxs')"),
        ("n.wxs", "require('./m.wxs')"),
        ("pages/a.wxss", "@import '/s.wxss';"),
        ("s.wxss", "@import '/t.wxss';"),
        ("t.wxss", "@import '/s.wxss';"),
    ]);
    let told: Vec<_> = found.iter().map(|d| (d.code, d.severity, d.message.as_str())).collect();
    let warning = Severity::Warning;
    let expected = [
        ("L0505", warning, "scripts require one another in a circle: b.js -> c.js -> b.js"),
        ("L0505", warning, "WXS files require one another in a circle: m.wxs -> n.wxs -> m.wxs"),
        ("L0404", warning, "\"/s.wxss\" imports this file in turn; the second import is left out"),
        ("L0305", Severity::Error, "templates include one another in a circle: x.wxml -> y.wxml -> x.wxml"),
        ("L0305", warning, "templates import one another in a circle: x.wxml -> z.wxml -> x.wxml"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn one_broken_file_hides_no_other() {
    let found = checked(&[
        ("app.json", "{ 'pages': ['pages/a', 'pages/b' 'pages/c'], }"),
        ("pages/b.js", "let = ;"),
        ("pages/c.js", "wx.shwToast()"),
    ]);
    assert_eq!(codes(&found), ["L0101", "L0501", "L0803"]);
}
