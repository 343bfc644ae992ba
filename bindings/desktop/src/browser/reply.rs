//! Answers of the loopback server.
use http_body_util::Full;
use hyper::{Response, StatusCode, body::Bytes};

/// A whole answer.
pub(super) type Reply = Response<Full<Bytes>>;

/// An answer that says why there is no other.
pub(super) fn refusal(status: StatusCode, why: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    reply(status, headers, why.as_bytes().to_vec())
}

/// An answer; an empty 500 if a header is not one.
pub(super) fn reply(status: StatusCode, headers: Vec<(String, String)>, body: Vec<u8>) -> Reply {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::from(body)).unwrap_or_else(|_| {
        // A header that HTTP does not allow: nothing can be trusted to be right, so nothing is sent.
        let mut empty = Response::new(Full::default());
        *empty.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}
