//! Reads the metadata of one TUF repository: the platform's, or one program's.

use super::{RepositoryError, Storage, edit::newest_root};
use lodger_bundle::Digest;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroU64,
};
use tough::{
    TargetName,
    schema::{Role, Root, Signed, Snapshot, Targets, Timestamp},
};

/// Where one repository's files are.
#[derive(Clone)]
pub(super) struct Metadata<'a> {
    pub storage: &'a Storage,
    /// `platform` or `apps/<id>`.
    pub prefix: String,
}

/// What devices see now.
pub(super) struct State {
    pub timestamp: Signed<Timestamp>,
    /// The timestamp's file as it was read.
    pub timestamp_bytes: Vec<u8>,
    pub snapshot: Signed<Snapshot>,
}

impl State {
    /// The version of a role file.
    pub fn version(&self, role: &str) -> Option<NonZeroU64> {
        self.snapshot.signed.meta.get(&format!("{role}.json")).map(|meta| meta.version)
    }
}

impl<'a> Metadata<'a> {
    pub fn platform(storage: &'a Storage) -> Self {
        Self { storage, prefix: "platform".into() }
    }

    pub fn app(storage: &'a Storage, app: &str) -> Self {
        Self { storage, prefix: format!("apps/{app}") }
    }

    /// What every role says beyond TUF: keys sign for more than one repository, and devices tell them apart by this.
    pub fn named(&self) -> HashMap<String, Value> {
        HashMap::from([("repository".into(), self.prefix.clone().into())])
    }

    /// A metadata file's name in the whole repository.
    pub fn file(&self, name: &str) -> String {
        format!("{}/metadata/{name}", self.prefix)
    }

    /// A target file's name in the whole repository: the digest stands before the last part.
    pub fn target_file(&self, name: &str, digest: &str) -> String {
        let (folder, last) = name.rsplit_once('/').map_or(("", name), |(folder, last)| (folder, last));
        let slash = if folder.is_empty() { "" } else { "/" };
        format!("{}/targets/{folder}{slash}{digest}.{last}", self.prefix)
    }

    /// A metadata file, parsed and not verified.
    pub fn read<T: Role + DeserializeOwned>(&self, name: &str) -> Result<Signed<T>, RepositoryError> {
        let path = self.file(name);
        parse(&path, &self.storage.need(&path)?)
    }

    /// Names of all metadata files, those that no snapshot lists among them.
    pub fn names(&self) -> Result<BTreeSet<String>, RepositoryError> {
        let folder = format!("{}/metadata", self.prefix);
        let names = self.storage.list(&folder)?.into_iter();
        Ok(names.filter_map(|path| path.rsplit('/').next().map(ToOwned::to_owned)).collect())
    }

    /// True if there is a root, so that a repository has been made here.
    pub fn exists(&self) -> Result<bool, RepositoryError> {
        self.storage.has(&self.file("1.root.json"))
    }

    /// The newest root. Numbers may be missing before it: a chain that was begun anew leaves a gap, at which devices
    /// that follow the old one stop.
    pub fn root(&self) -> Result<Signed<Root>, RepositoryError> {
        self.read(&format!("{}.root.json", newest_root(&self.names()?).max(1)))
    }

    /// What devices see now.
    pub fn state(&self) -> Result<State, RepositoryError> {
        let path = self.file("timestamp.json");
        let timestamp_bytes = self.storage.need(&path)?;
        let timestamp: Signed<Timestamp> = parse(&path, &timestamp_bytes)?;
        let entry = timestamp
            .signed
            .meta
            .get("snapshot.json")
            .ok_or_else(|| RepositoryError::untrusted(&path, "names no snapshot.json"))?;
        let snapshot = self.read(&format!("{}.snapshot.json", entry.version))?;
        Ok(State { timestamp, timestamp_bytes, snapshot })
    }

    /// A role as the snapshot has it.
    pub fn role(&self, state: &State, name: &str) -> Result<Signed<Targets>, RepositoryError> {
        let version = state.version(name).ok_or_else(|| {
            RepositoryError::untrusted(&self.file("snapshot.json"), format!("lists no {name}.json"))
        })?;
        self.read(&format!("{version}.{name}.json"))
    }

    /// A target's bytes, if the role has such a target and they are what the role says.
    pub fn target(&self, role: &Targets, name: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        let key = target_name(name)?;
        let Some(target) = role.targets.get(&key) else { return Ok(None) };
        let digest = super::hex(&target.hashes.sha256);
        let path = self.target_file(name, &digest);
        let bytes = self.storage.need(&path)?;
        if bytes.len() as u64 != target.length || Digest::of(&bytes).to_hex() != digest {
            return Err(RepositoryError::untrusted(
                &path,
                "has another length or SHA-256 than its role says",
            ));
        }
        Ok(Some(bytes))
    }

    /// A JSON target.
    pub fn form<T: DeserializeOwned>(
        &self,
        role: &Targets,
        name: &str,
    ) -> Result<Option<T>, RepositoryError> {
        let Some(bytes) = self.target(role, name)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            RepositoryError::untrusted(&format!("{}: {name}", self.prefix), error.to_string())
        })
    }
}

fn parse<T: Role + DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<Signed<T>, RepositoryError> {
    serde_json::from_slice(bytes)
        .map_err(|error| RepositoryError::untrusted(path, format!("not such a role: {error}")))
}

pub(super) fn target_name(name: &str) -> Result<TargetName, RepositoryError> {
    TargetName::new(name).map_err(|error| RepositoryError::Encoding(error.to_string()))
}
