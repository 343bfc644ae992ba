//! A new build in place of the one that runs: what a developer's edit loop is made of.
//!
//! Only what a session was never promised to keep changes: code, pages, configuration. Its identity, its data and what
//! it may reach stay as they were at the open, so a build that differs in those is refused.
use super::{Code, Inner, start_page::package_script};
use crate::{ErrorKind, LodgerError, app_config::AppConfig};
use lodger_bundle::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, PoisonError};

/// What a build has that the one before it had not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// Templates and style sheets only: the document, and all data in it, stays.
    Look {
        /// Names of the packages whose script differs.
        packages: Vec<String>,
        /// Pages and components (paths without suffix) whose template is to be drawn anew.
        templates: Vec<String>,
    },
    /// Anything else: the document is loaded again.
    Code,
}

impl Inner {
    /// Refuses what only development sessions may do.
    pub(super) fn need_development(&self) -> Result<(), LodgerError> {
        if self.shared.development() {
            return Ok(());
        }
        Err(LodgerError::new(
            ErrorKind::Denied,
            "not-development",
            "This session is not a development session. Open it from a development engine.",
        ))
    }

    pub(super) fn replace(&self, digest: &Digest, change: &Change) -> Result<(), LodgerError> {
        let store = &self.shared.store;
        let running = store.run(digest)?;
        let index = store.index(digest)?;
        let config = AppConfig::parse(&store.read(digest, "app.json")?).map(Arc::new);
        let code = config.map(|config| Code { digest: *digest, index, config });
        let Some(code) = code.filter(|code| same_identity(&self.code(), code)) else {
            return Err(LodgerError::new(
                ErrorKind::Incompatible,
                "replace-identity",
                "The new build has another name, version, icon, domains or scopes. Open the program again.",
            ));
        };
        let event = match change {
            Change::Look { packages, templates } => {
                let changed = code.index.packages.iter().filter(|package| packages.contains(&package.name));
                // A fresh address, so that no cache answers with the old script.
                let script = |root: &str| format!("{}?{}", package_script(root), &digest.to_hex()[..16]);
                let scripts: Vec<String> = changed.map(|package| script(&package.root)).collect();
                json!({ "scripts": scripts, "templates": templates })
            }
            Change::Code => json!({ "reload": true }),
        };
        {
            let mut state = self.state();
            if state.closed {
                return Err(LodgerError::closed());
            }
            if !code.index.pages.contains(&state.launch.path) {
                // The page that the program was opened on is gone: its first page is as good as any.
                state.launch.path = code.index.pages.first().cloned().unwrap_or_default();
                state.launch.query.clear();
            }
            self.files.replace_bundle(Arc::clone(&code.index), code.digest);
            self.release.lock().unwrap_or_else(PoisonError::into_inner).digest = code.digest;
            *self.code.lock().unwrap_or_else(PoisonError::into_inner) = code;
            state.running = Some(running);
            // Of a document that never said anything there is nothing to resume.
            state.resume |= *change == Change::Code && state.document.is_some();
        }
        self.event("hot", event);
        Ok(())
    }
}

/// Whether all that was fixed at the open is the same.
fn same_identity(old: &Code, new: &Code) -> bool {
    let (a, b) = (&old.index, &new.index);
    (&a.app, &a.version, &a.domains, &a.scopes) == (&b.app, &b.version, &b.domains, &b.scopes)
        && (old.config.name(), old.config.icon(), old.config.scope_reasons())
            == (new.config.name(), new.config.icon(), new.config.scope_reasons())
}
