//! The path of an operator and a publisher, and what devices see of it.

use super::world::{Web, World, bundle, copy, get};
use jiff::SignedDuration;
use lodger_bundle::{
    Store, StoreOptions,
    trust::{Device, Fetch, Trust, TrustError, TrustErrorKind, TrustRoot},
};
use lodger_server::{
    clock::Clock,
    publishing::audit,
    repository::{Change, Publish, RepositoryError},
};
use std::sync::Arc;

#[test]
fn from_an_empty_folder_to_a_device() {
    let mut world = World::with_app();
    assert!(world.token().is_none());
    world.publish(1).unwrap();
    assert_eq!(world.device().unwrap(), 1);
    world.publish(2).unwrap();
    assert_eq!(world.device().unwrap(), 2);
    let report = world.at().verify().unwrap();
    assert_eq!((report.apps, report.releases, report.findings.len()), (1, 2, 0));

    // The copy is a repository of its own.
    let copied = lodger_server::repository::Storage::folder(&world.dir.path().join("objects")).unwrap();
    let copied = lodger_server::repository::Repository::new(copied, world.clock.now());
    assert_eq!(copied.verify().unwrap().releases, 2);

    let at = world.at();
    at.commit(at.rollback(&world.ring(&at), "coffee", "release").unwrap().0).unwrap();
    assert_eq!(world.device().unwrap(), 1);
    world.restart();
    assert_eq!(world.device().unwrap(), 1);
    let at = world.at();
    at.commit(at.revoke(&world.ring(&at), "coffee", 1).unwrap().0).unwrap();
    assert!(world.device().is_err());
    assert_eq!(world.at().record("coffee").unwrap().revoked, [1]);
}

#[test]
fn a_publisher_alone_publishes_and_changes_its_channels() {
    let world = World::with_app();
    let ring = |at: &lodger_server::repository::Repository| at.ring(world.some_keys(&["publisher"])).unwrap();
    let at = world.at();
    let bundle = bundle("coffee", 1);
    let publish = Publish { bundle: &bundle, channel: "release", share: 1_000 };
    at.commit(at.publish(&ring(&at), &publish).unwrap().batch).unwrap();
    let at = world.at();
    let change = Change { share: Some(10_000), ..Change::default() };
    at.commit(at.set(&ring(&at), "coffee", "release", 1, change).unwrap()).unwrap();
    assert_eq!(world.device().unwrap(), 1);
    let at = world.at();
    let (batch, signed) = at.raise_floor(&ring(&at), "coffee", 1).unwrap();
    at.commit(batch).unwrap();
    assert_eq!(signed.len(), 2);
}

#[test]
fn two_publishers_racing_do_not_overwrite_each_other() {
    let world = World::with_app();
    let (first, second) = (world.at(), world.at());
    let (one, two) = (bundle("coffee", 1), bundle("coffee", 2));
    let batch = |at: &lodger_server::repository::Repository, bundle| {
        at.publish(&world.ring(at), &Publish { bundle, channel: "release", share: 10_000 }).unwrap().batch
    };
    let (one, two) = (batch(&first, &one), batch(&second, &two));
    first.commit(one).unwrap();
    let refused = second.commit(two).unwrap_err().to_string();
    assert!(refused.contains("changed meanwhile"), "{refused}");
    assert_eq!(world.device().unwrap(), 1);
    world.publish(2).unwrap();
    assert_eq!(world.device().unwrap(), 2);
}

#[test]
fn the_server_refreshes_before_anything_expires() {
    let world = World::with_app();
    world.publish(1).unwrap();
    let publishing = world.server.as_ref().unwrap().publishing().clone();
    let maintain = || world.runtime.block_on(publishing.maintain()).unwrap();
    assert_eq!(maintain(), 0);
    world.clock.set(world.clock.now() + SignedDuration::from_hours(5 * 24));
    assert_eq!(maintain(), 2);
    assert_eq!(maintain(), 0);
    world.clock.set(world.clock.now() + SignedDuration::from_hours(5 * 24));
    assert_eq!(world.device().unwrap(), 1);
    maintain();
    world.at().verify().unwrap();
    let at = world.at();
    at.commit(at.refresh(&world.ring(&at)).unwrap()).unwrap();
    world.at().verify().unwrap();
}

/// Publishes with keys that remember it.
fn publish(world: &World, code: u64) -> Result<(), RepositoryError> {
    let (at, bundle) = (world.at(), bundle("coffee", code));
    let ring = world.ring(&at);
    let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    let batch = at.publish(&ring, &publish)?.batch;
    at.commit_with(&ring, batch)
}

