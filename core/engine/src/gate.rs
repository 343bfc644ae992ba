//! Lets a session's last writes end before its data is wiped, and no later ones begin.
use std::sync::{PoisonError, RwLock};

/// Open until it is shut for good.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    shut: RwLock<bool>,
}

impl Gate {
    /// Runs `write` unless the gate is shut. It must not come back here.
    pub(crate) fn pass<T>(&self, write: impl FnOnce() -> T) -> Option<T> {
        let shut = self.shut.read().unwrap_or_else(PoisonError::into_inner);
        (!*shut).then(write)
    }

    /// Returns when all that had passed has ended.
    pub(crate) fn shut(&self) {
        *self.shut.write().unwrap_or_else(PoisonError::into_inner) = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[test]
    fn nothing_passes_a_shut_gate() {
        let (gate, passed) = (Arc::new(Gate::default()), Arc::new(AtomicU32::new(0)));
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let (gate, passed) = (Arc::clone(&gate), Arc::clone(&passed));
                std::thread::spawn(
                    move || while gate.pass(|| passed.fetch_add(1, Ordering::SeqCst)).is_some() {},
                )
            })
            .collect();
        gate.shut();
        let at_shut = passed.load(Ordering::SeqCst);
        writers.into_iter().for_each(|writer| writer.join().expect("ends"));
        assert_eq!(passed.load(Ordering::SeqCst), at_shut);
    }
}
