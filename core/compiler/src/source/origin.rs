//! Where a text that a preprocessor wrote comes from, so that what is said of it names the developer's own lines.
use super::Source;
use std::rc::Rc;

/// Places of a written text, each with the place it comes from.
#[derive(Debug)]
pub(crate) struct Origin {
    /// `None`: a file that cannot be read any more.
    files: Vec<Option<Rc<Source>>>,
    /// Place in the written text, number of the file, place in that file. Places are in UTF-16 units.
    marks: Vec<[u32; 3]>,
}

impl Origin {
    /// `marks` in the order of the written text. A line end counts as one unit in the files.
    pub(crate) fn new(files: Vec<Option<Rc<Source>>>, marks: Vec<[u32; 3]>) -> Self {
        Self { files, marks }
    }

    /// The file, and the byte offset in it, that a place of the written text comes from.
    pub(super) fn find(&self, units: usize) -> Option<(&Source, usize)> {
        let after = self.marks.partition_point(|[written, ..]| *written as usize <= units);
        let [_, file, place] = self.marks.get(after.saturating_sub(1))?;
        let source = self.files.get(*file as usize)?.as_ref()?;
        Some((source, source.offset_of_unit(*place as usize)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_places_lead_back() {
        let original = |text: &str| Some(Rc::new(Source::new("a.less".into(), "a.less".into(), text.into())));
        let files = vec![original("字\r\n.a { b: url(c) }"), original(".d {}")];
        let origin = Origin::new(files, vec![[0, 0, 2], [4, 0, 7], [20, 1, 0]]);
        let written = Source::new("a.less".into(), "a.less".into(), ".a {\n  b: url(c);\n}\n.d {}".into());
        let written = written.written_from(origin);
        let place = |needle: &str| {
            let (source, range) = written.origin(&written.find(needle)).expect("an origin");
            (source.position(range.start), source.text[range].to_owned())
        };
        assert_eq!(place("c)"), ((2, 13), "c)".to_owned()));
        assert_eq!(place(".d {}"), ((1, 1), ".d {}".to_owned()));
        assert_eq!(place(".a {\n"), ((2, 1), String::new()));
    }
}
