//! Attributes that people bring along from other frameworks, or mistype: what WXML calls them.
use crate::compat::nearest;

/// What may follow `wx:`.
const DIRECTIVES: [&str; 7] = ["if", "elif", "else", "for", "for-item", "for-index", "key"];

/// Prefixes of directives in WXML's relatives, and `wx-`, which nearly everybody has written once.
const PREFIXES: [&str; 10] = ["wx:", "wx-", "v-", "a:", "s-", "tt:", "qq:", "swan:", "ks:", "*ng"];

/// What to write instead of an attribute that is not part of WXML; `None` where it may be one.
pub(crate) fn advice(name: &str) -> Option<String> {
    if let Some(event) = name.strip_prefix('@').or_else(|| name.strip_prefix("v-on:")) {
        return Some(format!("did you mean bind:{}?", event_name(event)));
    }
    if let Some(attribute) = name.strip_prefix("v-bind:") {
        return Some(bound(attribute));
    }
    if let Some(rest) = name.strip_prefix(':') {
        return Some(match directive(rest) {
            Some(right) => format!("did you mean wx:{right}?"),
            None => bound(rest),
        });
    }
    let rest = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let rest = rest.split([':', '.']).next().unwrap_or(rest).to_ascii_lowercase();
    Some(match rest.as_str() {
        "show" => "did you mean hidden=\"{{!…}}\"?".to_owned(),
        "hide" | "hidden" => "did you mean hidden=\"{{…}}\"?".to_owned(),
        "model" => "did you mean model:value=\"{{…}}\"?".to_owned(),
        "text" => "write {{…}} between the tags".to_owned(),
        "html" => "use <rich-text nodes=\"{{…}}\" />".to_owned(),
        "on" | "bind" | "tap" | "click" => "did you mean bind:tap?".to_owned(),
        rest => match directive(rest) {
            Some(right) => format!("did you mean wx:{right}?"),
            None if name.starts_with("wx:") => {
                format!("WXML has {}", DIRECTIVES.map(|directive| format!("wx:{directive}")).join(", "))
            }
            None => return None,
        },
    })
}

/// What to write instead of a listener in HTML's way (`onclick`); `None` where it may be a property.
pub(crate) fn listener_advice(name: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let event = event_name(name.strip_prefix("on")?);
    known(&event).then(|| format!("did you mean bind:{event}?"))
}

fn directive(rest: &str) -> Option<&'static str> {
    match rest {
        "else-if" | "elseif" | "elsif" => Some("elif"),
        "for-key" => Some("key"),
        "each" | "repeat" | "for-items" => Some("for"),
        _ => DIRECTIVES
            .into_iter()
            .find(|known| *known == rest)
            .or_else(|| nearest(rest, DIRECTIVES.into_iter()))
            // "fro", "esle": two letters changed places in a short word.
            .or_else(|| DIRECTIVES.into_iter().find(|known| same_letters(known, rest))),
    }
}

fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}

/// The event of WXML: HTML's `click` is `tap`, and Vue's modifiers go.
fn event_name(event: &str) -> String {
    let event = event.split('.').next().unwrap_or(event).trim_start_matches(['-', ':']).to_ascii_lowercase();
    match event.as_str() {
        "click" => "tap".to_owned(),
        "dblclick" => "tap".to_owned(),
        _ => event,
    }
}

fn bound(attribute: &str) -> String {
    format!("did you mean {attribute}=\"{{{{…}}}}\"?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_was_meant() {
        for (wrong, right) in [
            ("wx:fro", "did you mean wx:for?"),
            ("wx:esle", "did you mean wx:else?"),
            ("wx:elseif", "did you mean wx:elif?"),
            ("wx-if", "did you mean wx:if?"),
            (":if", "did you mean wx:if?"),
            ("v-if", "did you mean wx:if?"),
            ("v-else-if", "did you mean wx:elif?"),
            ("v-for", "did you mean wx:for?"),
            ("v-model", "did you mean model:value=\"{{…}}\"?"),
            ("v-show", "did you mean hidden=\"{{!…}}\"?"),
            (":src", "did you mean src=\"{{…}}\"?"),
            ("v-bind:src", "did you mean src=\"{{…}}\"?"),
            ("@click.stop", "did you mean bind:tap?"),
            ("v-on:input", "did you mean bind:input?"),
            ("a:for", "did you mean wx:for?"),
            ("wx:banana", "WXML has wx:if, wx:elif, wx:else, wx:for, wx:for-item, wx:for-index, wx:key"),
        ] {
            assert_eq!(advice(wrong).as_deref(), Some(right), "{wrong}");
        }
        for fine in ["class", "src", "data-x", "version", "a11y", "bind:tap", "v-align"] {
            assert_eq!(advice(fine), None, "{fine}");
        }
        let known = |event: &str| event == "tap" || event == "change";
        assert_eq!(listener_advice("onclick", &known).as_deref(), Some("did you mean bind:tap?"));
        assert_eq!(listener_advice("onChange", &known).as_deref(), Some("did you mean bind:change?"));
        assert_eq!(listener_advice("once", &known), None);
    }
}
