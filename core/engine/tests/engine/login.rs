//! `wx.login` and its kin against a server that checks every proof, and what a log-out leaves.
use crate::{
    bank::{self, Bank},
    support::*,
};
use lodger_auth::api::{Purpose, RefusalCode};
use lodger_engine::{ErrorKind, HttpError, LogOut, LoginConfig, SessionEvent};
use serde_json::json;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Rows of a table, looked at from outside.
fn rows(world: &World, table: &str) -> u64 {
    let count = |db: &rusqlite::Connection| {
        db.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))
    };
    world.engine.store().database().read(count).expect("readable")
}

#[test]
fn a_code_comes_of_an_enrolled_key_an_identity_and_the_engines_own_stamp() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    // Whatever the page says about itself counts for nothing.
    let told = json!({ "app": "evil", "index": "00", "session": "x", "user": "bob", "purpose": "phone" });
    assert_eq!(page.call("login", told), json!({ "code": "code-1" }));
    assert_eq!(
        platform.asked(),
        ["POST /lodger/v1/codes", "POST /lodger/v1/devices", "POST /lodger/v1/codes"],
        "the first code enrols the key"
    );
    assert_eq!(page.call("login", json!({}))["code"], "code-2");
    assert_eq!(platform.asked(), ["POST /lodger/v1/codes"]);
    let (user, asked) = platform.codes().remove(0);
    assert_eq!((user.as_str(), asked.app.as_str(), asked.purpose), ("ann", "coffee", Purpose::Login));
    assert_eq!((asked.index, asked.session.as_str()), (session.digest(), session.id()));
}

#[test]
fn row_7_two_programs_get_codes_of_their_own() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    world
        .server
        .serve(developed(&[&bundle("coffee", 1, Default::default()), &bundle("tea", 1, Default::default())]));
    let (coffee, _) = world.open();
    let (tea, _) = world.open_with(|request| request.app = "tea".into());
    world.page(&coffee).call("login", json!({}));
    let mut page = world.page(&tea);
    assert_eq!(
        page.fails("checkSession", json!({ "app": "coffee" })),
        "checkSession:fail session time out, need relogin",
        "the other's session is no session here"
    );
    page.call("login", json!({}));
    page.call("checkSession", json!({}));
    let codes = platform.codes();
    let of = |at: usize| (codes[at].1.app.as_str(), codes[at].1.session.as_str());
    assert_eq!([of(0), of(1)], [("coffee", coffee.id()), ("tea", tea.id())]);
    assert_eq!(platform.keys(), (1, 0), "one device");
}

#[test]
fn a_session_is_checked_at_the_server() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let over = "checkSession:fail session time out, need relogin";
    assert_eq!(page.fails("checkSession", json!({})), over, "a device that was never enrolled");
    page.call("login", json!({}));
    assert_eq!(page.call("checkSession", json!({})), json!({}));
    platform.end_sessions();
    assert_eq!(page.fails("checkSession", json!({})), over);
}

#[test]
fn failures_have_wechats_words_and_the_host_is_told_what_it_can_mend() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, events) = world.open();
    let mut page = world.page(&session);
    let required = |wanted: &'static str| {
        events.find(|event| match event {
            SessionEvent::LoginRequired { error } if error.code == wanted => Some(error.kind),
            _ => None,
        })
    };
    platform.user(None);
    let not_logged_in = "login:fail system error: the user is not logged in";
    assert_eq!(page.fails("login", json!({})), not_logged_in);
    assert_eq!(required("login-required"), ErrorKind::LoginRequired);
    platform.user(Some("ann"));
    platform.refuse(Some((401, RefusalCode::DeviceRetired)));
    assert_eq!(page.fails("login", json!({})), not_logged_in);
    assert_eq!(required("key-invalidated"), ErrorKind::LoginRequired);
    for (status, code, reason) in [
        (403, RefusalCode::NotReleased, "system error"),
        (404, RefusalCode::AppUnknown, "system error"),
        (429, RefusalCode::RateLimited, "network error"),
        (503, RefusalCode::Other, "network error"),
    ] {
        platform.refuse(Some((status, code)));
        assert_eq!(page.fails("login", json!({})), format!("login:fail {reason}"));
        assert_eq!(page.fails("checkSession", json!({})), format!("checkSession:fail {reason}"));
    }
    world.server.fault(|_| Some(Fault::Fail(HttpError::Timeout)));
    assert_eq!(page.fails("login", json!({})), "login:fail network error");
    platform.fall_silent();
    platform.plug_into(&world.server);
    assert_eq!(page.fails("login", json!({ "timeout": 1 })), "login:fail timeout");
}

#[test]
fn a_host_without_a_login_says_so() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for api in ["login", "checkSession"] {
        assert_eq!(page.fails(api, json!({})), format!("{api}:fail system error: this host has no login"));
    }
    let logged_out = world.engine.block_on(world.engine.log_out("ann")).expect("data goes all the same");
    assert_eq!(logged_out, LogOut::Complete);
    let refused = world.engine.block_on(world.engine.begin_login()).expect_err("no provider");
    assert_eq!(refused.code, "no-provider");
}

#[test]
fn a_host_can_switch_logins_off() {
    let platform = Platform::new();
    let world = platform.world(Setup { disabled: &["login"], ..Setup::default() });
    let (session, _) = world.open();
    assert_eq!(
        world.page(&session).fails("login", json!({})),
        "login:fail login is switched off by the host"
    );
    assert!(platform.asked().is_empty());
}

