//! What programs ask the user on the host's screen: settings, telephone number, messages, privacy, other programs.
use crate::support::*;
use async_trait::async_trait;
use lodger_auth::api::Purpose;
use lodger_bundle::Domains;
use lodger_engine::{
    MessageTemplate, ProgramLink, Prompt, Prompts, Question, Reply, ScopeAnswer, ScopePrompt, SessionEvent,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// A user who answers as told, and remembers the questions.
#[derive(Default)]
struct User {
    replies: Mutex<Vec<Reply>>,
    asked: Mutex<Vec<Prompt>>,
}

impl User {
    /// Replies in order; after the last, no.
    fn says(&self, replies: impl IntoIterator<Item = Reply>) {
        *self.replies.lock().expect("not poisoned") = replies.into_iter().collect();
    }

    fn asked(&self) -> Vec<Question> {
        std::mem::take(&mut *self.asked.lock().expect("not poisoned"))
            .into_iter()
            .map(|prompt| {
                assert_eq!((prompt.app.as_str(), prompt.app_name.as_str()), ("coffee", "Coffee </script>"));
                prompt.question
            })
            .collect()
    }
}

#[async_trait]
impl Prompts for User {
    async fn scope(&self, _: ScopePrompt) -> ScopeAnswer {
        ScopeAnswer::Granted
    }

    async fn ask(&self, prompt: Prompt) -> Reply {
        self.asked.lock().expect("not poisoned").push(prompt);
        let mut replies = self.replies.lock().expect("not poisoned");
        if replies.is_empty() { Reply::No } else { replies.remove(0) }
    }
}

struct Scene {
    platform: Arc<Platform>,
    user: Arc<User>,
    world: World,
}

fn scene() -> Scene {
    let (platform, user) = (Platform::new(), Arc::new(User::default()));
    let world = platform.world(Setup { prompts: user.clone(), ..Setup::default() });
    Scene { platform, user, world }
}

fn chosen(choices: &[(&str, bool)], keep: bool) -> Reply {
    let choices: BTreeMap<String, bool> = choices.iter().map(|(name, on)| ((*name).into(), *on)).collect();
    Reply::Chosen { choices, keep }
}

#[test]
fn a_telephone_number_needs_a_yes_each_time() {
    let Scene { platform, user, world } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    user.says([Reply::Yes, Reply::No]);
    assert_eq!(page.call("getPhoneNumber", json!({ "consent": true })), json!({ "code": "code-1" }));
    assert_eq!(platform.codes()[0].1.purpose, Purpose::Phone);
    assert_eq!(page.fails("getPhoneNumber", json!({})), "getPhoneNumber:fail user deny");
    assert_eq!(user.asked(), [Question::PhoneNumber, Question::PhoneNumber]);
    assert_eq!(platform.codes().len(), 1);
    user.says([Reply::Yes]);
    platform.refuse(Some((404, lodger_auth::api::RefusalCode::NoPhone)));
    assert_eq!(page.fails("getPhoneNumber", json!({})), "getPhoneNumber:fail no permission");
}

#[test]
fn nobody_is_asked_for_a_number_where_there_is_no_login() {
    let user = Arc::new(User::default());
    let world = World::new(Setup { prompts: user.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let error = world.page(&session).fails("getPhoneNumber", json!({}));
    assert_eq!(error, "getPhoneNumber:fail system error: this host has no login");
    assert!(user.asked().is_empty());
}

#[test]
fn settings_are_changed_on_the_hosts_screen_and_nothing_is_granted_in_advance() {
    let Scene { user, world, .. } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    page.call("authorize", json!({ "scope": "scope.camera" }));
    user.says([chosen(&[("scope.camera", false), ("scope.userLocation", true), ("privacy", true)], true)]);
    let setting = page.call("openSetting", json!({ "authSetting": { "scope.record": true } }));
    assert_eq!(setting, json!({ "authSetting": { "scope.camera": false } }));
    let grants = BTreeMap::from([("scope.camera".to_owned(), true)]);
    assert_eq!(user.asked(), [Question::Settings { grants }]);
    assert_eq!(page.fails("authorize", json!({ "scope": "scope.camera" })), "authorize:fail auth deny");
    user.says([Reply::No]);
    assert_eq!(page.fails("openSetting", json!({})), "openSetting:fail cancel");
    // The next program asks for itself (attack row 9).
    assert_eq!(session.grants().expect("readable").len(), 1);
}

#[test]
fn row_09_answers_to_one_program_are_none_to_another() {
    let Scene { platform, user, world } = scene();
    let bundles = ["coffee", "tea"].map(|app| bundle(app, 1, Domains::default()));
    world.server.serve(developed(&[&bundles[0], &bundles[1]]));
    platform.route(TEMPLATES, json!({ "templates": [template("a", "once")] }));
    platform.route(SUBSCRIBE, json!({}));
    let (coffee, _) = world.open();
    let mut page = world.page(&coffee);
    page.call("authorize", json!({ "scope": "scope.camera" }));
    page.call("agreePrivacy", json!({}));
    user.says([chosen(&[("a", true)], true)]);
    page.call("requestSubscribeMessage", json!({ "tmplIds": ["a"] }));
    assert_eq!(coffee.grants().expect("readable").len(), 3);
    let (tea, _) = world.open_with(|request| request.app = "tea".into());
    let mut page = world.page(&tea);
    assert_eq!(page.call("getSetting", json!({}))["authSetting"], json!({}));
    assert!(tea.grants().expect("readable").is_empty());
    // The same id is another program's template there, or none: the server says which by the app id.
    page.call("getSetting", json!({ "app": "coffee" }));
    let asked = platform.bodies().len();
    let id = page.send("requestSubscribeMessage", json!({ "tmplIds": ["a"] }));
    let prompted = page.answer(id);
    assert_eq!(prompted["ok"]["a"], "reject", "asked anew, and refused");
    assert_eq!(platform.bodies()[0]["app"], "tea");
    assert_eq!(asked, 2);
}

fn template(id: &str, kind: &str) -> Value {
    json!({ "id": id, "title": format!("Title {id}"), "kind": kind, "fields": ["Time"] })
}

const TEMPLATES: &str = "POST /lodger/v1/subscriptions/templates";
const SUBSCRIBE: &str = "POST /lodger/v1/subscriptions";

#[test]
fn messages_are_ticked_on_the_hosts_sheet_and_the_server_is_told() {
    let Scene { platform, user, world } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let ban = json!({ "id": "c", "title": "C", "kind": "once", "blocked": "ban" });
    platform.route(TEMPLATES, json!({ "templates": [ban, template("b", "once"), template("a", "once")] }));
    platform.route(SUBSCRIBE, json!({}));
    user.says([chosen(&[("a", true), ("c", true), ("z", true)], false)]);
    let args = json!({ "tmplIds": ["a", "b", "c"], "answers": { "b": "accept" }, "app": "evil" });
    assert_eq!(
        page.call("requestSubscribeMessage", args),
        json!({ "a": "accept", "b": "reject", "c": "ban" })
    );
    let shown = |id: &str| MessageTemplate {
        id: id.into(),
        title: format!("Title {id}"),
        fields: vec!["Time".into()],
        long: false,
    };
    assert_eq!(user.asked(), [Question::Subscribe { templates: vec![shown("a"), shown("b")] }]);
    let told = platform.bodies();
    assert_eq!(told[0], json!({ "app": "coffee", "templates": ["a", "b", "c"] }));
    assert_eq!(
        told[1],
        json!({
            "app": "coffee", "index": session.digest(), "session": session.id(),
            "answers": { "a": "accept", "b": "reject" },
        })
    );
}

#[test]
fn a_choice_that_is_kept_is_not_asked_for_again_but_told_again() {
    let Scene { platform, user, world } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    platform.route(TEMPLATES, json!({ "templates": [template("a", "long"), template("b", "long")] }));
    platform.route(SUBSCRIBE, json!({}));
    user.says([chosen(&[("a", true)], true)]);
    for _ in 0..2 {
        let answer = page.call("requestSubscribeMessage", json!({ "tmplIds": ["a", "b"] }));
        assert_eq!(answer, json!({ "a": "accept", "b": "reject" }));
    }
    assert_eq!(user.asked().len(), 1);
    assert_eq!(platform.bodies().len(), 4);
    let setting = page.call("getSetting", json!({ "withSubscriptions": true }));
    let items = json!({ "a": "accept", "b": "reject" });
    assert_eq!(setting["subscriptionsSetting"], json!({ "mainSwitch": true, "itemSettings": items }));
    assert_eq!(setting["authSetting"], json!({}), "no scope of WeChat's");
    session.set_grant("subscriptions", false).expect("kept");
    let id = page.send("requestSubscribeMessage", json!({ "tmplIds": ["a"] }));
    let error = json!({
        "errMsg": "requestSubscribeMessage:fail The main switch is switched off", "errno": 20004,
    });
    assert_eq!(page.answer(id)["err"], error);
}

#[test]
fn subscriptions_fail_with_wechats_numbers() {
    let Scene { platform, user, world } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    platform.route(TEMPLATES, json!({ "templates": [template("a", "once"), template("b", "long")] }));
    for (ids, number) in [
        (json!([]), 10001),
        (json!([5]), 10004),
        (json!(["a", "x"]), 20001),
        (json!(["a", "b"]), 20002),
        (json!(["1", "2", "3", "4", "5", "6"]), 20003),
    ] {
        let id = page.send("requestSubscribeMessage", json!({ "tmplIds": ids }));
        assert_eq!(page.answer(id)["err"]["errno"], number, "{ids}");
    }
    world.server.unplug();
    let id = page.send("requestSubscribeMessage", json!({ "tmplIds": ["a"] }));
    assert_eq!(page.answer(id)["err"]["errno"], 10002);
    assert!(user.asked().is_empty());
}

#[test]
fn row_10_the_other_program_is_told_who_really_opens_it() {
    let Scene { user, world, .. } = scene();
    let (session, events) = world.open();
    let mut page = world.page(&session);
    user.says([Reply::Yes]);
    let args = json!({
        "appId": "tea", "path": "/pages/cup/cup?size=2&q=a%20b", "extraData": { "n": 1 },
        "referrerInfo": { "appId": "bank" }, "scene": 1011, "referrer": "bank",
    });
    assert_eq!(page.call("navigateToMiniProgram", args), json!({}));
    assert_eq!(user.asked(), [Question::OpenProgram { app: "tea".into() }]);
    let opened = events.find(|event| match event {
        SessionEvent::OpenProgram { link } => Some(link.clone()),
        _ => None,
    });
    let query = BTreeMap::from([("size".to_owned(), "2".to_owned()), ("q".to_owned(), "a%20b".to_owned())]);
    let link = ProgramLink {
        app: "tea".into(),
        path: Some("pages/cup/cup".into()),
        query,
        scene: 1037,
        referrer: ("coffee".into(), json!({ "n": 1 })),
    };
    assert_eq!(opened, link);
    let refusals = [
        (json!({ "appId": "tea" }), "cancel"),
        (json!({}), "invalid appid"),
        (json!({ "appId": "../x" }), "invalid appid"),
        (json!({ "appId": "coffee" }), "can not navigate to itself"),
        (json!({ "shortLink": "#小程序://x" }), "shortLink is not supported"),
    ];
    for (args, reason) in refusals {
        assert_eq!(page.fails("navigateToMiniProgram", args), format!("navigateToMiniProgram:fail {reason}"));
    }
    assert_eq!(user.asked().len(), 1, "what cannot be is not asked for");
}

#[test]
fn row_10_only_a_program_that_was_opened_by_another_goes_back_to_it() {
    let Scene { world, .. } = scene();
    let (session, events) = world.open_with(|request| {
        request.scene = 1037;
        request.referrer = Some(("bank".into(), json!({})));
    });
    let mut page = world.page(&session);
    page.call("navigateBackMiniProgram", json!({ "extraData": { "paid": true }, "appId": "evil" }));
    let back = events.find(|event| match event {
        SessionEvent::BackToProgram { link } => Some(link.clone()),
        _ => None,
    });
    let referrer = ("coffee".to_owned(), json!({ "paid": true }));
    assert_eq!((back.app.as_str(), back.scene, &back.referrer), ("bank", 1038, &referrer));
    // The program that it comes back to hears of it where it stands.
    let (bank, _) = world.open();
    let mut page = world.page(&bank);
    page.call("navigateTo", json!({ "url": "/pages/item/item?id=7" }));
    bank.returned(back);
    let shown = page.event("appShow");
    assert_eq!(shown["referrerInfo"], json!({ "appId": "coffee", "extraData": { "paid": true } }));
    assert_eq!(
        (&shown["scene"], &shown["path"], &shown["query"]),
        (&json!(1038), &json!("pages/item/item"), &json!({ "id": "7" }))
    );
    assert_eq!(
        page.fails("navigateBackMiniProgram", json!({})),
        "navigateBackMiniProgram:fail this program was not opened by another"
    );
}

#[test]
fn a_privacy_contract_is_agreed_to_once() {
    let Scene { user, world, .. } = scene();
    world.publish(&private_bundle());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let contract = "《Coffee </script>小程序隐私保护指引》";
    let setting = |needed: bool| json!({ "needAuthorization": needed, "privacyContractName": contract });
    assert_eq!(page.call("getPrivacySetting", json!({})), setting(true));
    let id = page.send("requirePrivacyAuthorize", json!({ "agreed": true }));
    assert_eq!(
        page.answer(id)["err"],
        json!({ "errMsg": "requirePrivacyAuthorize:fail privacy permission is not authorized", "errno": 104 })
    );
    user.says([Reply::Yes, Reply::Yes]);
    assert_eq!(page.call("requirePrivacyAuthorize", json!({})), json!({}));
    assert_eq!(page.call("getPrivacySetting", json!({})), setting(false));
    page.call("requirePrivacyAuthorize", json!({}));
    page.call("openPrivacyContract", json!({}));
    let ask = || Question::Privacy { contract: contract.into() };
    assert_eq!(user.asked(), [ask(), ask(), Question::PrivacyContract]);
    session.set_grant("privacy", false).expect("kept");
    assert_eq!(page.call("getPrivacySetting", json!({})), setting(true), "the user takes it back");
    page.call("agreePrivacy", json!({}));
    assert_eq!(page.call("getPrivacySetting", json!({})), setting(false), "by the program's own button");
}

#[test]
fn a_program_without_a_contract_has_none_to_agree_to() {
    let Scene { user, world, .. } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    assert_eq!(page.call("getPrivacySetting", json!({}))["needAuthorization"], false);
    page.call("requirePrivacyAuthorize", json!({}));
    assert!(user.asked().is_empty());
}

#[test]
fn contact_is_the_hosts_own_chat_if_it_has_one() {
    let Scene { user, world, .. } = scene();
    let (session, _) = world.open();
    let mut page = world.page(&session);
    user.says([Reply::Yes]);
    page.call("enterContact", json!({ "sessionFrom": "menu" }));
    assert_eq!(
        page.fails("openCustomerServiceChat", json!({})),
        "openCustomerServiceChat:fail not supported by this host"
    );
    let long = json!({ "sessionFrom": "x".repeat(1_001) });
    assert!(page.fails("enterContact", long).contains("longer than 1000 bytes"));
    let from = |text: &str| Question::Contact { session_from: text.into() };
    assert_eq!(user.asked(), [from("menu"), from("")]);
}
