//! Launch options: where a program starts, and why.
use crate::{ErrorKind, LodgerError, page_stack::Query};
use serde_json::{Value, json};

/// Checked options of one open: the path is a page of the program.
#[derive(Clone, Debug)]
pub(crate) struct LaunchOptions {
    pub path: String,
    pub query: Query,
    pub scene: u32,
    pub referrer: Option<(String, Value)>,
    /// What the page wanted to have again when the program was left on it; null for nothing.
    pub exit_state: Value,
}

impl LaunchOptions {
    /// `pages` is the allow-list, entry page first (attack row 24). One leading slash is accepted.
    pub(crate) fn new(
        pages: &[String],
        path: Option<String>,
        query: Query,
        scene: u32,
        referrer: Option<(String, Value)>,
    ) -> Result<Self, LodgerError> {
        let wanted = path.as_deref().map(|path| path.strip_prefix('/').unwrap_or(path));
        let path = match wanted {
            None => pages.first(),
            Some(wanted) => pages.iter().find(|page| *page == wanted),
        };
        let path = path.cloned().ok_or_else(|| {
            LodgerError::new(
                ErrorKind::NotFound,
                "page-not-found",
                "The program has no such page. Open it without a path, or with a path from its page list.",
            )
        })?;
        Ok(Self { path, query, scene, referrer, exit_state: Value::Null })
    }

    pub(crate) fn with_exit_state(self, exit_state: Value) -> Self {
        Self { exit_state, ..self }
    }

    /// As the page gets them, in the launch object and in `appShow`.
    pub(crate) fn to_json(&self) -> Value {
        let referrer = match &self.referrer {
            Some((app, extra)) => json!({ "appId": app, "extraData": extra }),
            None => json!({}),
        };
        json!({ "path": self.path, "query": self.query, "scene": self.scene, "referrerInfo": referrer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(path: Option<&str>) -> Result<LaunchOptions, LodgerError> {
        let pages = ["pages/home/home", "pages/item/item"].map(str::to_owned);
        LaunchOptions::new(&pages, path.map(str::to_owned), Query::new(), 1001, None)
    }

    #[test]
    fn the_entry_page_is_the_default() {
        assert_eq!(open(None).expect("entry").path, "pages/home/home");
        assert_eq!(open(Some("/pages/item/item")).expect("listed").path, "pages/item/item");
    }

    #[test]
    fn row_24_deep_links_reach_listed_pages_only() {
        for path in [
            "",
            "/",
            "pages/home/home?x=1",
            "pages/home/home.html",
            "//pages/home/home",
            "pages/home/../home/home",
            "./pages/home/home",
            "pages%2Fhome%2Fhome",
            "https://evil.test/pages/home/home",
            "javascript:alert(1)",
            "app.json",
            "PAGES/HOME/HOME",
        ] {
            let error = open(Some(path)).expect_err(path);
            assert_eq!((error.kind, error.code.as_str()), (ErrorKind::NotFound, "page-not-found"));
        }
    }

    proptest! {
        #[test]
        fn row_24_any_other_text_is_refused(path in "(\\.\\./|/|%2f|%2F|\\\\|file://|https://|pages|home|item|\\PC){0,8}") {
            let listed = ["pages/home/home", "pages/item/item"].contains(&path.strip_prefix('/').unwrap_or(&path));
            prop_assert_eq!(open(Some(&path)).is_ok(), listed);
        }
    }
}
