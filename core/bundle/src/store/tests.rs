//! What a caller cannot see: the cache of indexes, and the room that is given back.
//! `behaviour`, `model` and `damage` are the store as its callers see it; they stand here because nobody else may
//! install what no publisher signed.
mod behaviour;
#[path = "../../tests/support/bundles.rs"]
mod bundles;
mod damage;
mod model;

use super::*;
use bundles::bundle as with_files;

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), StoreOptions { quota: 64 << 20 }).unwrap().0;
    (dir, store)
}

fn bundle(app: &str, bytes: Vec<u8>) -> crate::Bundle {
    with_files(app, 1, &[("a", &bytes)])
}

#[test]
fn keeps_the_indexes_that_were_used_last() {
    let (_dir, store) = store();
    let bundles: Vec<_> =
        (0..=CACHED_INDEXES).map(|at| bundle(&format!("app{at}"), vec![at as u8])).collect();
    for bundle in &bundles {
        store.install(bundle).unwrap();
    }
    for bundle in &bundles {
        store.index(&bundle.digest()).unwrap();
        store.index(&bundles[0].digest()).unwrap();
    }
    let cached: Vec<Digest> = lock(&store.inner.indexes).iter().map(|(digest, _)| *digest).collect();
    assert_eq!(cached.len(), CACHED_INDEXES);
    assert!(cached.contains(&bundles[0].digest()) && !cached.contains(&bundles[1].digest()));
}

#[test]
fn gives_the_space_back_when_a_program_is_removed() {
    let (dir, store) = store();
    store.install(&bundle("coffee", vec![7; 4 << 20])).unwrap();
    store.remove("coffee").unwrap();
    drop(store);
    assert!(std::fs::metadata(dir.path().join("lodger.db")).unwrap().len() < 1 << 20);
}

#[test]
fn errors_say_what_to_do_next() {
    let full = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
    assert!(StoreError::from(full).to_string().contains("free some space"));
    let busy = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None);
    assert!(matches!(StoreError::from(busy), StoreError::Locked));
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    assert!(matches!(StoreError::io(Path::new("a"), full), StoreError::Full));
}
