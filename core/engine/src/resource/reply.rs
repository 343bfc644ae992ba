//! Replies and their headers: the content security policy stands here and nowhere else.
use crate::files::StoredBody;
use std::sync::Arc;

/// Bytes of a reply; shared, never copied to be kept.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Static(&'static [u8]),
    Shared(Arc<Vec<u8>>),
    /// A range of a user file.
    Stored(StoredBody),
}

impl Body {
    /// At most `length` bytes from `offset`; empty at the end. None if they cannot be read. May block on the disk.
    pub(crate) fn read(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let bytes: &[u8] = match self {
            Self::Static(bytes) => bytes,
            Self::Shared(bytes) => bytes,
            Self::Stored(stored) => return stored.read(offset, length as u64).ok(),
        };
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Some(bytes[start..][..length.min(bytes.len() - start)].to_vec())
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Static(bytes) => bytes.len() as u64,
            Self::Shared(bytes) => bytes.len() as u64,
            Self::Stored(stored) => stored.len(),
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Shared(Arc::new(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Arc<Vec<u8>>> for Body {
    fn from(bytes: Arc<Vec<u8>>) -> Self {
        Self::Shared(bytes)
    }
}

/// A whole answer, before it gets a handle.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub mime: String,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

impl Reply {
    pub(crate) fn without_body(mut self) -> Self {
        self.body = Body::Static(b"");
        self
    }
}

/// The security headers of one session.
pub(crate) struct Policies {
    page: String,
}

impl Policies {
    /// `media` and `frames` are sources in CSP's form, already checked.
    pub(crate) fn new(origin: &str, media: &[String], frames: &[String]) -> Self {
        let scripts = format!("{origin}/p/ {origin}/.lodger/rt/");
        let media: String = media.iter().map(|source| format!(" {source}")).collect();
        let frames = if frames.is_empty() { "'none'".to_owned() } else { frames.join(" ") };
        Self {
            page: format!(
                "default-src 'none'; script-src {scripts}; worker-src {scripts}; style-src 'self' 'unsafe-inline'; \
                 img-src 'self' data: blob:; font-src 'self' data: blob:; connect-src 'self'; \
                 media-src 'self' blob:{media}; frame-src {frames}; form-action 'none'; base-uri 'none'"
            ),
        }
    }

    /// The start document: never kept, it carries the launch object.
    pub(crate) fn document(&self, html: String) -> Reply {
        self.reply(200, "text/html; charset=utf-8", &self.page, "no-store", html.into())
    }

    /// Files of the bundle and of the base library. The same path holds other bytes after an update.
    pub(crate) fn code(&self, mime: &str, body: Body) -> Reply {
        self.reply(200, mime, &self.page, "no-cache", body)
    }

    /// What `/.lodger/{sync,blob,events,hello}` answer: never kept, never run.
    pub(crate) fn data(&self, mime: &str, body: impl Into<Body>) -> Reply {
        self.reply(200, mime, "sandbox", "no-store", body.into())
    }

    /// Remote images, fonts and media.
    pub(crate) fn remote(&self, mime: &str, body: impl Into<Body>) -> Reply {
        self.reply(200, mime, "sandbox", "private, max-age=3600", body.into())
    }

    /// User files: never kept, they may change; `range` is Content-Range's value for a part.
    pub(crate) fn file(&self, status: u16, mime: &str, range: Option<String>, body: Body) -> Reply {
        let mut reply = self.reply(status, mime, "sandbox", "no-store", body);
        reply.headers.push(("Accept-Ranges".to_owned(), "bytes".to_owned()));
        reply.headers.extend(range.map(|range| ("Content-Range".to_owned(), range)));
        reply
    }

    /// Anything refused. `why` is our own text and never quotes the request.
    pub(crate) fn refusal(&self, status: u16, why: &'static str) -> Reply {
        self.reply(status, "text/plain; charset=utf-8", "sandbox", "no-store", Body::Static(why.as_bytes()))
    }

    fn reply(&self, status: u16, mime: &str, csp: &str, cache: &str, body: Body) -> Reply {
        let headers = [
            ("Content-Security-Policy", csp),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", cache),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Reply { status, mime: mime.to_owned(), headers, body }
    }
}
