//! Something that can be read like a repository's files, as an object store: a server's view of a change, or a
//! server seen by a client.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    Attributes, CopyOptions, Error, Extensions, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    path::Path,
};
use std::{fmt, sync::Arc};

/// Why something could not be read.
pub type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// Files by name.
#[async_trait]
pub trait Reader: Send + Sync + 'static {
    /// A file's bytes; `None` if there is none.
    async fn read(&self, path: &str) -> std::result::Result<Option<Bytes>, ReadError>;

    /// True if there is such a file.
    async fn has(&self, path: &str) -> std::result::Result<bool, ReadError>;

    /// Names of the files under a folder.
    async fn list(&self, folder: &str) -> std::result::Result<Vec<String>, ReadError>;

    /// Names of the folders directly in a folder.
    async fn folders(&self, folder: &str) -> std::result::Result<Vec<String>, ReadError>;
}

/// The object store over a [`Reader`]. It cannot be written to.
pub struct ReadOnly<R>(Arc<R>);

impl<R> ReadOnly<R> {
    /// Reads from `reader`.
    pub fn new(reader: R) -> Self {
        Self(Arc::new(reader))
    }
}

impl<R> fmt::Debug for ReadOnly<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadOnly")
    }
}

impl<R> fmt::Display for ReadOnly<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a repository that is read only")
    }
}

fn failed(source: ReadError) -> Error {
    Error::Generic { store: "repository", source }
}

fn read_only(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: "ReadOnly".into() }
}

fn meta(location: Path, size: u64) -> ObjectMeta {
    ObjectMeta { location, last_modified: Default::default(), size, e_tag: None, version: None }
}

#[async_trait]
impl<R: Reader> ObjectStore for ReadOnly<R> {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let missing = || Error::NotFound { path: location.to_string(), source: "no such file".into() };
        let bytes = if options.head {
            self.0.has(location.as_ref()).await.map_err(failed)?.then(Bytes::new)
        } else {
            self.0.read(location.as_ref()).await.map_err(failed)?
        };
        let bytes = bytes.ok_or_else(missing)?;
        let size = bytes.len() as u64;
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed()),
            meta: meta(location.clone(), size),
            range: 0..size,
            attributes: Attributes::new(),
            extensions: Extensions::default(),
        })
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (reader, folder) = (self.0.clone(), prefix.map(ToString::to_string).unwrap_or_default());
        stream::once(async move {
            let names = reader.list(&folder).await.map_err(failed)?;
            Ok::<_, Error>(stream::iter(names.into_iter().map(|name| Ok(meta(Path::parse(name)?, 0)))))
        })
        .map(|listed| match listed {
            Ok(names) => names.boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        })
        .flatten()
        .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let folder = prefix.map(ToString::to_string).unwrap_or_default();
        let names = self.0.folders(&folder).await.map_err(failed)?;
        let paths = names.into_iter().map(|name| Ok(Path::parse(format!("{folder}/{name}"))?));
        Ok(ListResult {
            common_prefixes: paths.collect::<Result<_>>()?,
            objects: Vec::new(),
            extensions: Extensions::default(),
        })
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(read_only("put"))
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(read_only("put"))
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        stream::once(async { Err(read_only("delete")) }).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(read_only("copy"))
    }
}
