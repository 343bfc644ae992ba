//! JSON from outside, read so that no two readers can differ: no duplicate keys, no integers over 53 bits, no deeper than
//! [`DEPTH`].
//!
//! `serde_json` alone keeps the last of two equal keys, and reads some fractions one bit off; so numbers are read from
//! their text here.
use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor},
};
use serde_json::{Map, Number, Value, value::RawValue};
use std::fmt;

/// How deep containers may nest.
const DEPTH: usize = 16;
/// The largest integer that every JSON reader holds exactly.
pub(crate) const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Reads the whole of `bytes` as a `T`. None if it is not that: what is wrong with text of others helps nobody.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_value(value(bytes)?).ok()
}

/// Reads the whole of `bytes`.
pub(crate) fn value(bytes: &[u8]) -> Option<Value> {
    tree(serde_json::from_slice(bytes).ok()?, DEPTH)
}

fn tree(raw: &RawValue, depth: usize) -> Option<Value> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'{' => {
            let depth = depth.checked_sub(1)?;
            let mut map = Map::new();
            for (key, value) in serde_json::from_str::<Entries>(text).ok()?.0 {
                if map.insert(key, tree(value, depth)?).is_some() {
                    return None;
                }
            }
            Some(Value::Object(map))
        }
        b'[' => {
            let depth = depth.checked_sub(1)?;
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            items.into_iter().map(|item| tree(item, depth)).collect::<Option<_>>().map(Value::Array)
        }
        b'-' | b'0'..=b'9' => number(text).map(Value::Number),
        _ => serde_json::from_str(text).ok(),
    }
}

fn number(text: &str) -> Option<Number> {
    if text.contains(['.', 'e', 'E']) {
        return Number::from_f64(text.parse().ok()?);
    }
    let integer: i64 = text.parse().ok()?;
    (integer.unsigned_abs() <= MAX_INTEGER).then(|| integer.into())
}

/// An object's members as they stand, equal keys too.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    list.push(entry);
                    if list.len() > 4096 {
                        return Err(A::Error::custom("too many members"));
                    }
                }
                Ok(Entries(list))
            }
        }
        reader.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":[{"b":1,"\u0062":2}]}"#,
            "{} {}",
            "",
            "9007199254740992",
            "-9007199254740992",
            "18446744073709551616",
            "1e999",
        ] {
            assert!(value(text.as_bytes()).is_none(), "{text}");
        }
        assert!(value(("[".repeat(17) + &"]".repeat(17)).as_bytes()).is_none());
        assert!(value(("[".repeat(16) + &"]".repeat(16)).as_bytes()).is_some());
        assert!(value(br#" {"a":{"b":1},"c":{"b":9007199254740991}} "#).is_some());
        assert!(value(&[0xff]).is_none());
    }
}
