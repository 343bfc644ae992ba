//! The platform's repository: which programs there are, in 1,024 bins.

use super::{
    AppRecord, Batch, Repository, RepositoryError, TrustRoot,
    batch::Stage,
    edit::Edit,
    metadata::{Metadata, State},
    sign::{self, RoleKeys},
};
use crate::keys::{Holder, KeyRing};
use lodger_bundle::Digest;
use lodger_pay::order::PaymentKeys;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use tough::{
    TargetName,
    schema::{DelegatedRole, Delegations, PathHashPrefix, PathSet, Target},
};

/// Bins from the first release on: role names can never leave a snapshot again.
pub(super) const BINS: usize = 1024;

/// The bin of a target name: three hex digits of its SHA-256, rounded down to a multiple of four.
pub(super) fn bin(target: &str) -> String {
    let digest = Digest::of(target.as_bytes());
    let [first, second, ..] = *digest.as_bytes();
    let prefix = u16::from_be_bytes([first, second]) >> 4;
    format!("bin-{:03x}", prefix & !3)
}

/// The target that names the keys which sign orders.
const PAYMENT_KEYS: &str = "payment-keys.json";

/// The target that describes a program.
pub(super) fn record_name(app: &str) -> String {
    format!("apps/{app}.json")
}

impl Repository {
    /// Makes a platform repository, with the trust root that hosts ship. `name` is the operator's.
    ///
    /// # Errors
    /// `Refused` if there is one already; `Keys`, `Storage`.
    pub fn init(&self, ring: &KeyRing, name: &str) -> Result<Batch, RepositoryError> {
        self.init_bins(ring, name, |_| true)
    }

