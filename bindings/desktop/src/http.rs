//! The two HTTP traits of the engine over reqwest: rustls with ring, no cookies, no redirects, no proxy by surprise.
mod address;
mod folder;
mod told_body;

pub(crate) use address::is_public;
pub use folder::RepositoryHttp;

use async_trait::async_trait;
use lodger_engine::{AppHttp, HttpError, HttpObserver, HttpRequest, HttpResponse, PlatformHttp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Runtime, task::JoinSet};

pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The text by which the resolver's refusal is known again among reqwest's nested errors.
pub(crate) const REFUSED: &str = "only private or reserved addresses";

/// Both kinds of traffic, each over clients of its own. Cheap to clone; any thread, any executor: sockets are driven
/// by a thread of its own, since the engine's runtime has no I/O.
///
/// Mini-program traffic goes through one of two clients: `public` reaches public addresses only, decided on the
/// address that is connected to (so a name cannot change its mind in between); `open` is for development.
#[derive(Clone)]
pub struct DesktopHttp {
    public: reqwest::Client,
    open: reqwest::Client,
    platform: reqwest::Client,
    sockets: Arc<Sockets>,
    tls: Arc<rustls::ClientConfig>,
}

/// A runtime that may be dropped anywhere.
struct Sockets(Option<Runtime>);

impl Drop for Sockets {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl DesktopHttp {
    /// Sets up TLS with the system's certificates.
    ///
    /// # Errors
    /// `HttpError::Tls` when the system's certificates cannot be used, `Other` when no thread can be started.
    pub fn new() -> Result<Self, HttpError> {
        let tls = tls()?;
        let client = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_TIMEOUT)
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| HttpError::Tls(error.to_string()))
        };
        let sockets = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lodger-http")
            .enable_all()
            .build()
            .map_err(|error| HttpError::Other(error.to_string()))?;
        Ok(Self {
            tls: Arc::new(tls.clone()),
            sockets: Arc::new(Sockets(Some(sockets))),
            // A proxy would resolve names where the resolver below cannot see the answer.
            public: build(client().no_proxy().dns_resolver(PublicOnly))?,
            open: build(client().no_proxy())?,
            // As the repository's servers send it: a range of a compressed answer is a range of other bytes.
            platform: build(client().no_gzip())?,
        })
    }

    /// Where sockets are driven.
    pub(crate) fn runtime(&self) -> &tokio::runtime::Handle {
        self.sockets.0.as_ref().expect("it is taken by drop only").handle()
    }

    /// Verifies by the system's certificates.
    pub(crate) fn tls(&self) -> Arc<rustls::ClientConfig> {
        self.tls.clone()
    }

    /// For mini-programs; refuses what the program must not reach.
    fn app_client(&self, request: &HttpRequest) -> Result<&reqwest::Client, HttpError> {
        if request.allow_private {
            return Ok(&self.open);
        }
        refuse_literal(&request.url)?;
        Ok(&self.public)
    }

    /// Runs an exchange where sockets are driven. Dropping the future cancels it.
    async fn run<T: Send + 'static>(
        &self,
        exchange: impl Future<Output = Result<T, HttpError>> + Send + 'static,
    ) -> Result<T, HttpError> {
        let runtime = self.sockets.0.as_ref().expect("it is taken by drop only");
        let mut work = JoinSet::new();
        work.spawn_on(exchange, runtime.handle());
        match work.join_next().await {
            Some(Ok(answer)) => answer,
            _ => Err(HttpError::Other("the request was given up".into())),
        }
    }
}

impl DesktopHttp {
    /// Runs work that reads files on a thread for such work, whatever executor asks.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HttpError> + Send + 'static,
    ) -> Result<T, HttpError> {
        let done = self.runtime().spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(HttpError::Other("the request was given up".into())))
    }
}

fn tls() -> Result<rustls::ClientConfig, HttpError> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let wrong = |error: rustls::Error| HttpError::Tls(error.to_string());
    Ok(rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_platform_verifier()
        .map_err(wrong)?
        .with_no_client_auth())
}

#[async_trait]
impl AppHttp for DesktopHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let client = self.app_client(&request)?.clone();
        self.run(async move { send(&client, request).await }).await
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        let client = self.app_client(&request)?.clone();
        self.run(async move { stream(&client, request, &observer).await }).await
    }
}

#[async_trait]
impl PlatformHttp for DesktopHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let client = self.platform.clone();
        self.run(async move { send(&client, request).await }).await
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        let client = self.platform.clone();
        self.run(async move { stream(&client, request, &observer).await }).await
    }
}

/// An address written as a number never reaches the resolver, so it is checked here.
fn refuse_literal(url: &str) -> Result<(), HttpError> {
    let url = reqwest::Url::parse(url).map_err(|_| HttpError::Other("the URL cannot be read".into()))?;
    let host = url.host_str().unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) if !address::is_public(address) => Err(HttpError::AddressRefused(REFUSED.into())),
        _ => Ok(()),
    }
}

/// Sends, and waits for status and headers. `body` makes the body of the bytes.
async fn begin(
    client: &reqwest::Client,
    request: HttpRequest,
    body: impl FnOnce(Vec<u8>) -> reqwest::Body,
) -> Result<reqwest::Response, HttpError> {
    let method = reqwest::Method::from_bytes(request.method.as_bytes())
        .map_err(|_| HttpError::Other("the method is not valid".into()))?;
    let mut builder = client.request(method, &request.url).timeout(request.timeout);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if !request.body.is_empty() {
        builder = builder.body(body(request.body));
    }
    builder.send().await.map_err(explain)
}

fn headers_of(response: &reqwest::Response) -> Vec<(String, String)> {
    let headers = response.headers().iter();
    headers
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

async fn send(client: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let max_body = request.max_body;
    let mut response = begin(client, request, reqwest::Body::from).await?;
    let headers = headers_of(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(explain)? {
        if (body.len() + chunk.len()) as u64 > max_body {
            return Err(HttpError::TooLong(max_body));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status: response.status().as_u16(), headers, body })
}

/// Reads no faster than the observer takes: the sender waits while it is busy.
async fn stream(
    client: &reqwest::Client,
    request: HttpRequest,
    observer: &Arc<dyn HttpObserver>,
) -> Result<(), HttpError> {
    let max_body = request.max_body;
    let told = Arc::clone(observer);
    let mut response = begin(client, request, |bytes| told_body::told(bytes, told)).await?;
    if !observer.head(response.status().as_u16(), headers_of(&response)).await {
        return Ok(());
    }
    let mut length = 0;
    while let Some(chunk) = response.chunk().await.map_err(explain)? {
        length += chunk.len() as u64;
        if length > max_body {
            return Err(HttpError::TooLong(max_body));
        }
        if !observer.body(chunk.to_vec()).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Keeps the kind of an error and drops its text where that may hold a URL.
fn explain(error: reqwest::Error) -> HttpError {
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    let mut texts = Vec::new();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return HttpError::Tls(error.to_string());
        }
        texts.push(error.to_string());
        cause = error.source();
    }
    if texts.iter().any(|text| text.contains(REFUSED)) {
        HttpError::AddressRefused(REFUSED.into())
    } else if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_connect() {
        // The innermost cause is the operating system's, and names no URL.
        HttpError::Connect(texts.pop().unwrap_or_default())
    } else {
        HttpError::Other("the connection broke, or the answer was not HTTP".into())
    }
}

/// Resolves a name and keeps only its public addresses.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found.into_iter().filter(|found| address::is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(REFUSED.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
