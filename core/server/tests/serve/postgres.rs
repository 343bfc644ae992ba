//! Two servers on one PostgreSQL: publishes and refreshes from both at once lose and duplicate nothing.

use super::{
    cluster::Cluster,
    world::{World, bundle},
};
use jiff::SignedDuration;
use lodger_server::{
    clock::Clock,
    publishing::audit,
    repository::{Publish, Repository},
    serve::start,
};
use std::{path::Path, sync::Arc};

fn publish(at: &Repository, world: &World, app: &str, code: u64) -> Result<(), String> {
    let bundle = bundle(app, code);
    let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    let ring = at.ring(world.own_ring()).map_err(|error| error.to_string())?;
    let published = at.publish(&ring, &publish).map_err(|error| error.to_string())?;
    at.commit(published.batch).map_err(|error| error.to_string())
}

#[test]
fn two_processes_lose_and_duplicate_nothing() {
    const RELEASES: u64 = 6;
    let Some(cluster) = Cluster::start() else { return };
    let world = World::with(Some(cluster.url()));
    // Five days ago: by now, all that the server signed is due.
    let now = world.clock.now();
    world.clock.set(now - SignedDuration::from_hours(5 * 24));
    world.found();
    world.clock.set(now);
    // Two do not answer `lodger admin` in one folder.
    #[cfg(unix)]
    {
        let same = start(world.settings(&world.data()), Arc::new(|_: &str| {}));
        let taken = world.runtime.block_on(same).err().unwrap().to_string();
        assert!(taken.contains("admin.sock: another server answers here"), "{taken}");
    }
    let second = world.start(Path::new(&world.dir.path().join("second")));
    let urls = [world.url(), second.url()];
    assert_ne!(urls[0], urls[1]);

    // Both publish every version of the same program; meanwhile both sign anew what is about to expire.
    let won: Vec<u64> = std::thread::scope(|scope| {
        let publishers: Vec<_> = urls
            .iter()
            .map(|url| {
                let world = &world;
                scope.spawn(move || {
                    let mut won = Vec::new();
                    for code in 1..=RELEASES {
                        loop {
                            let at = Repository::of_server(url, None, world.clock.now()).unwrap();
                            match publish(&at, world, "coffee", code) {
                                Ok(()) => {
                                    won.push(code);
                                    break;
                                }
                                // The other one had it first.
                                Err(why) if why.contains("is not higher than") => break,
                                // The other one wrote something else meanwhile.
                                Err(why) => assert!(why.contains("changed meanwhile"), "{why}"),
                            }
                        }
                    }
                    won
                })
            })
            .collect();
        for server in [world.server.as_ref().unwrap(), &second] {
            let publishing = server.publishing().clone();
            world.runtime.block_on(async move {
                for _ in 0..5 {
                    publishing.maintain().await.unwrap();
                }
            });
        }
        publishers.into_iter().flat_map(|publisher| publisher.join().unwrap()).collect()
    });
    let mut once = won.clone();
    once.sort_unstable();
    assert_eq!(
        once,
        (1..=RELEASES).collect::<Vec<_>>(),
        "every version was published by one of them: {won:?}"
    );

    for url in &urls {
        assert_eq!(world.device_at(url).unwrap(), RELEASES);
        let at = Repository::of_server(url, None, world.clock.now()).unwrap();
        assert_eq!(at.verify().unwrap().releases, usize::try_from(RELEASES).unwrap());
    }
    // Every version of a timestamp was one change: as many rows as versions, in an unbroken chain.
    let url = cluster.url();
    let database = lodger_server::database::Database::open(world.dir.path(), Some(&url));
    let database = world.runtime.block_on(database).unwrap();
    let entries = world.runtime.block_on(audit::page(&database, 0, 1000)).unwrap().unwrap();
    let done =
        entries.iter().filter(|entry| entry.subject == "apps/coffee" && entry.outcome == "done").count()
            as u64;
    let timestamp = super::world::get(&urls[0], "apps/coffee/metadata/timestamp.json").bytes;
    let timestamp: serde_json::Value = serde_json::from_slice(&timestamp).unwrap();
    // The first version was the change that made the program, of two repositories.
    assert_eq!(timestamp["signed"]["version"], done + 1);
    assert!(done > RELEASES, "nothing was refreshed: {done}");
    world.runtime.block_on(database.close());
    world.runtime.block_on(second.stop());
    let World { server, runtime, .. } = world;
    runtime.block_on(server.unwrap().stop());
}
