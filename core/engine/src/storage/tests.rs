use super::*;
use crate::KeyStore;
use lodger_bundle::{Store, StoreOptions};

struct Plain;
impl KeyStore for Plain {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(secret.to_vec())
    }
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(wrapped.to_vec())
    }
}

fn database(dir: &tempfile::TempDir) -> Database {
    let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 20 }).expect("opens");
    let database = store.database().clone();
    Storage::migrate(&database).expect("migrates");
    database
}

fn storage(database: &Database, user: &str) -> Storage {
    let (vault, lost) = Vault::open(database, &Plain).expect("opens");
    assert!(!lost);
    let area = vault.area(user, "coffee");
    Storage::new(database.clone(), Arc::new(vault), area, Arc::default())
}

#[test]
fn values_survive_a_restart_and_users_are_apart() {
    let dir = tempfile::tempdir().expect("a folder");
    storage(&database(&dir), "ann").set("cart", "[1]").expect("fits");
    let database = database(&dir);
    assert_eq!(storage(&database, "ann").get("cart").expect("kept"), "[1]");
    assert!(matches!(storage(&database, "bob").get("cart"), Err(StorageError::NotFound)));
}

#[test]
fn limits_are_wechats_to_the_byte() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = database(&dir);
    let storage = storage(&database, "ann");
    let said = |result: Result<(), StorageError>| result.expect_err("refused").to_string();
    assert_eq!(said(storage.set("k", &"x".repeat(MAX_VALUE + 1))), "entry size limit reached");
    assert_eq!(said(storage.set("", "x")), "key is empty or longer than 1 KiB");
    for n in 0..9 {
        storage.set(&n.to_string(), &"x".repeat(MAX_VALUE)).expect("fits");
    }
    let left = MAX_TOTAL as usize - 9 * (MAX_VALUE + 1) - 4;
    storage.set("last", &"x".repeat(left)).expect("fits to the byte");
    assert_eq!(storage.info().expect("readable").current_size, 10_240);
    assert_eq!(said(storage.set("more", "")), "exceed storage max size 10Mb");
    storage.set("last", &"y".repeat(left)).expect("replacing counts once");
    storage.remove("0").expect("removes");
    storage.set("more", "").expect("there is room again");
}

#[test]
fn info_counts_kilobytes_and_lists_keys_in_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = database(&dir);
    let storage = storage(&database, "ann");
    assert_eq!(storage.info().expect("empty").current_size, 0);
    storage.set("b", &"x".repeat(1022)).expect("fits");
    storage.set("咖啡", "").expect("fits");
    let info = storage.info().expect("readable");
    assert_eq!((info.keys, info.current_size, info.limit_size), (vec!["b".into(), "咖啡".into()], 2, 10_240));
    storage.clear().expect("clears");
    assert_eq!(storage.info().expect("empty").keys, Vec::<String>::new());
}

#[test]
fn the_most_recently_used_come_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = database(&dir);
    let storage = storage(&database, "ann");
    for key in ["a", "b", "c", "d"] {
        storage.set(key, &"x".repeat(99)).expect("fits");
    }
    storage.get("a").expect("there");
    let keys = |recent: Recent| recent.items.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    let recent = storage.recent(250).expect("readable");
    assert!(!recent.complete);
    assert_eq!(keys(recent), ["a", "d"]);
    let all = storage.recent(400).expect("readable");
    assert!(all.complete);
    assert_eq!(keys(all), ["a", "d", "c", "b"]);
}

#[test]
fn the_database_holds_neither_keys_nor_values_nor_users() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = database(&dir);
    storage(&database, "ann-the-user").set("secret-key", "secret-value").expect("fits");
    drop(database);
    for file in std::fs::read_dir(dir.path()).expect("a folder") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("readable");
        for word in ["secret-key", "secret-value", "ann-the-user"] {
            assert!(
                !bytes.windows(word.len()).any(|window| window == word.as_bytes()),
                "{word} is in the clear"
            );
        }
    }
}

#[test]
fn a_value_moved_to_another_key_is_not_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = database(&dir);
    let storage = storage(&database, "ann");
    storage.set("a", "1").expect("fits");
    storage.set("b", "2").expect("fits");
    database
        .write(|db| {
            db.execute(
                "UPDATE engine_storage SET sealed_value =
                 (SELECT sealed_value FROM engine_storage ORDER BY rowid DESC LIMIT 1)",
                [],
            )
        })
        .expect("tampers");
    assert!(matches!(storage.get("a"), Err(StorageError::NotFound)));
    assert_eq!(storage.get("b").expect("its own"), "2");
}
