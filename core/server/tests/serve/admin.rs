//! What the owner of a data folder asks, of a running server and without one.

use super::world::World;
use lodger_server::{
    admin::{Admin, AdminError, SOCKET},
    database::Database,
};
use std::os::unix::fs::MetadataExt;

fn rows(world: &World, after: i64) -> Result<Vec<String>, AdminError> {
    world.runtime.block_on(async {
        let admin = Admin::open(&world.data(), None).await?;
        let page = admin.audit(after).await;
        admin.close().await;
        Ok(page?.iter().map(|row| format!("{} {} {}", row.number, row.what, row.subject)).collect())
    })
}

#[test]
fn the_owner_reads_the_audit_log_whether_a_server_runs_or_not() {
    let mut world = World::with_app();
    let socket = world.data().join(SOCKET);
    assert_eq!(std::fs::metadata(&socket).unwrap().mode() & 0o777, 0o600);
    let running = rows(&world, 0).unwrap();
    assert_eq!(running, ["1 start ", "2 change platform", "3 change platform apps/coffee", "4 start "]);
    assert_eq!(rows(&world, 3).unwrap(), running[3..]);
    assert_eq!(rows(&world, 4).unwrap(), Vec::<String>::new());

    let server = world.server.take().unwrap();
    world.runtime.block_on(server.stop());
    assert!(!socket.exists());
    assert_eq!(rows(&world, 0).unwrap(), running);
    // A server that was killed leaves its socket, on which nobody answers.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert_eq!(rows(&world, 0).unwrap(), running);

    let forged = sea_query::Query::update()
        .table("audit")
        .value("who", "nobody")
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("number"), 3_i64))
        .to_owned();
    world.runtime.block_on(async {
        let database = Database::open(&world.data(), None).await.unwrap();
        database.execute(&forged).await.unwrap();
        database.close().await;
    });
    for after in [0, 2] {
        let broken = rows(&world, after).unwrap_err();
        assert!(matches!(&broken, AdminError::Refused(why) if why.contains("row 3")), "{broken}");
    }
    assert!(matches!(rows(&world, 9), Err(AdminError::Refused(why)) if why.contains("no row 9")));
}

#[test]
fn a_folder_that_is_none_of_a_server_stays_as_it_is() {
    let world = World::empty();
    let dir = tempfile::tempdir().unwrap();
    let refused = world.runtime.block_on(Admin::open(dir.path(), None)).err().unwrap();
    assert!(matches!(refused, AdminError::NoData(_)), "{refused}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
