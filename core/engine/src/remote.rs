//! `/.lodger/fetch/<url>`: remote images, fonts and media, under the program's lists, kept in memory for a while.
//!
//! Answers are only ever of types that no engine runs as a script or shows as a page (attack row 40).
use crate::{
    outgoing::{self, Outgoing},
    resource::Reply,
    session::Inner,
    url_policy::UrlUse,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Longest remote file.
const MAX_BODY: u64 = 16 << 20;
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest file that is kept, and all that are kept.
const MAX_ENTRY: usize = 4 << 20;
const MAX_CACHE: usize = 16 << 20;

/// What one session has fetched lately; the most recently used is last.
#[derive(Default)]
pub(crate) struct RemoteCache {
    entries: Mutex<VecDeque<Entry>>,
}

#[derive(Clone)]
struct Entry {
    url: String,
    mime: String,
    bytes: Arc<Vec<u8>>,
}

impl RemoteCache {
    fn get(&self, url: &str) -> Option<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let at = entries.iter().position(|entry| entry.url == url)?;
        let entry = entries.remove(at)?;
        entries.push_back(entry.clone());
        Some(entry)
    }

    fn put(&self, entry: Entry) {
        if entry.bytes.len() > MAX_ENTRY {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|other| other.url != entry.url);
        entries.push_back(entry);
        let mut total: usize = entries.iter().map(|entry| entry.bytes.len()).sum();
        while total > MAX_CACHE {
            total -= entries.pop_front().map_or(total, |entry| entry.bytes.len());
        }
    }
}

/// Fetches one file for the page.
pub(crate) async fn fetch(inner: &Inner, url: &str) -> Reply {
    let refuse = |status, why| inner.policies.refusal(status, why);
    if inner.shared.config.disabled_capabilities.contains("network") {
        return refuse(403, "The host has switched the network off for programs.");
    }
    let listed = |purpose| inner.policy.check(purpose, url).ok();
    // What it is shows only in the answer: go by the list that has it, and check again then.
    let (purpose, allowed) = match (listed(UrlUse::Image), listed(UrlUse::Media)) {
        (Some(allowed), _) => (UrlUse::Image, allowed),
        (None, Some(allowed)) => (UrlUse::Media, allowed),
        (None, None) => {
            return refuse(403, "The address is not in the program's lists for images and media.");
        }
    };
    let url = allowed.url.to_string();
    if let Some(Entry { mime, bytes, .. }) = inner.remote.get(&url) {
        return inner.policies.remote(&mime, bytes);
    }
    let Ok(_turn) = inner.requests.acquire().await else { return refuse(410, "The session is closed.") };
    let outgoing = Outgoing {
        purpose,
        url: url.clone(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: TIMEOUT,
        max_body: MAX_BODY,
    };
    let Ok((response, origin)) = outgoing::send(inner, outgoing).await else {
        return refuse(502, "The remote file could not be fetched.");
    };
    if response.status != 200 {
        return refuse(404, "The remote server does not have this file.");
    }
    let mime = outgoing::header(&response, "content-type").and_then(harmless);
    let Some((mime, kind)) = mime else {
        return refuse(403, "The remote file is no image, font or media file.");
    };
    if kind != purpose && inner.policy.check(kind, &origin.to_string()).is_err() {
        return refuse(403, "The address is not in the program's list for this type of file.");
    }
    let bytes = Arc::new(response.body);
    inner.remote.put(Entry { url, mime: mime.clone(), bytes: Arc::clone(&bytes) });
    inner.policies.remote(&mime, bytes)
}

/// The type without parameters, and the list it falls under; None for everything that is not an image, a font, media
/// or plain bytes.
fn harmless(content_type: &str) -> Option<(String, UrlUse)> {
    let mime = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let (family, name) = mime.split_once('/')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-._".contains(&b);
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let kind = match (family, name) {
        ("image" | "font", _) => UrlUse::Image,
        ("audio" | "video", _) => UrlUse::Media,
        ("application", "octet-stream" | "vnd.ms-fontobject") | ("binary", "octet-stream") => UrlUse::Image,
        ("application", name) if name.starts_with("font-") || name.starts_with("x-font-") => UrlUse::Image,
        _ => return None,
    };
    Some((mime, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_types_pass() {
        for (given, expected) in [
            ("image/PNG; charset=x", Some("image/png")),
            ("font/woff2", Some("font/woff2")),
            ("application/x-font-ttf", Some("application/x-font-ttf")),
            ("application/octet-stream", Some("application/octet-stream")),
            ("text/html", None),
            ("text/javascript", None),
            ("application/javascript", None),
            ("application/json", None),
            ("application/xhtml+xml", None),
            ("application/wasm", None),
            ("text/css", None),
            ("", None),
            ("image/", None),
            ("image/png\r\nX: y", None),
        ] {
            assert_eq!(harmless(given).map(|(mime, _)| mime).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn the_cache_forgets_the_least_recently_used() {
        let cache = RemoteCache::default();
        let entry = |n: usize| Entry {
            url: n.to_string(),
            mime: "image/png".into(),
            bytes: Arc::new(vec![0; MAX_ENTRY]),
        };
        (0..4).for_each(|n| cache.put(entry(n)));
        assert!(cache.get("0").is_some());
        cache.put(entry(4));
        assert!(cache.get("1").is_none());
        assert!(cache.get("0").is_some());
        cache.put(Entry { bytes: Arc::new(vec![0; MAX_ENTRY + 1]), ..entry(5) });
        assert!(cache.get("5").is_none());
    }
}
