//! Capabilities, scopes, the host's own functions.
use crate::support::*;
use async_trait::async_trait;
use lodger_engine::registry::{ApiKind, Registry};
use lodger_engine::{Caller, HostApi, Prompts, ScopeAnswer, ScopePrompt};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Asking {
    seen: Mutex<Vec<ScopePrompt>>,
    deny: bool,
}

#[async_trait]
impl Prompts for Asking {
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer {
        self.seen.lock().expect("not poisoned").push(prompt);
        if self.deny { ScopeAnswer::Denied } else { ScopeAnswer::Granted }
    }
}

struct Account;

#[async_trait]
impl HostApi for Account {
    fn name(&self) -> &str {
        "bank.getAccount"
    }
    fn scope(&self) -> Option<&str> {
        Some("scope.host.account")
    }
    fn capability(&self) -> Option<&str> {
        Some("bank")
    }
    async fn call(&self, caller: &Caller, args: Value) -> Result<Value, String> {
        if args["number"].is_null() {
            return Err("number is missing".into());
        }
        Ok(json!({ "user": caller.user, "app": caller.app }))
    }
}

#[test]
fn a_scope_is_asked_for_once_and_remembered_for_user_and_app() {
    let prompts = Arc::new(Asking::default());
    let world = World::new(Setup { prompts: prompts.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for _ in 0..2 {
        page.call("authorize", json!({ "scope": "scope.userLocation" }));
    }
    {
        let seen = prompts.seen.lock().expect("not poisoned");
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].app.as_str(), seen[0].reason.as_str()), ("coffee", "To find a shop"));
    }
    assert_eq!(page.call("getSetting", json!({})), json!({ "authSetting": { "scope.userLocation": true } }));
    let (bob, _) = world.open_with(|request| request.user = "bob".into());
    world.page(&bob).call("authorize", json!({ "scope": "scope.userLocation" }));
    assert_eq!(prompts.seen.lock().expect("not poisoned").len(), 2, "another user is asked too");
    session.set_grant("scope.userLocation", false).expect("kept");
    assert_eq!(page.fails("authorize", json!({ "scope": "scope.userLocation" })), "authorize:fail auth deny");
    assert_eq!(
        page.fails("authorize", json!({ "scope": "scope.everything" })),
        "authorize:fail invalid scope"
    );
}

#[test]
fn a_refusal_is_remembered_too() {
    let prompts = Arc::new(Asking { deny: true, ..Asking::default() });
    let world = World::new(Setup { prompts: prompts.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for _ in 0..2 {
        assert_eq!(page.fails("authorize", json!({ "scope": "scope.camera" })), "authorize:fail auth deny");
    }
    assert_eq!(prompts.seen.lock().expect("not poisoned").len(), 1);
    assert_eq!(session.grants().expect("readable").get("scope.camera"), Some(&false));
}

#[test]
fn a_capability_that_is_switched_off_fails_its_calls() {
    let http = FakeHttp::new(|_| Ok(response(200, &[("content-type", "image/png")], b"x")));
    let world = World::new(Setup { http: http.clone(), disabled: &["network"], ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    assert_eq!(
        page.fails("request", json!({ "url": "https://api.example.com/" })),
        "request:fail network is switched off by the host"
    );
    assert_eq!(page.get("/.lodger/fetch/https%3A%2F%2Fcdn.example%2Fa.png").status, 403);
    assert!(http.urls().is_empty());
    page.call("setStorage", json!({ "key": "a", "data": "1" }));
}

#[test]
fn row_10_a_host_function_is_told_who_calls_and_asks_first() {
    let prompts = Arc::new(Asking::default());
    let world = World::new(Setup { prompts: prompts.clone(), ..Setup::default() });
    world.engine.register(Arc::new(Account)).expect("well named");
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let call = json!({ "name": "bank.getAccount", "args": { "number": 1, "app": "evil", "user": "evil" } });
    assert_eq!(page.call("invokeHost", call)["result"], json!({ "user": "ann", "app": "coffee" }));
    assert_eq!(prompts.seen.lock().expect("not poisoned")[0].scope, "scope.host.account");
    assert_eq!(
        page.fails("invokeHost", json!({ "name": "bank.getAccount", "args": {} })),
        "invokeHost:fail number is missing"
    );
    assert_eq!(
        page.fails("invokeHost", json!({ "name": "bank.getSecrets" })),
        "invokeHost:fail the host has no such function"
    );
}

#[test]
fn every_row_of_the_table_that_the_bridge_carries_has_code() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for row in Registry::get().rows() {
        // Of a device function the code is the host's: tests/engine/device.rs.
        let ours = row.kind != ApiKind::Device && row.name != "exitMiniProgram";
        if ours && Registry::get().bridge_row(&row.name, false).is_some() {
            let id = page.send(&row.name, json!({}));
            let answer = page.answer(id);
            assert_ne!(answer["err"]["errMsg"], format!("{}:fail not supported", row.name));
        }
    }
    assert_eq!(session.counters().not_allowed, 0);
}

#[test]
fn host_functions_obey_the_switches_and_the_naming() {
    struct Named(&'static str, Option<&'static str>);
    #[async_trait]
    impl HostApi for Named {
        fn name(&self) -> &str {
            self.0
        }
        fn scope(&self) -> Option<&str> {
            self.1
        }
        async fn call(&self, _: &Caller, _: Value) -> Result<Value, String> {
            Ok(Value::Null)
        }
    }
    let world = World::new(Setup { disabled: &["bank"], ..Setup::default() });
    world.engine.register(Arc::new(Account)).expect("well named");
    let (session, _) = world.open();
    let call = json!({ "name": "bank.getAccount", "args": { "number": 1 } });
    assert_eq!(world.page(&session).fails("invokeHost", call), "invokeHost:fail switched off by the host");
    for (name, scope) in
        [("getAccount", None), ("bank.", None), ("a.b.c", None), ("bank.x", Some("scope.root"))]
    {
        assert!(world.engine.register(Arc::new(Named(name, scope))).is_err(), "{name}");
    }
    assert!(world.engine.register(Arc::new(Named("bank.x", Some("scope.camera")))).is_ok());
}
