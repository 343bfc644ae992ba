//! WeChat's own routes: what back ends of mini-programs ask, with the same fields, numbers and limits.
//!
//! Answers are 200 with `errcode`, as JSON; bodies are JSON whatever their type says, since clients say many things.

use super::{Peer, RequestId, Site};
use crate::platform::{Errcode, PlatformError};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{FromRequest, Query, Request},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, convert::Infallible, net::SocketAddr, time::Duration};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest body.
const MOST: usize = 256 << 10;

/// Calls of an app in a minute: `stable_token` has WeChat's figure, for the others it names none.
const TOKENS: i64 = 10_000;
const SESSIONS: i64 = 100_000;
const CALLS: i64 = 10_000;

pub(super) fn router() -> Router<Site> {
    Router::new()
        .route("/cgi-bin/token", get(token).post(token))
        .route("/cgi-bin/stable_token", post(stable_token))
        .route("/sns/jscode2session", get(session).post(session))
        .route("/wxa/checksession", get(check_session))
        .route("/wxa/checksessionkey", get(check_session))
        .route("/wxa/resetusersessionkey", get(reset_session))
        .route("/wxa/business/getuserphonenumber", post(phone))
}

/// A request of a back end, taken apart.
pub(super) struct Call {
    site: Site,
    request: RequestId,
    headers: HeaderMap,
    peer: Option<SocketAddr>,
    query: HashMap<String, String>,
    body: Body,
}

impl FromRequest<Site> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        // A query that is none has nothing in it, and is told so in WeChat's words.
        let query = Query::try_from_uri(&parts.uri).map(|Query(query)| query).unwrap_or_default();
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
        let request = parts.extensions.get().cloned().unwrap_or(RequestId(String::new()));
        Ok(Self { site: site.clone(), request, headers: parts.headers, peer, query, body })
    }
}

/// The same with its body read.
pub(super) struct Asked {
    pub site: Site,
    query: HashMap<String, String>,
    pub body: Map<String, Value>,
    from: String,
}

impl Asked {
    /// From the query, else from the body; empty if it is nowhere.
    pub fn text(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).or_else(|| self.body.get(name)?.as_str()).unwrap_or("")
    }

    /// The app of the access token.
    pub async fn app(&self) -> Result<String, PlatformError> {
        let app = self.site.platform.app_of_token(self.text("access_token"), &self.from).await?;
        self.site.platform.paced(&app, "calls", CALLS).await?;
        Ok(app)
    }
}

impl Call {
    /// Reads the body and does `work`; its answer, or its number, as WeChat writes it.
    pub async fn run<F>(self, work: impl FnOnce(Asked) -> F) -> Response
    where
        F: Future<Output = Result<Value, PlatformError>>,
    {
        self.respond(|asked| async { work(asked).await.map(|value| Json(value).into_response()) }).await
    }

    /// The same for answers that are no JSON.
    pub async fn respond<F>(self, work: impl FnOnce(Asked) -> F) -> Response
    where
        F: Future<Output = Result<Response, PlatformError>>,
    {
        let Self { site, request, headers, peer, query, body } = self;
        let from = peer.map(|peer| site.client(peer, &headers).to_string()).unwrap_or_default();
        let done = async {
            let body = read(body).await?;
            work(Asked { site: site.clone(), query, body, from }).await
        };
        let mut response = match done.await {
            Ok(response) => response,
            Err(error) => refuse(&site, &request, &error),
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// An empty body is an empty object: GET has none.
async fn read(body: Body) -> Result<Map<String, Value>, PlatformError> {
    let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, MOST))
        .await
        .map_err(|_| Errcode::InvalidJson)?
        .map_err(|_| Errcode::InvalidJson)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(&bytes).map_err(|_| Errcode::InvalidJson.into())
}

fn refuse(site: &Site, request: &RequestId, error: &PlatformError) -> Response {
    let (code, text) = match error {
        PlatformError::Wechat(code) => (*code, code.text().to_owned()),
        PlatformError::WechatMore { code, .. } => (*code, error.to_string()),
        _ => {
            (site.log)(&format!("{} platform: {error}", request.0));
            (Errcode::Busy, Errcode::Busy.text().to_owned())
        }
    };
    Json(json!({"errcode": code.number(), "errmsg": format!("{text} rid: {}", request.0)})).into_response()
}

/// Done, with nothing more to say.
pub(super) fn ok() -> Value {
    json!({"errcode": 0, "errmsg": "ok"})
}

fn client_credential(asked: &Asked) -> Result<(), PlatformError> {
    if asked.text("grant_type") == "client_credential" {
        Ok(())
    } else {
        Err(Errcode::InvalidGrantType.into())
    }
}

async fn token(call: Call) -> Response {
    call.run(|asked| async move {
        client_credential(&asked)?;
        let platform = &asked.site.platform;
        let account = platform.authenticate(asked.text("appid"), asked.text("secret"), &asked.from).await?;
        platform.paced(&account.app, "token", TOKENS).await?;
        let issued = platform.token(&account.app).await?;
        Ok(json!({"access_token": issued.token, "expires_in": issued.expires_in}))
    })
    .await
}

async fn stable_token(call: Call) -> Response {
    call.run(|asked| async move {
        client_credential(&asked)?;
        let platform = &asked.site.platform;
        let account = platform.authenticate(asked.text("appid"), asked.text("secret"), &asked.from).await?;
        platform.paced(&account.app, "stable", TOKENS).await?;
        let force = asked.body.get("force_refresh").and_then(Value::as_bool).unwrap_or(false);
        let issued = platform.stable_token(&account.app, force).await?;
        Ok(json!({"access_token": issued.token, "expires_in": issued.expires_in}))
    })
    .await
}

async fn session(call: Call) -> Response {
    call.run(|asked| async move {
        let platform = &asked.site.platform;
        let account = platform.authenticate(asked.text("appid"), asked.text("secret"), &asked.from).await?;
        if asked.text("grant_type") != "authorization_code" {
            return Err(Errcode::InvalidGrantType.into());
        }
        platform.paced(&account.app, "session", SESSIONS).await?;
        let session = platform.open_session(&account, asked.text("js_code")).await?;
        let mut answer = json!({
            "session_key": session.session_key, "openid": session.openid, "lodger": session.redeemed,
        });
        if let Some(unionid) = session.unionid {
            answer["unionid"] = unionid.into();
        }
        Ok(answer)
    })
    .await
}

async fn check_session(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let (openid, signature, method) =
            (asked.text("openid"), asked.text("signature"), asked.text("sig_method"));
        asked.site.platform.check_session(&app, openid, signature, method).await?;
        Ok(ok())
    })
    .await
}

async fn reset_session(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let (openid, signature, method) =
            (asked.text("openid"), asked.text("signature"), asked.text("sig_method"));
        let key = asked.site.platform.reset_session(&app, openid, signature, method).await?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "openid": openid, "session_key": key}))
    })
    .await
}

async fn phone(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let info = asked.site.platform.phone_of_code(&app, asked.text("code")).await?;
        let mut info = serde_json::to_value(info).map_err(|_| PlatformError::Random)?;
        let now = asked.site.platform.now();
        info["watermark"] = json!({"timestamp": now, "appid": app});
        Ok(json!({"errcode": 0, "errmsg": "ok", "phone_info": info}))
    })
    .await
}
