//! Takes releases away: revocations and floors, which only grow and rise.

use super::{
    AppRecord, Batch, Channel, Repository, RepositoryError,
    app::CHANNELS,
    edit::Edit,
    metadata::{Metadata, State},
    publish::{read_channel, read_floor},
    sign,
};
use crate::keys::{Holder, KeyRing};

impl Repository {
    /// Says for ever that a release may not run: in the channels, and durably in what the publisher and the reviewer
    /// sign, as far as their keys are in `ring`. Answers with who signed.
    ///
    /// # Errors
    /// `Keys` if not even the server's key is here; `Untrusted`, `Storage`.
    pub fn revoke(
        &self,
        ring: &KeyRing,
        app: &str,
        code: u64,
    ) -> Result<(Batch, Vec<Holder>), RepositoryError> {
        let add = |list: &mut Vec<u64>| {
            list.push(code);
            list.sort_unstable();
            list.dedup();
        };
        self.withdraw(ring, app, |channel| add(&mut channel.revoked), |_, list| add(list))
    }

    /// Says that nothing below a version may run any more. Floors only rise.
    ///
    /// # Errors
    /// `Refused` if the floor is that high already, or neither the publisher's nor the reviewer's keys are here; `Untrusted`, `Storage`.
    pub fn raise_floor(
        &self,
        ring: &KeyRing,
        app: &str,
        code: u64,
    ) -> Result<(Batch, Vec<Holder>), RepositoryError> {
        if !ring.has(Holder::Publisher) && !ring.has(Holder::Reviewer) {
            let what = "a floor is signed by the publisher or the reviewer, and neither's keys are here; `lodger release set --minimum` needs the server's only";
            return Err(RepositoryError::Refused(what.into()));
        }
        let metadata = Metadata::app(&self.storage, app);
        let floor = read_floor(&metadata, &metadata.state()?)?.floor.min(self.record(app)?.floor);
        if floor >= code {
            return Err(RepositoryError::Refused(format!(
                "the floor of {app} is {floor} already, and floors only rise"
            )));
        }
        self.withdraw(ring, app, |_| {}, |floor, _| *floor = code.max(*floor))
    }

    /// Changes channels, `floor.json` and the record, as far as their keys are here. The program's own first: it
    /// reaches devices that have it.
    fn withdraw(
        &self,
        ring: &KeyRing,
        app: &str,
        in_channel: impl Fn(&mut Channel),
        durably: impl Fn(&mut u64, &mut Vec<u64>),
    ) -> Result<(Batch, Vec<Holder>), RepositoryError> {
        let metadata = Metadata::app(&self.storage, app);
        let mut record: AppRecord = self.record(app)?;
        let state = metadata.state()?;
        let mut signed = vec![Holder::Server];
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        self.edit_channels(&mut edit, &metadata, &state, in_channel)?;
        if ring.has(Holder::Publisher) {
            let mut floor = read_floor(&metadata, &state)?;
            durably(&mut floor.floor, &mut floor.revoked);
            let mut targets = metadata.role(&state, "publisher")?.signed.targets;
            let (name, entry) = edit.target("floor.json", sign::json(&floor)?)?;
            targets.insert(name, entry);
            edit.role("publisher", Holder::Publisher, targets, None)?;
            signed.push(Holder::Publisher);
        }
        let mut batch = edit.finish()?;
        if signed.len() > 1 || ring.has(Holder::Reviewer) {
            let (mut floor, mut revoked) = (0, Vec::new());
            durably(&mut floor, &mut revoked);
            batch.note(&metadata.prefix, |signed| {
                signed.floor = floor;
                signed.revoked.extend(revoked);
            });
        }
        if ring.has(Holder::Reviewer) {
            durably(&mut record.floor, &mut record.revoked);
            batch = batch.then(self.write_record(ring, &record)?);
            signed.push(Holder::Reviewer);
        }
        Ok((batch, signed))
    }

    /// Signs every channel anew, after `change`.
    pub(super) fn edit_channels(
        &self,
        edit: &mut Edit<'_>,
        metadata: &Metadata<'_>,
        state: &State,
        change: impl Fn(&mut Channel),
    ) -> Result<(), RepositoryError> {
        let role = metadata.role(state, "channel")?.signed;
        let mut targets = role.targets.clone();
        for channel in CHANNELS {
            let (name, mut form) = read_channel(metadata, &role, channel)?;
            change(&mut form);
            form.issued = self.now.to_string();
            let (name, entry) = edit.target(&name, sign::json(&form)?)?;
            targets.insert(name, entry);
        }
        edit.role("channel", Holder::Server, targets, None)
    }
}
