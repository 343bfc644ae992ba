//! What a path in an index may look like, and when two paths are the same.
use super::{IndexError, Rule};
use unicode_normalization::{UnicodeNormalization, is_nfc};

const LONGEST: usize = 512;

/// Checks the form of one path (file, page, or package root).
pub(super) fn check(path: &str) -> Result<(), IndexError> {
    let rule = if path.is_empty() || path.len() > LONGEST {
        Rule::PathLength
    } else if path.contains(['\0', '\\']) {
        Rule::PathCharacter
    } else if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        // An empty first segment is a leading slash, so this also makes the path relative.
        Rule::PathSegment
    } else if !is_nfc(path) {
        Rule::PathNfc
    } else {
        return Ok(());
    };
    Err(IndexError::new(rule, path))
}

/// Two paths with the same fold would be one file on a case-insensitive disk.
///
/// Upper then lower case, character by character, then NFC: this joins all that Unicode's simple folding
/// joins (`ſ` and `s`, `ς` and `σ`), which lower case alone does not, and needs no table of our own.
pub(super) fn fold(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// Whether `path` lies under `root` ("" is above everything).
pub(super) fn under(path: &str, root: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_rule_that_a_path_breaks() {
        let long = "a".repeat(513);
        for (path, rule) in [
            ("", Rule::PathLength),
            (long.as_str(), Rule::PathLength),
            ("a\0b", Rule::PathCharacter),
            ("a\\b", Rule::PathCharacter),
            ("/a", Rule::PathSegment),
            ("a/", Rule::PathSegment),
            ("a//b", Rule::PathSegment),
            ("./a", Rule::PathSegment),
            ("a/../b", Rule::PathSegment),
            ("cafe\u{301}.png", Rule::PathNfc),
        ] {
            assert_eq!(check(path).unwrap_err().rule(), rule, "{path:.20}");
        }
        for path in ["a", "a/b.c", "...", "a/..b", "图片/咖啡.png", "café.png", "@vant/weapp/%2e%2e"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn folds_what_a_disk_may_join() {
        for (a, b) in [("A/b.JS", "a/B.js"), ("É", "é"), ("ΑΣ", "ας"), ("ſ", "S"), ("ß", "SS"), ("Ω", "ω")]
        {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("a"), fold("á"));
    }

    #[test]
    fn a_root_owns_whole_segments() {
        assert!(under("packages/order/a.js", "packages/order"));
        assert!(!under("packages/orders/a.js", "packages/order"));
        assert!(!under("packages/order", "packages/order"));
        assert!(under("a", ""));
    }
}
