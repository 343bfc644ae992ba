//! What the payments endpoint answers.
use super::State;
use crate::json;
use serde::Deserialize;

/// Longest answer, in bytes.
const MAX_ANSWER: usize = 64 << 10;

/// An answer to a request or a query. Only a status of 200 carries an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The order is paid.
    Paid,
    /// Refused for good: this request will never be paid.
    Refused {
        /// One word, as in `core/docs/payment.md`.
        code: String,
    },
    /// Received, and under way.
    Processing,
    /// Not received (to a query).
    Absent {
        /// It will not be accepted any more: the server has closed the order to this key.
        last: bool,
    },
    /// No answer, another status, or something unreadable: it says nothing.
    Unclear,
}

#[derive(Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Body {
    Paid,
    Refused { code: String },
    Processing,
    Absent { last: bool },
}

impl Answer {
    /// Reads an answer. Whatever is not clear is [`Answer::Unclear`].
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let body = (status == 200 && body.len() <= MAX_ANSWER).then(|| json::read(body)).flatten();
        match body {
            Some(Body::Paid) => Self::Paid,
            Some(Body::Refused { code }) if is_word(&code) => Self::Refused { code },
            Some(Body::Processing) => Self::Processing,
            Some(Body::Absent { last }) => Self::Absent { last },
            _ => Self::Unclear,
        }
    }

    /// The end that it means, if it means one.
    pub(crate) fn decided(&self) -> Option<State> {
        match self {
            Self::Paid => Some(State::Paid),
            Self::Refused { code } if code == "order_expired" => Some(State::Expired),
            Self::Refused { code } => Some(State::Failed { code: code.clone() }),
            Self::Absent { last: true } => Some(State::Expired),
            Self::Processing | Self::Absent { last: false } | Self::Unclear => None,
        }
    }
}

fn is_word(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
