//! The server's HTTP side: one router for each area, and what all of them share: request ids, the access log, errors,
//! figures.

mod device;
mod error;
mod files;
mod landing;
mod messages;
mod metrics;
mod publishing;
mod wechat;

pub use metrics::Metrics;

use crate::{platform::Platform, publishing::Publishing};
use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use tokio::sync::Semaphore;

/// Bodies that are held in memory at once.
const BODIES: usize = 4;

/// Writes a line of the access log.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// What every handler may use.
#[derive(Clone)]
pub struct Site {
    publishing: Arc<Publishing>,
    platform: Arc<Platform>,
    metrics: Arc<Metrics>,
    proxies: Arc<[IpNet]>,
    bodies: Arc<Semaphore>,
    log: Log,
}

/// The id of a request: in its answer, the logs and the audit log.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub String);

impl Site {
    /// `proxies` may say for whom they ask.
    #[must_use]
    pub fn new(publishing: Arc<Publishing>, platform: Arc<Platform>, proxies: Vec<IpNet>, log: Log) -> Self {
        let bodies = Arc::new(Semaphore::new(BODIES));
        Self { publishing, platform, metrics: Arc::default(), proxies: proxies.into(), bodies, log }
    }

    /// Everything that the server answers.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(healthy))
            .route("/metrics", get(metrics::show))
            .merge(publishing::router())
            .merge(device::router())
            .merge(wechat::router())
            .merge(messages::router())
            .merge(landing::router())
            .fallback(files::serve)
            .layer(middleware::from_fn_with_state(self.clone(), accompany))
            .with_state(self)
    }

    /// True for this machine itself and for proxies, when they ask for themselves.
    fn is_near(&self, peer: SocketAddr, headers: &HeaderMap) -> bool {
        let ip = peer.ip().to_canonical();
        let trusted = |ip: IpAddr| self.proxies.iter().any(|net| net.contains(&ip));
        let forwarded = headers.contains_key("forwarded") || headers.contains_key("x-forwarded-for");
        (ip.is_loopback() || trusted(ip)) && !forwarded
    }

    /// Who asks: the peer, or whom a trusted proxy names last.
    fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |ip: IpAddr| self.proxies.iter().any(|net| net.contains(&ip));
        let mut client = peer.ip().to_canonical();
        let all = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = all.flat_map(|value| value.split(',')).map(str::trim).collect();
        for name in named.iter().rev() {
            match name.parse::<IpAddr>() {
                Ok(ip) if trusted(client) => client = ip.to_canonical(),
                _ => break,
            }
        }
        client
    }
}

/// Gives a request its id, counts it, and writes it down without query or body.
async fn accompany(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let area = request.extensions().get::<MatchedPath>().map_or("files", |matched| area(matched.as_str()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    let status = response.status().as_u16();
    site.metrics.count(area, status);
    let shown: String = path.chars().take(300).flat_map(char::escape_default).collect();
    (site.log)(&format!("{id} {method} {shown} {status} {} ms", start.elapsed().as_millis()));
    response
}

fn area(route: &str) -> &'static str {
    match route {
        "/healthz" | "/metrics" => "operation",
        _ if route.starts_with("/lodger/v1/repository") => "publishing",
        _ if route.starts_with("/lodger/") => "devices",
        _ => "platform",
    }
}

/// 64 random bits in hex; without randomness requests are still answered.
fn request_id() -> String {
    let mut bytes = [0; 8];
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    crate::repository::hex(&bytes)
}

async fn healthy(State(site): State<Site>) -> Response {
    match site.publishing.initialised().await {
        Ok(_) => "ok\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// For handlers that need the peer.
type Peer = ConnectInfo<SocketAddr>;
