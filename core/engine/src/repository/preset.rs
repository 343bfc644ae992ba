//! A repository inside the host app, read as the network would be.
use super::Preset;
use lodger_bundle::trust::{Fetch, FetchError};
use std::sync::Arc;

/// Reads a preset; the network's rules of length hold here too.
pub(crate) struct PresetFetch(pub(crate) Arc<dyn Preset>);

impl Fetch for PresetFetch {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match self.0.read(path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(FetchError::TooLong),
            found => Ok(found),
        }
    }
}
