//! `kill -9` during installation, 50 times: the store opens, and the old or the new version is whole.
//!
//! The test starts itself as a child that installs one version after another, and kills it: in one half of
//! the rounds once the database's log has grown to some size, in the other half some turns after the child
//! said that it begins.
#![allow(clippy::unwrap_used)] // in a test, a panic is the failure
#[path = "support/bundles.rs"]
mod bundles;

use lodger_bundle::{Bundle, Store, StoreOptions};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, TryRecvError, channel},
};

const KILLS: u32 = 50;
const OPTIONS: StoreOptions = StoreOptions { quota: 64 << 20 };
const DIR: &str = "LODGER_TEST_KILL_DIR";
const FIRST: &str = "LODGER_TEST_KILL_FIRST";

/// 300 files: 100 that all versions share, and 200 of 16 KiB of its own. That is more than SQLite keeps in
/// memory, so it writes to the log long before the commit.
fn version(code: u64) -> Bundle {
    let bodies: Vec<(String, Vec<u8>)> = (0..300_u64)
        .map(|at| {
            let seed = if at < 100 { at } else { code * 1000 + at };
            let words = if at < 100 { 512 } else { 2048 };
            (format!("f{at:03}"), seed.to_le_bytes().repeat(words))
        })
        .collect();
    let files: Vec<(&str, &[u8])> = bodies.iter().map(|(path, body)| (path.as_str(), &body[..])).collect();
    bundles::bundle("coffee", code, &files)
}

/// The child: does nothing unless it was started by the test below.
#[test]
fn child_installs_until_it_is_killed() {
    let (Some(dir), Ok(first)) = (std::env::var_os(DIR), std::env::var(FIRST)) else { return };
    let (store, _) = Store::open(Path::new(&dir), OPTIONS).unwrap();
    let mut out = std::io::stdout();
    for code in first.parse::<u64>().unwrap().. {
        let bundle = version(code);
        // A line of its own, whatever the test harness has printed before.
        writeln!(out, "\nbegin {code}").and_then(|()| out.flush()).unwrap();
        store.install(&bundle).unwrap();
        writeln!(out, "\ndone {code}").and_then(|()| out.flush()).unwrap();
    }
}

/// What the child has said so far.
struct Progress {
    lines: Receiver<(String, u64)>,
    begun: u64,
    done: u64,
}

impl Progress {
    fn start(dir: &Path, first: u64) -> (Child, Self) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_installs_until_it_is_killed", "--nocapture", "--test-threads=1"])
            .env(DIR, dir)
            .env(FIRST, first.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((word, code)) = line.split_once(' ')
                    && let Ok(code) = code.parse()
                {
                    let _ = send.send((word.to_owned(), code));
                }
            }
        });
        (child, Self { lines, begun: 0, done: first - 1 })
    }

    fn note(&mut self, (word, code): (String, u64)) {
        match word.as_str() {
            "begin" => self.begun = code,
            "done" => self.done = code,
            _ => {}
        }
    }

    fn look(&mut self) {
        loop {
            match self.lines.try_recv() {
                Ok(line) => self.note(line),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => panic!("the child ended by itself"),
            }
        }
    }

    fn wait_for_begin(&mut self, code: u64) {
        while self.begun < code {
            let line = self.lines.recv().expect("the child runs");
            self.note(line);
        }
    }

    /// What was said before the kill and read only after it.
    fn drain(&mut self) {
        while let Ok(line) = self.lines.recv() {
            self.note(line);
        }
    }
}

/// Frames in the log after the last commit: pages of a transaction that was cut off. (File format of SQLite,
/// section 4: header of 32 bytes with the salts at 16, frames of 24 bytes and a page.)
fn uncommitted_frames(wal: &[u8]) -> usize {
    if wal.len() < 32 {
        return 0;
    }
    let page = u32::from_be_bytes(wal[8..12].try_into().unwrap()) as usize;
    let frames = wal[32..].chunks_exact(24 + page).take_while(|frame| frame[8..16] == wal[16..24]);
    let commits: Vec<bool> = frames.map(|frame| frame[4..8] != [0; 4]).collect();
    commits.iter().rev().take_while(|commit| !**commit).count()
}

/// Numbers without a pattern, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn a_killed_installation_leaves_the_old_or_the_new_version_whole() {
    let dir = tempfile::tempdir().unwrap();
    let wal = dir.path().join("lodger.db-wal");
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut inside, mut hot, mut replaced) = (0, 0, 0);
    let mut current = 0;
    for round in 0..KILLS {
        let (mut child, mut progress) = Progress::start(dir.path(), current + 1);
        if round % 2 == 0 {
            let size = numbers.below(4 << 20);
            progress.wait_for_begin(current + 1);
            while fs::metadata(&wal).map_or(0, |found| found.len()) < size && progress.done == current {
                progress.look();
                std::thread::yield_now();
            }
        } else {
            progress.wait_for_begin(current + 1 + numbers.below(3));
            for _ in 0..numbers.below(20_000) {
                std::thread::yield_now();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        progress.drain();
        inside += u32::from(progress.begun > progress.done);
        hot += u32::from(uncommitted_frames(&fs::read(&wal).unwrap_or_default()) > 0);

        let (store, report) = Store::open(dir.path(), OPTIONS).unwrap();
        assert_eq!(report.set_aside, None);
        let found = store.current("coffee").unwrap();
        let code = found.as_ref().map_or(0, |found| found.version.code);
        assert!(
            code == progress.done || code == progress.begun,
            "{code}, {:?}",
            (progress.done, progress.begun)
        );
        replaced += u32::from(code != progress.done);
        if let Some(found) = found {
            let expected = version(code);
            assert_eq!(found.digest, expected.digest());
            for file in expected.index.files() {
                assert_eq!(store.read(&found.digest, &file.path).unwrap(), expected.blobs[&file.digest]);
            }
        }
        assert!(store.versions("coffee").unwrap().len() <= 2);
        // Every byte, every reference, and nothing left over.
        assert_eq!(store.check().unwrap(), Vec::<String>::new());
        current = code;
    }
    println!(
        "{KILLS} kills: {inside} inside an installation, {hot} with an uncommitted transaction in the log, \
         {replaced} after the commit but before it was reported"
    );
    assert!(inside > 0, "no kill hit an installation: the test shows nothing");
}
