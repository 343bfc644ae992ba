//! The server's database: SQLite for one process, PostgreSQL for many. One query layer over both (sea-query over
//! sqlx, no `Any`): statements are built once and written in the dialect of whoever runs them.

mod lock;
mod row;
pub(crate) mod schema;

pub use row::Row;

use lock::Lock;
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

/// How long to wait for a connection, or for another writer.
const PATIENCE: Duration = Duration::from_secs(10);
const CONNECTIONS: u32 = 8;

/// Why the database could not be used. No message holds a password or a row.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Another process has the folder.
    #[error(
        "{path} is in use by {holder}; one process serves a folder with SQLite. Stop that one, or give both --database-url postgres://…",
        path = path.display()
    )]
    InUse {
        /// The data folder.
        path: PathBuf,
        /// As it wrote into the lock file.
        holder: String,
    },
    /// A file of the database could not be opened.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not an address of a database.
    #[error("--database-url is not of the form postgres://user@host/database")]
    Address,
    /// The database is from a newer server.
    #[error("the database has schema {found}, this server knows up to {known}; run the newer `lodger`")]
    Newer {
        /// Of the database.
        found: i64,
        /// Of this server.
        known: i64,
    },
    /// The database did not do it.
    #[error("the database failed: {0}")]
    Failed(#[from] sqlx::Error),
}

impl DatabaseError {
    /// True if a row with the same key is there already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Failed(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Database(Pool);

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool, #[expect(dead_code, reason = "held, not read")] Arc<Lock>),
    Postgres(PgPool),
}

impl Database {
    /// SQLite in `dir/server.db`, which no other process may have open, or the PostgreSQL at `url`. Brings the
    /// schema up to date.
    ///
    /// # Errors
    /// `InUse`, `Address`, `Newer`, `File`, `Failed`.
    pub async fn open(dir: &Path, url: Option<&str>) -> Result<Self, DatabaseError> {
        let pool = match url {
            Some(url) => Pool::Postgres(postgres(url).await?),
            None => {
                let lock = Lock::take(dir)?;
                Pool::Sqlite(sqlite(&dir.join("server.db")).await?, Arc::new(lock))
            }
        };
        let database = Self(pool);
        schema::migrate(&database).await?;
        Ok(database)
    }

    /// `sqlite` or `postgresql`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.0 {
            Pool::Sqlite(..) => "sqlite",
            Pool::Postgres(_) => "postgresql",
        }
    }

    /// Rows of a query.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn fetch(&self, statement: &(impl SqlxBinder + Sync)) -> Result<Vec<Row>, DatabaseError> {
        match &self.0 {
            Pool::Sqlite(pool, _) => sqlite_fetch(pool, statement).await,
            Pool::Postgres(pool) => postgres_fetch(pool, statement).await,
        }
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn first(&self, statement: &(impl SqlxBinder + Sync)) -> Result<Option<Row>, DatabaseError> {
        Ok(self.fetch(statement).await?.into_iter().next())
    }

    /// Runs one statement by itself; the number of rows that it touched.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn execute(&self, statement: &(impl SqlxBinder + Sync)) -> Result<u64, DatabaseError> {
        match &self.0 {
            Pool::Sqlite(pool, _) => sqlite_execute(pool, statement).await,
            Pool::Postgres(pool) => postgres_execute(pool, statement).await,
        }
    }

    /// A transaction that will write. Dropped without [`Transaction::commit`], it never was.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        Ok(match &self.0 {
            // The write lock at once: a reader that turns writer would fail instead of waiting.
            Pool::Sqlite(pool, _) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Waits for what is under way and closes all connections.
    pub async fn close(&self) {
        match &self.0 {
            Pool::Sqlite(pool, _) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// Statements that take effect together.
pub enum Transaction {
    #[doc(hidden)]
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    #[doc(hidden)]
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Rows of a query.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn fetch(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Vec<Row>, DatabaseError> {
        match self {
            Self::Sqlite(transaction) => sqlite_fetch(&mut **transaction, statement).await,
            Self::Postgres(transaction) => postgres_fetch(&mut **transaction, statement).await,
        }
    }

    /// Runs a statement; the number of rows that it touched.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn execute(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<u64, DatabaseError> {
        match self {
            Self::Sqlite(transaction) => sqlite_execute(&mut **transaction, statement).await,
            Self::Postgres(transaction) => postgres_execute(&mut **transaction, statement).await,
        }
    }

    /// From here to the end of the transaction nobody else is in a part of this name.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn exclusive(&mut self, name: &str) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(_) => {} // has one writer as it is
            Self::Postgres(transaction) => {
                let lock = sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))").bind(name.to_owned());
                lock.execute(&mut **transaction).await?;
            }
        }
        Ok(())
    }

    /// Makes it last.
    ///
    /// # Errors
    /// `Failed`: nothing has happened, or the connection broke and it is not known.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

async fn sqlite(path: &Path) -> Result<SqlitePool, DatabaseError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    Ok(pool.connect_with(options).await?)
}

async fn postgres(url: &str) -> Result<PgPool, DatabaseError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(DatabaseError::Address);
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Address)?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    Ok(pool.connect_with(options).await?)
}

// sea-query writes the text and keeps values apart, so nothing that a client sent is in it.

async fn sqlite_fetch<'c>(
    on: impl sqlx::Executor<'c, Database = Sqlite>,
    statement: &impl SqlxBinder,
) -> Result<Vec<Row>, DatabaseError> {
    let (text, values) = statement.build_sqlx(SqliteQueryBuilder);
    let rows = sqlx::query_with(AssertSqlSafe(text), values).fetch_all(on).await?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

async fn postgres_fetch<'c>(
    on: impl sqlx::Executor<'c, Database = Postgres>,
    statement: &impl SqlxBinder,
) -> Result<Vec<Row>, DatabaseError> {
    let (text, values) = statement.build_sqlx(PostgresQueryBuilder);
    let rows = sqlx::query_with(AssertSqlSafe(text), values).fetch_all(on).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

async fn sqlite_execute<'c>(
    on: impl sqlx::Executor<'c, Database = Sqlite>,
    statement: &impl SqlxBinder,
) -> Result<u64, DatabaseError> {
    let (text, values) = statement.build_sqlx(SqliteQueryBuilder);
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(on).await?.rows_affected())
}

async fn postgres_execute<'c>(
    on: impl sqlx::Executor<'c, Database = Postgres>,
    statement: &impl SqlxBinder,
) -> Result<u64, DatabaseError> {
    let (text, values) = statement.build_sqlx(PostgresQueryBuilder);
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(on).await?.rows_affected())
}

#[cfg(test)]
mod tests;