#[test]
fn data_from_a_backup_is_raised_above_what_devices_have_seen() {
    let mut world = World::with_app();
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 24 }).unwrap();
    let root = TrustRoot::parse(&get(&world.url(), "trust-root.json").bytes).unwrap();
    let trust = Trust::new(store.database().clone(), root).unwrap();
    // One that has been there before.
    let device = |world: &World| {
        let server: Arc<dyn Fetch> = Arc::new(Web(world.url()));
        let verified = trust.check("coffee", "release", &server, world.clock.now().into())?;
        let device = Device { app: "coffee", install_id: "id", ..Device::default() };
        let version = verified.select(&device).map(|(choice, _)| choice.version)?;
        verified.commit()?;
        Ok::<_, TrustError>(version)
    };
    publish(&world, 1).unwrap();
    assert_eq!(device(&world).unwrap(), 1);
    world.stop();
    let backup = world.dir.path().join("backup");
    copy(&world.data(), &backup);
    world.start_again();
    publish(&world, 2).unwrap();
    let at = world.at();
    let ring = world.ring(&at);
    let (batch, _) = at.raise_floor(&ring, "coffee", 2).unwrap();
    at.commit_with(&ring, batch).unwrap();
    assert_eq!(device(&world).unwrap(), 2);

    world.stop();
    std::fs::remove_dir_all(world.data()).unwrap();
    copy(&backup, &world.data());
    world.start_again();
    assert_eq!(device(&world).unwrap_err().kind(), TrustErrorKind::Stale);
    assert!(matches!(publish(&world, 3), Err(RepositoryError::Rewound { .. })));
    let publishing = world.server.as_ref().unwrap().publishing().clone();
    assert_eq!(world.runtime.block_on(publishing.recover()).unwrap(), 2);
    let at = world.at();
    let ring = world.ring(&at);
    let recovered = at.recover(&ring).unwrap();
    assert!(recovered.left.is_empty(), "{:?}", recovered.left);
    at.commit_with(&ring, recovered.batch).unwrap();
    assert_eq!(world.at().record("coffee").unwrap().floor, 2);
    // Release 1 is all that the backup has, and below the floor.
    device(&world).unwrap_err();
    publish(&world, 3).unwrap();
    assert_eq!((device(&world).unwrap(), world.device().unwrap()), (3, 3));
    assert!(world.at().verify().unwrap().findings.is_empty());
}

#[test]
fn everything_is_written_down_in_a_chain() {
    let world = World::with_app();
    world.publish(1).unwrap();
    let _ = world.publish(1);
    let data = world.data();
    let runtime = &world.runtime;
    runtime.block_on(world.server.unwrap().stop());
    let database = runtime.block_on(lodger_server::database::Database::open(&data, None)).unwrap();
    let entries = runtime.block_on(audit::page(&database, 0, 100)).unwrap().unwrap();
    let lines: Vec<_> =
        entries.iter().map(|entry| format!("{} {} {}", entry.what, entry.subject, entry.outcome)).collect();
    assert_eq!(
        lines,
        [
            "start  done",
            "change platform done",
            "change platform apps/coffee done",
            "start  done",
            "change apps/coffee done"
        ]
    );
    assert_eq!(entries[1].who, "bootstrap");
    assert_eq!(entries[4].who.len(), 64);
    let forged = sea_query::Query::update()
        .table("audit")
        .value("who", "nobody")
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("number"), 2_i64))
        .to_owned();
    runtime.block_on(database.execute(&forged)).unwrap();
    assert!(runtime.block_on(audit::page(&database, 0, 100)).unwrap().unwrap_err().contains("row 2"));
}

#[test]
fn a_second_process_on_the_same_folder_refuses_to_start() {
    let world = World::empty();
    let log = std::sync::Arc::new(|_: &str| {});
    let second = world.runtime.block_on(lodger_server::serve::start(world.settings(&world.data()), log));
    let said = second.err().unwrap().to_string();
    assert!(said.contains("is in use by process") && said.contains("--database-url"), "{said}");
    assert_eq!(get(&world.url(), "healthz").status, 200);
}

#[test]
fn a_client_does_not_believe_another_server() {
    let world = World::empty();
    let token = world.token().unwrap();
    let other = format!("{}.{}", token.split_once('.').unwrap().0, "0".repeat(64));
    for (token, said) in [(None, "LODGER_BOOTSTRAP_TOKEN"), (Some(other), "another key")] {
        let at = world.client(token);
        let refused = at.ring(world.own_ring()).err().unwrap().to_string();
        assert!(refused.contains(said), "{refused}");
    }
    for address in ["http://example.com", "ftp://127.0.0.1", "https://user@host", "nothing"] {
        let refused = lodger_server::repository::Repository::of_server(address, None, world.clock.now());
        assert!(matches!(refused, Err(RepositoryError::Refused(_))), "{address}");
    }
}
