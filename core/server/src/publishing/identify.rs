//! Who signed a request: the bootstrap token, or a key that the repository names.

use super::{
    PublishError, Publishing, Who,
    files::View,
    reader::ReadOnly,
    signature::{self, Parameters, Request},
};
use crate::repository::{Named, Repository, Storage};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use std::{collections::HashMap, sync::Arc};
use tokio::runtime::Handle;

/// Signed requests of a key in a minute.
const RATE: i64 = 600;

impl Publishing {
    /// Checks the token of a repository's first change.
    ///
    /// # Errors
    /// `Unsigned`.
    pub fn founder(&self, token: &str) -> Result<Who, PublishError> {
        // The digest of both: their lengths must not show.
        let (given, own) =
            (lodger_bundle::Digest::of(token.as_bytes()), lodger_bundle::Digest::of(self.token().as_bytes()));
        match verify_slices_are_equal(given.as_bytes(), own.as_bytes()) {
            Ok(()) => Ok(Who::Founder),
            Err(_) => Err(PublishError::Unsigned(
                "this is not the bootstrap token; `lodger serve` prints it when it starts",
            )),
        }
    }

    /// Checks a signature, its time and its nonce, and says who made it. `app` is the program that a publisher asks for.
    ///
    /// # Errors
    /// `Unsigned`, `TooMany`, `Database`, `Internal`.
    pub async fn identify(
        &self,
        request: &Request<'_>,
        input: &str,
        header: &str,
        app: Option<&str>,
    ) -> Result<Who, PublishError> {
        const FORM: &str = "the request is not signed in the one form that this server takes";
        const UNKNOWN: &str = "the request is not signed with a key that this repository names for it";
        const TIME: &str = "the signature is not of now; set your machine's clock";
        const USED: &str = "this request was made before; sign it anew";
        let parameters = Parameters::parse(input).ok_or(PublishError::Unsigned(FORM))?;
        let now = self.clock.now().as_second();
        if !parameters.is_timely(now) {
            return Err(PublishError::Unsigned(TIME));
        }
        let named = self.named(app, &parameters.keyid).await?.ok_or(PublishError::Unsigned(UNKNOWN))?;
        if !signature::holds(request, &parameters, header, &named.key) {
            return Err(PublishError::Unsigned(UNKNOWN));
        }
        self.count(&parameters.keyid, now).await?;
        let insert = Query::insert()
            .into_table("nonces")
            .columns(["keyid", "nonce", "expires"])
            .values_panic([
                parameters.keyid.clone().into(),
                parameters.nonce.into(),
                (parameters.expires + signature::SKEW).into(),
            ])
            .to_owned();
        match self.files.database.execute(&insert).await {
            Ok(_) => {}
            Err(error) if error.is_duplicate() => return Err(PublishError::Unsigned(USED)),
            Err(error) => return Err(error.into()),
        }
        Ok(match (app, named.operator) {
            (Some(app), false) => Who::Publisher(app.to_owned(), parameters.keyid),
            _ => Who::Operator(parameters.keyid),
        })
    }

    async fn named(&self, app: Option<&str>, keyid: &str) -> Result<Option<Named>, PublishError> {
        if !self.initialised().await? {
            return Ok(None);
        }
        let view =
            View { files: self.files.clone(), runtime: Handle::current(), added: Arc::new(HashMap::new()) };
        let (now, app, keyid) = (self.clock.now(), app.map(ToOwned::to_owned), keyid.to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let storage = Storage::over(Arc::new(ReadOnly::new(view)))?;
            Repository::new(storage, now).named(app.as_deref(), &keyid)
        });
        Ok(found.await??)
    }

    async fn count(&self, keyid: &str, now: i64) -> Result<(), PublishError> {
        let insert = Query::insert()
            .into_table("rates")
            .columns(["keyid", "minute", "count"])
            .values_panic([keyid.into(), (now / 60).into(), 1_i64.into()])
            .on_conflict(
                OnConflict::columns(["keyid", "minute"])
                    .value("count", Expr::col(("rates", "count")).add(1_i64))
                    .to_owned(),
            )
            .returning_col("count")
            .to_owned();
        let row = self.files.database.first(&insert).await?;
        let count: i64 = row.map(|row| row.get("count")).transpose()?.unwrap_or(0);
        if count > RATE { Err(PublishError::TooMany(RATE)) } else { Ok(()) }
    }
}
