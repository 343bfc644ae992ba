//! Subscription messages: one message for one "accept" of the user, whenever it is sent.

use super::{
    super::{
        Errcode, Platform, PlatformError, Proved,
        devices::settle,
        rows::{insert, select},
    },
    inbox::Content,
};
use crate::database::Transaction;
use lodger_auth::api::{
    self, Blocked, Choice, RefusalCode, SubscribeRequest, TemplateKind, TemplatesAnswer, TemplatesRequest,
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use serde_json::{Map, Value};

/// Templates in one question to the user.
const MOST: usize = 5;

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
    /// What templates say, for the sheet that asks the user. Of two with one title the later is not asked for.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn subscribable(
        &self,
        proved: &Proved,
        asked: &TemplatesRequest,
    ) -> Result<TemplatesAnswer, PlatformError> {
        at_most(asked.templates.len())?;
        let known = self.templates(&asked.app).await?;
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            self.device(&mut transaction, proved).await?;
            there_is(&mut transaction, &asked.app).await
        }
        .await;
        settle(transaction, done).await?;
        let mut templates: Vec<api::Template> = Vec::new();
        for id in &asked.templates {
            let Some(template) = known.iter().find(|one| one.id == *id) else { continue };
            let twice = templates.iter().any(|one| one.title == template.title);
            templates.push(api::Template {
                id: id.clone(),
                title: template.title.clone(),
                kind: TemplateKind::Once,
                fields: template.keys.iter().map(|key| key.name.clone()).collect(),
                blocked: twice.then_some(Blocked::Filter),
            });
        }
        Ok(TemplatesAnswer { templates })
    }

    /// Counts what the user agreed to. Templates that are not the app's count nothing.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn subscribe(&self, proved: &Proved, asked: &SubscribeRequest) -> Result<(), PlatformError> {
        at_most(asked.answers.len())?;
        let known = self.templates(&asked.app).await?;
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let device = self.device(&mut transaction, proved).await?;
            there_is(&mut transaction, &asked.app).await?;
            let openid = self.openid(&mut transaction, &asked.app, &device.host, &device.subject).await?;
            let accepted = known.iter().filter(|one| asked.answers.get(&one.id) == Some(&Choice::Accept));
            for template in accepted {
                transaction.execute(&accept(&asked.app, &openid, &template.id)).await?;
            }
            Ok(())
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

fn at_most(templates: usize) -> Result<(), PlatformError> {
    if templates <= MOST {
        return Ok(());
    }
    Err(PlatformError::Device(RefusalCode::InvalidRequest, "at most five templates at once"))
}

async fn there_is(transaction: &mut Transaction, app: &str) -> Result<(), PlatformError> {
    if transaction.fetch(&select("apps", ["id"], [("id", app)])).await?.is_empty() {
        return Err(PlatformError::Device(RefusalCode::AppUnknown, "this server has no such app"));
    }
    Ok(())
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
