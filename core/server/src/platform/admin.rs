//! What an operator does by `lodger admin`, as values: the socket and the command line only carry them.

use super::{
    Form, Host, Platform, PlatformError, Redeemed,
    messages::{Callback, Format, Mode, TemplateKey, Windows},
};
use lodger_auth::api::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The value of the fixture's template.
const FIXTURE_KEY: &str = "thing1";

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Makes an app; answers `{appid, secret}`.
    AppCreate {
        /// App id.
        app: String,
        /// Whose programs share unionids.
        #[serde(default)]
        owner: Option<String>,
    },
    /// Gives an app a new secret; answers `{appid, secret}`.
    AppRotate {
        /// App id.
        app: String,
    },
    /// Names an app's owner, or none.
    AppOwner {
        /// App id.
        app: String,
        /// Whose programs share unionids.
        #[serde(default)]
        owner: Option<String>,
    },
    /// Answers `{apps: [{appid, owner}]}`.
    AppList,
    /// Registers a host, or changes it.
    HostPut(Host),
    /// Takes a host away.
    HostRemove {
        /// Its name.
        id: String,
    },
    /// Answers `{hosts: […]}`, without secrets.
    HostList,
    /// Says what is known of a user.
    UserSet {
        /// The host's name.
        host: String,
        /// `sub`.
        subject: String,
        /// E.164.
        #[serde(default)]
        phone: Option<String>,
        /// Whether logins are refused with 40226.
        #[serde(default)]
        blocked: Option<bool>,
    },
    /// Gives an app a template; answers `{templateId}`.
    TemplateAdd {
        /// App id.
        app: String,
        /// What the user agrees to.
        title: String,
        /// Its values, in order.
        keys: Vec<TemplateKey>,
    },
    /// Takes a template away.
    TemplateRemove {
        /// App id.
        app: String,
        /// Template id.
        id: String,
    },
    /// Answers `{templates: […]}`.
    TemplateList {
        /// App id.
        app: String,
    },
    /// Registers where an app's back end is told what users do.
    CallbackSet {
        /// App id.
        app: String,
        /// `https://…`.
        url: String,
        /// `Token`.
        token: String,
        /// `EncodingAESKey`.
        key: String,
        /// Encryption.
        mode: Mode,
        /// How messages are written.
        format: Format,
    },
    /// The server's data was put back from a backup: raises the versions of all that it signs. Answers
    /// `{repositories}`, their number.
    Recover,
    /// Sets up what a back end's tests need, on development data only.
    Fixture {
        /// App id; made if it is not there.
        app: String,
    },
}

impl Platform {
    /// Does one thing; answers what is to be shown.
    ///
    /// # Errors
    /// `Refused` says why not; the server's own.
    pub async fn administer(&self, command: Command) -> Result<Value, PlatformError> {
        match command {
            Command::AppCreate { app, owner } => {
                let secret = self.create_app(&app, owner.as_deref()).await?;
                Ok(json!({"appid": app, "secret": secret}))
            }
            Command::AppRotate { app } => {
                let secret = self.rotate_secret(&app).await?;
                Ok(json!({"appid": app, "secret": secret}))
            }
            Command::AppOwner { app, owner } => {
                self.set_owner(&app, owner.as_deref()).await?;
                Ok(json!({"appid": app, "owner": owner}))
            }
            Command::AppList => {
                let all = self.apps().await?;
                let apps: Vec<_> =
                    all.iter().map(|one| json!({"appid": one.app, "owner": one.owner})).collect();
                Ok(json!({"apps": apps}))
            }
            Command::HostPut(host) => {
                self.put_host(&host).await?;
                Ok(json!({"host": host}))
            }
            Command::HostRemove { id } => {
                self.remove_host(&id).await?;
                Ok(json!({"removed": id}))
            }
            Command::HostList => Ok(json!({"hosts": self.hosts().await?})),
            Command::UserSet { host, subject, phone, blocked } => {
                self.set_user(&host, &subject, phone.as_deref(), blocked).await?;
                Ok(json!({"host": host, "subject": subject}))
            }
            Command::TemplateAdd { app, title, keys } => {
                Ok(json!({"templateId": self.add_template(&app, &title, &keys).await?}))
            }
            Command::TemplateRemove { app, id } => {
                let gone = self.remove_template(&app, &id).await;
                gone.map_err(|error| match error {
                    PlatformError::Wechat(_) => PlatformError::Refused(format!("{app} has no template {id}")),
                    other => other,
                })?;
                Ok(json!({"removed": id}))
            }
            Command::TemplateList { app } => Ok(json!({"templates": self.templates(&app).await?})),
            Command::CallbackSet { app, url, token, key, mode, format } => {
                let callback = Callback { url, token, key, mode, format };
                self.set_callback(&app, &callback).await?;
                Ok(json!({"appid": app, "callback": callback}))
            }
            Command::Recover => {
                let refused =
                    |error: crate::publishing::PublishError| PlatformError::Refused(error.to_string());
                Ok(json!({"repositories": self.publishing.recover().await.map_err(refused)?}))
            }
            Command::Fixture { app } => self.fixture(&app).await,
        }
    }

