//! What is said, and where.
use crate::support::{built, development, file, found, report};
use lodger_compiler::Severity;

#[test]
fn everything_wrong_is_said_at_once() {
    let found = found(&[
        ("app.json", "{\n  \"pages\": [\"pages/a\", \"pages/none\"]\n}"),
        ("pages/a.js", "\nlet a = ;"),
        ("pages/a.wxml", "<view>\n  {{ a + }}\n</view>"),
        ("pages/a.json", "{\n  \"usingComponents\": { \"c\": \"../componnts/c\" }\n}"),
        ("components/c.json", r#"{"component":true}"#),
    ]);
    let places: Vec<_> = found.iter().map(|d| (d.code, d.file.as_str(), d.line)).collect();
    assert_eq!(
        places,
        [
            ("L0103", "app.json", 2),
            ("L0501", "pages/a.js", 2),
            ("L0201", "pages/a.json", 2),
            ("L0301", "pages/a.wxml", 2)
        ]
    );
    assert_eq!(found[2].help.as_deref(), Some("did you mean \"/components/c\"?"));
    assert!(found.iter().all(|d| d.frame.is_some() && lodger_compiler::explain(d.code).is_some()));
}

#[test]
fn a_module_that_does_not_exist() {
    let found = found(&[
        ("pages/a.ts", ""),
        ("pages/a.js", "const u = require('../utils/mony')"),
        ("utils/money.js", ""),
    ]);
    assert_eq!(
        found[0].to_string(),
        "error[L0502]: the module \"../utils/mony\" does not exist\n  --> pages/a.js:1:19\n 1 | const u = require('../utils/mony')\n   |                   ^^^^^^^^^^^^^^^\n  help: did you mean \"/utils/money\"?"
    );
}

#[test]
fn other_case_is_an_error_with_the_right_name() {
    let found = found(&[("pages/a.js", "require('../Utils/Money')"), ("utils/money.js", "")]);
    assert_eq!(found[0].code, "L0004");
    assert!(found[0].message.contains("utils/money.js"), "{}", found[0].message);
}

#[test]
fn warnings_do_not_stop_the_build() {
    let output = built(&[
        ("project.config.json", r#"{"setting":{}}"#),
        ("app.json", r#"{"pages":["pages/a"],"plugins":{"p":{}}}"#),
        ("pages/a.json", r#"{"usingComponents":{"p":"plugin://p/x"}}"#),
        ("pages/a.wxss", ".a{background:url(./none.png)}"),
    ]);
    assert!(output.diagnostics.iter().all(|d| d.severity == Severity::Warning));
    let codes: Vec<_> = output.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["L0002", "L0007", "L0203", "L0104"]);
}

#[test]
fn no_project_is_said_plainly() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = development(folder.path());
    assert_eq!(report(&output.diagnostics), "L0001 :0:0 there is no app.json in the project folder");
}

#[test]
fn sass_errors_have_a_place() {
    let found = found(&[
        ("project.config.json", r#"{"appid":"t","setting":{"useCompilerPlugins":["sass"]}}"#),
        ("pages/a.scss", ".a {\n  color: $none;\n}"),
    ]);
    assert_eq!(report(&found), "L0405 pages/a.scss:2:10 Sass: Undefined variable.");
}

#[test]
fn remote_and_local_addresses_in_styles() {
    let output = built(&[
        ("lodger.json", r#"{"remote":{"https://cdn/x.woff2":"f/x y.woff2"}}"#),
        ("f/x y.woff2", "font"),
        ("pages/b.png", "png"),
        (
            "pages/a.wxss",
            ".a{background:url('//h/a.png?x=1&y=2')}.b{background:url(b.png)}.c{src:url(https://cdn/x.woff2)}.d{src:url(data:image/png;base64,AA)}",
        ),
    ]);
    assert!(output.diagnostics.is_empty(), "{}", report(&output.diagnostics));
    let script = file(&output, "package.js").replace("\\\"", "\"");
    for url in [
        "url(\"/.lodger/fetch/https%3A%2F%2Fh%2Fa.png%3Fx%3D1%26y%3D2\")",
        "url(\"/p/pages/b.png\")",
        "url(\"/p/f/x%20y.woff2\")",
        "url(data:image/png;base64,AA)",
    ] {
        assert!(script.contains(url), "{url} in {script}");
    }
}

#[test]
fn a_file_that_stands_for_a_remote_one_must_exist() {
    let found = found(&[("lodger.json", "{\n  \"remote\": { \"https://cdn/x.woff2\": \"f/x.woff2\" }\n}")]);
    let expected = "L0104 lodger.json:2:38 \"f/x.woff2\" is not in the root folder; it should take the place of https://cdn/x.woff2";
    assert_eq!(report(&found), expected);
}

#[test]
fn attributes_that_the_framework_lacks_are_refused() {
    let found = found(&[("pages/a.wxml", "<view class:on=\"{{ a }}\" />")]);
    assert_eq!(report(&found), "L0301 pages/a.wxml:0:0 class: and style: attributes are not part of WXML");
}

#[test]
fn a_missing_import_is_dropped_and_a_missing_include_is_not() {
    let output = built(&[("pages/a.wxml", "<import src=\"./none.wxml\"/>\n<view/>")]);
    assert_eq!(
        report(&output.diagnostics),
        "L0303 pages/a.wxml:1:14 the file \"./none.wxml\" does not exist"
    );
    assert!(!file(&output, "package.js").contains("none"));
    assert_eq!(found(&[("pages/a.wxml", "<include src=\"./none\"/>")])[0].severity, Severity::Error);
}

#[test]
fn a_package_that_is_not_installed() {
    let found = found(&[
        ("pages/a.js", "require('dayjs/locale/de')"),
        (
            "pages/a.json",
            r#"{"usingComponents":{"v":"@vant/weapp/button/index","w":"/miniprogram_npm/weui/x"}}"#,
        ),
    ]);
    let help: Vec<_> = found.iter().filter_map(|d| d.help.as_deref()).collect();
    let install = |name| format!("if it comes from npm: npm install {name}");
    assert_eq!(help, [install("dayjs"), install("@vant/weapp"), install("weui")]);
}

#[test]
fn slips_inside_packages_are_not_the_developers_business() {
    let output = built(&[
        ("pages/a.json", r#"{"usingComponents":{"c":"kit/c"}}"#),
        ("node_modules/kit/c.json", r#"{"component":true}"#),
        ("node_modules/kit/c.wxml", "<view a='1' a='2'><slot><text/></slot></view>"),
        ("node_modules/kit/c.wxss", ":host .x{color:red}"),
    ]);
    assert_eq!(report(&output.diagnostics), "");
}

#[test]
fn wxs_means_what_wechat_means() {
    let output = built(&[
        (
            "pages/a.wxml",
            "<wxs src='./w.wxs' module='w'/><wxs module='i'>var r = getRegExp('\\d+\\.', 'g'); module.exports = r</wxs>",
        ),
        (
            "pages/w.wxs",
            r#"module.exports = [getRegExp("\\w\/\""), x["constructor"], 'a\b'.length, { constructor: 1 }]"#,
        ),
    ]);
    let script = file(&output, "package.js");
    assert!(script.contains(r#"getRegExp("\\d+\\.","g")"#), "{script}");
    assert!(
        script.contains(r#"[getRegExp('\\w\\/"'),x.__wxsCtor,"a\b".length,{constructor:1}]"#),
        "{script}"
    );
    let broken = found(&[("pages/a.wxml", "<view/>\n<wxs module='i'>\n var a = ;</wxs>")]);
    assert_eq!((broken[0].code, broken[0].line, broken[0].column), ("L0501", 3, 10));
}
