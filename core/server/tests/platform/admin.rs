//! `lodger admin` with and without a server that runs.

use crate::world::World;
use lodger_server::{
    admin::{Admin, AdminError, Keys},
    platform::admin::Command,
};
use serde_json::{Value, json};

fn admin(world: &World, command: Command) -> Result<Value, AdminError> {
    let keys = Keys {
        objects: Some(world.dir.path().join("objects").display().to_string()),
        kek_file: Some(world.dir.path().join("kek")),
    };
    world.runtime.block_on(async {
        let admin = Admin::open(&world.data(), None).await?;
        let done = admin.administer(&command, &keys).await;
        admin.close().await;
        done
    })
}

#[test]
fn to_a_running_server_and_to_its_data_alone() {
    let mut world = World::empty();
    let socket = world.data().join("admin.sock");
    let create = |app: &str| Command::AppCreate { app: app.into(), owner: None };
    let made = admin(&world, create("coffee")).unwrap();
    assert_eq!(made["secret"].as_str().unwrap().len(), 64);
    let again = admin(&world, create("Coffee")).unwrap_err().to_string();
    assert!(again.contains("already"), "{again}");
    let fixture = admin(&world, Command::Fixture { app: "coffee".into() }).unwrap_err().to_string();
    assert!(fixture.contains("development data"), "{fixture}");

    let server = world.server.take().unwrap();
    world.runtime.block_on(server.stop());
    assert!(!socket.exists());
    admin(&world, create("tea")).unwrap();
    world.server = Some(world.start(&world.data()));
    let listed = admin(&world, Command::AppList).unwrap();
    assert_eq!(
        listed,
        json!({"apps": [{"appid": "coffee", "owner": null}, {"appid": "tea", "owner": null}]})
    );
}