#[test]
fn row_14_a_log_out_leaves_nothing_of_the_user_in_any_program() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    world
        .server
        .serve(developed(&[&bundle("coffee", 1, Default::default()), &bundle("tea", 1, Default::default())]));
    let (coffee, events) = world.open();
    let (tea, _) = world.open_with(|request| request.app = "tea".into());
    let (bob, _) = world.open_with(|request| request.user = "bob".into());
    for session in [&coffee, &tea, &bob] {
        let mut page = world.page(session);
        page.call("setStorage", json!({ "key": "a", "data": "1" }));
        page.call("FileSystemManager.writeFile", json!({ "filePath": "wxfile://usr/a", "data": "YQ==" }));
        session.set_grant("scope.camera", true).expect("kept");
    }
    world.page(&coffee).call("login", json!({}));
    drop(tea);
    let before =
        ["engine_storage", "engine_grant", "engine_user", "engine_login"].map(|table| rows(&world, table));
    assert_eq!(before, [3, 3, 3, 1]);
    let logged_out = world.engine.block_on(world.engine.log_out("ann")).expect("wiped");
    assert_eq!(logged_out, LogOut::Complete);
    assert_eq!(platform.keys(), (0, 1), "the server has retired the key");
    let after =
        ["engine_storage", "engine_grant", "engine_user", "engine_login"].map(|table| rows(&world, table));
    assert_eq!(after, [1, 1, 1, 0], "bob's alone");
    assert_eq!(world.get(&coffee, "/").status, 410, "the session is closed");
    drop(events);

    // Whoever comes next has a key of their own, and nothing of what was there.
    platform.user(Some("eve"));
    let (eve, _) = world.open_with(|request| request.user = "eve".into());
    let mut page = world.page(&eve);
    assert_eq!(page.call("getSetting", json!({})), json!({ "authSetting": {} }));
    assert!(page.fails("getStorage", json!({ "key": "a" })).contains("data not found"));
    page.call("login", json!({}));
    assert_eq!(platform.keys(), (1, 1));
    assert_eq!(platform.codes().last().expect("a code").0, "eve");
}

#[test]
fn row_14_a_log_out_without_a_network_wipes_all_the_same() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, _) = world.open();
    world.page(&session).call("login", json!({}));
    world.server.unplug();
    let logged_out = world.engine.block_on(world.engine.log_out("ann")).expect("wiped");
    assert_eq!(logged_out, LogOut::NotRevoked);
    assert_eq!((rows(&world, "engine_login"), rows(&world, "engine_user")), (0, 0));
}

#[test]
fn another_user_without_a_log_out_gets_no_code_by_the_first_ones_key() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, _) = world.open();
    world.page(&session).call("login", json!({}));
    platform.user(Some("bob"));
    let (bob, _) = world.open_with(|request| request.user = "bob".into());
    assert_eq!(
        world.page(&bob).fails("login", json!({})),
        "login:fail system error: the user is not logged in"
    );
    assert_eq!(platform.codes().len(), 1);
}

#[test]
fn keys_survive_the_process_and_go_with_the_platforms_key() {
    let platform = Platform::new();
    let world = platform.world(Setup::default());
    let (session, _) = world.open();
    world.page(&session).call("login", json!({}));
    drop(session);
    let world = world.restarted_with(Setup { login: Some(platform.config()), ..Setup::default() });
    let (session, _) = world.open();
    world.page(&session).call("login", json!({}));
    assert_eq!(platform.keys(), (1, 0), "the same key");
}

#[test]
fn a_login_in_the_browser_survives_the_process_and_ends_with_the_log_out() {
    let bank = Arc::new(Bank::new());
    bank.state.lock().expect("not poisoned").now =
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let setup = || Setup { login: Some(browser_login()), ..Setup::default() };
    let world = World::new(setup());
    plug_bank(&bank, &world.server);
    assert!(!world.engine.login_pending().expect("readable"));
    let address = world.engine.block_on(world.engine.begin_login()).expect("begun");
    let callback = bank.authorize(&address, "ann");
    let world = world.restarted_with(setup());
    assert!(world.engine.login_pending().expect("readable"));
    let forged = world.engine.block_on(world.engine.finish_login("com.bank.app:/cb?code=x&state=y"));
    assert_eq!(forged.expect_err("another's").code, "login-untrusted");
    let account = world.engine.block_on(world.engine.finish_login(&callback)).expect("logged in");
    assert_eq!((account.issuer.as_str(), account.subject.as_str()), (bank::ISSUER, "ann"));
    let again = world.engine.block_on(world.engine.finish_login(&callback)).expect_err("once");
    assert_eq!((again.kind, again.code.as_str()), (ErrorKind::LoginRequired, "login-required"));
    assert_eq!(world.engine.account().expect("readable"), Some(account));
    // Lodger's server does not answer here; the provider does.
    let ended = world.engine.block_on(world.engine.log_out("ann")).expect("wiped");
    assert_eq!(ended, LogOut::NotRevoked);
    assert_eq!(bank.state.lock().expect("not poisoned").revoked.len(), 1);
    assert_eq!((world.engine.account().expect("readable"), rows(&world, "engine_login")), (None, 0));
}

#[test]
fn a_login_that_cannot_be_safe_is_refused_at_the_start() {
    let platform = Platform::new();
    let world = World::new(Setup::default());
    for server in
        ["http://lodger.example", "https://lodger.example/", "lodger.example", "http://127.0.0.1:8080"]
    {
        let config = LoginConfig { server: server.into(), ..platform.config() };
        let error = world.refused_login(config);
        assert_eq!(
            (error.kind, error.code.as_str()),
            (ErrorKind::Internal, "login-configuration"),
            "{server}"
        );
    }
}