    async fn fixture(&self, app: &str) -> Result<Value, PlatformError> {
        const HOST: &str = "fixture";
        if !self.is_development() {
            return Err(PlatformError::Refused(
                "`admin fixture` is for development data only: that of a loopback server which made its own key"
                    .into(),
            ));
        }
        let known = self.apps().await?.iter().any(|one| one.app == app);
        let secret = if known { self.rotate_secret(app).await? } else { self.create_app(app, None).await? };
        self.put_host(&Host {
            id: HOST.into(),
            issuer: "https://fixture.invalid".into(),
            form: Form::Assertion,
            audience: "https://lodger.invalid".into(),
            jwks_url: None,
            jwks: Some(r#"{"keys":[]}"#.into()),
            introspection: None,
        })
        .await?;
        let (code, openid) = self.fixture_code(app, HOST, Purpose::Login).await?;
        let (phone_code, _) = self.fixture_code(app, HOST, Purpose::Phone).await?;
        let (late_openid, template) = self.fixture_messages(app, HOST, &openid).await?;
        let released = self.released(app).await?;
        let page = released.pages.first().map_or("pages/index/index", String::as_str);
        Ok(json!({
            "appid": app, "secret": secret, "page": page, "openid": openid,
            "lateOpenid": late_openid, "templateId": template, "templateKey": FIXTURE_KEY,
            "code": code, "phoneCode": phone_code,
        }))
    }

    /// The user accepted a template once and just wrote; another wrote 49 hours ago. The other's openid, the template.
    async fn fixture_messages(
        &self,
        app: &str,
        host: &str,
        openid: &str,
    ) -> Result<(String, String), PlatformError> {
        let keys = [TemplateKey { key: FIXTURE_KEY.into(), name: "Order".into() }];
        let template = self.add_template(app, "Order ready", &keys).await?;
        self.accept_for(app, openid, &template).await?;
        self.set_user(host, "late", None, None).await?;
        let mut transaction = self.database.begin().await?;
        let late = self.openid(&mut transaction, app, host, "late").await?;
        for (openid, ago) in [(openid, 0), (&late, 49 * 3600)] {
            let mut windows = Windows::default();
            windows.wrote(self.now() - ago);
            self.put_windows(&mut transaction, app, openid, windows).await?;
        }
        transaction.commit().await?;
        Ok((late, template))
    }

    /// A code as if a device had asked, for the fixture's one user.
    async fn fixture_code(
        &self,
        app: &str,
        host: &str,
        purpose: Purpose,
    ) -> Result<(String, String), PlatformError> {
        self.set_user(host, "user", Some("+8613800138000"), Some(false)).await?;
        let released = self.released(app).await?;
        let index = released.digests.first().cloned().unwrap_or_default();
        let mut transaction = self.database.begin().await?;
        let openid = self.openid(&mut transaction, app, host, "user").await?;
        let redeemed = Redeemed { openid: openid.clone(), device: host.into(), index, session: host.into() };
        let code = self.write_code(&mut transaction, app, purpose, &redeemed).await?;
        transaction.commit().await?;
        Ok((code, openid))
    }
}
