//! Show, hide, back, close, time-out, restart.
use crate::support::*;
use lodger_engine::{Engine, ErrorKind, ResourceRequest, SessionEvent};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

fn stack(wanted: &[&str]) -> impl Fn(&SessionEvent) -> Option<()> {
    let wanted: Vec<String> = wanted.iter().map(|path| (*path).to_owned()).collect();
    move |event| match event {
        SessionEvent::Route { stack } => stack.iter().map(|page| &page.path).eq(&wanted).then_some(()),
        _ => None,
    }
}

fn exit(event: &SessionEvent) -> Option<()> {
    matches!(event, SessionEvent::Exit).then_some(())
}

#[test]
fn the_host_shows_hides_shares_and_tells_of_changes() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let page = world.page(&session);
    session.hide();
    assert_eq!(page.event("appHide"), json!({}));
    session.show();
    let shown = page.event("appShow");
    assert_eq!((shown["path"].as_str(), shown["scene"].as_u64()), (Some("pages/home/home"), Some(1001)));
    session.share();
    page.event("share");
    session.emit("networkStatusChange", json!({ "isConnected": true, "networkType": "wifi" }));
    assert_eq!(page.event("networkStatusChange")["networkType"], "wifi");
    let mut page = page;
    assert_eq!(page.call("getNetworkType", json!({})), json!({ "networkType": "wifi" }));
    session.emit("themeChange", json!({ "theme": "dark" }));
    assert!(world.get(&session, "/").text().contains("\"theme\":\"dark\""), "the next document knows");
}

#[test]
fn back_pops_a_page_and_exits_at_the_first() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("navigateTo", json!({ "url": "/pages/item/item" }));
    session.back();
    let route = page.event("route");
    assert_eq!(
        (route["type"].as_str(), route["stack"].as_array().map(Vec::len)),
        (Some("navigateBack"), Some(1))
    );
    assert!(!events.all().iter().any(|event| exit(event).is_some()));
    session.back();
    events.find(exit);
}

#[test]
fn back_closes_what_a_page_has_open_first_but_only_once() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("report", json!({ "kind": "catchBack", "on": true }));
    session.back();
    assert_eq!(page.event("back"), json!({}));
    assert!(!events.all().iter().any(|event| exit(event).is_some()));
    session.back();
    events.find(exit);
}

#[test]
fn a_page_that_has_closed_it_catches_no_back() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("report", json!({ "kind": "catchBack", "on": true }));
    page.call("report", json!({ "kind": "catchBack", "on": false }));
    session.back();
    events.find(exit);
}

#[test]
fn exit_is_told_to_the_host() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    world.page(&session).call("exitMiniProgram", json!({}));
    events.find(exit);
}

#[test]
fn opening_again_shows_with_new_options_and_relaunches_elsewhere() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let page = world.page(&session);
    let query = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
    session.reopen(Some("pages/home/home".into()), query, 1011, None).expect("listed");
    let shown = page.event("appShow");
    assert_eq!((shown["query"]["a"].as_str(), shown["scene"].as_u64()), (Some("1"), Some(1011)));
    session.reopen(Some("pages/item/item".into()), BTreeMap::new(), 1011, None).expect("listed");
    let route = page.event("route");
    assert_eq!(
        (route["type"].as_str(), route["stack"][0]["path"].as_str()),
        (Some("reLaunch"), Some("pages/item/item"))
    );
    events.find(stack(&["pages/item/item"]));
    let error = session.reopen(Some("no/page".into()), BTreeMap::new(), 1011, None).expect_err("refused");
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[test]
fn without_content_in_time_the_session_fails() {
    let world = World::new(Setup { start_timeout: Duration::ZERO, ..Setup::default() });
    let (_session, events) = world.open();
    let code = events.find(|event| match event {
        SessionEvent::Failed { error } => Some(error.code.clone()),
        _ => None,
    });
    assert_eq!(code, "time-out");
}

