//! A text file with the places in it, for diagnostics and source maps.
mod origin;

pub(crate) use origin::Origin;

use std::ops::Range;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// One text file, without its byte order mark.
#[derive(Debug)]
pub(crate) struct Source {
    /// Where it stands in the bundle's tree, e.g. `pages/menu/index.wxml`.
    pub(crate) path: String,
    /// How the developer knows it: relative to the project folder.
    pub(crate) shown: String,
    pub(crate) text: String,
    line_starts: Vec<usize>,
    /// After each character above ASCII: the byte offset, and how many bytes more than UTF-16 units there are so far.
    /// Minified files have one line and tens of thousands of mappings, so columns must not be counted anew each time.
    surplus: Vec<(usize, usize)>,
    origin: Option<Origin>,
}

impl Source {
    pub(crate) fn new(path: String, shown: String, text: String) -> Self {
        let text = match text.strip_prefix(MARK) {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut sum = 0;
        let wide = text.char_indices().filter(|(_, c)| !c.is_ascii());
        let surplus = wide
            .map(|(at, c)| {
                sum += c.len_utf8() - c.len_utf16();
                (at + c.len_utf8(), sum)
            })
            .collect();
        Self { path, shown, text, line_starts, surplus, origin: None }
    }

    /// Whether a file with this name and text would be the same source.
    pub(crate) fn is(&self, shown: &str, text: &str) -> bool {
        self.shown == shown && self.text == text.strip_prefix(MARK).unwrap_or(text)
    }

    /// Says that a preprocessor wrote this text, and from what.
    pub(crate) fn written_from(self, origin: Origin) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// Where a range comes from, if a preprocessor wrote this text.
    pub(crate) fn origin(&self, range: &Range<usize>) -> Option<(&Source, Range<usize>)> {
        let (source, at) = self.origin.as_ref()?.find(self.utf16_units(self.boundary(range.start)))?;
        Some((source, source.near(at, self.text.get(range.clone()).unwrap_or(""))))
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let (line, start) = self.line_of(offset);
        let offset = self.boundary(offset);
        (line as u32 + 1, self.text[start..offset].chars().count() as u32 + 1)
    }

    /// Line and column from 0, columns in UTF-16 units, as source maps want them.
    pub(crate) fn position_utf16(&self, offset: usize) -> (u32, u32) {
        let (line, start) = self.line_of(offset);
        let column = self.utf16_units(self.boundary(offset)) - self.utf16_units(start);
        (line as u32, column as u32)
    }

    /// How many UTF-16 units stand before a byte offset.
    fn utf16_units(&self, offset: usize) -> usize {
        let before = self.surplus.partition_point(|(at, _)| *at <= offset);
        offset - before.checked_sub(1).map_or(0, |last| self.surplus[last].1)
    }

    /// The byte offset of a line and a UTF-16 column, both from 0.
    pub(crate) fn offset(&self, line: u32, utf16_column: u32) -> usize {
        let Some(&start) = self.line_starts.get(line as usize) else { return self.text.len() };
        let mut units = 0;
        for (at, c) in self.text[start..].char_indices() {
            if units >= utf16_column || c == '\n' {
                return start + at;
            }
            units += c.len_utf16() as u32;
        }
        self.text.len()
    }

    /// The first place of `needle`, or the start of the file.
    pub(crate) fn find(&self, needle: &str) -> Range<usize> {
        self.text.find(needle).map_or(0..0, |at| at..at + needle.len())
    }

    /// The first place of `needle` shortly after an offset, or that offset.
    pub(crate) fn near(&self, at: usize, needle: &str) -> Range<usize> {
        const FAR: usize = 2000;
        let at = self.boundary(at);
        let end = self.boundary(at + FAR);
        match self.text[at..end].find(needle) {
            Some(found) => at + found..at + found + needle.len(),
            None => at..at,
        }
    }

    /// The byte offset after so many UTF-16 units, where a line end of two characters counts as one.
    pub(crate) fn offset_of_unit(&self, units: usize) -> usize {
        let mut seen = 0;
        for (at, c) in self.text.char_indices() {
            if seen >= units {
                return at;
            }
            if c != '\r' || !self.text[at..].starts_with("\r\n") {
                seen += c.len_utf16();
            }
        }
        self.text.len()
    }

    /// The text of a line, from 0, without its line end.
    pub(crate) fn line(&self, line: usize) -> Option<&str> {
        let start = *self.line_starts.get(line)?;
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        Some(self.text[start..end].trim_end_matches('\r'))
    }

    fn line_of(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset) - 1;
        (line, self.line_starts[line])
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_places_with_bom_and_crlf() {
        let source = Source::new("a".into(), "a".into(), "\u{feff}ab\r\n字x\n".into());
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(7), (2, 2));
        assert_eq!(source.position_utf16(7), (1, 1));
        assert_eq!(source.offset(1, 1), 7);
        assert_eq!(source.line(0), Some("ab"));
        assert_eq!(source.line(1), Some("字x"));
        assert_eq!(source.position(999), (3, 1));
    }
}
