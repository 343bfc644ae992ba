//! The attack rows that the engine answers for, each tried through its public API.
use crate::support::*;
use lodger_engine::{OriginForm, ResourceRequest, SessionEvent};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn row_01_identity_is_never_taken_from_a_url_or_message() {
    let world = World::new(Setup::default());
    let (coffee, _) = world.open();
    world.publish(&bundle("tea", 9, lodger_bundle::Domains::default()));
    let (tea, _) = world.open_with(|request| request.app = "tea".into());
    assert_ne!(coffee.label(), tea.label());
    // The other program's origin, whole: it belongs to another session.
    let url = format!("{}p/images/logo.png", tea.start_url());
    assert_eq!(world.load(&coffee, "GET", &url, &[]).status, 403);
    // Claims in arguments change nothing.
    let mut page = world.page(&coffee);
    page.call(
        "setStorage",
        json!({ "key": "a", "data": "coffee", "app": "tea", "appId": "tea", "user": "bob" }),
    );
    let mut other = world.page(&tea);
    assert_eq!(
        other.fails("getStorage", json!({ "key": "a", "app": "coffee" })),
        "getStorage:fail data not found"
    );
    // Another session's token opens nothing here.
    let header = [("X-Lodger-Session", other.doc.as_str())];
    let url = format!("{}.lodger/events", coffee.start_url());
    assert_eq!(world.load(&coffee, "GET", &url, &header).status, 403);
}

#[test]
fn row_02_and_25_only_the_exact_origin_is_served() {
    let world = World::new(Setup::default());
    for form in [OriginForm::CustomScheme, OriginForm::Invalid, OriginForm::Loopback { port: 8123 }] {
        let (session, _) = world.open_with(|request| request.surface.origin = form);
        let origin = session.start_url().trim_end_matches('/').to_owned();
        let (scheme, host) = origin.split_once("://").expect("an origin");
        let mut refused = 0;
        for url in [
            format!("{scheme}://evil.test/p/package.js"),
            format!("{scheme}://{host}.evil.test/p/package.js"),
            format!("{scheme}://evil.{host}/p/package.js"),
            format!("{scheme}://user@{host}/p/package.js"),
            format!("{scheme}://{host}@evil.test/p/package.js"),
            format!("{scheme}://{host}:9/p/package.js"),
            format!("{scheme}://{host}9/p/package.js"),
            format!("http{scheme}://{host}/p/package.js"),
            format!("//{host}/p/package.js"),
            "http://app.evil.com/p/package.js".to_owned(),
            "file:///p/package.js".to_owned(),
            "content://p/package.js".to_owned(),
        ] {
            assert_eq!(world.load(&session, "GET", &url, &[]).status, 403, "{url}");
            refused += 1;
            assert_eq!(session.counters().refused_resources, refused);
        }
    }
}

#[test]
fn row_05_replies_are_json_by_number_whatever_the_text() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let nasty = "\");alert(1)//</script>\u{2028}\0\\";
    page.call("setStorage", json!({ "key": nasty, "data": nasty }));
    assert_eq!(page.call("getStorage", json!({ "key": nasty })), json!({ "data": nasty }));
    // The nearest there is to a callback name: a function's own.
    session.message(
        &json!({ "v": 1, "doc": page.doc, "seq": 3, "id": 3, "api": "a');alert(1)//", "args": {} })
            .to_string(),
    );
    let url = format!("/pages/{nasty}");
    let mut next = page;
    assert_eq!(
        next.fails("navigateTo", json!({ "url": url })),
        format!("navigateTo:fail page \"pages/{nasty}\" is not found")
    );
    assert_eq!(session.counters().malformed, 1);
}

#[test]
fn row_07_functions_outside_the_table_are_refused() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for api in
        ["openSystemShell", "constructor", "toString", "showToast", "getStorageSync", "onAppShow", "env"]
    {
        assert_eq!(page.fails(api, json!({})), format!("{api}:fail not supported"));
    }
    assert_eq!(session.counters().not_allowed, 7);
}

#[test]
fn row_24_no_call_leaves_the_list_of_pages() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for api in ["navigateTo", "redirectTo", "reLaunch", "switchTab"] {
        for url in [
            "/../../etc/passwd",
            "https://evil.test/",
            "javascript:alert(1)",
            "/app.json",
            "/pages%2Fhome%2Fhome",
            "",
            "//",
        ] {
            assert!(page.fails(api, json!({ "url": url })).contains("is not found"), "{api} {url}");
        }
    }
}

