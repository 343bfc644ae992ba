//! Elements of templates: tags that nobody knows, and components, attributes and events that do not work.
use super::Program;
use crate::{
    codes,
    compat::{self, Component, Status},
    diagnostic::{Diagnostics, Finding},
    template::{Element, Parsed, directive},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// HTML's tags for those who come from there.
const HTML: [(&str, &str); 17] = [
    ("a", "navigator"),
    ("b", "text"),
    ("br", "view"),
    ("div", "view"),
    ("h1", "view"),
    ("h2", "view"),
    ("h3", "view"),
    ("header", "view"),
    ("i", "text"),
    ("iframe", "web-view"),
    ("img", "image"),
    ("li", "view"),
    ("p", "view"),
    ("section", "view"),
    ("select", "picker"),
    ("strong", "text"),
    ("ul", "view"),
];

pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let declared = declared(program);
    for (key, template) in program.templates.parsed().filter(|(key, _)| program.own(key)) {
        let users = declared.get(key).map(Vec::as_slice).unwrap_or_default();
        for element in template.elements() {
            // An imported template is right if any of the pages that import it declares the tag.
            let known = users.iter().any(|tags| tags.contains(element.tag));
            foreign(&element, &template, known, diagnostics);
            if known {
                continue;
            }
            match compat::component(element.tag) {
                Some(row) => built_in(&element, row, &template, diagnostics),
                None if element.tag.starts_with("xr-") => {
                    let message =
                        "the elements of xr-frame (xr-…) do not work in Lodger yet; nothing is drawn";
                    let finding = Finding::warning(codes::COMPONENT_MISSING, message);
                    diagnostics.add(finding.at(template.source(), element.place).grouped("xr-frame"));
                }
                None => {
                    let mut near: Vec<&str> = compat::tags().collect();
                    near.extend(users.iter().flat_map(|tags| tags.iter().map(String::as_str)));
                    let finding = unknown_tag(element.tag, near.into_iter());
                    diagnostics.add(finding.at(template.source(), element.place).grouped(element.tag));
                }
            }
        }
    }
}

/// For every template, what the pages and components that are made of it declare.
fn declared<'a>(program: &'a Program<'_>) -> BTreeMap<&'a str, Vec<&'a BTreeSet<String>>> {
    let mut all: BTreeMap<&str, Vec<&BTreeSet<String>>> = BTreeMap::new();
    for (stem, tags) in &program.units {
        for part in program.templates.parts(stem) {
            all.entry(part).or_default().push(tags);
        }
    }
    all
}

fn unknown_tag<'a>(tag: &str, known: impl Iterator<Item = &'a str>) -> Finding {
    let message =
        format!("<{tag}> is no component: it is not built in, and usingComponents does not name it");
    let html = HTML.iter().find(|(html, _)| *html == tag).map(|(_, right)| *right);
    let help = match html.or_else(|| compat::nearest(tag, known)) {
        Some(right) => format!("did you mean <{right}>?"),
        None => format!(
            "add \"{tag}\": \"/path/of/the/component\" to usingComponents in the JSON file beside the template"
        ),
    };
    Finding::warning(codes::UNKNOWN_TAG, message).help(help)
}

fn built_in(element: &Element<'_>, row: &Component, template: &Parsed<'_>, diagnostics: &mut Diagnostics) {
    let tag = element.tag;
    let note = || row.note.clone();
    let mut add = |finding: Finding, place: &Range<usize>, key: &str| {
        diagnostics.add(finding.at(template.source(), place.clone()).grouped(key));
    };
    if row.status == Status::None {
        let message = format!("<{tag}> does not work in Lodger yet; nothing is drawn");
        let finding = Finding::warning(codes::COMPONENT_MISSING, message);
        let help = note().unwrap_or_else(|| "show something else where it is missing".to_owned());
        return add(finding.help(help), &element.place, tag);
    }
    if row.status == Status::Partial && row.attributes.is_empty() && row.events.is_empty() {
        let message = format!("<{tag}> works in part");
        return add(
            Finding::warning(codes::COMPONENT_MISSING, message).maybe_help(note()),
            &element.place,
            tag,
        );
    }
    let every = compat::every_component();
    let common = |pick: fn(&Component) -> &Vec<String>| every.map(pick).into_iter().flatten();
    for (names, kind, known) in [
        (&element.attributes, "attribute", row.attributes.iter().chain(common(|row| &row.attributes))),
        (&element.events, "event", row.events.iter().chain(common(|row| &row.events))),
    ] {
        let known: Vec<&str> = known.map(String::as_str).collect();
        for (name, place) in names {
            // `formType` means the same as `form-type`; `aria-*` and `data-*` stand for many.
            let name = kebab(name);
            let stands = |known: &&str| known.strip_suffix('*').is_some_and(|start| name.starts_with(start));
            if name.starts_with('-') || known.contains(&name.as_str()) || known.iter().any(stands) {
                continue;
            }
            let key = format!("{tag} {kind} {name}");
            if row.missing.contains(&name) {
                let message = format!("the {kind} \"{name}\" of <{tag}> does not work in Lodger yet");
                let finding = Finding::warning(codes::ATTRIBUTE_MISSING, message);
                add(finding.maybe_help(note()), place, &key);
            } else if let Some(near) = compat::nearest(&name, known.iter().copied())
                && directive::advice(&name).is_none()
            {
                let message = format!("<{tag}> has no {kind} \"{name}\"");
                let finding = Finding::warning(codes::ATTRIBUTE_UNKNOWN, message);
                add(finding.help(format!("did you mean \"{near}\"?")), place, &key);
            }
        }
    }
}

/// `formType` as `form-type`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Directives and listeners of other frameworks. A component of the program's own may well have a property `on…`.
fn foreign(element: &Element<'_>, template: &Parsed<'_>, own: bool, diagnostics: &mut Diagnostics) {
    let is_event = |name: &str| {
        let rows = [compat::component(element.tag), compat::every_component()];
        rows.into_iter().flatten().any(|row| row.events.iter().any(|event| event == name))
    };
    let attributes = element.attributes.iter().filter_map(|(name, place)| {
        let listener = || directive::listener_advice(name, &is_event).filter(|_| !own);
        Some(((*name).to_owned(), place, directive::advice(name).or_else(listener)?))
    });
    let events = element.events.iter().filter_map(|(name, place)| {
        let event = name.strip_prefix('-')?;
        let written = template.source().text.get(place.clone())?;
        let right = written.replacen('-', ":", 1);
        Some((written.to_owned(), place, format!("did you mean {right}?"))).filter(|_| !event.is_empty())
    });
    for (name, place, help) in attributes.chain(events) {
        let message = format!("{name} is not part of WXML");
        diagnostics.add(
            Finding::warning(codes::UNKNOWN_DIRECTIVE, message)
                .help(help)
                .at(template.source(), place.clone()),
        );
    }
}
