//! tough's own client, another implementation's reader, loads what was written and finds the same targets.

use super::*;
use tough::{RepositoryLoader, TargetName};
use url::Url;

fn loaded(folder: &Path, first_root: &str) -> Result<tough::Repository, Box<tough::error::Error>> {
    let root = fs::read(folder.join(first_root)).unwrap();
    let base = |name: &str| Url::from_directory_path(folder.join(name)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (metadata, targets) = (base("metadata"), base("targets"));
    runtime.block_on(async { RepositoryLoader::new(&root, metadata, targets).load().await }).map_err(Box::new)
}

/// The client reads the machine's clock, so these repositories are signed at that time.
fn world() -> (World, Repository) {
    let dir = tempfile::tempdir().unwrap();
    let world = World { ring: ring(&dir.path().join("keys")), dir };
    let at = Repository::new(Storage::scratch(&world.folder()).unwrap(), Timestamp::now());
    at.commit(at.init(&world.ring, "Test").unwrap()).unwrap();
    at.commit(at.create_app(&world.ring, &coffee("coffee")).unwrap()).unwrap();
    for code in 1..=2 {
        let bundle = bundle(code);
        let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
        at.commit(at.publish(&world.ring, &publish).unwrap().batch).unwrap();
    }
    (world, at)
}

#[test]
fn tough_reads_the_program_and_the_platform() {
    let (world, _) = world();
    let app = loaded(&world.folder().join("apps/coffee"), "metadata/1.root.json").unwrap();
    let mut names: Vec<_> = app.all_targets().map(|(name, _)| name.raw().to_owned()).collect();
    names.sort_unstable();
    let expected =
        ["channels/release.json", "channels/trial.json", "floor.json", "releases/1.json", "releases/2.json"];
    assert_eq!(names, expected);
    assert_eq!(app.snapshot().signed.version.get(), 3);

    let platform = loaded(&world.folder().join("platform"), "metadata/1.root.json").unwrap();
    let find =
        |name: &str| platform.targets().signed.find_target(&TargetName::new(name).unwrap(), false).is_ok();
    assert!(find("apps/coffee.json") && find("platform.json") && !find("apps/tea.json"));
}

#[test]
fn tough_refuses_another_programs_root_and_a_changed_role() {
    let (world, _) = world();
    let folder = world.folder().join("apps/coffee");
    let other = World::with_app();
    fs::copy(other.folder().join("apps/coffee/metadata/1.root.json"), folder.join("other.json")).unwrap();
    assert!(loaded(&folder, "other.json").is_err());

    let role = folder.join("metadata/3.publisher.json");
    let text = fs::read_to_string(&role).unwrap();
    fs::write(&role, text.replace("releases/2.json", "releases/9.json")).unwrap();
    assert!(loaded(&folder, "metadata/1.root.json").is_err());
}
