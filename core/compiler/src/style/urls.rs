//! Finds and replaces `url()` in CSS that the style sheet compiler has written.

/// Replaces every `url()` for which `map` gives another address. Strings and comments are left alone.
pub(super) fn rewrite(css: &str, map: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/', 'u', 'U']) {
        out.push_str(&rest[..at]);
        let from = &rest[at..];
        let previous = out.chars().next_back();
        let length = if from.starts_with("/*") {
            from.find("*/").map_or(from.len(), |end| end + 2)
        } else if from.starts_with(['"', '\'']) {
            string_end(from)
        } else if is_url(from) && !previous.is_some_and(is_name) {
            let (address, length) = read_url(from);
            match map(&address) {
                Some(replaced) => out.push_str(&format!("url(\"{}\")", escape(&replaced))),
                None => out.push_str(&from[..length]),
            }
            rest = &from[length..];
            continue;
        } else {
            from.chars().next().map_or(0, char::len_utf8)
        };
        out.push_str(&from[..length]);
        rest = &from[length..];
    }
    out.push_str(rest);
    out
}

fn is_url(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("url("))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// The length of the string literal that `text` starts with.
fn string_end(text: &str) -> usize {
    let quote = text.chars().next();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if Some(c) == quote {
            return at + 1;
        }
    }
    text.len()
}

/// The address inside `url(…)` and the length of the whole.
fn read_url(text: &str) -> (String, usize) {
    let inner = &text[4..];
    let trimmed = inner.trim_start();
    let lead = 4 + inner.len() - trimmed.len();
    if trimmed.starts_with(['"', '\'']) {
        let end = string_end(trimmed);
        let address = unescape(trimmed.get(1..end.saturating_sub(1)).unwrap_or(""));
        let close = trimmed[end..].find(')').map_or(text.len(), |at| lead + end + at + 1);
        return (address, close);
    }
    let mut chars = trimmed.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == ')' {
            return (unescape(trimmed[..at].trim_end()), lead + at + 1);
        }
    }
    (unescape(trimmed), text.len())
}

/// Undoes CSS escapes: `\"` and `\22 `.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let mut code = String::new();
        while code.len() < 6
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            code.push(digit);
        }
        if code.is_empty() {
            out.extend(chars.next());
        } else {
            chars.next_if(|c| c.is_ascii_whitespace());
            out.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
        }
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\a ")
}

/// As `encodeURIComponent`.
pub(super) fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A path with each segment encoded.
pub(super) fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// Undoes percent encoding.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites_addresses_only() {
        let css = r#".a{background:url(x.png) URL("y z.png");content:"url(no)"}/*url(no)*/.my-url(b){}@font-face{src:url('//h/f.woff?a=1')}"#;
        let mut seen = Vec::new();
        let out = rewrite(css, &mut |url| {
            seen.push(url.to_owned());
            url.ends_with(".png").then(|| format!("/p/{url}"))
        });
        assert_eq!(seen, ["x.png", "y z.png", "//h/f.woff?a=1"]);
        assert_eq!(
            out,
            r#".a{background:url("/p/x.png") url("/p/y z.png");content:"url(no)"}/*url(no)*/.my-url(b){}@font-face{src:url('//h/f.woff?a=1')}"#
        );
    }

    #[test]
    fn never_panics_on_broken_css() {
        for css in ["url(", "url(\"", "a:url(\\", "\"", "/*", "u", "url('é", "字url(字)"] {
            rewrite(css, &mut |url| Some(url.to_owned()));
        }
        assert_eq!(unescape("a\\22 b\\)\\"), "a\"b)");
        assert_eq!(decode(&encode("a/字?")), "a/字?");
        assert_eq!(decode("%2%zz字%"), "%2%zz字%");
    }
}
