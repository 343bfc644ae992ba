//! Checks a repository as a device would, and everything at once: signatures, versions, expiry, targets, releases,
//! streams and patches.

mod program;

use super::{
    Repository, RepositoryError, TrustRoot,
    metadata::{Metadata, State},
    platform,
};
use jiff::{SignedDuration, Timestamp};
use lodger_bundle::Digest;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use tough::schema::{Delegations, Role, Root, Signed, Target, Targets};

/// Something that ends soon, or is not as it should be without being wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The file.
    pub path: String,
    /// What about it.
    pub what: String,
}

/// A repository that verified.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Programs.
    pub apps: usize,
    /// Releases of all programs.
    pub releases: usize,
    /// Every file that devices may ask for, in an order in which they may be copied.
    #[serde(skip)]
    pub files: Vec<String>,
    /// When the first of the server's roles expires; RFC 3339.
    pub online_until: String,
    /// What to look after.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Leaves out the files that a device needs for other programs only: what remains serves `app` alone.
    pub fn keep_only(&mut self, app: &str) {
        let own = format!("apps/{app}/");
        let bins = [platform::bin(&platform::record_name(app)), platform::bin("platform.json")];
        self.files.retain(|file| match file.strip_prefix("platform/") {
            None => !file.starts_with("apps/") || file.starts_with(&own),
            Some(rest) => {
                let bin = rest.split_once(".bin-").map(|(_, name)| name.trim_end_matches(".json"));
                let record = rest.strip_prefix("targets/apps/").and_then(|name| name.split_once('.'));
                bin.is_none_or(|bin| bins.iter().any(|own| own.trim_start_matches("bin-") == bin))
                    && record.is_none_or(|(_, name)| name == format!("{app}.json"))
            }
        });
        self.apps = 1;
    }
}

/// Files of one repository by how late they may be copied.
#[derive(Default)]
struct Seen {
    files: BTreeSet<String>,
    last: Vec<String>,
    until: Option<Timestamp>,
    soon: Vec<Finding>,
}

/// What holders sign offline should be signed anew when fewer hours are left: 30 days.
const SOON: i64 = 30 * 24;

impl Repository {
    /// Verifies everything, from `trust-root.json` on.
    ///
    /// # Errors
    /// `Untrusted` with the first file that does not hold; `NotFound` for one that is missing; `Storage`.
    pub fn verify(&self) -> Result<Report, RepositoryError> {
        let trust: TrustRoot = parse("trust-root.json", &self.storage.need("trust-root.json")?)?;
        let shipped: Signed<Root> = serde_json::from_value(trust.platform.clone())
            .map_err(|error| RepositoryError::untrusted("trust-root.json", error.to_string()))?;
        let platform = Metadata::platform(&self.storage);
        let path = platform.file(&format!("{}.root.json", shipped.signed.version));
        if parse::<serde_json::Value>(&path, &self.storage.need(&path)?)? != trust.platform {
            return Err(RepositoryError::untrusted(&path, "is not the root that trust-root.json holds"));
        }
        let mut report = Report::default();
        let mut seen = Seen::default();
        let (root, state) = self.verify_top(&platform, &shipped, &mut seen)?;
        let targets = self.verify_targets(&platform, &root, &state, &mut seen)?;
        let mut after = vec!["trust-root.json".to_owned()];
        after.splice(0..0, seen.last.drain(..));

        let mut records = Vec::new();
        for name in targets.keys() {
            if let Some(app) = name.strip_prefix("apps/").and_then(|rest| rest.strip_suffix(".json")) {
                let record = self.record(app)?;
                if record.app != app {
                    return Err(RepositoryError::untrusted(name, "describes another program"));
                }
                records.push(record);
            }
        }
        for record in &records {
            report.releases += self.verify_app(record, &mut seen)?;
            let mut app_last = std::mem::take(&mut seen.last);
            app_last.append(&mut after);
            after = app_last;
        }
        for app in self.apps()? {
            if !records.iter().any(|record| record.app == app) {
                let what = "is not in the platform's repository: a broken-off `lodger app create`".into();
                report.findings.push(Finding { path: format!("apps/{app}"), what });
            }
        }
        summed(&mut seen.soon, &mut report.findings);
        report.apps = records.len();
        report.online_until = seen.until.map(|until| until.to_string()).unwrap_or_default();
        report.files = seen.files.into_iter().chain(after).collect();
        Ok(report)
    }

