//! Slips in WXSS that browsers pass over in silence, often with all the rules that follow.
use std::ops::Range;

/// What is wrong, where, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// The rest of the sheet means something else than it seems to.
    pub(super) fatal: bool,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
    pub(super) range: Range<usize>,
}

/// All slips of a sheet, in order.
pub(super) fn slips(css: &str) -> Vec<Slip> {
    let mut scanner = Scanner { css, at: 0, open: Vec::new(), start: 0, found: Vec::new() };
    scanner.run();
    scanner.found.sort_by_key(|slip| slip.range.start);
    scanner.found
}

struct Scanner<'a> {
    css: &'a str,
    at: usize,
    /// Brackets that are open, and where.
    open: Vec<(u8, usize)>,
    /// Where the current selector or declaration starts.
    start: usize,
    found: Vec<Slip>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let bytes = self.css.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let here = self.at;
            self.at += 1;
            match byte {
                b'/' if bytes.get(self.at) == Some(&b'*') => match self.css[self.at..].find("*/") {
                    Some(end) => self.at += end + 2,
                    None => {
                        self.slip(true, "the comment is never closed", "write */ after it", here..here + 2);
                        self.at = bytes.len();
                    }
                },
                b'"' | b'\'' => self.string(byte, here),
                b'\\' => self.at += 1,
                b'(' | b'[' | b'{' => {
                    if byte == b'(' && self.css[self.start..here].to_ascii_lowercase().ends_with("url") {
                        self.address();
                        continue;
                    }
                    self.open.push((byte, here));
                    if byte == b'{' {
                        self.import(here);
                        self.start = self.at;
                    }
                }
                b')' | b']' | b'}' => self.close(byte, here),
                b';' if !self.in_value() => {
                    self.declaration(here);
                    self.start = self.at;
                }
                _ => {}
            }
        }
        for (bracket, at) in std::mem::take(&mut self.open) {
            let help = match bracket {
                b'{' => "write } after the last declaration of the rule",
                b'[' => "write ]",
                _ => "write )",
            };
            self.slip(true, "the bracket is never closed", help, at..at + 1);
        }
    }

    /// In round or square brackets, where a semicolon separates nothing.
    fn in_value(&self) -> bool {
        self.open.last().is_some_and(|(bracket, _)| *bracket != b'{')
    }

    fn string(&mut self, quote: u8, start: usize) {
        let bytes = self.css.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => break,
                _ if byte == quote => return,
                _ => {}
            }
        }
        self.slip(
            true,
            "the text is never closed",
            "write the closing quote on the same line",
            start..start + 1,
        );
    }

    /// `url(…)` without quotes may hold nearly everything.
    fn address(&mut self) {
        let rest = &self.css[self.at..];
        let quoted = rest.trim_start().starts_with(['"', '\'']);
        match rest.find(')').filter(|_| !quoted) {
            Some(end) => self.at += end + 1,
            None => self.open.push((b'(', self.at - 1)),
        }
    }

    fn close(&mut self, byte: u8, here: usize) {
        let opening = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if byte == b'}' {
            // What stands open inside the block ends with it, so that one slip is told once.
            while let Some((bracket, at)) = self.open.last().copied().filter(|(bracket, _)| *bracket != b'{')
            {
                let help = if bracket == b'(' { "write )" } else { "write ]" };
                self.slip(true, "the bracket is never closed", help, at..at + 1);
                self.open.pop();
            }
            if !self.open.is_empty() {
                self.declaration(here);
            }
            self.start = self.at;
        }
        if self.open.last().is_some_and(|(bracket, _)| *bracket == opening) {
            self.open.pop();
        } else {
            self.slip(
                true,
                "this bracket closes nothing",
                "take it out, or open it where it belongs",
                here..here + 1,
            );
        }
    }

    /// An `@import` runs to its semicolon, and takes the next rule with it where there is none.
    fn import(&mut self, end: usize) {
        let text = &self.css[self.start..end];
        if text.trim_start().starts_with("@import") {
            let from = self.start + text.len() - text.trim_start().len();
            let line = self.css[from..end].lines().next().map_or(0, |line| line.trim_end().len());
            self.slip(
                false,
                "@import without a semicolon takes the next rule with it",
                "write ; after it",
                from..from + line,
            );
        }
    }

    /// Looks at the text between two separators inside a block.
    fn declaration(&mut self, end: usize) {
        if self.open.is_empty() {
            return;
        }
        let text = &self.css[self.start..end];
        let Some(lead) = text.find(|c: char| !c.is_whitespace()) else { return };
        let (from, body) = (self.start + lead, text.trim());
        // Comments may stand anywhere, and what at-rules hold has rules of its own.
        if body.starts_with(['@', '/']) || body.contains("/*") {
            return;
        }
        match body.split_once(':') {
            None => {
                let help = "write property: value;";
                self.slip(false, "a declaration without a colon is left out", help, from..from + body.len());
            }
            Some((_, value)) => {
                // Two lines that each look like a declaration.
                let next = value.lines().skip(1).find(|line| {
                    line.trim().split_once(':').is_some_and(|(name, _)| {
                        !name.is_empty()
                            && name.trim().chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-'))
                    })
                });
                if let Some(line) = next {
                    let at = from + body.find(line).unwrap_or(0);
                    let lead = line.len() - line.trim_start().len();
                    let help = "end the declaration above with ;";
                    self.slip(
                        false,
                        "a semicolon is missing before this; both declarations are left out",
                        help,
                        at + lead..at + line.trim_end().len(),
                    );
                }
            }
        }
    }

    fn slip(&mut self, fatal: bool, message: &'static str, help: &'static str, range: Range<usize>) {
        self.found.push(Slip { fatal, message, help, range });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(css: &str) -> Vec<(&str, &str)> {
        slips(css).into_iter().map(|slip| (&css[slip.range], slip.message)).collect()
    }

    #[test]
    fn finds_what_is_open_or_stray() {
        assert_eq!(found(".a { color: red;\n.b { color: blue; }"), [("{", "the bracket is never closed")]);
        assert_eq!(found(".a { color: red; } }"), [("}", "this bracket closes nothing")]);
        assert_eq!(found(".a { width: calc(1px + 2px; }"), [("(", "the bracket is never closed")]);
        let import = "@import without a semicolon takes the next rule with it";
        assert_eq!(found("@import 'a'\n.b { top: 0; }"), [("@import 'a'", import)]);
        assert_eq!(found("/* .a { }"), [("/*", "the comment is never closed")]);
        assert_eq!(found(".a { content: 'x\n; }"), [("'", "the text is never closed")]);
        assert_eq!(found(".a { color red; }"), [("color red", "a declaration without a colon is left out")]);
        let missing = "a semicolon is missing before this; both declarations are left out";
        assert_eq!(found(".a {\n  color: red\n  margin: 0;\n}"), [("margin: 0", missing)]);
    }

    #[test]
    fn leaves_good_sheets_alone() {
        for css in [
            "@import './a.wxss';\n@charset \"utf-8\";",
            ".a:hover, view::after { content: '}'; background: url(data:image/png;base64,iVBO{=) }",
            "@media (min-width: 10px) and (max-width: 20px) { .a { color: red } .b{} }",
            "@keyframes x { from { top: 0 } 50.5% { top: 1px } }",
            "@font-face { font-family: x; src: url('a;b.woff') format('woff'),\n  url(\"c\") format('x') }",
            ".a { filter: progid:DXImageTransform.Microsoft.gradient(startColorstr='#80000000',\n endColorstr='#80000000'); }",
            ".a { --x: a; transition: top 1s,\n    left 1s; }",
            ".a\\:b { color: red; /* a: b; */ ; }",
            ".a { grid-template-areas: 'a b'\n 'c d'; }",
            "",
        ] {
            assert_eq!(found(css), [], "{css}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(css in "[a-z:;{}()'\"/*\\\\\\n 你@.]{0,60}") {
            for slip in slips(&css) {
                prop_assert!(css.get(slip.range.clone()).is_some(), "{:?}", slip);
            }
        }
    }
}
