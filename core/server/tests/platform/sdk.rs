//! Other people's SDKs as back ends, in Node.js: `core/server/tests/sdk`.

use super::device::{SITE, Site, errcode, json_of};
use lodger_server::platform::{admin::Command as AdminCommand, messages::TemplateKey};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// What each call gave.
pub fn run(site: &Site, calls: &Value) -> Vec<Value> {
    run_at(&site.world.url(), &site.coffee, calls)
}

/// The same against any address.
pub fn run_at(url: &str, secret: &str, calls: &Value) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    assert!(
        folder.join("node_modules/co-wechat-api").is_dir(),
        "the npm packages of core/server/tests/sdk are not installed; run `cargo xtask setup`"
    );
    let asked = json!({"url": url, "appid": "coffee", "secret": secret, "calls": calls});
    // One of them keeps its tokens in files where it runs.
    let scratch = tempfile::tempdir().unwrap();
    let mut child = Command::new("node")
        .current_dir(scratch.path())
        .arg(folder.join("sdk.mjs"))
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is needed; run `cargo xtask setup`");
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), calls.as_array().unwrap().len());
    answers
}

#[test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
fn other_peoples_sdks_log_users_in() {
    let site = &*SITE;
    let phone = site.phone("sue");
    site.admin(lodger_server::platform::admin::Command::UserSet {
        host: "bank".into(),
        subject: "sue".into(),
        phone: Some("+8613800138000".into()),
        blocked: None,
    });
    let (first, second, number) = (phone.code("login"), phone.code("login"), phone.code("phone"));
    let answers = run(
        site,
        &json!([
            ["session", first],
            ["session", first],
            ["session", "unknown"],
            ["easySession", second],
            ["stable"],
            ["phone", number],
            ["phone", number]
        ]),
    );
    let openid = answers[0]["openid"].as_str().unwrap();
    assert_eq!(answers[1]["failed"], 40163);
    assert_eq!(answers[2]["failed"], 40029);
    assert_eq!(answers[3]["openid"], openid);
    assert_eq!(answers[4], json!({"same": true, "renewed": true}));
    assert_eq!(answers[5]["phone_info"]["purePhoneNumber"], "13800138000");
    assert_eq!(errcode(&answers[6]), 40029);
    let (old, new) = (answers[0]["session_key"].clone(), answers[3]["session_key"].clone());
    let answers = run(
        site,
        &json!([
            ["renewal", openid, new],
            ["check", openid, new],
            ["checkKey", openid, new],
            ["check", openid, old],
            ["reset", openid, new],
            ["check", openid, new]
        ]),
    );
    let ok = json!({"errcode": 0, "errmsg": "ok"});
    assert_eq!(answers[..3], [ok.clone(), ok.clone(), ok]);
    assert_eq!(errcode(&answers[3]), 87009);
    assert_eq!(answers[4]["errcode"], 0);
    assert_eq!(errcode(&answers[5]), 87009);
}

#[test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
fn other_peoples_sdks_send_messages_and_make_codes() {
    let site = &*SITE;
    let phone = site.phone("tom");
    let template = site.admin(AdminCommand::TemplateAdd {
        app: "coffee".into(),
        title: "Order ready".into(),
        keys: vec![TemplateKey { key: "thing1".into(), name: "Drink".into() }],
    });
    let template = template["templateId"].as_str().unwrap();
    let session = site.session(&phone.code("login"));
    let openid = session["openid"].as_str().unwrap();
    let accepted = json!({"app": "coffee", "index": "", "session": "", "answers": {template: "accept"}});
    assert_eq!(phone.send("POST", "/lodger/v1/subscriptions", &accepted).status, 200);
    assert_eq!(
        phone.send("POST", "/lodger/v1/chat", &json!({"app": "coffee", "text": "Hello?"})).status,
        200
    );
    let data = json!({"thing1": {"value": "Flat white"}});
    let send = |page: &str| json!(["subscribe", openid, template, page, data]);
    let text = json!(["text", openid, "It is ready"]);
    let calls = json!([
        send("pages/nowhere"), ["subscribe", openid, template, "pages/menu/index", {"thing1": {"value": ""}}],
        ["subscribe", "nobody", template, "", data], ["subscribe", openid, "none", "", data],
        send("pages/menu/index?order=7"), send("pages/menu/index"),
        text, text, text, text, text, text,
        ["unlimited", "table=12", "pages/menu/index"], ["unlimited", "table=12", "pages/nowhere"],
        ["unlimited", "中文", "pages/menu/index"], ["code", "pages/menu/index?table=3"], ["qr", "pages/menu/index"],
    ]);
    let answers = run(site, &calls);
    let codes: Vec<i64> = answers[..6].iter().map(failed).collect();
    assert_eq!(codes, [41030, 47003, 40003, 40037, 0, 43101]);
    assert_eq!(answers[4], json!({"errcode": 0, "errmsg": "ok"}), "errcode is there, and 0");
    assert_eq!(answers[6..12].iter().map(failed).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 45047]);
    assert_eq!(answers[12]["png"], "PNG");
    assert_eq!((failed(&answers[13]), failed(&answers[14])), (41030, 40129));
    assert_eq!((&answers[15]["png"], &answers[16]["png"]), (&json!("PNG"), &json!("PNG")));
    // The user sees them.
    let inbox = json_of(&phone.send("POST", "/lodger/v1/inbox", &json!({})));
    let mut all = inbox["messages"].as_array().unwrap().iter();
    let newest = all.find(|one| one["kind"] == "subscribe").unwrap();
    assert_eq!(
        (&newest["kind"], &newest["title"], &newest["page"]),
        (&json!("subscribe"), &json!("Order ready"), &json!("pages/menu/index?order=7"))
    );
    assert_eq!(newest["lines"], json!([["Drink", "Flat white"]]));
}

fn failed(answer: &Value) -> i64 {
    answer["failed"].as_i64().unwrap_or_else(|| errcode(answer))
}
