//! Reads where a repository is: a path, a `file://` URL, or a bucket.

use crate::repository::RepositoryError;
use object_store::{ObjectStore, RetryConfig, aws::AmazonS3Builder, path::Path};
use std::{path::PathBuf, sync::Arc, time::Duration};
use url::Url;

/// A request that fails is sent again for at most so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where files are.
pub(super) enum Place {
    Folder(PathBuf),
    Bucket { store: Arc<dyn ObjectStore>, prefix: Path },
}

/// What `--repo` says, with options over those of the environment.
pub(super) fn parse(place: &str, options: &[(&str, &str)]) -> Result<Place, RepositoryError> {
    let Some((scheme, rest)) = place.split_once("://") else { return Ok(Place::Folder(place.into())) };
    let refuse = |what: &str| Err(RepositoryError::Refused(format!("{place}: {what}")));
    match scheme {
        "file" => match Url::parse(place).ok().and_then(|url| url.to_file_path().ok()) {
            Some(path) => Ok(Place::Folder(path)),
            None => refuse("a file URL has three slashes and a path from the root on"),
        },
        "s3" => {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return refuse("names no bucket; write s3://bucket/prefix");
            }
            let failed = |source| RepositoryError::Storage { path: place.to_owned(), source };
            let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|error| failed(error.into()))?;
            let retry = RetryConfig { max_retries: 5, retry_timeout: PATIENCE, ..RetryConfig::default() };
            let mut store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
            for (name, value) in options {
                store = store.with_config(name.parse().map_err(failed)?, *value);
            }
            Ok(Place::Bucket { store: Arc::new(store.build().map_err(failed)?), prefix })
        }
        _ => refuse(
            "no such kind of repository; give a folder, file:///path, s3://bucket/prefix or a server's https://address",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_urls_are_told_apart() {
        let folder = |place: &str| match parse(place, &[]).unwrap() {
            Place::Folder(dir) => dir.to_str().unwrap().to_owned(),
            Place::Bucket { .. } => panic!("{place} is a bucket"),
        };
        assert_eq!(folder("releases"), "releases");
        assert_eq!(folder("/srv/a:b"), "/srv/a:b");
        assert_eq!(folder("file:///srv/caf%C3%A9"), "/srv/café");
        let bucket = parse("s3://shop/releases/", &[]).unwrap();
        assert!(matches!(bucket, Place::Bucket { prefix, .. } if prefix.as_ref() == "releases"));
        for wrong in ["file://host/x", "s3:///x", "gs://bucket", "s3://shop/a//b"] {
            assert!(parse(wrong, &[]).is_err(), "{wrong}");
        }
    }
}
