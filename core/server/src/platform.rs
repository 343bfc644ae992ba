//! The open platform: what the back ends of mini-programs ask, in WeChat's words, and what devices ask of a login
//! (`core/docs/platform.md`, `core/docs/login.md`). Every row belongs to an app or a host, and every query says which.

pub mod admin;
mod apps;
mod codes;
mod devices;
mod error;
mod hosts;
mod identity;
mod limits;
mod links;
pub mod messages;
mod outgoing;
mod phone;
mod proofs;
mod released;
mod rows;
mod sessions;
pub mod tables;
mod tokens;
mod users;

pub use apps::Account;
pub use codes::Redeemed;
pub use error::{Errcode, PlatformError};
pub use hosts::{Form, Host, Introspection};
pub use links::{Image, Link, Opened};
pub use outgoing::{Answer, Outgoing, OutgoingError};
pub use proofs::{Asked, Proved};
pub use sessions::Session;
pub use tokens::{Issued, LIFE as TOKEN_LIFE};

use crate::{clock::Clock, database::Database, kek::Kek, publishing::Publishing};
use sea_query::{Expr, ExprTrait, Query};
use std::sync::Arc;

/// What the platform is made of. Any number of tasks may use it; the database holds all that lasts.
pub struct Platform {
    database: Database,
    kek: Arc<Kek>,
    clock: Arc<dyn Clock>,
    publishing: Arc<Publishing>,
    issuers: identity::Issuers,
    releases: released::Releases,
    outgoing: Outgoing,
    addresses: Vec<String>,
}

impl Platform {
    /// `addresses` are the server's own, as devices know them, without a slash at the end; `development` allows
    /// plain HTTP and loopback for what the server asks of others.
    #[must_use]
    pub fn new(
        database: Database,
        kek: Arc<Kek>,
        clock: Arc<dyn Clock>,
        publishing: Arc<Publishing>,
        addresses: Vec<String>,
        development: bool,
    ) -> Self {
        Self {
            database,
            kek,
            clock,
            publishing,
            issuers: identity::Issuers::default(),
            releases: released::Releases::default(),
            outgoing: Outgoing::new(development),
            addresses,
        }
    }

    /// True on development data.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.outgoing.is_development()
    }

    /// The server's public address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.addresses.first().map_or("", String::as_str)
    }

    /// Forgets what is over: codes, sessions, access tokens. To be called every few minutes.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget(&self) -> Result<(), PlatformError> {
        for table in ["codes", "sessions", "access_tokens", "links"] {
            // An hour more, so that what is late is told so.
            let over = Query::delete()
                .from_table(table)
                .and_where(Expr::col("expires").lt(self.now() - 3600))
                .to_owned();
            self.database.execute(&over).await?;
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}
