//! Blobs in memory, each hashed when it came in, so that a program that is opened again is not read again.
//!
//! What stands here is what was signed, whatever happens to the disk meanwhile: damage there is noticed when the bytes
//! are next read from it (DESIGN 7). By bundle and not by blob alone: a bundle that was removed is not read, though
//! another has the same blob.
use crate::{Digest, database::lock};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

/// Bytes kept at most: all that a few programs read when they open.
const MOST: usize = 8 << 20;
/// A longer blob is read each time: it would push out everything else.
const LONGEST: usize = MOST / 4;

/// A bundle, and a blob of it.
type Key = (Digest, Digest);

/// The least recently used go first. Safe from any thread.
#[derive(Default)]
pub(super) struct Memory(Mutex<State>);

#[derive(Default)]
struct State {
    blobs: HashMap<Key, (u64, Arc<Vec<u8>>)>,
    /// By when they were used.
    used: BTreeMap<u64, Key>,
    tick: u64,
    bytes: usize,
    /// How often everything was forgotten.
    age: u64,
}

impl Memory {
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Vec<u8>>> {
        let mut state = lock(&self.0);
        let State { blobs, used, tick, .. } = &mut *state;
        let (at, bytes) = blobs.get_mut(key)?;
        used.remove(at);
        *tick += 1;
        *at = *tick;
        used.insert(*at, *key);
        Some(bytes.clone())
    }

    /// To be asked before reading what is to be kept.
    pub(super) fn age(&self) -> u64 {
        lock(&self.0).age
    }

    /// Keeps bytes that have been hashed, unless everything was forgotten since `age`: their bundle may be gone.
    pub(super) fn put(&self, age: u64, key: Key, bytes: &Arc<Vec<u8>>) {
        let mut state = lock(&self.0);
        if bytes.len() > LONGEST || state.age != age || state.blobs.contains_key(&key) {
            return;
        }
        state.bytes += bytes.len();
        state.tick += 1;
        let tick = state.tick;
        state.blobs.insert(key, (tick, bytes.clone()));
        state.used.insert(tick, key);
        while state.bytes > MOST
            && let Some((_, oldest)) = state.used.pop_first()
            && let Some((_, bytes)) = state.blobs.remove(&oldest)
        {
            state.bytes -= bytes.len();
        }
    }

    /// Something may have been removed.
    pub(super) fn forget(&self) {
        let mut state = lock(&self.0);
        *state = State { age: state.age + 1, ..State::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        (Digest::of(b"bundle"), Digest::of(&number.to_be_bytes()))
    }

    #[test]
    fn keeps_what_was_used_last_within_its_bytes() {
        let memory = Memory::default();
        let blob = Arc::new(vec![7; LONGEST]);
        for number in 0..4 {
            memory.put(memory.age(), key(number), &blob);
        }
        assert_eq!(memory.get(&key(0)).as_deref(), Some(&*blob));
        memory.put(memory.age(), key(4), &blob);
        let kept: Vec<_> = (0..5).filter(|number| memory.get(&key(*number)).is_some()).collect();
        assert_eq!(kept, [0, 2, 3, 4]);
        memory.put(memory.age(), key(5), &Arc::new(vec![7; LONGEST + 1]));
        assert!(memory.get(&key(5)).is_none(), "too long");
        assert_eq!(lock(&memory.0).bytes, MOST);
    }

    #[test]
    fn what_was_read_before_everything_was_forgotten_is_not_kept_after() {
        let memory = Memory::default();
        let blob = Arc::new(vec![7]);
        let before = memory.age();
        memory.put(before, key(0), &blob);
        memory.forget();
        memory.put(before, key(1), &blob);
        assert!(memory.get(&key(0)).is_none() && memory.get(&key(1)).is_none());
        memory.put(memory.age(), key(1), &blob);
        assert!(memory.get(&key(1)).is_some());
    }
}
