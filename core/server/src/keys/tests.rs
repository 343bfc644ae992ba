//! What protects keys: the passphrase, the binding of a sealed key to its id, and thresholds.

use super::*;
use std::{fs, path::Path};

/// Cheap: tests look at what is sealed, not at how long a guess takes.
const CHEAP: Cost = Cost { memory: 64, passes: 1 };

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).unwrap()
}

fn made(dir: &Path, kind: Kind) -> KeyFolder {
    KeyFolder::init(dir, kind, &phrase("correct horse"), CHEAP).unwrap()
}

#[test]
fn a_release_set_needs_two_of_three_officers_and_a_development_set_one() {
    let dir = tempfile::tempdir().unwrap();
    for (kind, officers, threshold) in [(Kind::Release, 3, 2), (Kind::Development, 1, 1)] {
        made(&dir.path().join(format!("{kind:?}")), kind);
        let folder = KeyFolder::open(&dir.path().join(format!("{kind:?}"))).unwrap();
        assert_eq!(
            (folder.of(Holder::Officer).count(), folder.threshold(Holder::Officer)),
            (officers, threshold)
        );
        assert_eq!((folder.keys().len(), folder.kind()), (officers + 3, kind));
    }
}

#[test]
fn only_the_right_passphrase_opens_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let folder = made(dir.path(), Kind::Development);
    let right = KeyRing::new(folder.clone(), phrase("correct horse"));
    assert_eq!(right.signers(Holder::Server).unwrap().len(), 1);
    let wrong = KeyRing::new(folder, phrase("battery staple"));
    assert!(matches!(wrong.signers(Holder::Server), Err(KeyError::Passphrase { .. })));
    assert!(Passphrase::new(String::new()).is_none());
}

#[test]
fn a_key_file_with_a_changed_public_key_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    made(dir.path(), Kind::Development);
    let (server, reviewer) = (dir.path().join("server-1.key"), dir.path().join("reviewer-1.key"));
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(&server).unwrap()).unwrap();
    let other: serde_json::Value = serde_json::from_slice(&fs::read(&reviewer).unwrap()).unwrap();
    file["public"] = other["public"].clone();
    fs::write(&server, file.to_string()).unwrap();
    let ring = KeyRing::new(KeyFolder::open(dir.path()).unwrap(), phrase("correct horse"));
    assert!(matches!(ring.signers(Holder::Server), Err(KeyError::Passphrase { .. })));
    fs::write(&server, "{}").unwrap();
    assert!(matches!(KeyFolder::open(dir.path()), Err(KeyError::Damaged { .. })));
}

#[test]
fn too_few_keys_do_not_sign() {
    let dir = tempfile::tempdir().unwrap();
    made(dir.path(), Kind::Release);
    fs::remove_file(dir.path().join("officer-1.key")).unwrap();
    let ring = |dir: &Path| KeyRing::new(KeyFolder::open(dir).unwrap(), phrase("correct horse"));
    assert_eq!(ring(dir.path()).signers(Holder::Officer).unwrap().len(), 2);
    fs::remove_file(dir.path().join("officer-2.key")).unwrap();
    let refused = ring(dir.path()).signers(Holder::Officer);
    assert!(matches!(refused, Err(KeyError::TooFew { needed: 2, here: 1, .. })));
}

#[test]
fn adding_keeps_thresholds_possible_and_a_full_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = made(dir.path(), Kind::Development);
    let refused = folder.add(Holder::Reviewer, Some(3), &phrase("other"), CHEAP);
    assert!(matches!(refused, Err(KeyError::Folder { .. })));
    folder.add(Holder::Reviewer, Some(2), &phrase("other"), CHEAP).unwrap();
    let folder = KeyFolder::open(dir.path()).unwrap();
    assert_eq!((folder.of(Holder::Reviewer).count(), folder.threshold(Holder::Reviewer)), (2, 2));
    let again = KeyFolder::init(dir.path(), Kind::Release, &phrase("x"), CHEAP);
    assert!(matches!(again, Err(KeyError::Folder { .. })));
}

#[cfg(unix)]
#[test]
fn key_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    for key in made(dir.path(), Kind::Development).keys() {
        assert_eq!(fs::metadata(&key.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
