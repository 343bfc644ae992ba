//! Signs what lodger-server would refuse to sign, by the schema of `tough`.
use crate::server::Server;
use lodger_bundle::Digest;
use lodger_server::{
    keys::{Holder, KeyRing, Signer},
    repository::AppRecord,
};
use serde::{Serialize, de::DeserializeOwned};
use std::num::NonZeroU64;
use tough::{
    TargetName,
    schema::{Hashes, Metafile, Role, Root, Signature, Signed, Snapshot, Target, Targets, Timestamp},
};

/// Somebody who controls the server, and has keys.
pub struct Thief<'a> {
    pub server: Server,
    pub ring: &'a KeyRing,
    /// `platform` or `apps/<id>`.
    pub base: String,
}

impl<'a> Thief<'a> {
    pub fn new(server: &Server, ring: &'a KeyRing, base: &str) -> Self {
        Self { server: server.clone(), ring, base: base.to_owned() }
    }

    fn metadata(&self, name: &str) -> String {
        format!("{}/metadata/{name}", self.base)
    }

    fn read<T: Role + DeserializeOwned>(&self, name: &str) -> T {
        serde_json::from_slice::<Signed<T>>(&self.server.file(&self.metadata(name))).unwrap().signed
    }

    pub fn timestamp(&self) -> Timestamp {
        self.read("timestamp.json")
    }

    fn snapshot(&self) -> Snapshot {
        let version = self.timestamp().meta["snapshot.json"].version;
        self.read(&format!("{version}.snapshot.json"))
    }

    /// The role as the server holds it.
    pub fn role(&self, name: &str) -> Targets {
        let version = self.snapshot().meta[&format!("{name}.json")].version;
        self.read(&format!("{version}.{name}.json"))
    }

    /// The next version of a role, signed by `holder`; snapshot and timestamp by the server's keys.
    pub fn sign_role(&self, name: &str, holder: Holder, change: impl FnOnce(&mut Targets)) {
        let mut role = self.role(name);
        role.version = next(role.version);
        change(&mut role);
        let version = role.version;
        self.write(&format!("{version}.{name}.json"), role, &*self.ring.signers(holder).unwrap());
        self.sign_snapshot(|snapshot| {
            snapshot.meta.get_mut(&format!("{name}.json")).unwrap().version = version;
        });
    }

    /// The next snapshot and timestamp.
    pub fn sign_snapshot(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut snapshot = self.snapshot();
        snapshot.version = next(snapshot.version);
        change(&mut snapshot);
        let version = snapshot.version;
        self.write(
            &format!("{version}.snapshot.json"),
            snapshot,
            &*self.ring.signers(Holder::Server).unwrap(),
        );
        self.sign_timestamp(version, |_| {});
    }

    /// The next timestamp, over the snapshot of that version.
    pub fn sign_timestamp(&self, snapshot: NonZeroU64, change: impl FnOnce(&mut Timestamp)) {
        let mut timestamp = self.timestamp();
        timestamp.version = next(timestamp.version);
        let bytes = self.server.file(&self.metadata(&format!("{snapshot}.snapshot.json")));
        let listed = Metafile {
            version: snapshot,
            length: Some(bytes.len() as u64),
            hashes: Some(hashes(&bytes)),
            _extra: Default::default(),
        };
        timestamp.meta.insert("snapshot.json".into(), listed);
        change(&mut timestamp);
        self.write("timestamp.json", timestamp, &*self.ring.signers(Holder::Server).unwrap());
    }

    /// The root after the server's newest.
    pub fn sign_root<'s>(&self, by: impl IntoIterator<Item = &'s Signer>, change: impl FnOnce(&mut Root)) {
        let newest =
            (1..).take_while(|n| self.server.files().contains_key(&self.metadata(&format!("{n}.root.json"))));
        let mut root: Root = self.read(&format!("{}.root.json", newest.last().unwrap()));
        root.version = next(root.version);
        change(&mut root);
        self.write(&format!("{}.root.json", root.version), root, by);
    }

    /// Puts a target file on the server; gives its entry for a role.
    pub fn target(&self, name: &str, bytes: &[u8]) -> (TargetName, Target) {
        let digest = Digest::of(bytes).to_hex();
        let (folder, last) = name.rsplit_once('/').unwrap();
        self.server.put(&format!("{}/targets/{folder}/{digest}.{last}", self.base), bytes);
        let target = Target {
            length: bytes.len() as u64,
            hashes: hashes(bytes),
            custom: Default::default(),
            _extra: Default::default(),
        };
        (TargetName::new(name).unwrap(), target)
    }

    /// The platform's word about a program, signed by the reviewer's keys.
    pub fn sign_record(&self, record: &AppRecord) {
        let path = format!("apps/{}.json", record.app);
        let bytes = serde_json::to_vec(&serde_json::to_value(record).unwrap()).unwrap();
        let (name, target) = self.target(&path, &bytes);
        self.sign_role(&bin(&path), Holder::Reviewer, |role| drop(role.targets.insert(name, target)));
    }

    fn write<'s, T: Role + Serialize>(&self, name: &str, role: T, by: impl IntoIterator<Item = &'s Signer>) {
        let message = role.canonical_form().unwrap();
        let signature = |signer: &Signer| Signature {
            keyid: signer.id.parse().unwrap(),
            sig: signer.sign(&message).into(),
        };
        let signatures = by.into_iter().map(signature).collect();
        let bytes = serde_json::to_vec(&Signed { signed: role, signatures }).unwrap();
        self.server.put(&self.metadata(name), bytes);
    }
}

/// The role that has this target of the platform.
pub fn bin(path: &str) -> String {
    let hex = &Digest::of(path.as_bytes()).to_hex()[..3];
    format!("bin-{:03x}", u16::from_str_radix(hex, 16).unwrap() & 0xffc)
}

pub fn next(version: NonZeroU64) -> NonZeroU64 {
    version.saturating_add(1)
}

fn hashes(bytes: &[u8]) -> Hashes {
    Hashes { sha256: Digest::of(bytes).as_bytes().to_vec().into(), _extra: Default::default() }
}
