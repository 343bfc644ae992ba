//! What `lodger admin` can ask. Answers are JSON; errors have the form that the rest of the server gives them.

use crate::{
    database::{Database, DatabaseError},
    publishing::audit,
};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::json;

/// Rows in one answer.
const PAGE: u64 = 1000;

/// All of it, over one server's database.
pub(super) fn router(database: Database) -> Router {
    Router::new().route("/audit", get(audit_log)).with_state(database)
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
