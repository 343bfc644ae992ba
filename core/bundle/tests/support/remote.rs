//! A web server in memory that answers in pieces, knows ranges, and misbehaves when told to.
use lodger_bundle::trust::{Fetch, FetchError, Sink};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
};

pub type Files = BTreeMap<String, Vec<u8>>;
type Change = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// How a file is answered.
#[derive(Clone)]
pub enum Manner {
    /// The connection breaks after this many bytes.
    Breaks(usize),
    /// The connection ends as if all were said, without a length, after this many bytes.
    Ends(usize),
    /// Every answer has the whole file.
    NoRanges,
    /// The answer begins elsewhere than asked for.
    Elsewhere,
    /// The length is not said.
    NoLength,
    /// It never ends.
    Endless,
    /// Other bytes.
    Changed(Change),
    /// There is no such file.
    Gone,
    /// After this many bytes the answer waits until [`Remote::let_go`].
    Waits(usize),
}

/// Cheap to clone; clones are one server.
#[derive(Clone, Default)]
pub struct Remote {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    files: Files,
    /// Where other files are.
    folder: Option<PathBuf>,
    /// By a part of the path.
    manners: Vec<(String, Manner)>,
    asked: Vec<(String, u64)>,
    sent: u64,
    waiting: usize,
    most_waiting: usize,
    go: bool,
}

const PIECE: usize = 10_000;

impl Remote {
    pub fn new(files: Files) -> Self {
        let remote = Self::default();
        remote.shared.state.lock().unwrap().files = files;
        remote
    }

    pub fn over(folder: &Path) -> Self {
        let remote = Self::default();
        remote.shared.state.lock().unwrap().folder = Some(folder.to_owned());
        remote
    }

    fn find(&self, path: &str) -> Option<Vec<u8>> {
        let state = self.shared.state.lock().unwrap();
        let on_disk = || fs::read(state.folder.as_ref()?.join(path)).ok();
        state.files.get(path).cloned().or_else(on_disk)
    }

    pub fn file(&self, path: &str) -> Vec<u8> {
        self.find(path).unwrap_or_else(|| panic!("no {path}"))
    }

    pub fn put(&self, path: &str, bytes: Vec<u8>) {
        self.shared.state.lock().unwrap().files.insert(path.to_owned(), bytes);
    }

    /// Files whose path contains `part` are answered so; the last word holds.
    pub fn answer(&self, part: &str, manner: Manner) {
        self.shared.state.lock().unwrap().manners.push((part.to_owned(), manner));
    }

    pub fn change(&self, part: &str, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) {
        self.answer(part, Manner::Changed(Arc::new(change)));
    }

    pub fn behave(&self) {
        self.shared.state.lock().unwrap().manners.clear();
    }

    /// Streams and patches asked for since the last time, with where from.
    pub fn asked(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut self.shared.state.lock().unwrap().asked)
    }

    /// Bytes of streams and patches sent since the last time.
    pub fn sent(&self) -> u64 {
        std::mem::take(&mut self.shared.state.lock().unwrap().sent)
    }

    /// Blocks until so many answers wait.
    pub fn until_waiting(&self, count: usize) {
        let state = self.shared.state.lock().unwrap();
        drop(self.shared.changed.wait_while(state, |state| state.waiting < count).unwrap());
    }

    pub fn most_waiting(&self) -> usize {
        self.shared.state.lock().unwrap().most_waiting
    }

    pub fn let_go(&self) {
        self.shared.state.lock().unwrap().go = true;
        self.shared.changed.notify_all();
    }

    fn wait(&self) {
        let mut state = self.shared.state.lock().unwrap();
        state.waiting += 1;
        state.most_waiting = state.most_waiting.max(state.waiting);
        self.shared.changed.notify_all();
        let mut state = self.shared.changed.wait_while(state, |state| !state.go).unwrap();
        state.waiting -= 1;
    }
}

impl Fetch for Remote {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match self.find(path) {
            Some(file) if file.len() as u64 > limit => Err(FetchError::TooLong),
            other => Ok(other),
        }
    }

    fn read(&self, path: &str, from: u64, limit: u64, sink: &mut dyn Sink) -> Result<Option<()>, FetchError> {
        let manner = {
            let mut state = self.shared.state.lock().unwrap();
            state.asked.push((path.to_owned(), from));
            let manner = state.manners.iter().rev().find(|(part, _)| path.contains(part));
            manner.map(|(_, manner)| manner.clone())
        };
        let Some(mut file) = self.find(path).filter(|_| !matches!(manner, Some(Manner::Gone))) else {
            return Ok(None);
        };
        if let Some(Manner::Changed(change)) = &manner {
            file = change(file);
        }
        let endless = matches!(manner, Some(Manner::Endless));
        if endless {
            file.resize(usize::try_from(limit).unwrap() + 3 * PIECE, 0);
        }
        let begin = if matches!(manner, Some(Manner::NoRanges)) { 0 } else { usize::try_from(from).unwrap() };
        assert!(begin <= file.len(), "the range lies within the file");
        let said = if matches!(manner, Some(Manner::Elsewhere)) { 7 } else { begin as u64 };
        let silent = endless || matches!(manner, Some(Manner::NoLength | Manner::Ends(_)));
        if !sink.start(said, (!silent).then_some(file.len() as u64)) {
            return Err(FetchError::Cancelled);
        }
        let (mut sent, mut waited) = (0, false);
        for piece in file[begin..].chunks(PIECE) {
            let rest = match manner {
                Some(Manner::Breaks(at) | Manner::Ends(at)) => at.saturating_sub(sent),
                Some(Manner::Waits(at)) if !waited => at.saturating_sub(sent),
                _ => usize::MAX,
            };
            let now = &piece[..piece.len().min(rest)];
            sent += now.len();
            self.shared.state.lock().unwrap().sent += now.len() as u64;
            if !now.is_empty() && !sink.bytes(now) {
                return Err(FetchError::Cancelled);
            }
            if now.len() < piece.len() {
                match manner {
                    Some(Manner::Breaks(_)) => {
                        return Err(FetchError::Unreachable("the connection broke".to_owned()));
                    }
                    Some(Manner::Ends(_)) => return Ok(Some(())),
                    _ => self.wait(),
                }
                waited = true;
                if !sink.bytes(&piece[now.len()..]) {
                    return Err(FetchError::Cancelled);
                }
            }
        }
        Ok(Some(()))
    }
}
