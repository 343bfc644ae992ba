//! A user's messages, of all programs of a host: what a host's message centre shows.

use super::super::{
    Platform, PlatformError, Proved,
    devices::settle,
    rows::{insert, random, select},
};
use crate::database::{Row, Transaction};
use sea_query::{Cond, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};

/// Messages on a page.
const PAGE: u64 = 50;

/// What a message says; sealed in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Of a template, a link or a card; empty for a text.
    pub title: String,
    /// Names and values of a template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(String, String)>,
    /// Of a text or a link.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where a link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page that it opens, with its query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// `miniprogram_state`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
}

/// A message as devices get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its name, for read marks.
    pub id: String,
    /// The app id.
    pub app: String,
    /// `subscribe`, `service` (from the app), `user` (from the user).
    pub kind: String,
    /// Seconds since 1970.
    pub time: i64,
    /// Whether the user has seen it.
    pub read: bool,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// `POST /lodger/v1/inbox`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRequest {
    /// What `next` said; none for the newest.
    #[serde(default)]
    pub before: Option<String>,
    /// One program's only.
    #[serde(default)]
    pub app: Option<String>,
    /// Messages that were seen.
    #[serde(default)]
    pub read: Vec<String>,
}

/// The answer: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inbox {
    /// At most fifty.
    pub messages: Vec<Message>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
    /// How many were not seen, of all.
    pub unread: i64,
}

impl Platform {
    /// Marks what was seen, and gives a page.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn inbox(&self, proved: &Proved, asked: &InboxRequest) -> Result<Inbox, PlatformError> {
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let device = self.device(&mut transaction, proved).await?;
            let own = Cond::all()
                .add(Expr::col("host").eq(&*device.host))
                .add(Expr::col("subject").eq(&*device.subject));
            let seen: Vec<&str> = asked.read.iter().take(500).map(String::as_str).collect();
            if !seen.is_empty() {
                let mark = Query::update()
                    .table("messages")
                    .value("read", 1_i64)
                    .cond_where(own.clone())
                    .and_where(Expr::col("id").is_in(seen))
                    .to_owned();
                transaction.execute(&mark).await?;
            }
            let kinds = ["subscribe", "service"];
            let page = self.page(&mut transaction, own.clone(), asked, &kinds).await?;
            let unread = Query::select()
                .expr_as(Expr::col("id").count(), "count")
                .from("messages")
                .cond_where(own)
                .and_where(Expr::col("kind").is_in(kinds))
                .and_where(Expr::col("read").eq(0_i64))
                .to_owned();
            let rows = transaction.fetch(&unread).await?;
            let unread = rows.first().map(|row| row.get("count")).transpose()?.unwrap_or(0);
            Ok(Inbox { unread, ..page })
        }
        .await;
        settle(transaction, done).await
    }

    /// A page of whose messages these are.
    pub(super) async fn page(
        &self,
        transaction: &mut Transaction,
        own: Cond,
        asked: &InboxRequest,
        kinds: &[&str],
    ) -> Result<Inbox, PlatformError> {
        let mut query = select("messages", ["id", "app", "openid", "kind", "made", "read", "sealed"], [])
            .cond_where(own)
            .and_where(Expr::col("kind").is_in(kinds.iter().copied()))
            .order_by("made", Order::Desc)
            .order_by("id", Order::Desc)
            .limit(PAGE + 1)
            .to_owned();
        if let Some(app) = &asked.app {
            query.and_where(Expr::col("app").eq(&**app));
        }
        if let Some((made, id)) = asked.before.as_deref().and_then(|text| text.split_once('.')) {
            let made: i64 = made.parse().unwrap_or(0);
            query.cond_where(
                Cond::any()
                    .add(Expr::col("made").lt(made))
                    .add(Cond::all().add(Expr::col("made").eq(made)).add(Expr::col("id").lt(id))),
            );
        }
        let rows = transaction.fetch(&query).await?;
        let more = rows.len() > PAGE as usize;
        let rows = &rows[..rows.len().min(PAGE as usize)];
        let next = match rows.last().filter(|_| more) {
            Some(row) => Some(format!("{}.{}", row.get::<i64>("made")?, row.get::<String>("id")?)),
            None => None,
        };
        let messages = rows.iter().map(|row| self.message(row)).collect::<Result<_, _>>()?;
        Ok(Inbox { messages, next, unread: 0 })
    }

    fn message(&self, row: &Row) -> Result<Message, PlatformError> {
        let id: String = row.get("id")?;
        let opened = self.kek.open(&format!("message {id}"), &row.get::<Vec<u8>>("sealed")?)?;
        Ok(Message {
            app: row.get("app")?,
            kind: row.get("kind")?,
            time: row.get::<i64>("made")? / 1_000_000,
            read: row.get::<i64>("read")? != 0,
            content: serde_json::from_slice(&opened).unwrap_or_default(),
            id,
        })
    }

    /// Puts a message where its user finds it.
    pub(super) async fn put_message(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
        (host, subject): &(String, String),
        kind: &'static str,
        content: &Content,
    ) -> Result<String, PlatformError> {
        let id = random(12)?;
        let bytes = serde_json::to_vec(content).map_err(|_| PlatformError::Random)?;
        let row = insert(
            "messages",
            [
                ("id", id.clone().into()),
                ("app", app.into()),
                ("openid", openid.into()),
                ("host", host.clone().into()),
                ("subject", subject.clone().into()),
                ("kind", kind.into()),
                // Microseconds, so that they stay in order.
                ("made", self.clock.now().as_microsecond().into()),
                ("read", i64::from(kind == "user").into()),
                ("sealed", self.kek.seal(&format!("message {id}"), &bytes)?.into()),
            ],
        );
        transaction.execute(&row).await?;
        Ok(id)
    }
}