#[test]
fn row_30_only_keys_of_the_index_are_served() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    for path in [
        "/p/",
        "/p",
        "/p/..",
        "/p/../package.js",
        "/p/../../lodger.db",
        "/p/%2e%2e/lodger.db",
        "/p/..%2flodger.db",
        "/p/%252e%252e%252flodger.db",
        "/p//package.js",
        "/p/./package.js",
        "/p/package.js/",
        "/p/package.js%00.png",
        "/p/PACKAGE.JS",
        "/p/images%5Clogo.png",
        "/p/images\\logo.png",
        "/p/C:/package.js",
        "/p/index.json",
        "/P/package.js",
        "/%70/package.js",
        "/package.js",
        "/.lodger/rt/../../p/package.js",
        "/.lodger/rt/other.js",
        "/.lodger/file/../../lodger.db",
        "/.lodger/fetch/%",
        "/.lodger/",
        "/.lodger",
        "/favicon.ico",
    ] {
        let loaded = world.get(&session, path);
        assert_eq!((loaded.status, loaded.mime.as_str()), (404, "text/plain; charset=utf-8"), "{path}");
        assert!(!loaded.text().contains("lodger.db"), "nothing of the request is echoed");
    }
}

#[test]
fn only_reading_methods_and_no_service_workers() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let file = format!("{}p/package.js", session.start_url());
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get", ""] {
        assert_eq!(world.load(&session, method, &file, &[]).status, 405, "{method}");
    }
    assert_eq!(world.load(&session, "GET", &file, &[("service-worker", "script")]).status, 403);
    for dest in ["image", "script", "iframe", "empty"] {
        let headers = [("Sec-Fetch-Dest", dest)];
        assert_eq!(world.load(&session, "GET", &session.start_url(), &headers).status, 403, "{dest}");
    }
    assert_eq!(session.counters().documents, 0);
    let hello = format!("{}.lodger/hello", session.start_url());
    assert_eq!(world.load(&session, "HEAD", &hello, &[]).status, 404, "a HEAD must not use hello up");
}

#[test]
fn row_36_floods_are_bounded_and_the_session_stays_alive() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    session.message(&"x".repeat((1 << 20) + 1));
    session.message(&format!("{{\"v\":1,\"args\":{}", "[".repeat(1_000_000)));
    session.message("{\"v\":1}");
    // One more than may be under way, of calls that never end.
    let first = page.send("request", json!({ "url": "https://api.example.com/never" }));
    for _ in 1..1_000 {
        page.send("request", json!({ "url": "https://api.example.com/never" }));
    }
    let id = page.send("getStorageInfo", json!({}));
    assert_eq!(page.answer(id)["err"]["errMsg"], "getStorageInfo:fail more than 1,000 calls under way");
    assert_eq!(session.counters().malformed, 3);
    // A full house can still be left, by a new document.
    let mut page = world.page(&session);
    assert!(first > 0);
    page.call("getStorageInfo", json!({}));
}

#[test]
fn row_36_a_gap_that_is_never_filled_closes_the_bridge_with_a_reason() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let page = world.page(&session);
    for seq in 2..200 {
        session.message(
            &json!({ "v": 1, "doc": page.doc, "seq": seq, "id": seq, "api": "getStorageInfo", "args": {} })
                .to_string(),
        );
    }
    let code = events.find(|event| match event {
        SessionEvent::Failed { error } => Some(error.code.clone()),
        _ => None,
    });
    assert_eq!(code, "bridge-order");
    assert_eq!(page.get("/.lodger/events").status, 403);
    // A reload starts afresh.
    world.page(&session).call("getStorageInfo", json!({}));
}

