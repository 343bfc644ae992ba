//! The tables, and how an older database comes to them. Written once, for both dialects.

use super::{Database, DatabaseError, Pool};
use crate::platform::tables;
use sea_query::{
    ColumnDef, Expr, ExprTrait, Index, IndexCreateStatement, PostgresQueryBuilder, Query, SqliteQueryBuilder,
    Table, TableCreateStatement,
};
use sqlx::AssertSqlSafe;

/// One step from a schema to the next. A step that has been released is never changed: add another.
struct Step {
    tables: fn() -> Vec<TableCreateStatement>,
    indexes: fn() -> Vec<IndexCreateStatement>,
}

const STEPS: &[Step] = &[
    Step { tables: releases, indexes: releases_indexes },
    Step { tables: tables::identity, indexes: tables::identity_indexes },
    Step { tables: tables::messages, indexes: tables::messages_indexes },
];

/// Any number: it only has to be the same in all servers.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7305794)";

/// Applies what is missing, in one transaction.
pub(super) async fn migrate(database: &Database) -> Result<(), DatabaseError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let mut transaction = database.begin().await?;
    if let super::Transaction::Postgres(transaction) = &mut transaction {
        sqlx::query(POSTGRES_LOCK).execute(&mut **transaction).await?; // two that start at once
    }
    let schema =
        Table::create().table("schema_steps").if_not_exists().col(number("step").primary_key()).to_owned();
    define(&mut transaction, texts(&database.0, &schema)).await?;
    let last = Query::select().expr_as(Expr::col("step").max(), "last").from("schema_steps").to_owned();
    let found = match transaction.fetch(&last).await?.first() {
        Some(row) => row.get::<Option<i64>>("last")?.unwrap_or(0),
        None => 0,
    };
    if found > known {
        return Err(DatabaseError::Newer { found, known });
    }
    for (step, number) in STEPS.iter().zip(1_i64..).filter(|(_, number)| *number > found) {
        for table in (step.tables)() {
            define(&mut transaction, texts(&database.0, &table)).await?;
        }
        for index in (step.indexes)() {
            let text = match database.0 {
                Pool::Sqlite(..) => index.to_string(SqliteQueryBuilder),
                Pool::Postgres(_) => index.to_string(PostgresQueryBuilder),
            };
            define(&mut transaction, text).await?;
        }
        let done = Query::insert()
            .into_table("schema_steps")
            .columns(["step"])
            .values_panic([number.into()])
            .to_owned();
        transaction.execute(&done).await?;
    }
    transaction.commit().await
}

fn texts(pool: &Pool, table: &TableCreateStatement) -> String {
    match pool {
        Pool::Sqlite(..) => table.to_string(SqliteQueryBuilder),
        Pool::Postgres(_) => table.to_string(PostgresQueryBuilder),
    }
}

async fn define(transaction: &mut super::Transaction, text: String) -> Result<(), DatabaseError> {
    match transaction {
        super::Transaction::Sqlite(on) => {
            sqlx::query(AssertSqlSafe(text)).execute(&mut **on).await?;
        }
        super::Transaction::Postgres(on) => {
            sqlx::query(AssertSqlSafe(text)).execute(&mut **on).await?;
        }
    }
    Ok(())
}

pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

pub(crate) fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().to_owned()
}

/// The release repository (`core/docs/server.md`). Times are seconds since 1970.
fn releases() -> Vec<TableCreateStatement> {
    let table = |name: &'static str| Table::create().table(name).to_owned();
    vec![
        table("repositories")
            .col(text("name").primary_key())
            .col(text("folded").unique_key())
            .col(number("version"))
            .col(number("expires"))
            .to_owned(),
        table("files")
            .col(text("path").primary_key())
            .col(text("repository"))
            .col(bytes("bytes"))
            .col(ColumnDef::new("gzip").blob())
            .col(text("sha256"))
            .to_owned(),
        table("online_keys")
            .col(text("id").primary_key())
            .col(text("public"))
            .col(bytes("sealed"))
            .col(number("made"))
            .to_owned(),
        table("nonces")
            .col(text("keyid"))
            .col(text("nonce"))
            .col(number("expires"))
            .primary_key(Index::create().col("keyid").col("nonce"))
            .to_owned(),
        table("rates")
            .col(text("keyid"))
            .col(number("minute"))
            .col(number("count"))
            .primary_key(Index::create().col("keyid").col("minute"))
            .to_owned(),
        table("leases")
            .col(text("name").primary_key())
            .col(text("holder"))
            .col(number("fence"))
            .col(number("until"))
            .to_owned(),
        table("audit")
            .col(number("number").primary_key())
            .col(number("time"))
            .col(text("request"))
            .col(text("who"))
            .col(text("what"))
            .col(text("subject"))
            .col(text("outcome"))
            .col(text("digest"))
            .to_owned(),
    ]
}

fn releases_indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, column: &'static str| {
        Index::create().name(name).table(table).col(column).to_owned()
    };
    vec![
        index("files_repository", "files", "repository"),
        index("repositories_expires", "repositories", "expires"),
        index("nonces_expires", "nonces", "expires"),
    ]
}
