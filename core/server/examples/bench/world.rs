//! A repository in memory with throwaway keys, the network through which a device sees it, and devices.

use super::Outcome;
use jiff::Timestamp;
use lodger_bundle::{
    Bundle, Store, StoreOptions, Transfers,
    trust::{AnyRoot, Fetch, FetchError, Trust, Verified},
};
use lodger_server::{
    keys::{Cost, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{Batch, FULL_SHARE, NewApp, Publish, Repository, Sizes, Storage},
};
use std::{
    collections::HashMap,
    fs,
    hint::black_box,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};
use tempfile::TempDir;

/// The operator's side.
pub struct World {
    pub app: String,
    pub repository: Repository,
    pub ring: KeyRing,
    pub network: Arc<Network>,
    /// Holds the key files.
    _keys: TempDir,
}

impl World {
    /// A platform with one program, of which nothing is published.
    pub fn new(app: &str) -> Outcome<Self> {
        let keys = tempfile::tempdir()?;
        let phrase = || Passphrase::new("measured, not guarded".into()).ok_or("an empty passphrase");
        let folder = KeyFolder::init(
            &keys.path().join("keys"),
            Kind::Release,
            &phrase()?,
            Cost { memory: 64, passes: 1 },
        )?;
        let mut world = Self {
            app: app.to_owned(),
            repository: Repository::new(Storage::memory()?, Timestamp::now()),
            ring: KeyRing::new(folder, phrase()?),
            network: Arc::default(),
            _keys: keys,
        };
        world.commit(world.repository.init(&world.ring, "Bench")?)?;
        let new = NewApp { app: app.to_owned(), name: "Bench".into(), owner: String::new(), age: 0 };
        world.commit(world.repository.create_app(&world.ring, &new)?)?;
        Ok(world)
    }

    /// Publishes for everybody.
    pub fn publish(&mut self, bundle: &Bundle) -> Outcome<Sizes> {
        let publish = Publish { bundle, channel: "release", share: FULL_SHARE };
        let published = self.repository.publish(&self.ring, &publish)?;
        self.commit(published.batch)?;
        Ok(published.sizes)
    }

    /// Writes a change, for the operator and for devices.
    pub fn commit(&mut self, batch: Batch) -> Outcome<()> {
        let files = batch.writes().map(|(path, bytes)| (path.to_owned(), bytes.into()));
        self.network.lock().files.extend(files);
        Ok(self.repository.commit(batch)?)
    }

    /// What a host ships.
    pub fn root(&self) -> Outcome<AnyRoot> {
        Ok(AnyRoot::parse(&self.repository.storage().need("trust-root.json")?)?)
    }
}

/// A phone.
pub struct Device {
    pub store: Store,
    pub trust: Trust,
    transfers: Transfers,
    network: Arc<dyn Fetch>,
    pub dir: PathBuf,
}

impl Device {
    pub fn new(world: &World, dir: PathBuf) -> Outcome<Self> {
        let (store, _) = Store::open(&dir, StoreOptions { quota: 512 << 20 })?;
        let trust = Trust::new(store.database().clone(), world.root()?)?;
        let transfers = Transfers::new(store.clone(), 4);
        Ok(Self { store, trust, transfers, network: world.network.clone(), dir })
    }

    /// The same once more.
    pub fn copy(&self, world: &World, dir: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&dir)?;
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            fs::copy(entry.path(), dir.join(entry.file_name()))?;
        }
        Self::new(world, dir)
    }

    /// Asks the repository and verifies its answer.
    pub fn check(&self, world: &World) -> Outcome<Verified> {
        Ok(self.trust.check(&world.app, "release", &self.network, SystemTime::now())?)
    }

    /// Transfers, verifies and commits.
    pub fn install(&self, verified: &Verified, bundle: &Bundle) -> Outcome<()> {
        let (code, index, bytes) =
            (bundle.index.version.code, bundle.index.clone(), bundle.index_bytes.clone());
        self.transfers.install(verified, code, index, bytes, &[], &self.network, &())?;
        Ok(())
    }

    /// Every file of an installed bundle.
    pub fn read(&self, bundle: &Bundle) -> Outcome<()> {
        let digest = bundle.digest();
        for file in bundle.index.files() {
            black_box(self.store.read(&digest, &file.path)?);
        }
        Ok(())
    }
}

/// Files in memory, and what was asked for.
#[derive(Default)]
pub struct Network {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Arc<[u8]>>,
    asked: Vec<(String, usize)>,
}

impl Network {
    /// Paths that were asked for since the last call, with the bytes of the answer.
    pub fn asked(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.lock().asked)
    }

    /// Bytes of the newest version of each file in a folder, by its name without the version.
    pub fn newest(&self, folder: &str) -> HashMap<String, usize> {
        let mut newest: HashMap<String, (u64, usize)> = HashMap::new();
        for (path, bytes) in &self.lock().files {
            let Some(name) = path.strip_prefix(folder) else { continue };
            let (version, name) = name.split_once('.').unwrap_or_default();
            let (version, name) = match version.parse() {
                Ok(version) => (version, name.to_owned()),
                Err(_) => (0, path[folder.len()..].to_owned()),
            };
            let known = newest.entry(name).or_default();
            *known = (*known).max((version, bytes.len()));
        }
        newest.into_iter().map(|(name, (_, bytes))| (name, bytes)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetch for Network {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let mut state = self.lock();
        let found = state.files.get(path).cloned();
        state.asked.push((path.to_owned(), found.as_ref().map_or(0, |bytes| bytes.len())));
        match found {
            Some(bytes) if bytes.len() as u64 > limit => Err(FetchError::TooLong),
            found => Ok(found.map(|bytes| bytes.to_vec())),
        }
    }
}
