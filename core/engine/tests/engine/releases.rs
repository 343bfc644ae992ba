//! Which release an open gets: policies, choice, offline, presets, crashes, revocation, downloads.
use crate::support::*;
use lodger_bundle::{Bundle, Domains};
use lodger_engine::{ErrorKind, HttpError, Reason, Repository, SessionEvent, Source};
use lodger_server::repository::{Change, Policy};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// A device at noon, and an operator whose release 1 everybody gets.
struct Scene {
    operator: Operator,
    clock: Arc<HandClock>,
    world: World,
}

fn release(code: u64) -> Bundle {
    bundle("coffee", code, Setup::default().domains)
}

impl Scene {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Repository)) -> Self {
        let operator = Operator::new();
        operator.publish(&release(1), 10_000);
        let mut repository = operator.repository();
        change(&mut repository);
        let clock = HandClock::at(time(1));
        let world = World::with(Setup::default(), operator.server.clone(), repository, clock.clone());
        Self { operator, clock, world }
    }

    /// Opens, closes, and says what ran.
    fn run(&self) -> (u64, Source, Reason) {
        let (session, _) = self.world.open();
        let release = session.release();
        session.close();
        self.world.engine.block_on(self.world.engine.settle());
        (release.version.code, release.source, release.reason)
    }

    fn refused(&self) -> (ErrorKind, String) {
        let error = self.world.refused(|_| {});
        (error.kind, error.code)
    }

    fn policy(&self, code: u64, policy: Policy) {
        self.operator.set(code, Change { policy: Some(policy), ..Change::default() });
    }
}

fn wait_for_update(events: &Events) -> (u64, bool) {
    events.find(|event| match event {
        SessionEvent::UpdateReady { version, forced } => Some((version.code, *forced)),
        _ => None,
    })
}

fn wait_for_end(events: &Events) -> (ErrorKind, String) {
    events.find(|event| match event {
        SessionEvent::Failed { error } => Some((error.kind, error.code.clone())),
        _ => None,
    })
}

#[test]
fn the_first_open_downloads_and_the_second_does_not() {
    let scene = Scene::with(|repository| repository.check_after = Duration::from_secs(3_600));
    let (session, events) = scene.world.open();
    assert_eq!(session.release().source, Source::Network);
    let steps: Vec<_> = events
        .all()
        .into_iter()
        .filter_map(|event| match event {
            SessionEvent::Progress { received, total } => Some((received, total)),
            _ => None,
        })
        .collect();
    assert!(!steps.is_empty() && steps.iter().all(|(received, total)| received <= total), "{steps:?}");
    session.close();
    scene.operator.server.asked();
    assert_eq!(scene.run(), (1, Source::Store, Reason::Listed));
    assert_eq!(scene.operator.server.asked(), Vec::<String>::new(), "the check is fresh");
    scene.clock.set(time(3));
    assert_eq!(scene.run().1, Source::Store);
    assert_eq!(
        scene.operator.server.asked().iter().filter(|path| path.ends_with("timestamp.json")).count(),
        2
    );
    scene.clock.set(time(0));
    scene.run();
    assert!(!scene.operator.server.asked().is_empty(), "a clock that goes back makes a check due");
}

#[test]
fn a_background_update_tells_page_and_host_and_restarts() {
    let scene = Scene::new();
    scene.run();
    scene.operator.publish(&release(2), 10_000);
    let (session, events) = scene.world.open();
    assert_eq!(session.release().version.code, 1, "what is stored opens at once");
    assert_eq!(wait_for_update(&events), (2, false));
    scene.world.get(&session, "/");
    let hello = scene.world.get(&session, "/.lodger/hello").json();
    let header = [("X-Lodger-Session", hello["doc"].as_str().expect("a token"))];
    let url = format!("{}.lodger/events", session.start_url());
    let told = scene.world.load(&session, "GET", &url, &header).json();
    let update = json!([
        { "event": "updateCheck", "args": { "hasUpdate": true } },
        { "event": "updateReady", "args": {} },
    ]);
    assert_eq!(told, update);
    let mut page = scene.world.page(&session);
    page.call("applyUpdate", json!({}));
    events.find(|event| matches!(event, SessionEvent::Restart).then_some(()));
    session.close();
    assert_eq!(scene.run(), (2, Source::Store, Reason::Listed));
    let (session, _) = scene.world.open();
    let mut page = scene.world.page(&session);
    assert_eq!(page.fails("applyUpdate", json!({})), "applyUpdate:fail update is not ready");
}

