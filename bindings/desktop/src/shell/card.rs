//! What the host knows of a program without asking its page: from the bundle, and from the page stack.
use super::{Card, ScopeState};
use crate::phone::Theme;
use lodger_bundle::{Digest, Index, Store};
use lodger_engine::Session;
use serde_json::Value;
use std::sync::Arc;

/// What an installed bundle says of its program.
#[derive(Clone)]
pub(crate) struct Described {
    pub(crate) card: Card,
    /// Media type and bytes.
    pub(crate) icon: Option<(String, Vec<u8>)>,
    /// app.json.
    pub(crate) config: Value,
    /// None: nothing is known yet.
    pub(crate) index: Option<Arc<Index>>,
}

impl Described {
    /// A program of which only the id is known.
    pub(crate) fn unknown(app: &str) -> Self {
        let card = Card { id: app.to_owned(), name: app.to_owned(), ..Card::default() };
        Self { card, icon: None, config: Value::Null, index: None }
    }

    /// For the loading screen: what is installed, which may not be what opens.
    pub(crate) fn installed(store: &Store, app: &str) -> Self {
        let installed = store.current(app).ok().flatten();
        installed.and_then(|bundle| Self::of(store, &bundle.digest)).unwrap_or_else(|| Self::unknown(app))
    }

    /// What a session runs.
    pub(crate) fn running(store: &Store, session: &Session) -> Self {
        Self::of(store, &session.release().digest).unwrap_or_else(|| Self::unknown(session.app()))
    }

    fn of(store: &Store, digest: &Digest) -> Option<Self> {
        let index = store.index(digest).ok()?;
        let file = |path: &str| Some((index.file(path)?.mime.clone(), store.read(digest, path).ok()?));
        let config: Value =
            file("app.json").and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let icon = config["icon"].as_str().and_then(file).filter(|(mime, _)| mime.starts_with("image/"));
        let scope = |scope: &String| ScopeState { scope: scope.clone(), granted: None };
        let card = Card {
            id: index.app.clone(),
            name: config["name"].as_str().unwrap_or(&index.app).to_owned(),
            version: index.version.name.clone(),
            digest: digest.to_hex(),
            icon: icon.is_some(),
            scopes: index.scopes.iter().map(scope).collect(),
        };
        let icon = icon.map(|(mime, bytes)| (mime, bytes.to_vec()));
        Some(Self { card, icon, config, index: Some(index) })
    }
}

/// The page's `navigationBarTextStyle`; WeChat's default is white.
pub(crate) fn bar_text(config: &Value, page: &str, theme: Theme) -> &'static str {
    const STYLE: &str = "navigationBarTextStyle";
    let own = &config["pageConfigs"][page][STYLE];
    let style = if own.is_null() { &config["window"][STYLE] } else { own };
    let style = style.as_str().unwrap_or("white");
    // `@name` stands for a value of theme.json.
    let style = match style.strip_prefix('@') {
        Some(name) => config["theme"][theme.name()][name].as_str().unwrap_or("white"),
        None => style,
    };
    if style == "black" { "black" } else { "white" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_capsule_follows_the_page_then_the_program_then_wechat() {
        let config = json!({
            "window": { "navigationBarTextStyle": "@bar" },
            "theme": { "light": { "bar": "black" }, "dark": { "bar": "white" } },
            "pageConfigs": { "a": { "navigationBarTextStyle": "white" }, "b": {} },
        });
        assert_eq!(bar_text(&config, "a", Theme::Light), "white");
        assert_eq!(bar_text(&config, "b", Theme::Light), "black");
        assert_eq!(bar_text(&config, "b", Theme::Dark), "white");
        assert_eq!(bar_text(&Value::Null, "a", Theme::Light), "white");
    }
}
