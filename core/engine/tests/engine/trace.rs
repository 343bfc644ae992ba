//! The development trace: calls, transfers, and the commands that the engine answers.
use crate::support::*;
use async_trait::async_trait;
use lodger_engine::{
    CallTrace, Decision, HttpError, NetworkKind, NetworkTrace, Prompts, ScopeAnswer, ScopePrompt,
    SessionEvent,
};
use serde_json::{Value, json};
use std::sync::Arc;

struct Grant;
#[async_trait]
impl Prompts for Grant {
    async fn scope(&self, _: ScopePrompt) -> ScopeAnswer {
        ScopeAnswer::Granted
    }
}

fn development() -> Setup {
    Setup { development: true, ..Setup::default() }
}

fn call(events: &Events, api: &str) -> CallTrace {
    events.find(|event| match event {
        SessionEvent::Call(call) if call.api == api => Some(call.clone()),
        _ => None,
    })
}

fn transfer(events: &Events, wanted: impl Fn(&NetworkTrace) -> bool) -> NetworkTrace {
    events.find(|event| match event {
        SessionEvent::Network(transfer) if wanted(transfer) => Some(transfer.clone()),
        _ => None,
    })
}

fn answered(events: &Events, wanted: u64) -> Value {
    events.find(|event| match event {
        SessionEvent::Dev { id, result } if *id == wanted => Some(result.clone()),
        _ => None,
    })
}

#[test]
fn each_call_is_told_with_the_decision_and_its_end() {
    let world = World::new(Setup { disabled: &["network"], prompts: Arc::new(Grant), ..development() });
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("setStorage", json!({ "key": "a", "data": format!("s{}", "x".repeat(5000)) }));
    page.call("authorize", json!({ "scope": "scope.camera" }));
    page.fails("request", json!({ "url": "https://api.example.com/" }));
    page.fails("openSystemShell", json!({}));
    session.set_grant("scope.userLocation", false).expect("kept");
    page.fails("authorize", json!({ "scope": "scope.userLocation" }));
    page.call(
        "report",
        json!({ "kind": "call", "api": "showToast", "args": "{}", "errMsg": "showToast:ok", "ms": 2 }),
    );

    let stored = call(&events, "setStorage");
    assert!(stored.ok && stored.err_msg == "setStorage:ok" && stored.decision == Decision::NotNeeded);
    assert!(stored.args.len() < 2100 && stored.args.ends_with('…'), "{}", stored.args.len());
    assert_eq!(call(&events, "authorize").decision, Decision::Granted);
    assert_eq!(call(&events, "request").decision, Decision::CapabilityOff);
    let unknown = call(&events, "openSystemShell");
    assert_eq!((unknown.decision, unknown.ok), (Decision::Unknown, false));
    assert_eq!(unknown.err_msg, "openSystemShell:fail not supported");
    let local = call(&events, "showToast");
    assert!(local.ok && local.id == 0);
    let denied = |event: &SessionEvent| match event {
        SessionEvent::Call(call) if call.decision == Decision::Denied => Some(call.err_msg.clone()),
        _ => None,
    };
    assert_eq!(events.find(denied), "authorize:fail auth deny");
    let reports = |event: &&SessionEvent| matches!(event, SessionEvent::Call(call) if call.api == "report");
    assert_eq!(events.all().iter().filter(reports).count(), 0, "the base library's own calls are no news");
}

#[test]
fn each_transfer_is_told_at_its_beginning_and_end() {
    let http = FakeHttp::new(|request| match request.url.as_str() {
        "https://api.example.com/slow" => Err(HttpError::Timeout),
        _ => Ok(response(200, &[("content-type", "application/json")], b"{\"a\":1}")),
    });
    let world = World::new(Setup { http, ..development() });
    let (session, events) = world.open();
    let mut page = world.page(&session);
    let post = json!({
        "url": "https://api.example.com/order", "method": "POST", "data": "{\"b\":2}",
        "header": { "content-type": "application/json" },
    });
    page.call("request", post);
    let begun = transfer(&events, |transfer| transfer.end.is_none());
    assert_eq!((begun.kind, begun.method.as_str()), (NetworkKind::Request, "POST"));
    assert_eq!(begun.request_preview, "{\"b\":2}");
    let ended = transfer(&events, |transfer| transfer.id == begun.id && transfer.end.is_some());
    let end = ended.end.expect("it has one");
    assert_eq!((end.status, end.bytes, end.preview.as_str()), (200, 7, "{\"a\":1}"));

    page.fails("request", json!({ "url": "https://api.example.com/slow" }));
    transfer(&events, |transfer| failed(transfer, "timeout"));
    page.fails("request", json!({ "url": "https://other.example.com/" }));
    transfer(&events, |transfer| failed(transfer, "url not in domain list"));
    let id = page.send("request", json!({ "url": "https://api.example.com/never" }));
    transfer(&events, |transfer| transfer.url.ends_with("never"));
    page.send("abort", json!({ "id": id }));
    page.answer(id);
    transfer(&events, |transfer| failed(transfer, "abort"));
    call(&events, "request");
}

fn failed(transfer: &NetworkTrace, why: &str) -> bool {
    transfer.end.as_ref().is_some_and(|end| end.error.as_deref() == Some(why))
}

#[test]
fn a_release_session_is_never_traced() {
    let world = World::new(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("request", json!({ "url": "https://api.example.com/" }));
    page.fails("openSystemShell", json!({}));
    page.call(
        "report",
        json!({ "kind": "call", "api": "showToast", "args": "", "errMsg": "showToast:ok", "ms": 2 }),
    );
    page.call("report", json!({ "kind": "title", "title": "last" }));
    events.find(|event| matches!(event, SessionEvent::Title { .. }).then_some(()));
    let traced = |event: &&SessionEvent| matches!(event, SessionEvent::Call(_) | SessionEvent::Network(_));
    assert_eq!(events.all().iter().filter(traced).count(), 0);
    assert!(session.dev(1, json!({ "cmd": "storage" })).is_err());
}

#[test]
fn storage_is_looked_at_and_changed_from_outside() {
    let world = World::new(development());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("setStorage", json!({ "key": "a", "data": "n1" }));
    let dev = |id, command| {
        session.dev(id, command).expect("a development session");
        answered(&events, id)
    };
    assert_eq!(dev(1, json!({ "cmd": "storageSet", "key": "b", "data": "n2" })), json!({ "ok": true }));
    page.event("storageChange");
    let items = json!([
        { "key": "a", "data": "n1", "size": 3, "cut": false },
        { "key": "b", "data": "n2", "size": 3, "cut": false },
    ]);
    assert_eq!(dev(2, json!({ "cmd": "storage" }))["items"], items);
    assert_eq!(dev(3, json!({ "cmd": "storageRemove", "key": "a" })), json!({ "ok": true }));
    assert!(page.fails("getStorage", json!({ "key": "a" })).contains("not found"));
    assert_eq!(dev(4, json!({ "cmd": "storageClear" })), json!({ "ok": true }));
    assert_eq!(dev(5, json!({ "cmd": "storage" }))["items"], json!([]));
    assert!(dev(6, json!({ "cmd": "storageSet", "key": "b" }))["error"].is_string());
}
