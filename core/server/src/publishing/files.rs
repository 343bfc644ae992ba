//! Where the server's files are: role bytes and targets in the database, streams and patches with the objects.

use super::{
    PublishError,
    change::Content,
    paths,
    reader::{ReadError, Reader},
};
use crate::database::{Database, DatabaseError, Row, Transaction};
use async_trait::async_trait;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures_util::stream::BoxStream;
use lodger_bundle::Digest;
use object_store::{Error, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use std::{collections::HashMap, io::Write, sync::Arc};
use tokio::runtime::Handle;

/// Nothing smaller is worth compressing.
const WORTH: usize = 1024;

/// Both places. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub(super) database: Database,
    pub(super) objects: Arc<dyn ObjectStore>,
}

/// A file out of the database.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As signed.
    pub bytes: Bytes,
    /// The same, compressed, where that is smaller.
    pub gzip: Option<Bytes>,
    /// Of the bytes, in hex.
    pub sha256: String,
}

impl Files {
    /// A file that the database holds.
    ///
    /// # Errors
    /// `Failed`.
    pub async fn stored(&self, path: &str) -> Result<Option<Stored>, DatabaseError> {
        let select = Query::select()
            .columns(["bytes", "gzip", "sha256"])
            .from("files")
            .and_where(Expr::col("path").eq(path))
            .to_owned();
        let Some(row) = self.database.first(&select).await? else { return Ok(None) };
        let gzip: Option<Vec<u8>> = row.get("gzip")?;
        Ok(Some(Stored {
            bytes: row.get::<Vec<u8>>("bytes")?.into(),
            gzip: gzip.map(Bytes::from),
            sha256: row.get("sha256")?,
        }))
    }

