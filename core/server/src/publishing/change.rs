//! The body of a change: one line of JSON, then the bytes of the inline files (`core/docs/server.md`).

use super::paths;
use lodger_bundle::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a whole body, and of an upload.
pub const MOST_BYTES: usize = 32 << 20;
/// Files of a change.
pub const MOST_FILES: usize = 20_000;
/// Files up to this size go inline.
pub const INLINE: usize = 64 << 10;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    base: BTreeMap<String, u64>,
    files: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    sha256: String,
    length: u64,
    inline: bool,
}

/// Where a file's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// In the body.
    Inline(Vec<u8>),
    /// Uploaded before.
    Uploaded {
        /// In hex.
        sha256: String,
        /// In bytes.
        length: u64,
    },
}

/// A change as it is sent. Paths are unique and well formed, inline bytes have the digests that they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The version of each repository's timestamp that it was made from; 0 for a new one.
    pub base: BTreeMap<paths::Owner, u64>,
    /// Files by path, in the order in which they were sent.
    pub files: Vec<(String, Content)>,
}

impl Change {
    /// The body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let entry = |(path, content): &(String, Content)| {
            let (sha256, length, inline) = match content {
                Content::Inline(bytes) => (Digest::of(bytes).to_hex(), bytes.len() as u64, true),
                Content::Uploaded { sha256, length } => (sha256.clone(), *length, false),
            };
            Entry { path: path.clone(), sha256, length, inline }
        };
        let base = self.base.iter().map(|(owner, version)| (owner.to_string(), *version)).collect();
        let manifest = Manifest { base, files: self.files.iter().map(entry).collect() };
        let mut body = serde_json::to_vec(&manifest).unwrap_or_default();
        body.push(b'\n');
        for (_, content) in &self.files {
            if let Content::Inline(bytes) = content {
                body.extend_from_slice(bytes);
            }
        }
        body
    }

    /// Reads a body.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn decode(body: &[u8]) -> Result<Self, String> {
        let end = body.iter().position(|byte| *byte == b'\n').ok_or("the body has no first line")?;
        let (line, mut rest) = (&body[..end], &body[end + 1..]);
        let manifest: Manifest = serde_json::from_slice(line)
            .map_err(|error| format!("the first line is not a change: {error}"))?;
        if manifest.files.len() > MOST_FILES {
            return Err(format!("more than {MOST_FILES} files"));
        }
        let mut change = Self::default();
        for (name, version) in manifest.base {
            let owner = paths::Owner::parse(&name).ok_or_else(|| format!("{name} is no repository"))?;
            change.base.insert(owner, version);
        }
        let mut seen = BTreeSet::new();
        for Entry { path, sha256, length, inline } in manifest.files {
            let owner = match paths::parse(&path) {
                Some((owner, kind)) if inline || kind.is_transfer() => owner,
                None if path == "trust-root.json" && inline => paths::Owner::Platform,
                _ => return Err(format!("{path:?} is no file that can be sent like this")),
            };
            if !change.base.contains_key(&owner) {
                return Err(format!("{path}: base has no {owner}"));
            }
            if !paths::is_digest(&sha256) || !seen.insert(path.clone()) {
                return Err(format!("{path} stands twice, or has a malformed digest"));
            }
            let content = if inline {
                let bytes = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
                let (bytes, after) = bytes.ok_or("the body is shorter than its first line says")?;
                rest = after;
                if Digest::of(bytes).to_hex() != sha256 {
                    return Err(format!("{path} has another SHA-256 than the first line says"));
                }
                Content::Inline(bytes.to_vec())
            } else {
                Content::Uploaded { sha256, length }
            };
            change.files.push((path, content));
        }
        if rest.is_empty() { Ok(change) } else { Err("the body is longer than its first line says".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn change() -> Change {
        let digest = Digest::of(b"stream").to_hex();
        Change {
            base: BTreeMap::from([(paths::Owner::App("coffee".into()), 7)]),
            files: vec![
                ("apps/coffee/metadata/2.publisher.json".into(), Content::Inline(b"{}\n{}".to_vec())),
                (format!("apps/coffee/s/{digest}.zst"), Content::Uploaded { sha256: digest, length: 6 }),
                ("apps/coffee/metadata/3.targets.json".into(), Content::Inline(Vec::new())),
            ],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Change::decode(&change().encode()), Ok(change()));
        assert_eq!(Change::decode(&Change::default().encode()), Ok(Change::default()));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let body = String::from_utf8(change().encode()).unwrap();
        for (from, to) in [
            ("apps/coffee/metadata/2.publisher.json", "apps/coffee/metadata/../../../server.db"),
            ("apps/coffee/metadata/2.publisher.json", "/etc/passwd"),
            ("apps/coffee/metadata/3.targets.json", "apps/coffee/metadata/2.publisher.json"),
            ("apps/coffee/metadata/3.targets.json", "apps/tea/metadata/3.targets.json"),
            ("\"length\":5", "\"length\":6"),
            ("\"length\":5", "\"length\":18446744073709551615"),
            ("{}\n{}", "{}\n{x"),
            ("{}\n{}", "{}\n{} "),
            ("\"inline\":true", "\"inline\":false"),
            ("\"base\"", "\"bases\""),
            ("\"apps/coffee\":7", "\"apps/coffee\":-1"),
        ] {
            assert!(Change::decode(body.replace(from, to).as_bytes()).is_err(), "{from} {to}");
        }
        assert!(Change::decode(b"").is_err());
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0_usize..600) {
            let _ = Change::decode(&bytes);
            let body = change().encode();
            let _ = Change::decode(&body[..cut.min(body.len())]);
        }
    }
}
