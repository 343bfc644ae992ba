//! `lodger serve`: puts database, keys, objects and HTTP together, keeps them going, and ends them in order.

#[cfg(unix)]
use crate::admin;
use crate::{
    clock::{Clock, SystemClock},
    database::{Database, DatabaseError},
    http::{Log, Site},
    kek::{Kek, KekError, Origin},
    platform::Platform,
    publishing::{PublishError, Publishing},
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use ipnet::IpNet;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle};

/// How often what expires, what is old and what was left undone is looked after.
const MAINTENANCE: Duration = Duration::from_secs(10 * 60);
/// How often what users did is told to back ends.
const DELIVERY: Duration = Duration::from_secs(1);
/// How long requests under way may take when the server ends.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to send its headers.
const HEADERS: Duration = Duration::from_secs(15);

/// What `lodger serve` was told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `postgres://…`; none for SQLite in the data folder.
    pub database_url: Option<String>,
    /// A folder, `file://…` or `s3://…`; none for `objects/` in the data folder.
    pub objects: Option<String>,
    /// The file with the key-encryption key.
    pub kek_file: Option<PathBuf>,
    /// Certificate chain and private key, as PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Who may ask in the name of others, and without TLS.
    pub proxies: Vec<IpNet>,
    /// `https://…` as devices know this server; none for the address that it listens on.
    pub public_url: Option<String>,
}

/// Why a server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// What was asked for is not safe, or cannot be.
    #[error("{0}")]
    Refused(String),
    /// A file or folder.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// No key-encryption key.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The repository.
    #[error(transparent)]
    Publishing(#[from] PublishError),
}

/// A server that runs until it is stopped, or dropped.
pub struct Running {
    address: SocketAddr,
    secure: bool,
    database: Database,
    publishing: Arc<Publishing>,
    platform: Arc<Platform>,
    origin: Origin,
    handle: Handle<SocketAddr>,
    over: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts a server.
///
/// # Errors
/// All of [`ServeError`]; nothing is left running.
pub async fn start(settings: Settings, log: Log) -> Result<Running, ServeError> {
    start_at(settings, log, Arc::new(SystemClock)).await
}

/// The same by another clock: for tests.
///
/// # Errors
/// As [`start`].
pub async fn start_at(settings: Settings, log: Log, clock: Arc<dyn Clock>) -> Result<Running, ServeError> {
    let Settings { data, listen, database_url, objects, kek_file, tls, proxies, public_url } = settings;
    let loopback = listen.ip().is_loopback();
    if !loopback && tls.is_none() && proxies.is_empty() {
        let what = format!(
            "{listen} can be reached by others, and they could read what they are not to; give --tls-cert and --tls-key, or --proxy for the one that ends TLS"
        );
        return Err(ServeError::Refused(what));
    }
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| ServeError::File { path, source }
    };
    std::fs::create_dir_all(&data).map_err(file(&data))?;
    let (kek, origin) = Kek::find(kek_file.as_deref(), &data, loopback)?;
    let database = Database::open(&data, database_url.as_deref()).await?;
    #[cfg(unix)]
    let socket = {
        let path = data.join(admin::SOCKET);
        admin::Socket::bind(&data).await.map_err(file(&path))?
    };
    let store = crate::repository::objects(objects.as_deref(), &data.join("objects"))
        .map_err(|error| ServeError::Refused(format!("--objects: {error}")))?;
    let publishing = Arc::new(Publishing::open(database.clone(), store, &kek, clock.clone()).await?);
    if let Origin::Own(_) = origin {
        let path = data.join("development");
        std::fs::write(&path, "The key-encryption key of this data is in the user's configuration folder.\n")
            .map_err(file(&path))?;
    }

