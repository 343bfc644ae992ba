//! `wx.login`, `wx.checkSession` and the phone-number button.
use crate::{ErrorKind, LodgerError, LogLevel, SessionEvent, bridge::Answer, session::Inner};
use lodger_auth::{
    Asking, AuthError, AuthErrorKind,
    api::{Purpose, RefusalCode},
};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// WeChat's words for a session that must be made anew.
const SESSION_OVER: &str = "session time out, need relogin";
/// A host without a login.
const NO_LOGIN: &str = "system error: this host has no login";

impl Inner {
    /// A code for the program's back end.
    pub(crate) async fn login(&self, args: &Map<String, Value>) -> Answer {
        const API: &str = "login";
        let limit = args.get("timeout").and_then(Value::as_u64).filter(|limit| *limit > 0);
        let limit = limit.map(Duration::from_millis);
        let code = self.login_code(API, Purpose::Login);
        match limit {
            None => code.await,
            Some(limit) => {
                tokio::time::timeout(limit, code).await.unwrap_or_else(|_| Answer::fail(API, "timeout"))
            }
        }
    }

    /// Whether the session of the latest code still holds.
    pub(crate) async fn check_session(&self) -> Answer {
        const API: &str = "checkSession";
        let Some(login) = &self.shared.login else { return Answer::fail(API, NO_LOGIN) };
        match login.device.check_session(&self.identity.app).await {
            Ok(true) => Answer::empty(),
            Ok(false) => Answer::fail(API, SESSION_OVER),
            // Whoever was never enrolled never had a session.
            Err(error) if is_refusal(&error, RefusalCode::DeviceUnknown) => Answer::fail(API, SESSION_OVER),
            Err(error) => self.login_failed(API, &error),
        }
    }

    pub(crate) async fn login_code(&self, api: &str, purpose: Purpose) -> Answer {
        let Some(login) = &self.shared.login else { return Answer::fail(api, NO_LOGIN) };
        match login.device.code(&self.asking(), purpose).await {
            Ok(answer) => Answer::Ok(json!({ "code": answer.code.expose() })),
            Err(error) if is_refusal(&error, RefusalCode::NoPhone) => Answer::fail(api, "no permission"),
            Err(error) => self.login_failed(api, &error),
        }
    }

    /// Who asks: nothing of it is the page's.
    pub(crate) fn asking(&self) -> Asking {
        Asking {
            app: self.identity.app.clone(),
            index: self.code().digest.to_hex(),
            session: self.identity.id.clone(),
        }
    }

    /// What the page is told, and the host where it can act.
    fn login_failed(&self, api: &str, error: &AuthError) -> Answer {
        let reason = match error.kind() {
            AuthErrorKind::LoginRequired | AuthErrorKind::KeyInvalidated => {
                self.chatter(SessionEvent::LoginRequired { error: error.clone().into() });
                "system error: the user is not logged in"
            }
            AuthErrorKind::Cancelled => "user cancel",
            AuthErrorKind::Offline => "network error",
            _ => "system error",
        };
        self.log(LogLevel::Warn, &format!("{api}: {error}"));
        Answer::fail(api, reason)
    }
}

fn is_refusal(error: &AuthError, wanted: RefusalCode) -> bool {
    matches!(error, AuthError::Refused { code, .. } if code == wanted.as_str())
}

impl From<AuthError> for LodgerError {
    fn from(error: AuthError) -> Self {
        let (kind, code) = match error.kind() {
            AuthErrorKind::LoginRequired => (ErrorKind::LoginRequired, "login-required"),
            AuthErrorKind::KeyInvalidated => (ErrorKind::LoginRequired, "key-invalidated"),
            AuthErrorKind::Cancelled => (ErrorKind::Denied, "cancelled"),
            AuthErrorKind::Offline => (ErrorKind::Offline, "login-offline"),
            AuthErrorKind::Denied => (ErrorKind::Denied, "login-refused"),
            AuthErrorKind::Untrusted => (ErrorKind::Untrusted, "login-untrusted"),
            AuthErrorKind::Misconfigured => (ErrorKind::Internal, "login-configuration"),
            AuthErrorKind::Storage => (ErrorKind::Storage, "login-storage"),
            _ => (ErrorKind::Internal, "login"),
        };
        Self::new(kind, code, error.to_string())
    }
}
