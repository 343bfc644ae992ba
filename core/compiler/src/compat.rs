//! What of WeChat works in Lodger: the engine's two tables, as the compiler needs them.
//!
//! The files are read, not the engine linked: the compiler must not carry the engine's storage and bridge with it.
use std::{collections::BTreeMap, sync::LazyLock};

/// How much of a row works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Full,
    Partial,
    None,
}

/// A function or another member of `wx`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Member {
    name: String,
    kind: String,
    pub(crate) status: Status,
    pub(crate) note: Option<String>,
}

/// A built-in component. Names as in WXML, events without `bind`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Component {
    tag: String,
    pub(crate) status: Status,
    pub(crate) attributes: Vec<String>,
    pub(crate) events: Vec<String>,
    /// Attributes and events that WeChat documents and that do nothing here.
    pub(crate) missing: Vec<String>,
    pub(crate) note: Option<String>,
}

static MEMBERS: LazyLock<BTreeMap<String, Member>> = LazyLock::new(|| {
    let rows: Vec<Member> = serde_json::from_str(include_str!("../../engine/registry.json"))
        .expect("registry.json is read by the engine's tests");
    // Internal rows are calls of the base library, never members of wx.
    rows.into_iter().filter(|row| row.kind != "internal").map(|row| (row.name.clone(), row)).collect()
});

static COMPONENTS: LazyLock<BTreeMap<String, Component>> = LazyLock::new(|| {
    let rows: Vec<Component> = serde_json::from_str(include_str!("../../engine/components.json"))
        .expect("components.json is read by the engine's tests");
    rows.into_iter().map(|row| (row.tag.clone(), row)).collect()
});

/// The row that holds for every component.
const EVERY: &str = "*";

/// A member of `wx`, if WeChat has one of that name.
pub(crate) fn member(name: &str) -> Option<&'static Member> {
    MEMBERS.get(name)
}

/// The member of `wx` with the most similar name.
pub(crate) fn nearest_member(name: &str) -> Option<&'static str> {
    nearest(name, MEMBERS.keys().map(String::as_str))
}

/// A built-in component.
pub(crate) fn component(tag: &str) -> Option<&'static Component> {
    COMPONENTS.get(tag).filter(|row| row.tag != EVERY)
}

/// What every component has.
pub(crate) fn every_component() -> Option<&'static Component> {
    COMPONENTS.get(EVERY)
}

/// All tags that are built in.
pub(crate) fn tags() -> impl Iterator<Item = &'static str> {
    COMPONENTS.keys().map(String::as_str).filter(|tag| *tag != EVERY)
}

/// The name most like `wanted`, if one could have been meant: one slip, or two in a longer name that starts alike.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let meant = |(distance, name): &(usize, &str)| match distance {
        1 => true,
        2 => name.len().min(wanted.len()) >= 5 && name.chars().next() == wanted.chars().next(),
        _ => false,
    };
    names
        .map(|name| (strsim::damerau_levenshtein(name, wanted), name))
        .filter(meant)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_read() {
        assert_eq!(member("request").map(|row| row.status), Some(Status::Full));
        assert!(member("abort").is_none(), "an internal row");
        assert_eq!(component("view").map(|row| row.status), Some(Status::Full));
        assert!(component(EVERY).is_none() && every_component().is_some());
    }

    #[test]
    fn near_names_only() {
        assert_eq!(nearest_member("reqest"), Some("request"));
        assert_eq!(nearest("viw", tags()), Some("view"));
        for other in ["banana", "cu-custom", "nav"] {
            assert_eq!(nearest(other, tags()), None, "{other}");
        }
    }
}
