//! JSON as WeChat's tools accept it (comments, trailing commas), with the place of every value.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    source::Source,
};
use jsonc_parser::{CollectOptions, ParseOptions, ast, common::Ranged};
use std::{ops::Range, rc::Rc};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    /// In source order; of a repeated key the last one counts.
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().rev().find(|(k, _)| k == key).map(|(_, node)| node)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    pub(crate) fn truth(&self) -> bool {
        matches!(self.kind, Kind::Bool(true))
    }

    pub(crate) fn items(&self) -> &[Node] {
        if let Kind::List(items) = &self.kind { items } else { &[] }
    }

    pub(crate) fn entries(&self) -> &[(String, Node)] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    pub(crate) fn to_value(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => Value::Number(n.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|(k, v)| (k.clone(), v.to_value())).collect())
            }
        }
    }
}

/// A parsed file: its text and its root value.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) source: Rc<Source>,
    pub(crate) root: Node,
}

impl Document {
    /// Parses a file. An empty file counts as `{}`, as it does in WeChat.
    pub(crate) fn parse(source: &Rc<Source>, diagnostics: &mut Diagnostics) -> Option<Self> {
        match jsonc_parser::parse_to_ast(&source.text, &CollectOptions::default(), &options(false)) {
            Ok(parsed) => Some(Self::new(source, parsed.value.as_ref())),
            Err(error) => {
                let range = error.range();
                let kind = error.kind().to_string();
                let finding =
                    Finding::error(codes::JSON_SYNTAX, format!("not valid JSON: {}", kind.to_lowercase()));
                diagnostics.add(finding.at(source, range.start..range.end).help(advice(
                    source,
                    range.start,
                    &kind,
                )));
                // What can be guessed is read on: one slip must not hide what else is wrong.
                let guessed =
                    jsonc_parser::parse_to_ast(&source.text, &CollectOptions::default(), &options(true));
                guessed.ok().map(|parsed| Self::new(source, parsed.value.as_ref()))
            }
        }
    }

    fn new(source: &Rc<Source>, value: Option<&ast::Value<'_>>) -> Self {
        let empty = Node { range: 0..0, kind: Kind::Map(Vec::new()) };
        Self { source: source.clone(), root: value.map_or(empty, convert) }
    }

    /// The text value under `key` of the root, with its place.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.root.get(key).and_then(Node::text)
    }
}

/// What WeChat's tools take; `loose`: all that can be understood.
fn options(loose: bool) -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: loose,
        allow_missing_commas: loose,
        allow_single_quoted_strings: loose,
        allow_hexadecimal_numbers: loose,
        allow_unary_plus_numbers: loose,
        allow_bare_decimal_point_numbers: loose,
        allow_extended_string_escapes: loose,
        allow_non_finite_numbers: loose,
    }
}

/// What to do about an error: the parser's words alone are too short for a beginner.
fn advice(source: &Source, at: usize, kind: &str) -> String {
    let next = source.text.get(at..).and_then(|rest| rest.chars().next());
    let kind = kind.to_lowercase();
    match next {
        Some('\'') => "write texts in double quotes".to_owned(),
        _ if kind.contains("comma") => "put a comma here".to_owned(),
        _ if kind.contains("colon") => "write a colon between the name and its value".to_owned(),
        _ if kind.contains("unterminated object") => "a closing } is missing".to_owned(),
        _ if kind.contains("unterminated array") => "a closing ] is missing".to_owned(),
        _ if kind.contains("unterminated string") => "a closing double quote is missing".to_owned(),
        Some(c) if c.is_alphabetic() => {
            "write names and texts in double quotes; only true, false and null go without".to_owned()
        }
        _ => "JSON is {\"name\": value, ...}; names and texts stand in double quotes".to_owned(),
    }
}

fn convert(value: &ast::Value<'_>) -> Node {
    let range = value.range();
    let kind = match value {
        ast::Value::NullKeyword(_) => Kind::Null,
        ast::Value::BooleanLit(b) => Kind::Bool(b.value),
        ast::Value::NumberLit(n) => match serde_json::from_str(n.value) {
            Ok(number) => Kind::Number(number),
            Err(_) => Kind::Text(n.value.to_owned()),
        },
        ast::Value::StringLit(s) => Kind::Text(s.value.to_string()),
        ast::Value::Array(array) => Kind::List(array.elements.iter().map(convert).collect()),
        ast::Value::Object(object) => Kind::Map(
            object.properties.iter().map(|p| (p.name.as_str().to_owned(), convert(&p.value))).collect(),
        ),
    };
    Node { range: range.start..range.end, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<Document>, Vec<crate::Diagnostic>) {
        let mut diagnostics = Diagnostics::default();
        let source = Rc::new(Source::new("a.json".into(), "a.json".into(), text.into()));
        let document = Document::parse(&source, &mut diagnostics);
        (document, diagnostics.finish())
    }

    #[test]
    fn tolerates_what_wechat_tolerates() {
        let (document, found) =
            parse("\u{feff}{\r\n // pages\r\n \"a\": [1, 2.50,], /* x */ \"b\": {\"c\": \"\\u4f60\",},\r\n}");
        assert!(found.is_empty());
        let value = document.expect("a document").root.to_value();
        assert_eq!(value, serde_json::json!({"a": [1, 2.5], "b": {"c": "你"}}));
        assert!(parse("").0.expect("a document").root.entries().is_empty());
    }

    #[test]
    fn names_the_place_of_an_error() {
        let (document, found) = parse("{\n  \"a\": tru\n}");
        assert!(document.is_none());
        assert_eq!((found[0].code, found[0].line), (codes::JSON_SYNTAX, 2));
    }

    #[test]
    fn reads_on_after_a_slip() {
        let (document, found) = parse("{\n  'a': [1 2], b: 3}");
        assert_eq!(document.expect("a document").root.to_value(), serde_json::json!({"a": [1, 2], "b": 3}));
        assert_eq!((found.len(), found[0].line, found[0].column), (1, 2, 3));
        assert_eq!(found[0].help.as_deref(), Some("write texts in double quotes"));
    }
}
