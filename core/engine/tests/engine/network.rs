//! `wx.request` and remote images: domain lists, redirects, headers, abort.
use crate::support::*;
use lodger_bundle::Domains;
use lodger_engine::{HttpError, SessionEvent};
use serde_json::json;

#[test]
fn a_request_goes_out_with_the_programs_referer_and_comes_back_whole() {
    let http = FakeHttp::new(|_| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-A", "1"),
        ];
        Ok(response(201, &headers, br#"{"ok":true}"#))
    });
    let world = World::new(Setup { http: http.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let mut ok = page.call(
        "request",
        json!({ "url": "https://API.example.com/orders?q=咖啡", "method": "post", "data": "{}", "timeout": 1500,
                "header": { "content-type": "application/json", "Referer": "https://evil.test", "Cookie": "s=1" } }),
    );
    let profile = ok["profile"].take();
    assert_eq!((&profile["sendBytesCount"], &profile["receivedBytedCount"]), (&json!(2), &json!(11)));
    assert_eq!(
        ok,
        json!({ "profile": null, "statusCode": 201, "data": "{\"ok\":true}", "cookies": ["a=1", "b=2"],
                "header": { "Content-Type": "application/json", "Set-Cookie": "a=1,b=2", "X-A": "1" } })
    );
    let seen = http.seen.lock().expect("not poisoned");
    assert_eq!((seen[0].method.as_str(), seen[0].body.as_slice()), ("POST", &b"{}"[..]));
    assert_eq!(seen[0].url, "https://api.example.com/orders?q=%E5%92%96%E5%95%A1");
    assert_eq!(seen[0].timeout.as_millis(), 1500);
    assert!(!seen[0].allow_private);
    let header = |name: &str| {
        let mut values =
            seen[0].headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        (values.next(), values.count())
    };
    assert_eq!(header("referer"), (Some("https://servicewechat.com/coffee/1.0.1/page-frame.html"), 0));
    assert_eq!(header("cookie"), (Some("s=1"), 0));
}

#[test]
fn failures_have_wechats_words() {
    let http = FakeHttp::new(|request| match request.url.as_str() {
        "https://api.example.com/slow" => Err(HttpError::Timeout),
        _ => Err(HttpError::Connect("refused".into())),
    });
    let world = World::new(Setup { http: http.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for (url, message, errno) in [
        ("https://api.example.com/slow", "request:fail timeout", 5),
        ("https://api.example.com/x", "request:fail could not connect: refused", 600_001),
        ("https://other.example.com/", "request:fail url not in domain list", 600_002),
        ("http://api.example.com/", "request:fail invalid url: url must start with https://", 600_009),
    ] {
        let id = page.send("request", json!({ "url": url }));
        assert_eq!(page.answer(id)["err"], json!({ "errMsg": message, "errno": errno }), "{url}");
    }
    assert_eq!(http.urls().len(), 2, "what is refused is never sent");
}

#[test]
fn the_engine_keeps_the_time_even_if_the_host_does_not() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let url = "https://api.example.com/never";
    let message = world.page(&session).fails("request", json!({ "url": url, "timeout": 1 }));
    assert_eq!(message, "request:fail timeout");
}

#[test]
fn abort_cancels_and_answers() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let id = page.send("request", json!({ "url": "https://api.example.com/never" }));
    page.send("abort", json!({ "id": id }));
    assert_eq!(page.answer(id)["err"]["errMsg"], "request:fail abort");
    page.call("abort", json!({ "id": 999 }));
}

#[test]
fn row_25_redirects_are_checked_hop_by_hop() {
    let http = FakeHttp::new(|request| {
        Ok(match request.url.as_str() {
            "https://api.example.com/ok" => response(302, &[("Location", "/next?x")], b""),
            "https://api.example.com/out" => response(302, &[("location", "https://evil.test/")], b""),
            "https://api.example.com/down" => response(302, &[("location", "http://api.example.com/")], b""),
            "https://api.example.com/odd" => {
                response(302, &[("location", "//api.example.com@evil.test/")], b"")
            }
            "https://api.example.com/round" => response(307, &[("location", "/round")], b""),
            _ => response(200, &[], b"here"),
        })
    });
    let world = World::new(Setup { http: http.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let call = |path: &str| json!({ "url": format!("https://api.example.com/{path}"), "method": "POST", "data": "x" });
    assert_eq!(page.call("request", call("ok"))["data"], "here");
    {
        let seen = http.seen.lock().expect("not poisoned");
        assert_eq!((seen[1].method.as_str(), seen[1].body.len()), ("GET", 0), "as browsers do after 302");
    }
    assert_eq!(page.fails("request", call("out")), "request:fail url not in domain list");
    assert!(page.fails("request", call("down")).starts_with("request:fail invalid url"));
    assert!(page.fails("request", call("odd")).starts_with("request:fail invalid url"));
    assert!(!http.urls().iter().any(|url| url.contains("evil")), "nothing reached the other host");
    let before = http.urls().len();
    assert_eq!(page.fails("request", call("round")), "request:fail too many redirects");
    assert_eq!(http.urls().len() - before, 6);
}

#[test]
fn a_redirect_to_another_listed_host_loses_the_credentials() {
    let http = FakeHttp::new(|request| {
        Ok(match request.url.as_str() {
            "https://a.example/" => response(307, &[("location", "https://b.example/")], b""),
            _ => response(200, &[], b""),
        })
    });
    let request = Some(vec!["a.example".to_owned(), "b.example".to_owned()]);
    let world = World::new(Setup {
        http: http.clone(),
        domains: Domains { request, ..Domains::default() },
        ..Setup::default()
    });
    let (session, _) = world.open();
    let header = json!({ "Authorization": "x", "Cookie": "y", "X-Kept": "z" });
    world.page(&session).call("request", json!({ "url": "https://a.example/", "header": header }));
    let seen = http.seen.lock().expect("not poisoned");
    let names: Vec<_> = seen[1].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-Kept", "Referer"]);
}

#[test]
fn without_a_list_development_warns_and_releases_refuse() {
    let domains = Domains::default();
    let world = World::new(Setup { domains: domains.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let call = json!({ "url": "https://api.example.com/" });
    assert_eq!(world.page(&session).fails("request", call.clone()), "request:fail url not in domain list");
    let http = FakeHttp::new(|_| Ok(response(200, &[], b"")));
    let world = World::new(Setup { http: http.clone(), domains, development: true, ..Setup::default() });
    let (session, events) = world.open();
    let mut page = world.page(&session);
    page.call("request", call.clone());
    page.call("request", call);
    page.call("request", json!({ "url": "http://127.0.0.1:3000/" }));
    let warned = |event: &SessionEvent| match event {
        SessionEvent::Warning { text } => Some(text.clone()),
        _ => None,
    };
    events
        .find(|event| warned(event).filter(|text| text.starts_with("http://127.0.0.1:3000 is not declared")));
    assert_eq!(events.all().iter().filter_map(warned).count(), 2, "once an origin");
    assert!(http.seen.lock().expect("not poisoned").iter().all(|request| request.allow_private));
}

#[test]
fn texts_beyond_64_kib_and_bytes_go_by_blob() {
    let http = FakeHttp::new(|request| {
        Ok(response(200, &[], &vec![b'x'; if request.url.ends_with("long") { (64 << 10) + 1 } else { 3 }]))
    });
    let world = World::new(Setup { http, ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let ok = page.call("request", json!({ "url": "https://api.example.com/long" }));
    assert_eq!(ok["length"], (64 << 10) + 1);
    let bytes =
        page.call("request", json!({ "url": "https://api.example.com/", "responseType": "arraybuffer" }));
    let blob = page.get(&format!("/.lodger/blob/{}", bytes["blob"].as_str().expect("a token")));
    assert_eq!(blob.body, b"xxx");
}

#[test]
fn remote_images_are_fetched_checked_and_kept() {
    let http = FakeHttp::new(|request| {
        let mime = match request.url.rsplit('/').next() {
            Some("a.png") => "image/png",
            Some("a.mp4") => "video/mp4",
            Some("page") => "text/html",
            Some("away") => return Ok(response(302, &[("location", "https://evil.test/a.png")], b"")),
            Some("gone") => return Ok(response(404, &[("content-type", "image/png")], b"no")),
            _ => "application/javascript",
        };
        Ok(response(200, &[("content-type", mime)], b"bytes"))
    });
    let image = Some(vec!["cdn.example".to_owned()]);
    let media = Some(vec!["video.example".to_owned()]);
    let domains = Domains { image, media, ..Domains::default() };
    let world = World::new(Setup { http: http.clone(), domains, ..Setup::default() });
    let (session, _) = world.open();
    let fetch = |url: &str| {
        let encoded = url.replace(':', "%3A").replace('/', "%2F");
        world.get(&session, &format!("/.lodger/fetch/{encoded}"))
    };
    for _ in 0..2 {
        let image = fetch("https://cdn.example/a.png");
        assert_eq!(
            (image.status, image.mime.as_str(), image.body.as_slice()),
            (200, "image/png", &b"bytes"[..])
        );
        assert_eq!(image.headers["content-security-policy"], "sandbox");
        assert_eq!(image.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(http.urls().len(), 1, "the second came from memory");
    assert_eq!(fetch("https://video.example/a.mp4").status, 200);
    assert_eq!(fetch("https://cdn.example/a.mp4").status, 403, "the image list does not allow media");
    assert_eq!(fetch("https://other.example/a.png").status, 403);
    assert_eq!(fetch("http://cdn.example/a.png").status, 403);
    assert_eq!(fetch("https://cdn.example/page").status, 403);
    assert_eq!(fetch("https://cdn.example/script").status, 403);
    assert_eq!(fetch("https://cdn.example/away").status, 502);
    assert_eq!(fetch("https://cdn.example/gone").status, 404);
    assert!(!http.urls().iter().any(|url| url.contains("evil") || url.contains("other")));
    let seen = http.seen.lock().expect("not poisoned");
    assert!(seen.iter().all(|request| request.headers.is_empty()), "nothing about the program or the user");
}
