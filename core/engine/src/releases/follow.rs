//! What goes on behind an open session: a check that was late or not asked for yet, and the download of another
//! release. The page hears of it by `wx.getUpdateManager`, the host by events; a revocation ends the session.
//!
//! It outlives its session: what has begun to arrive is there for the next open.
use super::{Chosen, Follower, Releases, Then};
use crate::{ErrorKind, LodgerError, LogLevel, SessionEvent, repository::Cancel, session::Inner};
use lodger_bundle::{
    Digest, Index, Version,
    trust::{Policy, TrustError, Verified},
};
use serde_json::{Value, json};
use std::sync::{Arc, Weak};

/// What a page knows of the program's next release. A document that is loaded later is told the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Update {
    /// The repository has not answered yet.
    #[default]
    Unknown,
    /// There is none, or none that the page is to know of.
    None,
    /// It is being downloaded.
    Coming,
    /// `applyUpdate` restarts into it.
    Ready,
    /// It could not be downloaded.
    Failed,
}

impl Update {
    /// Events of core/docs/bridge.md, for a page that knows `before`.
    pub(crate) fn events(self, before: Self) -> Vec<(&'static str, Value)> {
        let check = |has: bool| ("updateCheck", json!({ "hasUpdate": has }));
        let outcome = match self {
            Self::Unknown => return Vec::new(),
            Self::None => return vec![check(false)],
            Self::Coming => return vec![check(true)],
            Self::Ready => ("updateReady", json!({})),
            Self::Failed => ("updateFailed", json!({})),
        };
        if before == Self::Coming { vec![outcome] } else { vec![check(true), outcome] }
    }
}

/// Counts work that nobody waits for.
struct Behind(Arc<Releases>);

impl Behind {
    fn new(releases: &Arc<Releases>) -> Self {
        releases.behind.send_modify(|count| *count += 1);
        Self(Arc::clone(releases))
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.0.behind.send_modify(|count| *count -= 1);
    }
}

/// Does what an open left to be done.
pub(crate) fn follow(releases: &Arc<Releases>, session: &Arc<Inner>, then: Then) {
    if matches!(then, Then::Nothing) {
        return session.tell_update(Update::None);
    }
    let running = session.release();
    let follow = Follow {
        behind: Behind::new(releases),
        app: session.identity.app.clone(),
        version: running.version.code,
        digest: running.digest,
        session: Arc::downgrade(session),
    };
    releases.runtime.spawn_blocking(move || follow.run(then));
}

struct Follow {
    behind: Behind,
    app: String,
    /// What runs.
    version: u64,
    digest: Digest,
    session: Weak<Inner>,
}

impl Follow {
    fn run(self, then: Then) {
        let releases = &self.behind.0;
        let outcome = match then {
            Then::Nothing => return,
            Then::Download(verified) => Ok(*verified),
            Then::Await(check) => match check.recv() {
                Ok(outcome) => outcome,
                Err(_) => return,
            },
            Then::Check => releases.check(&self.app, &Cancel::default(), true),
        };
        let outcome = outcome.and_then(|verified| {
            verified.commit()?;
            let chosen = releases.choose(&verified, false)?;
            Ok((verified, chosen))
        });
        match outcome {
            Ok((verified, chosen)) => self.update(&verified, &chosen),
            Err(error) if matches!(error.kind, ErrorKind::Revoked | ErrorKind::NotFound) => self.end(error),
            Err(error) => {
                self.log(LogLevel::Info, &error);
                self.tell(Update::None);
            }
        }
    }

    fn update(&self, verified: &Verified, chosen: &Chosen) {
        let policy = verified.channel().policy;
        let withdrawn = verified.withdrawn(self.version);
        if withdrawn {
            self.end(TrustError::Revoked { app: self.app.clone(), version: self.version }.into());
        } else if chosen.digest == self.digest {
            return self.tell(Update::None);
        }
        // The page is not told of what takes effect at the next launch only.
        let told = !withdrawn && policy != Policy::NextLaunch;
        let forced = policy == Policy::Forced || chosen.version < self.version;
        if !told {
            self.tell(Update::None);
        }
        let ready = match &chosen.installed {
            Some(bundle) => bundle.version.clone(),
            None => {
                if told {
                    self.tell(Update::Coming);
                }
                match self.download(verified, chosen) {
                    Ok(version) => version,
                    Err(error) => {
                        self.log(LogLevel::Warn, &error);
                        if told {
                            self.tell(Update::Failed);
                        }
                        return;
                    }
                }
            }
        };
        if told && let Some(session) = self.session.upgrade() {
            session.tell_update(Update::Ready);
            session.tell_host(SessionEvent::UpdateReady { version: ready, forced });
        }
    }

    fn download(&self, verified: &Verified, chosen: &Chosen) -> Result<Version, LodgerError> {
        let releases = &self.behind.0;
        let cancel = Cancel::default();
        let fetch = releases.fetch(&cancel, true);
        let packages = |index: &Index| releases.packages_for(index, None);
        let control = Follower::quiet(&cancel);
        Ok(releases.download(verified, chosen.version, &packages, &fetch, &control)?.version)
    }

    fn end(&self, error: LodgerError) {
        if let Some(session) = self.session.upgrade() {
            session.end(error);
        }
    }

    fn tell(&self, update: Update) {
        if let Some(session) = self.session.upgrade() {
            session.tell_update(update);
        }
    }

    fn log(&self, level: LogLevel, error: &LodgerError) {
        let line = format!("{}: no update ({}: {error})", self.app, error.code);
        self.behind.0.log.log(level, "releases", &line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_each_thing_once_and_in_order() {
        let names = |update: Update, before| -> Vec<_> {
            update
                .events(before)
                .into_iter()
                .map(|(name, args)| (name, args["hasUpdate"].as_bool()))
                .collect()
        };
        assert_eq!(names(Update::None, Update::Unknown), [("updateCheck", Some(false))]);
        assert_eq!(names(Update::Coming, Update::Unknown), [("updateCheck", Some(true))]);
        assert_eq!(names(Update::Ready, Update::Coming), [("updateReady", None)]);
        assert_eq!(names(Update::Failed, Update::Coming), [("updateFailed", None)]);
        // A later document, or a release that was here already.
        assert_eq!(
            names(Update::Ready, Update::Unknown),
            [("updateCheck", Some(true)), ("updateReady", None)]
        );
        assert!(names(Update::Unknown, Update::Unknown).is_empty());
    }
}
