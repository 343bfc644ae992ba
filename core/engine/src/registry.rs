//! The API registry: which functions exist, who may call them, and how (DESIGN 4).
//!
//! `registry.json` is the one table: the base library builds `wx` from it, the permission check here goes by it.
//! What it does not list, or lists as local to the page, is refused on the bridge (attack rows 7 and 8).
use serde::Deserialize;
use std::{collections::BTreeMap, sync::OnceLock};

const TABLE: &str = include_str!("../registry.json");

/// How a function is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiKind {
    /// In the base library alone; never on the bridge.
    Local,
    /// A bridge call with an answer.
    Async,
    /// The blocking form of an `async` row, named like it plus `Sync`.
    Sync,
    /// A bridge call that the engine passes to a function which the host registered (`Device`).
    Device,
    /// `onX` or `offX`: a listener in the base library.
    Event,
    /// Makes an object in the base library.
    Object,
    /// A bridge call of the base library itself; never on `wx`.
    Internal,
}

/// How much of a function works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiStatus {
    /// As WeChat documents it.
    Full,
    /// Some of it; `note` says what.
    Partial,
    /// Known, not there yet: calls fail.
    None,
}

/// One row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiRow {
    /// As on `wx`.
    pub name: String,
    /// How it is carried out.
    pub kind: ApiKind,
    /// What the user must grant first.
    #[serde(default)]
    pub scope: Option<String>,
    /// What the host can switch off.
    #[serde(default)]
    pub capability: Option<String>,
    /// Of a `device` row: the argument that names a file of the program; the device gets the file itself.
    #[serde(default)]
    pub file: Option<String>,
    /// Only from a user's tap. No row has it yet: the bridge refuses those that do.
    #[serde(default)]
    pub gesture: bool,
    /// The Lodger version that first had it; empty where nothing works yet.
    #[serde(default)]
    pub since: String,
    /// How much of it works.
    pub status: ApiStatus,
    /// What is missing where it is partial, or what is worth knowing.
    #[serde(default)]
    pub note: Option<String>,
}

/// The whole table, by name.
pub struct Registry {
    rows: BTreeMap<String, ApiRow>,
}

impl Registry {
    /// The table that this engine was built with.
    pub fn get() -> &'static Self {
        static REGISTRY: OnceLock<Registry> = OnceLock::new();
        REGISTRY.get_or_init(|| {
            let rows: Vec<ApiRow> = serde_json::from_str(TABLE).expect("registry.json is read by a test");
            Self { rows: rows.into_iter().map(|row| (row.name.clone(), row)).collect() }
        })
    }

    /// The row of a function.
    pub fn row(&self, name: &str) -> Option<&ApiRow> {
        self.rows.get(name)
    }

    /// True for functions that a host may register.
    pub fn is_device(&self, name: &str) -> bool {
        self.row(name).is_some_and(|row| row.kind == ApiKind::Device)
    }

    /// All rows, by name.
    pub fn rows(&self) -> impl Iterator<Item = &ApiRow> {
        self.rows.values()
    }

    /// The row that carries a call on the bridge: None for everything that must be refused there.
    /// A blocking call goes by its own name (`getStorageSync`) and is carried by the row without `Sync`.
    pub fn bridge_row(&self, name: &str, sync: bool) -> Option<&ApiRow> {
        let carrier = if sync {
            let base = name.strip_suffix("Sync")?;
            self.row(name).filter(|row| row.kind == ApiKind::Sync && row.status != ApiStatus::None)?;
            base
        } else {
            name
        };
        self.row(carrier).filter(|row| {
            let carried = matches!(row.kind, ApiKind::Async | ApiKind::Device | ApiKind::Internal);
            // The engine cannot yet tell a tap: rather refuse such a row than let it through unasked.
            carried && row.status != ApiStatus::None && !row.gesture
        })
    }
}

#[cfg(test)]
mod tests;
