//! Functions that ask the user on the host's screen, whatever the page says: settings, telephone number, privacy,
//! other programs, contact.
use super::subscribe::{SUBSCRIBE, SUBSCRIPTIONS};
use super::{Inner, calls::Args};
use crate::{ProgramLink, Question, Reply, SessionEvent, bridge::Answer, page_stack::PageUrl};
use lodger_auth::api::Purpose;
use serde_json::{Map, Value, json};

/// WeChat's scene numbers: opened by another program, come back from another program.
const FROM_PROGRAM: u32 = 1037;
const BACK_FROM_PROGRAM: u32 = 1038;
/// The name of the agreement to the privacy contract among the user's answers.
const PRIVACY: &str = "privacy";
/// Longest `sessionFrom`, in bytes (WeChat's limit).
const MAX_SESSION_FROM: usize = 1_000;
/// WeChat's words for a user who said no.
const DENY: &str = "user deny";
const CANCEL: &str = "cancel";

impl Inner {
    /// `getSetting`: what the user has answered.
    pub(super) fn setting(&self, args: &Args) -> Answer {
        let grants = match self.permissions.all() {
            Ok(grants) => grants,
            Err(error) => return Answer::fail("getSetting", error),
        };
        let word = |accepted: bool| if accepted { "accept" } else { "reject" };
        let mut setting = json!({ "authSetting": scopes(&grants) });
        if args.get("withSubscriptions") == Some(&Value::Bool(true)) {
            let items: Map<String, Value> = grants
                .iter()
                .filter_map(|(name, on)| Some((name.strip_prefix(SUBSCRIBE)?.to_owned(), word(*on).into())))
                .collect();
            let main = self.permissions.remembered(SUBSCRIPTIONS).ok().flatten() != Some(false);
            setting["subscriptionsSetting"] = json!({ "mainSwitch": main, "itemSettings": items });
        }
        Answer::Ok(setting)
    }

    /// `openSetting`: the host shows the answers, and the user changes them.
    pub(super) async fn open_setting(&self, args: &Args) -> Answer {
        const API: &str = "openSetting";
        let grants = match self.permissions.all() {
            Ok(grants) => grants,
            Err(error) => return Answer::fail(API, error),
        };
        match self.permissions.ask(Question::Settings { grants: grants.clone() }).await {
            Reply::No => return Answer::fail(API, CANCEL),
            Reply::Yes => {}
            Reply::Chosen { choices, .. } => {
                // What was never asked for is not to be granted in advance.
                for (name, on) in choices.iter().filter(|(name, _)| grants.contains_key(*name)) {
                    if let Err(error) = self.permissions.set(name, *on) {
                        return Answer::fail(API, error);
                    }
                }
            }
        }
        self.setting(args)
    }

    /// The phone-number button: consent each time, then a code for the program's server.
    pub(super) async fn phone_number(&self) -> Answer {
        const API: &str = "getPhoneNumber";
        if self.shared.login.is_none() {
            return self.login_code(API, Purpose::Phone).await;
        }
        match self.permissions.ask(Question::PhoneNumber).await {
            Reply::Yes => self.login_code(API, Purpose::Phone).await,
            _ => Answer::fail(API, DENY),
        }
    }

    /// Whether the user has still to agree to the privacy contract. A program says by `__usePrivacyCheck__` in app.json
    /// that it has one.
    fn needs_privacy(&self) -> Result<bool, crate::LodgerError> {
        Ok(self.code().config.checks_privacy() && self.permissions.remembered(PRIVACY)? != Some(true))
    }

    /// `getPrivacySetting`.
    pub(super) fn privacy_setting(&self) -> Answer {
        match self.needs_privacy() {
            Ok(needed) => Answer::Ok(json!({
                "needAuthorization": needed, "privacyContractName": self.privacy_contract(),
            })),
            Err(error) => Answer::fail("getPrivacySetting", error),
        }
    }

    fn privacy_contract(&self) -> String {
        format!("《{}小程序隐私保护指引》", self.identity.name)
    }

