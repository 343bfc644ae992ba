//! Logins in a browser, honest and not.
use crate::{
    bank::{Bank, ISSUER, REDIRECT, callback},
    host::{Host, Rows},
    signing::Pen,
};
use lodger_auth::{AuthError, AuthErrorKind, LogOut, Login, keys::Signer};
use serde_json::json;
use std::sync::{Arc, atomic::Ordering};

const START: u64 = 1_700_000_000;

fn world() -> (Arc<Bank>, Host) {
    let bank = Arc::new(Bank::new());
    let host = Host::new(bank.clone(), Bank::config(), Rows::default());
    host.clock.0.store(START, Ordering::SeqCst);
    (bank, host)
}

async fn log_in(bank: &Bank, login: &Login, user: &str) {
    let address = login.begin().await.unwrap();
    assert_eq!(login.finish(&bank.authorize(&address, user)).await.unwrap().subject, user);
}

/// Both clocks go on.
fn wait(bank: &Bank, host: &Host, seconds: u64) {
    host.clock.forward(seconds);
    bank.state.lock().unwrap().now += seconds;
}

fn state_of(address: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state").unwrap().1.into_owned()
}

#[tokio::test]
async fn logs_in_though_the_process_died_meanwhile() {
    let (bank, host) = world();
    let address = host.login().begin().await.unwrap();
    let callback = bank.authorize(&address, "alice");
    let login = host.login();
    assert!(login.is_pending().unwrap());
    let account = login.finish(&callback).await.unwrap();
    assert_eq!((account.issuer.as_str(), account.subject.as_str()), (ISSUER, "alice"));
    assert!(!format!("{account:?}").contains("alice"));
    assert_eq!(host.login().account().unwrap().unwrap(), account);
    assert!(!login.is_pending().unwrap());
    assert!(login.access_token().await.unwrap().expose().starts_with("access-"));
}

#[tokio::test]
async fn a_nonce_is_answered_and_remembered() {
    let (bank, host) = world();
    let login = host.login();
    bank.state.lock().unwrap().nonce = Some("first".into());
    log_in(&bank, &login, "alice").await;
    bank.state.lock().unwrap().nonce = Some("second".into());
    wait(&bank, &host, 300);
    login.access_token().await.unwrap();
    wait(&bank, &host, 300);
    login.access_token().await.unwrap();
    let asked = bank.state.lock().unwrap().requests.iter().filter(|(_, path)| path == "/token").count();
    assert_eq!(asked, 5, "two to learn each nonce, and one that knows it");
}

#[tokio::test]
async fn a_server_that_always_wants_another_nonce_is_asked_twice() {
    let (bank, host) = world();
    let login = host.login();
    let address = login.begin().await.unwrap();
    let callback = bank.authorize(&address, "alice");
    bank.state.lock().unwrap().nonce = Some("x".repeat(2000));
    let error = login.finish(&callback).await.unwrap_err();
    assert_eq!(error, AuthError::Refused { host: ISSUER.into(), code: "use_dpop_nonce".into() });
}

#[tokio::test]
async fn a_callback_of_another_login_changes_nothing() {
    let (bank, host) = world();
    let login = host.login();
    let address = login.begin().await.unwrap();
    let state = state_of(&address);
    let good = bank.authorize(&address, "alice");
    for made_up in [
        callback(&[("code", "x"), ("state", "made up"), ("iss", ISSUER)]),
        callback(&[("code", "x"), ("iss", ISSUER)]),
        callback(&[("error", "access_denied"), ("iss", ISSUER)]),
        callback(&[("state", &state), ("state", &state), ("code", "x"), ("iss", ISSUER)]),
        good.replace("com.bank.app:/cb", "com.evil.app:/cb"),
        good.replace("com.bank.app:/cb", "com.bank.app:/cb2"),
        good.replace("com.bank.app:/cb", "com.bank.app:/cb/x"),
        REDIRECT.to_owned(),
        String::new(),
        format!("{good}&{}", "x".repeat(10_000)),
    ] {
        assert_eq!(login.finish(&made_up).await.unwrap_err(), AuthError::ForeignCallback, "{made_up}");
    }
    assert!(bank.state.lock().unwrap().redeemed.is_empty());
    assert!(login.finish(&format!("{good}#_=_")).await.is_ok());
}

