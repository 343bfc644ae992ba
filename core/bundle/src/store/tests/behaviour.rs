//! The store as its callers see it.
use super::bundles::bundle;
use crate::{Bundle, Digest, Rule, Store, StoreError, StoreOptions};
use std::sync::mpsc;

fn open(quota: u64) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let (store, report) = Store::open(dir.path(), StoreOptions { quota }).unwrap();
    assert!(report.set_aside.is_none());
    (dir, store)
}

fn sound(store: &Store) {
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

fn kib(fill: u8) -> Vec<u8> {
    vec![fill; 1024]
}

#[test]
fn reads_back_what_was_installed_also_after_reopening() {
    let (dir, store) = open(1 << 20);
    let first = bundle("coffee", 1, &[("app.json", b"{}"), ("图/a.png", b"png"), ("empty", b"")]);
    let installed = store.install(&first).unwrap();
    assert_eq!((installed.digest, installed.bytes, installed.pinned), (first.digest(), 5, false));
    drop(store);
    let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    assert_eq!(store.current("coffee").unwrap(), Some(installed));
    assert_eq!(*store.read(&first.digest(), "图/a.png").unwrap(), b"png");
    assert_eq!(*store.read(&first.digest(), "empty").unwrap(), b"");
    assert_eq!(*store.index(&first.digest()).unwrap(), first.index);
    for absent in ["App.json", "/app.json", "./app.json", "app.json/", "", "../lodger.db"] {
        assert!(matches!(store.read(&first.digest(), absent), Err(StoreError::NotFound { .. })), "{absent}");
    }
    sound(&store);
}

#[test]
fn keeps_two_versions_and_shares_their_blobs() {
    let (_dir, store) = open(1 << 20);
    let versions: Vec<Bundle> =
        (1..=3).map(|code| bundle("coffee", code, &[("same", b"same"), ("own", &[code as u8])])).collect();
    for version in &versions {
        store.install(version).unwrap();
        store.index(&version.digest()).unwrap();
    }
    let codes: Vec<u64> = store.versions("coffee").unwrap().iter().map(|found| found.version.code).collect();
    assert_eq!(codes, [3, 2]);
    assert_eq!(*store.read(&versions[1].digest(), "same").unwrap(), b"same");
    assert!(matches!(store.read(&versions[0].digest(), "same"), Err(StoreError::NotFound { .. })));
    assert!(matches!(store.index(&versions[0].digest()), Err(StoreError::NotFound { .. })));
    let blobs = |store: &Store| -> u64 {
        store.database().read(|db| db.query_row("SELECT count(*) FROM blob", [], |row| row.get(0))).unwrap()
    };
    assert_eq!(blobs(&store), 3);
    // Back to an older version: it is current again, and what it replaces is the fallback.
    store.install(&versions[1]).unwrap();
    assert_eq!(store.current("coffee").unwrap().unwrap().version.code, 2);
    store.remove("coffee").unwrap();
    assert_eq!((blobs(&store), store.current("coffee").unwrap()), (0, None));
    store.remove("coffee").unwrap();
    sound(&store);
}

#[test]
fn an_open_session_keeps_reading_while_two_newer_versions_are_installed() {
    let (_dir, store) = open(1 << 20);
    let old = bundle("coffee", 1, &[("own", b"old")]);
    store.install(&old).unwrap();
    let session = store.run(&old.digest()).unwrap();
    let second = store.run(&old.digest()).unwrap();
    for code in 2..=3 {
        store.install(&bundle("coffee", code, &[("own", &[code as u8])])).unwrap();
    }
    assert_eq!(*store.read(&old.digest(), "own").unwrap(), b"old");
    assert!(matches!(store.remove("coffee"), Err(StoreError::InUse { .. })));
    drop(second);
    store.install(&bundle("coffee", 4, &[("own", b"4")])).unwrap();
    assert_eq!(*store.read(&old.digest(), "own").unwrap(), b"old");
    drop(session);
    store.install(&bundle("coffee", 5, &[("own", b"5")])).unwrap();
    assert!(matches!(store.read(&old.digest(), "own"), Err(StoreError::NotFound { .. })));
    sound(&store);
}

#[test]
fn evicts_whole_programs_least_recently_used_first() {
    let (_dir, store) = open(4 * 1024);
    let make = |app: &str, fill| bundle(app, u64::from(fill), &[("a", &kib(fill))]);
    let (a1, a2, b, c) = (make("a", 1), make("a", 2), make("b", 3), make("c", 4));
    for bundle in [&a1, &a2, &b, &c] {
        store.install(bundle).unwrap();
    }
    drop(store.run(&a1.digest()).unwrap());
    // a was used last, so b goes; then c; then there is room without touching a.
    store.install(&make("d", 5)).unwrap();
    assert!(store.current("b").unwrap().is_none() && store.current("c").unwrap().is_some());
    store.install(&make("e", 6)).unwrap();
    assert!(store.current("c").unwrap().is_none());
    assert_eq!(store.versions("a").unwrap().len(), 2);
    // a is the oldest now, and goes with its fallback.
    store.install(&make("f", 7)).unwrap();
    assert_eq!(store.versions("a").unwrap(), []);
    sound(&store);
}

#[test]
fn never_evicts_what_is_running_pinned_or_the_fallback() {
    let (_dir, store) = open(4 * 1024);
    let make = |app: &str, fill| bundle(app, u64::from(fill), &[("a", &kib(fill))]);
    let (preset, newer) = (make("preset", 1), make("preset", 2));
    let running = make("running", 3);
    store.install(&preset).unwrap();
    store.pin(&preset.digest(), true).unwrap();
    store.install(&newer).unwrap();
    store.install(&running).unwrap();
    let _session = store.run(&running.digest()).unwrap();
    store.install(&make("app", 4)).unwrap();
    // The unpinned update of the preset bundle goes; the preset bundle itself stays.
    store.install(&make("app", 5)).unwrap();
    assert_eq!(store.versions("preset").unwrap().len(), 1);
    assert!(store.current("preset").unwrap().unwrap().pinned);
    // Everything left is pinned, running, or the fallback of what is being installed.
    let before = store.versions("app").unwrap();
    let large = bundle("app", 6, &[("a", &kib(6)), ("b", &kib(7))]);
    match store.install(&large) {
        Err(StoreError::QuotaExceeded { needed, quota }) => assert_eq!((needed, quota), (5 * 1024, 4 * 1024)),
        other => panic!("{other:?}"),
    }
    assert_eq!(store.versions("app").unwrap(), before);
    sound(&store);
}

#[test]
fn a_refused_bundle_changes_nothing() {
    let (_dir, store) = open(1 << 20);
    let good = bundle("coffee", 1, &[("a", b"a")]);
    store.install(&good).unwrap();
    let other = bundle("coffee", 2, &[("a", b"b")]);
    let digest = Digest::of(b"b");

    let mut swapped = other.clone();
    swapped.blobs.insert(digest, b"c".to_vec());
    assert!(matches!(store.install(&swapped), Err(StoreError::Corrupt { .. })));
    let mut missing = other.clone();
    missing.blobs.clear();
    assert!(matches!(store.install(&missing), Err(StoreError::NotFound { .. })));
    let mut unlike = other.clone();
    unlike.index.app = "tea".to_owned();
    assert!(matches!(store.install(&unlike), Err(StoreError::Refused(_))));
    let twin = bundle("Coffee", 1, &[("a", b"a")]);
    match store.install(&twin) {
        Err(StoreError::Refused(error)) => assert_eq!(error.rule(), Rule::AppCase),
        other => panic!("{other:?}"),
    }
    assert_eq!(store.current("coffee").unwrap().unwrap().digest, good.digest());
    sound(&store);
}

#[test]
fn a_second_connection_reads_while_an_installation_is_under_way() {
    let (dir, store) = open(1 << 20);
    let old = bundle("coffee", 1, &[("a", b"old")]);
    store.install(&old).unwrap();
    let (other, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    let (opened, is_open) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel::<()>();
    let writer = store.clone();
    let writing = std::thread::spawn(move || {
        writer.database().write(|tx| {
            tx.execute("DELETE FROM bundle", [])?;
            opened.send(()).unwrap();
            may_finish.recv().unwrap();
            Ok(())
        })
    });
    is_open.recv().unwrap();
    for store in [&store, &other] {
        assert_eq!(store.current("coffee").unwrap().unwrap().digest, old.digest());
        assert_eq!(*store.read(&old.digest(), "a").unwrap(), b"old");
        // Also opening a program does not wait for the writer.
        drop(store.run(&old.digest()).unwrap());
    }
    finish.send(()).unwrap();
    writing.join().unwrap().unwrap();
    assert_eq!(other.current("coffee").unwrap(), None);
}

#[test]
fn many_threads_install_run_read_and_remove_at_once() {
    let (_dir, store) = open(6 * 1024);
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let store = &store;
            scope.spawn(move || {
                for turn in 0..20 {
                    let app = ["a", "b", "c"][usize::from((thread + turn) % 3)];
                    let bundle = bundle(app, turn.into(), &[("own", &kib(turn)), ("same", b"same")]);
                    match store.install(&bundle) {
                        Ok(_) | Err(StoreError::QuotaExceeded { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                    // While it runs nobody takes it away, whatever the others do.
                    if let Ok(_session) = store.run(&bundle.digest()) {
                        assert_eq!(*store.read(&bundle.digest(), "own").unwrap(), kib(turn));
                    }
                    match store.remove(["a", "b", "c"][usize::from(turn % 3)]) {
                        Ok(()) | Err(StoreError::InUse { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    sound(&store);
}

#[test]
fn the_folder_holds_the_database_and_nothing_else() {
    let (dir, store) = open(1 << 20);
    store.install(&bundle("coffee", 1, &[("a", b"a")])).unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(["lodger.db", "lodger.db-wal", "lodger.db-shm"].contains(&name.as_str()), "{name}");
    }
    drop(store);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_blob_of_another_length_than_the_index_says_is_refused_unhashed_too() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 20 }).unwrap();
    let mut lying = bundle("coffee", 1, &[("a", b"four")]);
    lying.index.packages[0].files[0].length = 5;
    lying.index.packages[0].stream_length = 5;
    lying.index_bytes = lying.index.to_bytes();
    let outcome = store.install_hashed(&lying, |_| true, |_| Ok(()));
    assert!(matches!(outcome, Err(StoreError::Corrupt { .. })), "{outcome:?}");
    lying.blobs.clear();
    let outcome = store.install_hashed(&lying, |_| true, |_| Ok(()));
    assert!(matches!(outcome, Err(StoreError::NotFound { .. })), "{outcome:?}");
    assert_eq!(store.current("coffee").unwrap(), None);
}
