//! `lodger admin`: what the owner of a data folder asks of it.
//!
//! One set of routes, two ways to them. A running server answers on `DIR/admin.sock`, which only its own user can open;
//! if none runs, the command opens the database and answers itself.

mod routes;
#[cfg(unix)]
mod socket;

#[cfg(unix)]
pub(crate) use socket::{Socket, serve};

use crate::{
    clock::SystemClock,
    database::{Database, DatabaseError},
    kek::{Kek, KekError, Origin},
    platform::{Platform, PlatformError, admin::Command},
    publishing::{PublishError, Publishing, audit::Entry},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tower::ServiceExt;

/// In the data folder, while a server runs.
pub const SOCKET: &str = "admin.sock";

/// Why something was not answered. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is nothing to ask.
    #[error("{path} holds no server's data; `lodger serve --data` makes it", path = .0.display())]
    NoData(PathBuf),
    /// No server answers, and the database cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The server was asked, and ended or failed before it answered.
    #[error("the server did not answer: {0}")]
    Lost(String),
    /// The answer says why not.
    #[error("{0}")]
    Refused(String),
    /// No key-encryption key, or another one.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The repository beside the platform.
    #[error(transparent)]
    Publishing(#[from] PublishError),
    /// The platform itself.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

/// What opening the data takes if no server runs, as `lodger serve` has it.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The file with the key-encryption key.
    pub kek_file: Option<PathBuf>,
    /// Where the objects are.
    pub objects: Option<String>,
}

/// The way to a data folder's server, or to its database.
pub struct Admin {
    way: Way,
    data: PathBuf,
}

enum Way {
    #[cfg(unix)]
    Server(reqwest::Client),
    Own(Router, Database),
}

#[derive(Deserialize)]
struct Trouble {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    message: String,
}

impl Admin {
    /// Asks the server that has `data` open. If there is none, opens the database, as a server would.
    ///
    /// # Errors
    /// `NoData`; `Database`, `InUse` among its reasons if a server is just starting or ending.
    pub async fn open(data: &Path, database_url: Option<&str>) -> Result<Self, AdminError> {
        #[cfg(unix)]
        if let Some(client) = socket::client(data).await? {
            return Ok(Self { way: Way::Server(client), data: data.to_owned() });
        }
        if database_url.is_none() && !data.join("server.db").is_file() {
            return Err(AdminError::NoData(data.to_owned()));
        }
        let database = Database::open(data, database_url).await?;
        let way = Way::Own(routes::router(database.clone()), database);
        Ok(Self { way, data: data.to_owned() })
    }

    /// Rows of the audit log after the one with this number, at most a thousand; none if there are no more. The chain
    /// of digests is checked from that row on, so pages that follow one another check all of it.
    ///
    /// # Errors
    /// `Refused` if a row is missing or was changed; `Lost`.
    pub async fn audit(&self, after: i64) -> Result<Vec<Entry>, AdminError> {
        self.get(&format!("/audit?after={after}")).await
    }

    /// Does a command of the open platform.
    ///
    /// # Errors
    /// `Refused`, `Lost`; `Kek`, `Publishing`, `Platform` if no server runs.
    pub async fn administer(&self, command: &Command, keys: &Keys) -> Result<Value, AdminError> {
        match &self.way {
            #[cfg(unix)]
            Way::Server(client) => {
                let lost = |error: reqwest::Error| AdminError::Lost(error.to_string());
                let body =
                    serde_json::to_vec(command).map_err(|error| AdminError::Refused(error.to_string()))?;
                let asked = client.post("http://admin/platform").header("content-type", "application/json");
                let answer = asked.body(body).send().await.map_err(lost)?;
                let good = answer.status().is_success();
                read(good, &answer.bytes().await.map_err(lost)?)
            }
            Way::Own(_, database) => {
                let development = self.data.join("development").is_file();
                let (kek, origin) = Kek::find(keys.kek_file.as_deref(), &self.data, development)?;
                let objects = crate::repository::objects(keys.objects.as_deref(), &self.data.join("objects"))
                    .map_err(|error| AdminError::Refused(format!("--objects: {error}")))?;
                let clock = Arc::new(SystemClock);
                let publishing = Publishing::open(database.clone(), objects, &kek, clock.clone()).await?;
                let (publishing, kek) = (Arc::new(publishing), Arc::new(kek));
                let development = matches!(origin, Origin::Own(_));
                let platform =
                    Platform::new(database.clone(), kek, clock, publishing, Vec::new(), development);
                Ok(platform.administer(command.clone()).await?)
            }
        }
    }

    /// Lets go of the database, if it was opened here.
    pub async fn close(self) {
        if let Way::Own(_, database) = self.way {
            database.close().await;
        }
    }

    async fn get<T: DeserializeOwned>(&self, target: &str) -> Result<T, AdminError> {
        let lost = |error: &dyn std::fmt::Display| AdminError::Lost(error.to_string());
        let (good, bytes) = match &self.way {
            #[cfg(unix)]
            Way::Server(client) => {
                let asked = client.get(format!("http://admin{target}"));
                let answer = asked.send().await.map_err(|error| lost(&error))?;
                (answer.status().is_success(), answer.bytes().await.map_err(|error| lost(&error))?)
            }
            Way::Own(router, _) => {
                let request = Request::get(target).body(Body::empty()).map_err(|error| lost(&error))?;
                let answer = router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
                let good = answer.status().is_success();
                (good, to_bytes(answer.into_body(), usize::MAX).await.map_err(|error| lost(&error))?)
            }
        };
        read(good, &bytes)
    }
}

fn read<T: DeserializeOwned>(good: bool, bytes: &[u8]) -> Result<T, AdminError> {
    if good {
        return serde_json::from_slice(bytes).map_err(|error| AdminError::Lost(error.to_string()));
    }
    match serde_json::from_slice::<Trouble>(bytes) {
        Ok(Trouble { error }) => Err(AdminError::Refused(error.message)),
        Err(error) => Err(AdminError::Lost(error.to_string())),
    }
}
