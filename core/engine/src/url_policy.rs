//! The one policy for URLs that a mini-program names: requests, remote images, redirects (attack row 25).
//!
//! A list entry is a host name or `https://host[:port]`; a URL is allowed if scheme, host and port are equal to an
//! entry's, byte for byte. ADR 0003 says why the parser is our own.
mod web_url;

pub use web_url::{UrlError, WebUrl};

use lodger_bundle::Domains;

/// Which of the program's lists a URL is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlUse {
    /// `wx.request`.
    Request,
    /// `wx.uploadFile`.
    Upload,
    /// `wx.downloadFile`.
    Download,
    /// `wx.connectSocket`: `wss` in place of `https`.
    Socket,
    /// Remote images and fonts.
    Image,
    /// Remote sound and video.
    Media,
    /// Websites in `<web-view>`, and where they go.
    Webview,
}

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read, or two parsers could read it differently.
    #[error("{0}")]
    Invalid(#[from] UrlError),
    /// The program's list does not have it.
    #[error("url not in domain list")]
    NotListed,
}

/// A URL that may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// In normal form.
    pub url: WebUrl,
    /// The program has no list; allowed in development only, where the author must be told.
    pub undeclared: bool,
}

/// The lists of one program, read once.
#[derive(Clone, Debug)]
pub struct UrlPolicy {
    request: Option<Vec<WebUrl>>,
    upload: Option<Vec<WebUrl>>,
    download: Option<Vec<WebUrl>>,
    socket: Option<Vec<WebUrl>>,
    image: Option<Vec<WebUrl>>,
    media: Option<Vec<WebUrl>>,
    webview: Option<Vec<WebUrl>>,
    development: bool,
}

impl UrlPolicy {
    /// Entries that are not plain origins are left out: they can match nothing.
    pub fn new(domains: &Domains, development: bool) -> Self {
        let read = |list: &Option<Vec<String>>| {
            list.as_ref().map(|list| list.iter().filter_map(|entry| read_entry(entry)).collect())
        };
        Self {
            request: read(&domains.request),
            upload: read(&domains.upload),
            download: read(&domains.download),
            socket: read(&domains.socket),
            image: read(&domains.image),
            media: read(&domains.media),
            webview: read(&domains.webview),
            development,
        }
    }

    /// Reads `text` and holds it against the list for `purpose`.
    pub fn check(&self, purpose: UrlUse, text: &str) -> Result<Allowed, Refusal> {
        let url = match (purpose, web_scheme(text)) {
            (UrlUse::Socket, Some(text)) => WebUrl::parse(&text)?,
            (UrlUse::Socket, None) => return Err(Refusal::Invalid(UrlError::Scheme)),
            _ => WebUrl::parse(text)?,
        };
        if !url.is_https() && !self.development {
            return Err(Refusal::Invalid(UrlError::Scheme));
        }
        let (list, open) = match purpose {
            UrlUse::Request => (&self.request, self.development),
            UrlUse::Upload => (&self.upload, self.development),
            UrlUse::Download => (&self.download, self.development),
            UrlUse::Socket => (&self.socket, self.development),
            UrlUse::Image => (&self.image, true),
            UrlUse::Media => (&self.media, true),
            // Without a list, what has no encryption is only this machine.
            UrlUse::Webview => (&self.webview, self.development && (url.is_https() || url.is_loopback())),
        };
        match list {
            Some(list) if list.iter().any(|entry| entry.same_origin(&url)) => {
                Ok(Allowed { url, undeclared: false })
            }
            None if open => {
                Ok(Allowed { url, undeclared: !matches!(purpose, UrlUse::Image | UrlUse::Media) })
            }
            _ => Err(Refusal::NotListed),
        }
    }

    /// Sources for CSP's `frame-src` where `<web-view>` is an iframe: declared origins only. A prefetch is let through
    /// by any directive of a policy (CSP 3, 6.1.14), so a wide one here would be a way out for data of every program.
    pub fn frame_sources(&self) -> Vec<String> {
        self.origins(self.webview.as_deref().unwrap_or_default())
    }

    /// Those of a list that may be reached at all.
    fn origins(&self, list: &[WebUrl]) -> Vec<String> {
        list.iter().filter(|url| url.is_https() || self.development).map(WebUrl::origin).collect()
    }

    /// Sources for CSP's `media-src`: declared origins, or all of https.
    pub fn media_sources(&self) -> Vec<String> {
        match &self.media {
            None => vec!["https:".to_owned()],
            Some(list) => self.origins(list),
        }
    }
}

/// `ws…` as `http…`: hosts and ports of sockets are read by the same rules.
fn web_scheme(text: &str) -> Option<String> {
    let rest = text.get(..2).filter(|start| start.eq_ignore_ascii_case("ws")).and(text.get(2..))?;
    Some(format!("http{rest}"))
}

fn read_entry(entry: &str) -> Option<WebUrl> {
    let web = web_scheme(entry).filter(|_| entry.contains("://"));
    let entry = web.as_deref().unwrap_or(entry);
    let url =
        if entry.contains("://") { WebUrl::parse(entry) } else { WebUrl::parse(&format!("https://{entry}")) };
    url.ok().filter(|url| url.target() == "/")
}

#[cfg(test)]
mod tests;
