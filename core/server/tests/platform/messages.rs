//! Messages in both directions: inbox, chat, customer service in its windows, and what back ends are told.

use super::device::{Phone, SITE, Site, errcode, json_of, refusal};
use jiff::SignedDuration;
use lodger_server::{
    clock::Clock,
    platform::{
        admin::Command,
        messages::{Format, Mode, TemplateKey},
    },
};
use serde_json::{Value, json};

fn template(site: &Site) -> String {
    let made = site.admin(Command::TemplateAdd {
        app: "coffee".into(),
        title: "Order ready".into(),
        keys: vec![TemplateKey { key: "thing1".into(), name: "Drink".into() }],
    });
    made["templateId"].as_str().unwrap().to_owned()
}

fn openid(phone: &Phone<'_>) -> String {
    phone.site.session(&phone.code("login"))["openid"].as_str().unwrap().to_owned()
}

fn inbox(phone: &Phone<'_>, asked: &Value) -> Value {
    json_of(&phone.send("POST", "/lodger/v1/inbox", asked))
}

#[test]
fn one_accept_is_one_message_and_users_are_apart() {
    let site = &*SITE;
    let (id, token) = (template(site), site.token());
    let (uma, vic) = (site.phone("uma"), site.phone("vic"));
    let (to_uma, to_vic) = (openid(&uma), openid(&vic));
    let send = |openid: &str| {
        let body = json!({"touser": openid, "template_id": id, "data": {"thing1": {"value": "Mocha"}}});
        errcode(&site.tell(&format!("/cgi-bin/message/subscribe/send?access_token={token}"), &body))
    };
    let answer = |phone: &Phone<'_>, word: &str| {
        json_of(&phone.send(
            "POST",
            "/lodger/v1/subscriptions",
            &json!({"app": "coffee", "index": "", "session": "", "answers": {(&*id): word, "unknown": "accept"}}),
        ))
    };
    let twin = template(site);
    let asked = json!({"app": "coffee", "templates": [&id, "unknown", &twin]});
    let asked = json_of(&uma.send("POST", "/lodger/v1/subscriptions/templates", &asked));
    let shown = |id: &str, blocked: Value| json!({"id": id, "title": "Order ready", "kind": "once", "fields": ["Drink"], "blocked": blocked});
    assert_eq!(asked, json!({"templates": [shown(&id, Value::Null), shown(&twin, json!("filter"))]}));
    answer(&uma, "reject");
    assert_eq!(send(&to_uma), 43101);
    answer(&uma, "accept");
    answer(&uma, "accept");
    assert_eq!((send(&to_vic), send(&to_uma), send(&to_uma), send(&to_uma)), (43101, 0, 0, 43101));
    assert_eq!(inbox(&vic, &json!({}))["messages"], json!([]));
    let all = inbox(&uma, &json!({}));
    assert_eq!(
        (all["messages"].as_array().unwrap().len(), &all["unread"], &all["next"]),
        (2, &json!(2), &Value::Null)
    );
    // Nobody marks another's messages.
    let first = all["messages"][0]["id"].clone();
    inbox(&vic, &json!({"read": [first]}));
    assert_eq!(inbox(&uma, &json!({}))["unread"], 2);
    let seen = inbox(&uma, &json!({"read": [first]}));
    assert_eq!((&seen["unread"], &seen["messages"][0]["read"]), (&json!(1), &json!(true)));
    // Templates belong to their app.
    let tea = site.ask(&format!("cgi-bin/token?grant_type=client_credential&appid=tea&secret={}", site.tea));
    let tea = tea["access_token"].as_str().unwrap();
    let body = json!({"touser": to_uma, "template_id": id, "data": {}});
    assert_eq!(
        errcode(&site.tell(&format!("/cgi-bin/message/subscribe/send?access_token={tea}"), &body)),
        40037
    );
    let listed = site.ask(&format!("wxaapi/newtmpl/gettemplate?access_token={tea}"));
    assert_eq!((&listed["errcode"], &listed["data"]), (&json!(0), &json!([])));
    let remove =
        |token: &str| {
            errcode(&site.tell(
                &format!("/wxaapi/newtmpl/deltemplate?access_token={token}"),
                &json!({"priTmplId": id}),
            ))
        };
    assert_eq!((remove(tea), remove(&token), remove(&token)), (40037, 0, 40037));
}

#[test]
fn pages_of_an_inbox_lose_nothing() {
    let site = &*SITE;
    let phone = site.phone("wes");
    let (id, token, to) = (template(site), site.token(), openid(&phone));
    for number in 0..60 {
        let accepted = json!({"app": "coffee", "index": "", "session": "", "answers": {(&*id): "accept"}});
        assert_eq!(phone.send("POST", "/lodger/v1/subscriptions", &accepted).status, 200);
        let body = json!({"touser": to, "template_id": id, "data": {"thing1": {"value": number}}});
        assert_eq!(
            errcode(&site.tell(&format!("/cgi-bin/message/subscribe/send?access_token={token}"), &body)),
            0
        );
    }
    let (mut before, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = inbox(&phone, &json!({"before": before}));
        seen.extend(page["messages"].as_array().unwrap().iter().map(|one| one["lines"][0][1].clone()));
        before = page["next"].clone();
        if before.is_null() {
            break;
        }
    }
    let mut numbers: Vec<u32> = seen.iter().map(|one| one.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers.len(), 60);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 60, "one came twice");
}

