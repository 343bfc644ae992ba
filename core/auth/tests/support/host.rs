//! A host app without a platform: rows, sealing, a clock and a user who is always there.
#![allow(dead_code)] // each test program uses its part
use async_trait::async_trait;
use lodger_auth::{
    AuthError, Login, LoginConfig,
    keys::{Presence, SignerError, SoftwareSigner},
    ports::{Change, Clock, Http, Ports, Seal, Store},
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Rows in memory, or in a file that another process can open.
#[derive(Default)]
pub struct Rows {
    memory: Mutex<BTreeMap<String, Vec<u8>>>,
    file: Option<PathBuf>,
    /// Writing fails.
    pub broken: AtomicBool,
    /// `wipe` leaves this row.
    pub sticky: Mutex<Option<String>>,
}

impl Rows {
    pub fn in_file(file: PathBuf) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    pub fn put(&self, row: &str, bytes: Vec<u8>) {
        let mut rows = self.load();
        rows.insert(row.into(), bytes);
        self.save(rows).unwrap();
    }

    pub fn names(&self) -> Vec<String> {
        self.load().into_keys().collect()
    }

    pub fn all_bytes(&self) -> Vec<u8> {
        self.load().into_values().flatten().collect()
    }

    fn load(&self) -> BTreeMap<String, Vec<u8>> {
        match &self.file {
            None => self.memory.lock().unwrap().clone(),
            Some(file) => {
                std::fs::read(file).map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default()
            }
        }
    }

    fn save(&self, rows: BTreeMap<String, Vec<u8>>) -> Result<(), AuthError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(AuthError::Storage("the disk is full".into()));
        }
        match &self.file {
            None => *self.memory.lock().unwrap() = rows,
            Some(file) => {
                let next = file.with_extension("next");
                std::fs::write(&next, serde_json::to_vec(&rows).unwrap()).unwrap();
                std::fs::rename(next, file).unwrap();
            }
        }
        Ok(())
    }
}

impl Store for Rows {
    fn read(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError> {
        Ok(self.load().get(row).cloned())
    }
    fn write(&self, changes: &[Change]) -> Result<(), AuthError> {
        let mut rows = self.load();
        for change in changes {
            match change {
                Change::Put(row, bytes) => rows.insert((*row).into(), bytes.clone()),
                Change::Remove(row) => rows.remove(*row),
            };
        }
        self.save(rows)
    }
    fn take(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError> {
        let mut rows = self.load();
        let taken = rows.remove(row);
        self.save(rows)?;
        Ok(taken)
    }
    fn wipe(&self) -> Result<usize, AuthError> {
        let sticky = self.sticky.lock().unwrap().clone();
        let mut rows = self.load();
        rows.retain(|name, _| sticky.as_ref() == Some(name));
        self.save(rows)?;
        Ok(self.load().len())
    }
}

/// AES-256-GCM; the name of the row is bound.
pub struct Sealed(pub Mutex<[u8; 32]>);

impl Sealed {
    fn key(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*self.0.lock().unwrap()).unwrap())
    }
}

impl Seal for Sealed {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, AuthError> {
        let mut nonce = [0; 12];
        SystemRandom::new().fill(&mut nonce).unwrap();
        let mut bytes = plain.to_vec();
        self.key()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut bytes)
            .unwrap();
        Ok([&nonce[..], &bytes].concat())
    }
    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(12)?;
        let mut bytes = rest.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        Some(self.key().open_in_place(nonce, Aad::from(place), &mut bytes).ok()?.to_vec())
    }
}

/// A clock that tests turn. 0: the machine's.
#[derive(Default)]
pub struct Turned(pub AtomicU64);

impl Turned {
    pub fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Turned {
    fn now(&self) -> SystemTime {
        match self.0.load(Ordering::SeqCst) {
            0 => SystemTime::now(),
            seconds => UNIX_EPOCH + Duration::from_secs(seconds),
        }
    }
}

/// Presses the button, or does not.
#[derive(Default)]
pub struct User {
    pub says_no: AtomicBool,
    pub asked: AtomicU64,
}

#[async_trait]
impl Presence for User {
    async fn confirm(&self, _: &str) -> Result<(), SignerError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.says_no.load(Ordering::SeqCst) { Err(SignerError::Cancelled) } else { Ok(()) }
    }
}

/// What survives a process.
pub struct Host {
    pub rows: Arc<Rows>,
    pub seal: Arc<Sealed>,
    pub clock: Arc<Turned>,
    pub user: Arc<User>,
    pub http: Arc<dyn Http>,
    pub config: LoginConfig,
}

impl Host {
    pub fn new(http: Arc<dyn Http>, config: LoginConfig, rows: Rows) -> Self {
        let seal = Arc::new(Sealed(Mutex::new([7; 32])));
        Self { rows: Arc::new(rows), seal, clock: Arc::default(), user: Arc::default(), http, config }
    }

    pub fn ports(&self) -> Ports {
        Ports {
            http: self.http.clone(),
            clock: self.clock.clone(),
            store: self.rows.clone(),
            seal: self.seal.clone(),
        }
    }

    pub fn signer(&self) -> Arc<SoftwareSigner> {
        Arc::new(SoftwareSigner::new(self.rows.clone(), self.seal.clone(), self.user.clone()))
    }

    /// A new process: everything in memory is gone.
    pub fn login(&self) -> Login {
        Login::new(self.config.clone(), self.ports(), self.signer()).unwrap()
    }
}
