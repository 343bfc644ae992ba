//! Makes a program: its own TUF repository, then its record in the platform's.

use super::{
    AppRecord, Batch, Channel, Floor, Policy, Publisher, Repository, RepositoryError, Review, Root,
    edit::Edit,
    metadata::Metadata,
    sign::{self, RoleKeys},
};
use crate::keys::{Holder, KeyRing};
use lodger_bundle::Digest;
use std::collections::HashMap;
use tough::schema::{DelegatedRole, Delegations, PathPattern, PathSet};

/// A program to be made.
#[derive(Clone, Debug)]
pub struct NewApp {
    /// App id: 1 to 64 of `A-Z a-z 0-9 _ . -`, starting with a letter or digit.
    pub app: String,
    /// The name that hosts draw.
    pub name: String,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// Age rating in years.
    pub age: u32,
}

/// The channels that every program has.
pub(crate) const CHANNELS: [&str; 2] = ["release", "trial"];

impl Repository {
    /// Makes a program without any release: first its own repository, then the platform's record of it.
    ///
    /// # Errors
    /// `Refused` if the id is malformed, or taken, also in other case; `Keys`, `Untrusted`, `Storage`.
    pub fn create_app(&self, ring: &KeyRing, new: &NewApp) -> Result<Batch, RepositoryError> {
        let NewApp { app, name, .. } = new;
        self.check_id(app)?;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(RepositoryError::Refused("the name is empty or holds control characters".into()));
        }
        let metadata = Metadata::app(&self.storage, app);
        let mut edit = Edit::new(&metadata, None, ring, self.now)?;
        let root = edit.first_root(Holder::Officer)?;
        edit.role("targets", Holder::Officer, HashMap::new(), Some(delegations(ring)?))?;
        let floor = edit.target("floor.json", sign::json(&Floor::default())?)?;
        edit.role("publisher", Holder::Publisher, HashMap::from([floor]), None)?;
        let mut channels = HashMap::new();
        for channel in CHANNELS {
            let empty = Channel {
                issued: self.now.to_string(),
                policy: Policy::default(),
                minimum: 0,
                revoked: Vec::new(),
                releases: Vec::new(),
            };
            channels.extend([edit.target(&format!("channels/{channel}.json"), sign::json(&empty)?)?]);
        }
        edit.role("channel", Holder::Server, channels, None)?;

        let record = AppRecord {
            app: app.clone(),
            name: name.clone(),
            owner: new.owner.clone(),
            icon: None,
            root: Root { version: root.version, sha256: Digest::of(&root.bytes).to_hex(), epoch: 1 },
            publisher: publisher(ring)?,
            floor: 0,
            revoked: Vec::new(),
            capabilities: None,
            review: Review::Approved,
            age: new.age,
        };
        Ok(edit.finish()?.then(self.write_record(ring, &record)?))
    }

    /// Two ids that differ only in case are one to a user's eye.
    fn check_id(&self, app: &str) -> Result<(), RepositoryError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let first = app.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !first || app.len() > 64 || !app.bytes().all(plain) {
            let rule = "1 to 64 letters, digits, _ . and -, beginning with a letter or digit";
            return Err(RepositoryError::Refused(format!("{app:?} is no app id; an id has {rule}")));
        }
        // A program counts from its record on: a folder without one is what a broken-off attempt left.
        for known in self.apps()?.iter().filter(|known| known.eq_ignore_ascii_case(app)) {
            match self.record(known) {
                Ok(_) => {
                    let what = format!("the program {known} exists already; give another id");
                    return Err(RepositoryError::Refused(what));
                }
                Err(RepositoryError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // Also says so if there is no repository at all.
        self.platform_state(&Metadata::platform(&self.storage)).map(drop)
    }
}

/// Who publishes, as the platform's record names them.
pub(super) fn publisher(ring: &KeyRing) -> Result<Publisher, RepositoryError> {
    let keys = RoleKeys::of(ring, Holder::Publisher)?;
    let keyids = keys.ids().iter().map(|id| super::hex(id)).collect();
    Ok(Publisher { keyids, threshold: keys.threshold.get() })
}

pub(super) fn delegations(ring: &KeyRing) -> Result<Delegations, RepositoryError> {
    let mut delegations = Delegations { keys: HashMap::new(), roles: Vec::new() };
    let roles = [
        ("publisher", Holder::Publisher, &["releases/*", "floor.json"][..]),
        ("channel", Holder::Server, &["channels/*"][..]),
    ];
    for (name, holder, patterns) in roles {
        let keys = RoleKeys::of(ring, holder)?;
        let paths = patterns.iter().map(|pattern| PathPattern::new(*pattern)).collect::<Result<_, _>>();
        delegations.roles.push(DelegatedRole {
            name: name.into(),
            keyids: keys.ids(),
            threshold: keys.threshold,
            paths: PathSet::Paths(paths.map_err(|error| RepositoryError::Encoding(error.to_string()))?),
            terminating: true,
            targets: None,
        });
        delegations.keys.extend(keys.keys);
    }
    Ok(delegations)
}
