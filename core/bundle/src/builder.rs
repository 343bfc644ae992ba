//! Makes a bundle: what the compiler, and tests, write with.
use crate::{Digest, FileEntry, Index, IndexError, Limits, Package, Rule, StoreError, digest::Hasher};
use std::{
    collections::{BTreeMap, HashSet, btree_map::Entry},
    fs, io,
    path::Path,
};

/// A built bundle in memory: canonical index bytes and blobs by digest.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The index, parsed.
    pub index: Index,
    /// The canonical bytes of `index`.
    pub index_bytes: Vec<u8>,
    /// Every blob that the index names.
    pub blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Bundle {
    /// The bundle's identity: the SHA-256 of its index bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.index_bytes)
    }

    /// Writes `index.json` and `blobs/<sha256>` under `dir`, and removes blobs of an earlier bundle there.
    /// The index comes last, so a folder with an index has its blobs.
    ///
    /// # Errors
    /// Whatever the file system reports.
    pub fn write_to(&self, dir: &Path) -> io::Result<()> {
        let blobs = dir.join("blobs");
        fs::create_dir_all(&blobs)?;
        for (digest, bytes) in &self.blobs {
            fs::write(blobs.join(digest.to_hex()), bytes)?;
        }
        let next = dir.join("index.json.new");
        fs::write(&next, &self.index_bytes)?;
        fs::rename(&next, dir.join("index.json"))?;
        for entry in fs::read_dir(&blobs)? {
            let entry = entry?;
            // Only what has a blob's name is ours to remove.
            let blob = entry.file_name().to_str().and_then(Digest::from_hex);
            if blob.is_some_and(|digest| !self.blobs.contains_key(&digest)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Reads what [`Bundle::write_to`] wrote, and verifies all of it.
    ///
    /// # Errors
    /// `NotFound` if a file is missing, `Refused` if the index breaks a rule, `Corrupt` if a blob or stream
    /// has another digest than the index says, `Io` for the rest.
    pub fn read_from(dir: &Path) -> Result<Self, StoreError> {
        let index_bytes = read_file(&dir.join("index.json"), Limits::STRUCTURE.index_bytes as u64)?;
        let index = Index::parse(&index_bytes)?;
        let mut blobs = BTreeMap::new();
        for file in index.files() {
            if let Entry::Vacant(place) = blobs.entry(file.digest) {
                let path = dir.join("blobs").join(file.digest.to_hex());
                place.insert(read_file(&path, file.length)?);
            }
        }
        let bundle = Self { index, index_bytes, blobs };
        bundle.verify(|_| true)?;
        for package in &bundle.index.packages {
            if bundle.stream_digest(package) != package.stream_digest {
                return Err(IndexError::new(Rule::StreamDigest, &package.name).into());
            }
        }
        Ok(bundle)
    }

    /// Checks that the index is the one in the bytes, and hashes every blob of the `wanted` packages.
    ///
    /// # Errors
    /// `Refused`, `NotFound` or `Corrupt` if the bundle is not what its index says.
    pub fn verify(&self, wanted: impl Fn(&Package) -> bool) -> Result<(), StoreError> {
        self.verify_index()?;
        self.verify_blobs(wanted)
    }

    /// Checks that the index is the one in the bytes.
    pub(crate) fn verify_index(&self) -> Result<(), StoreError> {
        match Index::parse(&self.index_bytes)? == self.index {
            true => Ok(()),
            false => Err(IndexError::new(Rule::Canonical, "index").into()),
        }
    }

    /// Hashes every blob of the `wanted` packages.
    pub(crate) fn verify_blobs(&self, wanted: impl Fn(&Package) -> bool) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        let packages = self.index.packages.iter().filter(|package| wanted(package));
        for file in packages.flat_map(|package| &package.files).filter(|file| seen.insert(file.digest)) {
            match self.blobs.get(&file.digest) {
                None => return Err(StoreError::NotFound { what: format!("blob of {:?}", file.path) }),
                Some(bytes) if bytes.len() as u64 == file.length && Digest::of(bytes) == file.digest => {}
                Some(_) => return Err(StoreError::Corrupt { what: format!("blob of {:?}", file.path) }),
            }
        }
        Ok(())
    }

    fn stream_digest(&self, package: &Package) -> Digest {
        let mut hasher = Hasher::new();
        package.files.iter().filter_map(|file| self.blobs.get(&file.digest)).for_each(|b| hasher.update(b));
        hasher.finish()
    }
}

/// A file that is longer than it may be is damaged, and is not read.
fn read_file(path: &Path, longest: u64) -> Result<Vec<u8>, StoreError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::NotFound { what: path.display().to_string() },
        _ => StoreError::io(path, error),
    };
    if fs::metadata(path).map_err(failed)?.len() > longest {
        return Err(StoreError::Corrupt { what: path.display().to_string() });
    }
    fs::read(path).map_err(failed)
}

/// Collects files into packages, then fixes order, digests and canonical bytes.
pub struct BundleBuilder {
    pub(crate) index: Index,
    blobs: BTreeMap<Digest, Vec<u8>>,
    /// Files given to a package that was not declared; refused at the end, so that calls stay simple.
    stray: Option<String>,
}

impl BundleBuilder {
    /// `template` carries everything but `packages`.
    #[must_use]
    pub fn new(template: Index) -> Self {
        let index = Index { packages: Vec::new(), ..template };
        Self { index, blobs: BTreeMap::new(), stray: None }
    }

    /// Declares a package; `main` with the root "" comes first. Others keep the order of the calls.
    pub fn package(&mut self, name: &str, root: &str, independent: bool) {
        self.index.packages.push(Package {
            name: name.to_owned(),
            root: root.to_owned(),
            independent,
            files: Vec::new(),
            stream_length: 0,
            stream_digest: Digest::of(b""),
        });
    }

    /// Adds a file to a package that is already declared.
    pub fn file(&mut self, package: &str, path: &str, mime: &str, bytes: Vec<u8>) {
        let Some(package) = self.index.packages.iter_mut().find(|known| known.name == package) else {
            self.stray.get_or_insert_with(|| path.to_owned());
            return;
        };
        let digest = Digest::of(&bytes);
        package.files.push(FileEntry {
            path: path.to_owned(),
            length: bytes.len() as u64,
            digest,
            mime: mime.to_owned(),
        });
        self.blobs.insert(digest, bytes);
    }

    /// Orders the files, computes streams and bytes, and checks every rule but the size caps.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn finish(self) -> Result<Bundle, IndexError> {
        if let Some(path) = self.stray {
            return Err(IndexError::new(Rule::FileOwner, path));
        }
        let mut bundle = Bundle { index: self.index, index_bytes: Vec::new(), blobs: self.blobs };
        for at in 0..bundle.index.packages.len() {
            bundle.index.packages[at].files.sort_by(|a, b| a.path.cmp(&b.path));
            let package = &bundle.index.packages[at];
            let length = package.files.iter().map(|file| file.length).sum();
            let digest = bundle.stream_digest(package);
            bundle.index.packages[at].stream_length = length;
            bundle.index.packages[at].stream_digest = digest;
        }
        bundle.index.check(&Limits::STRUCTURE)?;
        bundle.index_bytes = bundle.index.to_bytes();
        if bundle.index_bytes.len() > Limits::STRUCTURE.index_bytes {
            let size = format!("{} bytes", bundle.index_bytes.len());
            return Err(IndexError::new(Rule::IndexSize, size));
        }
        Ok(bundle)
    }
}
