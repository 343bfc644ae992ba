//! One writer at a time, over all processes: a row that says who, until when, and the how-manieth holder that is.
//!
//! The number, a fencing token, is what counts: a holder that was stopped longer than its lease is refused by the
//! transaction of its own change.

use super::PublishError;
use crate::{
    clock::Clock,
    database::{Database, Transaction},
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use std::{sync::Arc, time::Duration};

const NAME: &str = "repository";
/// Seconds. Longer than any change takes.
const HELD: i64 = 60;
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// The right to write.
pub(super) struct Lease {
    database: Database,
    holder: String,
    fence: i64,
}

impl Lease {
    /// Waits up to ten seconds for it. `holder` names this process.
    pub async fn take(
        database: &Database,
        clock: &Arc<dyn Clock>,
        holder: &str,
    ) -> Result<Self, PublishError> {
        let first = Query::insert()
            .into_table("leases")
            .columns(["name", "holder", "fence", "until"])
            .values_panic([NAME.into(), "".into(), 0_i64.into(), 0_i64.into()])
            .on_conflict(OnConflict::column("name").do_nothing().to_owned())
            .to_owned();
        database.execute(&first).await?;
        for _ in 0..TRIES {
            let now = clock.now().as_second();
            let take = Query::update()
                .table("leases")
                .value("holder", holder)
                .value("fence", Expr::col("fence").add(1_i64))
                .value("until", now + HELD)
                .and_where(Expr::col("name").eq(NAME))
                .and_where(Expr::col("until").lt(now))
                .returning_col("fence")
                .to_owned();
            if let Some(row) = database.first(&take).await? {
                return Ok(Self {
                    database: database.clone(),
                    holder: holder.to_owned(),
                    fence: row.get("fence")?,
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(PublishError::Busy)
    }

    /// Fails if somebody else has taken it since.
    pub async fn hold(&self, transaction: &mut Transaction) -> Result<(), PublishError> {
        let mine = Query::update()
            .table("leases")
            .value("holder", self.holder.as_str())
            .and_where(Expr::col("name").eq(NAME))
            .and_where(Expr::col("holder").eq(self.holder.as_str()))
            .and_where(Expr::col("fence").eq(self.fence))
            .to_owned();
        if transaction.execute(&mine).await? == 1 { Ok(()) } else { Err(PublishError::Busy) }
    }

    /// Lets go. Without it, the lease runs out.
    pub async fn release(self) -> Result<(), PublishError> {
        let over = Query::update()
            .table("leases")
            .value("until", 0_i64)
            .and_where(Expr::col("name").eq(NAME))
            .and_where(Expr::col("fence").eq(self.fence))
            .to_owned();
        self.database.execute(&over).await?;
        Ok(())
    }
}