#[test]
fn a_forced_update_and_the_next_launch() {
    let scene = Scene::new();
    scene.run();
    scene.operator.publish(&release(2), 10_000);
    scene.policy(2, Policy::Forced);
    assert_eq!(scene.run(), (2, Source::Network, Reason::Listed));
    scene.operator.publish(&release(3), 10_000);
    scene.policy(3, Policy::NextLaunch);
    let (session, events) = scene.world.open();
    assert_eq!(session.release().version.code, 2);
    scene.world.page(&session);
    scene.world.engine.block_on(scene.world.engine.settle());
    session.close();
    let told = events.all().iter().any(|event| matches!(event, SessionEvent::UpdateReady { .. }));
    assert!(!told, "nobody is asked to restart");
    assert_eq!(scene.run().0, 3);
}

#[test]
fn shares_are_by_install_id_and_stay() {
    let opened = |id: &str, share: u32| {
        let scene = Scene::with(|repository| repository.install_id = Some(id.to_owned()));
        scene.operator.publish(&release(2), share);
        let first = scene.run().0;
        assert_eq!(scene.run().0, first, "the choice is stable");
        first
    };
    assert_eq!(opened("a", 0), 1);
    assert_eq!(opened("a", 10_000), 2);
    // Without an id given, one is made and kept.
    let scene = Scene::new();
    scene.operator.publish(&release(2), 5_000);
    let first = scene.run().0;
    let Scene { operator, clock, world } = scene;
    let World { engine, dir, server, repository } = world;
    drop(engine);
    let world = World::within(dir, Setup::default(), server, repository, clock.clone());
    assert_eq!(Scene { operator, clock, world }.run().0, first);
}

#[test]
fn audience_and_region_are_the_hosts_word() {
    let opened = |audience: &[&str], region: Option<&str>| {
        let scene = Scene::with(|repository| {
            repository.audience = audience.iter().map(|tag| (*tag).to_owned()).collect();
            repository.region = region.map(str::to_owned);
        });
        scene.operator.publish(&release(2), 10_000);
        let (tags, regions) = (vec!["staff".to_owned()], vec!["CN".to_owned()]);
        scene.operator.set(2, Change { audience: Some(tags), regions: Some(regions), ..Change::default() });
        // Not for all, so release 1 is for the rest.
        scene.operator.promote(1);
        scene.run().0
    };
    assert_eq!(opened(&["staff", "vip"], Some("CN")), 2);
    assert_eq!(opened(&["vip"], Some("CN")), 1);
    assert_eq!(opened(&["staff"], None), 1);
}

#[test]
fn a_rollback_acts_at_once() {
    let scene = Scene::new();
    scene.run();
    scene.operator.publish(&release(2), 10_000);
    scene.run();
    assert_eq!(scene.run().0, 2);
    scene.operator.rollback();
    assert_eq!(scene.run(), (1, Source::Store, Reason::Listed));
}

#[test]
fn what_is_withdrawn_does_not_open_and_never_comes_back() {
    let scene = Scene::new();
    scene.run();
    scene.operator.revoke(1);
    assert_eq!(scene.refused(), (ErrorKind::Revoked, "release-withdrawn".into()));
    scene.operator.server.unplug();
    assert_eq!(scene.refused().0, ErrorKind::Revoked, "nor offline");
    scene.operator.server.plug_in();
    scene.operator.publish(&release(2), 10_000);
    assert_eq!(scene.run(), (2, Source::Network, Reason::Listed));
    scene.operator.publish(&release(3), 10_000);
    scene.operator.raise_floor(3);
    assert_eq!(scene.run(), (3, Source::Network, Reason::Listed), "a floor acts at once");
}

#[test]
fn a_revocation_ends_a_running_session() {
    let scene = Scene::with(|repository| repository.patience = Duration::ZERO);
    scene.run();
    scene.operator.revoke(1);
    let (session, events) = scene.world.open();
    assert_eq!(wait_for_end(&events), (ErrorKind::Revoked, "release-withdrawn".into()));
    assert_eq!(scene.world.get(&session, "/").status, 410);
    assert_eq!(scene.refused().0, ErrorKind::Revoked);
}

