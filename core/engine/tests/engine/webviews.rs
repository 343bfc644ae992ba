//! `<web-view>`: what may be shown, where it may go, what it may say.
use crate::support::*;
use lodger_bundle::Domains;
use lodger_engine::{OriginForm, SessionEvent, Webview, WebviewEvent, WebviewForm};
use serde_json::{Value, json};

const RECT: [f64; 4] = [0.0, 44.0, 390.0, 800.0];

fn world() -> World {
    let domains = Domains { webview: Some(vec!["shop.example.com".into()]), ..Domains::default() };
    World::new(Setup { domains, ..Setup::default() })
}

fn args(page: u64, src: &str) -> Value {
    json!({ "page": page, "src": src, "rect": RECT })
}

fn webviews(event: &SessionEvent) -> Option<(Option<u64>, Vec<Webview>)> {
    match event {
        SessionEvent::Webviews { shown, all } => Some((*shown, all.clone())),
        _ => None,
    }
}

/// What the host was told last; the answer to a call comes after what the call has told.
fn last(events: &Events, wanted: impl Fn(&(Option<u64>, Vec<Webview>)) -> bool) {
    events.find(|event| webviews(event).filter(&wanted));
}

fn text(name: &str, arg: Value) -> String {
    json!({ "name": name, "arg": arg }).to_string()
}

const SHOP: &str = "https://shop.example.com/";

#[test]
fn the_host_is_told_what_to_show_and_where() {
    let world = world();
    let (session, events) = world.open();
    let mut page = world.page(&session);
    assert_eq!(
        page.call("webviewOpen", args(1, "https://SHOP.example.com/a?b=咖#/c")),
        json!({ "form": "native" })
    );
    let url = "https://shop.example.com/a?b=%E5%92%96#/c".to_owned();
    last(&events, |told| *told == (Some(1), vec![Webview { page: 1, url: url.clone(), rect: RECT }]));
    page.call("webviewUpdate", json!({ "page": 1, "rect": [0, 0, 1, 1] }));
    last(&events, |(_, all)| all[0].rect == [0.0, 0.0, 1.0, 1.0]);
    session.webview_told(1, WebviewEvent::Loaded);
    assert_eq!(page.event("webview"), json!({ "page": 1, "load": true }));
    session.webview_told(1, WebviewEvent::Title { title: "x".repeat(5_000) });
    assert_eq!(page.event("webview")["title"].as_str().map(str::len), Some(1_000));
    page.call("navigateTo", json!({ "url": "/pages/item/item" }));
    last(&events, |(shown, all)| shown.is_none() && all.len() == 1);
    page.call("navigateBack", json!({}));
    page.call("webviewClose", json!({ "page": 1 }));
    last(&events, |(_, all)| all.is_empty());
}

#[test]
fn row_25_only_listed_sites_are_shown() {
    let world = world();
    let (session, events) = world.open();
    let mut page = world.page(&session);
    for src in [
        "http://shop.example.com/",
        "https://shop.example.com@evil.test/",
        "https://user@shop.example.com/",
        "https://shop.example.com.evil.test/",
        "https://evil.test/#https://shop.example.com/",
        "https://shop.example.com:8443/",
        "javascript:alert(1)//https://shop.example.com/",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://shop.example.com/#a\nb",
        "",
    ] {
        let error = page.fails("webviewOpen", args(1, src));
        assert!(error.starts_with("webviewOpen:fail url "), "{src}: {error}");
    }
    assert!(!events.all().iter().any(|event| webviews(event).is_some()));
    // A site that is refused takes the place of one that was not.
    page.call("webviewOpen", args(1, SHOP));
    page.fails("webviewOpen", args(1, "https://evil.test/"));
    events.find(|event| webviews(event).filter(|(_, all)| all.is_empty()));
}

