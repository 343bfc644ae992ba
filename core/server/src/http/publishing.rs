//! `/lodger/v1/repository`: what publishers and operators ask.

use super::{RequestId, Site, error};
use crate::publishing::{
    PublishError, Versions, Who,
    change::{Change, MOST_BYTES},
    paths,
    signature::{self, Request},
};
use axum::{
    Extension, Json, Router,
    body::{Body, to_bytes},
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use bytes::Bytes;
use lodger_bundle::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn router() -> Router<Site> {
    const AT: &str = "/lodger/v1/repository";
    Router::new()
        .route(AT, get(about))
        .route(&format!("{AT}/files"), get(names))
        .route(&format!("{AT}/changes"), post(operate))
        .route(&format!("{AT}/apps/{{app}}/changes"), post(publish))
        .route(&format!("{AT}/apps/{{app}}/uploads/{{sha256}}"), put(upload))
}

/// Answers with the value, or with the error in its form.
fn reply<T: Serialize>(site: &Site, request: &RequestId, done: Result<T, PublishError>) -> Response {
    match done {
        Ok(value) => ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response(),
        Err(failure) => error::answer(site, request, &failure),
    }
}

async fn about(State(site): State<Site>, Extension(request): Extension<RequestId>) -> Response {
    let keys: Vec<_> = site.publishing.online().public.iter().map(|key| &key.key).collect();
    let initialised = site.publishing.initialised().await;
    reply(&site, &request, initialised.map(|initialised| json!({"initialised": initialised, "keys": keys})))
}

#[derive(Deserialize)]
struct Under {
    under: String,
}

async fn names(
    State(site): State<Site>,
    Extension(request): Extension<RequestId>,
    Query(Under { under }): Query<Under>,
) -> Response {
    reply(&site, &request, site.publishing.files().names(&under).await)
}

async fn operate(
    State(site): State<Site>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = change(&site, &request, &uri, &headers, body, None).await;
    reply(&site, &request, done.map(|versions| json!({"versions": versions})))
}

async fn publish(
    State(site): State<Site>,
    Extension(request): Extension<RequestId>,
    Path(app): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = change(&site, &request, &uri, &headers, body, Some(&app)).await;
    reply(&site, &request, done.map(|versions| json!({"versions": versions})))
}

async fn change(
    site: &Site,
    request: &RequestId,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    app: Option<&str>,
) -> Result<Versions, PublishError> {
    // Who asks comes first: nobody else's body is read.
    let (who, digest) = identify(site, "POST", uri, headers, app).await?;
    let bytes = read(site, body, headers, digest).await?;
    let change = Change::decode(&bytes).map_err(PublishError::Malformed)?;
    drop(bytes);
    site.publishing.apply(&who, &request.0, change).await
}

async fn upload(
    State(site): State<Site>,
    Extension(request): Extension<RequestId>,
    Path((app, sha256)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = async {
        if !paths::is_digest(&sha256) {
            return Err(PublishError::Malformed("an upload is named by its SHA-256 in hex".into()));
        }
        let (who, digest) = identify(&site, "PUT", &uri, &headers, Some(&app)).await?;
        if who == Who::Founder {
            return Err(PublishError::Forbidden("the bootstrap token uploads nothing".into()));
        }
        let bytes = read(&site, body, &headers, digest).await?;
        site.publishing.upload(&sha256, bytes).await
    };
    match done.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => error::answer(&site, &request, &failure),
    }
}

/// Who signed, and the digest of the body that they signed.
async fn identify(
    site: &Site,
    method: &str,
    uri: &Uri,
    headers: &HeaderMap,
    app: Option<&str>,
) -> Result<(Who, Option<Digest>), PublishError> {
    const NONE: PublishError = PublishError::Unsigned("the request is not signed; publish with `lodger`");
    let one = |name: HeaderName| {
        let mut all = headers.get_all(name).iter();
        match (all.next(), all.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None, // said twice, it could mean two things
        }
    };
    if let Some(authorization) = one(header::AUTHORIZATION) {
        let token = authorization.strip_prefix("Bearer ").ok_or(NONE)?;
        return Ok((site.publishing.founder(token)?, None));
    }
    let named = |name: &'static str| one(HeaderName::from_static(name));
    let authority =
        uri.authority().map(|authority| authority.as_str()).or_else(|| one(header::HOST)).ok_or(NONE)?;
    let authority = authority.to_ascii_lowercase();
    let (Some(input), Some(signed), Some(digest)) =
        (named("signature-input"), named("signature"), named("content-digest"))
    else {
        return Err(NONE);
    };
    let digest = signature::parse_content_digest(digest).ok_or(NONE)?;
    let request = Request { method, authority: &authority, path: uri.path(), body: digest };
    Ok((site.publishing.identify(&request, input, signed, app).await?, Some(digest)))
}

async fn read(
    site: &Site,
    body: Body,
    headers: &HeaderMap,
    digest: Option<Digest>,
) -> Result<Bytes, PublishError> {
    let large = || PublishError::TooLarge(format!("a body has at most {MOST_BYTES} bytes"));
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BYTES) {
        return Err(large());
    }
    let _place = site.bodies.acquire().await.map_err(|error| PublishError::Internal(error.to_string()))?;
    let slow = |_| PublishError::Malformed("the body did not arrive in time".into());
    let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, MOST_BYTES))
        .await
        .map_err(slow)?
        .map_err(|_| large())?;
    if digest.is_some_and(|digest| digest != Digest::of(&bytes)) {
        return Err(PublishError::Malformed("the body is not what Content-Digest says".into()));
    }
    Ok(bytes)
}