    /// As [`Repository::init`], with the bins that `wanted` takes, and that of `platform.json`. Whoever leaves bins
    /// out must sign them when they are needed.
    pub(super) fn init_bins(
        &self,
        ring: &KeyRing,
        name: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Batch, RepositoryError> {
        let metadata = Metadata::platform(&self.storage);
        if metadata.exists()? {
            let what =
                "there is a repository here already; give another folder, or `lodger app create` in this one";
            return Err(RepositoryError::Refused(what.into()));
        }
        let mut edit = Edit::new(&metadata, None, ring, self.now)?;
        let root = edit.first_root(Holder::Reviewer)?;
        edit.role("targets", Holder::Reviewer, HashMap::new(), Some(delegations(ring)?))?;
        let platform = sign::json(&json!({"name": name, "issued": self.now.to_string()}))?;
        let (target, entry) = edit.target("platform.json", platform)?;
        let own = bin("platform.json");
        for number in 0..BINS {
            let bin = format!("bin-{:03x}", number * 4);
            let targets =
                if bin == own { HashMap::from([(target.clone(), entry.clone())]) } else { HashMap::new() };
            if bin != own && !wanted(&bin) {
                continue;
            }
            edit.role(&bin, Holder::Reviewer, targets, None)?;
        }
        let mut batch = edit.finish()?;
        let platform = serde_json::from_slice(&root.bytes)
            .map_err(|error| RepositoryError::Encoding(error.to_string()))?;
        let trust = TrustRoot { kind: ring.folder().kind(), platform };
        batch.add(Stage::Beside, "trust-root.json".into(), sign::json(&trust)?);
        Ok(batch)
    }

    /// What the platform says about a program.
    ///
    /// # Errors
    /// `NotFound` if there is no such program; `Untrusted`, `Storage`.
    pub fn record(&self, app: &str) -> Result<AppRecord, RepositoryError> {
        let metadata = Metadata::platform(&self.storage);
        let state = self.platform_state(&metadata)?;
        let name = record_name(app);
        let role = metadata.role(&state, &bin(&name))?;
        metadata.form(&role.signed, &name)?.ok_or_else(|| {
            RepositoryError::NotFound(format!(
                "there is no program {app} here; `lodger app create {app}` makes it"
            ))
        })
    }

    /// Ids of all programs that have a folder here, sorted.
    ///
    /// # Errors
    /// `Storage`.
    pub fn apps(&self) -> Result<Vec<String>, RepositoryError> {
        self.storage.folders("apps")
    }

    /// Writes what the platform says about a program.
    pub(super) fn write_record(&self, ring: &KeyRing, record: &AppRecord) -> Result<Batch, RepositoryError> {
        self.write_records(ring, std::slice::from_ref(record))
    }

    /// Writes what the platform says about these programs, in one change: each bin is signed once. Other targets of
    /// the bins stay.
    ///
    /// # Errors
    /// `NotFound` if there is no repository; `Keys`, `Untrusted`, `Storage`.
    pub fn write_records(&self, ring: &KeyRing, records: &[AppRecord]) -> Result<Batch, RepositoryError> {
        let metadata = Metadata::platform(&self.storage);
        let state = self.platform_state(&metadata)?;
        let mut bins: BTreeMap<String, Vec<&AppRecord>> = BTreeMap::new();
        for record in records {
            bins.entry(bin(&record_name(&record.app))).or_default().push(record);
        }
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        for (bin, records) in bins {
            let mut targets = targets_of(&metadata, &state, &bin)?;
            for record in records {
                targets.extend([edit.target(&record_name(&record.app), sign::json(record)?)?]);
            }
            edit.role(&bin, Holder::Reviewer, targets, None)?;
        }
        edit.finish()
    }

    /// Writes the keys that sign orders, in the form of `core/docs/payment.md`; they replace those that were there.
    ///
    /// # Errors
    /// `Refused` if a device would not take them; as [`Repository::write_records`].
    pub fn write_payment_keys(&self, ring: &KeyRing, keys: &[u8]) -> Result<Batch, RepositoryError> {
        let read = PaymentKeys::read(keys).and_then(|_| serde_json::from_slice::<Value>(keys).ok());
        let keys = read.ok_or_else(|| {
            RepositoryError::Refused(
                "these are not payment keys: {\"keys\": [{\"kid\", \"not_before\", \"not_after\", \"key\": a JWK}]}, each \
                 kid once, times in seconds since 1970"
                    .into(),
            )
        })?;
        let metadata = Metadata::platform(&self.storage);
        let state = self.platform_state(&metadata)?;
        let bin = bin(PAYMENT_KEYS);
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        let mut targets = targets_of(&metadata, &state, &bin)?;
        targets.extend([edit.target(PAYMENT_KEYS, sign::json(&keys)?)?]);
        edit.role(&bin, Holder::Reviewer, targets, None)?;
        edit.finish()
    }

    pub(super) fn platform_state(&self, metadata: &Metadata<'_>) -> Result<State, RepositoryError> {
        if !metadata.exists()? {
            let what = "there is no repository here; `lodger repo init R --keys K` makes one";
            return Err(RepositoryError::NotFound(what.into()));
        }
        metadata.state()
    }
}

/// What a bin lists. A development repository signs a bin when it first needs it.
fn targets_of(
    metadata: &Metadata<'_>,
    state: &State,
    bin: &str,
) -> Result<HashMap<TargetName, Target>, RepositoryError> {
    match state.version(bin) {
        Some(_) => Ok(metadata.role(state, bin)?.signed.targets),
        None => Ok(HashMap::new()),
    }
}

/// To every bin its four prefixes.
pub(super) fn delegations(ring: &KeyRing) -> Result<Delegations, RepositoryError> {
    let keys = RoleKeys::of(ring, Holder::Reviewer)?;
    let mut delegations = Delegations { keys: keys.keys.iter().cloned().collect(), roles: Vec::new() };
    for number in 0..BINS {
        let prefix = |offset| PathHashPrefix::new(format!("{:03x}", number * 4 + offset));
        let prefixes = (0..4).map(prefix).collect::<Result<_, _>>();
        delegations.roles.push(DelegatedRole {
            name: format!("bin-{:03x}", number * 4),
            keyids: keys.ids(),
            threshold: keys.threshold,
            paths: PathSet::PathHashPrefixes(
                prefixes.map_err(|error| RepositoryError::Encoding(error.to_string()))?,
            ),
            terminating: true,
            targets: None,
        });
    }
    Ok(delegations)
}

#[cfg(test)]
mod tests {
    use super::bin;

    /// Digests by `sha256sum`, so that the rule is not checked against itself.
    #[test]
    fn a_name_has_one_bin() {
        assert_eq!(bin("apps/coffee.json"), "bin-814");
        assert_eq!(bin("platform.json"), "bin-018");
    }
}
