//! Absolute http and https URLs, read strictly and written in one normal form.
use std::{
    fmt::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};

/// Longest URL, in bytes.
const MAX_URL: usize = 16 << 10;

/// Why a text is not a URL here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than 16 KiB.
    #[error("url is longer than 16 KiB")]
    TooLong,
    /// Not `https://` (in development also `http://`).
    #[error("url must start with https://")]
    Scheme,
    /// `user:password@` hides the real host.
    #[error("url must not hold a user name")]
    UserInfo,
    /// The host is not a plain name or address.
    #[error("url has an invalid host; write international names in punycode")]
    Host,
    /// The port is not 1 to 65535 in plain digits.
    #[error("url has an invalid port")]
    Port,
    /// A control character, or a backslash in the path.
    #[error("url holds a character that is not allowed")]
    Character,
}

/// A URL in normal form: lower-case scheme and host, no default port, no fragment, ASCII only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl {
    https: bool,
    host: String,
    port: u16,
    /// Path and query, starting with a slash.
    target: String,
}

impl WebUrl {
    /// Reads an absolute URL. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > MAX_URL {
            return Err(UrlError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(UrlError::Scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        if authority.contains('@') {
            return Err(UrlError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        let default = if https { 443 } else { 80 };
        Ok(Self { https, host: read_host(host)?, port: port.unwrap_or(default), target: read_target(rest)? })
    }

    /// The URL that a redirect's `Location` names: absolute, or relative to this one.
    pub fn join(&self, location: &str) -> Result<Self, UrlError> {
        let path = self.target.split('?').next().unwrap_or("/");
        let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
        let scheme = if self.https { "https" } else { "http" };
        let before_path = location.split(['/', '?', '#']).next().unwrap_or("");
        let text = match location.as_bytes() {
            _ if before_path.contains(':') => location.to_owned(),
            [b'/', b'/', ..] => format!("{scheme}:{location}"),
            [b'/', ..] => format!("{}{location}", self.origin()),
            [b'?', ..] => format!("{}{path}{location}", self.origin()),
            _ => format!("{}{folder}{location}", self.origin()),
        };
        Self::parse(&text)
    }

    /// True for https, false for http.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// `localhost`, 127.0.0.1 or ::1: this machine, whatever a resolver says.
    pub fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// Path and query, starting with a slash.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Scheme, host and port are all the same.
    pub fn same_origin(&self, other: &Self) -> bool {
        self.https == other.https && self.host == other.host && self.port == other.port
    }

    /// `https://host[:port]`.
    pub fn origin(&self) -> String {
        let (scheme, default) = if self.https { ("https", 443) } else { ("http", 80) };
        if self.port == default {
            format!("{scheme}://{}", self.host)
        } else {
            format!("{scheme}://{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    // The colons of an IPv6 address are inside its brackets.
    let after_host = authority.rfind(']').map_or(0, |end| end + 1);
    let Some(colon) = authority[after_host..].find(':') else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_host + colon);
    let digits = &port[1..];
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(UrlError::Port);
    }
    match digits.parse() {
        Ok(0) | Err(_) => Err(UrlError::Port),
        Ok(port) => Ok((host, Some(port))),
    }
}

fn read_host(text: &str) -> Result<String, UrlError> {
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let address: Ipv6Addr = address.parse().map_err(|_| UrlError::Host)?;
        return Ok(format!("[{address}]"));
    }
    let host = text.to_ascii_lowercase();
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label_fits) {
        return Err(UrlError::Host);
    }
    // Parsers read a host whose last part is a number as an IPv4 address, in octal and hexadecimal too.
    let last = host.rsplit('.').next().unwrap_or("");
    let number = last.bytes().all(|b| b.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if number && host.parse::<Ipv4Addr>().is_err() {
        return Err(UrlError::Host);
    }
    Ok(host)
}

/// Path and query: what is not plain ASCII is percent-encoded, as browsers do; the fragment is dropped.
fn read_target(text: &str) -> Result<String, UrlError> {
    let text = text.split('#').next().unwrap_or("");
    let mut target = String::with_capacity(text.len() + 1);
    if !text.starts_with('/') {
        target.push('/');
    }
    let mut in_query = false;
    for byte in text.bytes() {
        match byte {
            0..=0x1f | 0x7f => return Err(UrlError::Character),
            b'\\' if !in_query => return Err(UrlError::Character),
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                write!(target, "%{byte:02X}").expect("writing to a String cannot fail");
            }
            _ => {
                in_query |= byte == b'?';
                target.push(char::from(byte));
            }
        }
    }
    Ok(target)
}
