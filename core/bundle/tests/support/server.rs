//! A repository's files in memory, behind the trait that the engine implements over HTTP.
use lodger_bundle::trust::{Fetch, FetchError};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

pub type Files = BTreeMap<String, Vec<u8>>;

/// Cheap to clone; clones are one server.
#[derive(Clone, Default)]
pub struct Server {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: Files,
    asked: Vec<String>,
    down: bool,
    endless: Option<String>,
}

impl Server {
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.state.lock().unwrap().files.insert(path.to_owned(), bytes.to_vec());
    }

    pub fn remove(&self, path: &str) {
        assert!(self.state.lock().unwrap().files.remove(path).is_some(), "{path}");
    }

    pub fn files(&self) -> Files {
        self.state.lock().unwrap().files.clone()
    }

    /// Goes back to earlier files, or to an attacker's.
    pub fn restore(&self, files: Files) {
        self.state.lock().unwrap().files = files;
    }

    pub fn set_down(&self, down: bool) {
        self.state.lock().unwrap().down = down;
    }

    /// From now on this file never ends.
    pub fn make_endless(&self, path: &str) {
        self.state.lock().unwrap().endless = Some(path.to_owned());
    }

    /// What was asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// The one file whose path starts and ends so.
    pub fn find(&self, start: &str, end: &str) -> String {
        let files = self.files();
        let mut found = files.keys().filter(|path| path.starts_with(start) && path.ends_with(end));
        let path = found.next().unwrap_or_else(|| panic!("no {start}…{end}")).clone();
        assert_eq!(found.next(), None);
        path
    }
}

impl Fetch for Server {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let mut state = self.state.lock().unwrap();
        state.asked.push(path.to_owned());
        if state.down {
            return Err(FetchError::Unreachable("the network is down".to_owned()));
        }
        if state.endless.as_deref() == Some(path) {
            // A careless implementation reads one more than it may: that is noticed too.
            return Ok(Some(vec![b'{'; usize::try_from(limit).unwrap() + 1]));
        }
        Ok(state.files.get(path).cloned())
    }
}