    /// An object; none if it is not there.
    pub(super) async fn object(&self, path: &str) -> Result<Option<Bytes>, Error> {
        match self.objects.get(&Path::parse(path)?).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// An object's length and entity tag; none if it is not there.
    ///
    /// # Errors
    /// `Objects`.
    pub async fn object_length(&self, path: &str) -> Result<Option<(u64, String)>, Error> {
        match self.objects.head(&Path::parse(path)?).await {
            // Named by digest: the name says all.
            Ok(meta) => {
                let digest = Digest::of(path.as_bytes()).to_hex();
                Ok(Some((meta.size, format!("\"{}-{}\"", &digest[..32], meta.size))))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A part of an object, piece by piece.
    ///
    /// # Errors
    /// `Objects`.
    pub async fn object_range(
        &self,
        path: &str,
        range: std::ops::Range<u64>,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, Error>>>, Error> {
        let range = (range.start < range.end).then_some(object_store::GetRange::Bounded(range));
        let options = GetOptions { range, ..GetOptions::default() };
        match self.objects.get_opts(&Path::parse(path)?, options).await {
            Ok(found) => Ok(Some(found.into_stream())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn put(&self, path: &str, bytes: Bytes) -> Result<(), Error> {
        self.objects.put(&Path::parse(path)?, PutPayload::from(bytes)).await.map(drop)
    }

    pub(super) async fn has_object(&self, path: &str) -> Result<bool, Error> {
        match self.objects.head(&Path::parse(path)?).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Names of programs, of a program's patches, or of a repository's metadata.
    ///
    /// # Errors
    /// `Malformed` for any other folder; `Database`, `Objects`.
    pub async fn names(&self, folder: &str) -> Result<Vec<String>, PublishError> {
        if folder == "apps" {
            let all = Query::select()
                .column("name")
                .from("repositories")
                .and_where(Expr::col("name").like("apps/%"))
                .order_by("name", Order::Asc)
                .to_owned();
            let rows = self.database.fetch(&all).await?;
            let name = |row: &Row| Ok(row.get::<String>("name")?.trim_start_matches("apps/").to_owned());
            return rows.iter().map(name).collect();
        }
        if let Some(owner) = folder.strip_suffix("/metadata").and_then(paths::Owner::parse) {
            let mut names = self.paths(&owner.to_string()).await?;
            names.retain(|path| path.starts_with(folder));
            names.sort_unstable();
            return Ok(names);
        }
        let app = folder.strip_prefix("apps/").and_then(|rest| rest.strip_suffix("/p"));
        if !app.is_some_and(paths::is_app_id) {
            return Err(PublishError::Malformed(
                "under is apps, apps/<id>/p, apps/<id>/metadata or platform/metadata".into(),
            ));
        }
        let listed =
            self.objects.list_with_delimiter(Some(&Path::parse(folder).map_err(Error::from)?)).await?;
        let mut names: Vec<_> = listed.objects.iter().map(|meta| meta.location.to_string()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The copies of one repository, in the order in which they may be written: what names others after them.
    ///
    /// # Errors
    /// `Database`, `Objects`.
    pub async fn mirror(&self, repository: &str) -> Result<(), PublishError> {
        let timestamp = format!("{repository}/metadata/timestamp.json");
        let mut missing = self.paths(repository).await?;
        missing.sort_by_key(|path| (rank(path), path.clone()));
        for path in missing {
            if path == timestamp || !self.has_object(&path).await? {
                self.copy(&path).await?;
            }
        }
        Ok(())
    }

    /// Names of the database's files of one repository.
    async fn paths(&self, repository: &str) -> Result<Vec<String>, DatabaseError> {
        let all = Query::select()
            .column("path")
            .from("files")
            .and_where(Expr::col("repository").eq(repository))
            .to_owned();
        self.database.fetch(&all).await?.iter().map(|row| row.get("path")).collect()
    }

    /// One copy.
    pub(super) async fn copy(&self, path: &str) -> Result<(), PublishError> {
        if let Some(stored) = self.stored(path).await? {
            self.put(path, stored.bytes).await?;
        }
        Ok(())
    }
}

/// What is written before what: nothing names what is not there yet.
pub(super) fn rank(path: &str) -> u8 {
    use paths::Kind;
    match paths::parse(path) {
        Some((_, Kind::Stream | Kind::Patch { .. })) => 0,
        Some((_, Kind::Target { .. })) => 1,
        Some((_, Kind::Role { role, .. })) if role == "root" => 5,
        Some((_, Kind::Role { role, .. })) if role == "snapshot" => 3,
        Some((_, Kind::Role { .. })) => 2,
        Some((_, Kind::Timestamp)) => 4,
        None => 6,
    }
}

/// Puts a file into the database. A version of a role is written once and never again.
pub(super) async fn insert(
    transaction: &mut Transaction,
    path: &str,
    bytes: &[u8],
) -> Result<(), DatabaseError> {
    let repository = paths::parse(path).map_or_else(|| "platform".to_owned(), |(owner, _)| owner.to_string());
    let once = matches!(paths::parse(path), Some((_, paths::Kind::Role { .. })));
    let mut insert = Query::insert()
        .into_table("files")
        .columns(["path", "repository", "bytes", "gzip", "sha256"])
        .values_panic([
            path.into(),
            repository.into(),
            bytes.to_vec().into(),
            compressed(bytes).into(),
            Digest::of(bytes).to_hex().into(),
        ])
        .to_owned();
    if !once {
        insert.on_conflict(OnConflict::column("path").update_columns(["bytes", "gzip", "sha256"]).to_owned());
    }
    transaction.execute(&insert).await.map(drop)
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < WORTH {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < bytes.len())
}

/// The repository with a change's files already in it. Reads on the server's own runtime, to which its connections
/// belong.
pub(super) struct View {
    pub files: Files,
    pub runtime: Handle,
    pub added: Arc<HashMap<String, Content>>,
}

impl View {
    async fn on_server<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, PublishError>> + Send + 'static,
    ) -> Result<T, ReadError> {
        Ok(self.runtime.spawn(work).await??)
    }
}

#[async_trait]
impl Reader for View {
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ReadError> {
        let (files, path) = (self.files.clone(), path.to_owned());
        let object = match self.added.get(&path) {
            Some(Content::Inline(bytes)) => return Ok(Some(bytes.clone().into())),
            Some(Content::Uploaded { sha256, .. }) => Some(upload(sha256)),
            None => {
                matches!(paths::parse(&path), Some((_, kind)) if kind.is_transfer()).then(|| path.clone())
            }
        };
        self.on_server(async move {
            match object {
                Some(object) => Ok(files.object(&object).await?),
                None => Ok(files.stored(&path).await?.map(|stored| stored.bytes)),
            }
        })
        .await
    }

    async fn has(&self, path: &str) -> Result<bool, ReadError> {
        // Only roles are asked for like this, and they are small.
        Ok(self.read(path).await?.is_some())
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let (files, folder) = (self.files.clone(), folder.to_owned());
        self.on_server(async move { files.names(&folder).await }).await
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.list(folder).await
    }
}

/// Where an upload waits to be named by a change.
pub(super) fn upload(sha256: &str) -> String {
    format!("uploads/{sha256}")
}
