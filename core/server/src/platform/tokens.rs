//! Access tokens of back ends: `cgi-bin/token` and `cgi-bin/stable_token`, apart from each other as at WeChat.

use super::{
    Errcode, Platform, PlatformError, apps,
    rows::{digest, insert, random, select},
};
use sea_query::{Expr, ExprTrait, Query};

/// Seconds that a token holds.
pub const LIFE: i64 = 7200;
/// Seconds that the one before still holds, and before its end from which a stable token is renewed.
const OVERLAP: i64 = 300;
/// Forced renewals in a day, and seconds between two.
const FORCED: i64 = 20;
const FORCED_PAUSE: i64 = 30;
const DAY: i64 = 86_400;

/// A token for a back end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// Seconds that it holds.
    pub expires_in: i64,
}

impl Platform {
    /// `cgi-bin/token`: a new one each time; the one before holds five minutes more.
    ///
    /// # Errors
    /// `Database`, `Kek`, `Random`.
    pub async fn token(&self, app: &str) -> Result<Issued, PlatformError> {
        let now = self.now();
        let mut transaction = self.database.begin().await?;
        transaction.exclusive(&format!("token {app}")).await?;
        let older = Query::update()
            .table("access_tokens")
            .value("expires", now + OVERLAP)
            .and_where(Expr::col("app").eq(app))
            .and_where(Expr::col("kind").eq("token"))
            .and_where(Expr::col("expires").gt(now + OVERLAP))
            .to_owned();
        transaction.execute(&older).await?;
        let token = self.add(&mut transaction, app, "token").await?;
        transaction.commit().await?;
        Ok(Issued { token, expires_in: LIFE })
    }

    /// `cgi-bin/stable_token`: the same until five minutes before its end. `force` makes a new one and ends the old
    /// one at once, twenty times a day; sooner than 30 s after the last time it changes nothing.
    ///
    /// # Errors
    /// `DailyQuota`; `Database`, `Kek`, `Random`.
    pub async fn stable_token(&self, app: &str, force: bool) -> Result<Issued, PlatformError> {
        let now = self.now();
        let mut transaction = self.database.begin().await?;
        transaction.exclusive(&format!("token {app}")).await?;
        let fresh =
            select("access_tokens", ["digest", "sealed", "expires"], [("app", app), ("kind", "stable")])
                .and_where(Expr::col("expires").gt(now + OVERLAP))
                .to_owned();
        let current = transaction.fetch(&fresh).await?.into_iter().next();
        let force = force && current.is_some() && self.may_force(&mut transaction, app, now).await?;
        if let Some(row) = current.filter(|_| !force) {
            let sealed: Vec<u8> = row.get("sealed")?;
            let opened = self.kek.open(&row.get::<String>("digest")?, &sealed)?;
            let token = String::from_utf8_lossy(&opened).into_owned();
            transaction.commit().await?;
            return Ok(Issued { token, expires_in: row.get::<i64>("expires")? - now });
        }
        if force {
            let old = Query::delete()
                .from_table("access_tokens")
                .and_where(Expr::col("app").eq(app))
                .and_where(Expr::col("kind").eq("stable"))
                .to_owned();
            transaction.execute(&old).await?;
        }
        let token = self.add(&mut transaction, app, "stable").await?;
        transaction.commit().await?;
        Ok(Issued { token, expires_in: LIFE })
    }

    /// The app that this token is for.
    ///
    /// # Errors
    /// `TokenMissing`, `TokenExpired`, `InvalidCredential`; `MinuteQuota` after too many wrong ones; `Database`.
    pub async fn app_of_token(&self, token: &str, from: &str) -> Result<String, PlatformError> {
        if token.is_empty() {
            return Err(Errcode::TokenMissing.into());
        }
        self.not_guessing(from).await?;
        let found = select("access_tokens", ["app", "expires"], [("digest", &digest(token))]);
        match self.database.first(&found).await? {
            Some(row) if row.get::<i64>("expires")? > self.now() => Ok(row.get("app")?),
            Some(_) => Err(Errcode::TokenExpired.into()),
            None => {
                self.guessed(from).await?;
                Err(Errcode::InvalidCredential.into())
            }
        }
    }

    async fn add(
        &self,
        transaction: &mut crate::database::Transaction,
        app: &str,
        kind: &'static str,
    ) -> Result<String, PlatformError> {
        let token = random(64)?;
        let id = digest(&token);
        // Only a stable one is ever shown again.
        let sealed = if kind == "stable" { Some(self.kek.seal(&id, token.as_bytes())?) } else { None };
        let row = insert(
            "access_tokens",
            [
                ("digest", id.into()),
                ("app", app.into()),
                ("kind", kind.into()),
                ("sealed", sealed.into()),
                ("expires", (self.now() + LIFE).into()),
            ],
        );
        transaction.execute(&row).await?;
        Ok(token)
    }

    async fn may_force(
        &self,
        transaction: &mut crate::database::Transaction,
        app: &str,
        now: i64,
    ) -> Result<bool, PlatformError> {
        let found = select("apps", ["forced_day", "forced_count", "forced_at"], [("id", app)]);
        let rows = transaction.fetch(&found).await?;
        let row = rows.first().ok_or_else(|| apps::unknown(app))?;
        let today = now / DAY;
        let count = if row.get::<i64>("forced_day")? == today { row.get::<i64>("forced_count")? } else { 0 };
        if now - row.get::<i64>("forced_at")? < FORCED_PAUSE {
            return Ok(false);
        }
        if count >= FORCED {
            return Err(Errcode::DailyQuota.into());
        }
        let change = Query::update()
            .table("apps")
            .value("forced_day", today)
            .value("forced_count", count + 1)
            .value("forced_at", now)
            .and_where(Expr::col("id").eq(app))
            .to_owned();
        transaction.execute(&change).await?;
        Ok(true)
    }
}
