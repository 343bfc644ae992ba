//! Errors as they go over the wire (`core/docs/server.md`): the only place that writes one.

use super::{RequestId, Site};
use crate::publishing::PublishError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The answer to a request that was not done. The server's own troubles go to its log.
pub(super) fn answer(site: &Site, request: &RequestId, error: &PublishError) -> Response {
    let (code, status) = error.code();
    if status >= 500 {
        (site.log)(&format!("{} {code}: {error}", request.0));
    }
    let body = json!({"error": {"code": code, "message": error.public(), "request": request.0}});
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    if matches!(status.as_u16(), 429 | 503) {
        let seconds = if status.as_u16() == 429 { "60" } else { "2" };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