#[tokio::test]
async fn another_provider_cannot_answer() {
    let (bank, host) = world();
    for issuer in [Some("https://evil.example"), Some("https://bank.example/"), None] {
        let login = host.login();
        let state = state_of(&login.begin().await.unwrap());
        let mut pairs = vec![("code", "x"), ("state", state.as_str())];
        pairs.extend(issuer.map(|issuer| ("iss", issuer)));
        assert_eq!(login.finish(&callback(&pairs)).await.unwrap_err(), AuthError::WrongIssuer);
        assert!(!login.is_pending().unwrap(), "the state is out: this login is over");
    }
    assert!(bank.state.lock().unwrap().redeemed.is_empty());
}

#[tokio::test]
async fn a_provider_without_iss_may_leave_it_out_but_not_lie() {
    let (bank, host) = world();
    bank.state.lock().unwrap().lies.metadata = Some(Box::new(|metadata| {
        metadata["authorization_response_iss_parameter_supported"] = false.into();
    }));
    let login = host.login();
    let address = login.begin().await.unwrap();
    let without = bank.authorize(&address, "alice").replace("&iss=https%3A%2F%2Fbank.example", "");
    assert!(login.finish(&without).await.is_ok());
    let address = login.begin().await.unwrap();
    let lie = bank.authorize(&address, "alice").replace("bank.example", "evil.example");
    assert_eq!(login.finish(&lie).await.unwrap_err(), AuthError::WrongIssuer);
}

#[tokio::test]
async fn a_callback_works_once_and_in_time() {
    let (bank, host) = world();
    let login = host.login();
    let address = login.begin().await.unwrap();
    let callback = bank.authorize(&address, "alice");
    login.finish(&callback).await.unwrap();
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::NoFlow);
    assert_eq!(host.login().finish(&callback).await.unwrap_err(), AuthError::NoFlow);
    assert_eq!(bank.state.lock().unwrap().redeemed, ["code-1"]);
    let address = login.begin().await.unwrap();
    let late = bank.authorize(&address, "alice");
    wait(&bank, &host, 900);
    assert!(!login.is_pending().unwrap());
    assert_eq!(login.finish(&late).await.unwrap_err(), AuthError::NoFlow);
    assert!(!host.rows.names().contains(&"flow".to_owned()), "expired flows are dropped");
}

#[tokio::test]
async fn a_code_is_sent_once_even_if_nobody_answers() {
    let (bank, host) = world();
    let login = host.login();
    let address = login.begin().await.unwrap();
    let callback = bank.authorize(&address, "alice");
    bank.state.lock().unwrap().offline = true;
    assert_eq!(login.finish(&callback).await.unwrap_err().kind(), AuthErrorKind::Offline);
    bank.state.lock().unwrap().offline = false;
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::NoFlow);
    assert!(bank.state.lock().unwrap().redeemed.is_empty());
}

#[tokio::test]
async fn a_new_login_ends_the_old_one() {
    let (bank, host) = world();
    let login = host.login();
    let first = login.begin().await.unwrap();
    let second = login.begin().await.unwrap();
    assert_eq!(
        login.finish(&bank.authorize(&first, "mallory")).await.unwrap_err(),
        AuthError::ForeignCallback
    );
    assert_eq!(login.finish(&bank.authorize(&second, "alice")).await.unwrap().subject, "alice");
}

