//! Which releases of an app its channels offer now: what may log in, and which pages there are.

use super::{Platform, PlatformError};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// An app as its repository has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// SHA-256 of the indexes that run now, in hex.
    pub digests: BTreeSet<String>,
    /// Pages of the highest version that runs.
    pub pages: Vec<String>,
}

/// The platform's version and the app's, and what was read at them.
type Known = ((i64, i64), Arc<Released>);

/// What was read, by app; it holds as long as neither repository changed.
#[derive(Default)]
pub(super) struct Releases(Mutex<HashMap<String, Known>>);

impl Platform {
    /// What runs now; empty if the repository has no such app.
    ///
    /// # Errors
    /// `Publishing`.
    pub async fn released(&self, app: &str) -> Result<Arc<Released>, PlatformError> {
        let Some(versions) = self.publishing.versions_of(app).await? else { return Ok(Arc::default()) };
        let known = self.releases.0.lock().unwrap_or_else(PoisonError::into_inner).get(app).cloned();
        if let Some((at, released)) = known
            && at == versions
        {
            return Ok(released);
        }
        let (digests, pages) = self.publishing.released(app).await?;
        let released = Arc::new(Released { digests, pages });
        let mut all = self.releases.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(app.to_owned(), (versions, released.clone()));
        Ok(released)
    }
}
