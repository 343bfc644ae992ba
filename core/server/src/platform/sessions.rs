//! Session keys: one for each user of an app, from the latest code that was redeemed, for thirty days.

use super::{
    Account, Errcode, Platform, PlatformError, Redeemed,
    devices::settle,
    phone::PhoneInfo,
    rows::{insert, select},
};
use crate::{database::Transaction, repository::hex};
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine, engine::general_purpose::STANDARD};
use lodger_auth::api::Purpose;
use sea_query::OnConflict;

/// Seconds.
const LIFE: i64 = 30 * 86_400;

/// What `sns/jscode2session` answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The user, for this app.
    pub openid: String,
    /// 16 bytes in base64.
    pub session_key: String,
    /// The user, for all programs of the app's owner.
    pub unionid: Option<String>,
    /// Where the code came from.
    pub redeemed: Redeemed,
}

impl Platform {
    /// `sns/jscode2session`.
    ///
    /// # Errors
    /// As redeeming a code; the server's own.
    pub async fn open_session(&self, account: &Account, code: &str) -> Result<Session, PlatformError> {
        let mut transaction = self.database.begin().await?;
        let done = async {
            let redeemed = self.redeem(&mut transaction, account, Purpose::Login, code).await?;
            let (host, subject) = self
                .user_in(&mut transaction, &account.app, &redeemed.openid)
                .await?
                .ok_or(Errcode::InvalidCode)?;
            let found = select("users", ["blocked"], [("host", &*host), ("subject", &*subject)]);
            let rows = transaction.fetch(&found).await?;
            if rows.first().map(|row| row.get::<i64>("blocked")).transpose()?.unwrap_or(0) != 0 {
                return Err(Errcode::CodeBlocked.into());
            }
            let unionid = match &account.owner {
                Some(owner) => Some(self.unionid(&mut transaction, owner, &host, &subject).await?),
                None => None,
            };
            let (app, openid) = (&account.app, &redeemed.openid);
            let session_key = self.write_key(&mut transaction, app, openid, &redeemed.device).await?;
            Ok(Session { openid: openid.clone(), session_key, unionid, redeemed })
        }
        .await;
        settle(transaction, done).await
    }

    async fn user_in(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
    ) -> Result<Option<(String, String)>, PlatformError> {
        let found = select("openids", ["host", "subject"], [("app", app), ("openid", openid)]);
        let rows = transaction.fetch(&found).await?;
        rows.first().map(|row| Ok((row.get("host")?, row.get("subject")?))).transpose()
    }

    async fn write_key(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
        device: &str,
    ) -> Result<String, PlatformError> {
        let mut bytes = zeroize::Zeroizing::new([0; 16]);
        aws_lc_rs::rand::fill(bytes.as_mut()).map_err(|_| PlatformError::Random)?;
        let row = insert(
            "sessions",
            [
                ("app", app.into()),
                ("openid", openid.into()),
                ("sealed", self.kek.seal(&format!("session {app} {openid}"), bytes.as_ref())?.into()),
                ("device", device.into()),
                ("expires", (self.now() + LIFE).into()),
            ],
        )
        .on_conflict(
            OnConflict::columns(["app", "openid"]).update_columns(["sealed", "device", "expires"]).to_owned(),
        )
        .to_owned();
        transaction.execute(&row).await?;
        Ok(STANDARD.encode(bytes.as_ref()))
    }

    /// `wxa/checksession`: whether the back end's session key is the one that holds.
    ///
    /// # Errors
    /// `InvalidOpenid`, `InvalidSignature`, `InvalidArgument`; the server's own.
    pub async fn check_session(
        &self,
        app: &str,
        openid: &str,
        signature: &str,
        method: &str,
    ) -> Result<String, PlatformError> {
        if method != "hmac_sha256" {
            return Err(Errcode::InvalidArgument.into());
        }
        if self.user_of(app, openid).await?.is_none() {
            return Err(Errcode::InvalidOpenid.into());
        }
        let columns = ["sealed", "device", "expires"];
        let found =
            self.database.first(&select("sessions", columns, [("app", app), ("openid", openid)])).await?;
        let row = found.ok_or(Errcode::InvalidSignature)?;
        if row.get::<i64>("expires")? <= self.now() {
            return Err(Errcode::InvalidSignature.into());
        }
        let opened = self.kek.open(&format!("session {app} {openid}"), &row.get::<Vec<u8>>("sealed")?)?;
        // The text, not the bytes: clients sign with what they were given.
        let text = STANDARD.encode(opened.as_slice());
        let own = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()), b"").as_ref());
        let given = signature.to_ascii_lowercase();
        verify_slices_are_equal(own.as_bytes(), given.as_bytes()).map_err(|_| Errcode::InvalidSignature)?;
        Ok(row.get("device")?)
    }

    /// `wxa/resetusersessionkey`: a new session key, for whoever knows the old one.
    ///
    /// # Errors
    /// As [`Self::check_session`].
    pub async fn reset_session(
        &self,
        app: &str,
        openid: &str,
        signature: &str,
        method: &str,
    ) -> Result<String, PlatformError> {
        let device = self.check_session(app, openid, signature, method).await?;
        let mut transaction = self.database.begin().await?;
        let key = self.write_key(&mut transaction, app, openid, &device).await?;
        transaction.commit().await?;
        Ok(key)
    }

    /// `wxa/business/getuserphonenumber`. A phone code is 40029 whatever is wrong with it.
    ///
    /// # Errors
    /// `InvalidCode`; the server's own.
    pub async fn phone_of_code(&self, app: &str, code: &str) -> Result<PhoneInfo, PlatformError> {
        let account = Account { app: app.to_owned(), owner: None };
        let mut transaction = self.database.begin().await?;
        let done = self.redeem(&mut transaction, &account, Purpose::Phone, code).await;
        let done = done.map_err(|error| match error {
            PlatformError::Wechat(_) => Errcode::InvalidCode.into(),
            other => other,
        });
        let redeemed = settle(transaction, done).await?;
        let (host, subject) = self.user_of(app, &redeemed.openid).await?.ok_or(Errcode::InvalidCode)?;
        self.phone(&host, &subject).await?.ok_or_else(|| Errcode::InvalidCode.into())
    }
}
