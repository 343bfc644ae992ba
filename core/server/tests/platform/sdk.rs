//! Other people's SDKs as back ends, in Node.js: `core/server/tests/sdk`.

use super::device::{SITE, Site};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// What each call gave.
pub fn run(site: &Site, calls: &Value) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    assert!(
        folder.join("node_modules/co-wechat-api").is_dir(),
        "the npm packages of core/server/tests/sdk are not installed; run `cargo xtask setup`"
    );
    let asked = json!({"url": site.world.url(), "appid": "coffee", "secret": site.coffee, "calls": calls});
    let mut child = Command::new("node")
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
    assert_eq!(answers[6]["failed"], 40029);
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
    assert_eq!(answers[3]["failed"], 87009);
    assert_eq!(answers[4]["errcode"], 0);
    assert_eq!(answers[5]["failed"], 87009);
}
