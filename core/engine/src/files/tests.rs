//! The file system against a simple model, its limits, and `kill -9` in the middle of a write.
use super::{tree::MAX_BYTES, *};
use crate::{KeyStore, SystemClock};
use lodger_bundle::{Domains, StoreOptions, Version};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

struct Plain;
impl KeyStore for Plain {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(secret.to_vec())
    }
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(wrapped.to_vec())
    }
}

fn files(dir: &Path, session: &str) -> Arc<Files> {
    let (store, _) = Store::open(dir, StoreOptions { quota: 1 << 20 }).expect("opens");
    Files::migrate(store.database()).expect("migrates");
    let (vault, _) = Vault::open(store.database(), &Plain).expect("opens");
    let area = vault.area("ann", "coffee");
    let mut index = Index::template("coffee", Version { name: "1".into(), code: 1 });
    index.domains = Domains::default();
    Arc::new(Files::new(FilesOf {
        vault: Arc::new(vault),
        area,
        gate: Arc::default(),
        clock: Arc::new(SystemClock),
        digest: Digest::of(b""),
        index: Arc::new(index),
        session: session.to_owned(),
        store,
    }))
}

/// The reference: paths to contents, None for a folder. Says the same as the real one, by numbers.
#[derive(Default)]
struct Model(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

type Outcome = Result<Vec<u8>, u32>;

/// A path of the model: up to two names of one letter.
type Names = Vec<u8>;

impl Model {
    /// Some(None) for a folder.
    fn find(&self, names: &[u8]) -> Result<Option<Option<Vec<u8>>>, u32> {
        for end in 1..=names.len() {
            match self.0.get(&names[..end]) {
                None => return Ok(None),
                Some(Some(_)) if end < names.len() => return Err(1_300_020),
                Some(_) => {}
            }
        }
        Ok(Some(self.0.get(names).cloned().flatten()))
    }

    fn file(&self, names: &[u8]) -> Outcome {
        match self.find(names)? {
            None => Err(1_300_002),
            Some(None) => Err(1_301_003),
            Some(Some(bytes)) => Ok(bytes),
        }
    }

    /// Whether a file could be put at `names`, as `write` asks.
    fn parent(&self, names: &[u8]) -> Result<(), u32> {
        match self.find(&names[..names.len() - 1])? {
            None => Err(1_300_002),
            Some(Some(_)) => Err(1_300_020),
            Some(None) => Ok(()),
        }
    }

    fn is_folder(&self, names: &[u8]) -> bool {
        self.0.get(names) == Some(&None)
    }

    fn put(&mut self, names: &[u8], bytes: Vec<u8>) -> Outcome {
        self.parent(names)?;
        if self.is_folder(names) {
            return Err(1_301_003);
        }
        self.0.insert(names.to_vec(), Some(bytes));
        Ok(Vec::new())
    }

    fn change(&mut self, names: &[u8], work: impl FnOnce(&mut Vec<u8>)) -> Outcome {
        let mut bytes = self.file(names)?;
        work(&mut bytes);
        self.0.insert(names.to_vec(), Some(bytes));
        Ok(Vec::new())
    }

    fn below(&self, names: &[u8]) -> Vec<Names> {
        self.0.keys().filter(|key| key.len() > names.len() && key.starts_with(names)).cloned().collect()
    }

    fn apply(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Write(at, bytes) => self.put(at, bytes.clone()),
            Step::Append(at, bytes) => self.change(at, |old| old.extend_from_slice(bytes)),
            Step::Truncate(at, length) => self.change(at, |old| old.resize(*length, 0)),
            Step::WriteAt(at, position, bytes) => self.change(at, |old| {
                old.resize(old.len().max(position + bytes.len()), 0);
                old[*position..position + bytes.len()].copy_from_slice(bytes);
            }),
            Step::Read(at) => self.file(at),
            Step::Copy(from, to) => match self.file(from)? {
                _ if from == to => Ok(Vec::new()),
                bytes => self.put(to, bytes),
            },
            Step::MakeFolder(at, recursive) => {
                for end in 1..at.len() {
                    match self.0.get(&at[..end]) {
                        Some(None) => {}
                        Some(Some(_)) => return Err(1_300_020),
                        None if *recursive => drop(self.0.insert(at[..end].to_vec(), None)),
                        None => return Err(1_300_002),
                    }
                }
                match self.0.get(at) {
                    Some(None) if *recursive => {}
                    Some(_) => return Err(1_301_005),
                    None => drop(self.0.insert(at.clone(), None)),
                }
                Ok(Vec::new())
            }
            Step::RemoveFolder(at, recursive) => match self.find(at)? {
                None => Err(1_300_002),
                Some(Some(_)) => Err(1_300_020),
                Some(None) if !recursive && !self.below(at).is_empty() => Err(1_300_066),
                Some(None) => {
                    self.0.retain(|key, _| !key.starts_with(at));
                    Ok(Vec::new())
                }
            },
            Step::Unlink(at) => match self.find(at)? {
                None => Err(1_300_002),
                Some(None) => Err(1_300_001),
                Some(Some(_)) => {
                    self.0.remove(at);
                    Ok(Vec::new())
                }
            },
            Step::Rename(from, to) => {
                let Some(moved) = self.find(from)? else { return Err(1_300_002) };
                if from == to {
                    return Ok(Vec::new());
                }
                if moved.is_none() && to.starts_with(from) {
                    return Err(1_300_022);
                }
                self.parent(to)?;
                if self.0.get(to).is_some_and(|there| there.is_none() || moved.is_none()) {
                    return Err(1_301_005);
                }
                let mut keys = self.below(from);
                keys.push(from.clone());
                for key in keys {
                    let value = self.0.remove(&key).expect("listed");
                    self.0.insert([to, &key[from.len()..]].concat(), value);
                }
                Ok(Vec::new())
            }
            Step::List(at) => match self.find(at)? {
                None => Err(1_300_002),
                Some(Some(_)) => Err(1_300_020),
                Some(None) => {
                    let children = self.below(at).into_iter().filter(|key| key.len() == at.len() + 1);
                    Ok(children.filter_map(|key| key.last().copied()).collect())
                }
            },
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write(Names, Vec<u8>),
    Append(Names, Vec<u8>),
    Truncate(Names, usize),
    WriteAt(Names, usize, Vec<u8>),
    Read(Names),
    Copy(Names, Names),
    MakeFolder(Names, bool),
    RemoveFolder(Names, bool),
    Unlink(Names),
    Rename(Names, Names),
    List(Names),
}

fn path(names: &[u8]) -> String {
    names.iter().fold("wxfile://usr".to_owned(), |path, name| format!("{path}/{}", char::from(*name)))
}

fn real(files: &Files, step: &Step) -> Outcome {
    let nothing = |outcome: Result<(), Fault>| outcome.map(|()| Vec::new());
    let outcome = match step {
        Step::Write(at, bytes) => nothing(files.write_file(&path(at), bytes)),
        Step::Append(at, bytes) => nothing(files.append_file(&path(at), bytes)),
        Step::Truncate(at, length) => nothing(files.truncate_file(&path(at), *length as u64)),
        Step::WriteAt(at, position, bytes) => files.open_file(&path(at), "r+").and_then(|fd| {
            files.write_open(fd, Some(*position as u64), bytes)?;
            nothing(files.close_file(fd))
        }),
        Step::Read(at) => files.read_whole(&path(at), u64::MAX),
        Step::Copy(from, to) => nothing(files.copy_file(&path(from), &path(to))),
        Step::MakeFolder(at, recursive) => nothing(files.make_directory(&path(at), *recursive)),
        Step::RemoveFolder(at, recursive) => nothing(files.remove_directory(&path(at), *recursive)),
        Step::Unlink(at) => nothing(files.unlink(&path(at))),
        Step::Rename(from, to) => nothing(files.rename(&path(from), &path(to))),
        Step::List(at) => files.read_directory(&path(at)).map(|names| names.concat().into_bytes()),
    };
    outcome.map_err(|fault| fault.errno().unwrap_or(0))
}

fn step() -> impl Strategy<Value = Step> {
    let at = || prop::collection::vec(b'a'..b'c', 1..3);
    // Around the edges of the pieces that contents are kept in.
    let length = || prop::sample::select(vec![0_usize, 1, 100, 65_535, 65_536, 65_537, 140_000]);
    let bytes = || (length(), any::<u8>()).prop_map(|(length, byte)| vec![byte; length]);
    prop_oneof![
        4 => (at(), bytes()).prop_map(|(at, bytes)| Step::Write(at, bytes)),
        2 => (at(), bytes()).prop_map(|(at, bytes)| Step::Append(at, bytes)),
        4 => (at(), length()).prop_map(|(at, length)| Step::Truncate(at, length)),
        4 => (at(), length(), bytes()).prop_map(|(at, position, bytes)| Step::WriteAt(at, position, bytes)),
        4 => at().prop_map(Step::Read),
        2 => (at(), at()).prop_map(|(from, to)| Step::Copy(from, to)),
        4 => (at(), any::<bool>()).prop_map(|(at, recursive)| Step::MakeFolder(at, recursive)),
        1 => (at(), any::<bool>()).prop_map(|(at, recursive)| Step::RemoveFolder(at, recursive)),
        1 => at().prop_map(Step::Unlink),
        3 => (at(), at()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => at().prop_map(Step::List),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn it_does_what_the_model_does(steps in prop::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().expect("a folder");
        let mut model = Model::default();
        let first = files(dir.path(), "one");
        for step in &steps {
            prop_assert_eq!(real(&first, step), model.apply(step), "{:?}", step);
        }
        drop(first);
        let again = files(dir.path(), "two");
        for (names, content) in &model.0 {
            match content {
                Some(bytes) => prop_assert_eq!(&real(&again, &Step::Read(names.clone())), &Ok(bytes.clone())),
                None => prop_assert!(real(&again, &Step::List(names.clone())).is_ok()),
            }
        }
        prop_assert_eq!(real(&again, &Step::List(Vec::new())), model.apply(&Step::List(Vec::new())));
    }
}

#[test]
fn the_limit_holds_to_the_byte_and_a_refused_write_changes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let files = files(dir.path(), "one");
    files.write_file("wxfile://usr/a", b"old").expect("fits");
    files.write_file("wxfile://usr/big", b"").expect("fits");
    files.truncate_file("wxfile://usr/big", MAX_BYTES - 3).expect("fits to the byte");
    assert!(matches!(files.write_file("wxfile://usr/a", b"four"), Err(Fault::Full)));
    assert_eq!(files.read_whole("wxfile://usr/a", 9).expect("there"), b"old");
    assert!(matches!(files.append_file("wxfile://usr/big", b"x"), Err(Fault::Full)));
    assert!(matches!(files.truncate_file("wxfile://usr/a", u64::MAX), Err(Fault::Full)));
    let temporary = files.put_temporary(b"other", "png").expect("temporary files have a limit of their own");
    assert!(matches!(files.save_file(&temporary, None), Err(Fault::Full)));
    files.unlink("wxfile://usr/big").expect("there");
    files.save_file(&temporary, None).expect("there is room again");
    assert!(matches!(files.entry(&temporary), Err(Fault::NotFound)), "it moved");
}

#[test]
fn what_arrives_has_no_place_until_it_is_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let files = files(dir.path(), "one");
    let rows = |files: &Files| count(files.database(), &files.area).expect("readable");
    files.write_file("wxfile://usr/a", b"old").expect("fits");
    let before = rows(&files);
    let mut given_up = Arriving::new(Arc::clone(&files)).expect("begins");
    given_up.add(&vec![1; 3 << 20]).expect("fits");
    assert_eq!(files.read_whole("wxfile://usr/a", 9).expect("there"), b"old");
    drop(given_up);
    assert_eq!(rows(&files), before, "nothing is left behind");
    let mut whole = Arriving::new(Arc::clone(&files)).expect("begins");
    whole.add(b"new").expect("fits");
    assert_eq!(whole.place(Some("wxfile://usr/a"), "").expect("placed"), "wxfile://usr/a");
    assert_eq!(files.read_whole("wxfile://usr/a", 9).expect("there"), b"new");
    files.put_temporary(b"x", "").expect("fits");
    files.end().expect("ends");
    assert_eq!(rows(&files), before, "temporary files end with the session");
}

const DIR: &str = "LODGER_TEST_FILES_DIR";
const LENGTH: usize = 2 << 20;

/// The child: does nothing unless it was started by the test below.
#[test]
fn child_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let files = files(Path::new(&dir), "child");
    let mut out = std::io::stdout();
    for byte in (0..=255_u8).cycle() {
        writeln!(out, "\nbegin {byte}").and_then(|()| out.flush()).expect("the parent reads");
        files.write_file("wxfile://usr/f", &vec![byte; LENGTH]).expect("fits");
    }
}

#[test]
fn a_kill_in_a_write_leaves_the_old_or_the_new_content() {
    let dir = tempfile::tempdir().expect("a folder");
    files(dir.path(), "first").write_file("wxfile://usr/f", &vec![255; LENGTH]).expect("fits");
    for round in 0..8_usize {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([
                "--exact",
                "files::tests::child_writes_until_it_is_killed",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let begun =
            lines.by_ref().filter_map(|line| line.strip_prefix("begin ")?.parse().ok()).nth(round % 4);
        let begun: u8 = begun.expect("the child writes");
        child.kill().and_then(|()| child.wait()).expect("ends");
        // What it said between the line above and its end.
        let last = lines.filter_map(|line| line.strip_prefix("begin ")?.parse().ok()).last().unwrap_or(begun);
        let content = files(dir.path(), "parent").read_whole("wxfile://usr/f", LENGTH as u64).expect("whole");
        assert_eq!(content.len(), LENGTH);
        assert!(content.iter().all(|byte| *byte == content[0]), "a mixture");
        assert!(
            round % 4 == 0 || content[0] == last || content[0] == last.wrapping_sub(1),
            "{} of {last}",
            content[0]
        );
    }
}