#[tokio::test]
async fn the_user_may_say_no() {
    let (_, host) = world();
    for (error, expected) in [
        ("access_denied", AuthError::Cancelled),
        ("server_error", AuthError::Refused { host: ISSUER.into(), code: "server_error".into() }),
        ("<b>Bad</b>", AuthError::Refused { host: ISSUER.into(), code: "badb".into() }),
    ] {
        let login = host.login();
        let state = state_of(&login.begin().await.unwrap());
        let no = callback(&[("error", error), ("state", &state), ("iss", ISSUER)]);
        assert_eq!(login.finish(&no).await.unwrap_err(), expected);
        assert!(!login.is_pending().unwrap());
    }
    let login = host.login();
    let state = state_of(&login.begin().await.unwrap());
    let both = callback(&[("error", "x"), ("code", "y"), ("state", &state), ("iss", ISSUER)]);
    assert_eq!(login.finish(&both).await.unwrap_err().kind(), AuthErrorKind::Untrusted);
}

#[tokio::test]
async fn what_the_provider_says_about_itself_is_checked() {
    let (bank, host) = world();
    for (name, value) in [
        ("issuer", json!("https://evil.example")),
        ("issuer", json!("https://bank.example/")),
        ("token_endpoint", json!("http://bank.example/token")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("revocation_endpoint", json!("http://127.0.0.1/x")),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("dpop_signing_alg_values_supported", json!(["RS256"])),
        ("dpop_signing_alg_values_supported", json!(null)),
        ("token_endpoint", json!(7)),
    ] {
        let lie = (name, value.clone());
        bank.state.lock().unwrap().lies.metadata =
            Some(Box::new(move |metadata| metadata[lie.0] = lie.1.clone()));
        assert_eq!(
            host.login().begin().await.unwrap_err().kind(),
            AuthErrorKind::Untrusted,
            "{name} {value}"
        );
    }
    assert!(!host.login().is_pending().unwrap());
}

#[tokio::test]
async fn every_claim_of_the_id_token_counts() {
    let (bank, host) = world();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("aud", json!(["app", "another"])),
        ("azp", json!("another")),
        ("nonce", json!("of another login")),
        ("nonce", json!(null)),
        ("exp", json!(START - 300)),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sub", json!("")),
    ] {
        let lie = (name, value.clone());
        bank.state.lock().unwrap().lies.id_token =
            Some(Box::new(move |claims| claims[lie.0] = lie.1.clone()));
        let login = host.login();
        let address = login.begin().await.unwrap();
        let error = login.finish(&bank.authorize(&address, "alice")).await.unwrap_err();
        assert_eq!(error.kind(), AuthErrorKind::Untrusted, "{name} {value}");
        assert_eq!(login.account().unwrap(), None);
    }
    for (audience, accepted) in [(json!(["app", "another"]), true), (json!(["another"]), false)] {
        bank.state.lock().unwrap().lies.id_token = Some(Box::new(move |claims| {
            claims["aud"] = audience.clone();
            claims["azp"] = json!("app");
        }));
        let login = host.login();
        let address = login.begin().await.unwrap();
        assert_eq!(login.finish(&bank.authorize(&address, "alice")).await.is_ok(), accepted);
    }
}

#[tokio::test]
async fn a_clock_that_is_minutes_off_does_not_keep_anybody_out() {
    for seconds in [START - 3600, START + 3600 + 299] {
        let (bank, host) = world();
        // The bank asks for a nonce, so that it need not believe the clock.
        bank.state.lock().unwrap().nonce = Some("n".into());
        host.clock.0.store(seconds, Ordering::SeqCst);
        log_in(&bank, &host.login(), "alice").await;
    }
}

