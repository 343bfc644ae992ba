//! Questions to the user other than scopes, and links from one program to another.

use crate::{LodgerError, records};
use lodger_engine as engine;
use std::collections::HashMap;

/// A mini-program asks the user something. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Prompt {
    /// App id.
    pub app: String,
    /// Display name.
    pub app_name: String,
    /// What it asks.
    pub question: Question,
}

/// What a mini-program asks the user.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum Question {
    /// `Yes` gives the program's server the user's telephone number.
    PhoneNumber,
    /// Show these answers as switches; `Chosen` holds those that the user changed.
    Settings {
        /// By scope.
        grants: HashMap<String, bool>,
    },
    /// May the program send these messages? `Chosen` says which.
    Subscribe {
        /// At most five.
        templates: Vec<MessageTemplate>,
    },
    /// The program wants to open another one.
    OpenProgram {
        /// Its app id.
        target: String,
    },
    /// The program asks to agree to its privacy contract.
    Privacy {
        /// The contract's title.
        contract: String,
    },
    /// The user wants to read the contract: `Yes` if it was shown.
    PrivacyContract,
    /// The user wants to write to the program's people: `Yes` if the host shows its chat.
    Contact {
        /// What the program passes on to them.
        session_from: String,
    },
}

/// One kind of message.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct MessageTemplate {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Names of its fields.
    pub fields: Vec<String>,
    /// An accept lasts until it is taken back; otherwise it is for one message.
    pub long: bool,
}

/// The user's answer.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum Reply {
    /// Agreed.
    Yes,
    /// Refused, or closed.
    No,
    /// To questions about several things.
    Chosen {
        /// By scope, or by template.
        choices: HashMap<String, bool>,
        /// "Always keep these choices, do not ask again."
        keep: bool,
    },
}

impl Prompt {
    /// None for a question that this version of the surface does not carry.
    pub(crate) fn from_engine(prompt: engine::Prompt) -> Option<Self> {
        use engine::Question as From;
        let question = match prompt.question {
            From::PhoneNumber => Question::PhoneNumber,
            From::Settings { grants } => Question::Settings { grants: grants.into_iter().collect() },
            From::Subscribe { templates } => {
                Question::Subscribe { templates: templates.into_iter().map(Into::into).collect() }
            }
            From::OpenProgram { app } => Question::OpenProgram { target: app },
            From::Privacy { contract } => Question::Privacy { contract },
            From::PrivacyContract => Question::PrivacyContract,
            From::Contact { session_from } => Question::Contact { session_from },
            _ => return None,
        };
        Some(Self { app: prompt.app, app_name: prompt.app_name, question })
    }
}

impl From<engine::MessageTemplate> for MessageTemplate {
    fn from(template: engine::MessageTemplate) -> Self {
        let engine::MessageTemplate { id, title, fields, long } = template;
        Self { id, title, fields, long }
    }
}

impl From<Reply> for engine::Reply {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Yes => Self::Yes,
            Reply::No => Self::No,
            Reply::Chosen { choices, keep } => Self::Chosen { choices: choices.into_iter().collect(), keep },
        }
    }
}

/// Which program to open, and how: the fields of an `OpenRequest`.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ProgramLink {
    /// App id.
    pub app: String,
    /// None: the entry page.
    pub path: Option<String>,
    /// The values exactly as the opener wrote them.
    pub query: HashMap<String, String>,
    /// WeChat's scene number.
    pub scene: u32,
    /// Who opens it, by the engine's own word.
    pub referrer: records::Referrer,
}

impl From<engine::ProgramLink> for ProgramLink {
    fn from(link: engine::ProgramLink) -> Self {
        let engine::ProgramLink { app, path, query, scene, referrer: (opener, extra_data) } = link;
        let referrer = records::Referrer { app: opener, extra_data: extra_data.to_string() };
        Self { app, path, query: query.into_iter().collect(), scene, referrer }
    }
}

impl TryFrom<ProgramLink> for engine::ProgramLink {
    type Error = LodgerError;

    fn try_from(link: ProgramLink) -> Result<Self, LodgerError> {
        let ProgramLink { app, path, query, scene, referrer } = link;
        let extra_data = serde_json::from_str(&referrer.extra_data).map_err(|_| records::bad_extra_data())?;
        let referrer = (referrer.app, extra_data);
        Ok(Self { app, path, query: query.into_iter().collect(), scene, referrer })
    }
}
