//! What a developer builds, signed for the same machine: no checks for people, no patches, one release.

use super::{
    Batch, Channel, FULL_SHARE, NewApp, Offer, Policy, Repository, RepositoryError,
    edit::Edit,
    metadata::Metadata,
    platform::{bin, record_name},
    publish::{release_name, salt},
    sign, transfer,
};
use crate::keys::{Holder, KeyRing};
use lodger_bundle::{Bundle, Index};

impl Repository {
    /// A platform that signs its bins when they are needed, with the first build of a program in it.
    ///
    /// # Errors
    /// `Refused` if there is a repository already; `Keys`, `Storage`.
    pub(crate) fn init_development(&self, ring: &KeyRing) -> Result<Batch, RepositoryError> {
        self.init_bins(ring, "Development", |_| false)
    }

    /// Makes the program that `bundle` is a build of, unless it is there.
    ///
    /// # Errors
    /// `Refused` if its id is malformed or taken in other case; `Keys`, `Untrusted`, `Storage`.
    pub(crate) fn ensure_app(&self, ring: &KeyRing, bundle: &Bundle) -> Result<Batch, RepositoryError> {
        let app = bundle.index.app.clone();
        let metadata = Metadata::platform(&self.storage);
        let state = self.platform_state(&metadata)?;
        let name = record_name(&app);
        if state.version(&bin(&name)).is_some()
            && metadata.role(&state, &bin(&name))?.signed.targets.keys().any(|target| target.raw() == name)
        {
            return Ok(Batch::default());
        }
        let name = title(bundle).unwrap_or_else(|| app.clone());
        self.create_app(ring, &NewApp { app, name, owner: String::new(), age: 0 })
    }

    /// Offers `bundle` to everybody, alone; in place of the build that had its version code, if there was one.
    ///
    /// # Errors
    /// `NotFound`, `Keys`, `Untrusted`, `Compression`, `Storage`.
    pub(crate) fn put(&self, ring: &KeyRing, bundle: &Bundle) -> Result<Batch, RepositoryError> {
        let Index { app, packages, version, .. } = &bundle.index;
        let metadata = Metadata::app(&self.storage, app);
        let state = metadata.state()?;
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        for package in packages {
            let name = format!("s/{}.zst", package.stream_digest.to_hex());
            if !self.storage.has(&format!("{}/{name}", metadata.prefix))? {
                edit.transfer(&name, transfer::compress_quickly(&transfer::stream(bundle, package))?);
            }
        }
        let mut releases = metadata.role(&state, "publisher")?.signed.targets;
        releases.extend([edit.target(&release_name(version.code), bundle.index_bytes.clone())?]);
        edit.role("publisher", Holder::Publisher, releases, None)?;
        let channel = Channel {
            issued: self.now.to_string(),
            policy: Policy::default(),
            minimum: 0,
            revoked: Vec::new(),
            releases: vec![Offer {
                version: version.code,
                share: FULL_SHARE,
                audience: Vec::new(),
                regions: Vec::new(),
                salt: salt()?,
            }],
        };
        let mut channels = metadata.role(&state, "channel")?.signed.targets;
        channels.extend([edit.target("channels/release.json", sign::json(&channel)?)?]);
        edit.role("channel", Holder::Server, channels, None)?;
        edit.finish()
    }
}

/// The name in the program's `app.json`, if it can be drawn.
fn title(bundle: &Bundle) -> Option<String> {
    let file = bundle.index.files().find(|file| file.path == "app.json")?;
    let config: serde_json::Value = serde_json::from_slice(bundle.blobs.get(&file.digest)?).ok()?;
    let name = config.get("name")?.as_str()?.trim();
    (!name.is_empty() && !name.chars().any(char::is_control)).then(|| name.to_owned())
}
