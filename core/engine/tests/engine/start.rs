//! Opening: the start document, the scripts, the launch object.
use crate::support::*;
use lodger_engine::{ErrorKind, OriginForm, SessionEvent};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn launch_object(html: &str) -> Value {
    let start = html.find("id=\"lodger-launch\">").expect("is there") + "id=\"lodger-launch\">".len();
    let end = html[start..].find("</script>").expect("ends") + start;
    serde_json::from_str(&html[start..end]).expect("JSON")
}

#[test]
fn the_start_document_carries_the_launch_object_and_the_scripts() {
    let world = World::new(Setup::default());
    let (session, _) = world.open_with(|request| {
        request.query = BTreeMap::from([("table".to_owned(), "12".to_owned())]);
        request.scene = 1011;
        request.referrer = Some(("shop".into(), json!({ "from": "<b>" })));
    });
    let page = world.get(&session, "/");
    assert_eq!((page.status, page.mime.as_str()), (200, "text/html; charset=utf-8"));
    let html = page.text();
    let scripts: Vec<_> = html.split("<script src=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
    assert_eq!(scripts, ["/.lodger/rt/runtime.js", "/p/package.js"]);
    let launch = launch_object(&html);
    assert_eq!(launch["v"], 1);
    assert_eq!(launch["development"], false);
    assert_eq!(
        launch["app"],
        json!({ "id": "coffee", "name": "Coffee </script>", "version": "1.0.1", "envVersion": "release" })
    );
    assert_eq!(
        launch["launch"],
        json!({ "path": "pages/home/home", "query": { "table": "12" }, "scene": 1011,
                "referrerInfo": { "appId": "shop", "extraData": { "from": "<b>" } } })
    );
    assert_eq!(launch["page"], json!({ "id": 1, "path": "pages/home/home", "query": { "table": "12" } }));
    assert_eq!(
        launch["packages"][1],
        json!({ "name": "deep", "root": "sub", "script": "/p/sub/package.js" })
    );
    assert_eq!(launch["system"]["menuButton"], json!([283.0, 6.0, 87.0, 32.0]));
    assert!(launch["system"]["sdkVersion"].is_string());
    assert_eq!(
        launch["storage"],
        json!({ "complete": true, "items": {}, "currentSize": 0, "limitSize": 10240 })
    );
    assert_eq!(launch["config"]["icon"], "images/logo.png");
}

#[test]
fn a_page_of_a_subpackage_loads_its_script_too() {
    let world = World::new(Setup::default());
    let (session, _) = world.open_with(|request| request.path = Some("sub/deep/deep".into()));
    assert!(world.get(&session, "/").text().contains("<script src=\"/p/sub/package.js\"></script>"));
}

#[test]
fn files_come_by_handle_with_their_type_and_the_policy() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let script = world.get(&session, "/p/package.js");
    assert_eq!((script.status, script.mime.as_str()), (200, "text/javascript"));
    let origin = session.start_url().trim_end_matches('/').to_owned();
    let scripts = format!("{origin}/p/ {origin}/.lodger/rt/");
    assert_eq!(
        script.headers["content-security-policy"],
        format!(
            "default-src 'none'; script-src {scripts}; worker-src {scripts}; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data: blob:; font-src 'self' data: blob:; connect-src 'self'; \
             media-src 'self' blob: https:; frame-src 'none'; form-action 'none'; base-uri 'none'"
        )
    );
    assert_eq!(script.headers["x-content-type-options"], "nosniff");
    assert_eq!(script.headers["referrer-policy"], "no-referrer");
    assert_eq!(script.headers["cross-origin-resource-policy"], "same-origin");
    let drawing = world.get(&session, "/p/images/%E5%92%96%20%E5%95%A1.png");
    assert_eq!((drawing.mime.as_str(), drawing.body.as_slice()), ("image/png", &b"drawing"[..]));
    let runtime = world.get(&session, "/.lodger/rt/runtime.js");
    assert_eq!(runtime.mime, "text/javascript; charset=utf-8");
    assert!(!runtime.body.is_empty());
    let regions = world.get(&session, "/.lodger/rt/regions.txt");
    assert_eq!(regions.mime, "application/octet-stream", "data is never a script");
    assert!(String::from_utf8(regions.body).expect("text").starts_with("11"));
    let head = world.load(&session, "HEAD", &format!("{origin}/p/package.js"), &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn identity_and_names_come_from_the_index() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    assert_eq!((session.app(), session.version()), ("coffee", "1.0.1"));
    assert_eq!(session.app_name(), "Coffee </script>");
    assert_eq!(session.icon(), Some("images/logo.png"));
    assert_eq!(session.start_url(), format!("lodger://{}/", session.label()));
    let installed = world.engine.store().current("coffee").expect("readable").expect("installed");
    assert_eq!(session.digest(), installed.digest.to_hex());
    let (other, _) = world.open();
    assert_ne!(session.id(), other.id());
    assert_eq!(session.label(), other.label(), "the origin stays: it belongs to user and app");
}

#[test]
fn each_platform_has_its_form_of_origin() {
    let world = World::new(Setup::default());
    for (form, before, after) in [
        (OriginForm::Invalid, "https://", ".invalid/"),
        (OriginForm::Loopback { port: 8123 }, "http://", ".localhost:8123/"),
    ] {
        let (session, _) = world.open_with(|request| request.surface.origin = form);
        assert_eq!(session.start_url(), format!("{before}{}{after}", session.label()));
        assert_eq!(world.get(&session, "/p/package.js").status, 200);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::new(Setup::default());
    let error = world.refused(|request| request.app = "pea".into());
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::NotFound, "no-such-program"));
    let error = world.refused(|request| request.path = Some("pages/../pages/home/home".into()));
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::NotFound, "page-not-found"));
}

