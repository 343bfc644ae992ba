//! Damage from outside: altered blobs, damaged files, a foreign lock, a full disk.
use super::bundles::bundle;
use crate::{Bundle, Store, StoreError, StoreOptions};
use rusqlite::Connection;
use std::{fs, path::Path, process::Command};

const OPTIONS: StoreOptions = StoreOptions { quota: 64 << 20 };

/// Several pages in every table.
fn large() -> Bundle {
    let bodies: Vec<(String, Vec<u8>)> =
        (0..200_u32).map(|at| (format!("f{at:04}"), at.to_le_bytes().repeat(1500))).collect();
    let files: Vec<(&str, &[u8])> =
        bodies.iter().map(|(path, body)| (path.as_str(), body.as_slice())).collect();
    bundle("coffee", 1, &files)
}

fn installed() -> (tempfile::TempDir, Bundle) {
    let dir = tempfile::tempdir().unwrap();
    let bundle = large();
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    store.install(&bundle).unwrap();
    (dir, bundle)
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_blob_altered_behind_the_stores_back_is_refused_and_mended_by_installing_again() {
    let (dir, bundle) = installed();
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    let other = Connection::open(dir.path().join("lodger.db")).unwrap();
    let key = bundle.index.file("f0007").unwrap().digest;
    let sql = "UPDATE content SET bytes = zeroblob(length(bytes)) WHERE id =
        (SELECT id FROM blob WHERE digest = ?1)";
    assert_eq!(other.execute(sql, [key.as_bytes().as_slice()]).unwrap(), 1);
    match store.read(&bundle.digest(), "f0007") {
        Err(StoreError::Corrupt { what }) => assert!(what.contains("f0007")),
        other => panic!("{other:?}"),
    }
    assert!(store.read(&bundle.digest(), "f0008").is_ok());
    assert_eq!(store.check().unwrap().len(), 1);
    store.install(&bundle).unwrap();
    assert_eq!(*store.read(&bundle.digest(), "f0007").unwrap(), bundle.blobs[&key]);
    // What has just been read is in memory, as it was signed; the disk is looked at by `check`, and at the next start.
    other.execute(sql, [key.as_bytes().as_slice()]).unwrap();
    assert_eq!(*store.read(&bundle.digest(), "f0007").unwrap(), bundle.blobs[&key]);
    assert_eq!(store.check().unwrap().len(), 1);
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    assert!(matches!(store.read(&bundle.digest(), "f0007"), Err(StoreError::Corrupt { .. })));
    // The row itself is gone: as damaged, not as absent, and mended the same way.
    other.execute("DELETE FROM content", []).unwrap();
    assert!(matches!(store.read(&bundle.digest(), "f0007"), Err(StoreError::Corrupt { .. })));
    store.install(&bundle).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn an_index_altered_behind_the_stores_back_is_refused() {
    let (dir, bundle) = installed();
    // Valid in itself, and names blobs that the bundle has: two files have changed places.
    let swapped = |path: &str| match path {
        "f0007" => "f0008".to_owned(),
        "f0008" => "f0007".to_owned(),
        other => other.to_owned(),
    };
    let mut evil = bundle.index.clone();
    evil.packages[0].files.iter_mut().for_each(|file| file.path = swapped(&file.path));
    evil.packages[0].files.sort_by(|a, b| a.path.cmp(&b.path));
    let other = Connection::open(dir.path().join("lodger.db")).unwrap();
    other.execute("UPDATE bundle SET content = ?1", [evil.to_bytes()]).unwrap();
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    assert!(matches!(store.read(&bundle.digest(), "f0007"), Err(StoreError::Corrupt { .. })));
    assert!(matches!(store.index(&bundle.digest()), Err(StoreError::Corrupt { .. })));
    store.install(&bundle).unwrap();
    assert!(store.read(&bundle.digest(), "f0007").is_ok());
}

/// Opens after the damage: the old file is set aside whole, and the new store works.
fn is_set_aside_and_rebuilt(dir: &Path, damaged: &[u8], number: u32) {
    let aside = dir.join(format!("lodger.db.corrupt-{number}"));
    let (store, report) = Store::open(dir, OPTIONS).unwrap();
    assert_eq!(report.set_aside.as_deref(), Some(aside.as_path()));
    assert!(fs::read(&aside).unwrap() == damaged, "the old bytes are kept as they were");
    assert_eq!(store.current("coffee").unwrap(), None);
    store.install(&large()).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_database_is_set_aside() {
    let (dir, _) = installed();
    let noise: Vec<u8> =
        (0..100_000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for number in 1..=3 {
        fs::write(dir.path().join("lodger.db"), &noise).unwrap();
        is_set_aside_and_rebuilt(dir.path(), &noise, number);
    }
    let kept = ["lodger.db", "lodger.db.corrupt-1", "lodger.db.corrupt-2", "lodger.db.corrupt-3"];
    assert_eq!(names(dir.path()), kept);
}

#[test]
fn a_truncated_file_is_set_aside() {
    let (dir, _) = installed();
    let path = dir.path().join("lodger.db");
    let whole = fs::read(&path).unwrap();
    let half = &whole[..whole.len() / 2];
    fs::write(&path, half).unwrap();
    is_set_aside_and_rebuilt(dir.path(), half, 1);
}

/// The root page of a table or index, as an offset in the file.
fn root(path: &Path, name: &str) -> usize {
    let db = Connection::open(path).unwrap();
    let page: usize = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get::<_, i64>(0))
        .unwrap() as usize;
    let size: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    (page - 1) * size as usize
}

fn flip_page(path: &Path, at: usize) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes[at..at + 4096].iter_mut().for_each(|byte| *byte = !*byte);
    fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn a_damaged_page_of_the_small_tables_is_found_at_once() {
    for name in ["sqlite_schema", "bundle", "blob", "holds", "holds_blob", "component"] {
        let (dir, _) = installed();
        let path = dir.path().join("lodger.db");
        let at = if name == "sqlite_schema" { 0 } else { root(&path, name) };
        let damaged = flip_page(&path, at);
        is_set_aside_and_rebuilt(dir.path(), &damaged, 1);
    }
}

#[test]
fn a_damaged_page_of_the_blobs_is_found_when_read_and_set_aside_at_the_next_opening() {
    let (dir, bundle) = installed();
    let path = dir.path().join("lodger.db");
    let at = root(&path, "content");
    flip_page(&path, at);
    let (store, report) = Store::open(dir.path(), OPTIONS).unwrap();
    assert!(report.set_aside.is_none());
    assert!(matches!(store.read(&bundle.digest(), "f0007"), Err(StoreError::Corrupt { .. })));
    drop(store);
    let damaged = fs::read(&path).unwrap();
    is_set_aside_and_rebuilt(dir.path(), &damaged, 1);
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    for (sql, expected) in [("PRAGMA user_version = 99", 1), ("UPDATE component SET version = 99", 2)] {
        let (dir, _) = installed();
        let path = dir.path().join("lodger.db");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        match Store::open(dir.path(), OPTIONS) {
            Err(StoreError::NewerSchema { found, known, .. }) => assert_eq!((found, known), (99, expected)),
            other => panic!("{:?}", other.map(|(_, report)| report)),
        }
        assert!(fs::read(&path).unwrap() == before);
        assert_eq!(names(dir.path()), ["lodger.db"]);
    }
}

#[test]
fn a_file_that_another_holds_is_a_clear_error() {
    let (dir, bundle) = installed();
    let other = Connection::open(dir.path().join("lodger.db")).unwrap();
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Reading goes on; only writing is refused, after the store's patience.
    assert!(store.read(&bundle.digest(), "f0007").is_ok());
    assert!(matches!(store.pin(&bundle.digest(), true), Err(StoreError::Locked)));
    other.execute_batch("ROLLBACK").unwrap();
    store.pin(&bundle.digest(), true).unwrap();
}

#[test]
fn a_file_that_another_holds_alone_cannot_be_opened() {
    let (dir, _) = installed();
    let other = Connection::open(dir.path().join("lodger.db")).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1").unwrap();
    assert!(matches!(Store::open(dir.path(), OPTIONS), Err(StoreError::Locked)));
    drop(other);
    let (_, report) = Store::open(dir.path(), OPTIONS).unwrap();
    assert!(report.set_aside.is_none(), "a lock is not damage");
}

/// The old bundle is there and whole, the new one is not, and once there is room it can be installed.
fn survives_a_full_disk(store: &Store, make_room: impl FnOnce()) {
    let small = bundle("coffee", 0, &[("a", b"small")]);
    store.install(&small).unwrap();
    for _ in 0..3 {
        assert!(matches!(store.install(&large()), Err(StoreError::Full)));
    }
    assert_eq!(store.current("coffee").unwrap().unwrap().digest, small.digest());
    assert_eq!(*store.read(&small.digest(), "a").unwrap(), b"small");
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    make_room();
    store.install(&large()).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_full_database_is_a_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), OPTIONS).unwrap();
    // The limit belongs to the connection, and one inside `write` is the one that installs.
    let limit = |pages: u32| {
        store
            .database()
            .write(|tx| tx.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())))
            .unwrap();
    };
    limit(60);
    survives_a_full_disk(&store, || limit(1 << 20));
}

/// A real full disk: a small file system in memory, which only root may mount.
#[test]
fn a_full_disk_is_a_clear_error() {
    const DIR: &str = "LODGER_TEST_FULL_DISK";
    if let Some(dir) = std::env::var_os(DIR) {
        let dir = Path::new(&dir);
        let (store, _) = Store::open(&dir.join("store"), OPTIONS).unwrap();
        let ballast = dir.join("ballast");
        fs::write(&ballast, vec![1; 7 << 20]).unwrap();
        survives_a_full_disk(&store, || fs::remove_file(&ballast).unwrap());
        println!("survived");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // In a mount namespace of its own, so that nothing is left behind whatever happens.
    let script = "mount -t tmpfs -o size=8m none \"$0\" && exec \"$1\" --exact store::tests::damage::a_full_disk_is_a_clear_error --nocapture";
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .args([dir.path().as_os_str(), std::env::current_exe().unwrap().as_os_str()])
        .env(DIR, dir.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            assert!(String::from_utf8_lossy(&output.stdout).contains("survived"));
        }
        Ok(output) if String::from_utf8_lossy(&output.stdout).contains("running 1 test") => {
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        }
        _ => eprintln!("SKIPPED: cannot mount a small file system here (needs root and unshare)"),
    }
}
