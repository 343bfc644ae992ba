//! The folder: `keys.json` says what the set is for and how many must sign, one `.key` file holds each key.

use super::{
    Cost, Holder, KeyError, Kind, Passphrase,
    seal::{Sealed, SealingKey},
};
use aws_lc_rs::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tough::{schema::key::Key, sign::Sign};

const SETTINGS: &str = "keys.json";
const RETIRED: &str = "retired";

/// `keys.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    kind: Kind,
    thresholds: BTreeMap<Holder, u64>,
}

/// `officer-1.key` and its like.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    pub holder: Holder,
    pub public: Key,
    pub sealed: Sealed,
}

/// The public half of a key, and where the private one lies.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// Who holds it.
    pub holder: Holder,
    /// As in TUF metadata.
    pub key: Key,
    /// Its TUF key id, in hex.
    pub id: String,
    /// The key file.
    pub path: PathBuf,
}

impl PublicKey {
    /// A server's key, which lies in no folder.
    ///
    /// # Errors
    /// `Crypto` if it has no id.
    pub fn of_server(key: Key) -> Result<Self, KeyError> {
        Ok(Self { holder: Holder::Server, id: key_id(&key)?, key, path: PathBuf::new() })
    }
}

/// A folder of keys. Reading it needs no passphrase.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    dir: PathBuf,
    settings: Settings,
    keys: Vec<PublicKey>,
    former: Vec<PublicKey>,
}

impl KeyFolder {
    /// Makes a new set in `dir`, which must be new or empty: one key for each holder, and for releases three
    /// officers of whom two must sign.
    ///
    /// # Errors
    /// `Folder` if something is there already; `File`, `Crypto`.
    pub fn init(dir: &Path, kind: Kind, passphrase: &Passphrase, cost: Cost) -> Result<Self, KeyError> {
        let file = |source| KeyError::File { path: dir.to_owned(), source };
        fs::create_dir_all(dir).map_err(file)?;
        if fs::read_dir(dir).map_err(file)?.next().is_some() {
            let what = "the folder is not empty; give a new one, or `lodger keys add` for another key".into();
            return Err(KeyError::Folder { path: dir.to_owned(), what });
        }
        let officers: u64 = if kind == Kind::Release { 3 } else { 1 };
        let thresholds = Holder::ALL
            .map(|holder| (holder, if holder == Holder::Officer { officers.div_ceil(2) } else { 1 }));
        let mut folder = Self {
            dir: dir.to_owned(),
            settings: Settings { kind, thresholds: thresholds.into() },
            keys: Vec::new(),
            former: Vec::new(),
        };
        let sealing = SealingKey::new(passphrase, cost)?;
        for holder in Holder::ALL {
            for _ in 0..if holder == Holder::Officer { officers } else { 1 } {
                folder.make(holder, &sealing)?;
            }
        }
        folder.save()?; // last: a folder without it is no set
        Ok(folder)
    }

