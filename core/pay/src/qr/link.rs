//! Ordinary links: addresses that a program has claimed, by WeChat's rules.

/// Longest address, in bytes.
const MAX_URL: usize = 4 << 10;

/// A program's claim on addresses: the same scheme and host; the path as it stands, and what lies under it only if the rule
/// ends in `/`; of the query, the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRule {
    prefix: String,
}

/// A rule that could mean more than it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link rule is https:// with a host and a path, as https://shop.example/table/")]
pub struct LinkRuleError;

struct Parts<'a> {
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl LinkRule {
    /// A rule.
    ///
    /// # Errors
    /// [`LinkRuleError`].
    pub fn new(prefix: &str) -> Result<Self, LinkRuleError> {
        let parts = split(prefix).ok_or(LinkRuleError)?;
        if !parts.path.starts_with('/') || prefix.contains('#') {
            return Err(LinkRuleError);
        }
        Ok(Self { prefix: prefix.to_owned() })
    }

    /// Whether `url` falls under the rule.
    #[must_use]
    pub fn matches(&self, url: &str) -> bool {
        let (Some(rule), Some(url)) = (split(&self.prefix), split(url)) else { return false };
        if !rule.authority.eq_ignore_ascii_case(url.authority) {
            return false;
        }
        match rule.query {
            Some(begin) => rule.path == url.path && url.query.is_some_and(|query| query.starts_with(begin)),
            None if rule.path.ends_with('/') => url.path.starts_with(rule.path),
            None => rule.path == url.path,
        }
    }
}

/// Authority, path and query of an https address, without its fragment. None for anything that two readers could take apart
/// differently: users, backslashes, dot segments in any spelling, other characters than a URL has.
fn split(url: &str) -> Option<Parts<'_>> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte);
    if url.len() > MAX_URL || !url.bytes().all(plain) {
        return None;
    }
    let (scheme, rest) = url.split_at_checked(8)?;
    if !scheme.eq_ignore_ascii_case("https://") {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    if authority.is_empty() || !authority.bytes().all(host) {
        return None;
    }
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    let hidden = path.to_ascii_lowercase();
    if path.split('/').any(dots) || hidden.contains("%2f") || hidden.contains("%5c") {
        return None;
    }
    Some(Parts { authority, path: if path.is_empty() { "/" } else { path }, query })
}

#[cfg(test)]
mod tests {
    use super::LinkRule;

    #[test]
    fn rules_mean_what_they_say() {
        let matches = |rule: &str, url: &str| LinkRule::new(rule).unwrap().matches(url);
        assert!(matches("https://shop.example/t/", "https://shop.example/t/12?x=1"));
        assert!(matches("https://shop.example/t/", "HTTPS://SHOP.example/t/"));
        assert!(matches("https://shop.example/t", "https://shop.example/t?x=1#y"));
        assert!(matches("https://shop.example/t?a=1", "https://shop.example/t?a=12&b=2"));
        assert!(matches("https://shop.example/", "https://shop.example"));
        for url in [
            "https://shop.example/table",
            "https://shop.example.evil.example/t/1",
            "https://shop.example@evil.example/t/1",
            "https://evil.example/https://shop.example/t/1",
            "http://shop.example/t/1",
            "https://shop.example:444/t/1",
            "https://shop.example/t/../admin",
            "https://shop.example/t/%2e%2E/admin",
            "https://shop.example/t/..%2fadmin",
            "https://shop.example\\t/1",
            "https://shop.example/T/1",
            "javascript:alert(1)//https://shop.example/t/",
            "https://shop.example/t/\u{202e}",
        ] {
            assert!(!matches("https://shop.example/t/", url), "{url}");
        }
        assert!(!matches("https://shop.example/t", "https://shop.example/t/1"));
        assert!(!matches("https://shop.example/t?a=1", "https://shop.example/t?b=2&a=1"));
        for rule in
            ["http://a/", "https://", "https://a@b/", "shop.example/t", "https://a/../b", "https://a/#b"]
        {
            assert!(LinkRule::new(rule).is_err(), "{rule}");
        }
    }
}
