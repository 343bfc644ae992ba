//! The developer's page: a host of its own, for its own files, what happened, and what the developer does.
//!
//! | path | answer |
//! |---|---|
//! | `/`, `/*.js`, `/*.css`, `/devices.json` | the page (`console/`) |
//! | `/shell.html`, `/shell.css`, `/shell.js`, `/icon`, `/state` | the host's screen above the program (`shell.rs`) |
//! | `/events?after=N` | `{n, lost, state, reports}`, as soon as there is something after number N |
//! | POST `/do` | an `Act`; answers `{"result": …}` or `{"error": "…"}` |
//! | POST `/choice` | a `Choice` of the host's screen |
//!
//! The program shares the site, and with it the cookie's reach, so the cookie is not enough: requests must come from
//! this very origin.
use super::{
    acts::Act,
    door::{Door, Entrance, take_token},
    feed::Feed,
    reply::{Reply, refusal, reply},
    serve::{FETCH_SITE, reads, says, stranger},
};
use crate::{
    phone::DEVICES,
    shell::{self, Choice, Shell},
};
use async_trait::async_trait;
use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, StatusCode, body::Incoming, header};
use serde_json::{Value, json};

/// Storage values of up to 1 MiB may be written.
const MAX_BODY: usize = 2 << 20;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

macro_rules! files {
    ($($path:literal $mime:ident,)*) => {
        &[$(($path, $mime, include_str!(concat!("../../console", $path)))),*]
    };
}

/// The page's files. It is plain JavaScript: what is served is what is in the folder.
const FILES: &[(&str, &str, &str)] = files! {
    "/index.html" HTML,
    "/console.css" CSS,
    "/phone.css" CSS,
    "/main.js" JS,
    "/server.js" JS,
    "/dom.js" JS,
    "/phone.js" JS,
    "/tree.js" JS,
    "/panels/log.js" JS,
    "/panels/network.js" JS,
    "/panels/storage.js" JS,
    "/panels/calls.js" JS,
    "/panels/pages.js" JS,
    "/panels/app.js" JS,
};

/// Whose page it is: a browser's, around the program, or a window's, with the console alone.
#[async_trait]
pub(super) trait Bench: Send + Sync {
    fn feed(&self) -> &Feed;

    /// What is drawn beside the reports.
    fn state(&self) -> Value;

    /// Its document is asked for.
    async fn visited(&self) {}

    /// Does what the developer wishes.
    async fn act(&self, act: Act) -> Result<Value, String>;

    /// The host's screen over the program, where it is drawn by the page.
    fn shell(&self) -> Option<&Shell> {
        None
    }

    /// A choice on that screen.
    async fn choose(&self, _choice: Choice) -> Result<Value, String> {
        Err("There is no host's screen here.".to_owned())
    }
}

/// `own` is the page's origin, `program` that of the frame in it, if there is one.
pub(super) async fn serve(
    bench: &impl Bench,
    door: &Door,
    request: Request<Incoming>,
    own: &str,
    program: &str,
) -> Reply {
    let (path, token) = take_token(request.uri());
    let Some(entrance) = door.enter(&request, token.as_deref()) else {
        return stranger();
    };
    if !is_own(&request, own) {
        return refusal(StatusCode::FORBIDDEN, "Only the developer's page itself may ask for this.");
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "The request is too long.");
    };
    let (status, mime, body) = if reads(&parts.method) {
        read(bench, &path).await
    } else {
        let answer = write(bench, &path, &body.to_bytes()).await;
        (
            if answer.get("error").is_some() { 400 } else { 200 },
            JSON.to_owned(),
            answer.to_string().into_bytes(),
        )
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-src 'self' {program}; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    );
    let mut headers: Vec<(String, String)> = [
        ("content-type", mime.as_str()),
        ("content-security-policy", &policy),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
        // A process of its own where the browser can: a program that hangs does not hang its console.
        ("origin-agent-cluster", "?1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    if entrance == Entrance::Invited {
        headers.extend(door.welcome());
    }
    reply(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body)
}

/// Whether the page itself asks, or the developer by the address bar. Old browsers do not say who asks when they read;
/// what they get then cannot be read by another origin.
fn is_own<T>(request: &Request<T>, own: &str) -> bool {
    let headers = request.headers();
    if *request.method() == Method::POST {
        return says(headers, header::ORIGIN.as_str(), own)
            && says(headers, header::CONTENT_TYPE.as_str(), JSON);
    }
    let document = request.uri().path() == "/" && says(headers, "sec-fetch-dest", "document");
    reads(request.method())
        && (document || headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none"))
}

async fn read(bench: &impl Bench, path: &str) -> (u16, String, Vec<u8>) {
    let (name, query) = path.split_once('?').unwrap_or((path, ""));
    match name {
        "/events" => {
            let after = query.strip_prefix("after=").and_then(|n| n.parse().ok()).unwrap_or(0);
            (200, JSON.into(), bench.feed().after(after, || bench.state()).await)
        }
        "/devices.json" => (200, JSON.into(), DEVICES.into()),
        "/favicon.ico" => (204, JSON.into(), Vec::new()),
        "/shell.html" | "/shell.css" | "/shell.js" | "/icon" | "/state" => match bench.shell() {
            Some(shell) => shell.answer(if name == "/shell.html" { "/" } else { path }).await,
            None => (404, "text/plain".into(), Vec::new()),
        },
        _ => {
            let name = if name == "/" { "/index.html" } else { name };
            if name == "/index.html" {
                bench.visited().await;
            }
            match FILES.iter().find(|(path, ..)| *path == name) {
                Some((_, mime, text)) => (200, (*mime).to_owned(), text.as_bytes().to_vec()),
                None => (404, "text/plain".into(), b"There is no such file.".to_vec()),
            }
        }
    }
}

async fn write(bench: &impl Bench, path: &str, body: &[u8]) -> Value {
    let done = match path {
        "/do" => match serde_json::from_slice::<Act>(body) {
            Ok(act) => bench.act(act).await,
            Err(error) => Err(format!("This is not known here: {error}")),
        },
        "/choice" => match std::str::from_utf8(body).ok().and_then(shell::choice) {
            Some(choice) => bench.choose(choice).await,
            None => Err("This is not one of the choices.".to_owned()),
        },
        _ => Err("There is nothing to do there.".to_owned()),
    };
    match done {
        Ok(result) => json!({ "result": result }),
        Err(error) => json!({ "error": error }),
    }
}
