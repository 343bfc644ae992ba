//! The Unix socket in the data folder: HTTP for whoever runs the server, and for nobody else.

use super::{AdminError, SOCKET, routes};
use crate::{database::Database, platform::Platform};
use axum::serve::Listener;
use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    net::{UnixListener, UnixStream, unix::SocketAddr},
    sync::watch,
};

/// A listening socket; its file goes when it is dropped.
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl Socket {
    /// In the data folder; what a server that died has left there is replaced.
    ///
    /// # Errors
    /// `AddrInUse` if another server answers on it; else as the system says, also if the path is too long for a socket.
    pub async fn bind(data: &Path) -> io::Result<Self> {
        let path = data.join(SOCKET);
        if answers(&path).await? {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another server answers here; each needs a data folder of its own",
            ));
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let socket = Self { listener, owner: fs::symlink_metadata(&path)?.uid(), path };
        fs::set_permissions(&socket.path, fs::Permissions::from_mode(0o600))?;
        Ok(socket)
    }

    /// The file's permissions came after the file: whoever was quicker is turned away here.
    fn may_ask(&self, stream: &UnixStream) -> bool {
        stream.peer_cred().is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Whoever finds it later sees that nobody answers.
        let _ = fs::remove_file(&self.path);
    }
}

impl Listener for Socket {
    type Io = UnixStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (UnixStream, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if self.may_ask(&stream) {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Answers until `ended` changes.
pub(crate) async fn serve(
    socket: Socket,
    database: Database,
    platform: Arc<Platform>,
    mut ended: watch::Receiver<bool>,
) -> io::Result<()> {
    let router = routes::router(database).merge(routes::platform(platform));
    axum::serve(socket, router).with_graceful_shutdown(async move { drop(ended.changed().await) }).await
}

/// A client of the server that has `data` open; none if there is none.
pub(super) async fn client(data: &Path) -> Result<Option<reqwest::Client>, AdminError> {
    let path = data.join(SOCKET);
    let lost = |error: &dyn std::fmt::Display| AdminError::Lost(format!("{}: {error}", path.display()));
    if !answers(&path).await.map_err(|error| lost(&error))? {
        return Ok(None);
    }
    // Its TLS is not used here, and it is not made without.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().unix_socket(path.as_path()).no_proxy().build();
    client.map(Some).map_err(|error| lost(&error))
}

async fn answers(path: &Path) -> io::Result<bool> {
    match UnixStream::connect(path).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
