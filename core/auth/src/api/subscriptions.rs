//! Subscriptions to messages (`wx.requestSubscribeMessage`): what the device asks before its sheet, and tells after.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /lodger/v1/subscriptions/templates`: what these templates say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatesRequest {
    /// The app id, stamped by the engine.
    pub app: String,
    /// One to five ids of the app's own templates.
    pub templates: Vec<String>,
}

/// Answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatesAnswer {
    /// Those that exist; the others are left out.
    pub templates: Vec<Template>,
}

/// One template of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// What the user reads; untrusted text.
    pub title: String,
    /// How long an accept lasts.
    pub kind: TemplateKind,
    /// Names of its fields, as the user reads them; untrusted text.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The operator does not let it be asked for.
    #[serde(default)]
    pub blocked: Option<Blocked>,
}

/// How long an accept lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateKind {
    /// For one message.
    Once,
    /// Until the user takes it back.
    Long,
}

/// Why a template cannot be asked for: WeChat's words in the function's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blocked {
    /// Banned by the operator.
    Ban,
    /// Another template of the same title is asked for with it.
    Filter,
}

impl Blocked {
    /// As it stands in the function's answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ban => "ban",
            Self::Filter => "filter",
        }
    }
}

/// `POST /lodger/v1/subscriptions`: what the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeRequest {
    /// The app id, stamped by the engine.
    pub app: String,
    /// SHA-256 of the running bundle's index, 64 hex digits, stamped by the engine.
    pub index: String,
    /// The session's random id, stamped by the engine.
    pub session: String,
    /// By template.
    pub answers: BTreeMap<String, Choice>,
}

/// What the user chose for a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// One message more, or messages until it is taken back.
    Accept,
    /// None.
    Reject,
}
