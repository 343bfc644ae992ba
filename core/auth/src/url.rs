//! URLs, as far as a login needs them: which may be asked, what a proof names, and queries.
//!
//! The engine's strict parser (ADR 0003) reads whatever is sent again; here a URL is refused if anything about its
//! authority is unusual, and otherwise left as it is.
use std::net::Ipv4Addr;

/// Longest URL, in bytes.
pub(crate) const MAX_URL: usize = 8 << 10;

/// Whether requests may go to `url`: https, or in development http to loopback; no user, no fragment.
pub(crate) fn is_endpoint(url: &str, development: bool) -> bool {
    let Some((scheme, authority, rest)) = split(url) else { return false };
    let allowed = scheme == "https" || (development && scheme == "http" && is_loopback(authority));
    allowed && !rest.contains('#')
}

/// Whether a browser may come back to `uri` (RFC 8252 section 7): claimed https, loopback, or a private-use scheme
/// that is a domain written backwards. No query and no fragment: the callback's query is the provider's alone.
pub(crate) fn is_redirect(uri: &str) -> bool {
    if uri.len() > MAX_URL || !uri.bytes().all(is_plain) || uri.contains(['?', '#']) {
        return false;
    }
    match uri.split_once(':') {
        Some(("https", _)) => split(uri).is_some(),
        Some(("http", _)) => split(uri).is_some_and(|(_, authority, _)| is_loopback(authority)),
        Some((scheme, rest)) => {
            let label =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
            let domain =
                scheme.contains('.') && scheme.bytes().all(label) && !scheme.starts_with(['.', '-', '+']);
            domain && rest.starts_with('/')
        }
        None => false,
    }
}

/// Scheme, host and port: for messages, and to tell servers apart.
pub(crate) fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    &url[..end]
}

/// What `htu` says: no query, no fragment (RFC 9449 section 4.2).
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// `url` without query, in a form in which equal targets are equal texts: lower-case scheme and host, default port
/// left out, empty path written `/` (RFC 3986 sections 6.2.2 and 6.2.3).
pub(crate) fn normal_target(url: &str) -> Option<String> {
    let (scheme, rest) = without_query(url).split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let url = format!("{scheme}://{rest}");
    let (_, authority, path) = split(&url)?;
    let default = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(default).unwrap_or(&authority);
    Some(format!("{scheme}://{authority}{}", if path.is_empty() { "/" } else { path }))
}

/// The one value of each name in a query. None if a name is there twice (RFC 6749 section 3.1).
pub(crate) fn read_query(query: &str) -> Option<std::collections::BTreeMap<String, String>> {
    let mut values = std::collections::BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if values.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(values)
}

/// Pairs as a query or a form.
pub(crate) fn write_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Scheme, authority and the rest of an http or https URL.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    if url.len() > MAX_URL || !url.bytes().all(is_plain) {
        return None;
    }
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let usual = !authority.is_empty() && !authority.starts_with(':') && authority.bytes().all(host);
    usual.then_some((scheme, authority, path))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte)
}

/// An address, not the name `localhost`, which others may answer (RFC 8252 section 8.3).
fn is_loopback(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix("[::1]") {
        Some(rest) => ("[::1]", rest),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port_fits = port.is_empty() || port[1..].parse::<u16>().is_ok();
    let address = host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    address && port_fits && (port.is_empty() || port.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_https_or_loopback_in_development() {
        for url in ["https://id.example/token", "https://id.example:8443", "https://id.example/a?b=c"] {
            assert!(is_endpoint(url, false), "{url}");
        }
        for url in ["http://127.0.0.1:8080/token", "http://[::1]:1/"] {
            assert!(!is_endpoint(url, false) && is_endpoint(url, true), "{url}");
        }
        for url in [
            "http://id.example/",
            "http://localhost/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "https://user@id.example/",
            "https://",
            "https:///x",
            "https://a b/",
            "https://a\\b/",
            "javascript:alert(1)",
            "https://id.example/#x",
            "ftp://id.example/",
            "http://[::1]evil.example/",
        ] {
            assert!(!is_endpoint(url, true), "{url}");
        }
    }

    #[test]
    fn redirects_are_those_of_rfc_8252() {
        for uri in [
            "https://bank.example/cb",
            "http://127.0.0.1:7000/cb",
            "http://[::1]:7000/cb",
            "com.example.host:/cb",
        ] {
            assert!(is_redirect(uri), "{uri}");
        }
        for uri in [
            "http://bank.example/cb",
            "myapp:/cb",
            "javascript:alert(1)",
            "com.example:cb",
            "https://a/cb?x=1",
            "https://a/#x",
            "http://localhost/cb",
            "data:text/html,x",
            ".com:/x",
        ] {
            assert!(!is_redirect(uri), "{uri}");
        }
    }

    #[test]
    fn targets_are_compared_in_normal_form() {
        let same = |a: &str, b: &str| normal_target(a).is_some() && normal_target(a) == normal_target(b);
        assert!(same("HTTPS://Server.Example:443/token?x#y", "https://server.example/token"));
        assert!(same("https://server.example", "https://server.example/"));
        assert!(!same("https://server.example/Token", "https://server.example/token"));
        assert!(!same("https://server.example:8443/", "https://server.example/"));
        assert!(!same("http://server.example/", "https://server.example/"));
        assert!(normal_target("not a url").is_none());
    }

    #[test]
    fn a_name_twice_is_no_query() {
        assert!(read_query("a=1&a=2").is_none());
        assert_eq!(read_query("a=%20b+c&d=").unwrap()["a"], " b c");
    }
}
