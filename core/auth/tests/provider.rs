//! Logins at a real provider over loopback HTTP: PKCE, DPoP with nonces, `iss`, resource indicators, refresh, revocation;
//! what it refuses; and a process that is killed between browser and callback.
#![allow(clippy::unwrap_used)] // in a test, a panic is the failure
#[path = "support/host.rs"]
mod host;
#[path = "support/provider.rs"]
mod provider;

use host::{Host, Rows};
use lodger_auth::{
    AuthError, LogOut,
    identity::{self, verify_access_token},
    jose::KeySet,
    keys::{Key, Signer},
    ports::{Http, Request, Store},
};
use provider::{AUDIENCE, Provider, Wire, browse};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, LazyLock, atomic::Ordering},
    time::SystemTime,
};

static PROVIDER: LazyLock<Provider> = LazyLock::new(Provider::start);

fn host(client: &str) -> Host {
    Host::new(Arc::new(Wire), PROVIDER.config(client), Rows::default())
}

/// Another device with the same rows: a backup that was restored elsewhere.
fn copy(host: &Host) -> Host {
    let rows = Rows::default();
    for name in ["flow", "tokens", "key-login"] {
        if let Some(bytes) = host.rows.read(name).unwrap() {
            rows.put(name, bytes);
        }
    }
    Host::new(Arc::new(Wire), host.config.clone(), rows)
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn logs_in_with_every_algorithm() {
    for client in ["rs256", "ps256", "es256", "ed25519"] {
        let host = host(client);
        let login = host.login();
        let callback = browse(&login.begin().await.unwrap(), "alice");
        assert!(callback.contains("iss="), "RFC 9207");
        assert_eq!(login.finish(&callback).await.unwrap().subject, "alice", "{client}");
    }
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn its_access_token_is_an_identity_for_lodgers_server() {
    let host = host("es256");
    let login = host.login();
    login.finish(&browse(&login.begin().await.unwrap(), "alice")).await.unwrap();
    let token = login.access_token().await.unwrap();
    let jwks =
        Request { method: "GET", url: format!("{}/jwks", PROVIDER.issuer), headers: vec![], body: vec![] };
    let keys = KeySet::read(&Wire.send(jwks).await.unwrap().body).unwrap();
    let key = host.signer().public_key(Key::Login).await.unwrap().thumbprint();
    let expected = identity::Expected {
        issuer: &PROVIDER.issuer,
        audience: AUDIENCE,
        key: &key,
        now: SystemTime::now(),
    };
    assert_eq!(verify_access_token(token.expose(), &keys, &expected).unwrap().subject, "alice");
    let other = self::host("es256").signer().public_key(Key::Login).await.unwrap().thumbprint();
    let stolen = identity::Expected { key: &other, ..expected };
    assert!(verify_access_token(token.expose(), &keys, &stolen).is_err(), "another device's key");
    let elsewhere = identity::Expected { audience: "https://other.example", ..expected };
    assert!(verify_access_token(token.expose(), &keys, &elsewhere).is_err());
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn a_code_works_once() {
    let host = host("es256");
    let address = host.login().begin().await.unwrap();
    let copy = copy(&host);
    let callback = browse(&address, "alice");
    host.login().finish(&callback).await.unwrap();
    assert_eq!(host.login().finish(&callback).await.unwrap_err(), AuthError::NoFlow);
    assert_eq!(
        copy.login().finish(&callback).await.unwrap_err(),
        AuthError::LoginRequired,
        "the provider says"
    );
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn an_old_code_is_refused() {
    let mut provider = Provider::start();
    let host = Host::new(Arc::new(Wire), provider.config("es256"), Rows::default());
    let login = host.login();
    let callback = browse(&login.begin().await.unwrap(), "alice");
    provider.forward(61);
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::LoginRequired);
    // Later than that the device does not even ask.
    let address = login.begin().await.unwrap();
    host.clock.0.store(seconds_now() + 900, Ordering::SeqCst);
    assert_eq!(login.finish(&browse(&address, "alice")).await.unwrap_err(), AuthError::NoFlow);
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn wrong_state_and_wrong_issuer_are_refused() {
    let host = host("es256");
    let login = host.login();
    let callback = browse(&login.begin().await.unwrap(), "alice");
    let other = browse(&self::host("es256").login().begin().await.unwrap(), "mallory");
    assert_eq!(login.finish(&other).await.unwrap_err(), AuthError::ForeignCallback, "login CSRF");
    let mixed = callback.replace("iss=http%3A%2F%2F127.0.0.1", "iss=http%3A%2F%2F127.0.0.2");
    assert_ne!(mixed, callback);
    assert_eq!(login.finish(&mixed).await.unwrap_err(), AuthError::WrongIssuer);
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn another_key_is_refused_on_both_sides() {
    let host = host("es256");
    let login = host.login();
    let callback = browse(&login.begin().await.unwrap(), "alice");
    host.signer().forget().await.unwrap();
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::KeyInvalidated);
    // The provider's side: `dpop_jkt` says whose code it is.
    let stranger = StrangersKey(self::host("es256"));
    let thief = Host::new(Arc::new(stranger), host.config.clone(), Rows::default());
    let login = thief.login();
    let callback = browse(&login.begin().await.unwrap(), "alice");
    assert_eq!(login.finish(&callback).await.unwrap_err(), AuthError::LoginRequired, "invalid_grant");
}

/// A thief between app and provider, who has everything but the key: his proof instead of the device's.
struct StrangersKey(Host);

#[async_trait::async_trait]
impl Http for StrangersKey {
    async fn send(&self, mut request: Request) -> Result<lodger_auth::ports::Response, String> {
        if let Some((_, proof)) = request.headers.iter_mut().find(|(name, _)| *name == "DPoP") {
            *proof = resign(&self.0, proof).await;
        }
        Wire.send(request).await
    }
}

/// The same claims, signed with another key.
async fn resign(host: &Host, proof: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let signer = host.signer();
    let jwk = signer.public_key(Key::Login).await.unwrap().to_jwk();
    let header = serde_json::json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).to_string();
    let claims = proof.split('.').nth(1).unwrap();
    let input = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
    let signature = signer.sign(Key::Login, input.as_bytes(), "").await.unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_bytes()))
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn refreshes_with_a_wrong_clock_and_ends_with_log_out() {
    let host = host("es256");
    let login = host.login();
    login.finish(&browse(&login.begin().await.unwrap(), "alice")).await.unwrap();
    let first = login.access_token().await.unwrap();
    let seconds = seconds_now();
    // Ten minutes off, which no proof would survive without a nonce.
    host.clock.0.store(seconds + 600, Ordering::SeqCst);
    let second = login.access_token().await.unwrap();
    assert_ne!(first, second);
    let copy = copy(&host);
    copy.clock.0.store(seconds + 6000, Ordering::SeqCst);
    assert_eq!(login.log_out().await.unwrap(), LogOut::Complete);
    assert_eq!(host.rows.names(), [""; 0]);
    let after = copy.login().access_token().await;
    assert_eq!(after.unwrap_err(), AuthError::LoginRequired, "the refresh token was taken back");
}

const DIR: &str = "LODGER_TEST_LOGIN_DIR";
const ISSUER: &str = "LODGER_TEST_LOGIN_ISSUER";
const CALLBACK: &str = "LODGER_TEST_LOGIN_CALLBACK";

/// The child: does nothing unless it was started by the test below.
#[tokio::test]
async fn child_begins_or_finishes() {
    let (Some(dir), Ok(issuer)) = (std::env::var_os(DIR), std::env::var(ISSUER)) else { return };
    let rows = Rows::in_file(Path::new(&dir).join("rows.json"));
    let login = Host::new(Arc::new(Wire), provider::config(&issuer, "es256"), rows).login();
    match std::env::var(CALLBACK) {
        Ok(callback) => say(&login.finish(&callback).await.unwrap().subject),
        Err(_) => {
            say(&login.begin().await.unwrap());
            // Until it is killed.
            loop {
                std::thread::park();
            }
        }
    }
}

/// A line of its own, whatever the test harness has printed before.
fn say(text: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "\nsays {text}").and_then(|()| out.flush()).unwrap();
}

#[test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
fn a_process_killed_between_browser_and_callback() {
    let dir = tempfile::tempdir().unwrap();
    let run = |callback: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["child_begins_or_finishes", "--exact", "--nocapture"]);
        command.env(DIR, dir.path()).env(ISSUER, &PROVIDER.issuer).stdout(Stdio::piped());
        if let Some(callback) = callback {
            command.env(CALLBACK, callback);
        }
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.map(Result::unwrap).find_map(|line| Some(line.strip_prefix("says ")?.to_owned()));
        child.kill().unwrap();
        child.wait().unwrap();
        said.expect("the child failed")
    };
    let address = run(None);
    let callback = browse(&address, "alice");
    assert_eq!(run(Some(&callback)), "alice");
}
