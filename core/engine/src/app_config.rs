//! `app.json` of a bundle: the few fields that the engine itself goes by. The base library reads the rest.
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// WeChat's default for all of `networkTimeout`.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(60);

/// The compiled configuration (core/docs/bundle.md).
pub(crate) struct AppConfig {
    json: Value,
}

impl AppConfig {
    /// None unless the bytes are a JSON object.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(bytes).ok()?;
        json.is_object().then_some(Self { json })
    }

    /// The whole of it, for the launch object.
    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.json["name"].as_str().filter(|name| !name.is_empty())
    }

    pub(crate) fn icon(&self) -> Option<&str> {
        self.json["icon"].as_str().filter(|icon| !icon.is_empty())
    }

    /// Pages that the tab bar leads to.
    pub(crate) fn tabs(&self) -> Vec<String> {
        let list = self.json["tabBar"]["list"].as_array();
        let path = |tab: &Value| Some(tab["pagePath"].as_str()?.trim_start_matches('/').to_owned());
        list.into_iter().flatten().filter_map(path).collect()
    }

    /// Whether the program has a privacy contract to be agreed to (`__usePrivacyCheck__`).
    pub(crate) fn checks_privacy(&self) -> bool {
        self.json["__usePrivacyCheck__"] == true
    }

    /// The author's reasons for scopes.
    pub(crate) fn scope_reasons(&self) -> BTreeMap<String, String> {
        let reasons = self.json["permission"].as_object();
        let reason =
            |(scope, entry): (&String, &Value)| Some((scope.clone(), entry["desc"].as_str()?.to_owned()));
        reasons.into_iter().flatten().filter_map(reason).collect()
    }

    /// Whether a cold start goes on at `page`, if the program was left there (`restartStrategy`, app.json or page.json).
    pub(crate) fn restarts_at(&self, page: &str) -> bool {
        let own = &self.json["pageConfigs"][page]["restartStrategy"];
        let strategy = own.as_str().or(self.json["restartStrategy"].as_str());
        strategy == Some("homePageAndLatestPage") && !self.tabs().iter().any(|tab| tab == page)
    }

    /// `networkTimeout` of the function: `request`, `uploadFile`, `downloadFile`.
    pub(crate) fn network_timeout(&self, api: &str) -> Duration {
        self.json["networkTimeout"][api].as_u64().map_or(NETWORK_TIMEOUT, Duration::from_millis)
    }

    /// What the window shows before the first paint: the page's own background, or the theme's, so that a dark
    /// program does not flash white.
    pub(crate) fn background(&self, page: &str, theme: &str) -> String {
        let dark = theme == "dark" && self.json["darkmode"].as_bool() == Some(true);
        let page = &self.json["pageConfigs"][page]["backgroundColorContent"];
        let window = &self.json["window"]["backgroundColorContent"];
        let colour = page.as_str().or(window.as_str()).and_then(|colour| match colour.strip_prefix('@') {
            Some(name) => self.json["theme"][if dark { "dark" } else { "light" }][name].as_str(),
            None => Some(colour),
        });
        match colour.filter(|colour| is_hex_colour(colour)) {
            Some(colour) => colour.to_owned(),
            None => if dark { "#111111" } else { "#ffffff" }.to_owned(),
        }
    }
}

fn is_hex_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or("");
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(json: Value) -> AppConfig {
        AppConfig::parse(json.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn the_background_follows_page_window_and_theme() {
        let config = config(json!({
            "darkmode": true,
            "theme": { "dark": { "bg": "#1f1f1f" }, "light": { "bg": "#fafafa" } },
            "window": { "backgroundColorContent": "@bg" },
            "pageConfigs": { "a": { "backgroundColorContent": "#f00" }, "b": { "backgroundColorContent": "red;}" } },
        }));
        assert_eq!(config.background("a", "dark"), "#f00");
        assert_eq!(config.background("b", "dark"), "#111111");
        assert_eq!(config.background("c", "dark"), "#1f1f1f");
        assert_eq!(config.background("c", "light"), "#fafafa");
    }

    #[test]
    fn a_program_without_dark_mode_starts_white() {
        assert_eq!(config(json!({})).background("a", "dark"), "#ffffff");
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_left_out() {
        let config = config(
            json!({ "tabBar": { "list": [{ "pagePath": "/a" }, {}, 3] }, "networkTimeout": { "request": "x" } }),
        );
        assert_eq!(config.tabs(), ["a"]);
        assert_eq!(config.network_timeout("request"), NETWORK_TIMEOUT);
        assert!(config.scope_reasons().is_empty());
    }
}
