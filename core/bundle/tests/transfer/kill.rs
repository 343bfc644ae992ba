//! `kill -9` during updates, 200 times: the store opens, the old or the new release is whole, and the update that was
//! cut off goes on.
//!
//! The test starts itself as a child that makes one update after another, and kills it: in one half of the rounds once
//! the database's log has grown to some size, in the other half some turns after the child said that it begins.
use crate::{
    programs::{noise, program},
    released::{Phone, publish},
    remote::Remote,
};
use lodger_bundle::Bundle;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, TryRecvError, channel},
};

const KILLS: u32 = 200;
const VERSIONS: u64 = 3;
const DIR: &str = "LODGER_TEST_KILL_DIR";
const REPOSITORY: &str = "LODGER_TEST_KILL_REPOSITORY";
const FIRST: &str = "LODGER_TEST_KILL_FIRST";

/// 300 KB of its own in the main package, and a subpackage: what arrives is kept twice on the way.
fn version(code: u64) -> Bundle {
    let names: Vec<String> = (0..80).map(|at| format!("f{at:03}")).collect();
    let seed = |at: u64| if at < 20 { at } else { code * 1000 + at };
    let files: Vec<(&str, Vec<u8>)> =
        (0..).zip(&names).map(|(at, name)| (name.as_str(), noise(seed(at), 5_000))).collect();
    program("coffee", code, &[("main", &files), ("order", &[("page", noise(code, 60_000))])])
}

/// The versions in turn, so that some updates come by patches and some whole.
fn code(step: u64) -> u64 {
    step % VERSIONS + 1
}

/// The child: does nothing unless it was started by the test below.
#[test]
fn child_updates_until_it_is_killed() {
    let [Some(dir), Some(repository)] = [DIR, REPOSITORY].map(std::env::var_os) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let phone = Phone::new(Path::new(&dir), &Remote::over(Path::new(&repository)));
    let verified = phone.verified("coffee");
    let mut out = std::io::stdout();
    // A line of its own, whatever the test harness has printed before.
    let mut say =
        |word: &str, step: u64| writeln!(out, "\n{word} {step}").and_then(|()| out.flush()).unwrap();
    for step in first.. {
        say("begin", step);
        let installed = phone.install_with(&verified, code(step), &[], &()).unwrap();
        phone.transfers.add_package(&installed.digest, "order", &phone.fetch(), &()).unwrap();
        if phone.remote.asked().iter().any(|(_, from)| *from > 0) {
            say("resumed", step);
        }
        say("done", step);
    }
}

/// What the child has said so far.
struct Progress {
    lines: Receiver<(String, u64)>,
    begun: u64,
    done: u64,
    resumed: u32,
}

impl Progress {
    fn start(dir: &Path, repository: &Path, first: u64) -> (Child, Self) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child_updates_until_it_is_killed", "--nocapture", "--test-threads=1"])
            .env(DIR, dir)
            .env(REPOSITORY, repository)
            .env(FIRST, first.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((word, step)) = line.split_once(' ')
                    && let Ok(step) = step.parse()
                {
                    let _ = send.send((word.to_owned(), step));
                }
            }
        });
        (child, Self { lines, begun: 0, done: first - 1, resumed: 0 })
    }

    fn note(&mut self, (word, step): (String, u64)) {
        match word.as_str() {
            "begin" => self.begun = step,
            "done" => self.done = step,
            "resumed" => self.resumed += 1,
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

    fn wait_for_begin(&mut self, step: u64) {
        while self.begun < step {
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
fn a_killed_update_leaves_the_old_or_the_new_release_whole_and_goes_on() {
    let versions: Vec<Bundle> = (1..=VERSIONS).map(version).collect();
    let (dir, repository) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(repository.path(), &versions);
    let remote = Remote::over(repository.path());
    let wal = dir.path().join("lodger.db-wal");
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut inside, mut hot, mut partial, mut replaced, mut resumed) = (0, 0, 0, 0, 0);
    // The last step that is known to be done; 0: nothing is installed.
    let mut current = 0;
    for round in 0..KILLS {
        let (mut child, mut progress) = Progress::start(dir.path(), repository.path(), current + 1);
        if round % 2 == 0 {
            let size = numbers.below(2 << 20);
            progress.wait_for_begin(current + 1);
            while fs::metadata(&wal).map_or(0, |found| found.len()) < size && progress.done == current {
                progress.look();
                std::thread::yield_now();
            }
        } else {
            progress.wait_for_begin(current + 1 + numbers.below(2));
            for _ in 0..numbers.below(20_000) {
                std::thread::yield_now();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        progress.drain();
        inside += u32::from(progress.begun > progress.done);
        resumed += progress.resumed;
        hot += u32::from(uncommitted_frames(&fs::read(&wal).unwrap_or_default()) > 0);

        let phone = Phone::new(dir.path(), &remote);
        partial += u32::from(phone.kept() > 0);
        // The model: what was done is there, or what was begun.
        let found = phone.store.current("coffee").unwrap();
        let begun = progress.begun.max(progress.done);
        if let Some(found) = &found {
            let bundle = &versions[usize::try_from(found.version.code - 1).unwrap()];
            assert_eq!(found.digest, bundle.digest());
            let is = |step: u64| step > 0 && code(step) == found.version.code;
            assert!(is(progress.done) || is(begun), "{found:?} after {} and {begun}", progress.done);
            let order = phone.store.has_package(&found.digest, "order").unwrap();
            assert!(order || !is(progress.done), "what was done is not lost");
            phone.has(bundle, if order { &["main", "order"] } else { &["main"] });
            replaced += u32::from(!is(progress.done));
        } else {
            assert_eq!(progress.done, 0);
        }
        assert!(phone.store.versions("coffee").unwrap().len() <= 2);
        current = progress.done;
    }
    println!(
        "{KILLS} kills: {inside} inside an update, {hot} with an uncommitted transaction in the log, {partial} with a \
         part of a download, {replaced} after the installation but before the end; {resumed} updates went on"
    );
    assert!(inside > 0 && partial > 0 && resumed > 0, "the kills hit nothing: the test shows nothing");
    // And in the end it is what it would have been without a kill, with nothing left over.
    let phone = Phone::new(dir.path(), &remote);
    let last = phone.install_with(&phone.verified("coffee"), code(current + 1), &["order"], &()).unwrap();
    phone.has(&versions[usize::try_from(last.version.code - 1).unwrap()], &["main", "order"]);
    assert_eq!(phone.kept(), 0);
}
