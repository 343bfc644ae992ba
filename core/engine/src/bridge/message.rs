//! One message from the page: untrusted text, parsed once, strictly.
use super::{MAX_DEPTH, MAX_MESSAGE};
use crate::strict_json;
use serde_json::{Map, Value};

/// JavaScript's largest safe integer: ids and sequence numbers must survive the page's arithmetic.
const MAX_SAFE: u64 = (1 << 53) - 1;
const MAX_API_NAME: usize = 64;

/// A message that kept every rule of the wire. Whether its document token is right is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The document token it claims.
    pub doc: String,
    /// Counts from 1 in each document.
    pub seq: u64,
    /// Names the call; the answer carries it.
    pub id: u64,
    /// A row of the registry, if it exists.
    pub api: String,
    /// The answer is fetched by `GET /.lodger/sync/<id>`.
    pub sync: bool,
    /// Arguments, not yet checked.
    pub args: Map<String, Value>,
}

/// Which rule a message broke. Never quotes the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Longer than 1 MiB.
    #[error("message longer than 1 MiB")]
    TooLong,
    /// Not JSON, nested deeper than 64, or with a key twice.
    #[error("message is not strict JSON")]
    Syntax,
    /// Not an object, a field missing, of a wrong type, or unknown.
    #[error("message has a missing, wrong or unknown field")]
    Shape,
    /// `v` is not 1.
    #[error("message of another protocol version")]
    Version,
}

impl Message {
    /// Reads one message. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        if text.len() > MAX_MESSAGE {
            return Err(MessageError::TooLong);
        }
        let Value::Object(mut fields) =
            strict_json::parse(text, MAX_DEPTH).map_err(|_| MessageError::Syntax)?
        else {
            return Err(MessageError::Shape);
        };
        let version = fields.remove("v").ok_or(MessageError::Shape)?;
        if version.as_u64() != Some(1) {
            return Err(MessageError::Version);
        }
        let message = Self {
            doc: text_field(&mut fields, "doc")?,
            seq: count_field(&mut fields, "seq")?,
            id: count_field(&mut fields, "id")?,
            api: text_field(&mut fields, "api")?,
            sync: match fields.remove("sync") {
                None => false,
                Some(Value::Bool(sync)) => sync,
                Some(_) => return Err(MessageError::Shape),
            },
            args: match fields.remove("args") {
                Some(Value::Object(args)) => args,
                _ => return Err(MessageError::Shape),
            },
        };
        let name_fits = (1..=MAX_API_NAME).contains(&message.api.len())
            && message.api.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if !fields.is_empty() || !name_fits {
            return Err(MessageError::Shape);
        }
        Ok(message)
    }
}

fn text_field(fields: &mut Map<String, Value>, name: &str) -> Result<String, MessageError> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(MessageError::Shape),
    }
}

fn count_field(fields: &mut Map<String, Value>, name: &str) -> Result<u64, MessageError> {
    fields
        .remove(name)
        .and_then(|value| value.as_u64())
        .filter(|count| (1..=MAX_SAFE).contains(count))
        .ok_or(MessageError::Shape)
}

#[cfg(test)]
mod tests;