    /// Root chain, timestamp, snapshot.
    fn verify_top(
        &self,
        metadata: &Metadata<'_>,
        first: &Signed<Root>,
        seen: &mut Seen,
    ) -> Result<(Signed<Root>, State), RepositoryError> {
        let mut root = first.clone();
        hold(&metadata.file("root.json"), root.signed.verify_role(&root))?;
        own(metadata, "root.json", &root.signed._extra)?;
        seen.files.insert(metadata.file(&format!("{}.root.json", root.signed.version)));
        loop {
            let name = format!("{}.root.json", root.signed.version.saturating_add(1));
            let path = metadata.file(&name);
            if !self.storage.has(&path)? {
                break;
            }
            let next: Signed<Root> = metadata.read(&name)?;
            hold(&path, root.signed.verify_role(&next))?;
            hold(&path, next.signed.verify_role(&next))?;
            if next.signed.version != root.signed.version.saturating_add(1) {
                return Err(RepositoryError::untrusted(&path, "has another version than its name"));
            }
            own(metadata, &name, &next.signed._extra)?;
            seen.files.insert(path);
            root = next;
        }
        self.fresh(&metadata.file("root.json"), &root.signed, seen, false)?;
        let state = metadata.state()?;
        let State { timestamp, snapshot, .. } = &state;
        let path = metadata.file("timestamp.json");
        hold(&path, root.signed.verify_role(timestamp))?;
        own(metadata, "timestamp.json", &timestamp.signed._extra)?;
        self.fresh(&path, &timestamp.signed, seen, true)?;
        let entry = timestamp.signed.meta.get("snapshot.json").map(|meta| (meta.version, &meta.hashes));
        let name = metadata.file(&format!("{}.snapshot.json", snapshot.signed.version));
        let bytes = self.storage.need(&name)?;
        let hash = entry.and_then(|(_, hashes)| hashes.as_ref()).map(|hashes| super::hex(&hashes.sha256));
        if entry.map(|(version, _)| version) != Some(snapshot.signed.version)
            || hash != Some(Digest::of(&bytes).to_hex())
        {
            return Err(RepositoryError::untrusted(&name, "is not the snapshot that the timestamp names"));
        }
        hold(&name, root.signed.verify_role(snapshot))?;
        own(metadata, "snapshot.json", &snapshot.signed._extra)?;
        self.fresh(&name, &snapshot.signed, seen, true)?;
        seen.files.insert(name);
        seen.last.push(path);
        Ok((root, state))
    }

