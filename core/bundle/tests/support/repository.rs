//! One TUF repository, made with the schema of `tough`: what signs is not what verifies.
use super::{keys::Key, server::Server};
use lodger_bundle::Digest;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tough::schema::{Role, Root, Snapshot, Targets, Timestamp};

/// Keys of a role, and what it signed last.
#[derive(Clone)]
pub struct Signer {
    pub keys: Vec<Key>,
    pub threshold: usize,
    pub version: u64,
    pub days: i64,
}

/// A delegation from `targets`: the role's name, and `paths` or `path_hash_prefixes`.
#[derive(Clone)]
pub struct Delegation {
    pub name: String,
    pub paths: Value,
    pub terminating: bool,
}

/// A repository below `base` of a server. Fields are open: attackers change them and sign again.
#[derive(Clone)]
pub struct Repository {
    pub base: String,
    pub server: Server,
    /// Unix seconds at which it signs.
    pub now: i64,
    /// Past the schema, for what `tough` itself refuses to write.
    pub by_hand: bool,
    pub signers: BTreeMap<String, Signer>,
    pub delegations: Vec<Delegation>,
    /// Files by role.
    pub files: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Repository {
    pub fn signer(&mut self, role: &str) -> &mut Signer {
        self.signers.get_mut(role).unwrap()
    }

    pub fn put(&mut self, role: &str, path: &str, bytes: Vec<u8>) {
        self.files.entry(role.to_owned()).or_default().insert(path.to_owned(), bytes);
    }

    /// Signs everything anew, each role one version up, as an honest operator does.
    pub fn publish(&mut self, roles: &[&str]) {
        for role in roles {
            self.sign_targets(role);
        }
        self.sign_snapshot();
        self.sign_timestamp();
    }

    /// The next root. `by`: who signs; at first the root's keys.
    pub fn sign_root(&mut self, by: &[Key]) -> Vec<u8> {
        let (mut keys, mut roles) = (Map::new(), Map::new());
        for role in ["root", "timestamp", "snapshot", "targets"] {
            let signer = &self.signers[role];
            keys.extend(signer.keys.iter().map(|key| (key.id(), key.json())));
            let ids: Vec<_> = signer.keys.iter().map(Key::id).collect();
            roles.insert(role.to_owned(), json!({ "keyids": ids, "threshold": signer.threshold }));
        }
        let body = json!({ "consistent_snapshot": true, "keys": keys, "roles": roles });
        let bytes = self.sign::<Root>("root", "root", body, Some(by));
        let version = self.signers["root"].version;
        self.write(&format!("metadata/{version}.root.json"), &bytes);
        bytes
    }

    pub fn sign_targets(&mut self, role: &str) {
        let mut targets = Map::new();
        for (path, bytes) in self.files.get(role).cloned().unwrap_or_default() {
            let digest = Digest::of(&bytes).to_hex();
            targets.insert(path.clone(), json!({ "length": bytes.len(), "hashes": { "sha256": digest } }));
            let (folder, name) = path
                .rsplit_once('/')
                .map_or((String::new(), &*path), |(folder, name)| (format!("{folder}/"), name));
            self.write(&format!("targets/{folder}{digest}.{name}"), &bytes);
        }
        let mut body = json!({ "targets": targets });
        if role == "targets" {
            let (mut keys, mut roles) = (Map::new(), Vec::new());
            for Delegation { name, paths, terminating } in &self.delegations {
                let signer = &self.signers[if name.starts_with("bin-") { "bins" } else { name }];
                keys.extend(signer.keys.iter().map(|key| (key.id(), key.json())));
                let ids: Vec<_> = signer.keys.iter().map(Key::id).collect();
                let mut role = json!({ "name": name, "keyids": ids, "threshold": signer.threshold,
                    "terminating": terminating });
                role.as_object_mut().unwrap().extend(paths.as_object().unwrap().clone());
                roles.push(role);
            }
            body["delegations"] = json!({ "keys": keys, "roles": roles });
        }
        let signer = if role.starts_with("bin-") { "bins" } else { role };
        if signer == "bins" && !self.signers.contains_key(role) {
            let bins = self.signers["bins"].clone();
            self.signers.insert(role.to_owned(), bins);
        }
        let bytes = self.sign::<Targets>(role, "targets", body, None);
        let version = self.signers[role].version;
        self.write(&format!("metadata/{version}.{role}.json"), &bytes);
    }

    pub fn sign_snapshot(&mut self) {
        let mut meta = Map::new();
        for (role, signer) in &self.signers {
            if !["root", "timestamp", "snapshot", "bins"].contains(&role.as_str()) && signer.version > 0 {
                meta.insert(format!("{role}.json"), json!({ "version": signer.version }));
            }
        }
        let bytes = self.sign::<Snapshot>("snapshot", "snapshot", json!({ "meta": meta }), None);
        let version = self.signers["snapshot"].version;
        self.write(&format!("metadata/{version}.snapshot.json"), &bytes);
    }

    pub fn sign_timestamp(&mut self) {
        let meta = json!({ "snapshot.json": { "version": self.signers["snapshot"].version } });
        let bytes = self.sign::<Timestamp>("timestamp", "timestamp", json!({ "meta": meta }), None);
        self.write("metadata/timestamp.json", &bytes);
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        self.server.put(&format!("{}/{path}", self.base), bytes);
    }

    /// One version up, through the schema of `tough`, signed by the role's keys up to its threshold, or `by`.
    fn sign<T: Role + Serialize + DeserializeOwned>(
        &mut self,
        role: &str,
        kind: &str,
        mut body: Value,
        by: Option<&[Key]>,
    ) -> Vec<u8> {
        let (now, by_hand, base) = (self.now, self.by_hand, self.base.clone());
        let signer = self.signer(role);
        signer.version += 1;
        let expires = jiff::Timestamp::from_second(now + signer.days * 86_400).unwrap();
        let common = json!({ "_type": kind, "spec_version": "1.0.0", "version": signer.version,
            "expires": expires.to_string(), "repository": base });
        body.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
        let (signed, canonical) = if by_hand {
            let mut canonical = Vec::new();
            let formatter = olpc_cjson::CanonicalFormatter::new();
            body.serialize(&mut serde_json::Serializer::with_formatter(&mut canonical, formatter)).unwrap();
            (body, canonical)
        } else {
            let signed: T = serde_json::from_value(body).unwrap();
            (serde_json::to_value(&signed).unwrap(), signed.canonical_form().unwrap())
        };
        let keys = by.unwrap_or(&signer.keys[..signer.threshold.min(signer.keys.len())]);
        let signatures: Vec<_> =
            keys.iter().map(|key| json!({ "keyid": key.id(), "sig": hex(&key.sign(&canonical)) })).collect();
        serde_json::to_vec(&json!({ "signed": signed, "signatures": signatures })).unwrap()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
