//! Devices: a login key belongs to one user of one host for ever, and may have a pay key beside it.

use super::{
    Platform, PlatformError, Proved,
    identity::User,
    limits,
    proofs::once,
    rows::{insert, random, select},
};
use crate::database::Transaction;
use lodger_auth::{
    api::{EnrolRequest, Enrolled, PayKey, RefusalCode, verify_pay_key},
    keys::{Attestation, Protection},
};
use sea_query::{Expr, ExprTrait, Query};

/// Enrolments of a user in a minute.
const ENROLMENTS: i64 = 20;

/// A device that may act for its user.
pub(super) struct Known {
    pub host: String,
    pub subject: String,
}

fn refused(code: RefusalCode, why: &'static str) -> PlatformError {
    PlatformError::Device(code, why)
}

impl Platform {
    /// `POST /lodger/v1/devices`.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn enrol(&self, proved: &Proved, asked: &EnrolRequest) -> Result<Enrolled, PlatformError> {
        let key = &proved.proof.key;
        let identified = self.identify(key, asked.assertion.as_ref(), proved.token.as_deref()).await;
        let pay = asked.pay.as_ref().map(|pay| pay_key(pay, proved)).transpose();
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let done = async {
            let (user, pay) = (identified?, pay?);
            let who = format!("enrol {} {}", user.host, user.subject);
            if !limits::within(&mut transaction, &who, self.now(), ENROLMENTS).await? {
                return Err(refused(RefusalCode::RateLimited, "too many enrolments; try again in a minute"));
            }
            self.spend_identity(&mut transaction, &user).await?;
            self.meet(&mut transaction, &user).await?;
            if let Some((thumbprint, ..)) = &pay {
                not_anothers(&mut transaction, key.as_str(), thumbprint).await?;
            }
            let device = self.bind(&mut transaction, proved, &user, asked).await?;
            let pay = match pay {
                Some((thumbprint, jwk, how)) => {
                    replace_pay_key(&mut transaction, key.as_str(), &thumbprint, &jwk, how).await?;
                    Some(thumbprint)
                }
                None => current_pay_key(&mut transaction, key.as_str()).await?,
            };
            Ok((device, pay))
        }
        .await;
        let (device, pay) = settle(transaction, done).await?;
        let pay = pay.map(|text| serde_json::from_value(text.into())).transpose();
        let pay = pay.map_err(|_| PlatformError::Random)?;
        Ok(Enrolled { device, login: key.clone(), pay })
    }

    /// The device's id; the row is made, or must be this user's.
    async fn bind(
        &self,
        transaction: &mut Transaction,
        proved: &Proved,
        user: &User,
        asked: &EnrolRequest,
    ) -> Result<String, PlatformError> {
        let login = proved.proof.key.as_str();
        let found = select("devices", ["id", "host", "subject", "retired"], [("login", login)]);
        if let Some(row) = transaction.fetch(&found).await?.first() {
            let same =
                row.get::<String>("host")? == user.host && row.get::<String>("subject")? == user.subject;
            if !same || row.get::<i64>("retired")? != 0 {
                let why = "this login key was retired, or is another user's; make a new one";
                return Err(refused(RefusalCode::DeviceRetired, why));
            }
            return Ok(row.get("id")?);
        }
        let device = random(16)?;
        let row = insert(
            "devices",
            [
                ("login", login.into()),
                ("id", device.clone().into()),
                ("host", user.host.clone().into()),
                ("subject", user.subject.clone().into()),
                ("protection", protection(asked.protection).into()),
                ("attestation", attestation(asked.attestation.as_ref()).into()),
                ("made", self.now().into()),
                ("retired", 0_i64.into()),
            ],
        );
        transaction.execute(&row).await?;
        Ok(device)
    }

    /// `DELETE /lodger/v1/devices`: the key does nothing any more, nor does what was made with it.
    ///
    /// # Errors
    /// `Device`; the server's own.
    pub async fn retire(&self, proved: &Proved) -> Result<(), PlatformError> {
        let login = proved.proof.key.as_str();
        let mut transaction = self.database.begin().await?;
        self.spend(&mut transaction, proved).await?;
        let change = Query::update()
            .table("devices")
            .value("retired", self.now())
            .and_where(Expr::col("login").eq(login))
            .and_where(Expr::col("retired").eq(0_i64))
            .to_owned();
        let done = match transaction.execute(&change).await? {
            0 => Err(refused(RefusalCode::DeviceUnknown, "this login key is not enrolled")),
            _ => {
                for table in ["codes", "sessions"] {
                    let gone =
                        Query::delete().from_table(table).and_where(Expr::col("device").eq(login)).to_owned();
                    transaction.execute(&gone).await?;
                }
                Ok(())
            }
        };
        settle(transaction, done).await
    }

    /// The user of the device that signed.
    pub(super) async fn device(
        &self,
        transaction: &mut Transaction,
        proved: &Proved,
    ) -> Result<Known, PlatformError> {
        let found = select("devices", ["host", "subject", "retired"], [("login", proved.proof.key.as_str())]);
        match transaction.fetch(&found).await?.first() {
            None => Err(refused(RefusalCode::DeviceUnknown, "this login key is not enrolled")),
            Some(row) if row.get::<i64>("retired")? != 0 => {
                Err(refused(RefusalCode::DeviceRetired, "this login key was retired; make a new one"))
            }
            Some(row) => Ok(Known { host: row.get("host")?, subject: row.get("subject")? }),
        }
    }

    /// An assertion counts once.
    pub(super) async fn spend_identity(
        &self,
        transaction: &mut Transaction,
        user: &User,
    ) -> Result<(), PlatformError> {
        if let Some((nonce, expires)) = &user.once
            && !once(transaction, &format!("identity {}", user.host), nonce, *expires).await?
        {
            return Err(refused(RefusalCode::InvalidIdentity, "this assertion was used before"));
        }
        Ok(())
    }
}

