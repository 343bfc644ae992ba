//! `/.lodger/file/<space>/<path>`: the session's own files for pictures, sound and film of its pages, by ranges.
//!
//! Only types that no engine runs as a script or shows as a page; what a file holds never decides (attack row 40).
use super::{
    Fault, Files, Place,
    operations::{Entry, Source},
    tree::Node,
};
use crate::{
    resource::{Body, Reply},
    session::Inner,
};
use std::{fmt, sync::Arc};

/// A range of one file, read when it is asked for.
#[derive(Clone)]
pub(crate) struct StoredBody {
    files: Arc<Files>,
    file: Node,
    start: u64,
    length: u64,
}

impl fmt::Debug for StoredBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredBody({} bytes)", self.length)
    }
}

impl StoredBody {
    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    /// At most `length` bytes from `offset` of the range; nothing once the file is gone. Blocks on the disk.
    pub(crate) fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let length = length.min(self.length.saturating_sub(offset));
        self.files.look(|tree| match tree.by_id(self.file.id)? {
            Some(file) => tree.read(&file, self.start.saturating_add(offset), length),
            None => Ok(Vec::new()),
        })
    }
}

/// Answers one request. `path` is decoded; `range` is the header, if there was one. Blocks on the disk.
pub(crate) fn serve(inner: &Inner, path: &str, range: Option<&str>) -> Reply {
    let refuse = |status, why| inner.policies.refusal(status, why);
    let text = format!("wxfile://{path}");
    let file = match Place::parse(&text) {
        Ok(Place::Stored(..)) => inner.files.file(&text),
        _ => Err(Fault::NotFound),
    };
    let Ok(Entry { source: Source::Stored(file), .. }) = file else {
        return refuse(404, "The session has no such file.");
    };
    let mime = mime_of(path);
    let body =
        |start, length| Body::Stored(StoredBody { files: Arc::clone(&inner.files), file, start, length });
    match range.map(|range| read_range(range, file.size)) {
        None | Some(Range::Whole) => inner.policies.file(200, mime, None, body(0, file.size)),
        Some(Range::Part { first, last }) => {
            let content = format!("bytes {first}-{last}/{}", file.size);
            inner.policies.file(206, mime, Some(content), body(first, last - first + 1))
        }
        Some(Range::Outside) => refuse(416, "The file is shorter than the range."),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { first: u64, last: u64 },
    Outside,
}

/// Reads a `Range` header (RFC 9110, 14.1.2). What is malformed or has several ranges counts as not there.
fn read_range(text: &str, size: u64) -> Range {
    let digits = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Range::Whole;
    };
    match (digits(from), digits(to)) {
        (Some(first), None) if to.is_empty() && first < size => Range::Part { first, last: size - 1 },
        (Some(first), Some(last)) if first <= last && first < size => {
            Range::Part { first, last: last.min(size - 1) }
        }
        (None, Some(count)) if from.is_empty() && count > 0 && size > 0 => {
            Range::Part { first: size.saturating_sub(count), last: size - 1 }
        }
        (Some(first), None) if to.is_empty() && first >= size => Range::Outside,
        (Some(first), Some(last)) if first <= last => Range::Outside,
        _ => Range::Whole,
    }
}

/// The type of a file by its name's end: a harmless one, whatever the end.
pub(crate) fn mime_of(path: &str) -> &'static str {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    match end.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "svg" => "image/svg+xml",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "wav" => "audio/wav",
        "ogg" | "oga" => "audio/ogg",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_in_rfc_9110() {
        let part = |first, last| Range::Part { first, last };
        for (text, range) in [
            ("bytes=0-99", part(0, 9)),
            ("bytes=3-", part(3, 9)),
            ("bytes=-4", part(6, 9)),
            ("bytes=-40", part(0, 9)),
            ("bytes=10-", Range::Outside),
            ("bytes=12-14", Range::Outside),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("bytes=+1-2", Range::Whole),
            ("lines=0-1", Range::Whole),
            ("bytes=99999999999999999999-", Range::Outside),
        ] {
            assert_eq!(read_range(text, 10), range, "{text}");
        }
        assert_eq!(read_range("bytes=0-", 0), Range::Outside);
    }

    #[test]
    fn row_40_no_name_gives_a_type_that_runs() {
        for name in [
            "usr/a.html",
            "usr/a.js",
            "usr/a.JS",
            "usr/a.xhtml",
            "usr/a.wasm",
            "usr/a.css",
            "usr/a",
            "usr/a.json",
        ] {
            assert_eq!(mime_of(name), "application/octet-stream", "{name}");
        }
    }
}
