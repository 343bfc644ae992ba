use super::*;
use proptest::prelude::*;
use serde_json::json;

fn valid() -> Value {
    json!({ "v": 1, "doc": "t", "seq": 12, "id": 7, "api": "request", "args": {} })
}

#[test]
fn a_message_is_read_whole() {
    let text = r#"{"v":1,"doc":"t","seq":12,"id":7,"api":"getStorageSync","sync":true,"args":{"key":"a"}}"#;
    let message = Message::parse(text).expect("by the rules");
    assert_eq!(
        (message.seq, message.id, message.api.as_str(), message.sync),
        (12, 7, "getStorageSync", true)
    );
    assert_eq!(message.args["key"], "a");
}

#[test]
fn row_36_size_and_depth_are_bounded() {
    let padded = |extra: usize| {
        let mut message = valid();
        message["args"]["x"] = "y".repeat(extra).into();
        message.to_string()
    };
    let frame = padded(0).len();
    assert!(Message::parse(&padded(MAX_MESSAGE - frame)).is_ok());
    assert_eq!(Message::parse(&padded(MAX_MESSAGE - frame + 1)), Err(MessageError::TooLong));
    let nested = |depth: usize| {
        format!(
            r#"{{"v":1,"doc":"t","seq":1,"id":1,"api":"x","args":{{"a":{}{}}}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert!(Message::parse(&nested(62)).is_ok());
    assert_eq!(Message::parse(&nested(63)), Err(MessageError::Syntax));
    assert_eq!(Message::parse(&nested(300_000)), Err(MessageError::Syntax), "no stack overflow");
}

#[test]
fn every_field_has_its_type() {
    for (field, bad) in [
        ("v", json!(2)),
        ("v", json!("1")),
        ("v", json!(1.0)),
        ("doc", json!(1)),
        ("seq", json!(0)),
        ("seq", json!(-1)),
        ("seq", json!(1.5)),
        ("seq", json!(1u64 << 53)),
        ("id", json!("7")),
        ("id", json!(null)),
        ("api", json!("")),
        ("api", json!("a b")),
        ("api", json!("<script>")),
        ("api", json!("x".repeat(65))),
        ("sync", json!(1)),
        ("args", json!([])),
        ("args", json!(null)),
        ("extra", json!(1)),
    ] {
        let mut message = valid();
        message[field] = bad.clone();
        assert!(Message::parse(&message.to_string()).is_err(), "{field} = {bad}");
    }
    for field in ["v", "doc", "seq", "id", "api", "args"] {
        let mut message = valid();
        message.as_object_mut().expect("an object").remove(field);
        assert!(Message::parse(&message.to_string()).is_err(), "without {field}");
    }
    for text in ["", "null", "[]", "1", "{}", r#"{"v":1,"v":1}"#, "\u{feff}{}"] {
        assert!(Message::parse(text).is_err(), "{text}");
    }
}

/// The rules once more, written down in another way: over `serde_json`'s own values, with duplicate keys and depth
/// told by a scan of the text.
fn reference_accepts(text: &str) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else { return false };
    let count = |name: &str| {
        fields.get(name).and_then(Value::as_u64).is_some_and(|n| n > 0 && n <= 9_007_199_254_740_991)
    };
    let known = ["v", "doc", "seq", "id", "api", "sync", "args"];
    text.len() <= 1_048_576
        && fields.keys().all(|key| known.contains(&key.as_str()))
        && fields.get("v").is_some_and(|v| v.as_u64() == Some(1))
        && fields.get("doc").is_some_and(Value::is_string)
        && count("seq")
        && count("id")
        && fields.get("api").and_then(Value::as_str).is_some_and(|api| {
            !api.is_empty() && api.len() <= 64 && api.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        })
        && fields.get("sync").is_none_or(Value::is_boolean)
        && fields.get("args").is_some_and(Value::is_object)
        && scan(text)
}

/// Depth at most 64, and no object with two equal keys: by hand, on text that is known to be JSON.
fn scan(text: &str) -> bool {
    let mut open: Vec<Option<Vec<String>>> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '{' => open.push(Some(Vec::new())),
            '[' => open.push(None),
            '}' | ']' => {
                open.pop();
            }
            '"' => {
                let mut end = 1;
                while !rest[end..].starts_with('"') {
                    end += if rest[end..].starts_with('\\') { 2 } else { 1 };
                    while !rest.is_char_boundary(end) {
                        end += 1;
                    }
                }
                length = end + 1;
                if rest[length..].trim_start().starts_with(':') {
                    let key: String = serde_json::from_str(&rest[..length]).expect("a JSON string");
                    let Some(Some(keys)) = open.last_mut() else { return false };
                    if keys.contains(&key) {
                        return false;
                    }
                    keys.push(key);
                }
            }
            _ => {}
        }
        if open.len() > 64 {
            return false;
        }
        rest = &rest[length..];
    }
    true
}

fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?(e[0-9])?",
        "\"([ -!#-\\[\\]-~]|\\\\[nt\"\\\\/]|\\\\u00[0-9a-f]{2}|\\PC){0,6}\"",
    ];
    leaf.prop_recursive(6, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec(("[ab]|\\\\u006[12]", inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", pairs.join(", "))
            }),
        ]
    })
}

/// Nearly right messages: each field is right, wrong, missing or twice.
fn nearly_a_message() -> impl Strategy<Value = String> {
    let field = |name: &'static str, right: &'static str| {
        prop_oneof![
            12 => Just(vec![format!("\"{name}\":{right}")]),
            1 => json_value().prop_map(move |value| vec![format!("\"{name}\":{value}")]),
            1 => Just(Vec::new()),
            1 => Just(vec![format!("\"{name}\":{right}"), format!("\"{name}\":{right}")]),
        ]
    };
    let args = prop_oneof![4 => Just("\"args\":{}".to_owned()), 4 => json_value().prop_map(|v| format!("\"args\":{{\"k\":{v}}}"))];
    let deep = (0..70usize).prop_map(|n| format!("\"args\":{{\"k\":{}1{}}}", "[".repeat(n), "]".repeat(n)));
    (
        field("v", "1"),
        field("doc", "\"t\""),
        field("seq", "3"),
        field("id", "9007199254740991"),
        field("api", "\"request\""),
        prop_oneof![6 => Just(Vec::new()), 1 => Just(vec!["\"sync\":true".to_owned()]), 1 => Just(vec!["\"x\":1".to_owned()])],
        prop_oneof![4 => args, 1 => deep],
        any::<prop::sample::Index>(),
    )
        .prop_map(|(v, doc, seq, id, api, more, args, turn)| {
            let mut fields = [v, doc, seq, id, api, more, vec![args]].concat();
            let turn = turn.index(fields.len());
            fields.rotate_left(turn);
            format!("{{{}}}", fields.join(","))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn accepts_exactly_what_the_reference_accepts(text in prop_oneof![
        8 => nearly_a_message(),
        1 => json_value(),
        1 => "\\PC{0,60}",
    ]) {
        prop_assert_eq!(Message::parse(&text).is_ok(), reference_accepts(&text), "{}", text);
    }

    #[test]
    fn a_changed_byte_never_panics(text in nearly_a_message(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = with;
        let text = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(Message::parse(&text).is_ok(), reference_accepts(&text), "{}", text);
    }
}
