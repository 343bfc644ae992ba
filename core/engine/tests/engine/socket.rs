//! `wx.connectSocket`: domains, limits, order, and every kind of end.
use crate::support::*;
use async_trait::async_trait;
use lodger_bundle::Domains;
use lodger_engine::{
    AppSocket, HttpError, NetworkKind, SessionEvent, SocketConnection, SocketMessage, SocketOpened,
    SocketRequest,
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

/// Sends everything back; "bye" closes with 4001, "break" breaks. `/never` never opens, `/refused` fails.
#[derive(Default)]
struct Echo {
    seen: Mutex<Vec<SocketRequest>>,
    alive: Arc<()>,
}

struct Connection {
    send: mpsc::UnboundedSender<SocketMessage>,
    receive: AsyncMutex<mpsc::UnboundedReceiver<SocketMessage>>,
    _alive: Arc<()>,
}

#[async_trait]
impl AppSocket for Echo {
    async fn connect(&self, request: SocketRequest) -> Result<SocketOpened, HttpError> {
        let path = request.url.clone();
        self.seen.lock().expect("not poisoned").push(request);
        if path.ends_with("/never") {
            std::future::pending::<()>().await;
        }
        if path.ends_with("/refused") {
            return Err(HttpError::Connect("refused".into()));
        }
        let (send, receive) = mpsc::unbounded_channel();
        let connection =
            Connection { send, receive: AsyncMutex::new(receive), _alive: Arc::clone(&self.alive) };
        Ok(SocketOpened { headers: vec![("x-a".into(), "b".into())], connection: Arc::new(connection) })
    }
}

#[async_trait]
impl SocketConnection for Connection {
    async fn send(&self, message: SocketMessage) -> Result<(), HttpError> {
        let back = match message {
            SocketMessage::Text(text) if text == "bye" => SocketMessage::Close { code: 4001, reason: text },
            other => other,
        };
        let sent = self.send.send(back).map_err(|_| HttpError::Other("gone".into()));
        // As with a real socket: the answer may be there before it is known that this has left.
        tokio::task::yield_now().await;
        sent
    }
    async fn receive(&self) -> Result<SocketMessage, HttpError> {
        match self.receive.lock().await.recv().await {
            Some(SocketMessage::Text(text)) if text == "break" => Err(HttpError::Other("broken".into())),
            Some(message) => Ok(message),
            None => std::future::pending().await,
        }
    }
}

fn setup(development: bool) -> (World, Arc<Echo>) {
    let sockets = Arc::new(Echo::default());
    let socket = Some(vec!["wss://echo.example.com".to_owned(), "chat.example.com:8443".to_owned()]);
    let domains = Domains { socket, ..Domains::default() };
    let setup = Setup { sockets: sockets.clone(), domains, development, ..Setup::default() };
    (World::new(setup), sockets)
}

fn open(page: &mut Page, name: &str, url: &str) {
    page.send("connectSocket", json!({ "socket": name, "url": url }));
}

const URL: &str = "wss://echo.example.com/";

/// The socket events in order: an answer in the same poll must not swallow them.
#[derive(Default)]
struct Heard(VecDeque<Value>);

impl Heard {
    fn next(&mut self, page: &Page) -> Value {
        while self.0.is_empty() {
            let messages = page.get("/.lodger/events").json();
            let messages = messages.as_array().expect("an array");
            assert!(!messages.is_empty(), "nothing came");
            self.0.extend(messages.iter().filter(|m| m["event"] == "socket").map(|m| m["args"].clone()));
        }
        self.0.pop_front().expect("just looked")
    }
}

#[test]
fn messages_go_both_ways_in_order_and_the_end_has_a_code() {
    let (world, echo) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let mut heard = Heard::default();
    page.send(
        "connectSocket",
        json!({ "socket": "1", "url": URL, "header": { "X-Mine": "1", "Host": "evil" }, "protocols": ["chat"] }),
    );
    let opened = heard.next(&page);
    assert_eq!((opened["state"].as_str(), opened["header"]["x-a"].as_str()), (Some("open"), Some("b")));
    {
        let seen = echo.seen.lock().expect("not poisoned");
        let names: Vec<_> = seen[0].headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["X-Mine", "Referer"]);
        assert_eq!((seen[0].protocols.as_slice(), seen[0].allow_private), (&["chat".to_owned()][..], false));
    }
    for number in 0..20 {
        page.send("sendSocketMessage", json!({ "socket": "1", "data": number.to_string() }));
    }
    page.send("sendSocketMessage", json!({ "socket": "1", "data": "bye" }));
    let texts: Vec<Value> = (0..20).map(|_| heard.next(&page)["data"].clone()).collect();
    let end = heard.next(&page);
    let numbers: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(texts, numbers);
    assert_eq!(end, json!({ "socket": "1", "state": "close", "code": 4001, "reason": "bye" }));
    let late = page.fails("sendSocketMessage", json!({ "socket": "1", "data": "x" }));
    assert_eq!(late, "sendSocketMessage:fail the socket is not open");
}