#[test]
fn offline_opens_within_the_grace() {
    let day = 24;
    let scene = Scene::with(|repository| repository.grace = Duration::from_secs(3 * 86_400));
    scene.operator.server.unplug();
    assert_eq!(scene.refused(), (ErrorKind::Offline, "first-use-offline".into()));
    scene.operator.server.plug_in();
    scene.run();
    scene.operator.server.unplug();
    assert_eq!(scene.run(), (1, Source::Store, Reason::Listed));
    // The timestamp of noon expires after 7 days; 7 and 3 more are the grace.
    scene.clock.set(time(17 * day - 1));
    assert_eq!(scene.run().0, 1);
    scene.clock.set(time(17 * day + 1));
    assert_eq!(scene.refused(), (ErrorKind::Offline, "grace-over".into()));
    scene.operator.server.plug_in();
    assert_eq!(scene.refused(), (ErrorKind::Stale, "expired".into()), "and nobody refreshes it");
}

#[test]
fn a_captive_portal_is_said_and_does_not_stop_what_is_installed() {
    let page = || Fault::Answer(response(200, &[("Content-Type", "text/html")], b"<html>sign in"));
    let scene = Scene::new();
    scene.operator.server.fault(move |_| Some(page()));
    assert_eq!(scene.refused(), (ErrorKind::Offline, "captive-portal".into()));
    scene.operator.server.plug_in();
    scene.run();
    scene.operator.server.fault(move |_| Some(page()));
    assert_eq!(scene.run().1, Source::Store);
}

#[test]
fn a_slow_repository_is_not_waited_for() {
    let scene = Scene::with(|repository| repository.patience = Duration::ZERO);
    scene.run();
    scene.operator.publish(&release(2), 10_000);
    let (session, events) = scene.world.open();
    assert_eq!(session.release().version.code, 1);
    assert_eq!(wait_for_update(&events).0, 2, "the check goes on behind");
}

#[test]
fn two_deaths_before_content_and_another_release_runs() {
    let scene = Scene::new();
    scene.run();
    scene.operator.publish(&release(2), 10_000);
    scene.run();
    for _ in 0..2 {
        let (session, _) = scene.world.open();
        assert_eq!(session.release().version.code, 2);
        session.renderer_gone();
    }
    assert_eq!(scene.run(), (1, Source::Store, Reason::Fallback));
    // Never below the floor: then rather the one that died.
    scene.operator.raise_floor(2);
    assert_eq!(scene.run(), (2, Source::Store, Reason::Listed));
    let (session, events) = scene.world.open();
    let mut page = scene.world.page(&session);
    page.call("report", json!({ "kind": "firstContent", "ms": 1 }));
    events.find(|event| matches!(event, SessionEvent::FirstContent { .. }).then_some(()));
    session.renderer_gone();
    session.close();
    assert_eq!(scene.run(), (2, Source::Store, Reason::Listed), "after content it is no failed start");
}

#[test]
fn a_preset_opens_without_a_network_and_is_updated_behind() {
    let shipped = Operator::new();
    shipped.publish(&release(1), 10_000);
    let preset = Arc::new(Server::default());
    preset.serve(shipped.server.files());
    let scene = |operator: &Operator| {
        let repository = Repository { preset: Some(preset.clone()), ..operator.repository() };
        let clock = HandClock::at(time(1));
        let world = World::with(Setup::default(), operator.server.clone(), repository, clock.clone());
        (world, clock)
    };
    let (world, clock) = scene(&shipped);
    shipped.publish(&release(2), 10_000);
    let (session, events) = world.open();
    let opened = session.release();
    assert_eq!((opened.version.code, opened.source), (1, Source::Preset));
    assert_eq!(wait_for_update(&events).0, 2);
    session.close();
    assert_eq!(world.open().0.release().version.code, 2);
    drop((world, clock));

    let (world, clock) = scene(&shipped);
    shipped.server.unplug();
    clock.set(time(13 * 24));
    assert_eq!(world.open().0.release().source, Source::Preset, "offline, within the grace");
    let (world, clock) = scene(&shipped);
    clock.set(time(15 * 24));
    assert_eq!(world.refused(|_| {}).kind, ErrorKind::Offline, "a preset ages");
    // One of another operator's is not opened.
    preset.serve(developed(&[&release(1)]));
    let (world, _) = scene(&shipped);
    assert_eq!(world.refused(|_| {}).code, "first-use-offline");
}

#[test]
fn two_opens_share_one_download() {
    let scene = Scene::new();
    scene.operator.server.asked();
    let opens: Vec<_> = std::thread::scope(|threads| {
        let open = || scene.world.open().0.release().version.code;
        let running: Vec<_> = (0..4).map(|_| threads.spawn(open)).collect();
        running.into_iter().map(|open| open.join().expect("opens")).collect()
    });
    assert_eq!(opens, [1; 4]);
    let streams = scene.operator.server.asked().iter().filter(|path| path.contains("/s/")).count();
    assert_eq!(streams, 1);
}