    /// Asks on the host's sheet, unless the user has agreed before.
    pub(super) async fn privacy_authorize(&self) -> Answer {
        const API: &str = "requirePrivacyAuthorize";
        match self.needs_privacy() {
            Ok(false) => return Answer::empty(),
            Err(error) => return Answer::fail(API, error),
            Ok(true) => {}
        }
        if self.permissions.ask(Question::Privacy { contract: self.privacy_contract() }).await != Reply::Yes {
            return Answer::fail(API, "privacy permission is not authorized").with_errno(104);
        }
        self.privacy_agree(API)
    }

    /// The user agreed: on the host's sheet, or by the program's own button. The contract is the program's, and nothing
    /// of the user's hangs on the agreement alone: scopes are still asked for.
    pub(super) fn privacy_agree(&self, api: &str) -> Answer {
        match self.permissions.set(PRIVACY, true) {
            Ok(()) => Answer::empty(),
            Err(error) => Answer::fail(api, error),
        }
    }

    pub(super) async fn privacy_open(&self) -> Answer {
        match self.permissions.ask(Question::PrivacyContract).await {
            Reply::Yes => Answer::empty(),
            _ => Answer::fail("openPrivacyContract", "not supported by this host"),
        }
    }

    /// `openCustomerServiceChat`, and the contact button (`enterContact`).
    pub(super) async fn contact(&self, api: &str, args: &Args) -> Answer {
        let session_from = args.get("sessionFrom").and_then(Value::as_str).unwrap_or("").to_owned();
        if session_from.len() > MAX_SESSION_FROM {
            return Answer::fail(api, "parameter error: sessionFrom is longer than 1000 bytes");
        }
        match self.permissions.ask(Question::Contact { session_from }).await {
            Reply::Yes => Answer::empty(),
            _ => Answer::fail(api, "not supported by this host"),
        }
    }

    /// `navigateToMiniProgram`: the user agrees, the host opens. Who opens it is this session's own app id, whatever the
    /// page says (attack row 10).
    pub(super) async fn open_program(&self, args: &Args) -> Answer {
        const API: &str = "navigateToMiniProgram";
        let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or("");
        let app = text("appId").to_owned();
        let plain = |c: u8| c.is_ascii_alphanumeric() || b"_.-".contains(&c);
        if !text("shortLink").is_empty() {
            return Answer::fail(API, "shortLink is not supported");
        }
        if !(1..=64).contains(&app.len()) || !app.bytes().all(plain) {
            return Answer::fail(API, "invalid appid");
        }
        if app == self.identity.app {
            return Answer::fail(API, "can not navigate to itself");
        }
        if self.permissions.ask(Question::OpenProgram { app: app.clone() }).await != Reply::Yes {
            return Answer::fail(API, CANCEL);
        }
        let PageUrl { path, query } = PageUrl::resolve("", text("path"));
        let link = ProgramLink {
            app,
            path: Some(path).filter(|path| !path.is_empty()),
            query,
            scene: FROM_PROGRAM,
            referrer: self.referrer(args),
        };
        self.events.push(SessionEvent::OpenProgram { link });
        Answer::empty()
    }

    /// `navigateBackMiniProgram`: to the program that opened this one.
    pub(super) fn back_to_program(&self, args: &Args) -> Answer {
        let opener = {
            let state = self.state();
            let opened = state.launch.scene == FROM_PROGRAM;
            state.launch.referrer.as_ref().filter(|_| opened).map(|(app, _)| app.clone())
        };
        let Some(app) = opener else {
            return Answer::fail("navigateBackMiniProgram", "this program was not opened by another");
        };
        let link = ProgramLink {
            app,
            path: None,
            query: Default::default(),
            scene: BACK_FROM_PROGRAM,
            referrer: self.referrer(args),
        };
        self.events.push(SessionEvent::BackToProgram { link });
        Answer::empty()
    }

    fn referrer(&self, args: &Args) -> (String, Value) {
        let extra = args.get("extraData").filter(|extra| extra.is_object()).cloned();
        (self.identity.app.clone(), extra.unwrap_or_else(|| json!({})))
    }
}

/// WeChat's scopes among the answers.
fn scopes(grants: &std::collections::BTreeMap<String, bool>) -> Map<String, Value> {
    grants
        .iter()
        .filter(|(name, _)| name.starts_with("scope."))
        .map(|(name, granted)| (name.clone(), (*granted).into()))
        .collect()
}