#[test]
fn long_texts_and_bytes_go_by_blob() {
    let (world, _) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let mut heard = Heard::default();
    open(&mut page, "1", URL);
    heard.next(&page);
    let long = "x".repeat(40 << 10);
    page.send("sendSocketMessage", json!({ "socket": "1", "data": long }));
    let message = heard.next(&page);
    assert_eq!(message["text"], true);
    let blob = page.get(&format!("/.lodger/blob/{}", message["blob"].as_str().expect("a token")));
    assert_eq!(blob.text(), long);
    page.send("blobPut", json!({ "token": "t", "seq": 0, "data": "AAEC", "last": true }));
    page.send("sendSocketMessage", json!({ "socket": "1", "blob": "t" }));
    assert_eq!(heard.next(&page)["base64"], "AAEC");
}

#[test]
fn row_25_only_listed_servers_by_wss() {
    let (world, echo) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for (url, message) in [
        ("wss://evil.example.com/", "url not in domain list"),
        ("wss://echo.example.com:444/", "url not in domain list"),
        ("wss://chat.example.com/", "url not in domain list"),
        ("ws://echo.example.com/", "invalid url: url must start with wss://"),
        ("https://echo.example.com/", "invalid url: url must start with wss://"),
        ("wss://a@echo.example.com/", "invalid url: url must not hold a user name"),
        ("é", "invalid url: url must start with wss://"),
    ] {
        let failed = page.fails("connectSocket", json!({ "socket": "1", "url": url }));
        assert_eq!(failed, format!("connectSocket:fail {message}"), "{url}");
    }
    assert!(echo.seen.lock().expect("not poisoned").is_empty(), "nothing was connected");
    open(&mut page, "1", "wss://chat.example.com:8443/room?a=1#x");
    assert_eq!(Heard::default().next(&page)["state"], "open");
    assert_eq!(echo.seen.lock().expect("not poisoned")[0].url, "wss://chat.example.com:8443/room?a=1");
}

#[test]
fn a_close_succeeds_however_soon_the_server_answers_it() {
    let (world, _) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for number in 0..20 {
        let name = number.to_string();
        open(&mut page, &name, URL);
        // The end of the one before may come later than the answer to its call.
        let mut heard = Heard::default();
        let of_this = std::iter::repeat_with(|| heard.next(&page)).find(|event| event["socket"] == *name);
        assert_eq!(of_this.expect("endless")["state"], "open");
        page.call("closeSocket", json!({ "socket": name, "code": 3000 }));
    }
}

#[test]
fn five_at_once_and_no_more() {
    let (world, _) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    (1..=5).for_each(|number| open(&mut page, &number.to_string(), "wss://echo.example.com/never"));
    let sixth = json!({ "socket": "6", "url": URL });
    assert_eq!(page.fails("connectSocket", sixth.clone()), "connectSocket:fail more than 5 sockets at once");
    page.send("closeSocket", json!({ "socket": "1", "code": 3000 }));
    assert_eq!(
        Heard::default().next(&page),
        json!({ "socket": "1", "state": "close", "code": 3000, "reason": "" })
    );
    page.call("connectSocket", sixth);
}

#[test]
fn what_cannot_be_reached_or_breaks_is_an_error_and_an_end() {
    let (world, _) = setup(true);
    let (session, events) = world.open();
    let mut page = world.page(&session);
    open(&mut page, "1", "wss://echo.example.com/refused");
    let mut heard = Heard::default();
    let error = json!({ "socket": "1", "state": "error", "errMsg": "could not connect: refused" });
    assert_eq!(heard.next(&page), error);
    assert_eq!(heard.next(&page), json!({ "socket": "1", "state": "close", "code": 1006, "reason": "" }));
    events.find(|event| match event {
        SessionEvent::Network(transfer) if transfer.kind == NetworkKind::Socket => transfer.end.clone(),
        _ => None,
    });
    let bad = page.fails("closeSocket", json!({ "socket": "1", "code": 1006 }));
    assert!(bad.contains("code should be 1000"), "{bad}");
}

#[test]
fn sockets_end_with_the_session() {
    let (world, echo) = setup(false);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    open(&mut page, "1", URL);
    Heard::default().next(&page);
    assert_eq!(Arc::strong_count(&echo.alive), 2);
    drop(page);
    session.close();
    let mut turns = 0;
    while Arc::strong_count(&echo.alive) > 1 {
        std::thread::yield_now();
        turns += 1;
        assert!(turns < 50_000_000, "the connection is still held");
    }
}
