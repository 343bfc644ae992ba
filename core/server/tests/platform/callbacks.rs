//! What back ends are told of users, and what happens while they do not answer. Signatures are checked here, encryption
//! by another implementation (npm node-easywechat).

use super::{
    issuers::{Bench, Issuer, bench},
    sdk::run_at,
};
use crate::signing::Pen;
use jiff::SignedDuration;
use lodger_server::{
    clock::Clock,
    platform::{
        admin::Command,
        messages::{ChatRequest, Format, Mode},
    },
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

async fn told(mode: Mode, format: Format) -> (Bench, Pen, Issuer) {
    let bench = bench(true).await;
    let (device, bank) = (Pen::new(), Pen::new());
    let issuer = Issuer::start(bank.set("1"));
    bench.host(&issuer.url).await.unwrap();
    bench.enrol(&device, &bank, "1").await.unwrap();
    bench.platform.administer(Command::AppCreate { app: "coffee".into(), owner: None }).await.unwrap();
    let back_end = Issuer::start(b"success".to_vec());
    let set = Command::CallbackSet {
        app: "coffee".into(),
        url: back_end.url.clone(),
        token: TOKEN.into(),
        key: KEY.into(),
        mode,
        format,
    };
    let shown = bench.platform.administer(set).await.unwrap().to_string();
    assert!(!shown.contains(TOKEN) && !shown.contains(KEY), "{shown}");
    (bench, device, back_end)
}

async fn write(bench: &Bench, device: &Pen, text: &str) {
    let asked = ChatRequest { app: "coffee".into(), text: Some(text.into()), ..ChatRequest::default() };
    bench.platform.chat(&bench.prove(device, "/lodger/v1/chat", None), &asked).await.unwrap();
}

/// Query and body of what came last.
fn last(back_end: &Issuer) -> (BTreeMap<String, String>, String) {
    let text = back_end.last.lock().unwrap().clone();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let target = head.split(' ').nth(1).unwrap();
    let url = url::Url::parse(&format!("http://x{target}")).unwrap();
    (url.query_pairs().into_owned().collect(), body.to_owned())
}

fn sha1(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn a_back_end_hears_what_the_user_wrote() {
    let (bench, device, back_end) = told(Mode::Plain, Format::Json).await;
    write(&bench, &device, "Where is it?").await;
    assert_eq!(bench.platform.deliver().await.unwrap(), 1);
    let (query, body) = last(&back_end);
    assert_eq!(query["signature"], sha1(&[TOKEN, &query["timestamp"], &query["nonce"]]));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["ToUserName"], &body["MsgType"], &body["Content"]),
        (&json!("coffee"), &json!("text"), &json!("Where is it?"))
    );
    assert_eq!(body["FromUserName"], query["openid"].as_str());
    assert!(body["MsgId"].is_u64() && body["CreateTime"] == bench.now());
    assert_eq!(bench.platform.deliver().await.unwrap(), 0, "once");
    let enter = ChatRequest { app: "coffee".into(), enter: Some("menu".into()), ..ChatRequest::default() };
    bench.platform.chat(&bench.prove(&device, "/lodger/v1/chat", None), &enter).await.unwrap();
    assert_eq!(bench.platform.deliver().await.unwrap(), 1);
    let body: Value = serde_json::from_str(&last(&back_end).1).unwrap();
    assert_eq!((&body["Event"], &body["SessionFrom"]), (&json!("user_enter_tempsession"), &json!("menu")));
}

#[tokio::test]
async fn a_silent_back_end_is_told_three_times() {
    let (bench, device, back_end) = told(Mode::Plain, Format::Json).await;
    back_end.now_answers(500, Vec::new());
    let before = back_end.count();
    write(&bench, &device, "Hello").await;
    for _ in 0..6 {
        assert_eq!(bench.platform.deliver().await.unwrap(), 0);
        assert_eq!(bench.platform.deliver().await.unwrap(), 0, "not before it is due");
        bench.clock.set(bench.clock.now() + SignedDuration::from_secs(5));
    }
    assert_eq!(back_end.count() - before, 3);
}

#[tokio::test]
async fn xml_keeps_what_the_user_wrote() {
    let (bench, device, back_end) = told(Mode::Plain, Format::Xml).await;
    write(&bench, &device, "a ]]> b <c>").await;
    assert_eq!(bench.platform.deliver().await.unwrap(), 1);
    let (_, body) = last(&back_end);
    assert!(body.contains("<Content><![CDATA[a ]]]]><![CDATA[> b <c>]]></Content>"), "{body}");
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn another_implementation_opens_what_is_encrypted() {
    for mode in [Mode::Encrypted, Mode::Compatible] {
        let (bench, device, back_end) = told(mode, Format::Json).await;
        for length in [1, 20, 31, 32, 33, 500] {
            let text = "咖".repeat(length);
            write(&bench, &device, &text).await;
            assert_eq!(bench.platform.deliver().await.unwrap(), 1);
            let (query, body) = last(&back_end);
            assert_eq!(query["encrypt_type"], "aes");
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body.get("Content").is_some(), mode == Mode::Compatible);
            let call = json!([[
                "open",
                TOKEN,
                KEY,
                body["Encrypt"],
                query["msg_signature"],
                query["nonce"],
                query["timestamp"]
            ]]);
            let opened = run_at("http://127.0.0.1:1", "", &call);
            let opened: Value = serde_json::from_str(opened[0].as_str().unwrap()).unwrap();
            assert_eq!(opened["Content"], text.as_str());
        }
    }
}
