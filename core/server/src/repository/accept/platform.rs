//! The platform's part of a change: bins, and what they say about programs.

use super::{Refusal, refused, roles::Next};
use crate::publishing::paths::is_app_id;
use crate::repository::{
    AppRecord, Review, Storage,
    metadata::Metadata,
    platform::{self, bin, record_name},
};
use lodger_bundle::Digest;
use std::collections::{BTreeSet, HashMap};
use tough::schema::{PathSet, Target};

/// What devices read of a target file that is no index.
const MOST_FORM: u64 = 256 << 10;

impl Next<'_> {
    /// What the platform would say about a program.
    pub fn record(&self, app: &str) -> Result<AppRecord, Refusal> {
        let name = record_name(app);
        let role = self.role(&bin(&name))?;
        match self.metadata.form(&role.signed, &name)? {
            Some(record) => Ok(record),
            None => refused(format!("there is no program {app} here; `lodger app create {app}` makes it")),
        }
    }

    /// What the platform says about a program now; none of a new one.
    pub fn old_record(&self, app: &str) -> Result<Option<AppRecord>, Refusal> {
        let name = record_name(app);
        match self.old_role(&bin(&name))? {
            Some(role) => Ok(self.metadata.form(&role.signed, &name)?),
            None => Ok(None),
        }
    }

    /// All that was brought for the platform.
    pub fn check_platform(&self, storage: &Storage) -> Result<(), Refusal> {
        let delegations = self.delegations()?;
        let mut roles = self.changed.clone();
        if self.changed.contains("targets") {
            self.check_bins(&delegations)?;
            roles.extend(delegations.roles.iter().map(|role| role.name.clone()));
        }
        roles.remove("targets");
        for name in roles {
            let role = self.check_delegated(&delegations, &name)?.signed;
            let old: HashMap<_, Target> =
                self.old_role(&name)?.map(|role| role.signed.targets).unwrap_or_default();
            for (target, entry) in &role.targets {
                let target_name = target.raw();
                if bin(target_name) != name {
                    return refused(format!("{name} lists {target_name}, which belongs to another bin"));
                }
                if old.get(target) != Some(entry) {
                    if entry.length > MOST_FORM {
                        return refused(format!("{target_name} is larger than devices read"));
                    }
                    self.check_target(&role, target_name, storage)?;
                }
            }
            if let Some(gone) = old.keys().find(|target| !role.targets.contains_key(*target)) {
                return refused(format!("{} is gone; what the platform said stays", gone.raw()));
            }
        }
        Ok(())
    }

    fn check_bins(&self, delegations: &tough::schema::Delegations) -> Result<(), Refusal> {
        let path = self.metadata.file("targets.json");
        let names: BTreeSet<_> = delegations.roles.iter().map(|role| role.name.as_str()).collect();
        if names.len() != platform::BINS || delegations.roles.len() != platform::BINS {
            return refused(format!("{path} does not delegate to {} bins", platform::BINS));
        }
        for role in &delegations.roles {
            let prefixes = match &role.paths {
                PathSet::PathHashPrefixes(prefixes) => {
                    prefixes.iter().map(|prefix| prefix.value().to_owned()).collect()
                }
                PathSet::Paths(_) => Vec::new(),
            };
            let first =
                role.name.strip_prefix("bin-").and_then(|digits| u16::from_str_radix(digits, 16).ok());
            let first = first.filter(|first| first % 4 == 0);
            let expected: Vec<String> = first
                .map(|first| (0..4).map(|offset| format!("{:03x}", first + offset)).collect())
                .unwrap_or_default();
            if prefixes != expected || expected.is_empty() {
                return refused(format!("{path}: {} does not have its four prefixes", role.name));
            }
        }
        Ok(())
    }

    /// One file that a bin names anew.
    fn check_target(
        &self,
        role: &tough::schema::Targets,
        name: &str,
        storage: &Storage,
    ) -> Result<(), Refusal> {
        let Some(app) = name.strip_prefix("apps/").and_then(|rest| rest.strip_suffix(".json")) else {
            if name != "platform.json" && name != "payment-keys.json" {
                return refused(format!("{name} is nothing that a platform says"));
            }
            self.metadata.form::<serde_json::Value>(role, name)?;
            return Ok(());
        };
        let Some(record) = self.metadata.form::<AppRecord>(role, name)? else {
            return refused(format!("{name} is missing"));
        };
        if record.app != app || !is_app_id(app) {
            return refused(format!("{name} describes another program, or one with a malformed id"));
        }
        if let Some(old) = self.old_record(app)? {
            check_successor(&old, &record)?;
        }
        // The chain that devices will start from is there, and its publishers are those of the record.
        let metadata = Metadata::app(storage, app);
        let path = metadata.file(&format!("{}.root.json", record.root.version));
        if Digest::of(&storage.need(&path)?).to_hex() != record.root.sha256 {
            return refused(format!("{path} is not the root that {name} names"));
        }
        Ok(())
    }
}

/// Floors rise, revocations stay, a lost chain is started again under a higher epoch only.
fn check_successor(old: &AppRecord, new: &AppRecord) -> Result<(), Refusal> {
    let app = &new.app;
    if new.floor < old.floor || !old.revoked.iter().all(|code| new.revoked.contains(code)) {
        return refused(format!("the record of {app} takes a floor or a revocation back"));
    }
    if new.root.epoch < old.root.epoch {
        return refused(format!("the record of {app} goes back to an older epoch"));
    }
    if new.root.epoch == old.root.epoch && new.root != old.root {
        return refused(format!("the record of {app} names another root, and not under a higher epoch"));
    }
    if old.review == Review::Stopped && new.review == Review::Pending {
        return refused(format!("{app} is stopped; it is approved again, or stays stopped"));
    }
    Ok(())
}
