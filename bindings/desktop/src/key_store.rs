//! Wraps the engine's secrets with a key in a file beside its data.
//!
//! A desktop has no one key store to rely on, and this host is for development: the file keeps the secrets out of
//! a copied database, not from the user who owns both.
use lodger_engine::{ErrorKind, KeyStore, LodgerError};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use std::{fs, io::Write, path::Path};

/// AES-256-GCM under a key of the user's own (mode 0600), made on first use.
pub struct FileKeyStore {
    key: LessSafeKey,
    random: SystemRandom,
}

impl FileKeyStore {
    /// Reads or makes `dir/host.key`.
    ///
    /// # Errors
    /// When the file cannot be read or written, or does not hold a key.
    pub fn open(dir: &Path) -> Result<Self, LodgerError> {
        let random = SystemRandom::new();
        let path = dir.join("host.key");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = vec![0; 32];
                random.fill(&mut bytes).map_err(|_| failed("The system gave no random numbers."))?;
                fs::create_dir_all(dir)
                    .and_then(|()| private_file(&path))
                    .and_then(|mut file| file.write_all(&bytes))
                    .map_err(|error| failed(&format!("{}: {error}", path.display())))?;
                bytes
            }
            Err(error) => return Err(failed(&format!("{}: {error}", path.display()))),
        };
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| {
            failed(&format!("{} does not hold a key. Remove it to start afresh.", path.display()))
        })?;
        Ok(Self { key: LessSafeKey::new(key), random })
    }
}

/// Created for this user only; an existing file is an error, so two hosts cannot overwrite each other's key.
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(message: &str) -> LodgerError {
    LodgerError::new(ErrorKind::Storage, "key-store", message)
}

impl KeyStore for FileKeyStore {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| failed("The system gave no random numbers."))?;
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| failed("A secret could not be sealed."))?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError> {
        // The key file was replaced or removed: what it sealed is gone for good.
        let gone = || {
            LodgerError::new(
                ErrorKind::Storage,
                "key-invalidated",
                "The data was sealed with a key that is gone.",
            )
        };
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_LEN>().ok_or_else(gone)?;
        let mut sealed = sealed.to_vec();
        let secret = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut sealed)
            .map_err(|_| gone())?;
        Ok(secret.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_with_the_same_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let wrapped = FileKeyStore::open(dir.path()).unwrap().wrap(b"secret").unwrap();
        assert!(!wrapped.windows(6).any(|part| part == b"secret"));
        assert_eq!(FileKeyStore::open(dir.path()).unwrap().unwrap(&wrapped).unwrap(), b"secret");

        let other = tempfile::tempdir().unwrap();
        let error = FileKeyStore::open(other.path()).unwrap().unwrap(&wrapped).unwrap_err();
        assert_eq!(error.code, "key-invalidated");
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_the_users_own() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        FileKeyStore::open(dir.path()).unwrap();
        let mode = fs::metadata(dir.path().join("host.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
