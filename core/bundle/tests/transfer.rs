//! Transfers from outside: what `lodger-server` published, over a server that may do anything.
#![allow(clippy::unwrap_used)] // support code is not in #[test] functions

#[path = "support/disk.rs"]
mod disk;
#[path = "support/programs.rs"]
mod programs;
#[path = "support/released.rs"]
mod released;
#[path = "support/remote.rs"]
mod remote;

#[path = "transfer/faults.rs"]
mod faults;
#[path = "transfer/honest.rs"]
mod honest;
#[path = "transfer/hostile.rs"]
mod hostile;
#[path = "transfer/kill.rs"]
mod kill;
#[path = "transfer/resume.rs"]
mod resume;
#[path = "transfer/together.rs"]
mod together;
#[path = "transfer/whole.rs"]
mod whole;

use lodger_bundle::{Bundle, Control, Digest, FileEntry, Package};
use std::{
    cell::{Cell, RefCell},
    sync::LazyLock,
};

/// Versions 1 to 3 of `coffee`, published in this order.
static COFFEE: LazyLock<(Vec<Bundle>, remote::Files)> = LazyLock::new(|| {
    let bundles: Vec<Bundle> = (1..=3).map(programs::coffee).collect();
    let files = released::released(&bundles);
    (bundles, files)
});

fn coffee(code: usize) -> &'static Bundle {
    &COFFEE.0[code - 1]
}

fn remote() -> remote::Remote {
    remote::Remote::new(COFFEE.1.clone())
}

/// `s/…` of a package, as it stands in the repository.
fn stream_path(bundle: &Bundle, package: &str) -> String {
    format!("apps/coffee/s/{}.zst", bundle.index.package(package).unwrap().stream_digest)
}

/// `p/…` of a package.
fn patch_path(from: &Bundle, to: &Bundle, package: &str) -> String {
    let digest = |bundle: &Bundle| bundle.index.package(package).unwrap().stream_digest;
    format!("apps/coffee/p/{}-{}.zst", digest(from), digest(to))
}

/// A package with these files, by lengths and digests.
fn package(files: &[(u64, Digest)]) -> Package {
    let file = |(length, digest): &(u64, Digest)| FileEntry {
        path: String::new(),
        length: *length,
        digest: *digest,
        mime: String::new(),
    };
    Package {
        name: "main".to_owned(),
        root: String::new(),
        independent: false,
        files: files.iter().map(file).collect(),
        stream_length: files.iter().fold(0, |sum, file| file.0.saturating_add(sum)),
        stream_digest: Digest::of(b"named by it, not proved by it"),
    }
}

/// Writes down the progress, and gives up after some bytes.
#[derive(Default)]
struct Watch {
    seen: RefCell<Vec<(u64, u64)>>,
    until: Cell<Option<u64>>,
}

impl Control for Watch {
    fn progress(&self, received: u64, total: u64) {
        assert!(received <= total, "{received} of {total}");
        self.seen.borrow_mut().push((received, total));
    }

    fn cancelled(&self) -> bool {
        let received = self.seen.borrow().last().map_or(0, |last| last.0);
        self.until.get().is_some_and(|until| received >= until)
    }
}
