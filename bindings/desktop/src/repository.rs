//! Where a host's programs come from: an operator's repository, or one of this machine that builds are put into.
use crate::{Error, Program, window::save};
use lodger_bundle::Digest;
use lodger_engine::{AnyRoot, LodgerError, Preset};
use lodger_server::development::DevelopmentRepository;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A release repository, and what this machine is to it. Crosses to the window's process as JSON.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Repository {
    /// `https://…`, `http://…`, or `file://` and a folder.
    pub address: String,
    /// `trust-root.json`: what this machine trusts, never taken from the address.
    pub root: String,
    /// `release` or `trial`.
    pub channel: String,
    /// Chooses the bucket of gray releases; None: made once, and kept with the data.
    pub install_id: Option<String>,
    /// The user's tags.
    pub audience: BTreeSet<String>,
    /// The user's region.
    pub region: Option<String>,
    /// How long programs open offline after their metadata expired, beyond 7 days.
    pub grace: Duration,
    /// How long a check is good for. Zero: every open asks.
    pub check_after: Duration,
    /// A folder of the same repository's files that comes with the host.
    pub preset: Option<PathBuf>,
}

impl Repository {
    /// Channel `release`, asked at every open.
    pub fn new(address: impl Into<String>, root: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            root: root.into(),
            channel: "release".to_owned(),
            install_id: None,
            audience: BTreeSet::new(),
            region: None,
            grace: Duration::ZERO,
            check_after: Duration::ZERO,
            preset: None,
        }
    }

    /// Whether its root is for development; also false if it is no root at all, which the engine says.
    pub(crate) fn is_development(&self) -> bool {
        matches!(AnyRoot::parse(self.root.as_bytes()), Ok(AnyRoot::Development(_)))
    }

    /// As the engine takes it.
    pub(crate) fn for_engine(&self) -> Result<lodger_engine::Repository, LodgerError> {
        let root = AnyRoot::parse(self.root.as_bytes())?;
        Ok(lodger_engine::Repository {
            channel: self.channel.clone(),
            install_id: self.install_id.clone(),
            audience: self.audience.clone(),
            region: self.region.clone(),
            grace: self.grace,
            check_after: self.check_after,
            preset: self.preset.clone().map(|dir| Arc::new(Shipped(dir)) as Arc<dyn Preset>),
            ..lodger_engine::Repository::new(&self.address, root)
        })
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the address: it may hold a token.
        f.debug_struct("Repository").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Files that come with the host.
struct Shipped(PathBuf);

impl Preset for Shipped {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        std::fs::read(self.0.join(path)).ok().filter(|_| plain)
    }
}

/// The repository of this machine's own builds, and what was put into it.
pub(crate) struct Builds {
    inner: Mutex<(DevelopmentRepository, BTreeMap<String, Digest>)>,
}

impl Builds {
    /// In a folder of its own. `keep`: the same keys the next time, as a device's database needs that is kept too.
    pub(crate) fn new(dir: &Path, keep: bool) -> Result<(Self, Repository), Error> {
        let made = if keep {
            DevelopmentRepository::open_or_create(dir)?
        } else {
            DevelopmentRepository::create(dir)?
        };
        let root = String::from_utf8_lossy(&made.root()).into_owned();
        let repository = Repository::new(made.address(), root);
        Ok((Self { inner: Mutex::new((made, BTreeMap::new())) }, repository))
    }

    /// Signs a build, unless it is what was signed last.
    pub(crate) fn put(&self, program: &Program) -> Result<(), Error> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (repository, newest) = &mut *inner;
        let (app, digest) = (&program.bundle.index.app, program.bundle.digest());
        if newest.get(app) != Some(&digest) {
            repository.put(&program.bundle)?;
            newest.insert(app.clone(), digest);
        }
        Ok(())
    }
}

/// The folders and the repository that a window or a server starts with.
pub(crate) struct Ground {
    pub(crate) data_dir: PathBuf,
    pub(crate) repository: Repository,
    /// None: programs come from the operator's repository only.
    pub(crate) builds: Option<Builds>,
}

impl Ground {
    /// `temporary` is used for what is not to be kept.
    pub(crate) fn new(
        data_dir: Option<&Path>,
        repository: Option<&Repository>,
        temporary: &Path,
    ) -> Result<Self, Error> {
        let kept = data_dir.unwrap_or(temporary);
        let (repository, builds) = match repository {
            Some(repository) => (repository.clone(), None),
            None => {
                let (builds, repository) = Builds::new(&kept.join("development"), data_dir.is_some())?;
                (repository, Some(builds))
            }
        };
        if let Some(kept) = data_dir {
            of_one_operator(kept, &repository.root)?;
        }
        let data_dir = data_dir.map_or_else(|| temporary.join("data"), Path::to_owned);
        Ok(Self { data_dir, repository, builds })
    }
}

/// Refuses a folder that another operator's repository was used with: nothing in it would be believed. A root that has
/// a key of the one before follows from it; else the engine says what is wrong with it.
fn of_one_operator(data_dir: &Path, root: &str) -> Result<(), Error> {
    let keys = |text: &str| -> Option<BTreeSet<String>> {
        let root: serde_json::Value = serde_json::from_str(text).ok()?;
        Some(root["platform"]["signed"]["keys"].as_object()?.keys().cloned().collect())
    };
    let Some(now) = keys(root) else { return Ok(()) };
    let file = data_dir.join("trust-root.json");
    let before = std::fs::read_to_string(&file).ok().and_then(|text| keys(&text));
    if before.is_some_and(|before| before.is_disjoint(&now)) {
        return Err(Error::OtherRepository(data_dir.to_owned()));
    }
    save(&file, root.as_bytes())
}

/// For builds in a host that has an operator's repository.
pub(crate) fn no_builds() -> Error {
    Error::Process {
        what: "Opening a build",
        why: "this host opens the programs of a repository. Give it no repository, or an app id.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_serves_one_operator() {
        let dir = tempfile::tempdir().unwrap();
        let root = |keys: &[&str]| {
            let keys: serde_json::Map<_, _> =
                keys.iter().map(|&key| (key.to_owned(), serde_json::Value::Null)).collect();
            serde_json::json!({ "platform": { "signed": { "keys": keys } } }).to_string()
        };
        let used = |keys: &[&str]| of_one_operator(dir.path(), &root(keys));
        used(&["a", "b"]).unwrap();
        used(&["a", "b"]).unwrap();
        used(&["b", "c"]).unwrap();
        used(&["c", "d"]).unwrap();
        let error = used(&["a", "b"]).unwrap_err();
        assert!(error.to_string().contains("--data"), "{error}");
        used(&["d"]).unwrap();
        of_one_operator(dir.path(), "no root").unwrap();
    }
}
