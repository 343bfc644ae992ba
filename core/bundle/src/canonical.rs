//! Canonical JSON (RFC 8785), for values without fractions.
//!
//! Own code, not a crate: without fractions the whole of RFC 8785 is "sort keys by UTF-16, no spaces", and
//! the crates that write it bring a float printer, yet none reads strictly (duplicate keys, integers only).
use crate::index::{IndexError, Rule};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::{cell::RefCell, fmt};

/// The largest integer that every JSON reader holds exactly.
pub(crate) const MAX_INTEGER: u64 = (1 << 53) - 1;
/// An index needs four levels; the rest is for the free-form parts.
const MAX_DEPTH: usize = 32;

/// Reads one JSON value that must be in canonical form.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, IndexError> {
    let fault = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Seed { depth: 0, fault: &fault }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| match fault.take() {
            Some(fault) => fault,
            None => {
                let place = format!("line {}, column {}", error.line(), error.column());
                IndexError::new(Rule::Json, place)
            }
        })?;
    if write(&value) != bytes {
        return Err(IndexError::new(Rule::Canonical, "index"));
    }
    Ok(value)
}

/// Writes the canonical bytes. Numbers must be integers; [`check_integers`] finds others.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write_value(value, &mut out);
    out.into_bytes()
}

/// Refuses a value that has no canonical form here: fractions, and integers over 53 bits.
pub(crate) fn check_integers(value: &Value, place: &str, depth: usize) -> Result<(), IndexError> {
    if depth > MAX_DEPTH {
        return Err(IndexError::new(Rule::Depth, place));
    }
    match value {
        Value::Number(number) => {
            let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            match size {
                Some(size) if size <= MAX_INTEGER => Ok(()),
                _ => Err(IndexError::new(Rule::Integer, place)),
            }
        }
        Value::Array(items) => items.iter().try_for_each(|item| check_integers(item, place, depth + 1)),
        Value::Object(map) => map.values().try_for_each(|item| check_integers(item, place, depth + 1)),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (at, (key, item)) in entries.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write_value(item, out);
            }
            out.push('}');
        }
        Value::String(text) => write_string(text, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

/// `serde_json` escapes strings as RFC 8785 asks: only what JSON must, short forms first, lower-case hex.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::to_string(text).expect("a string is always JSON"));
}

/// Builds a value and refuses what `Value` alone would let pass: duplicate keys, fractions, depth.
/// A serde error carries text only, so the rule travels beside it in `fault`.
#[derive(Clone, Copy)]
struct Seed<'a> {
    depth: usize,
    fault: &'a RefCell<Option<IndexError>>,
}

impl Seed<'_> {
    fn refuse<T, E: Error>(self, rule: Rule, subject: &str) -> Result<T, E> {
        *self.fault.borrow_mut() = Some(IndexError::new(rule, subject));
        Err(E::custom(rule.name()))
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return self.refuse(Rule::Depth, "index");
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_INTEGER { self.refuse(Rule::Integer, &value.to_string()) } else { Ok(value.into()) }
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_INTEGER {
            self.refuse(Rule::Integer, &value.to_string())
        } else {
            Ok(value.into())
        }
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.refuse(Rule::Integer, &value.to_string())
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return self.refuse(Rule::DuplicateKey, &key);
            }
            let value = access.next_value_seed(seed)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_as_rfc_8785_asks() {
        // Sorted by UTF-16: the emoji's surrogate D83D comes before U+FB33, although its scalar is higher.
        let value =
            json!({"\u{fb33}": 1, "😀": 2, "€": [true, null, -3], "\r": "\u{f}\n\"\\/\u{7f}\u{2028}"});
        let expected =
            "{\"\\r\":\"\\u000f\\n\\\"\\\\/\u{7f}\u{2028}\",\"€\":[true,null,-3],\"😀\":2,\"\u{fb33}\":1}";
        assert_eq!(String::from_utf8(write(&value)).unwrap(), expected);
        assert_eq!(read(expected.as_bytes()).unwrap(), value);
    }

    #[test]
    fn refuses_each_other_spelling() {
        let deep = "[".repeat(40) + &"]".repeat(40);
        let deeper = "[".repeat(100_000);
        for (text, rule) in [
            (r#"{"a":1,"a":1}"#, Rule::DuplicateKey),
            (r#"{"b":1,"a":1}"#, Rule::Canonical),
            (r#"{"a": 1}"#, Rule::Canonical),
            (r#""\u0041""#, Rule::Canonical),
            (r#""\/""#, Rule::Canonical),
            ("1.5", Rule::Integer),
            ("1.0", Rule::Integer),
            ("1e2", Rule::Integer),
            ("-0", Rule::Integer),
            ("9007199254740992", Rule::Integer),
            ("-9007199254740992", Rule::Integer),
            ("99999999999999999999999", Rule::Integer),
            ("01", Rule::Json),
            ("1 2", Rule::Json),
            ("", Rule::Json),
            (r#""\ud800""#, Rule::Json),
            (deep.as_str(), Rule::Depth),
            (deeper.as_str(), Rule::Depth),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().rule(), rule, "{text:.40}");
        }
        assert_eq!(read(b"\"\xff\"").unwrap_err().rule(), Rule::Json);
    }
}