#[test]
fn storage_travels_with_the_launch_object() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    page.call("setStorage", json!({ "key": "cart", "data": "</script>" }));
    let html = world.get(&session, "/").text();
    assert_eq!(launch_object(&html)["storage"]["items"], json!({ "cart": "</script>" }));
    let long = "x".repeat(200 << 10);
    let mut page = world.page(&session);
    page.call("setStorage", json!({ "key": "a", "data": long }));
    page.call("setStorage", json!({ "key": "b", "data": long }));
    let storage = launch_object(&world.get(&session, "/").text())["storage"].clone();
    assert_eq!(storage["complete"], false);
    assert_eq!(
        storage["items"].as_object().map(|items| items.keys().cloned().collect()),
        Some(vec!["b".to_owned()])
    );
}

#[test]
fn reports_become_events_in_order() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.send("report", json!({ "kind": "title", "title": "Menu" }));
    page.send("report", json!({ "kind": "firstContent", "ms": 12.5 }));
    page.send("report", json!({ "kind": "firstContent", "ms": 99 }));
    page.send("report", json!({ "kind": "pageReady", "path": "pages/home/home" }));
    page.send("report", json!({ "kind": "console", "level": "warn", "text": "hm", "stack": "at x" }));
    page.send("report", json!({ "kind": "scriptError", "message": "no", "stack": "s", "page": "p" }));
    page.send("report", json!({ "kind": "missing", "api": "createVKSession" }));
    page.send("report", json!({ "kind": "share", "title": "t", "path": "p" }));
    assert_eq!(page.fails("report", json!({ "kind": "nonsense" })), "report:fail unknown kind");
    events.find(|event| matches!(event, SessionEvent::Share { .. }).then_some(()));
    let seen = events.all().into_iter().skip_while(|event| matches!(event, SessionEvent::Progress { .. }));
    let seen: Vec<String> = seen.map(|event| format!("{event:?}")).collect();
    let order = ["Route", "Title", "FirstContent", "PageReady", "Console", "ScriptError", "Missing", "Share"];
    assert_eq!(seen.len(), order.len(), "{seen:?}");
    assert!(seen.iter().zip(order).all(|(event, name)| event.starts_with(name)), "{seen:?}");
}
