//! One process for a data folder: a file lock, which the system lets go of when the process ends, however it ends.

use super::DatabaseError;
use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

/// Held as long as it lives.
pub(super) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    pub fn take(dir: &Path) -> Result<Self, DatabaseError> {
        let path = dir.join("lock");
        let failed = |source| DatabaseError::File { path: path.clone(), source };
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only to name it; the lock is what counts.
                let _ = (&file).take(64).read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() {
                    "another process".into()
                } else {
                    holder.trim().to_owned()
                };
                return Err(DatabaseError::InUse { path: dir.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let name = format!("process {}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(name.as_bytes()))
            .map_err(failed)?;
        Ok(Self(file))
    }
}
