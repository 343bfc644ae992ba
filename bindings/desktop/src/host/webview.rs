//! The two webviews of a window, and what keeps each in its place.
use super::Turn;
use crate::{
    Error, answer,
    event::HostEvent,
    shell::{self, Shell},
};
use lodger_engine::{ResourceRequest, Session};
use std::{borrow::Cow, sync::Arc};
use tao::event_loop::EventLoopProxy;
use tokio::runtime::Handle;
use wry::{NewWindowResponse, PermissionResponse, WebView, WebViewBuilder, WebViewBuilderExtUnix, http};

/// The scheme of programs' origins; `OriginForm::CustomScheme` of the engine.
const PROGRAM_SCHEME: &str = "lodger";
const SHELL_SCHEME: &str = "lodger-shell";
/// Where the host's own screen lives.
pub(super) const SHELL_ORIGIN: &str = "lodger-shell://ui/";

/// For `map_err`.
pub(super) fn failed<E: std::fmt::Display>(error: E) -> Error {
    Error::process("Opening the window")(error)
}

/// The loop is gone only while the process ends.
pub(super) fn send(proxy: &EventLoopProxy<Turn>, turn: Turn) {
    let _ = proxy.send_event(turn);
}

/// The webview of the host's own screen; transparent where it draws nothing.
pub(super) fn build_shell(
    container: &gtk::Box,
    shell: &Arc<Shell>,
    runtime: &Handle,
    proxy: &EventLoopProxy<Turn>,
) -> Result<WebView, Error> {
    let (shell, runtime, chosen) = (shell.clone(), runtime.clone(), proxy.clone());
    confined(|url| url == SHELL_ORIGIN, |_, _| ())
        .with_transparent(true)
        .with_focused(false)
        .with_asynchronous_custom_protocol(SHELL_SCHEME.into(), move |_, request, responder| {
            let shell = shell.clone();
            runtime.spawn(async move {
                let (status, mime, body) = shell.answer(&request.uri().to_string()).await;
                let headers = [
                    ("content-type", mime.as_str()),
                    ("content-security-policy", shell::POLICY),
                    ("x-content-type-options", "nosniff"),
                    ("cache-control", "no-store"),
                ];
                responder.respond(response(status, headers.into_iter(), body));
            });
        })
        .with_ipc_handler(move |request| {
            if let Some(choice) = shell::choice(request.body()) {
                send(&chosen, Turn::Choice(choice));
            }
        })
        .with_url(SHELL_ORIGIN)
        .build_gtk(container)
        .map_err(failed)
}

/// The webview of one session; every request goes to the session, off this thread.
pub(super) fn build_program(
    container: &gtk::Box,
    session: &Session,
    number: u32,
    runtime: &Handle,
    proxy: &EventLoopProxy<Turn>,
) -> Result<WebView, Error> {
    let start = session.start_url();
    let origin = start.trim_end_matches('/').to_owned();
    let refused = proxy.clone();
    let (served, from, runtime, missing) = (session.clone(), session.clone(), runtime.clone(), proxy.clone());
    confined(
        move |url| same_origin(url, &origin),
        move |what, url| {
            let event = HostEvent::Refused { what: what.into(), url: without_query(&url) };
            send(&refused, Turn::Event(number, event));
        },
    )
    .with_devtools(true)
    .with_asynchronous_custom_protocol(PROGRAM_SCHEME.into(), move |_, request, responder| {
        let (session, missing) = (served.clone(), missing.clone());
        runtime.spawn(async move {
            let headers = request.headers().iter();
            let request = ResourceRequest {
                method: request.method().as_str().to_owned(),
                url: request.uri().to_string(),
                headers: headers
                    .map(|(name, value)| {
                        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                    })
                    .collect(),
                body: None,
            };
            let answer =
                answer::answer(&session, request, |event| send(&missing, Turn::Event(number, event))).await;
            let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            responder.respond(response(answer.status, headers, answer.body));
        });
    })
    .with_ipc_handler(move |request| from.message(request.body()))
    .with_url(start)
    .build_gtk(container)
    .map_err(failed)
}

/// A webview that keeps nothing, and may not leave `allowed`, open a window, download, or ask for the camera.
pub(super) fn confined<'a>(
    allowed: impl Fn(&str) -> bool + 'static,
    refused: impl Fn(&str, String) + Clone + 'static,
) -> WebViewBuilder<'a> {
    let (window, download) = (refused.clone(), refused.clone());
    WebViewBuilder::new()
        .with_incognito(true)
        .with_clipboard(false)
        .with_back_forward_navigation_gestures(false)
        .with_navigation_handler(move |url| {
            let allow = allowed(&url);
            if !allow {
                refused("navigation", url);
            }
            allow
        })
        .with_new_window_req_handler(move |url, _| {
            window("window", url);
            NewWindowResponse::Deny
        })
        .with_download_started_handler(move |url, _| {
            download("download", url);
            false
        })
        .with_permission_handler(|_| PermissionResponse::Deny)
}

/// Exactly `origin`, with or without something after it; `origin` has no slash at its end.
pub(super) fn same_origin(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// Queries may hold what a user typed: they stay out of reports.
pub(super) fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn response<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> http::Response<Cow<'static, [u8]>> {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(Cow::from(body)).unwrap_or_else(|_| {
        // A header that HTTP does not allow: nothing can be trusted to be right, so nothing is sent.
        let mut empty = http::Response::new(Cow::from(Vec::new()));
        *empty.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_origin_may_be_navigated_to() {
        let origin = "lodger://mabc";
        for url in ["lodger://mabc", "lodger://mabc/", "lodger://mabc/#x", "lodger://mabc?x"] {
            assert!(same_origin(url, origin), "{url}");
        }
        for url in [
            "lodger://mabcd/",
            "lodger://mabc.evil.test/",
            "lodger://mabc@evil.test/",
            "lodger://mabc:1/",
            "LODGER://mabc/x",
            "https://mabc/",
            "about:blank",
            "about:srcdoc",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "blob:lodger://mabc/1",
            "data:text/html,x",
            "http://lodger://mabc/",
        ] {
            assert!(!same_origin(url, origin), "{url}");
        }
    }
}
