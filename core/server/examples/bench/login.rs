//! Logins per second of one server process: a code for a device, and its redemption by a back end, over HTTP and
//! keep-alive connections; beside an endpoint that does nothing but write one row, on the same kind of database.

use crate::Outcome;
use axum::{Router, extract::State, routing::post};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lodger_auth::jose::PublicKey;
use lodger_bundle::{BundleBuilder, Index, Version};
use lodger_server::{
    database::Database,
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    platform::{Form, Host, admin::Command},
    repository::{NewApp, Publish, Repository},
    serve::{Running, Settings, start},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use sea_query::Query;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

#[path = "../../tests/serve/cluster.rs"]
#[allow(clippy::unwrap_used, dead_code)] // shared with tests
mod cluster;

/// Requests under way at once.
const AT_ONCE: usize = 16;
/// Each may get a hundred codes a minute.
const USERS: usize = 200;
const ISSUER: &str = "https://bank.example";
const AUDIENCE: &str = "https://lodger.example";

/// A key that signs tokens.
struct Pen(EcdsaKeyPair, SystemRandom);

impl Pen {
    fn new() -> Outcome<Self> {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).map_err(|_| "no key")?;
        let pair = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).map_err(|_| "no key")?;
        Ok(Self(pair, random))
    }

    fn public(&self) -> Outcome<PublicKey> {
        Ok(PublicKey::from_point(self.0.public_key().as_ref()).map_err(|error| error.to_string())?)
    }

    fn sign(&self, header: &Value, claims: &Value) -> Outcome<String> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&self.1, input.as_bytes()).map_err(|_| "no signature")?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

struct World {
    server: Running,
    bank: Pen,
    devices: Vec<Pen>,
    index: String,
    secret: String,
    client: reqwest::Client,
    next: AtomicUsize,
}

/// `bench login LOGINS`.
pub fn run(logins: &str) -> Outcome<Value> {
    let logins: usize = logins.parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = json!({"logins": logins, "at_once": AT_ONCE});
    let dir = tempfile::tempdir()?;
    report["sqlite"] = measure(&runtime, &dir.path().join("sqlite"), None, logins)?;
    if let Some(cluster) = cluster::Cluster::durable() {
        let postgres = dir.path().join("postgresql");
        report["postgresql"] = measure(&runtime, &postgres, Some(cluster.url()), logins)?;
    }
    Ok(report)
}

fn measure(
    runtime: &tokio::runtime::Runtime,
    dir: &Path,
    database_url: Option<String>,
    logins: usize,
) -> Outcome<Value> {
    let world = Arc::new(World::start(runtime, dir, database_url.clone())?);
    runtime.block_on(world.enrol())?;
    let shared = world.clone();
    let login = runtime.block_on(repeat(logins, move |turn| {
        let world = shared.clone();
        async move { world.login(turn).await.map_err(|error| error.to_string()) }
    }))?;
    let bare_dir = dir.join("bare");
    std::fs::create_dir_all(&bare_dir)?;
    let bare = runtime.block_on(bare(&bare_dir, database_url.as_deref(), logins))?;
    let World { server, .. } = Arc::into_inner(world).ok_or("a login is still under way")?;
    runtime.block_on(server.stop());
    Ok(json!({"login": login, "bare": bare}))
}

/// Does `count` things, some at once; how many a second, and how long one took.
async fn repeat<F: Future<Output = Result<(), String>> + Send + 'static>(
    count: usize,
    work: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Outcome<Value> {
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..AT_ONCE {
        let (next, work) = (next.clone(), work.clone());
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if turn >= count {
                    return Ok::<_, String>(times);
                }
                let begin = Instant::now();
                work(turn).await?;
                times.push(begin.elapsed().as_secs_f64() * 1000.0);
            }
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let seconds = begin.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Ok(json!({"per_second": count as f64 / seconds, "p50_ms": at(0.50), "p99_ms": at(0.99)}))
}

