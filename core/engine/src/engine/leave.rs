//! Removing a user's data: of one program, or of all with the login.
use super::{Engine, Shared};
use crate::{ErrorKind, LodgerError, exit_state, files, payment, permissions, storage, users, vault::Area};
use lodger_auth::LogOut;
use std::sync::{Arc, PoisonError, Weak};

impl Engine {
    /// Removes every trace of a user's data in an app, and checks that it is gone. Closes running sessions of both.
    /// What became of the user's payments is the host's to know, not the app's: it stays until a log-out.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// `Storage` if anything could not be removed: try again.
    pub fn wipe(&self, user: &str, app: &str) -> Result<(), LodgerError> {
        self.shared.wipe(&[self.shared.vault.area(user, app)])
    }

    /// The user leaves the host: closes the user's sessions, removes every trace of the user's data in all programs, then
    /// the login with both of the device's keys, checks that all of it is gone, and tells server and provider if they
    /// answer. Open nothing for the user meanwhile. May be awaited on any executor; goes on if the future is dropped.
    ///
    /// # Errors
    /// `Storage` if anything could not be removed, `Internal` if the key store fails: then nobody may log in until it
    /// has succeeded.
    pub async fn log_out(&self, user: &str) -> Result<LogOut, LodgerError> {
        let (shared, user) = (Arc::clone(&self.shared), user.to_owned());
        let leaving = self.shared.runtime().spawn(async move {
            let disk = Arc::clone(&shared);
            let wiped = shared.runtime().spawn_blocking(move || {
                disk.wipe(&users::areas(disk.store.database(), &disk.vault, &user)?)?;
                payment::forget(&disk, &user)
            });
            // Both, whatever becomes of one.
            let wiped = wiped.await.unwrap_or_else(|_| Err(failed()));
            let login = match &shared.login {
                Some(login) => login.log_out().await.map_err(LodgerError::from),
                None => Ok(LogOut::Complete),
            };
            wiped.and(login)
        });
        leaving.await.unwrap_or_else(|_| Err(failed()))
    }
}

impl Shared {
    /// Closes the sessions of these areas, removes all that lies there, and counts that nothing is left.
    fn wipe(&self, areas: &[Area]) -> Result<(), LodgerError> {
        let sessions = std::mem::take(&mut *self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        let (ended, others): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| {
            session.upgrade().is_some_and(|session| areas.contains(&session.identity.area))
        });
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).extend(others);
        for session in ended.iter().filter_map(Weak::upgrade) {
            session.close();
            session.gate.shut();
        }
        areas.iter().try_for_each(|area| self.wipe_area(area))
    }

    fn wipe_area(&self, area: &Area) -> Result<(), LodgerError> {
        let database = self.store.database();
        // The user's list last: what was not removed is found again by the next try.
        let wipes = [storage::wipe, files::wipe, permissions::wipe, exit_state::wipe, users::wipe];
        for wipe in wipes {
            wipe(database, area)?;
        }
        let counts = [storage::count, files::count, permissions::count, exit_state::count, users::count];
        let mut left = 0;
        for count in counts {
            left += count(database, area)?;
        }
        if left > 0 {
            return Err(LodgerError::new(
                ErrorKind::Storage,
                "wipe-incomplete",
                "Some of the program's data could not be removed. Try again.",
            ));
        }
        Ok(())
    }
}

fn failed() -> LodgerError {
    LodgerError::internal("log-out-failed", "The log-out was interrupted. Try again.")
}
