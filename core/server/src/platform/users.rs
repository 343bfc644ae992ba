//! Users: a host's subject, what each app and each owner call it, and what the host said about it.

use super::{
    Platform, PlatformError,
    identity::User,
    phone::{PhoneInfo, is_e164},
    rows::{insert, random, select},
};
use crate::database::Transaction;
use sea_query::{Expr, ExprTrait, OnConflict, Query};

/// Random bytes of an openid: 28 characters in base64url, as WeChat's.
const OPENID: usize = 21;

fn row_id(host: &str, subject: &str) -> String {
    format!("phone {host} {subject}")
}

impl Platform {
    /// Notes a user, and the phone number that the host said.
    pub(super) async fn meet(&self, transaction: &mut Transaction, user: &User) -> Result<(), PlatformError> {
        let sealed = match &user.phone {
            Some(number) => Some(self.kek.seal(&row_id(&user.host, &user.subject), number.as_bytes())?),
            None => None,
        };
        let mut conflict = OnConflict::columns(["host", "subject"]);
        let conflict = match sealed {
            Some(_) => conflict.update_column("phone").to_owned(),
            None => conflict.do_nothing().to_owned(),
        };
        let row = insert(
            "users",
            [
                ("host", user.host.clone().into()),
                ("subject", user.subject.clone().into()),
                ("phone", sealed.into()),
                ("blocked", 0_i64.into()),
            ],
        );
        transaction.execute(&row.clone().on_conflict(conflict).to_owned()).await?;
        Ok(())
    }

    /// What `app` calls a user: the same for ever, and nothing that another app could know.
    pub(super) async fn openid(
        &self,
        transaction: &mut Transaction,
        app: &str,
        host: &str,
        subject: &str,
    ) -> Result<String, PlatformError> {
        let known = [("app", app), ("host", host), ("subject", subject)];
        named(transaction, "openids", "openid", known).await
    }

    /// What all programs of `owner` call a user.
    pub(super) async fn unionid(
        &self,
        transaction: &mut Transaction,
        owner: &str,
        host: &str,
        subject: &str,
    ) -> Result<String, PlatformError> {
        let known = [("owner", owner), ("host", host), ("subject", subject)];
        named(transaction, "unionids", "unionid", known).await
    }

    /// The host's user behind an app's openid.
    pub(super) async fn user_of(
        &self,
        app: &str,
        openid: &str,
    ) -> Result<Option<(String, String)>, PlatformError> {
        let found = select("openids", ["host", "subject"], [("app", app), ("openid", openid)]);
        let row = self.database.first(&found).await?;
        row.map(|row| Ok((row.get("host")?, row.get("subject")?))).transpose()
    }

    /// A user's phone number, if the host or an administrator gave one.
    pub(super) async fn phone(&self, host: &str, subject: &str) -> Result<Option<PhoneInfo>, PlatformError> {
        let row =
            self.database.first(&select("users", ["phone"], [("host", host), ("subject", subject)])).await?;
        let sealed: Option<Vec<u8>> = row.map(|row| row.get("phone")).transpose()?.flatten();
        let Some(sealed) = sealed else { return Ok(None) };
        let opened = self.kek.open(&row_id(host, subject), &sealed)?;
        Ok(PhoneInfo::read(&String::from_utf8_lossy(&opened)))
    }

    /// Sets what is known of a user: a phone number (E.164), and whether logins are blocked (40226). None leaves it.
    ///
    /// # Errors
    /// `Refused` if there is no such host, or the number is none; `Database`, `Kek`.
    pub async fn set_user(
        &self,
        host: &str,
        subject: &str,
        phone: Option<&str>,
        blocked: Option<bool>,
    ) -> Result<(), PlatformError> {
        if self.database.first(&select("hosts", ["id"], [("id", host)])).await?.is_none() {
            return Err(PlatformError::Refused(format!("there is no host {host}")));
        }
        if phone.is_some_and(|number| !is_e164(number)) {
            let form = "a phone number is written with its country's code, like +8613800138000";
            return Err(PlatformError::Refused(form.into()));
        }
        let user = User {
            host: host.to_owned(),
            subject: subject.to_owned(),
            once: None,
            phone: phone.map(ToOwned::to_owned),
        };
        let mut transaction = self.database.begin().await?;
        self.meet(&mut transaction, &user).await?;
        if let Some(blocked) = blocked {
            let change = Query::update()
                .table("users")
                .value("blocked", i64::from(blocked))
                .and_where(Expr::col("host").eq(host))
                .and_where(Expr::col("subject").eq(subject))
                .to_owned();
            transaction.execute(&change).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// The random name in `column` for these; made if there is none.
async fn named(
    transaction: &mut Transaction,
    table: &'static str,
    column: &'static str,
    known: [(&'static str, &str); 3],
) -> Result<String, PlatformError> {
    let found = select(table, [column], known);
    if let Some(row) = transaction.fetch(&found).await?.first() {
        return Ok(row.get(column)?);
    }
    let [a, b, c] = known.map(|(name, value)| (name, Expr::from(value.to_owned())));
    let row = insert(table, [a, b, c, (column, random(OPENID)?.into())])
        .on_conflict(OnConflict::columns(known.map(|(name, _)| name)).do_nothing().to_owned())
        .to_owned();
    transaction.execute(&row).await?;
    // Another process may have been first; then theirs counts.
    let rows = transaction.fetch(&found).await?;
    let row = rows.first().ok_or(PlatformError::Random)?;
    Ok(row.get(column)?)
}
