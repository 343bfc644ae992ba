//! The index: what a bundle holds, in one canonical encoding (DESIGN 5).
use crate::Digest;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    pub name: String,
    pub code: u64,
}

/// One file: in JSON `[path, length, sha256, mime]`.
#[derive(Clone, Debug, PartialEq)]
pub struct FileEntry {
    pub path: String,
    pub length: u64,
    pub digest: Digest,
    pub mime: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// `main` for the main package, else the subpackage's name or, without one, its root.
    pub name: String,
    /// "" for the main package, else e.g. `packages/order` (no slash at either end).
    pub root: String,
    pub independent: bool,
    pub files: Vec<FileEntry>,
    pub stream_length: u64,
    pub stream_digest: Digest,
}

/// Host names or `https://host[:port]` patterns, by kind. `None`: the author gave no list (DESIGN 5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domains {
    pub request: Option<Vec<String>>,
    pub socket: Option<Vec<String>>,
    pub upload: Option<Vec<String>>,
    pub download: Option<Vec<String>>,
    pub image: Option<Vec<String>>,
    pub media: Option<Vec<String>>,
    pub webview: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub format: u32,
    pub app: String,
    pub version: Version,
    pub runtime_min: String,
    /// Page paths without extension, entry page first.
    pub pages: Vec<String>,
    pub packages: Vec<Package>,
    pub scopes: Vec<String>,
    pub domains: Domains,
    pub plugins: BTreeMap<String, serde_json::Value>,
    pub prefetch: BTreeMap<String, serde_json::Value>,
    /// The W3C MiniApp manifest fields (name, icons, description, …).
    pub w3c: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, thiserror::Error)]
#[error("index refused: {0}")]
pub struct IndexError(pub String);

impl Index {
    /// Reads untrusted bytes; every rule of DESIGN 5 holds afterwards.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        todo!()
    }
    /// The canonical bytes (JCS); their SHA-256 is the bundle's identity.
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!()
    }
    pub fn file(&self, path: &str) -> Option<&FileEntry> {
        todo!()
    }
    /// The package that a page or file path belongs to (longest root wins).
    pub fn package_of(&self, path: &str) -> &Package {
        todo!()
    }
}