    /// Opens an existing set.
    ///
    /// # Errors
    /// `Folder` if `dir` holds no keys, `Damaged`, `File`.
    pub fn open(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join(SETTINGS);
        let text = fs::read(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => KeyError::Folder {
                path: dir.to_owned(),
                what: "no keys are here; `lodger keys init --dir K` makes some".into(),
            },
            _ => KeyError::File { path: path.clone(), source },
        })?;
        let settings: Settings =
            serde_json::from_slice(&text).map_err(|_| KeyError::Damaged { path: path.clone() })?;
        if settings.thresholds.values().any(|threshold| *threshold == 0) {
            return Err(KeyError::Damaged { path });
        }
        let retired = dir.join(RETIRED);
        let former = if retired.is_dir() { read_all(&retired)? } else { Vec::new() };
        Ok(Self { keys: read_all(dir)?, dir: dir.to_owned(), settings, former })
    }

    /// No folder: the keys that a server holds itself.
    pub(super) fn of_server(keys: Vec<PublicKey>) -> Self {
        let settings = Settings { kind: Kind::Release, thresholds: BTreeMap::from([(Holder::Server, 1)]) };
        Self { dir: PathBuf::new(), settings, keys, former: Vec::new() }
    }

    /// Other keys for the server, of which one signs.
    pub(super) fn replace_server(&mut self, keys: Vec<PublicKey>) {
        self.keys.retain(|key| key.holder != Holder::Server);
        self.keys.extend(keys);
        self.settings.thresholds.insert(Holder::Server, 1);
    }

    /// Adds a key for `holder`, and with `threshold` says how many of them must sign from now on. Repositories
    /// learn of it by `lodger keys rotate`.
    ///
    /// # Errors
    /// `Folder` if the threshold is above the number of keys; `File`, `Crypto`.
    pub fn add(
        &mut self,
        holder: Holder,
        threshold: Option<u64>,
        passphrase: &Passphrase,
        cost: Cost,
    ) -> Result<PublicKey, KeyError> {
        let count = self.of(holder).count() as u64 + 1;
        let threshold = threshold.unwrap_or_else(|| self.threshold(holder));
        if threshold == 0 || threshold > count {
            let what = format!("{threshold} of {count} {holder} keys cannot sign; give 1 to {count}");
            return Err(KeyError::Folder { path: self.dir.clone(), what });
        }
        let key = self.make(holder, &SealingKey::new(passphrase, cost)?)?;
        self.settings.thresholds.insert(holder, threshold);
        self.save()?;
        Ok(key)
    }

    /// Makes as many new keys for `holder` as it has, and retires those: they lie in `retired/`, and sign only what
    /// hands over to the new ones. Repositories follow by [`crate::repository::Repository::rekey`].
    ///
    /// # Errors
    /// `File`, `Crypto`.
    pub(super) fn rotate(
        &mut self,
        holder: Holder,
        passphrase: &Passphrase,
        cost: Cost,
    ) -> Result<(), KeyError> {
        let sealing = SealingKey::new(passphrase, cost)?;
        let old: Vec<PublicKey> = self.of(holder).cloned().collect();
        for _ in &old {
            self.make(holder, &sealing)?;
        }
        let retired = self.dir.join(RETIRED);
        fs::create_dir_all(&retired).map_err(|source| KeyError::File { path: retired.clone(), source })?;
        for mut key in old {
            let path = retired.join(key.path.file_name().unwrap_or_default());
            fs::rename(&key.path, &path)
                .map_err(|source| KeyError::File { path: key.path.clone(), source })?;
            self.keys.retain(|kept| kept.id != key.id);
            key.path = path;
            self.former.push(key);
        }
        Ok(())
    }

    /// A holder's keys that were retired.
    pub fn former(&self, holder: Holder) -> impl Iterator<Item = &PublicKey> {
        self.former.iter().filter(move |key| key.holder == holder)
    }

    /// What the set is for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.settings.kind
    }

    /// Where it lies.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How many of a holder's keys must sign.
    #[must_use]
    pub fn threshold(&self, holder: Holder) -> u64 {
        self.settings.thresholds.get(&holder).copied().unwrap_or(1)
    }

    /// A holder's keys.
    pub fn of(&self, holder: Holder) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().filter(move |key| key.holder == holder)
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    fn make(&mut self, holder: Holder, sealing: &SealingKey) -> Result<PublicKey, KeyError> {
        let mut secret = zeroize::Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(secret.as_mut()).map_err(|_| KeyError::Crypto("no random numbers"))?;
        let pair = Ed25519KeyPair::from_seed_unchecked(secret.as_ref())
            .map_err(|_| KeyError::Crypto("no Ed25519 key could be made"))?;
        let public = Sign::tuf_key(&pair);
        let id = key_id(&public)?;
        let sealed = sealing.seal(secret.as_ref(), &id)?;
        let name = |number: usize| self.dir.join(format!("{holder}-{number}.key"));
        // Numbers are not used again: a retired key keeps its file name in backups.
        let used = |number: usize| {
            let file = format!("{holder}-{number}.key");
            self.dir.join(&file).exists() || self.dir.join(RETIRED).join(file).exists()
        };
        let number = (1..).find(|number| !used(*number)).unwrap_or(1);
        let path = name(number);
        write_private(&path, &KeyFile { holder, public: public.clone(), sealed })?;
        let key = PublicKey { holder, key: public, id, path };
        self.keys.push(key.clone());
        Ok(key)
    }

    fn save(&self) -> Result<(), KeyError> {
        self.write(SETTINGS, &self.settings)
    }

    /// Writes a file beside the keys.
    pub(crate) fn write(&self, name: &str, value: &impl Serialize) -> Result<(), KeyError> {
        write_private(&self.dir.join(name), value)
    }
}

/// The public halves in a folder, by file name.
fn read_all(dir: &Path) -> Result<Vec<PublicKey>, KeyError> {
    let file = |source| KeyError::File { path: dir.to_owned(), source };
    let mut keys = Vec::new();
    for entry in fs::read_dir(dir).map_err(file)? {
        let path = entry.map_err(file)?.path();
        if path.extension().is_some_and(|extension| extension == "key") {
            let KeyFile { holder, public, .. } = read(&path)?;
            keys.push(PublicKey { holder, id: key_id(&public)?, key: public, path });
        }
    }
    keys.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(keys)
}

pub(super) fn read(path: &Path) -> Result<KeyFile, KeyError> {
    let bytes = fs::read(path).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|_| KeyError::Damaged { path: path.to_owned() })
}

pub(super) fn key_id(key: &Key) -> Result<String, KeyError> {
    let id = key.key_id().map_err(|_| KeyError::Crypto("a key has no id"))?;
    Ok(crate::repository::hex(&id))
}

/// Writes beside, syncs, then moves: a key that is told to exist is on disk, and readable by its owner only.
fn write_private(path: &Path, value: &impl Serialize) -> Result<(), KeyError> {
    let file = |source| KeyError::File { path: path.to_owned(), source };
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| file(error.into()))?;
    bytes.push(b'\n');
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside).map_err(file)?;
    out.write_all(&bytes).and_then(|()| out.sync_all()).map_err(file)?;
    fs::rename(&beside, path).map_err(file)
}
