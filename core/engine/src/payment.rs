//! Payment: `wx.requestPayment`, and what goes on behind it until the outcome is known (DESIGN 9, core/docs/payment.md).
//!
//! `lodger-pay` holds the rules; here it gets the engine's database, the login's keys and server, and the host's sheet.
//!
//! - `call`: a page's call: its words, and the way from its arguments to an order that may be paid;
//! - `server`: the routes of core/docs/payment.md, with proofs by the login key;
//! - `attend`: one payment in front of the user: sheet, confirmation, outcome;
//! - `resolve`: sends and asks until the outcome is known, in front of the user or long after;
//! - `rows`: the journal's store. `config`: the host's part.
//!
//! A payment belongs to the engine, not to the page that asked for it: a page that goes away before the user has agreed
//! ends it, afterwards nothing does but the server's word.
mod attend;
mod call;
mod config;
mod resolve;
mod rows;
mod server;

pub use config::{Caps, Goods, PaymentConfig, PaymentRequest, PaymentSheet, PaymentState};
pub(crate) use rows::{migrate, wipe_all};

use crate::{
    Clock, ErrorKind, Host, LodgerError, Log, LogLevel, engine::Shared, gate::Gate, login::Login,
    releases::Releases, vault::Vault,
};
use call::End;
use lodger_bundle::Database;
use lodger_pay::{
    journal::{Attempt, Journal},
    order::PaymentKeys,
};
use resolve::Progress;
use rows::{Rows, UserName};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{runtime::Handle, sync::watch};

/// Payment keys are asked for again after this: so long a key that was taken back may still be believed.
const KEYS_HOLD: Duration = Duration::from_secs(60 * 60);

/// What the engine keeps of payments.
pub(crate) struct Payments {
    config: PaymentConfig,
    login: Arc<Login>,
    releases: Arc<Releases>,
    database: Database,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    log: Arc<dyn Log>,
    runtime: Handle,
    keys: Mutex<Option<(SystemTime, Arc<PaymentKeys>)>>,
    users: Mutex<BTreeMap<UserName, Arc<User>>>,
    /// Told when it may help to try again at once.
    again: watch::Sender<()>,
}

/// One host user's payments in this process.
struct User {
    journal: Journal,
    /// Shut by a log-out: nothing is written any more.
    gate: Arc<Gate>,
    /// Of each order that is in front of the user: who waits for its end.
    attended: Mutex<BTreeMap<String, Arc<watch::Sender<Option<End>>>>>,
    /// Of each attempt that is being resolved.
    resolving: Mutex<BTreeMap<Attempt, watch::Receiver<Progress>>>,
    /// One payment at a time is in front of the user.
    sheet: Arc<tokio::sync::Mutex<()>>,
}

/// Removes a user's journal, and checks that it is gone; what goes on for the user writes nothing any more.
pub(crate) fn forget(shared: &Shared, user: &str) -> Result<(), LodgerError> {
    let name = UserName::of(&shared.vault, user);
    let known = shared.payments.as_ref().and_then(|payments| lock(&payments.users).remove(&name));
    if let Some(user) = known {
        user.gate.shut();
    }
    rows::wipe(shared.store.database(), &name)
}

impl Payments {
    /// Goes on with what earlier processes left unresolved; blocks on nothing.
    pub(crate) fn start(
        config: PaymentConfig,
        login: Arc<Login>,
        host: &Host,
        releases: Arc<Releases>,
        (database, vault): (Database, Arc<Vault>),
        runtime: Handle,
    ) -> Arc<Self> {
        let payments = Arc::new(Self {
            config,
            login,
            releases,
            database,
            vault,
            clock: Arc::clone(&host.clock),
            log: Arc::clone(&host.log),
            runtime: runtime.clone(),
            keys: Mutex::default(),
            users: Mutex::default(),
            again: watch::Sender::new(()),
        });
        let resumed = Arc::clone(&payments);
        runtime.spawn_blocking(move || match rows::users(&resumed.database) {
            // Making a user resumes what is unresolved.
            Ok(names) => names.into_iter().for_each(|name| drop(resumed.user_named(name))),
            Err(error) => resumed.warn(&format!("unresolved payments were not looked for: {error}")),
        });
        payments
    }

    /// It may help to try again: there is a network, or another one.
    pub(crate) fn try_again(&self) {
        self.again.send_replace(());
    }

    /// Blocks on the disk when a user is first seen.
    fn user(self: &Arc<Self>, user: &str) -> Arc<User> {
        self.user_named(UserName::of(&self.vault, user))
    }

    fn user_named(self: &Arc<Self>, name: UserName) -> Arc<User> {
        let mut users = lock(&self.users);
        if let Some(user) = users.get(&name) {
            return Arc::clone(user);
        }
        let gate = Arc::new(Gate::default());
        let store = Rows::new(self.database.clone(), Arc::clone(&self.vault), name, Arc::clone(&gate));
        let user = Arc::new(User {
            journal: Journal::new(Arc::new(store)),
            gate,
            attended: Mutex::default(),
            resolving: Mutex::default(),
            sheet: Arc::default(),
        });
        match user.journal.recover(self.now()) {
            Ok(found) => {
                if found.damaged > 0 {
                    self.warn(&format!("{} payments cannot be read: ask the merchants", found.damaged));
                }
                for attempt in found.unresolved {
                    drop(self.resolve(&user, &attempt));
                }
                users.insert(name, Arc::clone(&user));
            }
            // Not kept: the next call tries again.
            Err(error) => self.warn(&error.to_string()),
        }
        user
    }

    /// The keys that sign orders; `newest`: not those that were read before.
    async fn keys(self: &Arc<Self>, newest: bool) -> Result<Arc<PaymentKeys>, LodgerError> {
        let now = self.clock.now();
        if let (false, Some((read, keys))) = (newest, &*lock(&self.keys))
            && now.duration_since(*read).is_ok_and(|age| age < KEYS_HOLD)
        {
            return Ok(Arc::clone(keys));
        }
        let releases = Arc::clone(&self.releases);
        let file = self.blocking(move || releases.payment_keys()).await?;
        let keys = file.as_deref().and_then(PaymentKeys::read).ok_or_else(|| {
            LodgerError::new(
                ErrorKind::Untrusted,
                "no-payment-keys",
                "The repository names no keys that sign orders, or names them in another form.",
            )
        })?;
        let keys = Arc::new(keys);
        *lock(&self.keys) = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    /// Runs what waits for the disk where waiting is allowed.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        match self.runtime.spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The engine ends, and this task with it.
            Err(_) => std::future::pending().await,
        }
    }

    /// A step of the journal, at the time that it is now.
    async fn journal<T: Send + 'static>(
        &self,
        user: &Arc<User>,
        step: impl FnOnce(&Journal, u64) -> T + Send + 'static,
    ) -> T {
        let (user, now) = (Arc::clone(user), self.now());
        self.blocking(move || step(&user.journal, now)).await
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        self.clock.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn warn(&self, message: &str) {
        self.log.log(LogLevel::Warn, "payment", message);
    }
}

/// What a panic elsewhere left behind is whole: each change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
