//! Origins: each user's session of each app has its own (DESIGN 4), and requests are held against it exactly.

/// How this platform forms an origin (DESIGN 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginForm {
    /// `lodger://<label>/` (iOS, desktop).
    CustomScheme,
    /// `https://<label>.invalid/` (Android).
    Invalid,
    /// `http://<label>.localhost:<port>/` (development, in any browser).
    Loopback {
        /// Of the loopback server.
        port: u16,
    },
}

impl OriginForm {
    /// Scheme, host and port, without a slash at the end.
    pub(crate) fn origin(self, label: &str) -> String {
        match self {
            Self::CustomScheme => format!("lodger://{label}"),
            Self::Invalid => format!("https://{label}.invalid"),
            Self::Loopback { port: 80 } => format!("http://{label}.localhost"),
            Self::Loopback { port } => format!("http://{label}.localhost:{port}"),
        }
    }
}

/// The path of a request to `origin`, still encoded, without query; None if the URL belongs to any other origin.
///
/// Engines hand over URLs in normal form, so a comparison of the text is exact: userinfo, other ports, suffixes and
/// what `//host/` became all differ from `<origin>/`.
pub fn path_within<'a>(origin: &str, url: &'a str) -> Option<&'a str> {
    let rest = url.strip_prefix(origin)?;
    let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    match rest {
        "" => Some("/"),
        _ => rest.starts_with('/').then_some(rest),
    }
}

/// Decodes `%XX` once. None for a broken encoding, for what is not UTF-8, and for control characters and backslashes.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = rest else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = digit(*high)? * 16 + digit(*low)?;
        bytes.push(u8::try_from(value).expect("two hex digits"));
        rest = tail;
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(|c| c.is_control() || c == '\\')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn row_02_only_the_exact_origin_is_local() {
        let origin = OriginForm::Invalid.origin("m0");
        assert_eq!(path_within(&origin, "https://m0.invalid/p/a.js?x#y"), Some("/p/a.js"));
        assert_eq!(path_within(&origin, "https://m0.invalid"), Some("/"));
        assert_eq!(path_within(&origin, "https://m0.invalid?x"), Some("/"));
        for url in [
            "http://m0.invalid/",
            "https://m0.invalid.evil.com/",
            "https://m0.invalid:443/",
            "https://m0.invalid:8443/",
            "https://m0.invalid@evil.com/",
            "https://user@m0.invalid/",
            "https://xm0.invalid/",
            "https://m1.invalid/",
            "https://app.m0.invalid/",
            "https://M0.invalid/",
            "https://m0.invalid\\evil",
            "https://m0.invalid./",
            "lodger://m0/",
            "//m0.invalid/",
            "",
        ] {
            assert_eq!(path_within(&origin, url), None, "{url}");
        }
        let loopback = OriginForm::Loopback { port: 8080 }.origin("m0");
        assert_eq!(path_within(&loopback, "http://m0.localhost:80801/"), None);
        assert_eq!(path_within(&loopback, "http://m0.localhost/"), None);
        assert_eq!(path_within(&loopback, "http://m0.localhost:8080/p/"), Some("/p/"));
        // What `//evil.test/x` becomes in a page of a custom scheme.
        assert_eq!(path_within("lodger://m0", "lodger://evil.test/x"), None);
    }

    #[test]
    fn decoding_happens_once_and_refuses_tricks() {
        assert_eq!(percent_decode("a%2Fb%E5%92%96").as_deref(), Some("a/b咖"));
        assert_eq!(percent_decode("%252e").as_deref(), Some("%2e"));
        for text in ["%", "%2", "%zz", "%+1", "%ff", "%00", "a%5cb", "a\\b", "%0a", "%c0%ae"] {
            assert_eq!(percent_decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in "\\PC{0,40}|(%[0-9a-f]{2}|%|/|\\.){0,20}") {
            if let Some(decoded) = percent_decode(&text) {
                prop_assert!(!decoded.contains('\0') && !decoded.contains('\\'));
            }
            if path_within("https://m0.invalid", &text).is_some() {
                prop_assert!(text == "https://m0.invalid" || text["https://m0.invalid".len()..].starts_with(['/', '?', '#']));
            }
        }
    }
}
