//! A store that fails as disks do.
use lodger_pay::journal::{Store, StoreError};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

/// What happens to the next operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Disk full: writes fail, and nothing is written.
    Full,
    /// Writes fail, and are written.
    Written,
    /// Writes fail; whether they are written is seen after the next power loss (a failed fsync).
    Fsync,
    /// Writes that fail as `Fsync`, and then nothing can be read either.
    Dead,
}

pub type Content = BTreeMap<String, Vec<u8>>;

#[derive(Default)]
struct Disk {
    rows: Content,
    /// Written by a call that failed, and not visible.
    limbo: Content,
    fault: Fault,
}

#[derive(Default)]
pub struct Rows(Mutex<Disk>);

impl Rows {
    pub fn set(&self, fault: Fault) {
        self.disk().fault = fault;
    }

    /// The power goes; `keep` says whether what was in limbo had reached the disk.
    pub fn power_loss(&self, keep: bool) {
        let mut disk = self.disk();
        let limbo = std::mem::take(&mut disk.limbo);
        if keep {
            disk.rows.extend(limbo);
        }
    }

    pub fn content(&self) -> Content {
        self.disk().rows.clone()
    }

    pub fn restore(&self, content: Content) {
        *self.disk() = Disk { rows: content, ..Disk::default() };
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }

    fn put(&self, name: &str, was: Option<&[u8]>, row: Option<&[u8]>) -> Result<bool, StoreError> {
        let mut disk = self.disk();
        if disk.fault == Fault::Dead && was.is_none() {
            return Err(failed());
        }
        if disk.rows.get(name).map(Vec::as_slice) != was {
            return Ok(false);
        }
        let apply = |rows: &mut Content| match row {
            Some(row) => drop(rows.insert(name.to_owned(), row.to_vec())),
            None => drop(rows.remove(name)),
        };
        match disk.fault {
            Fault::None => {
                disk.limbo.remove(name);
                apply(&mut disk.rows);
                return Ok(true);
            }
            Fault::Full => {}
            Fault::Written => apply(&mut disk.rows),
            Fault::Fsync | Fault::Dead => apply(&mut disk.limbo),
        }
        Err(failed())
    }
}

fn failed() -> StoreError {
    StoreError("the disk fails".into())
}

impl Store for Rows {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut disk = self.disk();
        // The first reading still works: it is what a write is compared with.
        match disk.fault {
            Fault::Dead if !disk.limbo.is_empty() => Err(failed()),
            _ => Ok(disk.rows.get_mut(name).cloned()),
        }
    }

    fn list(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        Ok(self.content().into_iter().collect())
    }

    fn write(&self, name: &str, was: Option<&[u8]>, row: &[u8]) -> Result<bool, StoreError> {
        self.put(name, was, Some(row))
    }

    fn remove(&self, name: &str, was: &[u8]) -> Result<bool, StoreError> {
        self.put(name, Some(was), None)
    }
}
