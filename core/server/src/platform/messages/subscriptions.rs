//! Subscription messages: one message for one "accept" of the user, whenever it is sent.

use super::{
    super::{
        Errcode, Platform, PlatformError, Proved,
        devices::settle,
        rows::{insert, select},
    },
    inbox::Content,
};
use lodger_auth::api::RefusalCode;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Templates in one question to the user.
const MOST: usize = 5;

/// `POST /lodger/v1/subscriptions`: what the user answered to `wx.requestSubscribeMessage`; without answers, what the
/// templates are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeRequest {
    /// The app id, stamped by the engine.
    pub app: String,
    /// Template id, and `accept`, `reject`, `ban` or `filter`; anything else is a question for the template.
    pub templates: BTreeMap<String, String>,
}

/// `cgi-bin/message/subscribe/send`.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// `touser`.
    pub openid: String,
    /// `template_id`.
    pub template: String,
    /// Where the message leads, with its query; empty for nowhere.
    pub page: String,
    /// `miniprogram_state`.
    pub state: String,
    /// `data`.
    pub data: Map<String, Value>,
}

impl Platform {
    /// Counts what the user agreed to, and says what the templates are.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn subscribe(&self, proved: &Proved, asked: &SubscribeRequest) -> Result<Value, PlatformError> {
        let known = self.templates(&asked.app).await?;
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let device = self.device(&mut transaction, proved).await?;
            let app = transaction.fetch(&select("apps", ["id"], [("id", &*asked.app)])).await?;
            if app.is_empty() {
                let why = "this server has no such app";
                return Err(PlatformError::Device(RefusalCode::AppUnknown, why));
            }
            if asked.templates.len() > MOST {
                let why = "at most five templates at once";
                return Err(PlatformError::Device(RefusalCode::InvalidRequest, why));
            }
            let openid = self.openid(&mut transaction, &asked.app, &device.host, &device.subject).await?;
            let mut answer = Vec::new();
            for template in known.iter().filter(|one| asked.templates.contains_key(&one.id)) {
                if asked.templates[&template.id] == "accept" {
                    transaction.execute(&accept(&asked.app, &openid, &template.id)).await?;
                }
                answer
                    .push(json!({"id": template.id, "title": template.title, "content": template.content()}));
            }
            Ok(json!({"templates": answer}))
        }
        .await;
        settle(transaction, done).await
    }

    /// Sends a message, if the user agreed to one more.
    ///
    /// # Errors
    /// `InvalidTemplate`, `InvalidOpenid`, `InvalidPage`, `InvalidData`, `NotSubscribed`; the server's own.
    pub async fn send_subscribed(&self, app: &str, send: &Send) -> Result<String, PlatformError> {
        let templates = self.templates(app).await?;
        let template =
            templates.iter().find(|one| one.id == send.template).ok_or(Errcode::InvalidTemplate)?;
        let user = self.user_of(app, &send.openid).await?.ok_or(Errcode::InvalidOpenid)?;
        let page = send.page.trim_start_matches('/');
        self.check_page(app, page, true).await?;
        let lines = template.fill(&send.data)?;
        let mut transaction = self.database.begin().await?;
        let take = Query::update()
            .table("subscriptions")
            .value("accepts", Expr::col("accepts").sub(1_i64))
            .and_where(Expr::col("app").eq(app))
            .and_where(Expr::col("openid").eq(&*send.openid))
            .and_where(Expr::col("template").eq(&*send.template))
            .and_where(Expr::col("accepts").gt(0_i64))
            .to_owned();
        if transaction.execute(&take).await? == 0 {
            return Err(Errcode::NotSubscribed.into());
        }
        let content = Content {
            title: template.title.clone(),
            lines,
            page: (!page.is_empty()).then(|| page.to_owned()),
            state: send.state.clone(),
            ..Content::default()
        };
        let id = self.put_message(&mut transaction, app, &send.openid, &user, "subscribe", &content).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Fails unless `page`, which may have a query, is one of what runs now. No page is one, if it `may_be_empty`.
    ///
    /// # Errors
    /// `InvalidPage`; the server's own.
    pub(in crate::platform) async fn check_page(
        &self,
        app: &str,
        page: &str,
        may_be_empty: bool,
    ) -> Result<(), PlatformError> {
        let path = page.split('?').next().unwrap_or_default();
        if path.is_empty() && may_be_empty {
            return Ok(());
        }
        let released = self.released(app).await?;
        // An app that has no release yet is developed elsewhere; there is nothing to compare with.
        let unknown = released.pages.is_empty() && self.is_development();
        if unknown || released.pages.iter().any(|known| known == path) {
            return Ok(());
        }
        Err(Errcode::InvalidPage.into())
    }

    /// One more message for this user: what the fixture needs.
    pub(in crate::platform) async fn accept_for(
        &self,
        app: &str,
        openid: &str,
        template: &str,
    ) -> Result<(), PlatformError> {
        self.database.execute(&accept(app, openid, template)).await?;
        Ok(())
    }
}

fn accept(app: &str, openid: &str, template: &str) -> sea_query::InsertStatement {
    insert(
        "subscriptions",
        [
            ("app", app.into()),
            ("openid", openid.into()),
            ("template", template.into()),
            ("accepts", 1_i64.into()),
        ],
    )
    .on_conflict(
        OnConflict::columns(["app", "openid", "template"])
            .value("accepts", Expr::col(("subscriptions", "accepts")).add(1_i64))
            .to_owned(),
    )
    .to_owned()
}