#[tokio::test]
async fn one_key_never_serves_two_users() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    log_in(&bank, &login, "alice").await;
    let as_bob = async || {
        let address = login.begin().await.unwrap();
        login.finish(&bank.authorize(&address, "bob")).await
    };
    assert_eq!(as_bob().await.unwrap_err(), AuthError::OtherUser);
    assert_eq!(login.account().unwrap().unwrap().subject, "alice");
    // Also when the provider has ended Alice's login.
    bank.forget_users();
    wait(&bank, &host, 300);
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::LoginRequired);
    assert_eq!(as_bob().await.unwrap_err(), AuthError::OtherUser);
    login.log_out().await.unwrap();
    assert_eq!(as_bob().await.unwrap().subject, "bob");
    // A row that cannot be read is somebody's.
    host.rows.put("user", vec![0; 40]);
    assert_eq!(as_bob().await.unwrap_err().kind(), AuthErrorKind::KeyInvalidated);
}

#[tokio::test]
async fn answers_that_are_no_login() {
    let (bank, host) = world();
    for (name, value) in [
        ("token_type", json!("Bearer")),
        ("access_token", json!("with a blank")),
        ("access_token", json!("line\r\nbreak")),
        ("access_token", json!("")),
        ("id_token", json!(null)),
        ("id_token", json!("a.b.c")),
    ] {
        // Otherwise the id token would tell that the access token is another.
        bank.state.lock().unwrap().lies.id_token = Some(Box::new(|claims| claims["at_hash"] = json!(null)));
        let lie = (name, value.clone());
        bank.state.lock().unwrap().lies.answer = Some(Box::new(move |answer| answer[lie.0] = lie.1.clone()));
        let login = host.login();
        let address = login.begin().await.unwrap();
        let error = login.finish(&bank.authorize(&address, "alice")).await.unwrap_err();
        assert_eq!(error.kind(), AuthErrorKind::Untrusted, "{name} {value}");
    }
}

#[tokio::test]
async fn an_id_token_by_a_strangers_key_is_refused() {
    let (bank, host) = world();
    for kid in ["1", "2"] {
        bank.state.lock().unwrap().lies.signer = Some((kid.into(), Pen::new()));
        let login = host.login();
        let address = login.begin().await.unwrap();
        let error = login.finish(&bank.authorize(&address, "alice")).await.unwrap_err();
        assert!(matches!(error, AuthError::Token { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn tokens_are_refreshed_in_time_by_one_caller() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    let first = login.access_token().await.unwrap();
    wait(&bank, &host, 269);
    assert_eq!(login.access_token().await.unwrap(), first);
    wait(&bank, &host, 1);
    let (a, b) = tokio::join!(login.access_token(), login.access_token());
    assert_eq!(a.as_ref().unwrap(), b.as_ref().unwrap());
    assert_ne!(a.unwrap(), first);
    wait(&bank, &host, 300);
    bank.state.lock().unwrap().offline = true;
    assert_eq!(login.access_token().await.unwrap_err().kind(), AuthErrorKind::Offline);
    bank.state.lock().unwrap().offline = false;
    assert!(host.login().access_token().await.is_ok(), "being offline ended nothing");
}

#[tokio::test]
async fn a_provider_that_ended_the_login_ends_it_here() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    bank.forget_users();
    wait(&bank, &host, 300);
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::LoginRequired);
    assert_eq!(login.account().unwrap(), None);
}

#[tokio::test]
async fn a_refresh_never_changes_the_user() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    bank.state.lock().unwrap().lies.id_token = Some(Box::new(|claims| claims["sub"] = json!("mallory")));
    wait(&bank, &host, 300);
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::LoginRequired);
}

#[tokio::test]
async fn tokens_without_their_key_are_worth_nothing() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    host.signer().forget().await.unwrap();
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::KeyInvalidated);
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::LoginRequired);
    // Also between the browser and the callback.
    let address = login.begin().await.unwrap();
    host.signer().forget().await.unwrap();
    let error = login.finish(&bank.authorize(&address, "alice")).await.unwrap_err();
    assert_eq!(error, AuthError::KeyInvalidated);
}

