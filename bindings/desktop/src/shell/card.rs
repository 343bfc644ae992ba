//! What the host knows of a program without asking its page: from the bundle, and from the page stack.
use super::{Card, ScopeState};
use crate::phone::Theme;
use lodger_bundle::Bundle;
use serde_json::Value;

/// What the loading screen and the sheets show, taken from the bundle so that they need no page.
pub(crate) fn describe(bundle: &Bundle) -> (Card, Option<(String, Vec<u8>)>, Value) {
    let index = &bundle.index;
    let file = |path: &str| {
        let entry = index.file(path)?;
        Some((entry.mime.clone(), bundle.blobs.get(&entry.digest)?.clone()))
    };
    let config: Value =
        file("app.json").and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let icon = config["icon"].as_str().and_then(file).filter(|(mime, _)| mime.starts_with("image/"));
    let card = Card {
        id: index.app.clone(),
        name: config["name"].as_str().unwrap_or(&index.app).to_owned(),
        version: index.version.name.clone(),
        digest: bundle.digest().to_hex(),
        icon: icon.is_some(),
        scopes: index.scopes.iter().map(|scope| ScopeState { scope: scope.clone(), granted: None }).collect(),
    };
    (card, icon, config)
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
