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
    database::{Database, DatabaseError},
    publishing::audit::Entry,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};
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
}

/// The way to a data folder's server, or to its database.
pub struct Admin(Way);

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
            return Ok(Self(Way::Server(client)));
        }
        if database_url.is_none() && !data.join("server.db").is_file() {
            return Err(AdminError::NoData(data.to_owned()));
        }
        let database = Database::open(data, database_url).await?;
        Ok(Self(Way::Own(routes::router(database.clone()), database)))
    }

    /// Rows of the audit log after the one with this number, at most a thousand; none if there are no more. The chain
    /// of digests is checked from that row on, so pages that follow one another check all of it.
    ///
    /// # Errors
    /// `Refused` if a row is missing or was changed; `Lost`.
    pub async fn audit(&self, after: i64) -> Result<Vec<Entry>, AdminError> {
        self.get(&format!("/audit?after={after}")).await
    }

    /// Lets go of the database, if it was opened here.
    pub async fn close(self) {
        if let Way::Own(_, database) = self.0 {
            database.close().await;
        }
    }

    async fn get<T: DeserializeOwned>(&self, target: &str) -> Result<T, AdminError> {
        let lost = |error: &dyn std::fmt::Display| AdminError::Lost(error.to_string());
        let (good, bytes) = match &self.0 {
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
        if good {
            return serde_json::from_slice(&bytes).map_err(|error| lost(&error));
        }
        match serde_json::from_slice::<Trouble>(&bytes) {
            Ok(Trouble { error }) => Err(AdminError::Refused(error.message)),
            Err(error) => Err(lost(&error)),
        }
    }
}
