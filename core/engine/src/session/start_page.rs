//! The start document: one HTML page that carries the launch object and loads the scripts (core/docs/bridge.md).
use super::{Code, Inner, LaunchOptions};
use crate::{ErrorKind, LodgerError, storage};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// WeChat's base library version that programs see, and compare against.
const SDK_VERSION: &str = "3.3.0";
/// Bytes of storage that travel with the launch object; the rest is fetched key by key.
const STORAGE_BYTES: u64 = 256 << 10;

/// Starts a new document and writes its page. Blocks on the disk.
pub(super) fn html(inner: &Arc<Inner>) -> Result<String, LodgerError> {
    inner.new_document()?;
    let launch = inner.state().launch.clone();
    let theme = inner.state().system.theme.clone();
    let code = inner.code();
    let top = inner.state().pages.top().path.clone();
    let background = code.config.background(&top, &theme);
    let scheme = if theme == "dark" { "dark" } else { "light" };
    let mut scripts = String::new();
    for source in scripts_of(&code, &top) {
        scripts.push_str(&format!("<script src=\"{source}\"></script>\n"));
    }
    let object = embeddable(&launch_object(inner, &code, &launch)?.to_string());
    Ok(format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, maximum-scale=1, \
         user-scalable=no, viewport-fit=cover\">\n\
         <meta name=\"color-scheme\" content=\"{scheme}\">\n\
         <style>html{{background:{background}}}</style>\n</head>\n<body>\n\
         <script type=\"application/json\" id=\"lodger-launch\">{object}</script>\n{scripts}</body>\n</html>\n"
    ))
}

/// JSON that an HTML parser cannot leave, and that every JavaScript parser reads the same.
fn embeddable(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The base library, the main package, and the package of the first page.
fn scripts_of(code: &Code, page: &str) -> Vec<String> {
    let mut scripts = vec!["/.lodger/rt/runtime.js".to_owned(), "/p/package.js".to_owned()];
    let root = &code.index.package_of(page).root;
    if !root.is_empty() {
        scripts.push(package_script(root));
    }
    scripts
}

/// The URL of a package's script. Roots are author's text: everything but plain characters is encoded.
pub(super) fn package_script(root: &str) -> String {
    let mut url = String::from("/p/");
    for byte in root.bytes().chain((!root.is_empty()).then_some(b'/')) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                url.push(char::from(byte));
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "package.js"
}

fn launch_object(inner: &Inner, code: &Code, launch: &LaunchOptions) -> Result<Value, LodgerError> {
    let development = inner.shared.development();
    let stored = inner.storage.recent(STORAGE_BYTES).map_err(|error| {
        LodgerError::new(ErrorKind::Storage, "storage", format!("The program's storage: {error}."))
    })?;
    let items: Map<String, Value> =
        stored.items.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    let packages: Vec<Value> = code
        .index
        .packages
        .iter()
        .map(|package| {
            json!({ "name": package.name, "root": package.root, "script": package_script(&package.root) })
        })
        .collect();
    let (system, page, stack) = {
        let state = inner.state();
        let mut system = json!(state.system);
        system["sdkVersion"] = SDK_VERSION.into();
        (system, json!(state.pages.top()), json!(state.pages.pages()))
    };
    Ok(json!({
        "v": 1,
        "development": development,
        "app": {
            "id": inner.identity.app,
            "name": inner.identity.name,
            "version": code.index.version.name,
            "envVersion": if development { "develop" } else { "release" },
        },
        "launch": launch.to_json(),
        "page": page,
        "exitState": launch.exit_state,
        "stack": stack,
        "config": code.config.json(),
        "packages": packages,
        "system": system,
        "device": inner.shared.devices.names(),
        "storage": {
            "complete": stored.complete,
            "items": items,
            "currentSize": stored.current_size,
            "limitSize": storage::MAX_TOTAL / 1024,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_launch_object_ends_its_script_element() {
        let text = json!({ "a": "</script><!--<script>\u{2028}\u{2029}" }).to_string();
        let embedded = embeddable(&text);
        assert!(!embedded.contains(['<', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<Value>(&embedded).ok(), serde_json::from_str(&text).ok());
    }

    #[test]
    fn package_roots_cannot_leave_the_attribute() {
        assert_eq!(package_script(""), "/p/package.js");
        assert_eq!(package_script("packages/order"), "/p/packages/order/package.js");
        assert_eq!(package_script("a\"><b"), "/p/a%22%3E%3Cb/package.js");
    }
}
