//! Takes connections, tells the two hosts apart, and serves the program's.
use super::{
    door::{Entrance, take_token},
    reply::{Reply, refusal, reply},
    shared::Shared,
    tools,
};
use crate::answer::{self, Answer};
use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, StatusCode, body::Incoming, header, service::service_fn};
use hyper_util::rt::TokioIo;
use lodger_engine::ResourceRequest;
use std::{convert::Infallible, sync::Arc};
use tokio::net::TcpListener;

/// The longest bridge message is 1 MiB; a little more lets the engine be the one to refuse.
const MAX_BODY: usize = (1 << 20) + 4096;
/// Where a browser says what an answer is for, and who asks.
const FETCH_DEST: &str = "sec-fetch-dest";
pub(super) const FETCH_SITE: &str = "sec-fetch-site";

pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // An error here is of one connection, or of too many: the next may do.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let shared = shared.clone();
                async move { Ok::<_, Infallible>(serve(&shared, request).await) }
            });
            // Browsers break connections off as they please.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn serve(shared: &Arc<Shared>, request: Request<Incoming>) -> Reply {
    let Some(label) = shared.label() else {
        return refusal(StatusCode::NOT_FOUND, "No program is open.");
    };
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().map(|host| host.as_bytes().to_vec());
    let once = named.next().is_none();
    let is = |origin: &str| once && origin.strip_prefix("http://").map(str::as_bytes) == host.as_deref();
    let program = shared.program_origin(&label);
    let tools = shared.tools_origin(&label);
    if is(&program) {
        program_host(shared, request, &program, &tools).await
    } else if shared.tools && is(&tools) {
        tools::serve(shared, &shared.tools_door, request, &tools, &program).await
    } else {
        refusal(StatusCode::MISDIRECTED_REQUEST, "This server does not serve that host.")
    }
}

/// The program's own host: everything comes from its session.
async fn program_host(shared: &Arc<Shared>, request: Request<Incoming>, origin: &str, tools: &str) -> Reply {
    let (path, token) = take_token(request.uri());
    let Some(entrance) = shared.program_door.enter(&request, token.as_deref()) else {
        return stranger();
    };
    if path == "/favicon.ico" {
        return reply(StatusCode::NO_CONTENT, Vec::new(), Vec::new());
    }
    let Some(session) = shared.session() else {
        return refusal(StatusCode::NOT_FOUND, "No program is open.");
    };
    let number = shared.number();
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "The message is longer than 1 MiB.");
    };
    let body = body.to_bytes();
    // The engine serves its document to a main frame only. Here, the frame of the developer's page is one. It asks for
    // the document, or the document for itself when it reloads; programs may not have frames of their own (frame-src).
    let asks = |site| says(&parts.headers, FETCH_SITE, site);
    let framed = shared.tools && parts.uri.path() == "/" && (asks("same-site") || asks("same-origin"));
    let headers = parts.headers.iter().filter(|(name, _)| *name != header::COOKIE);
    let request = ResourceRequest {
        method: parts.method.as_str().to_owned(),
        url: format!("{origin}{path}"),
        headers: headers
            .map(|(name, value)| {
                let value = match name.as_str() {
                    FETCH_DEST if framed && value == "iframe" => "document".into(),
                    _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
                };
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body: (!body.is_empty()).then(|| body.to_vec()),
    };
    let Answer { status, mut headers, body } =
        answer::answer(&session, request, |event| shared.tell(number, event)).await;
    // A second policy: both hold.
    let frames = if shared.tools { tools } else { "'none'" };
    headers.push((header::CONTENT_SECURITY_POLICY.as_str().to_owned(), format!("frame-ancestors {frames}")));
    headers.push(("origin-agent-cluster".to_owned(), "?1".to_owned()));
    if entrance == Entrance::Invited {
        headers.extend(shared.program_door.welcome());
    }
    reply(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body)
}

/// For whoever has neither token nor cookie.
pub(super) fn stranger() -> Reply {
    refusal(StatusCode::FORBIDDEN, "Open the address that was printed when the server started.")
}

/// Whether a header is there with exactly this value.
pub(super) fn says(headers: &header::HeaderMap, name: &str, value: &str) -> bool {
    headers.get(name).is_some_and(|found| found == value)
}

/// Whether a request is for reading only.
pub(super) fn reads(method: &Method) -> bool {
    method == Method::GET
}
