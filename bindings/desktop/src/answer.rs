//! Answers a webview's request from a session: the one way resources leave, for the window and for browsers.
use crate::{event::HostEvent, range};
use lodger_engine::{Resource, ResourceRequest, Session};

/// What `Session::read` gives at most at once.
const PIECE: u32 = 256 * 1024;

/// A response, whole. `length` of the resource is the body's length.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Everything to send, content type included.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// May wait for long (polling, remote fetches): run it on its own task.
///
/// `report` is told of resources that the program asked for in vain.
pub(crate) async fn answer(
    session: &Session,
    request: ResourceRequest,
    report: impl Fn(HostEvent),
) -> Answer {
    let path = path_of(&request.url);
    let range = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("range"));
    let range = range.map(|(_, value)| value.clone());
    let resource = session.open_resource(request).await;
    if resource.status >= 400 && is_content(&path) {
        report(HostEvent::Resource { path: path.clone(), status: resource.status });
    }
    match read(session, &resource) {
        Some(body) => {
            let mut headers = resource.headers;
            headers.push(("content-type".into(), resource.mime));
            let mut answer = Answer { status: resource.status, headers, body };
            if is_content(&path) {
                range::cut(&mut answer, range.as_deref());
            }
            answer
        }
        None => Answer { status: 500, headers: Vec::new(), body: Vec::new() },
    }
}

fn read(session: &Session, resource: &Resource) -> Option<Vec<u8>> {
    if resource.handle == 0 {
        return Some(Vec::new());
    }
    let mut body = Vec::new();
    let whole = loop {
        match session.read(resource.handle, body.len() as u64, PIECE) {
            Ok(piece) if piece.is_empty() => break true,
            Ok(piece) => body.extend_from_slice(&piece),
            Err(_) => break false,
        }
    };
    session.close_resource(resource.handle);
    whole.then_some(body)
}

/// The path of an absolute URL, without query or fragment.
pub(crate) fn path_of(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Files, pictures and fonts; the bridge's own paths answer errors as part of their work.
fn is_content(path: &str) -> bool {
    !path.starts_with("/.lodger/")
        || path.starts_with("/.lodger/fetch/")
        || path.starts_with("/.lodger/file/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_urls() {
        assert_eq!(path_of("lodger://mabc/p/a.js?x=/y#z"), "/p/a.js");
        assert_eq!(path_of("http://m.localhost:80"), "/");
        assert_eq!(path_of("/p/a?b"), "/p/a");
        assert!(is_content("/p/a") && is_content("/.lodger/fetch/x") && !is_content("/.lodger/hello"));
    }
}
