//! Subpackages, reachability and what goes where.
use crate::support::{built, file, found, paths, report};

const APP: (&str, &str) = (
    "app.json",
    r#"{"pages":["pages/a"],"subPackages":[{"root":"one","pages":["p"]},{"root":"two","name":"second","pages":["p"],"independent":true}]}"#,
);

#[test]
fn each_package_has_its_own_code_and_assets() {
    let output = built(&[
        APP,
        ("one/p.js", "require('../util'); Page({})"),
        ("one/pic.png", "1"),
        ("two/p.wxml", "<view/>"),
        ("util.js", "exports.shared = 1"),
        ("logo.png", "2"),
        ("data.json", "{}"),
        ("pages/a.json", "{}"),
        ("notes.md", "never shipped"),
        ("README.txt", "shipped, as WeChat does"),
    ]);
    assert_eq!(
        paths(&output),
        [
            "README.txt",
            "app.json",
            "data.json",
            "logo.png",
            "package.js",
            "one/package.js",
            "one/pic.png",
            "two/package.js"
        ]
    );
    assert!(
        file(&output, "one/package.js")
            .starts_with("__lodger.definePackage(\"one\", function (global, globalThis, Function")
    );
    assert!(file(&output, "two/package.js").contains("definePackage(\"second\""));
    assert!(file(&output, "package.js").contains("exports.shared"));
}

#[test]
fn modules_of_another_subpackage_need_async() {
    let found = found(&[
        APP,
        ("pages/a.js", "require('../one/m')\nrequire.async('../one/m')\nrequire('../one/m', () => {})"),
        ("one/p.js", "require('../two/m')"),
        ("one/m.js", ""),
        ("two/p.js", "require('../util')"),
        ("two/m.js", ""),
        ("util.js", ""),
    ]);
    assert_eq!(
        report(&found),
        "L0503 one/p.js:1:9 \"../two/m\" belongs to the subpackage \"second\"\n\
         L0503 pages/a.js:1:9 \"../one/m\" belongs to the subpackage \"one\"\n\
         L0204 two/p.js:1:9 \"../util\" is not in the independent subpackage that requires it"
    );
}

#[test]
fn components_of_another_subpackage_need_a_placeholder() {
    let c = [("one/c.json", r#"{"component":true}"#), ("one/c.js", ""), ("one/p.js", ""), ("two/p.js", "")];
    let with = |json: &'static str| {
        let mut files = vec![APP, ("pages/a.json", json)];
        files.extend(c);
        found(&files)
    };
    assert_eq!(
        report(&with(r#"{"usingComponents":{"c":"/one/c"}}"#)),
        "L0202 pages/a.json:1:25 \"/one/c\" belongs to the subpackage \"one\""
    );
    assert_eq!(with(r#"{"usingComponents":{"c":"/one/c"},"componentPlaceholder":{"c":"view"}}"#), []);
}

#[test]
fn only_what_is_reached_is_compiled() {
    let output = built(&[
        (
            "app.json",
            r#"{"pages":["pages/a"],"usingComponents":{"used-one":"/c/used","other-one":"/c/other"}}"#,
        ),
        ("pages/a.wxml", "<used-one/>"),
        ("c/used.json", r#"{"component":true}"#),
        ("c/used.js", ""),
        ("c/other.json", r#"{"component":true}"#),
        ("c/other.js", "this is not JavaScript"),
        ("lib/never.ts", "nor this"),
        ("pages/b.wxml", "<not closed"),
    ]);
    assert_eq!(output.stats.unreachable, ["c/other.js", "lib/never.ts", "pages/b.wxml"]);
    assert!(!file(&output, "package.js").contains("other-one"));
}

#[test]
fn aliases_lead_from_the_root() {
    let output = built(&[
        ("app.json", r#"{"pages":["pages/a"],"resolveAlias":{"~/*":"/*","@u/*":"/lib/utils/*"}}"#),
        ("pages/a.js", "require('~/one'); require('@u/two.js')"),
        ("one.js", ""),
        ("lib/utils/two.ts", ""),
    ]);
    let script = file(&output, "package.js");
    assert!(
        script.contains(r#"require("one.js")"#) && script.contains(r#"require("lib/utils/two.js")"#),
        "{script}"
    );
}

#[test]
fn a_custom_tab_bar_is_reached() {
    let output = built(&[
        (
            "app.json",
            r#"{"pages":["pages/a"],"tabBar":{"custom":true,"list":[{"pagePath":"pages/a","text":"A"}]}}"#,
        ),
        ("custom-tab-bar/index.json", r#"{"component":true}"#),
        ("custom-tab-bar/index.js", "Component({ bar: 1 })"),
    ]);
    assert!(file(&output, "package.js").contains("bar: 1"));
}

#[test]
fn what_the_engine_reads_of_app_json_is_there_and_the_rest_is_not() {
    let app = r#"{"pages":["pages/a"],"__usePrivacyCheck__":true,"restartStrategy":"homePageAndLatestPage","debug":true}"#;
    let config: serde_json::Value =
        serde_json::from_str(&file(&built(&[("app.json", app)]), "app.json")).unwrap();
    assert_eq!(config["__usePrivacyCheck__"], true);
    assert_eq!(config["restartStrategy"], "homePageAndLatestPage");
    assert!(config.get("debug").is_none());
}
