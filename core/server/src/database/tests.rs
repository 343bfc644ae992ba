//! SQLite here; PostgreSQL in `tests/postgres.rs`.

use super::*;
use sea_query::{Expr, ExprTrait, Query};

fn insert(number: i64) -> sea_query::InsertStatement {
    Query::insert()
        .into_table("leases")
        .columns(["name", "holder", "fence", "until"])
        .values_panic([format!("n{number}").into(), "me".into(), number.into(), 0.into()])
        .to_owned()
}

#[tokio::test]
async fn keeps_rows_over_a_restart_and_refuses_a_second_process() {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(dir.path(), None).await.unwrap();
    database.execute(&insert(1)).await.unwrap();
    assert!(database.execute(&insert(1)).await.unwrap_err().is_duplicate());
    let second = Database::open(dir.path(), None).await.err().unwrap().to_string();
    assert!(second.contains(&format!("in use by process {}", std::process::id())), "{second}");
    database.close().await;
    drop(database);
    let database = Database::open(dir.path(), None).await.unwrap();
    let select = Query::select()
        .columns(["holder", "fence"])
        .from("leases")
        .and_where(Expr::col("name").eq("n1"))
        .to_owned();
    let row = database.first(&select).await.unwrap().unwrap();
    assert_eq!((row.get::<String>("holder").unwrap(), row.get::<i64>("fence").unwrap()), ("me".into(), 1));
    assert!(row.get::<i64>("holder").is_err());
}

#[tokio::test]
async fn a_dropped_transaction_never_was() {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(dir.path(), None).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    transaction.execute(&insert(1)).await.unwrap();
    drop(transaction);
    let mut transaction = database.begin().await.unwrap();
    transaction.execute(&insert(2)).await.unwrap();
    transaction.commit().await.unwrap();
    let all = Query::select().column("name").from("leases").to_owned();
    let names: Vec<String> =
        database.fetch(&all).await.unwrap().iter().map(|row| row.get("name").unwrap()).collect();
    assert_eq!(names, ["n2"]);
}

#[tokio::test]
async fn refuses_what_is_no_address() {
    let dir = tempfile::tempdir().unwrap();
    let error = Database::open(dir.path(), Some("mysql://me:secret@host/x")).await.err().unwrap();
    assert!(matches!(error, DatabaseError::Address) && !error.to_string().contains("secret"));
}
