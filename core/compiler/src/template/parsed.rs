//! Parsed templates, for those who look at elements rather than compile them.
use super::{Templates, range};
use crate::source::Source;
use glass_easel_template_compiler::parse::{
    Position, TemplateStructure as _,
    tag::{ElementKind, Ident, Node, StrName, Template, Value},
};
use std::{collections::BTreeMap, ops::Range, rc::Rc};

/// One parsed file.
#[derive(Clone, Copy)]
pub(crate) struct Parsed<'a> {
    source: &'a Rc<Source>,
    tree: &'a Template,
}

/// One element as it is written.
pub(crate) struct Element<'a> {
    pub(crate) tag: &'a str,
    pub(crate) place: Range<usize>,
    /// Names and places; `model:` is left off.
    pub(crate) attributes: Vec<(&'a str, Range<usize>)>,
    /// Names without `bind`, and places.
    pub(crate) events: Vec<(&'a str, Range<usize>)>,
}

impl Templates {
    /// All files by key (path without suffix).
    pub(crate) fn parsed(&self) -> impl Iterator<Item = (&str, Parsed<'_>)> {
        self.templates.iter().filter_map(|(key, template)| {
            let tree = template.group.get_tree(key).ok()?;
            Some((key.as_str(), Parsed { source: &template.source, tree }))
        })
    }

    /// Keys of the files that a page or component is made of.
    pub(crate) fn parts(&self, key: &str) -> Vec<&str> {
        self.closure(key).into_iter().collect()
    }

    /// WXS files by key, each with the keys of those it requires.
    pub(crate) fn scripts_by_key(&self) -> BTreeMap<String, Vec<(String, Range<usize>)>> {
        let key = |file: &String| (file.trim_end_matches(".wxs").to_owned(), 0..0);
        self.scripts
            .iter()
            .map(|(name, script)| (name.clone(), script.requires.iter().map(key).collect()))
            .collect()
    }
}

impl<'a> Parsed<'a> {
    pub(crate) fn source(&self) -> &'a Rc<Source> {
        self.source
    }

    /// Files named by `<import>`, as written.
    pub(crate) fn imports(&self) -> Vec<(String, Range<usize>)> {
        self.named(self.tree.globals.imports.iter().map(|import| &import.src))
    }

    /// Files named by `<include>`, as written.
    pub(crate) fn includes(&self) -> Vec<(String, Range<usize>)> {
        self.named(self.tree.globals.includes.iter().map(|include| &include.src))
    }

    fn named<'b>(&self, sources: impl Iterator<Item = &'b StrName>) -> Vec<(String, Range<usize>)> {
        sources.map(|src| (src.name.to_string(), range(self.source, &src.location))).collect()
    }

    /// Every element with a tag of its own, those of `<template name>` included.
    pub(crate) fn elements(&self) -> Vec<Element<'a>> {
        let mut found = Vec::new();
        self.visit(&mut |kind| found.extend(self.element(kind)));
        found
    }

    /// Constant addresses in attributes: tag, address, place.
    pub(crate) fn addresses(&self) -> Vec<(&'a str, String, Range<usize>)> {
        let mut found = Vec::new();
        self.visit(&mut |kind| {
            let ElementKind::Normal { tag_name, attributes, .. } = kind else { return };
            for attribute in attributes {
                if let Some(Value::Static { value, location, .. }) = &attribute.value
                    && ["https://", "wss://"].iter().any(|scheme| value.starts_with(scheme))
                {
                    found.push((tag_name.name.as_str(), value.to_string(), self.place(location)));
                }
            }
        });
        found
    }

    fn visit(&self, see: &mut dyn FnMut(&'a ElementKind)) {
        let definitions = self.tree.globals.sub_templates.iter().map(|definition| &definition.content);
        let mut open: Vec<&Node> = definitions.flatten().chain(&self.tree.content).collect();
        while let Some(node) = open.pop() {
            if let Node::Element(element) = node {
                see(&element.kind);
                open.extend(element.iter_children());
            }
        }
    }

    fn element(&self, kind: &'a ElementKind) -> Option<Element<'a>> {
        let ElementKind::Normal { tag_name, attributes, common, .. } = kind else { return None };
        let named = |name: &'a Ident| (name.name.as_str(), self.place(&name.location()));
        let mut events: Vec<_> = common.event_bindings.iter().map(|event| named(&event.name)).collect();
        let mut plain = Vec::new();
        for (name, place) in attributes.iter().map(|attribute| named(&attribute.name)) {
            // The compiler leaves `bindtap` to the framework, which looks at it when the element is made.
            let event = ["bind", "catch"].iter().find_map(|prefix| name.strip_prefix(prefix));
            match event.filter(|event| !event.is_empty()) {
                Some(event) => events.push((event, place)),
                None if self.is_rest(place.start) => {}
                None => plain.push((name, place)),
            }
        }
        let (tag, place) = named(tag_name);
        Some(Element { tag, place, attributes: plain, events })
    }

    /// Of `:if` and `@click` the compiler drops the sign, says so, and takes the rest for an attribute.
    fn is_rest(&self, start: usize) -> bool {
        let mut before = self.source.text[..start].chars().rev();
        match before.next() {
            Some(':') => before.next().is_some_and(char::is_whitespace),
            Some(c) => !c.is_whitespace() && !matches!(c, '"' | '\''),
            None => false,
        }
    }

    fn place(&self, location: &Range<Position>) -> Range<usize> {
        range(self.source, location)
    }
}
