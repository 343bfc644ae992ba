//! Source maps of `package.js`: written here, read by whoever maps a stack trace back.
use crate::script::Mapping;
use sourcemap::{DecodedMap, SourceMapBuilder};

/// Collects the mappings of many modules in one script.
pub(crate) struct MapWriter {
    builder: SourceMapBuilder,
}

impl MapWriter {
    pub(crate) fn new(script: &str) -> Self {
        Self { builder: SourceMapBuilder::new(Some(script)) }
    }

    /// Adds a module whose code starts at `first_line` (from 0), at column 0.
    pub(crate) fn add(&mut self, shown: &str, text: &str, first_line: u32, mappings: &[Mapping]) {
        let source = self.builder.add_source(shown);
        self.builder.set_source_contents(source, Some(text));
        for m in mappings {
            let line = first_line + m.line;
            self.builder.add_raw(line, m.column, m.source_line, m.source_column, Some(source), None, false);
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        self.builder.into_sourcemap().to_writer(&mut out).expect("writing to memory cannot fail");
        out
    }
}

/// Where a place of a built script comes from: file (relative to the project folder), line and column, all counted
/// from 1 as in stack traces. `map` is an entry of [`crate::Output::maps`]. `None` when the map says nothing of it.
#[must_use]
pub fn locate(map: &[u8], line: u32, column: u32) -> Option<(String, u32, u32)> {
    let DecodedMap::Regular(map) = sourcemap::decode_slice(map).ok()? else { return None };
    let token = map.lookup_token(line.checked_sub(1)?, column.saturating_sub(1))?;
    // A look-up finds the nearest place before; on another line it belongs to something else.
    if token.get_dst_line() != line - 1 {
        return None;
    }
    Some((token.get_source()?.to_owned(), token.get_src_line() + 1, token.get_src_col() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_module_and_the_place() {
        let mut writer = MapWriter::new("package.js");
        let at = |line, column| Mapping { line, column, source_line: line + 4, source_column: column + 2 };
        writer.add("pages/a.ts", "…", 3, &[at(0, 0), at(1, 6)]);
        writer.add("pages/b.js", "…", 10, &[at(0, 0)]);
        let map = writer.finish();
        assert_eq!(locate(&map, 5, 9), Some(("pages/a.ts".into(), 6, 9)));
        assert_eq!(locate(&map, 11, 1), Some(("pages/b.js".into(), 5, 3)));
        assert_eq!(locate(&map, 7, 1), None);
        assert_eq!(locate(&map, 0, 0), None);
        assert_eq!(locate(b"nonsense", 1, 1), None);
    }
}
