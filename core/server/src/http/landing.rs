//! The page behind links and codes, for browsers and cameras that know no mini-programs: it hands over to the host's app.

use super::Site;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router<Site> {
    Router::new().route("/u/{id}", get(link)).route("/p/{*place}", get(code))
}

async fn link(State(site): State<Site>, Path(id): Path<String>) -> Response {
    match site.platform.link(&id).await {
        Ok(Some(opened)) => page(StatusCode::OK, &opened.app, Some(&format!("lodger://dl/business/?t={id}"))),
        Ok(None) => page(StatusCode::NOT_FOUND, "", None),
        Err(error) => {
            (site.log)(&format!("landing page: {error}"));
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn code(Path(place): Path<String>, RawQuery(query): RawQuery) -> Response {
    let app = place.split('/').next().unwrap_or_default().to_owned();
    let target = format!("lodger://p/{place}?{}", query.unwrap_or_default());
    page(StatusCode::OK, &app, Some(&target))
}

fn page(status: StatusCode, app: &str, target: Option<&str>) -> Response {
    let (title, body) = match target {
        Some(target) => (
            escape(app),
            format!(
                "<h1>{}</h1><a href=\"{}\">Open</a><p>Opens in the app that you use it with. If nothing happens, open that app and scan the code there.</p>",
                escape(app),
                escape(target)
            ),
        ),
        None => (
            "Not there".to_owned(),
            "<h1>This link is over</h1><p>Ask whoever sent it for a new one.</p>".to_owned(),
        ),
    };
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:17px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-content:center;text-align:center;padding:24px;box-sizing:border-box;background:#f6f7f8;color:#14171a}}h1{{font-size:24px;margin:0 0 24px;overflow-wrap:anywhere}}a{{display:block;padding:14px 24px;border-radius:12px;background:#0a6b3d;color:#fff;text-decoration:none;font-weight:600}}a:focus-visible{{outline:3px solid #5aa9ff;outline-offset:2px}}p{{max-width:18rem;margin:24px auto 0;color:#555b61;font-size:15px}}@media(prefers-color-scheme:dark){{body{{background:#121416;color:#eceff1}}a{{background:#3ecf8e;color:#04140c}}p{{color:#a6adb4}}}}</style>\
         <body><main>{body}</main>"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|one| match one {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            '\'' => "&#39;".into(),
            other => other.to_string(),
        })
        .collect()
}
