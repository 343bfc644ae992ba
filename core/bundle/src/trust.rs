//! Trust on the device: which releases of which programs may run (DESIGN 6, core/docs/repository.md).
//!
//! Two levels of The Update Framework. The platform's repository vouches for a program's entry, `apps/<id>.json`;
//! the entry names the root of the program's own repository; there the publisher signs releases, and the server says
//! which release whom. [`Trust::check`] walks both over a [`Fetch`], [`Trust::offline`] walks what the last check left.
//! Both give a [`Verified`], and only a `Verified` gives a release.
//!
//! - `anchor`: what a host ships, a [`TrustRoot`] or a [`DevelopmentRoot`].
//! - `level`, `platform`, `app`: the two repositories, through `sigstore-tuf` over `ring` (`provider`). The library
//!   does The Update Framework; the shape that ours must have beyond it is checked there.
//! - `transport`, `evidence`, `schema`: what is fetched and what is remembered. A check buffers all it wants to keep;
//!   it is written in one transaction, [`Verified::commit`] or that of the installation, or not at all.
//! - `select`: a pure function that chooses a release.
mod anchor;
mod app;
mod documents;
mod error;
mod evidence;
mod fetch;
mod level;
mod platform;
mod provider;
mod schema;
mod select;
mod transport;
mod verified;

pub use anchor::{AnyRoot, DevelopmentRoot, TrustRoot};
pub use app::Signed;
pub use documents::{AppEntry, AppRoot, Channel, ChannelRelease, Keys, Policy, Review};
pub use error::{TrustError, TrustErrorKind};
pub use fetch::{Fetch, FetchError, Sink};
pub use select::{Bounds, Choice, Device, Reason, bucket, select};
pub use verified::Verified;

use crate::{Database, StoreError};
use app::App;
use evidence::{Files, Known, Marks, Scope};
use jiff::Timestamp;
use platform::Platform;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use transport::Transport;

/// How long a program opens offline after its metadata expired, before what the host adds.
const GRACE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The same with it.
const MAX_GRACE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Where the files of a verification come from.
enum Origin {
    Network(Arc<dyn Fetch>),
    Preset(Arc<dyn Fetch>),
    Memory,
}

/// Checks programs of one platform. Calls block their thread; any thread may make them, also several at once.
pub struct Trust {
    database: Database,
    root: AnyRoot,
}

impl Trust {
    /// Trusts what `root` signs; remembers in `database`. One database serves one platform.
    ///
    /// # Errors
    /// `Storage` if the tables cannot be made.
    pub fn new(database: Database, root: impl Into<AnyRoot>) -> Result<Self, TrustError> {
        provider::install();
        database.migrate("trust", schema::STEPS)?;
        Ok(Self { database, root: root.into() })
    }

    /// The root that this trusts; hosts show it if it is for development.
    #[must_use]
    pub fn root(&self) -> &AnyRoot {
        &self.root
    }

    /// Asks the repository about `app` and `channel` (`release` or `trial`) and verifies all of the answer, for the
    /// device's clock `now`. Nothing is remembered until the result is committed, but what the platform says against
    /// the program (floor, revocations, stopped): that holds even if the rest fails.
    ///
    /// # Errors
    /// Any [`TrustError`]; what is installed may still open by [`Trust::offline`].
    pub fn check(
        &self,
        app: &str,
        channel: &str,
        fetch: &Arc<dyn Fetch>,
        now: SystemTime,
    ) -> Result<Verified, TrustError> {
        check_name(app)?;
        let known = evidence::load(&self.database, app)?;
        let from = Origin::Network(fetch.clone());
        let mut reused = false;
        let first = self.verify(app, channel, &known, &from, moment(now), Some(&mut reused));
        match first {
            // After a rotation of stolen keys, what is remembered may be what the thief signed under the same name.
            Err(error) if reused && is_refusal(&error) => {
                self.verify(app, channel, &known, &from, moment(now), None)
            }
            outcome => outcome,
        }
    }

    /// Verifies a program that the host app ships, whose `files` are a repository's. As [`Trust::offline`]: it holds
    /// until the timestamps expire and the grace, and what the device has seen since is not taken back by it.
    ///
    /// # Errors
    /// Any [`TrustError`]; `GraceOver` if the host app is too old for its own preset.
    pub fn preset(
        &self,
        app: &str,
        channel: &str,
        files: &Arc<dyn Fetch>,
        now: SystemTime,
        grace: Duration,
    ) -> Result<Verified, TrustError> {
        check_name(app)?;
        // The platform may have gone on since, by other programs.
        let known = Known { platform: Files::new(), ..evidence::load(&self.database, app)? };
        // For the time that it was signed at, which `finish` finds in the channel: later it has expired by itself.
        let signed = Timestamp::UNIX_EPOCH;
        let verified = self.verify(app, channel, &known, &Origin::Preset(files.clone()), signed, None)?;
        within_grace(app, verified, &known, now, grace)
    }