#[test]
fn customer_service_has_its_windows() {
    let site = Site::new();
    let clock = &site.world.clock;
    let phone = site.phone("xia");
    let (to, token) = (openid(&phone), site.token());
    let say = |body: &Value| {
        errcode(&site.tell(&format!("/cgi-bin/message/custom/send?access_token={token}"), body))
    };
    let text = json!({"touser": to, "msgtype": "text", "text": {"content": "Hello"}});
    let chat = |asked: Value| phone.send("POST", "/lodger/v1/chat", &asked);
    assert_eq!(say(&text), 45015);
    assert_eq!(chat(json!({"app": "coffee", "enter": "from the menu"})).status, 200);
    assert_eq!((say(&text), say(&text), say(&text)), (0, 0, 45047));
    assert_eq!(refusal(&chat(json!({"app": "coffee", "text": " "}))), "400 invalid_request");
    assert_eq!(chat(json!({"app": "coffee", "text": "Where is my coffee?"})).status, 200);
    let link = json!({"touser": to, "msgtype": "link", "link": {"title": "Map", "description": "Here", "url": "https://example.com/"}});
    let card = json!({"touser": to, "msgtype": "miniprogrampage", "miniprogrampage": {"title": "Menu", "pagepath": "/pages/menu/index?x=1"}});
    assert_eq!((say(&link), say(&card)), (0, 0));
    for (body, code) in [
        (json!({"touser": "x", "msgtype": "text", "text": {"content": "x"}}), 40003),
        (json!({"touser": to, "msgtype": "image", "image": {"media_id": "x"}}), 40007),
        (json!({"touser": to, "msgtype": "dance"}), 40008),
        (json!({"touser": to, "msgtype": "text", "text": {}}), 44004),
        (json!({"touser": to, "msgtype": "text", "text": {"content": "x".repeat(2049)}}), 45002),
        (
            json!({"touser": to, "msgtype": "miniprogrampage", "miniprogrampage": {"title": "x", "pagepath": "pages/x"}}),
            41030,
        ),
    ] {
        assert_eq!(say(&body), code, "{body}");
    }
    let page = json_of(&chat(json!({"app": "coffee"})));
    let kinds: Vec<&str> =
        page["messages"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 5);
    assert_eq!(kinds.iter().filter(|kind| **kind == "user").count(), 1);
    let begin = clock.now();
    clock.set(begin + SignedDuration::from_secs(48 * 3600));
    // The token is over by now, too.
    let token = site.token();
    let late = site.tell(&format!("/cgi-bin/message/custom/send?access_token={token}"), &text);
    assert_eq!(errcode(&late), 45015);
}

#[test]
fn links_open_what_they_were_made_for_until_they_are_over() {
    let site = Site::new();
    let token = site.token();
    let tell = |route: &str, body: Value| site.tell(&format!("/wxa/{route}?access_token={token}"), &body);
    let made = tell(
        "generate_urllink",
        json!({"path": "/pages/menu/index", "query": "table=1", "expire_type": 1, "expire_interval": 1}),
    );
    let link = made["url_link"].as_str().unwrap();
    let path = link.strip_prefix(&format!("{}/", site.world.url())).unwrap();
    let page = crate::world::get(&site.world.url(), path);
    let html = String::from_utf8(page.bytes.clone()).unwrap();
    assert_eq!(page.status, 200);
    assert!(html.contains("href=\"lodger://dl/business/?t=") && html.contains("coffee"), "{html}");
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let scheme = tell("generatescheme", json!({"jump_wxa": {"path": "pages/menu/index", "query": "a=1"}}));
    let info = tell("queryscheme", json!({"scheme": scheme["openlink"]}));
    assert_eq!(
        (&info["scheme_info"]["path"], &info["scheme_info"]["appid"]),
        (&json!("pages/menu/index"), &json!("coffee"))
    );
    assert_eq!(errcode(&tell("query_urllink", json!({"url_link": "https://x"}))), 40097);
    for (body, code) in [
        (json!({"path": "pages/none"}), 40165),
        (json!({"path": "pages/menu/index?x=1"}), 40165),
        (json!({"query": "<script>"}), 40212),
        (json!({"expire_type": 1, "expire_interval": 31}), 85401),
        (json!({"expire_type": 0, "expire_time": 1}), 85401),
        (json!({"env_version": "x"}), 40097),
    ] {
        assert_eq!(errcode(&tell("generate_urllink", body.clone())), code, "{body}");
    }
    // Nothing of a link becomes part of the page.
    let hostile =
        crate::world::get(&site.world.url(), "p/%22%3E%3Cscript%3Ealert(1)%3C/script%3E?scene=%22%3E");
    assert!(!String::from_utf8(hostile.bytes).unwrap().contains("<script"));
    site.world.clock.set(site.world.clock.now() + SignedDuration::from_hours(24));
    assert_eq!(crate::world::get(&site.world.url(), path).status, 404);
}

#[test]
fn back_ends_are_told_at_addresses_that_answer_only() {
    let site = &*SITE;
    let platform = site.world.server.as_ref().unwrap().platform().clone();
    let set = |url: &str, token: &str, key: &str| {
        let command = Command::CallbackSet {
            app: "coffee".into(),
            url: url.into(),
            token: token.into(),
            key: key.into(),
            mode: Mode::Plain,
            format: Format::Json,
        };
        let platform = platform.clone();
        site.world
            .runtime
            .block_on(async move { platform.administer(command).await })
            .unwrap_err()
            .to_string()
    };
    let key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
    assert!(set("https://127.0.0.1/", "token", key).contains("public Internet"));
    assert!(set("http://example.com/", "token", key).contains("https"));
    assert!(set("https://example.com/", "to ken", key).contains("token"));
    assert!(set("https://example.com/", "token", "short").contains("43 characters"));
}
