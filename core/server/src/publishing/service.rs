//! The server's side: takes changes, signs, refreshes, and keeps the copies.

use super::{
    PublishError,
    audit::{self, Event},
    change::{Change, Content},
    files::{self, Files, View, upload},
    lease::Lease,
    online::OnlineKeys,
    paths::{self, Owner},
    reader::ReadOnly,
};
use crate::{
    clock::Clock,
    database::Database,
    kek::Kek,
    repository::{Accepted, Proposal, Repository, RepositoryError, Storage, TrustRoot},
};
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, path::Path};
use sea_query::{Expr, ExprTrait, Query};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::{runtime::Handle, sync::Mutex};

/// What the server signs is signed anew when less than this is left, in seconds: three days.
const DUE: i64 = 3 * 24 * 60 * 60;
/// An upload that no change named is dropped after this, in seconds: a day.
const UPLOAD_AGE: i64 = 24 * 60 * 60;

/// Who asks for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the bootstrap token: makes the repository.
    Founder,
    /// An officer or a reviewer, by key id: brings whatever is signed.
    Operator(String),
    /// A publisher of a program, by program and key id.
    Publisher(String, String),
    /// The server itself.
    Server,
}

impl Who {
    fn name(&self) -> &str {
        match self {
            Self::Founder => "bootstrap",
            Self::Operator(keyid) | Self::Publisher(_, keyid) => keyid,
            Self::Server => "server",
        }
    }
}

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
        let what = if *who == Who::Server { "refresh" } else { "change" };
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
            let (name, version): (String, i64) = (row.get("name")?, row.get("version")?);
            let Some(owner) = Owner::parse(&name) else { continue };
            let base = BTreeMap::from([(owner, u64::try_from(version).unwrap_or(0))]);
            match self.apply(&Who::Server, "", Change { base, files: Vec::new() }).await {
                Ok(_) => refreshed += 1,
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
        let proposals = proposals(&base, &change.files);
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

    /// Everything becomes visible, or nothing. Answers with the paths of the database's files.
    async fn commit(
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

    /// Repositories whose copy is not at the version of the database: a process ended between the two.
    async fn mirror_all(&self) -> Result<(), PublishError> {
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

/// What each may send (`core/docs/server.md`), before anything is read.
fn allowed(who: &Who, change: &Change, initialised: bool) -> Result<(), PublishError> {
    let forbidden = |what: String| Err(PublishError::Forbidden(what));
    match who {
        Who::Server | Who::Operator(_) => {}
        Who::Founder if initialised => {
            return Err(PublishError::Conflict(
                "there is a repository here already; sign with a reviewer's key".into(),
            ));
        }
        Who::Founder => {
            if change.base.keys().any(|owner| *owner != Owner::Platform) {
                return forbidden("the bootstrap token makes the platform's repository only".into());
            }
        }
        Who::Publisher(app, _) => {
            if change.base.keys().any(|owner| *owner != Owner::App(app.clone())) {
                return forbidden(format!("this key publishes {app} only"));
            }
        }
    }
    for (path, _) in &change.files {
        use paths::Kind;
        let kind = paths::parse(path).map(|(_, kind)| kind);
        let online = matches!(&kind, Some(Kind::Timestamp))
            || matches!(&kind, Some(Kind::Role { role, .. }) if role == "snapshot" || role == "channel");
        if online {
            return forbidden(format!("{path} is the server's to sign"));
        }
        if path == "trust-root.json" && *who != Who::Founder {
            return forbidden("trust-root.json is written once, with the repository".into());
        }
        let publishers = match &kind {
            Some(Kind::Role { role, .. }) => role == "publisher",
            Some(Kind::Target { .. } | Kind::Stream | Kind::Patch { .. }) => true,
            _ => false,
        };
        if matches!(who, Who::Publisher(..)) && !publishers {
            return forbidden(format!("{path} is not a publisher's to send"));
        }
    }
    Ok(())
}

fn proposals(base: &BTreeMap<Owner, u64>, files: &[(String, Content)]) -> Vec<Proposal> {
    let mut proposals: Vec<_> = base
        .iter()
        .map(|(owner, base)| Proposal { owner: owner.clone(), base: *base, files: Vec::new() })
        .collect();
    for (path, _) in files {
        if let Some((owner, kind)) = paths::parse(path)
            && let Some(proposal) = proposals.iter_mut().find(|proposal| proposal.owner == owner)
        {
            proposal.files.push(kind);
        }
    }
    proposals
}

/// The file that hosts ship holds the platform's first root.
fn check_trust_root(added: &HashMap<String, Content>) -> Result<(), PublishError> {
    let bytes = |path: &str| match added.get(path) {
        Some(Content::Inline(bytes)) => Some(bytes.as_slice()),
        _ => None,
    };
    let Some(root) = bytes("platform/metadata/1.root.json") else { return Ok(()) };
    let trust = bytes("trust-root.json").and_then(|bytes| serde_json::from_slice::<TrustRoot>(bytes).ok());
    let root: Option<serde_json::Value> = serde_json::from_slice(root).ok();
    if trust.is_some_and(|trust| Some(trust.platform) == root) {
        return Ok(());
    }
    Err(PublishError::Refused("trust-root.json does not hold the platform's root".into()))
}

impl From<RepositoryError> for PublishError {
    fn from(error: RepositoryError) -> Self {
        Self::Internal(error.to_string())
    }
}
