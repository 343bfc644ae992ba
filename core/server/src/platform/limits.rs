//! How often somebody may ask: counted in the database, so that all processes count together.

use super::PlatformError;
use crate::database::{Database, Transaction};
use sea_query::{Expr, ExprTrait, InsertStatement, OnConflict};

/// Counts one more of `what` in the minute of `now`; true while there are at most `most`.
pub(super) async fn within(
    transaction: &mut Transaction,
    what: &str,
    now: i64,
    most: i64,
) -> Result<bool, PlatformError> {
    let rows = transaction.fetch(&count(what, now)).await?;
    let count: i64 = rows.first().map(|row| row.get("count")).transpose()?.unwrap_or(0);
    Ok(count <= most)
}

/// The same by itself.
pub(super) async fn within_alone(
    database: &Database,
    what: &str,
    now: i64,
    most: i64,
) -> Result<bool, PlatformError> {
    let row = database.first(&count(what, now)).await?;
    let count: i64 = row.map(|row| row.get("count")).transpose()?.unwrap_or(0);
    Ok(count <= most)
}

/// What was counted in this minute so far, without counting.
pub(super) async fn so_far(database: &Database, what: &str, now: i64) -> Result<i64, PlatformError> {
    let select = super::rows::select("rates", ["count"], [("keyid", what)])
        .and_where(Expr::col("minute").eq(now / 60))
        .to_owned();
    Ok(database.first(&select).await?.map(|row| row.get("count")).transpose()?.unwrap_or(0))
}

fn count(what: &str, now: i64) -> InsertStatement {
    super::rows::insert(
        "rates",
        [("keyid", what.into()), ("minute", (now / 60).into()), ("count", 1_i64.into())],
    )
    .on_conflict(
        OnConflict::columns(["keyid", "minute"])
            .value("count", Expr::col(("rates", "count")).add(1_i64))
            .to_owned(),
    )
    .returning_col("count")
    .to_owned()
}
