//! Same input, same bytes: coffee built in place, then from a copy under another path and time zone.

use crate::{
    process::{Run, Trouble, build_lodger, root, target_dir},
    setup,
    test::COFFEE,
};
use std::path::Path;

/// Fails unless both builds give the same `index.json`.
pub fn check() -> Result<(), Trouble> {
    setup::node::need_packages(COFFEE)?;
    let lodger = build_lodger()?;
    let folder = target_dir().join("determinism");
    let trouble = |error: std::io::Error| Trouble::Failed(format!("{}: {error}", folder.display()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(trouble)?;
    }
    std::fs::create_dir_all(folder.join("elsewhere")).map_err(trouble)?;
    let copy = folder.join("elsewhere/another name");
    Run::new("cp").args(["-R".as_ref(), root().join(COFFEE).as_os_str(), copy.as_os_str()]).status()?;

    let first = build(&lodger, &root().join(COFFEE), &folder.join("first"), "UTC")?;
    let second = build(&lodger, &copy, &folder.join("second"), "Pacific/Chatham")?;
    if first != second {
        let kept = folder.display();
        return Err(Trouble::Failed(format!(
            "two builds of {COFFEE} differ; compare {kept}/first and {kept}/second"
        )));
    }
    eprintln!("both builds gave the same index.json, {} bytes", first.len());
    Ok(())
}

fn build(lodger: &Path, project: &Path, out: &Path, time_zone: &str) -> Result<Vec<u8>, Trouble> {
    let words = ["build".as_ref(), project.as_os_str(), "-o".as_ref(), out.as_os_str()];
    Run::new(lodger).args(words).env("TZ", time_zone).status()?;
    let index = out.join("index.json");
    std::fs::read(&index).map_err(|error| Trouble::Failed(format!("{}: {error}", index.display())))
}
