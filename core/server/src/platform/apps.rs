//! Mini-programs as back ends know them: an app id and a secret.

use super::{
    Errcode, Platform, PlatformError, limits,
    rows::{digest, insert, select},
};
use crate::repository::hex;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use sea_query::{Expr, ExprTrait, Query};

/// Wrong secrets and tokens from one address in a minute; then nothing more is looked at.
const GUESSES: i64 = 600;

/// An app whose secret was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// App id.
    pub app: String,
    /// Whose programs share unionids.
    pub owner: Option<String>,
}

impl Platform {
    /// Makes an app, and gives its secret: the only time that it is seen.
    ///
    /// # Errors
    /// `Refused` if there is one, or the name is none; `Database`, `Random`.
    pub async fn create_app(&self, app: &str, owner: Option<&str>) -> Result<String, PlatformError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if !(1..=64).contains(&app.len()) || !app.bytes().all(plain) {
            return Err(PlatformError::Refused(format!(
                "{app} is no app id: 1 to 64 letters, digits, `_`, `.` and `-`"
            )));
        }
        let secret = secret()?;
        let row = insert(
            "apps",
            [
                ("id", app.into()),
                ("folded", app.to_ascii_lowercase().into()),
                ("owner", owner.map(ToOwned::to_owned).into()),
                ("secret", digest(&secret).into()),
                ("made", self.now().into()),
                ("forced_day", 0_i64.into()),
                ("forced_count", 0_i64.into()),
                ("forced_at", 0_i64.into()),
            ],
        );
        match self.database.execute(&row).await {
            Ok(_) => Ok(secret),
            Err(error) if error.is_duplicate() => Err(PlatformError::Refused(format!(
                "there is an app {app} already; `lodger admin app rotate {app}` gives it a new secret"
            ))),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an app a new secret. The old one, and every access token that it fetched, are worth nothing from now on.
    ///
    /// # Errors
    /// `Refused` if there is no such app; `Database`, `Random`.
    pub async fn rotate_secret(&self, app: &str) -> Result<String, PlatformError> {
        let secret = secret()?;
        let mut transaction = self.database.begin().await?;
        let change = Query::update()
            .table("apps")
            .value("secret", digest(&secret))
            .and_where(Expr::col("id").eq(app))
            .to_owned();
        if transaction.execute(&change).await? == 0 {
            return Err(unknown(app));
        }
        let tokens =
            Query::delete().from_table("access_tokens").and_where(Expr::col("app").eq(app)).to_owned();
        transaction.execute(&tokens).await?;
        transaction.commit().await?;
        Ok(secret)
    }

    /// Names an app's owner, whose programs get the same unionid for a user; none for no owner.
    ///
    /// # Errors
    /// `Refused` if there is no such app; `Database`.
    pub async fn set_owner(&self, app: &str, owner: Option<&str>) -> Result<(), PlatformError> {
        let change = Query::update()
            .table("apps")
            .value("owner", owner.map(ToOwned::to_owned))
            .and_where(Expr::col("id").eq(app))
            .to_owned();
        if self.database.execute(&change).await? == 0 { Err(unknown(app)) } else { Ok(()) }
    }

    /// All apps, by id.
    ///
    /// # Errors
    /// `Database`.
    pub async fn apps(&self) -> Result<Vec<Account>, PlatformError> {
        let all = select("apps", ["id", "owner"], []).order_by("id", sea_query::Order::Asc).to_owned();
        let rows = self.database.fetch(&all).await?;
        rows.iter().map(|row| Ok(Account { app: row.get("id")?, owner: row.get("owner")? })).collect()
    }

    /// The app with this id and secret. `from` is the address that asks.
    ///
    /// # Errors
    /// `AppidMissing`, `SecretMissing`, `InvalidAppid`, `InvalidSecret`, `MinuteQuota` after too many wrong ones;
    /// `Database`.
    pub async fn authenticate(&self, app: &str, secret: &str, from: &str) -> Result<Account, PlatformError> {
        if app.is_empty() {
            return Err(Errcode::AppidMissing.into());
        }
        if secret.is_empty() {
            return Err(Errcode::SecretMissing.into());
        }
        self.not_guessing(from).await?;
        let row = self.database.first(&select("apps", ["owner", "secret"], [("id", app)])).await?;
        let Some(row) = row else {
            self.guessed(from).await?;
            return Err(Errcode::InvalidAppid.into());
        };
        let stored: String = row.get("secret")?;
        if verify_slices_are_equal(stored.as_bytes(), digest(secret).as_bytes()).is_err() {
            self.guessed(from).await?;
            return Err(Errcode::InvalidSecret.into());
        }
        Ok(Account { app: app.to_owned(), owner: row.get("owner")? })
    }

    /// Fails for an address that was wrong too often.
    pub(super) async fn not_guessing(&self, from: &str) -> Result<(), PlatformError> {
        let wrong = limits::so_far(&self.database, &format!("wrong {from}"), self.now()).await?;
        if wrong >= GUESSES { Err(Errcode::MinuteQuota.into()) } else { Ok(()) }
    }

    /// Counts a wrong secret or token.
    pub(super) async fn guessed(&self, from: &str) -> Result<(), PlatformError> {
        limits::within_alone(&self.database, &format!("wrong {from}"), self.now(), GUESSES).await.map(drop)
    }

    /// Fails if the app asked more than `most` times in this minute.
    ///
    /// # Errors
    /// `MinuteQuota`, `Database`.
    pub async fn paced(&self, app: &str, what: &str, most: i64) -> Result<(), PlatformError> {
        let key = format!("{what} {app}");
        match limits::within_alone(&self.database, &key, self.now(), most).await? {
            true => Ok(()),
            false => Err(Errcode::MinuteQuota.into()),
        }
    }
}

pub(super) fn unknown(app: &str) -> PlatformError {
    PlatformError::Refused(format!("there is no app {app}; `lodger admin app create {app}` makes one"))
}

fn secret() -> Result<String, PlatformError> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut()).map_err(|_| PlatformError::Random)?;
    Ok(hex(bytes.as_ref()))
}