#[test]
fn a_new_document_voids_the_old_one() {
    let http = FakeHttp::new(|_| Ok(response(200, &[], &[255])));
    let world = World::new(Setup { http, ..Setup::default() });
    let (session, events) = world.open();
    let mut old = world.page(&session);
    old.call("navigateTo", json!({ "url": "/pages/item/item" }));
    let blob = old.call("request", json!({ "url": "https://api.example.com/" }))["blob"].clone();
    let mut page = world.page(&session);
    let path = format!("/.lodger/blob/{}", blob.as_str().expect("a token"));
    assert_eq!(page.get(&path).status, 404, "blobs went with their document");
    assert_eq!(old.get("/.lodger/events").status, 403);
    old.send("exitMiniProgram", json!({}));
    page.call("getStorageInfo", json!({}));
    assert_eq!(session.counters().wrong_document, 1);
    assert!(!events.all().iter().any(|event| exit(event).is_some()));
    let route = page.call("navigateTo", json!({ "url": "/pages/item/item" }))["route"].clone();
    assert_eq!(route["stack"].as_array().map(Vec::len), Some(2), "the stack started again");
}

#[test]
fn closing_cancels_everything_and_stops_events() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.send("request", json!({ "url": "https://api.example.com/never" }));
    let url = format!("{}.lodger/events", session.start_url());
    let headers = vec![("X-Lodger-Session".to_owned(), page.doc.clone())];
    let poll = session.open_resource(ResourceRequest { method: "GET".into(), url, headers, body: None });
    let polled = world.engine.block_on(async {
        let mut poll = std::pin::pin!(poll);
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(poll.as_mut().poll(cx))).await;
        assert!(first.is_pending());
        session.close();
        poll.await
    });
    assert_eq!(polled.status, 410, "no waiting request is left behind");
    let seen = events.all().len();
    session.back();
    session.message("{}");
    session.emit("themeChange", json!({}));
    assert_eq!(world.get(&session, "/").status, 410);
    assert_eq!(events.all().len(), seen);
    session.close();
}

#[test]
fn a_listener_may_close_its_session() {
    #[derive(Default)]
    struct Closing(Mutex<Option<lodger_engine::Session>>, Events);
    impl lodger_engine::SessionListener for Closing {
        fn event(&self, event: SessionEvent) {
            if matches!(event, SessionEvent::Exit)
                && let Some(session) = self.0.lock().expect("not poisoned").take()
            {
                session.close();
            }
            self.1.event(event);
        }
    }
    let world = World::new(Setup::default());
    let listener = Arc::new(Closing::default());
    let session =
        world.engine.block_on(world.engine.open(request(Arc::clone(&listener) as _))).expect("opens");
    *listener.0.lock().expect("not poisoned") = Some(session.clone());
    world.page(&session).send("exitMiniProgram", json!({}));
    listener.1.find(exit);
    assert_eq!(world.get(&session, "/").status, 410);
}

#[test]
fn a_running_session_keeps_its_version() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    for code in 2..5 {
        world.publish(&bundle("coffee", code, Setup::default().domains));
        let listener = Arc::new(Events::default());
        world.engine.block_on(world.engine.predownload("coffee", false, listener)).expect("comes");
    }
    assert_eq!(world.get(&session, "/p/images/logo.png").body, b"logo 1");
    let (newer, _) = world.open();
    assert_eq!(world.get(&newer, "/p/images/logo.png").body, b"logo 4");
}

#[test]
fn the_engine_can_be_dropped_anywhere_and_sessions_live_on() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let World { engine, dir, .. } = world;
    let other = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    other.block_on(async move {
        drop(engine);
        let url = session.start_url();
        let page = session.open_resource(ResourceRequest { method: "GET".into(), url, ..Default::default() });
        assert_eq!(page.await.status, 200, "on an executor that is not ours");
        drop(session);
    });
    drop(dir);
}

#[test]
fn storage_and_origin_survive_a_restart() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    world.page(&session).call("setStorage", json!({ "key": "cart", "data": "[1]" }));
    let label = session.label().to_owned();
    drop(session);
    let world = world.restarted();
    assert!(!world.engine.data_was_lost());
    let (session, _) = world.open();
    assert_eq!(session.label(), label);
    assert_eq!(world.page(&session).call("getStorage", json!({ "key": "cart" })), json!({ "data": "[1]" }));
}

