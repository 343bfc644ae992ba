//! Small words for statements that come again and again, and random texts for what is put into rows.

use super::PlatformError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lodger_bundle::Digest;
use sea_query::{Expr, ExprTrait, InsertStatement, Query, SelectStatement};

/// `INSERT` of one row.
pub(crate) fn insert<const N: usize>(
    table: &'static str,
    values: [(&'static str, Expr); N],
) -> InsertStatement {
    let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    Query::insert().into_table(table).columns(columns).values_panic(values).to_owned()
}

/// `SELECT` of the rows in which all these columns have these values.
pub(crate) fn select<const N: usize, const M: usize>(
    table: &'static str,
    columns: [&'static str; N],
    known: [(&'static str, &str); M],
) -> SelectStatement {
    let mut select = Query::select().columns(columns).from(table).to_owned();
    for (column, value) in known {
        select.and_where(Expr::col(column).eq(value));
    }
    select
}

/// `bytes` random bytes in base64url.
pub(crate) fn random(bytes: usize) -> Result<String, PlatformError> {
    let mut random = vec![0; bytes];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| PlatformError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// What is stored of a secret that is looked up: nobody who reads the database can show it.
pub(crate) fn digest(secret: &str) -> String {
    Digest::of(secret.as_bytes()).to_hex()
}
