//! The bridge: hello, order, blocking calls, blobs, storage and navigation over it.
use crate::support::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lodger_engine::{MessageSink, PageAddress, ResourceRequest, SessionEvent};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc},
};

#[test]
fn hello_is_answered_once_a_document() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    assert_eq!(world.get(&session, "/.lodger/hello").status, 403, "before any document");
    world.get(&session, "/");
    let hello = world.get(&session, "/.lodger/hello").json();
    assert_eq!((hello["inbound"].as_str(), hello["outbound"].as_str()), (Some("ipc"), Some("poll")));
    assert_eq!(hello["doc"].as_str().map(str::len), Some(32), "128 bits");
    assert_eq!(world.get(&session, "/.lodger/hello").status, 403);
    world.get(&session, "/");
    let next = world.get(&session, "/.lodger/hello").json();
    assert_ne!(hello["doc"], next["doc"]);
}

#[test]
fn messages_are_applied_in_the_order_of_their_numbers() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let page = world.page(&session);
    let titled = |seq: u64, title: &str| {
        json!({ "v": 1, "doc": page.doc, "seq": seq, "id": seq, "api": "report",
                "args": { "kind": "title", "title": title } })
        .to_string()
    };
    for (seq, title) in [(3, "c"), (2, "b"), (2, "again"), (1, "a"), (4, "d")] {
        session.message(&titled(seq, title));
    }
    let title = |event: &SessionEvent| match event {
        SessionEvent::Title { title } => Some(title.clone()),
        _ => None,
    };
    events.find(|event| title(event).filter(|title| title == "d"));
    assert_eq!(events.all().iter().filter_map(title).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(session.counters().repeated, 1);
}

#[test]
fn blocking_calls_are_answered_by_their_own_request_only() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    assert_eq!(page.call_sync("setStorageSync", json!({ "key": "a", "data": "1" }))["ok"], json!({}));
    let answer = page.call_sync("getStorageSync", json!({ "key": "a" }));
    assert_eq!(answer, json!({ "id": 2, "ok": { "data": "1" } }));
    let missing = page.call_sync("getStorageSync", json!({ "key": "b" }));
    assert_eq!(missing["err"]["errMsg"], "getStorageSync:fail data not found");
    let refused = page.call_sync("request", json!({ "url": "https://api.example.com/" }));
    assert_eq!(refused["err"]["errMsg"], "request:fail not supported");
    // Nothing of it comes by the poll.
    let id = page.send("getStorageInfo", json!({}));
    let messages = page.get("/.lodger/events").json();
    assert_eq!(messages.as_array().map(Vec::len), Some(1));
    assert_eq!(messages[0]["id"], id);
}

#[test]
fn a_blocking_call_may_be_asked_for_before_its_message_arrives() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let url = format!("{}.lodger/sync/1", session.start_url());
    let headers = vec![("x-lodger-session".to_owned(), page.doc.clone())];
    let request = ResourceRequest { method: "GET".into(), url, headers, body: None };
    let asking = session.open_resource(request);
    let asked = world.engine.block_on(async {
        let mut asking = std::pin::pin!(asking);
        // Polled once, so that the request waits already when the message comes.
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(asking.as_mut().poll(cx))).await;
        assert!(first.is_pending());
        let message = json!({ "v": 1, "doc": page.doc, "seq": 1, "id": 1, "api": "getStorageInfoSync",
                              "sync": true, "args": {} });
        session.message(&message.to_string());
        asking.await
    });
    assert_eq!(asked.status, 200);
    page.doc.clear();
}

#[test]
fn storage_takes_a_value_of_a_mebibyte_as_a_blob() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    // Quotes and line ends would double in a message.
    let long = "\"\n".repeat((1 << 19) - 100);
    let chunks: Vec<&str> = [&long[..350_000], &long[350_000..700_000], &long[700_000..]].into();
    for (seq, chunk) in chunks.iter().enumerate() {
        let data = STANDARD.encode(chunk);
        page.call(
            "blobPut",
            json!({ "token": "v", "seq": seq, "data": data, "last": seq + 1 == chunks.len() }),
        );
    }
    page.call("setStorage", json!({ "key": "long", "blob": "v" }));
    assert_eq!(page.call("getStorage", json!({ "key": "long" }))["data"], long);
    assert_eq!(
        page.fails("setStorage", json!({ "key": "again", "blob": "v" })),
        "setStorage:fail parameter.data should be String"
    );
}

#[test]
fn storage_fails_in_wechats_words() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let big = "x".repeat((1 << 20) - 200);
    for n in 0..10 {
        page.call("setStorage", json!({ "key": n.to_string(), "data": big }));
    }
    assert_eq!(
        page.fails("setStorage", json!({ "key": "more", "data": big })),
        "setStorage:fail exceed storage max size 10Mb"
    );
    assert_eq!(page.fails("getStorage", json!({ "key": "none" })), "getStorage:fail data not found");
    page.call("removeStorage", json!({ "key": "none" }));
    let info = page.call("getStorageInfo", json!({}));
    assert_eq!((info["currentSize"].as_u64(), info["limitSize"].as_u64()), (Some(10_239), Some(10_240)));
    page.call("clearStorage", json!({}));
    assert_eq!(
        page.call("getStorageInfo", json!({})),
        json!({ "keys": [], "currentSize": 0, "limitSize": 10_240 })
    );
}

