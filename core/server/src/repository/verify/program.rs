//! One program: its repository against the platform's record, its releases, streams and patches.

use super::{Seen, parse};
use crate::repository::{
    AppRecord, Repository, RepositoryError,
    app::CHANNELS,
    hex,
    metadata::{Metadata, State},
    publish::{read_channel, read_floor, read_stream, release_name},
    transfer,
};
use lodger_bundle::{Digest, Index};
use std::collections::{BTreeSet, HashMap};

impl Repository {
    /// One program: its repository against its record, then every release.
    pub(super) fn verify_app(&self, record: &AppRecord, seen: &mut Seen) -> Result<usize, RepositoryError> {
        let metadata = Metadata::app(&self.storage, &record.app);
        let path = metadata.file(&format!("{}.root.json", record.root.version));
        let bytes = self.storage.need(&path)?;
        if Digest::of(&bytes).to_hex() != record.root.sha256 {
            return Err(RepositoryError::untrusted(&path, "is not the root that the platform names"));
        }
        let (root, state) = self.verify_top(&metadata, &parse(&path, &bytes)?, seen)?;
        let targets = self.verify_targets(&metadata, &root, &state, seen)?;
        self.verify_publisher(&metadata, &state, record)?;
        read_floor(&metadata, &state)?;
        let role = metadata.role(&state, "channel")?.signed;
        for channel in CHANNELS {
            for offer in read_channel(&metadata, &role, channel)?.1.releases {
                if !targets.contains_key(&release_name(offer.version)) {
                    let what =
                        format!("channel {channel} offers version {}, which is not published", offer.version);
                    return Err(RepositoryError::untrusted(&metadata.prefix, what));
                }
            }
        }
        let releases = self.releases(&record.app)?;
        self.verify_transfers(&metadata, &releases, seen)?;
        Ok(releases.len())
    }

    /// The same keys publish by the program's own word and by the platform's.
    fn verify_publisher(
        &self,
        metadata: &Metadata<'_>,
        state: &State,
        record: &AppRecord,
    ) -> Result<(), RepositoryError> {
        let top = metadata.role(state, "targets")?.signed;
        let delegated = top.delegations.iter().flat_map(|delegations| &delegations.roles);
        let own = delegated.into_iter().find(|role| role.name == "publisher").map(|role| {
            (role.keyids.iter().map(|id| hex(id)).collect::<BTreeSet<_>>(), role.threshold.get())
        });
        let platform = (record.publisher.keyids.iter().cloned().collect(), record.publisher.threshold);
        if own == Some(platform) {
            return Ok(());
        }
        let what = "delegates to other publisher keys than the platform names";
        Err(RepositoryError::untrusted(&metadata.file("targets.json"), what))
    }

    fn verify_transfers(
        &self,
        metadata: &Metadata<'_>,
        releases: &[Index],
        seen: &mut Seen,
    ) -> Result<(), RepositoryError> {
        let packages: HashMap<String, _> = releases
            .iter()
            .flat_map(|index| &index.packages)
            .map(|package| (package.stream_digest.to_hex(), package))
            .collect();
        for (stream, package) in &packages {
            read_stream(metadata, package)?;
            seen.files.insert(format!("{}/s/{stream}.zst", metadata.prefix));
        }
        for path in self.storage.list(&format!("{}/p", metadata.prefix))? {
            let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".zst"));
            let ends = name.and_then(|name| name.split_once('-'));
            // What belongs to no release was left by a broken-off publish: nobody asks for it.
            let Some((Some(from), Some(to))) = ends.map(|(from, to)| (packages.get(from), packages.get(to)))
            else {
                continue;
            };
            let base = read_stream(metadata, from)?;
            let patch = self.storage.need(&path)?;
            if transfer::restore(&patch, &base, to.stream_length, to.stream_digest).is_none() {
                return Err(RepositoryError::untrusted(
                    &path,
                    "does not give the stream that it is named after",
                ));
            }
            seen.files.insert(path);
        }
        Ok(())
    }
}
