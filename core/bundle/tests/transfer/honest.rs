//! What an honest server is asked for, and what is there afterwards.
use crate::{Watch, coffee, patch_path, released::Phone, remote, remote::Manner, stream_path};
use lodger_bundle::StoreError;

#[test]
fn the_first_time_comes_whole_and_later_by_patches() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    let watch = Watch::default();
    let verified = phone.verified("coffee");
    let installed = phone.install_with(&verified, 1, &[], &watch).unwrap();
    let path = stream_path(coffee(1), "main");
    assert_eq!(phone.remote.asked(), [(path.clone(), 0)]);
    let length = phone.remote.file(&path).len() as u64;
    assert_eq!(phone.remote.sent(), length);
    assert_eq!((installed.digest, installed.bytes), (coffee(1).digest(), 601_002));
    let seen = watch.seen.take();
    assert_eq!(seen.last(), Some(&(length, length)));
    assert!(seen.is_sorted() && seen.len() > 10);
    phone.has(coffee(1), &["main"]);

    phone.install_with(&verified, 3, &[], &watch).unwrap();
    assert_eq!(phone.remote.asked(), [(patch_path(coffee(1), coffee(3), "main"), 0)]);
    assert!(phone.remote.sent() < 2_000, "1 KB is new");
    phone.has(coffee(3), &["main"]);
    phone.has(coffee(1), &["main"]);
    assert_eq!(phone.kept(), 0);

    // Back to what is there, and to it again: nothing is asked for.
    watch.seen.take();
    phone.install_with(&verified, 1, &[], &watch).unwrap();
    assert_eq!(phone.store.current("coffee").unwrap().unwrap().version.code, 1);
    assert_eq!((phone.remote.asked(), watch.seen.take()), (vec![], vec![]));
}

#[test]
fn a_release_that_is_not_patched_from_what_is_there_comes_whole() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    phone.install(3).unwrap();
    phone.remote.asked();
    // Patches lead upward only.
    phone.install(2).unwrap();
    let asked = [(patch_path(coffee(3), coffee(2), "main"), 0), (stream_path(coffee(2), "main"), 0)];
    assert_eq!(phone.remote.asked(), asked);
    phone.has(coffee(2), &["main"]);
}

#[test]
fn progress_counts_the_stream_while_the_length_is_not_known() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    let watch = Watch::default();
    phone.remote.answer("/s/", Manner::NoLength);
    phone.install_with(&phone.verified("coffee"), 1, &["order"], &watch).unwrap();
    assert_eq!(watch.seen.take()[0], (0, 901_504));
}

#[test]
fn subpackages_come_when_they_are_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    let verified = phone.verified("coffee");
    phone.install_with(&verified, 1, &["alone"], &()).unwrap();
    phone.has(coffee(1), &["main", "alone"]);
    let digest = coffee(1).digest();
    assert!(!phone.store.has_package(&digest, "order").unwrap());
    match phone.store.read(&digest, "order/list") {
        Err(StoreError::PackageMissing { package }) => assert_eq!(package, "order"),
        other => panic!("{:?}", other.map(|bytes| bytes.len())),
    }
    assert!(matches!(phone.store.read(&digest, "order/none"), Err(StoreError::NotFound { .. })));

    phone.remote.asked();
    phone.add(coffee(1), "order").unwrap();
    phone.add(coffee(1), "order").unwrap();
    assert_eq!(phone.remote.asked(), [(stream_path(coffee(1), "order"), 0)]);
    phone.has(coffee(1), &["main", "order", "alone"]);
    assert_eq!(phone.store.current("coffee").unwrap().unwrap().bytes, 951_502);

    // The next version: "alone" is the same and is not asked for, "order" is patched from the version before.
    phone.install_with(&verified, 2, &["alone"], &()).unwrap();
    phone.has(coffee(2), &["main", "alone"]);
    phone.add(coffee(2), "order").unwrap();
    let asked = ["main", "order"].map(|package| (patch_path(coffee(1), coffee(2), package), 0));
    assert_eq!(phone.remote.asked(), asked);
    phone.has(coffee(2), &["main", "order", "alone"]);

    // Installed again without them: they stay.
    phone.install_with(&verified, 2, &[], &()).unwrap();
    phone.has(coffee(2), &["main", "order", "alone"]);
}

#[test]
fn what_is_not_in_the_release_is_a_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    let verified = phone.verified("coffee");
    let says =
        |outcome: Result<_, lodger_bundle::TransferError>| outcome.map(|_| ()).unwrap_err().to_string();
    assert!(says(phone.install_with(&verified, 1, &["tea"], &())).contains("\"tea\" of coffee"));
    assert!(says(phone.add(coffee(1), "order").map(|()| unreachable!())).contains("not in the store"));
    phone.install(1).unwrap();
    assert!(says(phone.add(coffee(1), "tea").map(|()| unreachable!())).contains("package"));
    assert_eq!(phone.store.check().unwrap(), Vec::<String>::new());
}
