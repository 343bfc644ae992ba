//! Versions, whatever is done in whatever order: online roles rise by one with each change, others only when they
//! change, and no file that a snapshot ever listed is written again.

use super::*;
use crate::repository::metadata::Metadata;
use std::collections::HashMap;

#[derive(Clone, Debug)]
enum Step {
    Publish(u32),
    Set(u32),
    Revoke,
    Floor,
    Rollback,
    Refresh,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..=10_000_u32).prop_map(Step::Publish),
        (0..=10_000_u32).prop_map(Step::Set),
        Just(Step::Revoke),
        Just(Step::Floor),
        Just(Step::Rollback),
        Just(Step::Refresh),
    ];
    proptest::collection::vec(step, 1..8)
}

fn take(at: &Repository, ring: &KeyRing, step: &Step) -> Result<Batch, RepositoryError> {
    let top = at.list("coffee")?.first().map_or(0, |one| one.code);
    match step {
        Step::Publish(share) => {
            let bundle = bundle(top + 1);
            Ok(at.publish(ring, &Publish { bundle: &bundle, channel: "release", share: *share })?.batch)
        }
        Step::Set(share) => {
            let change = Change { share: Some(*share), ..Change::default() };
            at.set(ring, "coffee", "release", top, change)
        }
        Step::Revoke => Ok(at.revoke(ring, "coffee", top)?.0),
        Step::Floor => Ok(at.raise_floor(ring, "coffee", top)?.0),
        Step::Rollback => Ok(at.rollback(ring, "coffee", "release")?.0),
        Step::Refresh => at.refresh(ring),
    }
}

/// Versions of everything in a repository, by file.
fn versions(at: &Repository) -> HashMap<String, u64> {
    let metadata = Metadata::app(at.storage(), "coffee");
    let state = metadata.state().unwrap();
    let roles = state.snapshot.signed.meta.iter().map(|(file, meta)| (file.clone(), meta.version.get()));
    let online = [
        ("snapshot".to_owned(), state.snapshot.signed.version.get()),
        ("timestamp".to_owned(), state.timestamp.signed.version.get()),
    ];
    roles.chain(online).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn versions_rise_by_one_and_files_never_change(steps in steps()) {
        let world = World::with_app();
        let at = world.at();
        for step in &steps {
            let before = versions(&at);
            let files = at.storage().list("apps/coffee/metadata").unwrap();
            match take(&at, &world.ring, step) {
                Err(RepositoryError::Refused(_)) => continue,
                Err(error) => panic!("{step:?}: {error}"),
                Ok(batch) => {
                    for (path, _) in batch.writes() {
                        let known = files.iter().any(|file| file == path);
                        prop_assert!(!known || path.ends_with("/timestamp.json"), "{} again", path);
                    }
                    at.commit(batch).unwrap();
                }
            }
            let after = versions(&at);
            for (file, version) in &after {
                let rise = version - before[file];
                let online = file == "snapshot" || file == "timestamp";
                prop_assert!(rise == 1 || (!online && rise == 0), "{} rose by {}", file, rise);
            }
            prop_assert_eq!(after["targets.json"], 1);
        }
        at.verify().unwrap();
    }
}
