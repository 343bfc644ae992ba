//! Codes: minted for a device, redeemed once by the app's back end within five minutes.

use super::{
    Account, Errcode, Platform, PlatformError, Proved,
    devices::settle,
    limits,
    rows::{digest, insert, random, select},
};
use crate::database::Transaction;
use lodger_auth::{
    Secret,
    api::{CheckAnswer, CheckRequest, CodeAnswer, CodeRequest, Purpose, RefusalCode},
};
use sea_query::{Expr, ExprTrait, Query};
use serde::Serialize;

/// Seconds.
const LIFE: i64 = 300;
/// Of a user in an app, in a minute.
const CODES: i64 = 100;

/// What a code stands for. The last three are what WeChat has no words for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redeemed {
    /// The user, as the app knows it.
    #[serde(skip)]
    pub openid: String,
    /// Thumbprint of the device's login key.
    pub device: String,
    /// SHA-256 of the index that ran.
    pub index: String,
    /// The session's id on the device.
    pub session: String,
}

fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Login => "login",
        Purpose::Phone => "phone",
    }
}

impl Platform {
    /// `POST /lodger/v1/codes`.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn mint(&self, proved: &Proved, asked: &CodeRequest) -> Result<CodeAnswer, PlatformError> {
        let refused = PlatformError::Device;
        let key = &proved.proof.key;
        let identified = self.identify(key, asked.assertion.as_ref(), proved.token.as_deref()).await;
        let app = self.database.first(&select("apps", ["id"], [("id", &asked.app)])).await?;
        let released = self.released(&asked.app).await?;
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let user = identified?;
            self.spend_identity(&mut transaction, &user).await?;
            let device = self.device(&mut transaction, proved).await?;
            if device.host != user.host || device.subject != user.subject {
                let why = "this login key is another user's; make a new one";
                return Err(refused(RefusalCode::DeviceRetired, why));
            }
            if app.is_none() {
                return Err(refused(RefusalCode::AppUnknown, "this server has no such app"));
            }
            if !released.digests.contains(&asked.index) {
                let why = "this index is not one that the app's channels offer now; update";
                return Err(refused(RefusalCode::NotReleased, why));
            }
            if asked.session.is_empty() || asked.session.len() > 64 {
                return Err(refused(RefusalCode::InvalidRequest, "session has 1 to 64 bytes"));
            }
            if user.phone.is_some() {
                self.meet(&mut transaction, &user).await?;
            }
            if asked.purpose == Purpose::Phone {
                let found = select("users", ["phone"], [("host", &*user.host), ("subject", &*user.subject)]);
                let rows = transaction.fetch(&found).await?;
                let phone: Option<Vec<u8>> = rows.first().map(|row| row.get("phone")).transpose()?.flatten();
                if phone.is_none() {
                    return Err(refused(RefusalCode::NoPhone, "the host gave no phone number of this user"));
                }
            }
            let openid = self.openid(&mut transaction, &asked.app, &user.host, &user.subject).await?;
            if !limits::within(&mut transaction, &format!("code {openid}"), self.now(), CODES).await? {
                return Err(refused(RefusalCode::RateLimited, "too many codes; try again in a minute"));
            }
            let redeemed = Redeemed {
                openid,
                device: key.as_str().to_owned(),
                index: asked.index.clone(),
                session: asked.session.clone(),
            };
            self.write_code(&mut transaction, &asked.app, asked.purpose, &redeemed).await
        }
        .await;
        let code = settle(transaction, done).await?;
        Ok(CodeAnswer { code: Secret::new(code), expires_in: LIFE.unsigned_abs() })
    }

    pub(super) async fn write_code(
        &self,
        transaction: &mut Transaction,
        app: &str,
        purpose: Purpose,
        redeemed: &Redeemed,
    ) -> Result<String, PlatformError> {
        let code = random(24)?;
        let row = insert(
            "codes",
            [
                ("digest", digest(&code).into()),
                ("app", app.into()),
                ("purpose", word(purpose).into()),
                ("openid", redeemed.openid.clone().into()),
                ("device", redeemed.device.clone().into()),
                ("release", redeemed.index.clone().into()),
                ("session", redeemed.session.clone().into()),
                ("expires", (self.now() + LIFE).into()),
                ("used", 0_i64.into()),
            ],
        );
        transaction.execute(&row).await?;
        Ok(code)
    }

    /// `POST /lodger/v1/codes/check`.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn check_code(
        &self,
        proved: &Proved,
        asked: &CheckRequest,
    ) -> Result<CheckAnswer, PlatformError> {
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let device = self.device(&mut transaction, proved).await?;
            let who = [("app", &*asked.app), ("host", &*device.host), ("subject", &*device.subject)];
            let rows = transaction.fetch(&select("openids", ["openid"], who)).await?;
            let Some(row) = rows.first() else { return Ok(CheckAnswer { valid: false }) };
            let openid: String = row.get("openid")?;
            let holds = select("sessions", ["expires"], [("app", &*asked.app), ("openid", &*openid)])
                .and_where(Expr::col("expires").gt(self.now()))
                .to_owned();
            Ok(CheckAnswer { valid: !transaction.fetch(&holds).await?.is_empty() })
        }
        .await;
        settle(transaction, done).await
    }

    /// Takes a code, once, for the app that it was minted for. Another app's attempt changes nothing.
    ///
    /// # Errors
    /// `CodeMissing`, `InvalidCode`, `CodeUsed`, `CodeBlocked`; the server's own.
    pub(super) async fn redeem(
        &self,
        transaction: &mut Transaction,
        account: &Account,
        purpose: Purpose,
        code: &str,
    ) -> Result<Redeemed, PlatformError> {
        if code.is_empty() {
            return Err(Errcode::CodeMissing.into());
        }
        let (id, now) = (digest(code), self.now());
        let take = Query::update()
            .table("codes")
            .value("used", Ord::max(now, 1))
            .and_where(Expr::col("digest").eq(&*id))
            .and_where(Expr::col("app").eq(&*account.app))
            .and_where(Expr::col("purpose").eq(word(purpose)))
            .and_where(Expr::col("used").eq(0_i64))
            .and_where(Expr::col("expires").gt(now))
            .to_owned();
        let taken = transaction.execute(&take).await?;
        let columns = ["openid", "device", "release", "session", "used", "expires"];
        let known = [("digest", &*id), ("app", &*account.app), ("purpose", word(purpose))];
        let rows = transaction.fetch(&select("codes", columns, known)).await?;
        let Some(row) = rows.first() else { return Err(Errcode::InvalidCode.into()) };
        if taken == 0 {
            let used = row.get::<i64>("used")? != 0 && row.get::<i64>("expires")? > now;
            return Err(if used { Errcode::CodeUsed } else { Errcode::InvalidCode }.into());
        }
        Ok(Redeemed {
            openid: row.get("openid")?,
            device: row.get("device")?,
            index: row.get("release")?,
            session: row.get("session")?,
        })
    }
}
