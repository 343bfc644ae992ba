//! What the server does on its own: it signs anew what expires, mends the copies, and forgets what is over.

use super::{PublishError, Publishing, change::Change, paths::Owner, rules::Who};
use crate::database::Row;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use sea_query::{Expr, ExprTrait, Query};
use std::collections::BTreeMap;

/// What the server signs is signed anew when less than this is left, in seconds: three days.
const DUE: i64 = 3 * 24 * 60 * 60;
/// An upload that no change named is dropped after this, in seconds: a day.
const UPLOAD_AGE: i64 = 24 * 60 * 60;

impl Publishing {
    /// Signs anew what expires soon, mends the copies, and forgets what is over. To be called every few minutes.
    ///
    /// # Errors
    /// As [`Self::apply`]; what was done until then stays done.
    pub async fn maintain(&self) -> Result<usize, PublishError> {
        let now = self.clock.now().as_second();
        let due = Query::select()
            .columns(["name", "version"])
            .from("repositories")
            .and_where(Expr::col("expires").lt(now + DUE))
            .to_owned();
        let rows = self.files.database.fetch(&due).await?;
        let mut refreshed = 0;
        for row in &rows {
            match self.sign_anew(&Who::Server, row).await {
                Ok(()) => refreshed += 1,
                Err(PublishError::Conflict(_)) => {} // another process was first
                Err(error) => return Err(error),
            }
        }
        for table in ["nonces", "rates"] {
            let (column, bound) =
                if table == "nonces" { ("expires", now - 300) } else { ("minute", now / 60 - 2) };
            let over = Query::delete().from_table(table).and_where(Expr::col(column).lt(bound)).to_owned();
            self.files.database.execute(&over).await?;
        }
        self.drop_uploads(now).await?;
        self.mirror_all().await?;
        Ok(refreshed)
    }

    /// Signs everything of this server's far above the versions that it knows: its data was put back from a backup, and
    /// devices have seen newer ones. Answers how many repositories there are. The holders of other keys do theirs with
    /// `lodger repo recover` afterwards.
    ///
    /// # Errors
    /// As [`Self::apply`]; what was done until then stays done, and doing it twice does no harm.
    pub async fn recover(&self) -> Result<usize, PublishError> {
        let all = Query::select().columns(["name", "version"]).from("repositories").to_owned();
        let rows = self.files.database.fetch(&all).await?;
        for row in &rows {
            self.sign_anew(&Who::Restored, row).await?;
        }
        Ok(rows.len())
    }

    /// What the server signs of one row of `repositories`.
    async fn sign_anew(&self, who: &Who, row: &Row) -> Result<(), PublishError> {
        let (name, version): (String, i64) = (row.get("name")?, row.get("version")?);
        let Some(owner) = Owner::parse(&name) else { return Ok(()) };
        let base = BTreeMap::from([(owner, u64::try_from(version).unwrap_or(0))]);
        self.apply(who, "", Change { base, files: Vec::new() }).await.map(drop)
    }

    /// Repositories whose copy is not at the version of the database: a process ended between the two.
    pub(super) async fn mirror_all(&self) -> Result<(), PublishError> {
        let all = Query::select().column("name").from("repositories").to_owned();
        let mut names: Vec<String> = self
            .files
            .database
            .fetch(&all)
            .await?
            .iter()
            .map(|row| row.get("name"))
            .collect::<Result<_, _>>()?;
        names.sort(); // programs before the platform that names them
        for name in names {
            let timestamp = format!("{name}/metadata/timestamp.json");
            let stored = self.files.stored(&timestamp).await?.map(|stored| stored.bytes);
            if self.files.object(&timestamp).await? != stored {
                self.files.mirror(&name).await?;
            }
        }
        Ok(())
    }

    async fn drop_uploads(&self, now: i64) -> Result<(), PublishError> {
        let folder = Path::from("uploads");
        let mut listed = self.files.objects.list(Some(&folder));
        while let Some(meta) = listed.try_next().await? {
            if meta.last_modified.timestamp() < now - UPLOAD_AGE {
                self.files.objects.delete(&meta.location).await?;
            }
        }
        Ok(())
    }
}
