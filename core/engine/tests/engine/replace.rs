//! The edit loop: another build takes the place of the one that runs.
use crate::support::*;
use lodger_bundle::{Bundle, BundleBuilder, Digest, Domains, Index};
use lodger_engine::{Change, ErrorKind, Session};
use serde_json::{Value, json};

fn development() -> World {
    World::new(Setup { development: true, ..Setup::default() })
}

/// The first bundle of a world, changed: its index, and `more` at the end of its main script.
fn rebuilt(more: &str, change: impl FnOnce(&mut Index)) -> Bundle {
    let first = bundle("coffee", 1, Setup::default().domains);
    let mut index = Index { packages: Vec::new(), ..first.index.clone() };
    change(&mut index);
    let mut builder = BundleBuilder::new(index);
    for package in &first.index.packages {
        builder.package(&package.name, &package.root, package.independent);
        for file in &package.files {
            let mut bytes = first.blobs[&file.digest].clone();
            if file.path == "package.js" {
                bytes.extend_from_slice(more.as_bytes());
            }
            builder.file(&package.name, &file.path, &file.mime, bytes);
        }
    }
    builder.finish().expect("keeps the rules")
}

fn publish(world: &World, bundle: &Bundle) -> Digest {
    world.publish(bundle);
    bundle.digest()
}

fn look() -> Change {
    Change::Look { packages: vec!["main".into()], templates: vec!["pages/home/home".into()] }
}

/// The launch object of a new document.
fn launch(world: &World, session: &Session) -> Value {
    let html = world.get(session, "/").text();
    let (_, object) = html.split_once("id=\"lodger-launch\">").expect("an element");
    serde_json::from_str(object.split_once("</script>").expect("its end").0).expect("JSON")
}

#[test]
fn a_new_look_reaches_the_document_that_is_there() {
    let world = development();
    let (session, _) = world.open();
    let page = world.page(&session);
    let digest = publish(&world, &rebuilt("/* new */", |_| {}));
    session.replace(&look()).expect("replaces");
    let hot = page.event("hot");
    let script = hot["scripts"][0].as_str().expect("a script");
    assert_eq!(script, format!("/p/package.js?{}", &digest.to_hex()[..16]));
    assert_eq!(hot["templates"], json!(["pages/home/home"]));
    assert!(world.get(&session, script).text().ends_with("/* new */"));
    assert_eq!(session.counters().documents, 1);
    assert_eq!(session.digest(), digest.to_hex());
}

#[test]
fn new_code_opens_the_same_pages_in_a_new_document() {
    let world = development();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    page.call("navigateTo", json!({ "url": "/pages/item/item?id=1" }));
    page.call("navigateTo", json!({ "url": "/sub/deep/deep" }));
    let fewer = rebuilt("/* new */", |index| index.pages.retain(|page| page != "pages/home/home"));
    publish(&world, &fewer);
    session.replace(&Change::Code).expect("replaces");
    assert_eq!(page.event("hot"), json!({ "reload": true }));
    let after = launch(&world, &session);
    let paths = |launch: &Value| -> Vec<String> {
        let pages = launch["stack"].as_array().expect("pages").iter();
        pages.map(|page| page["path"].as_str().expect("a path").to_owned()).collect()
    };
    assert_eq!(paths(&after), ["pages/item/item", "sub/deep/deep"]);
    assert_eq!(after["stack"][0]["query"], json!({ "id": "1" }));
    assert_eq!(after["page"]["path"], "sub/deep/deep");
    // A document that somebody else loads again starts where the program was opened, or at the first page left.
    assert_eq!(paths(&launch(&world, &session)), ["pages/cart/cart"]);
}

#[test]
fn what_was_fixed_at_the_open_stays() {
    let world = development();
    let (session, _) = world.open();
    let before = session.digest();
    let elsewhere = Domains { request: Some(vec!["evil.example".into()]), ..Domains::default() };
    let builds = [
        rebuilt("", |index| index.domains = elsewhere),
        rebuilt("", |index| index.scopes = vec!["scope.camera".into()]),
        rebuilt("", |index| index.version.code = 2),
    ];
    for build in builds {
        publish(&world, &build);
        let error = session.replace(&Change::Code).expect_err("refused");
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Incompatible, "replace-identity"));
    }
    world.server.unplug();
    let error = session.replace(&Change::Code).expect_err("no answer");
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Offline, "unreachable"));
    world.server.plug_in();
    assert_eq!(session.digest(), before);
    session.close();
    publish(&world, &rebuilt("x", |_| {}));
    let error = session.replace(&Change::Code).expect_err("closed");
    assert_eq!(error.code, "session-closed");
}

#[test]
fn only_a_development_session_takes_another_build() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let before = session.digest();
    publish(&world, &rebuilt("/* new */", |_| {}));
    for change in [look(), Change::Code] {
        let error = session.replace(&change).expect_err("refused");
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Denied, "not-development"));
    }
    assert_eq!(session.digest(), before);
    assert!(!world.get(&session, "/p/package.js").text().contains("new"));
}