/// Keeps what was spent, whatever came out: a refused request must not be worth a second try.
///
/// Callers write what would be to undo after their last refusal only.
pub(super) async fn settle<T>(
    transaction: Transaction,
    done: Result<T, PlatformError>,
) -> Result<T, PlatformError> {
    match &done {
        Err(error) if error.is_internal() => drop(transaction),
        _ => transaction.commit().await?,
    }
    done
}

type PayRow = (String, String, (Protection, Option<Attestation>));

fn pay_key(pay: &PayKey, proved: &Proved) -> Result<PayRow, PlatformError> {
    let invalid = |why| refused(RefusalCode::InvalidRequest, why);
    let (key, claims) =
        verify_pay_key(&pay.proof).map_err(|_| invalid("the pay key's proof does not verify"))?;
    let thumbprint = key.thumbprint();
    if claims.aud.trim_end_matches('/') != proved.address || claims.login != proved.proof.key {
        return Err(invalid("the pay key's proof is for another server or another login key"));
    }
    if thumbprint == proved.proof.key {
        return Err(invalid("the pay key must be another than the login key"));
    }
    let how = (pay.protection, pay.attestation.clone());
    Ok((thumbprint.as_str().to_owned(), key.to_jwk().to_string(), how))
}

async fn not_anothers(
    transaction: &mut Transaction,
    login: &str,
    thumbprint: &str,
) -> Result<(), PlatformError> {
    let others =
        select("devices", ["id"], [("pay", thumbprint)]).and_where(Expr::col("login").ne(login)).to_owned();
    if !transaction.fetch(&others).await?.is_empty() {
        return Err(refused(RefusalCode::InvalidRequest, "this pay key is another device's"));
    }
    Ok(())
}

async fn replace_pay_key(
    transaction: &mut Transaction,
    login: &str,
    thumbprint: &str,
    jwk: &str,
    how: (Protection, Option<Attestation>),
) -> Result<(), PlatformError> {
    let change = Query::update()
        .table("devices")
        .value("pay", thumbprint)
        .value("pay_jwk", jwk)
        .value("pay_protection", protection(how.0))
        .value("pay_attestation", attestation(how.1.as_ref()))
        .and_where(Expr::col("login").eq(login))
        .to_owned();
    transaction.execute(&change).await?;
    Ok(())
}

async fn current_pay_key(
    transaction: &mut Transaction,
    login: &str,
) -> Result<Option<String>, PlatformError> {
    let rows = transaction.fetch(&select("devices", ["pay"], [("login", login)])).await?;
    Ok(rows.first().map(|row| row.get("pay")).transpose()?.flatten())
}

fn protection(kept: Protection) -> &'static str {
    match kept {
        Protection::Hardware => "hardware",
        Protection::Software => "software",
    }
}

fn attestation(said: Option<&Attestation>) -> Option<String> {
    said.and_then(|said| serde_json::to_string(said).ok())
}
