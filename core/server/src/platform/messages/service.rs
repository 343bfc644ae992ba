//! Customer service: a chat between a user and an app's back end.

use super::{
    super::{
        Errcode, Platform, PlatformError, Proved,
        devices::settle,
        limits,
        rows::{insert, select},
    },
    callback::Event,
    inbox::{Content, Inbox, InboxRequest},
    window::Windows,
};
use crate::database::Transaction;
use lodger_auth::api::RefusalCode;
use sea_query::{Cond, Expr, ExprTrait, OnConflict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest text, in bytes (WeChat's).
const TEXT: usize = 2048;
/// What a user writes in a minute.
const PACE: i64 = 30;

/// `POST /lodger/v1/chat`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The app id, stamped by the engine.
    pub app: String,
    /// The user opened the chat, by a button with this `session-from`.
    #[serde(default)]
    pub enter: Option<String>,
    /// What the user wrote.
    #[serde(default)]
    pub text: Option<String>,
    /// What `next` said; none for the newest.
    #[serde(default)]
    pub before: Option<String>,
}

impl Platform {
    /// Takes what the user does in a chat, and gives a page of it.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn chat(&self, proved: &Proved, asked: &ChatRequest) -> Result<Inbox, PlatformError> {
        let refused = PlatformError::Device;
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let device = self.device(&mut transaction, proved).await?;
            if transaction.fetch(&select("apps", ["id"], [("id", &*asked.app)])).await?.is_empty() {
                return Err(refused(RefusalCode::AppUnknown, "this server has no such app"));
            }
            let text = asked.text.as_deref().map(str::trim);
            if text.is_some_and(|text| text.is_empty() || text.len() > TEXT) {
                return Err(refused(RefusalCode::InvalidRequest, "a text has 1 to 2048 bytes"));
            }
            let openid = self.openid(&mut transaction, &asked.app, &device.host, &device.subject).await?;
            if text.is_some() || asked.enter.is_some() {
                if !limits::within(&mut transaction, &format!("chat {openid}"), self.now(), PACE).await? {
                    return Err(refused(RefusalCode::RateLimited, "too many messages; wait a minute"));
                }
                let user = (device.host.clone(), device.subject.clone());
                if let Some(from) = &asked.enter {
                    let event = Event::Entered { from: from.chars().take(256).collect() };
                    self.user_did(&mut transaction, &asked.app, &openid, event).await?;
                }
                if let Some(text) = text {
                    let content = Content { text: text.to_owned(), ..Content::default() };
                    let (app, kind) = (&asked.app, "user");
                    let id = self.put_message(&mut transaction, app, &openid, &user, kind, &content).await?;
                    let event = Event::Wrote { text: text.to_owned(), id };
                    self.user_did(&mut transaction, &asked.app, &openid, event).await?;
                }
            }
            let own = Cond::all()
                .add(Expr::col("host").eq(&*device.host))
                .add(Expr::col("subject").eq(&*device.subject));
            let page =
                InboxRequest { before: asked.before.clone(), app: Some(asked.app.clone()), read: Vec::new() };
            self.page(&mut transaction, own, &page, &["service", "user"]).await
        }
        .await;
        settle(transaction, done).await
    }

    /// Sets the window, and tells the back end.
    async fn user_did(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
        event: Event,
    ) -> Result<(), PlatformError> {
        let mut windows = self.windows(transaction, app, openid).await?;
        match event {
            Event::Entered { .. } => windows.entered(self.now()),
            Event::Wrote { .. } => windows.wrote(self.now()),
        }
        self.put_windows(transaction, app, openid, windows).await?;
        self.notify(transaction, app, openid, &event).await
    }

    /// `cgi-bin/message/custom/send`.
    ///
    /// # Errors
    /// `InvalidOpenid`, `InvalidMessageType`, `InvalidMedia` for pictures, `EmptyContent`, `TooLong`, `WindowOver`,
    /// `WindowUsed`; the server's own.
    pub async fn send_service(&self, app: &str, body: &Map<String, Value>) -> Result<(), PlatformError> {
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let empty = Value::Null;
        let openid = text(body.get("touser").unwrap_or(&empty));
        let user = self.user_of(app, &openid).await?.ok_or(Errcode::InvalidOpenid)?;
        let kind = text(body.get("msgtype").unwrap_or(&empty));
        let part = body.get(&kind).unwrap_or(&empty);
        let content = match kind.as_str() {
            "text" => Content { text: text(&part["content"]), ..Content::default() },
            "link" => Content {
                title: text(&part["title"]),
                text: text(&part["description"]),
                url: Some(text(&part["url"])).filter(|url| url.starts_with("https://")),
                ..Content::default()
            },
            "miniprogrampage" => {
                let page = text(&part["pagepath"]);
                let page = page.trim_start_matches('/').to_owned();
                self.check_page(app, &page, false).await?;
                Content { title: text(&part["title"]), page: Some(page), ..Content::default() }
            }
            // There is no store of media, so there is none that an id could name.
            "image" => return Err(Errcode::InvalidMedia.into()),
            _ => return Err(Errcode::InvalidMessageType.into()),
        };
        if content.text.is_empty() && content.title.is_empty() {
            return Err(Errcode::EmptyContent.into());
        }
        if content.text.len().max(content.title.len()) > TEXT {
            return Err(Errcode::TooLong.into());
        }
        let mut transaction = self.database.begin().await?;
        transaction.exclusive(&format!("chat {openid}")).await?;
        let mut windows = self.windows(&mut transaction, app, &openid).await?;
        windows.take(self.now())?;
        self.put_windows(&mut transaction, app, &openid, windows).await?;
        self.put_message(&mut transaction, app, &openid, &user, "service", &content).await?;
        Ok(transaction.commit().await?)
    }

    async fn windows(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
    ) -> Result<Windows, PlatformError> {
        let columns = ["wrote_at", "wrote_left", "entered_at", "entered_left"];
        let rows = transaction.fetch(&select("chats", columns, [("app", app), ("openid", openid)])).await?;
        let Some(row) = rows.first() else { return Ok(Windows::default()) };
        Ok(Windows {
            wrote_at: row.get("wrote_at")?,
            wrote_left: row.get("wrote_left")?,
            entered_at: row.get("entered_at")?,
            entered_left: row.get("entered_left")?,
        })
    }

    pub(in crate::platform) async fn put_windows(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
        windows: Windows,
    ) -> Result<(), PlatformError> {
        let row = insert(
            "chats",
            [
                ("app", app.into()),
                ("openid", openid.into()),
                ("wrote_at", windows.wrote_at.into()),
                ("wrote_left", windows.wrote_left.into()),
                ("entered_at", windows.entered_at.into()),
                ("entered_left", windows.entered_left.into()),
            ],
        )
        .on_conflict(
            OnConflict::columns(["app", "openid"])
                .update_columns(["wrote_at", "wrote_left", "entered_at", "entered_left"])
                .to_owned(),
        )
        .to_owned();
        transaction.execute(&row).await?;
        Ok(())
    }
}
