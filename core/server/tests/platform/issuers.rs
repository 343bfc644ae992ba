//! Issuers whose keys are fetched, which rotate them, fall silent, or explain their tokens themselves.

use super::device::unique;
use crate::signing::Pen;
use jiff::{SignedDuration, Timestamp};
use lodger_auth::api::{CodeRequest, EnrolRequest};
use lodger_server::{
    clock::{Clock, ManualClock},
    database::Database,
    kek::Kek,
    platform::{Asked, Form, Host, Introspection, Platform, PlatformError, Proved, admin::Command},
    publishing::Publishing,
};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

const AT: &str = "https://lodger.example";

/// The platform on development data, without a web server in front.
pub struct Bench {
    _dir: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub platform: Platform,
}

pub async fn bench(development: bool) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::now()));
    let kek = kek(dir.path());
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let database = Database::open(&data, None).await.unwrap();
    let objects = Arc::new(object_store::memory::InMemory::new());
    let publishing = Publishing::open(database.clone(), objects, &kek, clock.clone()).await.unwrap();
    let platform = Platform::new(
        database,
        Arc::new(kek),
        clock.clone(),
        Arc::new(publishing),
        vec![AT.into()],
        development,
    );
    Bench { _dir: dir, clock, platform }
}

fn kek(dir: &Path) -> Kek {
    use std::os::unix::fs::PermissionsExt;
    let path = dir.join("kek");
    std::fs::write(&path, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    Kek::read(&path, &dir.join("data")).unwrap()
}

impl Bench {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub fn prove(&self, device: &Pen, path: &str, token: Option<&str>) -> Proved {
        let mut claims = json!({
            "jti": unique(), "htm": "POST", "htu": format!("{AT}{path}"), "iat": 1, "nonce": self.platform.nonce(),
        });
        if let Some(token) = token {
            claims["ath"] = lodger_auth::dpop::token_digest(token).into();
        }
        let proof = device.sign(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": device.jwk()}), &claims);
        let asked = Asked { method: "POST", path, authority: "", proof: Some(&proof), token };
        self.platform.prove(&asked).unwrap()
    }

    pub async fn enrol(&self, device: &Pen, issuer: &Pen, kid: &str) -> Result<(), PlatformError> {
        let nonce = unique();
        let claims = json!({
            "iss": "https://bank.example", "sub": "ann", "aud": AT, "iat": self.now(), "exp": self.now() + 60,
            "nonce": nonce, "cnf": {"jkt": device.public().thumbprint().as_str()},
        });
        let token = issuer.sign(&json!({"alg": "ES256", "kid": kid, "typ": "lodger-identity+jwt"}), &claims);
        let body = json!({"assertion": {"token": token, "nonce": nonce}, "protection": "software"});
        let asked: EnrolRequest = serde_json::from_value(body).unwrap();
        self.platform.enrol(&self.prove(device, "/lodger/v1/devices", None), &asked).await.map(drop)
    }

    pub async fn host(&self, jwks_url: &str) -> Result<(), PlatformError> {
        self.platform.put_host(&host(Some(jwks_url.to_owned()))).await
    }
}

fn host(jwks_url: Option<String>) -> Host {
    Host {
        id: "bank".into(),
        issuer: "https://bank.example".into(),
        form: Form::Assertion,
        audience: AT.into(),
        jwks_url,
        jwks: None,
        introspection: None,
    }
}

/// An issuer on this machine: answers every request with what it holds, and counts.
pub struct Issuer {
    pub url: String,
    answer: Arc<Mutex<(u16, Vec<u8>)>>,
    count: Arc<AtomicUsize>,
    pub last: Arc<Mutex<String>>,
}

impl Issuer {
    pub fn start(body: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new((200, body)));
        let (count, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(String::new())));
        let (held, counted, seen) = (answer.clone(), count.clone(), last.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut buffer = [0; 8192];
                let mut text = String::new();
                while let Ok(length @ 1..) = stream.read(&mut buffer) {
                    text += &String::from_utf8_lossy(&buffer[..length]);
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.to_lowercase().lines().find_map(|line| {
                        line.strip_prefix("content-length: ").and_then(|length| length.parse::<usize>().ok())
                    });
                    if body.len() >= length.unwrap_or(0) {
                        break;
                    }
                }
                *seen.lock().unwrap() = text;
                counted.fetch_add(1, Ordering::SeqCst);
                let (status, mut body) = held.lock().unwrap().clone();
                // WeChat's check of an address: what is asked for is said back.
                if let Some((_, echo)) = seen.lock().unwrap().split_once("echostr=") {
                    body = echo.split([' ', '&']).next().unwrap().as_bytes().to_vec();
                }
                let location = if status == 302 { "location: http://127.0.0.1:1/\r\n" } else { "" };
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{location}connection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        Self { url, answer, count, last }
    }

    pub fn now_answers(&self, status: u16, body: Vec<u8>) {
        *self.answer.lock().unwrap() = (status, body);
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn keys_are_fetched_once_rotate_and_outlive_a_silent_issuer() {
    let bench = bench(true).await;
    let (device, old, new) = (Pen::new(), Pen::new(), Pen::new());
    let issuer = Issuer::start(old.set("1"));
    bench.host(&issuer.url).await.unwrap();
    // Ten at once ask once.
    let all = (0..10).map(|_| bench.enrol(&device, &old, "1"));
    for outcome in futures_util::future::join_all(all).await {
        outcome.unwrap();
    }
    assert_eq!(issuer.count(), 1);
    // Strangers' key names ask at most once a minute.
    bench.clock.set(bench.clock.now() + SignedDuration::from_secs(61));
    for _ in 0..5 {
        bench.enrol(&device, &new, "made-up").await.unwrap_err();
    }
    assert_eq!(issuer.count(), 2);
    // Rotation: the new key is found, the old one is over.
    issuer.now_answers(200, new.set("2"));
    bench.clock.set(bench.clock.now() + SignedDuration::from_secs(61));
    bench.enrol(&device, &new, "2").await.unwrap();
    bench.enrol(&device, &old, "1").await.unwrap_err();
    // Silence, nonsense and redirects change nothing for a day.
    for (status, body) in
        [(500, Vec::new()), (200, b"<html>".to_vec()), (302, old.set("1")), (200, vec![b' '; 70_000])]
    {
        issuer.now_answers(status, body);
        bench.clock.set(bench.clock.now() + SignedDuration::from_secs(601));
        bench.enrol(&device, &new, "2").await.unwrap();
    }
    bench.clock.set(bench.clock.now() + SignedDuration::from_hours(25));
    bench.enrol(&device, &new, "2").await.unwrap_err();
}

#[tokio::test]
async fn addresses_in_the_operators_network_are_refused() {
    let bench = bench(false).await;
    let issuer = Issuer::start(Pen::new().set("1"));
    for url in
        [issuer.url.as_str(), "https://10.0.0.1/jwks", "https://169.254.169.254/", "https://127.0.0.1/"]
    {
        let error = bench.host(url).await.unwrap_err().to_string();
        assert!(error.contains("public Internet"), "{url}: {error}");
    }
    // A name that leads here is found out when it is resolved.
    let port = issuer.url.split(':').nth(2).unwrap().trim_end_matches("/jwks");
    bench.host(&format!("https://localhost:{port}/jwks")).await.unwrap();
    bench.enrol(&Pen::new(), &Pen::new(), "1").await.unwrap_err();
    assert_eq!(issuer.count(), 0);
}

#[tokio::test]
async fn tokens_that_are_no_jwts_are_explained_by_their_host() {
    let bench = bench(true).await;
    let (device, other) = (Pen::new(), Pen::new());
    let explained = |active: bool, device: &Pen| {
        json!({
            "active": active, "iss": "https://idp.example", "sub": "zoe", "aud": AT, "iat": bench.now(),
            "exp": bench.now() + 60, "cnf": {"jkt": device.public().thumbprint().as_str()},
        })
        .to_string()
        .into_bytes()
    };
    let issuer = Issuer::start(explained(true, &device));
    let mut idp = host(None);
    idp.id = "idp".into();
    idp.issuer = "https://idp.example".into();
    idp.form = Form::AccessToken;
    idp.introspection =
        Some(Introspection { url: issuer.url.clone(), client: "lodger".into(), secret: "sesame".into() });
    bench.platform.put_host(&idp).await.unwrap();
    let enrol = async |device: &Pen| {
        let asked: EnrolRequest = serde_json::from_value(json!({"protection": "software"})).unwrap();
        bench.platform.enrol(&bench.prove(device, "/lodger/v1/devices", Some("opaque+token")), &asked).await
    };
    enrol(&device).await.unwrap();
    let seen = issuer.last.lock().unwrap().clone();
    assert!(seen.ends_with("token=opaque%2Btoken&token_type_hint=access_token"), "{seen}");
    assert!(seen.contains("Basic bG9kZ2VyOnNlc2FtZQ=="), "{seen}");
    assert!(enrol(&other).await.is_err(), "bound to another key");
    issuer.now_answers(200, explained(false, &device));
    assert!(enrol(&device).await.is_err(), "not active");
    issuer.now_answers(401, explained(true, &device));
    assert!(enrol(&device).await.is_err(), "the host refuses the server");
    // What is shown of a host has no secret in it.
    let shown = bench.platform.administer(Command::HostList).await.unwrap().to_string();
    assert!(shown.contains("lodger") && !shown.contains("sesame"), "{shown}");
}

#[tokio::test]
async fn the_fixture_is_for_development_and_works() {
    let fixture = || Command::Fixture { app: "coffee".into() };
    let release = bench(false).await;
    let error = release.platform.administer(fixture()).await.unwrap_err().to_string();
    assert!(error.contains("development data"), "{error}");
    let bench = bench(true).await;
    for _ in 0..2 {
        let made = bench.platform.administer(fixture()).await.unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let account = bench.platform.authenticate(&text("appid"), &text("secret"), "").await.unwrap();
        let session = bench.platform.open_session(&account, &text("code")).await.unwrap();
        assert_eq!(session.openid, text("openid"));
        let phone = bench.platform.phone_of_code(&account.app, &text("phoneCode")).await.unwrap();
        assert_eq!(phone.country_code, "86");
    }
    // A device cannot be the fixture's: nobody has its host's key.
    let asked = json!({"app": "coffee", "index": "", "session": "s", "purpose": "login"});
    let asked: CodeRequest = serde_json::from_value::<CodeRequest>(asked).unwrap();
    let refused = bench.platform.mint(&bench.prove(&Pen::new(), "/lodger/v1/codes", None), &asked).await;
    assert!(refused.is_err());
    let _: Value = bench.platform.administer(Command::AppList).await.unwrap();
}
