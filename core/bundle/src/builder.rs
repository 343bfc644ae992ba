//! Makes a bundle: what the compiler, and tests, write with.
use crate::{Digest, Index};
use std::{collections::BTreeMap, path::Path};

/// A built bundle in memory: canonical index bytes and blobs by digest.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub index: Index,
    pub index_bytes: Vec<u8>,
    pub blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Bundle {
    pub fn digest(&self) -> Digest {
        todo!()
    }
    /// Writes `index.json` and `blobs/<sha256>` under `dir`.
    pub fn write_to(&self, dir: &Path) -> std::io::Result<()> {
        todo!()
    }
    pub fn read_from(dir: &Path) -> Result<Self, crate::StoreError> {
        todo!()
    }
}

/// Collects files into packages, then fixes order, digests and canonical bytes.
pub struct BundleBuilder {
    _private: (),
}

impl BundleBuilder {
    /// `template` carries everything but `packages`.
    pub fn new(template: Index) -> Self {
        todo!()
    }
    pub fn package(&mut self, name: &str, root: &str, independent: bool) {
        todo!()
    }
    pub fn file(&mut self, package: &str, path: &str, mime: &str, bytes: Vec<u8>) {
        todo!()
    }
    pub fn finish(self) -> Result<Bundle, crate::IndexError> {
        todo!()
    }
}