#[test]
fn every_navigation_is_checked_and_a_refusal_is_shown_until_back() {
    let world = world();
    let (session, events) = world.open();
    let mut page = world.page(&session);
    assert!(!session.webview_may_load(1, SHOP, true), "there is no web-view");
    page.call("webviewOpen", args(1, SHOP));
    for url in ["https://shop.example.com/b", "about:blank", "about:srcdoc"] {
        assert!(session.webview_may_load(1, url, true), "{url}");
    }
    assert!(!session.webview_may_load(2, SHOP, true), "of another page");
    for url in
        ["http://shop.example.com/", "https://evil.test/", "blob:https://shop.example.com/1", "about:x"]
    {
        assert!(!session.webview_may_load(1, url, false), "{url}");
        assert_eq!(page.event("webview")["error"]["covered"], false);
    }
    assert!(!session.webview_may_load(1, "https://evil.test/a?token=1", true));
    let told = page.event("webview");
    let error = &told["error"];
    assert_eq!((&error["url"], &error["covered"]), (&json!("https://evil.test/a"), &json!(true)));
    events.find(|event| webviews(event).filter(|(shown, all)| shown.is_none() && !all.is_empty()));
    session.back();
    assert_eq!(page.event("webview"), json!({ "page": 1, "uncovered": true }));
    assert!(!events.all().iter().any(|event| matches!(event, SessionEvent::Exit)));
}

#[test]
fn a_website_navigates_within_the_program_and_says_nothing_else() {
    let world = world();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let go = text("navigateTo", json!({ "url": "/pages/item/item?a=1" }));
    assert!(!session.webview_message(1, SHOP, &go), "there is no web-view");
    page.call("webviewOpen", args(1, SHOP));
    assert!(!session.webview_message(1, "https://evil.test/", &go), "it is elsewhere now");
    assert!(!session.webview_message(1, SHOP, &text("navigateTo", json!({ "url": "https://evil.test/" }))));
    assert!(!session.webview_message(1, SHOP, &text("request", json!({ "url": SHOP }))));
    assert!(!session.webview_message(1, SHOP, &text("postMessage", json!("x".repeat(256 << 10)))));
    assert!(!session.webview_message(1, SHOP, "{"));
    assert_eq!(session.counters().not_allowed, 5);
    assert!(session.webview_message(1, SHOP, &go));
    let route = page.event("route");
    assert_eq!((&route["type"], &route["stack"][1]["query"]["a"]), (&json!("navigateTo"), &json!("1")));
    assert!(!session.webview_message(1, SHOP, &go), "its page is covered by another");
}

#[test]
fn messages_come_when_the_page_is_left_or_shared() {
    let world = world();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    page.call("navigateTo", json!({ "url": "/pages/item/item" }));
    page.call("webviewOpen", args(2, SHOP));
    for data in [json!({ "n": 1 }), json!(2)] {
        assert!(session.webview_message(2, SHOP, &text("postMessage", data)));
    }
    session.share();
    assert_eq!(page.event("webview"), json!({ "page": 2, "message": [{ "n": 1 }, 2] }));
    assert!(session.webview_message(2, SHOP, &text("postMessage", json!(3))));
    assert!(session.webview_message(2, SHOP, &text("navigateBack", json!({ "delta": 1 }))));
    assert_eq!(page.event("webview"), json!({ "page": 2, "message": [3] }));
}

#[test]
fn other_hosts_draw_a_frame_or_nothing() {
    let domains = Domains { webview: Some(vec!["shop.example.com".into()]), ..Domains::default() };
    let world = World::new(Setup { domains, development: true, ..Setup::default() });
    let policy = |form: WebviewForm| {
        let (session, events) = world.open_with(|request| {
            request.surface.webview = form;
            request.surface.origin = OriginForm::CustomScheme;
        });
        let csp = world.get(&session, "/").headers["content-security-policy"].clone();
        let mut page = world.page(&session);
        let id = page.send("webviewOpen", args(1, SHOP));
        let answer = page.answer(id);
        assert!(!events.all().iter().any(|event| webviews(event).is_some()));
        (csp, answer)
    };
    let (csp, answer) = policy(WebviewForm::Frame);
    assert!(csp.contains("frame-src https://shop.example.com;"), "{csp}");
    assert_eq!(answer["ok"], json!({ "form": "frame", "url": SHOP }));
    let (csp, answer) = policy(WebviewForm::None);
    assert!(csp.contains("frame-src 'none'"), "{csp}");
    assert_eq!(answer["err"]["errMsg"], "webviewOpen:fail not supported by this host");
}
