//! Keys that are at hand: opened when first asked for, kept open for one command.

use super::{
    Cost, Holder, KeyError, KeyFolder, Passphrase,
    folder::{KeyFile, read},
    seal::SealingKey,
};
use aws_lc_rs::signature::Ed25519KeyPair;
use std::{cell::RefCell, collections::HashMap, sync::Arc};

/// A key folder with what opens it. For one thread at a time.
pub struct KeyRing {
    folder: KeyFolder,
    passphrase: Passphrase,
    sealing: RefCell<Vec<SealingKey>>,
    signers: RefCell<HashMap<Holder, Arc<Vec<Signer>>>>,
}

/// A key that can sign.
pub struct Signer {
    /// Its TUF key id, in hex.
    pub id: String,
    pair: Ed25519KeyPair,
}

impl Signer {
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
        Self { folder, passphrase, sealing: RefCell::default(), signers: RefCell::default() }
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
        self.signers(holder)?;
        self.folder.rotate(holder, &self.passphrase, cost)?;
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

    fn open(&self, key: &super::PublicKey) -> Result<Signer, KeyError> {
        let damaged = || KeyError::Damaged { path: key.path.clone() };
        let KeyFile { sealed, .. } = read(&key.path)?;
        let known = self.sealing.borrow().iter().find(|sealing| sealing.fits(&sealed)).cloned();
        let sealing = match known {
            Some(sealing) => sealing,
            None => {
                let made = SealingKey::of(&sealed, &self.passphrase)?.ok_or_else(damaged)?;
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
