//! The index: what a bundle holds, in one canonical encoding (DESIGN 5).
mod codec;
mod error;
mod limits;
mod path;
mod rules;
#[cfg(test)]
mod tests;

pub use error::{IndexError, Rule};
pub use limits::{Limits, oversize};

use crate::{Digest, canonical};
use serde_json::Value;
use std::collections::BTreeMap;

/// The index format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// The version of a bundle: a name for people, a code for order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// What people see, such as `1.4.0`; 1 to 64 printable characters.
    pub name: String,
    /// Higher is newer; at most 2^53 - 1.
    pub code: u64,
}

/// One file: in JSON `[path, length, sha256, mime]`.
#[derive(Clone, Debug, PartialEq)]
pub struct FileEntry {
    /// Path in the bundle, without a leading slash.
    pub path: String,
    /// Length in bytes.
    pub length: u64,
    /// SHA-256 of the bytes, which is the blob's name.
    pub digest: Digest,
    /// MIME type to serve it with.
    pub mime: String,
}

/// A package: the main one or a subpackage, downloaded as one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// `main` for the main package, else the subpackage's name or, without one, its root.
    pub name: String,
    /// "" for the main package, else e.g. `packages/order` (no slash at either end).
    pub root: String,
    /// Whether it runs without the main package.
    pub independent: bool,
    /// Ordered by the bytes of their paths.
    pub files: Vec<FileEntry>,
    /// Bytes of the stream: the files' blobs in index order, concatenated.
    pub stream_length: u64,
    /// SHA-256 of the stream.
    pub stream_digest: Digest,
}

impl Package {
    /// Whether it is the main package, which every installed bundle has.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.root.is_empty()
    }
}

/// Host names or `https://host[:port]` patterns, by kind. `None`: the author gave no list (DESIGN 5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domains {
    /// For `wx.request`.
    pub request: Option<Vec<String>>,
    /// For `wx.connectSocket`.
    pub socket: Option<Vec<String>>,
    /// For `wx.uploadFile`.
    pub upload: Option<Vec<String>>,
    /// For `wx.downloadFile`.
    pub download: Option<Vec<String>>,
    /// For pictures and fonts.
    pub image: Option<Vec<String>>,
    /// For sound and video.
    pub media: Option<Vec<String>>,
    /// For `<web-view>`.
    pub webview: Option<Vec<String>>,
}

/// What a bundle holds. An index from [`Index::parse`] keeps every rule; one made by hand may not.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// [`FORMAT`].
    pub format: u32,
    /// The app id, `[A-Za-z0-9_.-]{1,64}`.
    pub app: String,
    /// The bundle's version.
    pub version: Version,
    /// The oldest runtime that can run it: one to three numbers with dots.
    pub runtime_min: String,
    /// Page paths without extension, entry page first.
    pub pages: Vec<String>,
    /// The main package first.
    pub packages: Vec<Package>,
    /// The scopes that the program may ask the user for.
    pub scopes: Vec<String>,
    /// The hosts that the program may talk to.
    pub domains: Domains,
    /// WeChat's `plugins`, as the author gave them.
    pub plugins: BTreeMap<String, Value>,
    /// What to fetch before the first page asks.
    pub prefetch: BTreeMap<String, Value>,
    /// The W3C MiniApp manifest fields (name, icons, description, …).
    pub w3c: BTreeMap<String, Value>,
}

impl Index {
    /// An index without pages and packages, to fill and give to [`BundleBuilder`](crate::BundleBuilder).
    #[must_use]
    pub fn template(app: &str, version: Version) -> Self {
        Self {
            format: FORMAT,
            app: app.to_owned(),
            version,
            runtime_min: "0.1".to_owned(),
            pages: Vec::new(),
            packages: Vec::new(),
            scopes: Vec::new(),
            domains: Domains::default(),
            plugins: BTreeMap::new(),
            prefetch: BTreeMap::new(),
            w3c: BTreeMap::new(),
        }
    }

    /// Reads untrusted bytes within [`Limits::STRUCTURE`]; every rule of DESIGN 5 but the size caps holds
    /// afterwards. [`oversize`] lists what breaks those.
    ///
    /// # Errors
    /// The first rule that is broken, with the path or place that broke it.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        Self::parse_with(bytes, &Limits::STRUCTURE)
    }

    /// As [`Index::parse`], within the limits of the host, such as [`Limits::RELEASE`].
    ///
    /// # Errors
    /// The first rule that is broken, with the path or place that broke it.
    pub fn parse_with(bytes: &[u8], limits: &Limits) -> Result<Self, IndexError> {
        if bytes.len() > limits.index_bytes {
            return Err(IndexError::new(Rule::IndexSize, format!("{} bytes", bytes.len())));
        }
        let index = codec::decode(canonical::read(bytes)?)?;
        index.check(limits)?;
        Ok(index)
    }

    /// Checks every rule, of an index made by hand.
    ///
    /// # Errors
    /// The first rule that is broken, with the path or place that broke it.
    pub fn check(&self, limits: &Limits) -> Result<(), IndexError> {
        // Limits first: they bound the work of the rules.
        limits::check(self, limits)?;
        rules::check(self)
    }

    /// The canonical bytes (RFC 8785); their SHA-256 is the bundle's identity. Of an index that keeps the
    /// rules, [`Index::parse`] gives the same index back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write(&codec::encode(self))
    }

    /// The file at `path`, spelled exactly so.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileEntry> {
        let files = &self.package_of(path).files;
        files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &files[at])
    }

    /// The package that a page or file path belongs to (longest root wins).
    ///
    /// # Panics
    /// If the index was made by hand and has no package.
    #[must_use]
    pub fn package_of(&self, path: &str) -> &Package {
        self.packages
            .iter()
            .filter(|package| path::under(path, &package.root))
            .max_by_key(|package| package.root.len())
            .or(self.packages.first())
            .expect("an index has a main package")
    }

    /// The package with this name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Every file of every package, in index order.
    pub fn files(&self) -> impl Iterator<Item = &FileEntry> {
        self.packages.iter().flat_map(|package| &package.files)
    }
}
