//! Downloads that break off, and go on.
use crate::{
    Watch, coffee, patch_path,
    released::Phone,
    remote,
    remote::{Manner, Remote},
    stream_path,
};
use lodger_bundle::{TransferError, trust::TrustErrorKind as Kind};

fn kind(outcome: Result<lodger_bundle::InstalledBundle, TransferError>) -> Option<Kind> {
    match outcome.unwrap_err() {
        TransferError::Trust(error) => Some(error.kind()),
        _ => None,
    }
}

/// A download that broke after 300,000 bytes.
fn broken(dir: &tempfile::TempDir) -> (Phone, Remote) {
    let remote = remote();
    let phone = Phone::new(dir.path(), &remote);
    remote.answer("/s/", Manner::Breaks(300_000));
    assert_eq!(kind(phone.install(1)), Some(Kind::Offline));
    assert_eq!((phone.kept(), remote.sent()), (300_000, 300_000));
    assert_eq!(phone.store.current("coffee").unwrap(), None);
    remote.asked();
    remote.behave();
    (phone, remote)
}

#[test]
fn goes_on_where_it_broke_off_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    drop(broken(&dir));
    let phone = Phone::new(dir.path(), &remote());
    let watch = Watch::default();
    phone.install_with(&phone.verified("coffee"), 1, &[], &watch).unwrap();
    let path = stream_path(coffee(1), "main");
    assert_eq!(phone.remote.asked(), [(path.clone(), 300_000)]);
    assert_eq!(phone.remote.sent(), phone.remote.file(&path).len() as u64 - 300_000);
    assert!(watch.seen.take()[0].0 >= 300_000, "what was there counts");
    phone.has(coffee(1), &["main"]);
    assert_eq!(phone.kept(), 0);
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = broken(&dir);
    remote.answer("/s/", Manner::NoRanges);
    phone.install(1).unwrap();
    phone.has(coffee(1), &["main"]);
    assert_eq!(phone.kept(), 0);
}

#[test]
fn a_server_that_answers_from_elsewhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = broken(&dir);
    remote.answer("/s/", Manner::Elsewhere);
    assert_eq!(kind(phone.install(1)), Some(Kind::Untrusted));
    assert_eq!(phone.kept(), 0);
    remote.behave();
    phone.install(1).unwrap();
}

#[test]
fn what_an_attacker_sent_first_is_thrown_away() {
    let dir = tempfile::tempdir().unwrap();
    let remote = remote();
    let phone = Phone::new(dir.path(), &remote);
    let path = stream_path(coffee(1), "main");
    let mut altered = remote.file(&path);
    let honest = altered.clone();
    altered[1_000] ^= 1;
    remote.put(&path, altered);
    remote.answer("/s/", Manner::Breaks(300_000));
    assert_eq!(kind(phone.install(1)), Some(Kind::Offline));
    remote.put(&path, honest);
    remote.behave();
    remote.asked();
    phone.install(1).unwrap();
    assert_eq!(remote.asked(), [(path.clone(), 300_000), (path, 0)]);
    phone.has(coffee(1), &["main"]);
    assert_eq!(phone.kept(), 0);
}

#[test]
fn a_file_that_came_whole_before_the_end_is_not_asked_for_again() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = broken(&dir);
    // As if the process was killed between the last byte and the installation.
    let rest = remote.file(&stream_path(coffee(1), "main")).split_off(300_000);
    let sql = "INSERT INTO partial SELECT NULL, app, stream, path, 300000, ?1 FROM partial LIMIT 1";
    phone.store.database().write(|tx| tx.execute(sql, [&rest])).unwrap();
    phone.install(1).unwrap();
    assert_eq!(remote.asked(), []);
    phone.has(coffee(1), &["main"]);
}

#[test]
fn pieces_with_a_gap_count_up_to_the_gap() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = broken(&dir);
    phone
        .store
        .database()
        .write(|tx| tx.execute("DELETE FROM partial WHERE start > 0 AND start < 200000", []))
        .unwrap();
    assert!(phone.kept() < 300_000);
    phone.install(1).unwrap();
    let asked = remote.asked();
    assert!(asked.len() == 1 && (1..200_000).contains(&asked[0].1), "{asked:?}");
    phone.has(coffee(1), &["main"]);
}

#[test]
fn cancelling_keeps_what_came() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    let watch = Watch::default();
    watch.until.set(Some(100_000));
    let verified = phone.verified("coffee");
    let outcome = phone.install_with(&verified, 1, &[], &watch);
    assert!(matches!(outcome, Err(TransferError::Cancelled)), "{outcome:?}");
    assert_eq!((phone.kept(), phone.remote.sent()), (100_000, 100_000));
    watch.until.set(None);
    phone.remote.asked();
    phone.install_with(&verified, 1, &[], &watch).unwrap();
    assert_eq!(phone.remote.asked(), [(stream_path(coffee(1), "main"), 100_000)]);
}

#[test]
fn what_is_no_longer_wanted_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = broken(&dir);
    // Another release: its installation begins without the old one's bytes.
    remote.answer("/s/", Manner::Breaks(0));
    assert_eq!(kind(phone.install(2)), Some(Kind::Offline));
    assert_eq!(phone.kept(), 0);
    // A program that is removed takes its downloads along.
    remote.answer("/s/", Manner::Breaks(150_000));
    assert_eq!(kind(phone.install(2)), Some(Kind::Offline));
    assert_eq!(phone.kept(), 150_000);
    phone.store.remove("coffee").unwrap();
    assert_eq!(phone.kept(), 0);
}

#[test]
fn what_arrived_counts_in_the_quota_and_never_stands_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let remote = remote();
    // Room for one version, and not for a download beside it.
    let phone = Phone::with(dir.path(), &remote, 700_000, 1);
    phone.install(1).unwrap();
    let verified = phone.verified("coffee");
    remote.answer("/s/", Manner::Breaks(150_000));
    let outcome = phone.install_with(&verified, 1, &["order"], &());
    assert_eq!(kind(outcome), Some(Kind::Offline));
    assert!(phone.kept() < 100_000, "{}", phone.kept());
    phone.has(coffee(1), &["main"]);
    remote.behave();
    phone.install(2).unwrap();
    phone.has(coffee(2), &["main"]);
    assert_eq!(remote.asked().pop().unwrap().0, patch_path(coffee(1), coffee(2), "main"));
}