    /// Targets and every delegated role; answers with all targets by name.
    fn verify_targets(
        &self,
        metadata: &Metadata<'_>,
        root: &Signed<Root>,
        state: &State,
        seen: &mut Seen,
    ) -> Result<HashMap<String, Target>, RepositoryError> {
        let top = self.verify_role(metadata, state, "targets", seen)?;
        hold(&metadata.file("targets.json"), root.signed.verify_role(&top))?;
        if !top.signed.targets.is_empty() {
            return Err(RepositoryError::untrusted(
                &metadata.file("targets.json"),
                "holds targets, and may only delegate",
            ));
        }
        let delegations = top.signed.delegations.as_ref().ok_or_else(|| {
            RepositoryError::untrusted(&metadata.file("targets.json"), "delegates to nobody")
        })?;
        let mut all = HashMap::new();
        for delegated in &delegations.roles {
            let role = self.verify_role(metadata, state, &delegated.name, seen)?;
            let path = metadata.file(&format!("{}.json", delegated.name));
            let own = Delegations { keys: HashMap::new(), roles: vec![delegated.clone()] };
            hold(&path, delegations.verify_role(&role, &delegated.name))?;
            for (name, target) in role.signed.targets {
                if !own.target_is_delegated(&name) || !delegated.terminating {
                    let what = format!("signs {}, which is not delegated to it", name.raw());
                    return Err(RepositoryError::untrusted(&path, what));
                }
                let digest = super::hex(&target.hashes.sha256);
                let file = metadata.target_file(name.raw(), &digest);
                let bytes = self.storage.need(&file)?;
                if bytes.len() as u64 != target.length || Digest::of(&bytes).to_hex() != digest {
                    return Err(RepositoryError::untrusted(
                        &file,
                        "has another length or SHA-256 than its role says",
                    ));
                }
                seen.files.insert(file);
                all.insert(name.raw().to_owned(), target);
            }
        }
        Ok(all)
    }

    /// Version and expiry of one role file; signatures are the caller's.
    fn verify_role(
        &self,
        metadata: &Metadata<'_>,
        state: &State,
        name: &str,
        seen: &mut Seen,
    ) -> Result<Signed<Targets>, RepositoryError> {
        let role = metadata.role(state, name)?;
        let path = metadata.file(&format!("{}.{name}.json", role.signed.version));
        if Some(role.signed.version) != state.version(name) {
            return Err(RepositoryError::untrusted(&path, "has another version than the snapshot says"));
        }
        own(metadata, &format!("{name}.json"), &role.signed._extra)?;
        self.fresh(&path, &role.signed, seen, name == "channel")?;
        seen.files.insert(path);
        Ok(role)
    }

    fn fresh(
        &self,
        path: &str,
        role: &impl Role,
        seen: &mut Seen,
        online: bool,
    ) -> Result<(), RepositoryError> {
        let expires = role.expires();
        if expires <= self.now {
            let next =
                if online { "`lodger repo refresh` signs it anew" } else { "its holder must sign it anew" };
            return Err(RepositoryError::untrusted(path, format!("expired at {expires}; {next}")));
        }
        if !online && expires.duration_since(self.now) < SignedDuration::from_hours(SOON) {
            let what =
                format!("expires at {expires}; its holder should sign it anew with `lodger repo refresh`");
            seen.soon.push(Finding { path: path.to_owned(), what });
        }
        if online {
            seen.until = Some(seen.until.map_or(expires, |until| until.min(expires)));
        }
        Ok(())
    }
}

/// Bins expire together: one finding stands for all of them.
fn summed(soon: &mut Vec<Finding>, findings: &mut Vec<Finding>) {
    let (bins, others): (Vec<_>, Vec<_>) = soon.drain(..).partition(|finding| finding.path.contains(".bin-"));
    findings.extend(others);
    if let Some(first) = bins.first() {
        let path = format!("platform/metadata, {} bins", bins.len());
        findings.push(Finding { path, what: first.what.clone() });
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, RepositoryError> {
    serde_json::from_slice(bytes).map_err(|error| RepositoryError::untrusted(path, error.to_string()))
}

/// Whether a role names the repository that it lies in.
pub(super) fn own(
    metadata: &Metadata<'_>,
    name: &str,
    extra: &HashMap<String, serde_json::Value>,
) -> Result<(), RepositoryError> {
    if *extra == metadata.named() {
        return Ok(());
    }
    Err(RepositoryError::untrusted(&metadata.file(name), "does not name the repository that it lies in"))
}

fn hold(path: &str, checked: tough::schema::Result<()>) -> Result<(), RepositoryError> {
    checked.map_err(|error| RepositoryError::untrusted(path, error.to_string()))
}