#[test]
fn an_open_that_is_given_up_leaves_nothing_and_can_be_done_again() {
    let scene = Scene::new();
    scene.operator.server.fault(|request| request.url.contains("/s/").then_some(Fault::Silence));
    let opening = scene.world.engine.open(request(Arc::new(Events::default())));
    scene.world.engine.block_on(async {
        let mut opening = std::pin::pin!(opening);
        loop {
            let first = std::future::poll_fn(|cx| std::task::Poll::Ready(opening.as_mut().poll(cx))).await;
            assert!(first.is_pending());
            if scene.operator.server.asked().iter().any(|path| path.contains("/s/")) {
                break;
            }
            tokio::task::yield_now().await;
        }
    });
    assert!(scene.world.engine.store().versions("coffee").expect("readable").is_empty());
    scene.operator.server.plug_in();
    assert_eq!(scene.run(), (1, Source::Network, Reason::Listed));
}

#[test]
fn subpackages_come_when_they_are_wanted() {
    let scene = Scene::new();
    let (session, _) = scene.world.open();
    let mut page = scene.world.page(&session);
    let streams = || scene.operator.server.asked().iter().filter(|path| path.contains("/s/")).count();
    assert_eq!(streams(), 1, "the main package alone");
    scene.operator.server.unplug();
    assert_eq!(scene.world.get(&session, "/p/sub/package.js").status, 503);
    assert_eq!(
        page.fails("navigateTo", json!({ "url": "/sub/deep/deep" })),
        "navigateTo:fail download subpackage \"deep\" fail (unreachable)"
    );
    assert_eq!(
        page.fails("preDownloadSubpackage", json!({ "name": "deep" })),
        "preDownloadSubpackage:fail download subpackage \"deep\" fail (unreachable)"
    );
    scene.operator.server.plug_in();
    streams();
    let route = page.call("navigateTo", json!({ "url": "/sub/deep/deep" }))["route"].clone();
    assert_eq!(route["stack"][1]["path"], "sub/deep/deep");
    assert_eq!(streams(), 1);
    assert_eq!(scene.world.get(&session, "/p/sub/package.js").status, 200);
    page.call("preDownloadSubpackage", json!({ "name": "sub" }));
    assert_eq!(streams(), 0, "it is here");
    assert!(page.fails("preDownloadSubpackage", json!({ "name": "x" })).ends_with("is not found"));
    session.close();
    // An update brings what the device had.
    scene.operator.publish(&release(2), 10_000);
    scene.run();
    scene.operator.server.unplug();
    let (session, _) = scene.world.open();
    assert_eq!(session.release().version.code, 2);
    assert_eq!(scene.world.get(&session, "/p/sub/package.js").status, 200);
}

#[test]
fn a_page_of_a_subpackage_brings_it_with_the_main_one() {
    let scene = Scene::new();
    let (session, _) = scene.world.open_with(|request| request.path = Some("/sub/deep/deep".into()));
    scene.operator.server.unplug();
    assert_eq!(scene.world.get(&session, "/p/sub/package.js").status, 200);
}

#[test]
fn a_download_beforehand_waits_for_wifi_if_asked() {
    let scene = Scene::new();
    let engine = &scene.world.engine;
    let ahead =
        |unmetered| engine.block_on(engine.predownload("coffee", unmetered, Arc::new(Events::default())));
    for network in ["unknown", "4g", "none"] {
        engine.set_network(network);
        assert_eq!(ahead(true).expect_err("waits").code, "metered-network");
    }
    assert!(scene.operator.server.asked().is_empty());
    engine.set_network("wifi");
    ahead(true).expect("comes");
    scene.operator.server.unplug();
    assert_eq!(scene.run().1, Source::Store);
}

#[test]
fn another_operators_repository_is_refused_and_what_is_installed_opens() {
    let scene = Scene::new();
    let honest = scene.operator.server.files();
    scene.operator.server.serve(developed(&[&release(1)]));
    assert_eq!(scene.refused().0, ErrorKind::Untrusted);
    scene.operator.server.serve(honest);
    scene.run();
    scene.operator.server.serve(developed(&[&bundle("coffee", 9, Domains::default())]));
    assert_eq!(scene.run(), (1, Source::Store, Reason::Listed));
    scene.operator.server.fault(|_| Some(Fault::Fail(HttpError::Tls("expired".into()))));
    assert_eq!(scene.run().0, 1);
}