/// The least that a server with a database does: takes a request, writes a row, answers.
async fn bare(dir: &Path, database_url: Option<&str>, count: usize) -> Outcome<Value> {
    let database = Database::open(dir, database_url).await?;
    let row = AtomicUsize::new(0);
    let state = Arc::new((database.clone(), row));
    let write = async |State(state): State<Arc<(Database, AtomicUsize)>>| {
        let number = state.1.fetch_add(1, Ordering::Relaxed);
        let insert = Query::insert()
            .into_table("nonces")
            .columns(["keyid", "nonce", "expires"])
            .values_panic(["bare".into(), number.to_string().into(), 0_i64.into()])
            .to_owned();
        match state.0.execute(&insert).await {
            Ok(_) => "{}",
            Err(_) => "failed",
        }
    };
    let router = Router::new().route("/", post(write)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().no_proxy().build()?;
    let report = repeat(count, move |_| {
        let (client, url) = (client.clone(), url.clone());
        async move {
            let answer = client.post(url).body("{}").send().await.map_err(|error| error.to_string())?;
            let text = answer.text().await.map_err(|error| error.to_string())?;
            if text == "{}" { Ok(()) } else { Err(text) }
        }
    })
    .await;
    serving.abort();
    database.close().await;
    report
}

impl World {
    fn start(runtime: &tokio::runtime::Runtime, dir: &Path, database_url: Option<String>) -> Outcome<Self> {
        std::fs::create_dir_all(dir)?;
        let kek = dir.join("kek");
        std::fs::write(&kek, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n")?;
        #[cfg(unix)]
        std::fs::set_permissions(&kek, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let settings = Settings {
            data: dir.join("data"),
            listen: "127.0.0.1:0".parse()?,
            database_url,
            objects: None,
            kek_file: Some(kek),
            tls: None,
            proxies: Vec::new(),
            public_url: None,
        };
        let server = runtime.block_on(start(settings, Arc::new(|_: &str| {})))?;
        let bank = Pen::new()?;
        let index = publish(runtime, &server, dir)?;
        let platform = server.platform().clone();
        let mut jwk = bank.public()?.to_jwk();
        jwk["kid"] = "bank".into();
        let host = Host {
            id: "bank".into(),
            issuer: ISSUER.into(),
            form: Form::Assertion,
            audience: AUDIENCE.into(),
            jwks_url: None,
            jwks: Some(json!({"keys": [jwk]}).to_string()),
            introspection: None,
        };
        let create = Command::AppCreate { app: "coffee".into(), owner: None };
        let made = runtime.block_on(async {
            platform.administer(Command::HostPut(host)).await?;
            platform.administer(create).await
        })?;
        let devices = (0..USERS).map(|_| Pen::new()).collect::<Outcome<_>>()?;
        let secret = made["secret"].as_str().unwrap_or_default().to_owned();
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { server, bank, devices, index, secret, client, next: AtomicUsize::new(0) })
    }

    fn unique(&self) -> String {
        format!("unique-{:016}", self.next.fetch_add(1, Ordering::Relaxed))
    }

    async fn send(&self, device: usize, route: &str, mut body: Value) -> Outcome<Value> {
        let pen = &self.devices[device];
        let key = pen.public()?;
        let (now, nonce) = (Timestamp::now().as_second(), self.unique());
        let claims = json!({
            "iss": ISSUER, "sub": format!("user-{device}"), "aud": AUDIENCE, "iat": now, "exp": now + 120,
            "nonce": nonce, "cnf": {"jkt": key.thumbprint().as_str()},
        });
        let header = json!({"alg": "ES256", "kid": "bank", "typ": "lodger-identity+jwt"});
        body["assertion"] = json!({"token": self.bank.sign(&header, &claims)?, "nonce": nonce});
        let url = format!("{}{route}", self.server.url());
        let proof = pen.sign(
            &json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.to_jwk()}),
            &json!({
                "jti": self.unique(), "htm": "POST", "htu": url, "iat": now,
                "nonce": self.server.platform().nonce(),
            }),
        )?;
        let request = self.client.post(url).header("dpop", proof).body(body.to_string());
        Ok(serde_json::from_slice(&request.send().await?.bytes().await?)?)
    }

    async fn enrol(&self) -> Outcome<()> {
        for device in 0..USERS {
            let answer = self.send(device, "/lodger/v1/devices", json!({"protection": "software"})).await?;
            if answer["device"].is_null() {
                return Err(format!("no enrolment: {answer}").into());
            }
        }
        Ok(())
    }

    async fn login(&self, turn: usize) -> Outcome<()> {
        let body = json!({"app": "coffee", "index": self.index, "session": "bench", "purpose": "login"});
        let answer = self.send(turn % USERS, "/lodger/v1/codes", body).await?;
        let code = answer["code"].as_str().ok_or_else(|| format!("no code: {answer}"))?;
        let url = format!(
            "{}/sns/jscode2session?appid=coffee&secret={}&js_code={code}&grant_type=authorization_code",
            self.server.url(),
            self.secret
        );
        let answer: Value = serde_json::from_slice(&self.client.get(url).send().await?.bytes().await?)?;
        if answer["openid"].is_string() { Ok(()) } else { Err(format!("no session: {answer}").into()) }
    }
}

/// A repository with one released program; answers with the digest of its index.
fn publish(runtime: &tokio::runtime::Runtime, server: &Running, dir: &Path) -> Outcome<String> {
    let phrase = || Passphrase::new("correct horse".into()).ok_or("no passphrase");
    let keys = dir.join("keys");
    KeyFolder::init(&keys, Kind::Release, &phrase()?, Cost { memory: 64, passes: 1 })?;
    let publishing = server.publishing().clone();
    let token = runtime
        .block_on(async { publishing.bootstrap_token().await.map(|token| token.map(ToOwned::to_owned)) })?;
    let at = |token: Option<String>| Repository::of_server(&server.url(), token, Timestamp::now());
    let ring = || Ok::<_, Box<dyn std::error::Error>>(KeyRing::new(KeyFolder::open(&keys)?, phrase()?));
    let first = at(token)?;
    first.commit(first.init(&first.ring(ring()?)?, "Bench")?)?;
    let second = at(None)?;
    let new = NewApp { app: "coffee".into(), name: "Coffee".into(), owner: String::new(), age: 0 };
    second.commit(second.create_app(&second.ring(ring()?)?, &new)?)?;
    let mut index = Index::template("coffee", Version { name: "1.0.0".into(), code: 1 });
    index.pages.push("pages/index/index".into());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", b"{}".to_vec());
    let bundle = builder.finish()?;
    let third = at(None)?;
    let release = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    third.commit(third.publish(&third.ring(ring()?)?, &release)?.batch)?;
    Ok(at(None)?.list("coffee")?.first().map(|one| one.digest.clone()).unwrap_or_default())
}
