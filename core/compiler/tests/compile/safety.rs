//! Nothing outside the project is read, and odd input ends in a diagnostic.
use crate::support::{built, development, file, found, project, report, write};

#[test]
fn paths_never_lead_out_of_the_project() {
    let found = found(&[
        ("pages/a.json", r#"{"usingComponents":{"x":"../../../etc/passwd","y":"/../../etc/passwd"}}"#),
        (
            "pages/a.wxml",
            "<import src='../../etc/passwd'/><wxs src='../../x.wxs' module='x'/><include src='/../x'/>",
        ),
        ("pages/a.wxss", "@import '../../etc/passwd';.a{background:url(../../../etc/passwd)}"),
        ("pages/a.js", "require('../../../etc/passwd')\nrequire('..\\\\..\\\\x')"),
        (
            "app.json",
            r#"{"pages":["pages/a","../../b"],"tabBar":{"list":[{"pagePath":"pages/a","iconPath":"../../etc/passwd"}]}}"#,
        ),
        ("lodger.json", r#"{"icon":"../../etc/passwd"}"#),
    ]);
    let outside = found.iter().filter(|d| d.code == "L0005").count();
    assert_eq!(outside, 11, "{}", report(&found));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_not_followed() {
    let secret = tempfile::tempdir().expect("a temporary folder");
    write(secret.path(), "secret.js", "module.exports = 'secret'");
    let folder = project(&[(
        "pages/a.js",
        "try { require('../link/secret') } catch (e) {}\ntry { require('../one') } catch (e) {}",
    )]);
    std::os::unix::fs::symlink(secret.path(), folder.path().join("link")).expect("a link");
    std::os::unix::fs::symlink(secret.path().join("secret.js"), folder.path().join("one.js"))
        .expect("a link");
    write(folder.path(), "real/inner.txt", "inside");
    std::os::unix::fs::symlink("real/inner.txt", folder.path().join("inner.txt")).expect("a link");
    let output = development(folder.path());
    assert!(!file(&output, "package.js").contains("'secret'"));
    assert_eq!(file(&output, "inner.txt"), "inside");
}

#[test]
fn circles_end() {
    let output = built(&[
        ("pages/a.wxss", "@import './b.wxss';.a{}"),
        ("pages/b.wxss", "@import './a.wxss';.b{}"),
        ("pages/a.wxml", "<import src='b.wxml'/><wxs src='./x.wxs' module='x'/>"),
        ("pages/b.wxml", "<import src='a.wxml'/>"),
        ("pages/x.wxs", "require('./y.wxs')"),
        ("pages/y.wxs", "require('./x.wxs')"),
        ("pages/a.js", "require('./m')"),
        ("pages/m.js", "require('./a')"),
        ("pages/a.json", r#"{"usingComponents":{"self":"./a"}}"#),
    ]);
    assert_eq!(
        report(&output.diagnostics),
        "L0404 pages/b.wxss:1:10 \"./a.wxss\" imports this file in turn; the second import is left out"
    );
}

#[test]
fn files_that_are_not_text_are_named() {
    let folder = project(&[]);
    std::fs::write(folder.path().join("pages/a.js"), [0xff, 0xfe, 0x00]).expect("a file");
    let output = development(folder.path());
    assert_eq!(report(&output.diagnostics), "L0003 pages/a.js:0:0 pages/a.js is not UTF-8 text");
}

#[test]
fn deep_nesting_ends_in_an_answer() {
    let views = format!("{}{}", "<view>".repeat(1000), "</view>".repeat(1000));
    let calls = format!("x = {}1{}", "(".repeat(5000), ")".repeat(5000));
    let output = development(project(&[("pages/a.wxml", &views), ("pages/a.js", &calls)]).path());
    assert!(output.bundle.is_some(), "{}", report(&output.diagnostics));
}

#[test]
fn bom_and_crlf_change_nothing() {
    let plain = built(&[
        ("pages/a.js", "Page({\n  a: 1\n})\n"),
        ("pages/a.wxss", ".a{\n width:1px }\n"),
        ("pages/a.json", "{\n}"),
    ]);
    let odd = built(&[
        ("pages/a.js", "\u{feff}Page({\r\n  a: 1\r\n})\r\n"),
        ("pages/a.wxss", "\u{feff}.a{\r\n width:1px }\r\n"),
        ("pages/a.json", "\u{feff}{\r\n}"),
    ]);
    assert_eq!(file(&plain, "package.js"), file(&odd, "package.js"));
}
