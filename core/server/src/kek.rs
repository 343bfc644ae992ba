//! The key-encryption key: seals the private keys and secrets that stand in the database.
//!
//! It is never under the data folder, so that a copied database or backup opens nothing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The environment's name for it.
pub const VARIABLE: &str = "LODGER_KEK";
const LENGTH: usize = 32;

/// Why there is no key-encryption key, or it does not open something. No message holds a key.
#[derive(Debug, thiserror::Error)]
pub enum KekError {
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was given is no key.
    #[error("{from} does not hold 32 bytes in base64; `openssl rand -base64 32` makes some")]
    Malformed {
        /// The file, or the variable.
        from: String,
    },
    /// Others may read the file, or it lies beside what it seals.
    #[error("{path} {what}", path = path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// None was given, on an address that others reach.
    #[error(
        "a server that others reach needs a key-encryption key: give --kek-file FILE, or set LODGER_KEK (`openssl rand -base64 32` makes one)"
    )]
    Missing,
    /// What was sealed with another key, or changed.
    #[error("the key-encryption key does not open {0}; give the one that this server was started with first")]
    Wrong(String),
    /// The cryptographic library failed.
    #[error("cryptography failed")]
    Crypto,
}

/// Where the key came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the operator.
    Given,
    /// Made or found in the user's configuration folder: for development only.
    Own(PathBuf),
}

/// Seals and opens. Wiped from memory when dropped; never printed.
pub struct Kek(Zeroizing<[u8; LENGTH]>);

impl Kek {
    /// From `file`, else the environment, else, on a loopback address, the user's configuration folder.
    ///
    /// # Errors
    /// All but `Wrong`.
    pub fn find(file: Option<&Path>, data: &Path, loopback: bool) -> Result<(Self, Origin), KekError> {
        if let Some(file) = file {
            return Ok((Self::read(file, data)?, Origin::Given));
        }
        match std::env::var(VARIABLE) {
            Ok(text) => return Ok((Self::parse(&text, VARIABLE)?, Origin::Given)),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(KekError::Malformed { from: VARIABLE.into() });
            }
            Err(std::env::VarError::NotPresent) => {}
        }
        let folder = dirs::config_dir().filter(|_| loopback).ok_or(KekError::Missing)?.join("lodger");
        let path = folder.join("server.kek");
        if !path.exists() {
            make(&folder, &path)?;
        }
        Ok((Self::read(&path, data)?, Origin::Own(path)))
    }

    /// From a file that only its owner may read, outside of `data`.
    ///
    /// # Errors
    /// `File`, `Exposed`, `Malformed`.
    pub fn read(path: &Path, data: &Path) -> Result<Self, KekError> {
        let failed = |source| KekError::File { path: path.to_owned(), source };
        let real = path.canonicalize().map_err(failed)?;
        if data.canonicalize().is_ok_and(|data| real.starts_with(data)) {
            let what = "lies under --data, so a copy of the data would open itself; keep it elsewhere";
            return Err(KekError::Exposed { path: path.to_owned(), what });
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if fs::metadata(&real).map_err(failed)?.permissions().mode() & 0o077 != 0 {
                let what = "may be read by others; `chmod 600` it, and make a new key if others had access";
                return Err(KekError::Exposed { path: path.to_owned(), what });
            }
        }
        let text = Zeroizing::new(fs::read_to_string(&real).map_err(failed)?);
        Self::parse(&text, &path.display().to_string())
    }

    fn parse(text: &str, from: &str) -> Result<Self, KekError> {
        let malformed = || KekError::Malformed { from: from.to_owned() };
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| malformed())?);
        let mut key = Zeroizing::new([0; LENGTH]);
        if bytes.len() != LENGTH {
            return Err(malformed());
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// Seals `secret` for the row `id`: nonce, then ciphertext and tag.
    ///
    /// # Errors
    /// `Crypto`.
    pub fn seal(&self, id: &str, secret: &[u8]) -> Result<Vec<u8>, KekError> {
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| KekError::Crypto)?;
        let mut text = secret.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(id), &mut text)
            .map_err(|_| KekError::Crypto)?;
        Ok([&nonce[..], &text].concat())
    }

    /// Opens what was sealed for the row `id`.
    ///
    /// # Errors
    /// `Wrong`, `Crypto`.
    pub fn open(&self, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KekError> {
        let wrong = || KekError::Wrong(id.to_owned());
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length =
            self.cipher()?.open_in_place(nonce, Aad::from(id), &mut text).map_err(|_| wrong())?.len();
        text.truncate(length);
        Ok(text)
    }

    /// A secret that only who has this key can tell, the same every time: 16 bytes of HMAC-SHA-256 in hex.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> String {
        use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
        let tag = sign(&Key::new(HMAC_SHA256, self.0.as_ref()), purpose.as_bytes());
        crate::repository::hex(&tag.as_ref()[..16])
    }

    fn cipher(&self) -> Result<LessSafeKey, KekError> {
        UnboundKey::new(&AES_256_GCM, self.0.as_ref()).map(LessSafeKey::new).map_err(|_| KekError::Crypto)
    }
}

/// Two that start at once make one: the file appears whole under its name, or not at all.
fn make(folder: &Path, path: &Path) -> Result<(), KekError> {
    let failed = |source| KekError::File { path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let mut key = Zeroizing::new([0; LENGTH]);
    aws_lc_rs::rand::fill(key.as_mut()).map_err(|_| KekError::Crypto)?;
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside).map_err(failed)?;
    let text = Zeroizing::new(STANDARD.encode(key.as_ref()) + "\n");
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = fs::hard_link(&beside, path);
    // Nothing depends on it any more.
    let _ = fs::remove_file(&beside);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kek(byte: u8) -> Kek {
        Kek(Zeroizing::new([byte; LENGTH]))
    }

    #[test]
    fn opens_only_for_the_same_row_and_key() {
        let sealed = kek(1).seal("row", b"secret").unwrap();
        assert_eq!(kek(1).open("row", &sealed).unwrap().as_slice(), b"secret");
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        for (key, row, text) in
            [(2, "row", &sealed), (1, "other", &sealed), (1, "row", &changed), (1, "row", &Vec::new())]
        {
            assert!(matches!(kek(key).open(row, text), Err(KekError::Wrong(_))));
        }
    }

    #[cfg(unix)]
    #[test]
    fn refuses_files_that_others_see_or_that_lie_beside_the_data() {
        use std::os::unix::fs::PermissionsExt;
        let (data, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |dir: &Path, text: &str, mode: u32| {
            let path = dir.join("kek");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Kek::read(&path, data.path()).map(drop)
        };
        let good = STANDARD.encode([7; LENGTH]);
        write(other.path(), &good, 0o600).unwrap();
        assert!(matches!(write(other.path(), &good, 0o640), Err(KekError::Exposed { .. })));
        assert!(matches!(write(data.path(), &good, 0o600), Err(KekError::Exposed { .. })));
        assert!(matches!(write(other.path(), "c2hvcnQ=", 0o600), Err(KekError::Malformed { .. })));
        let error = write(other.path(), "no base64!", 0o600).unwrap_err().to_string();
        assert!(!error.contains("no base64"), "{error}");
    }
}
