//! Keys that are at hand: opened when first asked for, kept open for one command.

use super::{
    Cost, Holder, KeyError, KeyFolder, Passphrase, PublicKey,
    folder::{KeyFile, read},
    seal::SealingKey,
};
use aws_lc_rs::signature::Ed25519KeyPair;
use std::{cell::RefCell, collections::HashMap, sync::Arc};

/// A key folder with what opens it. For one thread at a time.
pub struct KeyRing {
    folder: KeyFolder,
    /// None: all keys that are here are open.
    passphrase: Option<Passphrase>,
    /// The server's keys are on a server: what they sign is left to it.
    online_elsewhere: bool,
    sealing: RefCell<Vec<SealingKey>>,
    signers: RefCell<HashMap<Holder, Arc<Vec<Signer>>>>,
}

/// A key that can sign.
pub struct Signer {
    /// Its TUF key id, in hex.
    pub id: String,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Signer {
    /// From the 32 bytes of a private key; `None` if they are none.
    #[must_use]
    pub fn from_seed(id: String, seed: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(|pair| Self { id, pair })
    }

    /// The Ed25519 signature of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl KeyRing {
    /// No key is opened yet.
    #[must_use]
    pub fn new(folder: KeyFolder, passphrase: Passphrase) -> Self {
        Self {
            folder,
            passphrase: Some(passphrase),
            online_elsewhere: false,
            sealing: RefCell::default(),
            signers: RefCell::default(),
        }
    }

    /// A server's own keys, open.
    #[must_use]
    pub fn online(keys: Vec<PublicKey>, signers: Arc<Vec<Signer>>) -> Self {
        Self {
            folder: KeyFolder::of_server(keys),
            passphrase: None,
            online_elsewhere: false,
            sealing: RefCell::default(),
            signers: RefCell::new(HashMap::from([(Holder::Server, signers)])),
        }
    }

    /// The same keys, but for the server's: those are `keys`, on a server that signs by itself.
    #[must_use]
    pub fn with_server(mut self, keys: Vec<PublicKey>) -> Self {
        self.folder.replace_server(keys);
        self.online_elsewhere = true;
        self.signers.borrow_mut().remove(&Holder::Server);
        self
    }

    /// True if what the server's keys sign is left to a server.
    #[must_use]
    pub fn online_elsewhere(&self) -> bool {
        self.online_elsewhere
    }

    /// The public side.
    #[must_use]
    pub fn folder(&self) -> &KeyFolder {
        &self.folder
    }

    /// True if enough of a holder's keys are here to sign.
    #[must_use]
    pub fn has(&self, holder: Holder) -> bool {
        self.folder.of(holder).count() as u64 >= self.folder.threshold(holder)
    }

    /// True if a holder's keys here are enough to sign, and among those that signed something.
    #[must_use]
    pub fn signed(&self, holder: Holder, signatures: &[tough::schema::Signature]) -> bool {
        let ids: Vec<_> =
            signatures.iter().map(|signature| crate::repository::hex(&signature.keyid)).collect();
        self.has(holder) && self.folder.of(holder).any(|key| ids.contains(&key.id))
    }

    /// All keys of a holder.
    ///
    /// # Errors
    /// `TooFew`, `Passphrase`, `Damaged`, `File`, `Crypto`.
    pub fn signers(&self, holder: Holder) -> Result<Arc<Vec<Signer>>, KeyError> {
        if let Some(signers) = self.signers.borrow().get(&holder) {
            return Ok(signers.clone());
        }
        if !self.has(holder) {
            return Err(KeyError::TooFew {
                holder,
                needed: self.folder.threshold(holder),
                here: self.folder.of(holder).count(),
                dir: self.folder.dir().to_owned(),
            });
        }
        let opened: Result<Vec<_>, _> = self.folder.of(holder).map(|key| self.open(key)).collect();
        let opened = Arc::new(opened?);
        self.signers.borrow_mut().insert(holder, opened.clone());
        Ok(opened)
    }

    /// Rotates a holder's keys, if the passphrase opens the old ones: a mistyped one must not seal the new.
    ///
    /// # Errors
    /// `Passphrase`, `TooFew`, `Damaged`, `File`, `Crypto`.
    pub fn rotate(&mut self, holder: Holder, cost: Cost) -> Result<(), KeyError> {
        if holder == Holder::Server && self.online_elsewhere {
            let what =
                "the server's key is made and kept by the server, so it cannot be rotated from here".into();
            return Err(KeyError::Folder { path: self.folder.dir().to_owned(), what });
        }
        self.signers(holder)?;
        let passphrase =
            self.passphrase.as_ref().ok_or(KeyError::Crypto("these keys are not in a folder"))?;
        self.folder.rotate(holder, passphrase, cost)?;
        self.signers.borrow_mut().remove(&holder);
        Ok(())
    }

    /// A holder's keys that were retired and are still here.
    ///
    /// # Errors
    /// `Passphrase`, `Damaged`, `File`, `Crypto`.
    pub fn former(&self, holder: Holder) -> Result<Vec<Signer>, KeyError> {
        self.folder.former(holder).map(|key| self.open(key)).collect()
    }

    fn open(&self, key: &PublicKey) -> Result<Signer, KeyError> {
        let damaged = || KeyError::Damaged { path: key.path.clone() };
        let KeyFile { sealed, .. } = read(&key.path)?;
        let known = self.sealing.borrow().iter().find(|sealing| sealing.fits(&sealed)).cloned();
        let sealing = match known {
            Some(sealing) => sealing,
            None => {
                let made = SealingKey::of(&sealed, self.passphrase.as_ref().ok_or_else(damaged)?)?
                    .ok_or_else(damaged)?;
                self.sealing.borrow_mut().push(made.clone());
                made
            }
        };
        let wrong = || KeyError::Passphrase { path: key.path.clone() };
        let secret = sealing.open(&sealed, &key.id)?.ok_or_else(wrong)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&secret).map_err(|_| damaged())?;
        Ok(Signer { id: key.id.clone(), pair })
    }
}
