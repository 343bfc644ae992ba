//! One repository, verified: the library's updater, held to the shape that repository.md gives our two levels.
use super::{TrustError, transport::Transport, transport::run};
use crate::Digest;
use jiff::Timestamp;
use serde_json::Value;
use sigstore_tuf::{DelegatedRole, Delegations, Role, TargetFile, Targets, Updater, UpdaterConfig};
use std::collections::BTreeMap;

/// Where a role names its repository.
const REPOSITORY: &str = "repository";

/// A repository whose top-level roles are verified and fresh.
pub(super) struct Level {
    updater: Updater,
    transport: Transport,
}

impl Level {
    /// Walks from `root` to the newest root, then timestamp, snapshot, targets.
    pub(super) fn open(transport: Transport, root: &[u8], now: Timestamp) -> Result<Self, TrustError> {
        let wrap = |error| TrustError::tuf(transport.base(), error);
        let mut config = UpdaterConfig::default();
        config.snapshot_max_length = 512 << 10;
        config.targets_max_length = 2 << 20;
        // Four times 32 rotations would be a device that slept for decades.
        config.max_root_rotations = 128;
        let updater = Updater::new(transport.clone(), root).map_err(wrap)?;
        let mut updater = updater.with_config(config).with_store(transport.clone());
        run(updater.refresh(now)).map_err(wrap)?;
        let level = Self { updater, transport };
        let trusted = level.updater.trusted();
        level.check_own("root", Some(&trusted.root().extra))?;
        level.check_own("timestamp", trusted.timestamp().map(|role| &role.extra))?;
        level.check_own("snapshot", trusted.snapshot().map(|role| &role.extra))?;
        level.check_own("targets", trusted.targets_role("targets").map(|role| &role.extra))?;
        if !trusted.root().consistent_snapshot {
            return Err(level.refused("its root does not ask for consistent snapshots"));
        }
        if !level.role("targets")?.targets.is_empty() {
            return Err(level.refused("its role targets lists files, and may only delegate"));
        }
        Ok(level)
    }

    /// One server's key signs for every program, and one publisher's for several: without a name in what is signed, a
    /// network could serve one program's repository in the place of another's.
    fn check_own(&self, role: &str, extra: Option<&BTreeMap<String, Value>>) -> Result<(), TrustError> {
        let named = extra.and_then(|extra| extra.get(REPOSITORY)).and_then(Value::as_str);
        if named == Some(self.transport.base()) {
            return Ok(());
        }
        Err(self.refused(format!("its role {role} is not of this repository")))
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn root_version(&self) -> u64 {
        self.updater.trusted().root().version
    }

    /// Version and expiry of the timestamp.
    pub(super) fn timestamp(&self) -> Result<(u64, Timestamp), TrustError> {
        let timestamp = self.updater.trusted().timestamp();
        let timestamp = timestamp.ok_or_else(|| self.refused("it has no timestamp"))?;
        Ok((timestamp.version, timestamp.expires))
    }

    /// A role that is loaded.
    pub(super) fn role(&self, name: &str) -> Result<&Targets, TrustError> {
        let role = self.updater.trusted().targets_role(name);
        role.ok_or_else(|| self.refused(format!("it has no role {name}")))
    }

    /// What the role `targets` delegates.
    pub(super) fn delegations(&self) -> Result<&Delegations, TrustError> {
        let delegations = self.role("targets")?.delegations.as_ref();
        delegations.ok_or_else(|| self.refused("its role targets delegates nothing"))
    }

    /// The delegation to `name`; key ids stand for their keys, and the role goes on to nobody else.
    pub(super) fn delegation(&self, name: &str) -> Result<&DelegatedRole, TrustError> {
        let delegations = self.delegations()?;
        let role = delegations.roles.iter().find(|role| role.name == name);
        let role = role.ok_or_else(|| self.refused(format!("nothing is delegated to {name}")))?;
        if !role.terminating {
            return Err(self.refused(format!("the delegation to {name} is not terminating")));
        }
        // The library takes key ids as given: two names for one key would count twice, and an id that both levels
        // agree on could stand for different keys.
        for id in &role.keyids {
            let key = delegations.keys.get(id).map(|key| key.key_id());
            if !matches!(key, Some(Ok(computed)) if computed == *id) {
                return Err(self.refused(format!("a key id of {name} is not that of its key")));
            }
        }
        Ok(role)
    }

    /// The file `path`, only from `role`, of at most `limit` bytes; `None` if the role does not list it.
    pub(super) fn target(
        &mut self,
        role: &str,
        path: &str,
        limit: u64,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, TrustError> {
        let found = run(self.updater.get_target_info(path, now));
        let found = found.map_err(|error| TrustError::tuf(self.transport.base(), error))?;
        let holder = self.updater.trusted().targets_role(role);
        if holder.is_some_and(|role| role.delegations.as_ref().is_some_and(|next| !next.roles.is_empty())) {
            return Err(self.refused(format!("{role} delegates, and may not")));
        }
        if let Some(holder) = holder {
            self.check_own(role, Some(&holder.extra))?;
        }
        let Some(file) = found else { return Ok(None) };
        if holder.and_then(|role| role.target(path)) != Some(&file) {
            return Err(self.refused(format!("{path} is not signed by {role}")));
        }
        self.check_file(path, &file, limit)?;
        let bytes = run(self.updater.download_target(&file, path));
        bytes.map(Some).map_err(|error| TrustError::tuf(self.transport.base(), error))
    }

    /// The digest that a file is signed with.
    pub(super) fn check_file(&self, path: &str, file: &TargetFile, limit: u64) -> Result<Digest, TrustError> {
        if file.length > limit {
            return Err(self.refused(format!("{path} has {} bytes and may have {limit}", file.length)));
        }
        let digest = file.hashes.get("sha256").and_then(|hex| Digest::from_hex(hex));
        digest.ok_or_else(|| self.refused(format!("{path} is signed without a SHA-256")))
    }

    /// Whether everything that was verified is still valid at `now`, for these delegated roles too.
    pub(super) fn check_fresh(&self, roles: &[&str], now: Timestamp) -> Result<(), TrustError> {
        let trusted = self.updater.trusted();
        trusted
            .check_root_expired(now)
            .and_then(|()| trusted.check_timestamp_expired(now))
            .and_then(|()| trusted.check_snapshot_expired(now))
            .map_err(|error| TrustError::tuf(self.transport.base(), error))?;
        for name in roles.iter().chain(&["targets"]) {
            if let Some(role) = trusted.targets_role(name)
                && role.is_expired(now)
            {
                return Err(TrustError::Expired {
                    repository: self.transport.base().to_owned(),
                    role: (*name).to_owned(),
                    expired: role.expires.to_string(),
                });
            }
        }
        Ok(())
    }

    pub(super) fn refused(&self, reason: impl Into<String>) -> TrustError {
        TrustError::refused(self.transport.base(), reason)
    }
}
