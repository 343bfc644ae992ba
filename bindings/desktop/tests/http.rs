//! The HTTP of mini-programs: what it may reach, what it sends along, where it stops.
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

use async_trait::async_trait;
use lodger_desktop::DesktopHttp;
use lodger_engine::{AppHttp, HttpError, HttpObserver, HttpRequest, HttpResponse};
use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A server that answers every request with the same bytes, and counts connections.
struct Loopback {
    port: u16,
    hits: Arc<AtomicUsize>,
}

impl Loopback {
    fn new(response: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicUsize::new(0));
        let seen = hits.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                seen.fetch_add(1, Ordering::SeqCst);
                let mut request = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                let mut asked = String::new();
                while request.read_line(&mut line).is_ok_and(|read| read > 2) {
                    asked.push_str(&std::mem::take(&mut line));
                }
                let response = response.replace("{asked}", &asked.to_ascii_lowercase());
                // The client may hang up early: that is tested below.
                let _ = stream.write_all(response.as_bytes());
            }
        });
        Self { port, hits }
    }

    fn text(body: &str) -> Self {
        Self::new(format!("HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nconnection: close\r\n\r\n{body}"))
    }

    fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.port)
    }
}

fn request(url: String, allow_private: bool) -> HttpRequest {
    HttpRequest {
        method: "GET".into(),
        url,
        headers: Vec::new(),
        body: Vec::new(),
        timeout: Duration::from_secs(20),
        max_body: 1_000,
        allow_private,
    }
}

fn send(http: &DesktopHttp, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    // The engine's runtime has no I/O either.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(AppHttp::send(http, request))
}

#[test]
fn private_addresses_are_not_connected_to() {
    let server = Loopback::text("secret");
    let http = DesktopHttp::new().unwrap();
    // By number, in every spelling that a URL parser takes for one, and by name.
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "0",
        "127.1",
        "x.localhost",
    ] {
        let result = send(&http, request(server.url(host), false));
        assert!(
            matches!(result, Err(HttpError::AddressRefused(_) | HttpError::Connect(_))),
            "{host}: {result:?}"
        );
    }
    for host in ["127.0.0.1", "localhost"] {
        let result = send(&http, request(server.url(host), false));
        assert!(matches!(result, Err(HttpError::AddressRefused(_))), "{host}: {result:?}");
    }
    assert_eq!(server.hits.load(Ordering::SeqCst), 0);

    let allowed = send(&http, request(server.url("127.0.0.1"), true)).unwrap();
    assert_eq!((allowed.status, allowed.body.as_slice()), (200, &b"secret"[..]));
    assert_eq!(server.hits.load(Ordering::SeqCst), 1);
}

#[test]
fn cookies_and_referrers_are_not_sent() {
    let server = Loopback::text("{asked}");
    let http = DesktopHttp::new().unwrap();
    for _ in 0..2 {
        let asked = send(&http, request(server.url("127.0.0.1"), true)).unwrap();
        let asked = String::from_utf8(asked.body).unwrap();
        assert!(
            !asked.contains("cookie") && !asked.contains("referer") && asked.contains("host:"),
            "{asked}"
        );
    }
}

#[test]
fn redirects_come_back_and_repeated_headers_stay_repeated() {
    let target = Loopback::text("");
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        target.url("127.0.0.1")
    );
    let server = Loopback::new(redirect);
    let answer = send(&DesktopHttp::new().unwrap(), request(server.url("127.0.0.1"), true)).unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers.iter().filter(|(name, _)| name == "set-cookie").count(), 2);
    assert_eq!(target.hits.load(Ordering::SeqCst), 0);
}

#[test]
fn a_long_body_is_cut_off_while_it_streams() {
    let http = DesktopHttp::new().unwrap();
    let server = Loopback::text(&"x".repeat(1_000));
    assert_eq!(send(&http, request(server.url("127.0.0.1"), true)).unwrap().body.len(), 1_000);
    let server = Loopback::text(&"x".repeat(1_001));
    let result = send(&http, request(server.url("127.0.0.1"), true));
    assert!(matches!(result, Err(HttpError::TooLong(1_000))), "{result:?}");
}

#[test]
fn errors_say_what_failed_and_hold_no_address() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{free}/?token=secret");
    let error = send(&DesktopHttp::new().unwrap(), request(url, true)).unwrap_err();
    assert!(matches!(error, HttpError::Connect(_)), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

/// Takes what comes until it has enough.
struct Taker {
    head: bool,
    enough: usize,
    sent: AtomicU64,
    body: Mutex<Vec<u8>>,
}

#[async_trait]
impl HttpObserver for Taker {
    fn sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::SeqCst);
    }
    async fn head(&self, status: u16, _: Vec<(String, String)>) -> bool {
        assert_eq!(status, 200);
        self.head
    }
    async fn body(&self, bytes: Vec<u8>) -> bool {
        let mut body = self.body.lock().unwrap();
        body.extend(bytes);
        body.len() < self.enough
    }
}

fn stream(
    http: &DesktopHttp,
    request: HttpRequest,
    head: bool,
    enough: usize,
) -> (Result<(), HttpError>, Arc<Taker>) {
    let taker = Arc::new(Taker { head, enough, sent: AtomicU64::new(0), body: Mutex::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let observer: Arc<dyn HttpObserver> = taker.clone();
    (runtime.block_on(AppHttp::stream(http, request, observer)), taker)
}

#[test]
fn a_streamed_response_ends_where_its_taker_or_the_limit_says() {
    let http = DesktopHttp::new().unwrap();
    let server = Loopback::text(&"x".repeat(900));
    let url = server.url("127.0.0.1");
    let (done, taker) = stream(&http, request(url.clone(), true), true, usize::MAX);
    assert!(done.is_ok() && taker.body.lock().unwrap().len() == 900);
    let (done, taker) = stream(&http, request(url.clone(), true), false, usize::MAX);
    assert!(done.is_ok() && taker.body.lock().unwrap().is_empty(), "the head was enough");
    let (done, _) =
        stream(&http, HttpRequest { max_body: 899, ..request(url.clone(), true) }, true, usize::MAX);
    assert!(matches!(done, Err(HttpError::TooLong(899))), "{done:?}");
    let posted = HttpRequest { method: "POST".into(), body: vec![7; 200], ..request(url.clone(), true) };
    let (done, taker) = stream(&http, posted, true, 1);
    assert!(done.is_ok() && taker.sent.load(Ordering::SeqCst) == 200);
    let before = server.hits.load(Ordering::SeqCst);
    let (done, _) = stream(&http, request(url, false), true, 1);
    assert!(matches!(done, Err(HttpError::AddressRefused(_))), "{done:?}");
    assert_eq!(server.hits.load(Ordering::SeqCst), before);
}