#[test]
fn navigation_is_answered_with_the_whole_stack() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    let route = page.call("navigateTo", json!({ "url": "../item/item?id=7" }))["route"].clone();
    assert_eq!(
        route,
        json!({ "type": "navigateTo", "alive": [], "stack": [
            { "id": 1, "path": "pages/home/home", "query": {} },
            { "id": 2, "path": "pages/item/item", "query": { "id": "7" } },
        ] })
    );
    assert_eq!(
        page.fails("navigateTo", json!({ "url": "/pages/x/y" })),
        r#"navigateTo:fail page "pages/x/y" is not found"#
    );
    assert_eq!(page.fails("navigateTo", json!({})), "navigateTo:fail parameter.url should be String");
    assert_eq!(
        page.fails("switchTab", json!({ "url": "/pages/item/item" })),
        "switchTab:fail can not switch to no-tabBar page"
    );
    let route = page.call("switchTab", json!({ "url": "/pages/cart/cart" }))["route"].clone();
    assert_eq!((route["stack"][0]["id"].as_u64(), route["alive"].clone()), (Some(3), json!([1])));
    assert_eq!(
        page.fails("navigateBack", json!({ "delta": 1 })),
        "navigateBack:fail cannot navigate back at first page"
    );
    events.find(|event| match event {
        SessionEvent::Route { stack } => {
            let address = |path: &str, query| PageAddress { path: path.to_owned(), query };
            let item = [("id".to_owned(), "7".to_owned())].into();
            (*stack == [address("pages/home/home", BTreeMap::new()), address("pages/item/item", item)])
                .then_some(())
        }
        _ => None,
    });
}

#[test]
fn binary_data_goes_in_by_chunks_and_out_once() {
    let http = FakeHttp::new(|request| {
        assert_eq!(request.body, b"hello binary");
        Ok(response(200, &[("content-type", "application/x-protobuf")], &[0, 159, 146, 150]))
    });
    let world = World::new(Setup { http, ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let chunk = |bytes: &[u8], seq: u64, last: bool| json!({ "token": "t1", "seq": seq, "data": STANDARD.encode(bytes), "last": last });
    page.call("blobPut", chunk(b"hello ", 0, false));
    page.call("blobPut", chunk(b"binary", 1, true));
    let ok =
        page.call("request", json!({ "url": "https://api.example.com/", "method": "POST", "blob": "t1" }));
    assert_eq!(
        (ok["statusCode"].as_u64(), ok["length"].as_u64(), ok.get("data")),
        (Some(200), Some(4), None)
    );
    let path = format!("/.lodger/blob/{}", ok["blob"].as_str().expect("a token"));
    let blob = page.get(&path);
    assert_eq!(
        (blob.mime.as_str(), blob.body.as_slice()),
        ("application/octet-stream", &[0, 159, 146, 150][..])
    );
    assert_eq!(page.get(&path).status, 404, "one use");
    let again = json!({ "url": "https://api.example.com/", "method": "POST", "blob": "t1" });
    assert_eq!(page.fails("request", again), "request:fail the request's data has not arrived");
    assert_eq!(
        page.fails("blobPut", json!({ "token": "t2", "seq": 0, "data": "***", "last": true })),
        "blobPut:fail data is not base64"
    );
    let long = "A".repeat((512 << 10) + 4);
    assert!(
        page.fails("blobPut", json!({ "token": "t2", "seq": 0, "data": long, "last": true }))
            .contains("512 KiB")
    );
}

struct Channel(mpsc::Sender<String>);
impl MessageSink for Channel {
    fn post(&self, message: String) {
        // The test may have ended.
        let _ = self.0.send(message);
    }
}

#[test]
fn a_push_channel_gets_messages_from_hello_on() {
    let world = World::new(Setup::default());
    let (sender, receiver) = mpsc::channel();
    let (session, _) = world.open_with(|request| {
        request.surface.sink = Some(Arc::new(Channel(sender)));
        request.surface.inbound = "port";
    });
    world.get(&session, "/");
    session.emit("themeChange", json!({ "theme": "dark" }));
    assert!(receiver.try_recv().is_err(), "before hello nothing may go");
    let hello = world.get(&session, "/.lodger/hello").json();
    assert_eq!((hello["inbound"].as_str(), hello["outbound"].as_str()), (Some("port"), Some("push")));
    let first = receiver.recv().expect("waited");
    assert_eq!(first, r#"{"args":{"hasUpdate":false},"event":"updateCheck"}"#);
    assert_eq!(receiver.recv().expect("waited"), r#"{"args":{"theme":"dark"},"event":"themeChange"}"#);
    let header = [("X-Lodger-Session", hello["doc"].as_str().expect("a token"))];
    let url = format!("{}.lodger/events", session.start_url());
    assert_eq!(world.load(&session, "GET", &url, &header).status, 410, "nothing to poll");
}

#[test]
fn messages_by_http_need_a_surface_that_says_so() {
    let world = World::new(Setup::default());
    let post = |session: &lodger_engine::Session, doc: &str| {
        let body = json!({ "v": 1, "doc": doc, "seq": 1, "id": 1, "api": "getStorageInfo", "args": {} });
        world.send(
            session,
            ResourceRequest {
                method: "POST".into(),
                url: format!("{}.lodger/message", session.start_url()),
                headers: vec![("X-Lodger-Session".into(), doc.into())],
                body: Some(body.to_string().into_bytes()),
            },
        )
    };
    let (session, _) = world.open_with(|request| request.surface.inbound = "http");
    let page = world.page(&session);
    assert_eq!(post(&session, "wrong").status, 403);
    assert_eq!(post(&session, &page.doc).status, 204);
    assert_eq!(page.answer(1)["ok"]["limitSize"], 10_240);
    let (session, _) = world.open();
    let page = world.page(&session);
    assert_eq!(post(&session, &page.doc).status, 404);
}
