//! One transaction in which all of a change becomes visible.

use super::{
    PublishError, Publishing,
    audit::{self, Event},
    change::Content,
    files,
    lease::Lease,
    paths::{self, Owner},
};
use crate::repository::Accepted;
use sea_query::{Expr, ExprTrait, Query};
use std::collections::{BTreeMap, HashMap};

impl Publishing {
    /// Everything becomes visible, or nothing. Answers with the paths of the database's files.
    pub(super) async fn commit(
        &self,
        lease: &Lease,
        base: &BTreeMap<Owner, u64>,
        accepted: &Accepted,
        added: &HashMap<String, Content>,
        event: &Event<'_>,
    ) -> Result<Vec<String>, PublishError> {
        let mut transaction = self.files.database.begin().await?;
        lease.hold(&mut transaction).await?;
        for (owner, version, expires) in &accepted.versions {
            let moved = || PublishError::Conflict(format!("{owner} was changed meanwhile; do it again"));
            let before = base.get(owner).copied().unwrap_or(0);
            let (name, version) = (owner.to_string(), i64::try_from(*version).unwrap_or(i64::MAX));
            if before == 0 {
                let insert = Query::insert()
                    .into_table("repositories")
                    .columns(["name", "folded", "version", "expires"])
                    .values_panic([
                        name.clone().into(),
                        name.to_lowercase().into(),
                        version.into(),
                        (*expires).into(),
                    ])
                    .to_owned();
                transaction.execute(&insert).await.map_err(|error| {
                    if error.is_duplicate() {
                        PublishError::Refused(format!(
                            "{name} exists already, perhaps in other case; give another id"
                        ))
                    } else {
                        error.into()
                    }
                })?;
                continue;
            }
            let update = Query::update()
                .table("repositories")
                .value("version", version)
                .value("expires", *expires)
                .and_where(Expr::col("name").eq(name))
                .and_where(Expr::col("version").eq(i64::try_from(before).unwrap_or(i64::MAX)))
                .to_owned();
            if transaction.execute(&update).await? != 1 {
                return Err(moved());
            }
        }
        let brought = added.iter().filter_map(|(path, content)| match content {
            // The wish for a channel is not the channel: the server writes that itself.
            Content::Inline(_) if paths::parse(path).is_some_and(|(_, kind)| kind.channel().is_some()) => {
                None
            }
            Content::Inline(bytes) => Some((path.as_str(), bytes.as_slice())),
            Content::Uploaded { .. } => None,
        });
        let mut written = Vec::new();
        for (path, bytes) in brought.chain(accepted.batch.writes()) {
            if paths::parse(path).is_some_and(|(_, kind)| kind.is_transfer()) {
                self.files.put(path, bytes.to_vec().into()).await?;
                continue;
            }
            files::insert(&mut transaction, path, bytes).await?;
            written.push(path.to_owned());
        }
        audit::add(&mut transaction, event).await?;
        transaction.commit().await?;
        Ok(written)
    }
}
