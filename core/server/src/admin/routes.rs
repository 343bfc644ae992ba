//! What `lodger admin` can ask. Answers are JSON; errors have the form that the rest of the server gives them.

use crate::{
    database::{Database, DatabaseError},
    platform::{Platform, admin::Command},
    publishing::audit,
};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Rows in one answer.
const PAGE: u64 = 1000;

/// All of it, over one server's database.
pub(super) fn router(database: Database) -> Router {
    Router::new().route("/audit", get(audit_log)).with_state(database)
}

/// Commands of the open platform.
pub(super) fn platform(platform: Arc<Platform>) -> Router {
    Router::new().route("/platform", post(administer)).with_state(platform)
}

async fn administer(State(platform): State<Arc<Platform>>, Json(command): Json<Command>) -> Response {
    match platform.administer(command).await {
        Ok(done) => Json(done).into_response(),
        Err(error) if error.is_internal() => {
            refused(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &error.to_string())
        }
        Err(error) => refused(StatusCode::UNPROCESSABLE_ENTITY, "refused", &error.to_string()),
    }
}

#[derive(Deserialize)]
struct After {
    after: i64,
}

async fn audit_log(State(database): State<Database>, Query(After { after }): Query<After>) -> Response {
    match audit::page(&database, after, PAGE).await {
        Ok(Ok(entries)) => Json(entries).into_response(),
        Ok(Err(what)) => refused(StatusCode::CONFLICT, "broken", &what),
        Err(error) => failed(&error),
    }
}

fn failed(error: &DatabaseError) -> Response {
    refused(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &error.to_string())
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
}
