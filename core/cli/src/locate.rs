//! From places in built code back to the source: `lodger://…/p/package.js:3:120` becomes `pages/menu/index.ts:12:5`.

use std::collections::BTreeMap;

/// Rewrites every place in `stack` that a map knows; the rest stays as it is.
pub fn stack(stack: &str, maps: &BTreeMap<String, Vec<u8>>) -> String {
    stack.lines().map(|line| rewrite(line, maps)).collect::<Vec<_>>().join("\n")
}

/// WebKit writes `name@URL:line:column`, Chromium `at name (URL:line:column)`: both end in the same three parts.
fn rewrite(line: &str, maps: &BTreeMap<String, Vec<u8>>) -> String {
    let Some(path_at) = line.find("/p/") else {
        return line.to_owned();
    };
    let start =
        line[..path_at].rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '@')).map_or(0, |at| at + 1);
    let end =
        line[path_at..].find(|c: char| c.is_whitespace() || c == ')').map_or(line.len(), |at| path_at + at);
    match place(&line[path_at + "/p/".len()..end], maps) {
        Some(place) => format!("{}{place}{}", &line[..start], &line[end..]),
        None => line.to_owned(),
    }
}

/// Of `package.js:3:120`.
fn place(text: &str, maps: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    let (rest, column) = text.rsplit_once(':')?;
    let (script, line) = rest.rsplit_once(':')?;
    let map = maps.get(script)?;
    let (file, line, column) = lodger_compiler::locate(map, line.parse().ok()?, column.parse().ok()?)?;
    Some(format!("{file}:{line}:{column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One mapping: the built script's start comes from `a.ts`, line 1, column 1.
    fn maps() -> BTreeMap<String, Vec<u8>> {
        let map = br#"{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}"#;
        BTreeMap::from([("package.js".to_owned(), map.to_vec())])
    }

    #[test]
    fn both_engines_stacks_are_rewritten() {
        assert_eq!(stack("tap@lodger://m0/p/package.js:1:1", &maps()), "tap@a.ts:1:1");
        assert_eq!(
            stack("    at tap (http://m0.localhost:1/p/package.js:1:9)", &maps()),
            "    at tap (a.ts:1:1)"
        );
    }

    #[test]
    fn what_no_map_knows_stays() {
        for line in
            ["tap@lodger://m0/p/other.js:1:1", "at x (/p/package.js)", "nothing", "@/p/package.js:a:b"]
        {
            assert_eq!(stack(line, &maps()), line);
        }
    }
}
