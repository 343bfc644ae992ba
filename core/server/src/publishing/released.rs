//! What devices may run of a program now, for those parts of the server that must know.

use super::{PublishError, Publishing, files::View, reader::ReadOnly};
use crate::repository::{Repository, Storage};
use sea_query::{Expr, ExprTrait, Query};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use tokio::runtime::Handle;

impl Publishing {
    /// The versions of the platform's repository and of a program's; none if there is no such program.
    ///
    /// # Errors
    /// `Database`.
    pub async fn versions_of(&self, app: &str) -> Result<Option<(i64, i64)>, PublishError> {
        let name = format!("apps/{app}");
        let select = Query::select()
            .columns(["name", "version"])
            .from("repositories")
            .and_where(Expr::col("name").is_in(["platform", name.as_str()]))
            .to_owned();
        let (mut platform, mut own) = (None, None);
        for row in self.files.database.fetch(&select).await? {
            let version = Some(row.get::<i64>("version")?);
            if row.get::<String>("name")? == name { own = version } else { platform = version }
        }
        Ok(platform.zip(own))
    }

    /// SHA-256 of the indexes that a channel offers and nothing forbids, and the pages of the highest.
    ///
    /// # Errors
    /// `Internal` if the repository cannot be read.
    pub async fn released(&self, app: &str) -> Result<(BTreeSet<String>, Vec<String>), PublishError> {
        let view =
            View { files: self.files.clone(), runtime: Handle::current(), added: Arc::new(HashMap::new()) };
        let (now, app) = (self.clock.now(), app.to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let storage = Storage::over(Arc::new(ReadOnly::new(view)))?;
            let repository = Repository::new(storage, now);
            let minimum: HashMap<String, u64> = repository
                .channels(&app)?
                .into_iter()
                .map(|(name, channel)| (name, channel.minimum))
                .collect();
            let mut listed = repository.list(&app)?;
            listed.retain(|one| {
                let offered =
                    one.offers.keys().any(|name| minimum.get(name).is_none_or(|least| one.code >= *least));
                offered && !one.revoked && !one.below_floor
            });
            let highest = listed.first().map(|one| one.code);
            let mut releases = repository.releases(&app)?;
            releases.retain(|index| Some(index.version.code) == highest);
            let pages = releases.pop().map(|index| index.pages).unwrap_or_default();
            Ok::<_, crate::repository::RepositoryError>((
                listed.into_iter().map(|one| one.digest).collect(),
                pages,
            ))
        });
        Ok(found.await??)
    }
}