#[tokio::test]
async fn rows_sealed_with_a_lost_key_are_no_login() {
    let (bank, host) = world();
    log_in(&bank, &host.login(), "alice").await;
    host.login().begin().await.unwrap();
    *host.seal.0.lock().unwrap() = [8; 32];
    let login = host.login();
    assert_eq!(login.account().unwrap(), None);
    assert!(!login.is_pending().unwrap());
    assert_eq!(login.begin().await.unwrap_err(), AuthError::KeyInvalidated);
    assert_eq!(login.log_out().await.unwrap(), LogOut::Complete);
    log_in(&bank, &login, "bob").await;
}

#[tokio::test]
async fn nothing_lies_open_in_the_store() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice-the-user").await;
    let token = login.access_token().await.unwrap();
    let address = login.begin().await.unwrap();
    let bytes = host.rows.all_bytes();
    for secret in [token.expose(), "refresh-", "alice-the-user", &state_of(&address)] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    // A row moved to another place opens nowhere.
    use lodger_auth::ports::{Change, Store};
    let tokens = host.rows.read("tokens").unwrap().unwrap();
    host.rows.write(&[Change::Put("flow", tokens)]).unwrap();
    assert!(!login.is_pending().unwrap());
}

#[tokio::test]
async fn log_out_leaves_nothing_of_the_user() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    let address = login.begin().await.unwrap();
    let callback = bank.authorize(&address, "alice");
    let key = host.signer().public_key(lodger_auth::keys::Key::Login).await.unwrap();
    assert_eq!(login.log_out().await.unwrap(), LogOut::Complete);
    assert_eq!(host.rows.names(), [""; 0]);
    assert_eq!(bank.state.lock().unwrap().revoked, ["refresh-2"]);
    assert_eq!(login.access_token().await.unwrap_err(), AuthError::LoginRequired);
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::NoFlow);
    log_in(&bank, &login, "bob").await;
    let next = host.signer().public_key(lodger_auth::keys::Key::Login).await.unwrap();
    assert_ne!(key, next, "the next user has another key");
    bank.state.lock().unwrap().offline = true;
    assert_eq!(login.log_out().await.unwrap(), LogOut::NotRevoked);
    assert_eq!(host.rows.names(), [""; 0]);
}

#[tokio::test]
async fn log_out_that_leaves_something_says_so() {
    let (bank, host) = world();
    let login = host.login();
    log_in(&bank, &login, "alice").await;
    *host.rows.sticky.lock().unwrap() = Some("tokens".into());
    assert_eq!(login.log_out().await.unwrap_err(), AuthError::Residue { rows: 1 });
    *host.rows.sticky.lock().unwrap() = None;
    host.rows.broken.store(true, Ordering::SeqCst);
    assert_eq!(login.log_out().await.unwrap_err().kind(), AuthErrorKind::Storage);
    host.rows.broken.store(false, Ordering::SeqCst);
    assert_eq!(login.log_out().await.unwrap(), LogOut::Complete);
}

#[tokio::test]
async fn a_full_disk_fails_before_the_browser_opens() {
    let (_, host) = world();
    host.signer().public_key(lodger_auth::keys::Key::Login).await.unwrap();
    host.rows.broken.store(true, Ordering::SeqCst);
    assert_eq!(host.login().begin().await.unwrap_err().kind(), AuthErrorKind::Storage);
}

#[test]
fn configurations_that_cannot_be_safe() {
    let (bank, host) = world();
    let refuse = |change: &dyn Fn(&mut lodger_auth::LoginConfig)| {
        let mut config = Bank::config();
        change(&mut config);
        assert!(matches!(Login::new(config, host.ports(), host.signer()), Err(AuthError::Configuration(_))));
    };
    refuse(&|config| config.issuer = "http://bank.example".into());
    refuse(&|config| config.redirect_uri = "myapp:/cb".into());
    refuse(&|config| config.redirect_uri = "https://bank.example/cb?x=1".into());
    refuse(&|config| config.scope = "profile".into());
    refuse(&|config| config.client_id = String::new());
    refuse(&|config| config.parameters.push(("state".into(), "x".into())));
    assert!(bank.state.lock().unwrap().requests.is_empty());
}
