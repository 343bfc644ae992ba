//! A loopback server of WebSockets.
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpListener, runtime::Runtime};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::CloseFrame,
    },
};

/// A server by tungstenite: `/echo` sends back, `/close` closes with 4000, anything else is 404.
pub(crate) struct Server {
    pub(crate) port: u16,
    _runtime: Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { port, _runtime: runtime }
    }
}

#[expect(clippy::result_large_err, reason = "tungstenite's own type")]
async fn serve(stream: tokio::net::TcpStream) {
    let mut path = String::new();
    let mut answer = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        path = request.uri().path().to_owned();
        if path == "/none" {
            return Err(http::Response::builder().status(404).body(None).unwrap());
        }
        if path == "/echo" {
            assert_eq!(request.headers()["x-mine"], "yes");
            let protocols = &request.headers()["sec-websocket-protocol"];
            response.headers_mut().insert("sec-websocket-protocol", protocols.clone());
        }
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async(stream, &mut answer).await else { return };
    if path == "/close" {
        let frame = CloseFrame { code: 4000.into(), reason: "closing time".into() };
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}
