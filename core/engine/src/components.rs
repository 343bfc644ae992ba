//! The table of built-in components: which exist, and which of their attributes and events work.
//!
//! `components.json` is the one table: the base library registers what it lists, the compiler's diagnostics and the
//! reference for developers go by it. The row `*` holds what every component has.
use crate::registry::ApiStatus;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::OnceLock};

const TABLE: &str = include_str!("../components.json");

/// One component.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentRow {
    /// As in WXML, `scroll-view`; `*` for what every component has.
    pub tag: String,
    /// How much of it works. Without a definition in the base library, `partial` is a plain box and `none` is one that
    /// is reported as missing.
    pub status: ApiStatus,
    /// Attributes that work, as in WXML. One that ends in `*` stands for all that begin like it: `data-*`.
    pub attributes: Vec<String>,
    /// Events that come, without `bind`.
    pub events: Vec<String>,
    /// Attributes and events that WeChat documents and that do nothing here.
    pub missing: Vec<String>,
    /// What is worth knowing.
    #[serde(default)]
    pub note: Option<String>,
}

/// The whole table, by tag.
pub struct Components {
    rows: BTreeMap<String, ComponentRow>,
}

impl Components {
    /// The table that this engine was built with.
    pub fn get() -> &'static Self {
        static COMPONENTS: OnceLock<Components> = OnceLock::new();
        COMPONENTS.get_or_init(|| {
            let rows: Vec<ComponentRow> =
                serde_json::from_str(TABLE).expect("components.json is read by a test");
            Self { rows: rows.into_iter().map(|row| (row.tag.clone(), row)).collect() }
        })
    }

    /// The row of a component.
    pub fn row(&self, tag: &str) -> Option<&ComponentRow> {
        self.rows.get(tag)
    }

    /// All rows, by tag.
    pub fn rows(&self) -> impl Iterator<Item = &ComponentRow> {
        self.rows.values()
    }
}

#[cfg(test)]
mod tests;