    let bind = |source| ServeError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).map_err(bind)?;
    listener.set_nonblocking(true).map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let handle = Handle::new();
    let addresses = addresses(public_url, address, tls.is_some())?;
    let development = matches!(origin, Origin::Own(_));
    let platform = Arc::new(Platform::new(
        database.clone(),
        Arc::new(kek),
        clock,
        publishing.clone(),
        addresses,
        development,
    ));
    let router = Site::new(publishing.clone(), platform.clone(), proxies, log.clone()).router();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let secure = tls.is_some();
    let serving = match tls {
        Some((certificate, key)) => {
            let config = tls_config(&certificate, &key)?;
            let mut server =
                axum_server::from_tcp_rustls(listener, config).map_err(bind)?.handle(handle.clone());
            patient(server.http_builder());
            tokio::spawn(serving(server.serve(service), log.clone()))
        }
        None => {
            let mut server = axum_server::from_tcp(listener).map_err(bind)?.handle(handle.clone());
            patient(server.http_builder());
            tokio::spawn(serving(server.serve(service), log.clone()))
        }
    };
    let (over, ended) = watch::channel(false);
    let mut tasks = vec![serving];
    #[cfg(unix)]
    tasks.push(tokio::spawn(self::serving(
        admin::serve(socket, database.clone(), platform.clone(), ended.clone()),
        log.clone(),
    )));
    tasks.push(tokio::spawn(deliver(platform.clone(), ended.clone(), log.clone())));
    tasks.push(tokio::spawn(maintain(publishing.clone(), platform.clone(), ended, log)));
    Ok(Running { address, secure, database, publishing, platform, origin, handle, over, tasks })
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as commands take it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.address)
    }

    /// `sqlite` or `postgresql`.
    #[must_use]
    pub fn database(&self) -> &'static str {
        self.database.kind()
    }

    /// Where the key-encryption key came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The repository.
    #[must_use]
    pub fn publishing(&self) -> &Arc<Publishing> {
        &self.publishing
    }

    /// The open platform.
    #[must_use]
    pub fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    /// Takes no more requests, lets those under way end, and closes the database.
    pub async fn stop(mut self) {
        // Nobody listens if the task has ended already.
        let _ = self.over.send(true);
        self.handle.graceful_shutdown(Some(GRACE));
        for task in std::mem::take(&mut self.tasks) {
            // A task that panicked has been told on standard error.
            let _ = task.await;
        }
        self.database.close().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shutdown();
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The server's own addresses, as proofs name them. A proof for another server must not count here, so what a request
/// says of its host is no answer.
fn addresses(public: Option<String>, listen: SocketAddr, secure: bool) -> Result<Vec<String>, ServeError> {
    if let Some(public) = public {
        let public = public.trim_end_matches('/').to_owned();
        let authority = public.strip_prefix("https://").or_else(|| public.strip_prefix("http://"));
        if authority.is_none_or(|rest| rest.is_empty() || rest.contains(['/', '?', '#', '@'])) {
            let what = format!("--public-url {public} is not of the form https://host or https://host:port");
            return Err(ServeError::Refused(what));
        }
        return Ok(vec![public.to_ascii_lowercase()]);
    }
    let scheme = if secure { "https" } else { "http" };
    let mut all = vec![format!("{scheme}://{listen}")];
    if listen.ip().is_loopback() {
        all.push(format!("{scheme}://localhost:{}", listen.port()));
    }
    Ok(all)
}

async fn serving(server: impl Future<Output = io::Result<()>>, log: Log) {
    if let Err(error) = server.await {
        log(&format!("the server ended: {error}"));
    }
}

async fn maintain(
    publishing: Arc<Publishing>,
    platform: Arc<Platform>,
    mut ended: watch::Receiver<bool>,
    log: Log,
) {
    let mut due = tokio::time::interval(MAINTENANCE);
    loop {
        tokio::select! {
            _ = due.tick() => {}
            _ = ended.changed() => return,
        }
        match publishing.maintain().await {
            Ok(0) => {}
            Ok(count) => log(&format!("signed {count} repositories anew")),
            Err(error) => log(&format!("maintenance failed and is tried again: {error}")),
        }
        if let Err(error) = platform.forget().await {
            log(&format!("forgetting old codes and sessions failed and is tried again: {error}"));
        }
    }
}

async fn deliver(platform: Arc<Platform>, mut ended: watch::Receiver<bool>, log: Log) {
    let mut due = tokio::time::interval(DELIVERY);
    loop {
        tokio::select! {
            _ = due.tick() => {}
            _ = ended.changed() => return,
        }
        if let Err(error) = platform.deliver().await {
            log(&format!("telling back ends failed and is tried again: {error}"));
        }
    }
}

fn patient(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS);
}

fn tls_config(certificate: &Path, key: &Path) -> Result<RustlsConfig, ServeError> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let failed = |path: &Path, error: String| ServeError::File {
        path: path.to_owned(),
        source: io::Error::other(error),
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(certificate, error.to_string()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| failed(certificate, error.to_string()))?;
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
