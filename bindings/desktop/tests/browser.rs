//! The loopback server's door: who may come in. What is inside is the engine's, and tested with real browsers.
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use lodger_desktop::{
    Entry, HostEvent, Program,
    browser::{BrowserOptions, Server},
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

fn bundle() -> Bundle {
    let mut builder = BundleBuilder::new(Index {
        pages: vec!["pages/index".into()],
        ..Index::template("door", Version { name: "1.0.0".into(), code: 1 })
    });
    builder.package("main", "", false);
    builder.file(
        "main",
        "app.json",
        "application/json",
        br#"{"name":"Door","pages":["pages/index"]}"#.to_vec(),
    );
    builder.file("main", "package.js", "text/javascript", b"// nothing".to_vec());
    builder.finish().unwrap()
}

/// A server with a program, and what its address consists of.
struct Door {
    server: Server,
    host: String,
    port: u16,
    token: String,
}

impl Door {
    fn new() -> Self {
        Self::to(BrowserOptions::default())
    }

    /// With the developer's page: its host, and the address of the program's that its state tells.
    fn with_tools() -> (Self, String) {
        let door = Self::to(BrowserOptions { tools: true, ..BrowserOptions::default() });
        let frame = door.frame().unwrap();
        (door, frame)
    }

    /// The program's address, as the developer's page is told after it was loaded.
    fn frame(&self) -> Option<String> {
        let cookie = self.cookie();
        let state = self.ask("GET /events?after=0", &[self.host(), cookie]).1;
        let (_, rest) = state.split_once("\"frame\":\"http://")?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    fn to(options: BrowserOptions) -> Self {
        Self::within(Duration::from_secs(60), options)
    }

    fn within(start_timeout: Duration, options: BrowserOptions) -> Self {
        let server = Server::new(&BrowserOptions { start_timeout, ..options }).unwrap();
        let url = server.open(&Program::new(bundle()), Entry::default()).unwrap();
        let (host, token) = url.strip_prefix("http://").unwrap().split_once("/?token=").unwrap();
        let port = host.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { host: host.to_owned(), port, token: token.to_owned(), server }
    }

    /// Status and the whole answer to a request with these lines after the first.
    fn ask(&self, first: &str, lines: &[String]) -> (u16, String) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!(
            "{first} HTTP/1.1\r\n{}connection: close\r\n\r\n",
            lines.iter().map(|line| format!("{line}\r\n")).collect::<String>()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    fn host(&self) -> String {
        format!("host: {}", self.host)
    }

    /// Comes in by the front door.
    fn cookie(&self) -> String {
        let (status, answer) = self.ask(&format!("GET /?token={}", self.token), &[self.host()]);
        assert_eq!(status, 200, "{answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"), "{line}");
        format!("cookie: {}", line.split(';').next().unwrap())
    }
}

#[test]
fn the_token_opens_and_the_cookie_keeps_open() {
    let door = Door::new();
    let cookie = door.cookie();
    assert_eq!(door.ask("GET /p/app.json", &[door.host(), cookie.clone()]).0, 200);
    let (status, document) = door.ask("GET /", &[door.host(), cookie]);
    assert_eq!(status, 200);
    assert!(!document.contains(&door.token), "the token is in the address only");
}

#[test]
fn without_either_nothing_is_served() {
    let door = Door::new();
    for first in [
        "GET /",
        "GET /?token=",
        "GET /?token=00000000000000000000000000000000",
        "GET /p/app.json",
        "GET /.lodger/hello",
        "GET /.lodger/rt/runtime.js",
        "GET /favicon.ico",
        "POST /.lodger/message",
    ] {
        assert_eq!(door.ask(first, &[door.host()]).0, 403, "{first}");
        assert_eq!(door.ask(first, &[door.host(), "cookie: lodger=0; lodger=".into()]).0, 403, "{first}");
    }
    // The token is for the document only.
    for path in ["/p/app.json", "/.lodger/hello", "/index.html"] {
        assert_eq!(door.ask(&format!("GET {path}?token={}", door.token), &[door.host()]).0, 403, "{path}");
    }
    assert_eq!(door.ask(&format!("POST /?token={}", door.token), &[door.host()]).0, 403);
}

#[test]
fn only_the_programs_own_host_is_served() {
    let door = Door::new();
    let cookie = door.cookie();
    let (label, _) = door.host.split_once('.').unwrap();
    let port = door.port;
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("{label}.localhost"),
        format!("{label}.localhost:80"),
        format!("x{label}.localhost:{port}"),
        format!("{label}.localhost.evil.test:{port}"),
        format!("{label}.evil.test:{port}"),
        format!("{}:{port}", label),
        format!("{label}.localhost.:{port}"),
        "evil.test".into(),
        String::new(),
    ] {
        let lines = [format!("host: {host}"), cookie.clone()];
        let (status, _) = door.ask(&format!("GET /?token={}", door.token), &lines);
        assert!(status == 421 || status == 400, "{host}: {status}");
    }
    let (status, _) = door.ask("GET /", &[door.host(), "host: evil.test".into(), cookie]);
    assert!(status == 421 || status == 400, "{status}");
}

#[test]
fn a_body_longer_than_any_message_is_refused() {
    let door = Door::new();
    let cookie = door.cookie();
    let length = format!("content-length: {}", 3 << 20);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!("POST /.lodger/message HTTP/1.1\r\n{}\r\n{cookie}\r\n{length}\r\n\r\n", door.host());
    stream.write_all(head.as_bytes()).unwrap();
    // The server may hang up before all of it is sent.
    let _ = stream.write_all(&vec![b'x'; 3 << 20]);
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[test]
fn nobody_but_the_developers_page_uses_the_tools() {
    let (door, frame) = Door::with_tools();
    let (program, _) = frame.split_once('/').unwrap();
    let token = frame.split_once("token=").unwrap().1.split('&').next().unwrap();
    let act = |lines: &[String]| {
        let body = r#"{"do":"back"}"#;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let length = body.len();
        let head =
            format!("POST /do HTTP/1.1\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n");
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    let (host, cookie, json) = (door.host(), door.cookie(), "content-type: application/json".to_owned());
    let origin = |of: &str| format!("origin: http://{of}");
    assert_eq!(act(&[host.clone(), cookie.clone(), json.clone(), origin(&door.host)]), 200);
    // Without the cookie, from another origin (the program's too, which shares the site), from none, and as a form.
    assert_eq!(act(&[host.clone(), json.clone(), origin(&door.host)]), 403);
    for other in [program, "evil.test", "null", &format!("{}.evil.test", door.host)] {
        assert_eq!(act(&[host.clone(), cookie.clone(), json.clone(), origin(other)]), 403, "{other}");
    }
    assert_eq!(act(&[host.clone(), cookie.clone(), json.clone()]), 403);
    assert_eq!(
        act(&[host.clone(), cookie.clone(), "content-type: text/plain".into(), origin(&door.host)]),
        403
    );

    for path in ["/events?after=0", "/state", "/main.js", "/devices.json", "/nothing"] {
        let first = format!("GET {path}");
        assert_eq!(door.ask(&first, std::slice::from_ref(&host)).0, 403, "{path}");
        for site in ["same-site", "cross-site"] {
            let lines = [host.clone(), cookie.clone(), format!("sec-fetch-site: {site}")];
            assert_eq!(door.ask(&first, &lines).0, 403, "{path} {site}");
        }
    }
    // The program knows its own token: it must not open the tools; and their cookie not the program.
    assert_eq!(door.ask(&format!("GET /?token={token}"), std::slice::from_ref(&host)).0, 403);
    assert_eq!(door.ask("GET /p/app.json", &[format!("host: {program}"), cookie]).0, 403);
}

#[test]
fn only_the_developers_page_frames_the_program() {
    let (door, frame) = Door::with_tools();
    let (program, rest) = frame.split_once('/').unwrap();
    let ask = |dest: &str, site: &str| {
        let lines = [
            format!("host: {program}"),
            format!("sec-fetch-dest: {dest}"),
            format!("sec-fetch-site: {site}"),
        ];
        door.ask(&format!("GET /{rest}"), &lines)
    };
    let (status, answer) = ask("iframe", "same-site");
    assert_eq!(status, 200);
    assert!(answer.contains(&format!("frame-ancestors http://{}\r\n", door.host)), "{answer}");
    assert_eq!(ask("document", "none").0, 200);
    for (dest, site) in
        [("iframe", "cross-site"), ("image", "same-site"), ("script", "same-origin"), ("embed", "same-site")]
    {
        assert_eq!(ask(dest, site).0, 403, "{dest} {site}");
    }
    let (_, tools) = door.ask(&format!("GET /?token={}", door.token), &[door.host()]);
    assert!(tools.contains("frame-ancestors 'self'") && !tools.contains("unsafe"), "{tools}");

    let plain = Door::new();
    let (_, answer) = plain.ask(&format!("GET /?token={}", plain.token), &[plain.host()]);
    assert!(answer.contains("frame-ancestors 'none'"), "{answer}");
    let framed = [plain.host(), "sec-fetch-dest: iframe".into(), "sec-fetch-site: same-site".into()];
    assert_eq!(plain.ask(&format!("GET /?token={}", plain.token), &framed).0, 403);
}

#[test]
fn the_time_to_start_runs_when_the_page_is_asked_for_and_a_reload_tries_again() {
    let options = BrowserOptions { tools: true, ..BrowserOptions::default() };
    let door = Door::within(Duration::ZERO, options);
    for session in 1..=2 {
        let frame = door.frame().expect("nobody has asked for the page yet");
        let (program, rest) = frame.split_once('/').unwrap();
        assert!(rest.ends_with(&format!("session={session}")), "{rest}");
        assert_eq!(door.ask(&format!("GET /{rest}"), &[format!("host: {program}")]).0, 200);
        let failed =
            std::iter::from_fn(|| door.server.next(Duration::from_secs(20))).find_map(|report| match report
                .event
            {
                HostEvent::Failed { code, .. } => Some((report.session, code)),
                _ => None,
            });
        assert_eq!(failed, Some((session, "time-out".to_owned())));
    }
}

#[test]
fn the_port_is_free_when_the_server_is_gone() {
    let door = Door::new();
    let port = door.port;
    drop(door);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}