#[test]
fn wiping_leaves_nothing_and_ends_the_session() {
    let world = World::new(Setup::default());
    let (ann, _) = world.open();
    let (bob, _) = world.open_with(|request| request.user = "bob".into());
    for session in [&ann, &bob] {
        world.page(session).call("setStorage", json!({ "key": "a", "data": "1" }));
        session.set_grant("scope.camera", true).expect("kept");
    }
    world.engine.wipe("ann", "coffee").expect("wiped");
    assert_eq!(world.get(&ann, "/").status, 410);
    assert_eq!(ann.set_grant("scope.camera", true).expect_err("too late").code, "session-closed");
    let (ann, _) = world.open();
    assert_eq!(world.page(&ann).call("getStorageInfo", json!({}))["keys"], json!([]));
    assert!(ann.grants().expect("readable").is_empty());
    assert_eq!(world.page(&bob).call("getStorageInfo", json!({}))["keys"], json!(["a"]), "bob keeps his");
}

#[test]
fn a_lost_platform_key_means_wipe_and_report() {
    struct Lost(&'static str);
    impl lodger_engine::KeyStore for Lost {
        fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, lodger_engine::LodgerError> {
            Ok(secret.to_vec())
        }
        fn unwrap(&self, _: &[u8]) -> Result<Vec<u8>, lodger_engine::LodgerError> {
            Err(lodger_engine::LodgerError::new(ErrorKind::Denied, self.0, "no key"))
        }
    }
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    world.page(&session).call("setStorage", json!({ "key": "a", "data": "1" }));
    drop(session);
    let World { engine, dir, server, repository } = world;
    drop(engine);
    let start = |code| {
        let setup = Setup::default();
        let keys = Arc::new(Lost(code));
        Engine::new(
            lodger_engine::Config::new(dir.path(), repository.clone()),
            host(server.clone(), setup.http, setup.sockets, setup.prompts, keys),
        )
    };
    assert_eq!(start("device-locked").map(|_| ()).expect_err("not now").code, "device-locked");
    let engine = start("key-invalidated").expect("starts afresh");
    assert!(engine.data_was_lost());
    let world = World { engine, dir, server, repository };
    let (session, _) = world.open();
    assert_eq!(world.page(&session).call("getStorageInfo", json!({}))["keys"], json!([]));
}

/// The launch object of a start document.
fn launch_object(html: &str) -> serde_json::Value {
    let from = html.find("id=\"lodger-launch\">").expect("a launch object") + "id=\"lodger-launch\">".len();
    let to = from + html[from..].find("</script>").expect("its end");
    serde_json::from_str(&html[from..to]).expect("JSON")
}

#[test]
fn a_page_that_asks_for_it_comes_back_with_what_it_saved_once() {
    let world = World::new(Setup::default());
    let leave_on = |url: &str, expires: f64| {
        let (session, _) = world.open();
        let mut page = world.page(&session);
        page.call("reLaunch", json!({ "url": url }));
        page.call("report", json!({ "kind": "exitState", "data": { "n": 7 }, "expires": expires }));
        session.close();
    };
    let next = |path: Option<&str>| {
        let (session, _) = world.open_with(|request| request.path = path.map(str::to_owned));
        let launch = launch_object(&world.get(&session, "/").text());
        session.close();
        (launch["launch"]["path"].as_str().unwrap_or("").to_owned(), launch["exitState"].clone())
    };
    let (home, item) = ("pages/home/home".to_owned(), "pages/item/item".to_owned());
    let later = 1e15;

    leave_on("/pages/item/item?id=3", later);
    assert_eq!(next(None), (item, json!({ "n": 7 })));
    assert_eq!(next(None), (home.clone(), json!(null)), "only once");

    leave_on("/pages/item/item", later);
    assert_eq!(next(Some("pages/cart/cart")).0, "pages/cart/cart", "the host's own path goes first");
    assert_eq!(next(None).0, home, "and what was kept is forgotten");

    leave_on("/pages/item/item", 1.0);
    assert_eq!(next(None).0, home, "too old");

    leave_on("/pages/cart/cart", later);
    assert_eq!(next(None).0, home, "this page does not ask for it");

    leave_on("/pages/item/item", later);
    world.engine.wipe("ann", "coffee").expect("wiped");
    assert_eq!(next(None).0, home);
}
