//! The audit log: rows that are only ever added, each with the digest of the one before.

use crate::database::{Database, DatabaseError, Row, Transaction};
use lodger_bundle::Digest;
use sea_query::{Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without gaps.
    pub number: i64,
    /// Seconds since 1970.
    pub time: i64,
    /// The request's id; empty for what the server does by itself.
    pub request: String,
    /// A key id, `bootstrap` or `server`.
    pub who: String,
    /// `change`, `refresh`, `start`.
    pub what: String,
    /// The repositories.
    pub subject: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// SHA-256 over the digest before and this row, in hex.
    pub digest: String,
}

/// What is to be written down.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// As in [`Entry`].
    pub time: i64,
    /// As in [`Entry`].
    pub request: &'a str,
    /// As in [`Entry`].
    pub who: &'a str,
    /// As in [`Entry`].
    pub what: &'a str,
    /// As in [`Entry`].
    pub subject: &'a str,
    /// As in [`Entry`].
    pub outcome: &'a str,
}

const COLUMNS: [&str; 8] = ["number", "time", "request", "who", "what", "subject", "outcome", "digest"];

/// Adds a row within a change's transaction.
///
/// # Errors
/// `Failed`.
pub async fn add(transaction: &mut Transaction, event: &Event<'_>) -> Result<(), DatabaseError> {
    transaction.exclusive("audit").await?;
    let last = Query::select()
        .columns(["number", "digest"])
        .from("audit")
        .order_by("number", Order::Desc)
        .limit(1)
        .to_owned();
    let rows = transaction.fetch(&last).await?;
    let (number, before) = match rows.first() {
        Some(row) => (row.get::<i64>("number")? + 1, row.get::<String>("digest")?),
        None => (1, String::new()),
    };
    let Event { time, request, who, what, subject, outcome } = *event;
    let digest = chain(&before, number, event);
    let insert = Query::insert()
        .into_table("audit")
        .columns(COLUMNS)
        .values_panic([
            number.into(),
            time.into(),
            request.into(),
            who.into(),
            what.into(),
            subject.into(),
            outcome.into(),
            digest.into(),
        ])
        .to_owned();
    transaction.execute(&insert).await.map(drop)
}

/// At most so many rows after the one with this number, first to last, or why the chain does not hold.
///
/// # Errors
/// `Failed`.
pub async fn page(
    database: &Database,
    after: i64,
    most: u64,
) -> Result<Result<Vec<Entry>, String>, DatabaseError> {
    let after = std::cmp::max(after, 0);
    let page = Query::select()
        .columns(COLUMNS)
        .from("audit")
        .and_where(Expr::col("number").gte(after)) // the row before says what the first one follows
        .order_by("number", Order::Asc)
        .limit(most.saturating_add(1))
        .to_owned();
    let mut rows = database.fetch(&page).await?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let mut start = String::new();
    if after > 0 {
        match rows.first() {
            Some(row) if row.number == after => start = rows.remove(0).digest,
            _ => return Ok(Err(format!("the audit log has no row {after}"))),
        }
    }
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let mut before = start.as_str();
    for (entry, number) in rows.iter().zip(after.saturating_add(1)..) {
        let Entry { time, request, who, what, subject, outcome, .. } = entry;
        let event = Event { time: *time, request, who, what, subject, outcome };
        if entry.number != number || entry.digest != chain(before, number, &event) {
            return Ok(Err(format!("row {number} of the audit log is missing or was changed")));
        }
        before = &entry.digest;
    }
    Ok(Ok(rows))
}

fn entry(row: &Row) -> Result<Entry, DatabaseError> {
    Ok(Entry {
        number: row.get("number")?,
        time: row.get("time")?,
        request: row.get("request")?,
        who: row.get("who")?,
        what: row.get("what")?,
        subject: row.get("subject")?,
        outcome: row.get("outcome")?,
        digest: row.get("digest")?,
    })
}

fn chain(before: &str, number: i64, event: &Event<'_>) -> String {
    let Event { time, request, who, what, subject, outcome } = event;
    // JSON keeps the fields apart.
    let row = serde_json::json!([before, number, time, request, who, what, subject, outcome]);
    Digest::of(row.to_string().as_bytes()).to_hex()
}
