//! Several who want the same, and how many download at once.
use crate::{
    Watch, coffee,
    programs::program,
    released::{Phone, released},
    remote,
    remote::{Manner, Remote},
    stream_path,
};
use lodger_bundle::{Control, TransferError};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    thread,
};

/// Can be looked at, and told to give up, from another thread.
#[derive(Default)]
struct Shared {
    received: AtomicU64,
    cancelled: AtomicBool,
}

impl Control for Shared {
    fn progress(&self, received: u64, _: u64) {
        self.received.store(received, SeqCst);
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(SeqCst)
    }
}

fn until(done: impl Fn() -> bool) {
    while !done() {
        thread::yield_now();
    }
}

#[test]
fn two_who_want_the_same_share_one_download() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    phone.remote.answer("/s/", Manner::Waits(200_000));
    let controls = [Shared::default(), Shared::default()];
    thread::scope(|scope| {
        for control in &controls {
            let verified = phone.verified("coffee");
            let phone = &phone;
            scope.spawn(move || phone.install_with(&verified, 1, &[], control).unwrap());
        }
        // Both have heard what came before the wait: one by downloading, one by waiting for it.
        until(|| controls.iter().all(|control| control.received.load(SeqCst) == 200_000));
        phone.remote.let_go();
    });
    assert_eq!(phone.remote.asked(), [(stream_path(coffee(1), "main"), 0)]);
    phone.has(coffee(1), &["main"]);
    let length = phone.remote.file(&stream_path(coffee(1), "main")).len() as u64;
    assert!(controls.iter().all(|control| control.received.load(SeqCst) == length));
}

#[test]
fn who_waits_goes_on_when_the_other_gives_up() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    phone.remote.answer("/s/", Manner::Waits(200_000));
    let (first, second) = (Shared::default(), Shared::default());
    let verified = [phone.verified("coffee"), phone.verified("coffee")];
    thread::scope(|scope| {
        let leads = scope.spawn(|| phone.install_with(&verified[0], 1, &[], &first));
        phone.remote.until_waiting(1);
        let waits = scope.spawn(|| phone.install_with(&verified[1], 1, &[], &second));
        until(|| second.received.load(SeqCst) == 200_000);
        first.cancelled.store(true, SeqCst);
        phone.remote.let_go();
        assert!(matches!(leads.join().unwrap(), Err(TransferError::Cancelled)));
        waits.join().unwrap().unwrap();
    });
    let asked = phone.remote.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].1 >= 200_000, "it goes on where the first one ended: {asked:?}");
    phone.has(coffee(1), &["main"]);
}

#[test]
fn who_waits_may_give_up_alone_and_fails_with_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::new(dir.path(), &remote());
    phone.remote.answer("/s/", Manner::Waits(200_000));
    // What comes after the wait is refused.
    let path = stream_path(coffee(1), "main");
    let mut altered = phone.remote.file(&path);
    *altered.last_mut().unwrap() ^= 1;
    phone.remote.put(&path, altered);
    let controls = [Shared::default(), Shared::default(), Shared::default()];
    let verified: Vec<_> = (0..3).map(|_| phone.verified("coffee")).collect();
    thread::scope(|scope| {
        let run = |at: usize| phone.install_with(&verified[at], 1, &[], &controls[at]);
        let leads = scope.spawn(move || run(0));
        phone.remote.until_waiting(1);
        let [waits, leaves] = [1, 2].map(|at| scope.spawn(move || run(at)));
        until(|| controls[1..].iter().all(|control| control.received.load(SeqCst) == 200_000));
        controls[2].cancelled.store(true, SeqCst);
        assert!(matches!(leaves.join().unwrap(), Err(TransferError::Cancelled)));
        phone.remote.let_go();
        let says = |outcome: Result<_, TransferError>| outcome.unwrap_err().to_string();
        let (one, other) = (says(leads.join().unwrap()), says(waits.join().unwrap()));
        assert!(one.contains("signed") && one == other, "{one}; {other}");
    });
    assert_eq!(phone.remote.asked().len(), 1);
    // Whoever comes later tries for himself.
    assert!(phone.install(1).is_err());
    assert_eq!(phone.remote.asked().len(), 1);
}

#[test]
fn so_many_download_at_once_and_no_more() {
    let apps = ["a", "b", "c", "d"];
    let bundles: Vec<_> =
        apps.iter().map(|app| program(app, 1, &[("main", &[("x", app.as_bytes().to_vec())])])).collect();
    let remote = Remote::new(released(&bundles));
    remote.answer("/s/", Manner::Waits(0));
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::with(dir.path(), &remote, 1 << 20, 2);
    let verified: Vec<_> = apps.iter().map(|app| phone.verified(app)).collect();
    let watch = || Watch::default();
    thread::scope(|scope| {
        let phone = &phone;
        for verified in &verified {
            scope.spawn(move || phone.install_with(verified, 1, &[], &watch()).unwrap());
        }
        phone.remote.until_waiting(2);
        phone.remote.let_go();
    });
    assert_eq!(remote.most_waiting(), 2);
    assert_eq!(remote.asked().len(), 4);
}
