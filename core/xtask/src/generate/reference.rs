//! The reference of functions and components, from the two tables that the engine and the base library go by.

use crate::process::{Trouble, read};
use serde_json::Value;
use std::fmt::Write as _;

pub const FUNCTIONS: &str = "core/docs/reference/functions.md";
pub const COMPONENTS: &str = "core/docs/reference/components.md";

/// Every page of the reference: where it is, and its text.
pub fn pages() -> Result<Vec<(&'static str, String)>, Trouble> {
    Ok(vec![
        (FUNCTIONS, functions(&rows("core/engine/registry.json")?)),
        (COMPONENTS, components(&rows("core/engine/components.json")?)),
    ])
}

fn rows(path: &str) -> Result<Vec<Value>, Trouble> {
    serde_json::from_str(&read(path)?).map_err(|error| Trouble::Failed(format!("{path}: {error}")))
}

fn text<'a>(row: &'a Value, column: &str) -> &'a str {
    row[column].as_str().unwrap_or("")
}

fn functions(rows: &[Value]) -> String {
    let public: Vec<_> = rows.iter().filter(|row| text(row, "kind") != "internal").collect();
    let (works, rest): (Vec<_>, Vec<_>) = public.into_iter().partition(|row| text(row, "status") != "none");
    let full = works.iter().filter(|row| text(row, "status") == "full").count();
    let mut out = format!(
        "# Functions\n\n<!-- Generated from core/engine/registry.json by `cargo xtask generate`. -->\n\n\
         {} functions work ({full} as WeChat documents them, {} in part); {} are known and not there yet.\n\n\
         A function that is not there yet exists and fails with `<name>:fail not supported`; `wx.canIUse` says false\n\
         for it, and `lodger check` tells where a program uses it. *Scope* is what the user is asked for first;\n\
         *switch* is the capability by which a host can turn the function off.\n\n\
         | Function | Works | Scope | Switch | Note |\n|---|---|---|---|---|\n",
        works.len(),
        works.len() - full,
        rest.len()
    );
    for row in works {
        let status = if text(row, "status") == "full" { "yes" } else { "in part" };
        let cell = |column| text(row, column).replace('|', "\\|");
        let _ = writeln!(
            out,
            "| `{}` | {status} | {} | {} | {} |",
            text(row, "name"),
            cell("scope"),
            cell("capability"),
            cell("note")
        );
    }
    let names: Vec<_> = rest.iter().map(|row| format!("`{}`", text(row, "name"))).collect();
    let _ = write!(out, "\n## Not there yet\n\n{}.\n", names.join(", "));
    out
}

fn components(rows: &[Value]) -> String {
    let named: Vec<_> = rows.iter().filter(|row| text(row, "tag") != "*").collect();
    let (works, rest): (Vec<_>, Vec<_>) = named.into_iter().partition(|row| text(row, "status") != "none");
    let mut out = format!(
        "# Components\n\n<!-- Generated from core/engine/components.json by `cargo xtask generate`. -->\n\n\
         {} built-in components work; {} are known and not there yet. Those draw a plain box with their children, and\n\
         `lodger check` tells where a program uses them.\n",
        works.len(),
        rest.len()
    );
    let list = |names: &Value| {
        let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    for row in rows.iter().filter(|row| text(row, "status") != "none") {
        let title = if text(row, "tag") == "*" { "Every component" } else { text(row, "tag") };
        let _ = write!(out, "\n## {title}\n\n");
        if let Some(note) = row["note"].as_str() {
            let _ = writeln!(out, "{note}\n");
        }
        for (what, column) in
            [("Attributes", "attributes"), ("Events", "events"), ("Not there yet", "missing")]
        {
            let names = list(&row[column]);
            if !names.is_empty() {
                let _ = writeln!(out, "- {what}: {names}");
            }
        }
    }
    let names: Vec<_> = rest.iter().map(|row| format!("`{}`", text(row, "tag"))).collect();
    let _ = write!(out, "\n## Not there yet\n\n{}.\n", names.join(", "));
    out
}
