//! `/lodger/v1`: what devices ask (`core/docs/login.md`). Every request has a proof, every answer the next nonce.

use super::{RequestId, Site};
use crate::platform::{Asked, PlatformError, Proved};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::post,
};
use lodger_auth::api::{self, MAX_BODY, Refusal, RefusalCode};
use serde::{Serialize, de::DeserializeOwned};
use std::{convert::Infallible, time::Duration};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn router() -> Router<Site> {
    Router::new()
        .route("/lodger/v1/devices", post(enrol).delete(retire))
        .route("/lodger/v1/codes", post(mint))
        .route("/lodger/v1/codes/check", post(check))
        .route("/lodger/v1/subscriptions", post(subscribe))
        .route("/lodger/v1/subscriptions/templates", post(subscribable))
        .route("/lodger/v1/inbox", post(inbox))
        .route("/lodger/v1/chat", post(chat))
}

/// A request of a device, taken apart.
pub(super) struct Call {
    site: Site,
    request: RequestId,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
}

impl FromRequest<Site> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        let request = parts.extensions.get().cloned().unwrap_or(RequestId(String::new()));
        let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
        Ok(Self { site: site.clone(), request, method, uri, headers, body })
    }
}

impl Call {
    /// Proof first, then the body, then `work`; the answer in this area's form.
    pub async fn run<T: DeserializeOwned, A: Serialize, F>(
        self,
        work: impl FnOnce(Site, Proved, T) -> F,
    ) -> Response
    where
        F: Future<Output = Result<A, PlatformError>>,
    {
        let Self { site, request, method, uri, headers, body } = self;
        let done = async {
            let proved = site.platform.prove(&asked(&method, &uri, &headers)?)?;
            let invalid = |why| PlatformError::Device(RefusalCode::InvalidRequest, why);
            let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, MAX_BODY))
                .await
                .map_err(|_| invalid("the body did not arrive in time"))?
                .map_err(|_| invalid("the body has more than 64 KiB"))?;
            let asked =
                api::read(&bytes).map_err(|_| invalid("the body is not the JSON that this route takes"))?;
            work(site.clone(), proved, asked).await
        };
        let mut response = match done.await {
            Ok(answer) => Json(answer).into_response(),
            Err(error) => refuse(&site, &request, &error),
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(nonce) = HeaderValue::from_str(&site.platform.nonce()) {
            headers.insert("dpop-nonce", nonce);
        }
        response
    }
}

fn asked<'a>(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> Result<Asked<'a>, PlatformError> {
    let twice = PlatformError::Device(RefusalCode::InvalidDpopProof, "a header is there twice");
    let one = |name: HeaderName| {
        let mut all = headers.get_all(name).iter();
        match (all.next(), all.next()) {
            (None, _) => Some(None),
            (Some(value), None) => Some(value.to_str().ok()),
            _ => None,
        }
    };
    let (Some(proof), Some(authorization), Some(host)) =
        (one(HeaderName::from_static("dpop")), one(header::AUTHORIZATION), one(header::HOST))
    else {
        return Err(twice);
    };
    let token = match authorization.map(|text| text.split_once(' ')) {
        None => None,
        Some(Some((scheme, token))) if scheme.eq_ignore_ascii_case("dpop") => Some(token.trim()),
        // A bearer token is whoever's finds it.
        Some(_) => {
            let why = "an access token comes as `Authorization: DPoP …`";
            return Err(PlatformError::Device(RefusalCode::InvalidIdentity, why));
        }
    };
    Ok(Asked { method: method.as_str(), path: uri.path(), authority: host.unwrap_or_default(), proof, token })
}

fn refuse(site: &Site, request: &RequestId, error: &PlatformError) -> Response {
    let PlatformError::Device(code, why) = error else {
        (site.log)(&format!("{} platform: {error}", request.0));
        let body = Refusal { error: RefusalCode::Other, message: "the server failed; try again".into() };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    };
    let status = match code {
        RefusalCode::InvalidRequest => StatusCode::BAD_REQUEST,
        RefusalCode::InvalidDpopProof
        | RefusalCode::UseDpopNonce
        | RefusalCode::InvalidIdentity
        | RefusalCode::DeviceUnknown
        | RefusalCode::DeviceRetired => StatusCode::UNAUTHORIZED,
        RefusalCode::NotReleased => StatusCode::FORBIDDEN,
        RefusalCode::AppUnknown | RefusalCode::NoPhone => StatusCode::NOT_FOUND,
        RefusalCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::Other => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = (status, Json(Refusal { error: *code, message: (*why).into() })).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let value = format!("DPoP error=\"{}\", algs=\"ES256\"", code.as_str());
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// A body without members.
#[derive(serde::Deserialize)]
struct Nothing {}

async fn enrol(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.enrol(&proved, &asked).await }).await
}

async fn retire(call: Call) -> Response {
    call.run(|site, proved, Nothing {}| async move {
        site.platform.retire(&proved).await.map(|()| serde_json::json!({}))
    })
    .await
}

async fn mint(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.mint(&proved, &asked).await }).await
}

async fn check(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.check_code(&proved, &asked).await }).await
}

async fn subscribe(call: Call) -> Response {
    call.run(|site, proved, asked| async move {
        site.platform.subscribe(&proved, &asked).await.map(|()| serde_json::json!({}))
    })
    .await
}

async fn subscribable(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.subscribable(&proved, &asked).await }).await
}

async fn inbox(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.inbox(&proved, &asked).await }).await
}

async fn chat(call: Call) -> Response {
    call.run(|site, proved, asked| async move { site.platform.chat(&proved, &asked).await }).await
}