#[test]
fn row_37_bytes_swapped_after_the_install_are_not_served() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let tables: Vec<(String, String)> = world
        .engine
        .store()
        .database()
        .read(|db| {
            db.prepare(
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                        WHERE m.type = 'table' AND c.type = 'BLOB'",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })
        .expect("readable");
    assert!(!tables.is_empty(), "where are the bytes?");
    let mut swapped = 0;
    for (table, column) in tables {
        swapped += world
            .engine
            .store()
            .database()
            .write(|db| {
                db.execute(
                    &format!("UPDATE \"{table}\" SET \"{column}\" = ?1 WHERE \"{column}\" = ?2"),
                    [&b"evil 1"[..], &b"logo 1"[..]],
                )
            })
            .unwrap_or(0);
    }
    assert_eq!(swapped, 1, "the attack itself must work");
    let loaded = world.get(&session, "/p/images/logo.png");
    assert_eq!((loaded.status, loaded.mime.as_str()), (500, "text/plain; charset=utf-8"));
    assert_eq!(loaded.text(), "The file is damaged. Install the program again.");
}

#[test]
fn row_39_content_in_a_page_cannot_reach_the_bridge() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    page.call_sync("setStorageSync", json!({ "key": "a", "data": "1" }));
    // Another last digit, whichever it was.
    let almost = page.doc[..31].to_owned() + if page.doc.ends_with('0') { "1" } else { "0" };
    for path in ["/.lodger/events", "/.lodger/sync/1", "/.lodger/blob/00"] {
        assert_eq!(world.get(&session, path).status, 403, "{path} without the header");
        let url = session.start_url().trim_end_matches('/').to_owned() + path;
        for token in ["", almost.as_str(), "undefined"] {
            assert_eq!(world.load(&session, "GET", &url, &[("X-Lodger-Session", token)]).status, 403);
        }
        assert_eq!(world.get(&session, &format!("{path}?X-Lodger-Session={}", page.doc)).status, 403);
    }
    assert_eq!(world.get(&session, "/.lodger/hello").status, 403, "a second hello gives no token");
}

#[test]
fn row_41_no_app_id_or_user_collides_with_another_label() {
    let world = World::new(Setup::default());
    let mut labels = std::collections::BTreeSet::new();
    for (user, app) in
        [("ann", "coffee"), ("an", "ncoffee"), ("ann", "Coffee.b"), ("", "anncoffee"), ("ann\0", "coffee")]
    {
        // Unique after case folding is the server's rule; the label keeps even those apart.
        if app != "coffee" {
            world.publish(&bundle(app, 1, lodger_bundle::Domains::default()));
        }
        let (session, _) = world.open_with(|request| (request.user, request.app) = (user.into(), app.into()));
        assert!(labels.insert(session.label().to_owned()), "{user:?} {app}");
        assert_eq!(session.label().len(), 33);
    }
    let (session, _) = World::new(Setup::default()).open();
    assert!(!labels.contains(session.label()), "another install has other labels");
}

#[test]
fn development_calls_need_a_development_engine() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    assert_eq!(session.dev(1, json!({ "cmd": "stack" })).expect_err("refused").code, "not-development");
    let world = World::new(Setup { development: true, ..Setup::default() });
    let (session, events) = world.open();
    let mut page = world.page(&session);
    session.dev(7, json!({ "cmd": "stack" })).expect("development");
    assert_eq!(page.event("dev"), json!({ "id": 7, "cmd": "stack" }));
    page.call("report", json!({ "kind": "dev", "id": 7, "result": ["pages/home/home"] }));
    let result = events.find(|event| match event {
        SessionEvent::Dev { id: 7, result } => Some(result.clone()),
        _ => None,
    });
    assert_eq!(result, json!(["pages/home/home"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn row_30_any_path_is_answered_from_the_index_or_refused(
        paths in proptest::collection::vec("(/|p/|\\.lodger/|rt/|sync/|blob/|fetch/|file/|\\.\\.|%2e|%2f|%00|package\\.js|images|\\?|#|\\PC){0,8}", 32)
    ) {
        thread_local!(static WORLD: World = World::new(Setup::default()));
        WORLD.with(|world| {
            let (session, _) = world.open();
            for path in paths {
                let url = format!("{}{path}", session.start_url());
                let request = ResourceRequest { method: "GET".into(), url, ..ResourceRequest::default() };
                let loaded = world.send(&session, request);
                let known: [&[u8]; 2] = [b"__lodger.definePackage('main')", b"__lodger.definePackage('deep')"];
                let expected = loaded.status != 200
                    || known.contains(&loaded.body.as_slice())
                    || loaded.mime.starts_with("text/");
                assert!(expected, "{path}: {} {}", loaded.status, loaded.mime);
            }
        });
    }
}
