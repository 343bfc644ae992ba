//! Figures for Prometheus.

use super::{Peer, RequestId, Site, error};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

/// Counted since the start.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<BTreeMap<(&'static str, u16), u64>>);

impl Metrics {
    /// One request more.
    pub fn count(&self, area: &'static str, status: u16) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((area, status)).or_default() += 1;
    }

    fn text(&self, repositories: i64, expires: Option<i64>) -> String {
        let mut text = String::from(
            "# HELP lodger_requests_total Requests by area and status.\n# TYPE lodger_requests_total counter\n",
        );
        for ((area, status), count) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = writeln!(text, "lodger_requests_total{{area=\"{area}\",status=\"{status}\"}} {count}");
        }
        text += "# HELP lodger_repositories Repositories, the platform's among them.\n# TYPE lodger_repositories gauge\n";
        let _ = writeln!(text, "lodger_repositories {repositories}");
        if let Some(expires) = expires {
            text += "# HELP lodger_timestamp_expires_seconds When the first timestamp expires, in seconds since 1970.\n# TYPE lodger_timestamp_expires_seconds gauge\n";
            let _ = writeln!(text, "lodger_timestamp_expires_seconds {expires}");
        }
        text
    }
}

/// `GET /metrics`.
pub(super) async fn show(
    State(site): State<Site>,
    peer: Peer,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    if !site.is_near(peer.0, &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match site.publishing.standing().await {
        Ok((repositories, expires)) => {
            let plain = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            (plain, site.metrics.text(repositories, expires)).into_response()
        }
        Err(failure) => error::answer(&site, &request, &failure),
    }
}
