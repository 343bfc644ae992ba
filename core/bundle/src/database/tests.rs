//! One writer, many readers, and each component's own migrations.
use super::*;
use std::sync::mpsc;

fn open(dir: &tempfile::TempDir) -> Database {
    Database::open(dir.path(), &[]).unwrap().0
}

fn count(db: &Database) -> u64 {
    db.read(|reader| reader.query_row("SELECT count(*) FROM note", [], |row| row.get(0))).unwrap()
}

const FIRST: &str = "CREATE TABLE note (text TEXT NOT NULL) STRICT;";
const SECOND: &str = "INSERT INTO note VALUES ('from the second step'); INSERT INTO note VALUES ('two');";

#[test]
fn brings_sqlite_with_the_fix_of_its_log() {
    // Before 3.51.3 a reset of the write-ahead log could lose a commit.
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn runs_each_step_once_also_across_openings() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.migrate("notes", &[FIRST]).unwrap();
    db.migrate("notes", &[FIRST]).unwrap();
    drop(db);
    let db = open(&dir);
    db.migrate("notes", &[FIRST, SECOND]).unwrap();
    db.migrate("notes", &[FIRST, SECOND]).unwrap();
    assert_eq!(count(&db), 2);
    match db.migrate("notes", &[FIRST]) {
        Err(StoreError::NewerSchema { component, found, known }) => {
            assert_eq!((component.as_str(), found, known), ("notes", 2, 1));
        }
        other => panic!("{other:?}"),
    }
    // Another component starts at its own beginning.
    db.migrate("others", &["CREATE TABLE other (a TEXT) STRICT"]).unwrap();
}

#[test]
fn a_step_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    assert!(db.migrate("notes", &[FIRST, "INSERT INTO absent VALUES (1)"]).is_err());
    db.migrate("notes", &[FIRST]).unwrap();
    assert_eq!(count(&db), 0);
}

#[test]
fn an_error_or_a_panic_undoes_the_write_and_the_next_one_works() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.migrate("notes", &[FIRST]).unwrap();
    let failed: Result<(), _> = db.write(|tx| {
        tx.execute("INSERT INTO note VALUES ('a')", [])?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(matches!(failed, Err(StoreError::NotFound { .. })));
    let panicking = db.clone();
    let panicked = std::thread::spawn(move || {
        panicking.write(|tx| -> rusqlite::Result<()> {
            tx.execute("INSERT INTO note VALUES ('b')", [])?;
            panic!("on purpose")
        })
    });
    assert!(panicked.join().is_err());
    db.write(|tx| tx.execute("INSERT INTO note VALUES ('c')", [])).unwrap();
    assert_eq!(count(&db), 1);
}

#[test]
fn a_reader_sees_one_state_and_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.migrate("notes", &[FIRST]).unwrap();
    let (started, has_started) = mpsc::channel();
    let (written, is_written) = mpsc::channel::<()>();
    let reading = db.clone();
    let reader = std::thread::spawn(move || {
        reading.read(|reader| {
            let count =
                |r: &Connection| r.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, u64>(0));
            let before = count(reader)?;
            started.send(()).unwrap();
            is_written.recv().unwrap();
            Ok((before, count(reader)?))
        })
    });
    has_started.recv().unwrap();
    db.write(|tx| tx.execute("INSERT INTO note VALUES ('a')", [])).unwrap();
    written.send(()).unwrap();
    assert_eq!(reader.join().unwrap().unwrap(), (0, 0));
    assert_eq!(count(&db), 1);
    assert!(db.read(|reader| reader.execute("DELETE FROM note", [])).is_err());
}

#[test]
fn try_write_gives_up_instead_of_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.migrate("notes", &[FIRST]).unwrap();
    let add = |db: &Database| db.try_write(|tx| tx.execute("INSERT INTO note VALUES ('a')", []).map(|_| ()));
    let other = Connection::open(dir.path().join("lodger.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    add(&db);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(count(&db), 0);
    add(&db);
    assert_eq!(count(&db), 1);
}

#[test]
fn the_file_is_durable_and_guarded() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let setting = |name: &str| -> i64 {
        lock(&db.inner.writer).pragma_query_value(None, name, |row| row.get(0)).unwrap()
    };
    for (name, value) in [
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("auto_vacuum", 2),
        ("trusted_schema", 0),
        ("user_version", 1),
    ] {
        assert_eq!(setting(name), value, "{name}");
    }
    let mode: String =
        lock(&db.inner.writer).pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_marked_file_is_checked_whole_once() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    schema::suspect(&lock(&db.inner.writer));
    assert!(schema::is_suspect(&lock(&db.inner.writer)).unwrap());
    drop(db);
    let (db, report) = Database::open(dir.path(), &[]).unwrap();
    assert!(report.set_aside.is_none());
    assert!(!schema::is_suspect(&lock(&db.inner.writer)).unwrap());
}
