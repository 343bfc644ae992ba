//! The server's side: takes changes, has them verified, and signs.

use super::{
    PublishError, Who,
    audit::{self, Event},
    change::{Change, Content},
    files::{self, Files, View, upload},
    lease::Lease,
    online::OnlineKeys,
    reader::ReadOnly,
    rules::{allowed, check_trust_root, proposals},
};
use crate::{
    clock::Clock,
    database::Database,
    kek::Kek,
    repository::{Accepted, Proposal, Repository, RepositoryError, Storage},
};
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use sea_query::{Expr, ExprTrait, Query};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::{runtime::Handle, sync::Mutex};

/// Versions of timestamps, by repository.
pub type Versions = BTreeMap<String, u64>;

/// One server's repository. Any number of tasks may use it; changes come one after the other.
pub struct Publishing {
    pub(super) files: Files,
    pub(super) online: OnlineKeys,
    pub(super) clock: Arc<dyn Clock>,
    token: String,
    holder: String,
    writing: Mutex<()>,
}

impl Publishing {
    /// Opens the repository in `database` and `objects`; makes the server's key if there is none yet.
    ///
    /// # Errors
    /// `Kek` if the key-encryption key is another; `Database`, `Busy`, `Internal`.
    pub async fn open(
        database: Database,
        objects: Arc<dyn ObjectStore>,
        kek: &Kek,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PublishError> {
        let mut holder = [0; 16];
        aws_lc_rs::rand::fill(&mut holder).map_err(|_| PublishError::Internal("no random numbers".into()))?;
        let holder = crate::repository::hex(&holder);
        let lease = Lease::take(&database, &clock, &holder).await?;
        let online = OnlineKeys::open(&database, kek, &*clock).await;
        lease.release().await?;
        let online = online?;
        let id = online.fingerprint();
        let token = format!("{}.{id}", kek.derive(&format!("lodger bootstrap {id}")));
        let publishing = Self {
            files: Files { database, objects },
            online,
            clock,
            token,
            holder,
            writing: Mutex::new(()),
        };
        publishing.note(&Who::Server, "", "start", "", "done").await?;
        publishing.mirror_all().await?;
        Ok(publishing)
    }

    /// The files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The keys that this server signs with.
    #[must_use]
    pub fn online(&self) -> &OnlineKeys {
        &self.online
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// True if there is a platform repository.
    ///
    /// # Errors
    /// `Database`.
    pub async fn initialised(&self) -> Result<bool, PublishError> {
        Ok(self.version("platform").await?.is_some())
    }

    /// What makes the repository; none once there is one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn bootstrap_token(&self) -> Result<Option<&str>, PublishError> {
        Ok((!self.initialised().await?).then_some(self.token.as_str()))
    }

    /// How many repositories there are, and when the first of their timestamps expires, in seconds since 1970.
    ///
    /// # Errors
    /// `Database`.
    pub async fn standing(&self) -> Result<(i64, Option<i64>), PublishError> {
        let select = Query::select()
            .expr_as(Expr::col("name").count(), "count")
            .expr_as(Expr::col("expires").min(), "first")
            .from("repositories")
            .to_owned();
        match self.files.database.first(&select).await? {
            Some(row) => Ok((row.get("count")?, row.get("first")?)),
            None => Ok((0, None)),
        }
    }

    /// Takes a change, or refuses it; both are written down.
    ///
    /// # Errors
    /// All but `Unsigned` and `TooMany`.
    pub async fn apply(&self, who: &Who, request: &str, change: Change) -> Result<Versions, PublishError> {
        let subject = change.base.keys().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let subject: String = subject.chars().take(200).collect();
        let what = match who {
            Who::Server => "refresh",
            Who::Restored => "recover",
            _ => "change",
        };
        let done = self.change(who, request, what, &subject, change).await;
        if let Err(error) = &done {
            self.note(who, request, what, &subject, error.code().0).await?;
        }
        done
    }

    /// Keeps a large file until a change names it.
    ///
    /// # Errors
    /// `Malformed` if it is not what its name says; `Objects`.
    pub async fn upload(&self, sha256: &str, bytes: Bytes) -> Result<(), PublishError> {
        if lodger_bundle::Digest::of(&bytes).to_hex() != sha256 {
            return Err(PublishError::Malformed("the body has another SHA-256 than its name".into()));
        }
        Ok(self.files.put(&upload(sha256), bytes).await?)
    }

    async fn change(
        &self,
        who: &Who,
        request: &str,
        what: &str,
        subject: &str,
        change: Change,
    ) -> Result<Versions, PublishError> {
        let initialised = self.initialised().await?;
        allowed(who, &change, initialised)?;
        let _one = self.writing.lock().await;
        let lease = Lease::take(&self.files.database, &self.clock, &self.holder).await?;
        let done = self.write(&lease, who, request, what, subject, change).await;
        lease.release().await?;
        done
    }

    async fn write(
        &self,
        lease: &Lease,
        who: &Who,
        request: &str,
        what: &str,
        subject: &str,
        change: Change,
    ) -> Result<Versions, PublishError> {
        for (path, content) in &change.files {
            if let Content::Uploaded { sha256, .. } = content
                && !self.files.has_object(&upload(sha256)).await?
            {
                return Err(PublishError::Refused(format!(
                    "{path}: {sha256} was not uploaded, or too long ago"
                )));
            }
        }
        let base = change.base;
        let proposals = proposals(&base, &change.files, *who == Who::Restored);
        let added: Arc<HashMap<String, Content>> = Arc::new(change.files.into_iter().collect());
        let accepted = self.judge(proposals, added.clone()).await?;
        check_trust_root(&added)?;

        // What is named by digest is there before anything names it.
        for (path, content) in added.iter() {
            if let Content::Uploaded { sha256, .. } = content {
                let (from, to) = (Path::parse(upload(sha256)), Path::parse(path));
                self.files
                    .objects
                    .copy(&from.map_err(object_store::Error::from)?, &to.map_err(object_store::Error::from)?)
                    .await?;
            }
        }
        let time = self.clock.now().as_second();
        let event = Event { time, request, who: who.name(), what, subject, outcome: "done" };
        let mut written = self.commit(lease, &base, &accepted, &added, &event).await?;
        written.sort_by_key(|path| (path.starts_with("platform/"), files::rank(path)));
        for path in written {
            self.files.copy(&path).await?;
        }
        Ok(accepted.versions.iter().map(|(owner, version, _)| (owner.to_string(), *version)).collect())
    }

    /// Verifies and signs, on a thread that may block.
    async fn judge(
        &self,
        proposals: Vec<Proposal>,
        added: Arc<HashMap<String, Content>>,
    ) -> Result<Accepted, PublishError> {
        let view = View { files: self.files.clone(), runtime: Handle::current(), added };
        let (online, now) = (self.online.clone(), self.clock.now());
        let judged = tokio::task::spawn_blocking(move || {
            let storage = Storage::over(Arc::new(ReadOnly::new(view)))?;
            Repository::new(storage, now).accept(&online.ring(), &proposals)
        });
        Ok(judged.await??)
    }

    async fn version(&self, name: &str) -> Result<Option<i64>, PublishError> {
        let select = Query::select()
            .column("version")
            .from("repositories")
            .and_where(Expr::col("name").eq(name))
            .to_owned();
        let row = self.files.database.first(&select).await?;
        Ok(row.map(|row| row.get("version")).transpose()?)
    }

    async fn note(
        &self,
        who: &Who,
        request: &str,
        what: &str,
        subject: &str,
        outcome: &str,
    ) -> Result<(), PublishError> {
        let time = self.clock.now().as_second();
        let mut transaction = self.files.database.begin().await?;
        audit::add(&mut transaction, &Event { time, request, who: who.name(), what, subject, outcome })
            .await?;
        Ok(transaction.commit().await?)
    }
}

impl From<RepositoryError> for PublishError {
    fn from(error: RepositoryError) -> Self {
        Self::Internal(error.to_string())
    }
}