    /// Verifies again what the last committed check of `app` left, without a network. It holds until the earlier of
    /// the two timestamps expires, and then for 7 days and `grace`, together at most 30.
    ///
    /// # Errors
    /// `FirstUse`, `GraceOver`, `Storage`; others only if the database was damaged.
    pub fn offline(
        &self,
        app: &str,
        channel: &str,
        now: SystemTime,
        grace: Duration,
    ) -> Result<Verified, TrustError> {
        check_name(app)?;
        // The program's own set is whole; the platform may have gone on.
        let known = Known { platform: Files::new(), ..evidence::load(&self.database, app)? };
        let scope = known.scope.clone().ok_or_else(|| TrustError::FirstUse { app: app.to_owned() })?;
        let checked = Timestamp::from_second(scope.checked).unwrap_or(Timestamp::MIN);
        let verified = self.verify(app, channel, &known, &Origin::Memory, checked, None)?;
        within_grace(app, verified, &known, now, grace)
    }

    /// Both levels. `reused`: versioned metadata may come from memory, and whether some did is said there.
    fn verify(
        &self,
        app: &str,
        channel: &str,
        known: &Known,
        from: &Origin,
        now: Timestamp,
        reused: Option<&mut bool>,
    ) -> Result<Verified, TrustError> {
        let network = match from {
            Origin::Network(fetch) | Origin::Preset(fetch) => Some(fetch.clone()),
            Origin::Memory => None,
        };
        let mut remembered = known.own.clone();
        remembered.extend(known.platform.clone());
        let upper = Transport::new("platform", network.clone(), &remembered, reused.is_some());
        let platform = Platform::open(upper.clone(), self.root.platform(), app, now);
        let platform = match platform {
            Ok(platform) => platform,
            Err(error) => {
                reused.into_iter().for_each(|reused| *reused = upper.reused());
                return Err(error);
            }
        };
        let mut marks = known.marks.clone();
        marks.add(platform.entry.floor, &platform.entry.revoked);
        let stopped = platform.entry.review != Review::Approved;
        match from {
            Origin::Network(_) => {
                marks.stopped = stopped;
                self.remember(app, &known.marks, &marks)?;
            }
            // A stop is taken back by the platform's newest word only.
            Origin::Preset(_) => marks.stopped |= stopped,
            // The platform's last word is the remembered one, which may be newer than the program's evidence.
            Origin::Memory => {}
        }
        // The files of an earlier epoch prove nothing about this one, and have the same names.
        let same_epoch =
            known.scope.as_ref().filter(|scope| scope.progress.epoch == platform.entry.root.epoch);
        let of_app = if same_epoch.is_some() { remembered } else { Files::new() };
        let lower = Transport::new(&format!("apps/{app}"), network, &of_app, reused.is_some());
        let outcome = App::open(lower.clone(), &platform.entry, known.scope.as_ref(), channel, now)
            .and_then(|app| finish(app, &platform, same_epoch, marks, now));
        reused.into_iter().for_each(|reused| *reused = upper.reused() || lower.reused());
        let (app, scope, marks) = outcome?;
        Ok(Verified::new(self.database.clone(), platform, app, scope, marks))
    }

    fn remember(&self, app: &str, before: &Marks, after: &Marks) -> Result<(), StoreError> {
        if before == after {
            return Ok(());
        }
        self.database.write(|tx| evidence::write_marks(tx, app, after))
    }
}

/// Holds what was verified without a network against the time now.
fn within_grace(
    app: &str,
    verified: Verified,
    known: &Known,
    now: SystemTime,
    grace: Duration,
) -> Result<Verified, TrustError> {
    // By any program: none could sign a time beyond what the platform's own timestamp allowed then, a few days.
    let now = moment(now).max(Timestamp::from_second(known.issued).unwrap_or(Timestamp::MAX));
    let until = verified.expires() + GRACE.saturating_add(grace).min(MAX_GRACE);
    if SystemTime::from(now) > until {
        return Err(TrustError::GraceOver { app: app.to_owned(), until });
    }
    Ok(verified)
}

/// What needs both levels: the time that the channel signed, and what adds up over both.
fn finish(
    app: App,
    platform: &Platform,
    known: Option<&Scope>,
    mut marks: Marks,
    now: Timestamp,
) -> Result<(App, Scope, Marks), TrustError> {
    let signed = moment(app.channel.issued).as_second();
    // Time that other keys signed is forgotten: stolen ones could have stopped the program for ever with it.
    let known = known.filter(|scope| scope.keys == app.keys).map_or(i64::MIN, |scope| scope.issued);
    let issued = signed.max(known);
    let now = now.max(Timestamp::from_second(issued).unwrap_or(Timestamp::MAX));
    app.check_fresh(now)?;
    platform.check_fresh(now)?;
    marks.add(app.floor.floor, &app.floor.revoked);
    let (progress, keys) = (app.progress.clone(), app.keys.clone());
    // Rounded down is not yet expired either.
    let scope = Scope { progress, checked: now.as_second(), issued, keys };
    Ok((app, scope, marks))
}

/// Whether it may help to fetch again what was remembered.
fn is_refusal(error: &TrustError) -> bool {
    matches!(error.kind(), TrustErrorKind::Untrusted | TrustErrorKind::Stale)
}

/// App ids become part of paths: nothing leaves the repository, and the platform's scope is no program's.
fn check_name(app: &str) -> Result<(), TrustError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if (1..=64).contains(&app.len()) && app.bytes().all(allowed) && app != "." && app != ".." {
        return Ok(());
    }
    Err(TrustError::UnknownApp { app: app.chars().take(64).collect() })
}

/// A time that the calendar does not know is so far off that everything has expired.
fn moment(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}
