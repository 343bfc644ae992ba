//! Questions to the user, drawn by the host outside the page: the page can neither answer nor cover them.
use async_trait::async_trait;
use std::collections::BTreeMap;

/// A mini-program asks the user for a scope.
#[derive(Clone, Debug)]
pub struct ScopePrompt {
    /// App id.
    pub app: String,
    /// Display name; untrusted text, show it as text.
    pub app_name: String,
    /// WeChat's name, e.g. `scope.userLocation`.
    pub scope: String,
    /// The author's reason (`permission` in app.json), untrusted text; empty if none was given.
    pub reason: String,
}

/// The user's answer, remembered for this user, app and scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeAnswer {
    /// The call goes on, now and later.
    Granted,
    /// The call fails with WeChat's `auth deny`, now and later.
    Denied,
}

/// A mini-program asks the user something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// App id.
    pub app: String,
    /// Display name; untrusted text, show it as text.
    pub app_name: String,
    /// What it asks.
    pub question: Question,
}

/// What a mini-program asks the user, each time anew. Texts come from the program or its operator: show them as text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// The phone-number button: `Yes` gives the program's server the user's telephone number.
    PhoneNumber,
    /// `wx.openSetting`: show these answers as switches. `Chosen` holds those that the user changed.
    Settings {
        /// Every answer so far, by scope.
        grants: BTreeMap<String, bool>,
    },
    /// `wx.requestSubscribeMessage`: may the program send these messages? `Chosen` says for which the user ticked the
    /// box; an id that is missing is a no.
    Subscribe {
        /// At most five.
        templates: Vec<MessageTemplate>,
    },
    /// The program wants to open another one.
    OpenProgram {
        /// Its app id, as the program gave it.
        app: String,
    },
    /// The program asks to agree to its privacy contract: `Yes` agrees.
    Privacy {
        /// The contract's title.
        contract: String,
    },
    /// The user wants to read the contract: `Yes` if it was shown.
    PrivacyContract,
    /// The user wants to write to the program's people: `Yes` if the host has a chat, and shows it.
    Contact {
        /// What the program passes on to its people; at most 1,000 bytes.
        session_from: String,
    },
}

/// One kind of message, in `Question::Subscribe`.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The user's answer to a `Question`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Agreed.
    Yes,
    /// Refused, or closed; also a question that the host does not know.
    No,
    /// To questions about several things.
    Chosen {
        /// By scope, or by template.
        choices: BTreeMap<String, bool>,
        /// "Always keep these choices, do not ask again": of `Question::Subscribe` only.
        keep: bool,
    },
}

/// Questions to the user, drawn by the host outside the page. A future is dropped when the session ends: the question
/// must then go away. One question of a session at a time.
#[async_trait]
pub trait Prompts: Send + Sync {
    /// Asks once for a scope.
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer;

    /// Asks anything else. A host that does not know how refuses.
    async fn ask(&self, _prompt: Prompt) -> Reply {
        Reply::No
    }
}
