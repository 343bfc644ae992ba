//! Generated files, committed so that building needs no other tool: the base library's script, that of Less, the
//! reference, the FFI bindings.

use crate::{
    arguments::Arguments,
    process::{Run, Trouble, read, root, target_dir, write},
    setup,
};

mod reference;
mod stamp;

pub const HELP: &str = "
Writes the generated files, which are committed:
  core/runtime/dist/            the base library, from core/runtime/src (needs Node.js)
  core/compiler/less/dist/      Less, from its npm package (needs Node.js)
  core/docs/reference/          functions and components, from the tables in core/engine
  bindings/ffi/generated/       Kotlin and Swift, from bindings/ffi/src (builds UniFFI's generator: minutes, once)

Usage: cargo xtask generate [--only runtime|less|reference|ffi]

Example: cargo xtask generate --only ffi
";

/// Folders of npm packages whose `scripts/build.mjs` writes their `dist`.
const RUNTIME: &str = "core/runtime";
const LESS: &str = "core/compiler/less";
const GENERATED: &str = "bindings/ffi/generated";
const STAMP: &str = "bindings/ffi/generated/stamp.txt";

/// The `generate` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let only = arguments.value("--only")?;
    arguments.finish()?;
    match only.as_deref() {
        None => {
            script(RUNTIME)?;
            script(LESS)?;
            reference()?;
            ffi()
        }
        Some("runtime") => script(RUNTIME),
        Some("less") => script(LESS),
        Some("reference") => reference(),
        Some("ffi") => ffi(),
        Some(other) => {
            Err(Trouble::Usage(format!("--only knows runtime, less, reference and ffi, not `{other}`")))
        }
    }
}

fn script(folder: &str) -> Result<(), Trouble> {
    setup::node::need_packages(folder)?;
    Run::new("npm").args(["run", "--silent", "build"]).dir(&root().join(folder)).status()
}

fn reference() -> Result<(), Trouble> {
    reference::pages()?.into_iter().try_for_each(|(path, text)| write(path, text))
}

fn ffi() -> Result<(), Trouble> {
    Run::cargo().args(["build", "-p", "lodger-ffi"]).status()?;
    let library = target_dir().join("debug").join(library_name());
    for language in ["kotlin", "swift"] {
        let out = root().join(GENERATED).join(language);
        if out.exists() {
            std::fs::remove_dir_all(&out).map_err(|error| {
                Trouble::Failed(format!("{} could not be emptied: {error}", out.display()))
            })?;
        }
        Run::cargo()
            .args(["run", "--quiet", "--manifest-path", "bindings/ffi/bindgen/Cargo.toml", "--"])
            .args(["generate", "--no-format", "--language", language, "--out-dir"])
            .args([&out, &library])
            // A folder of its own: the generator must not lock out other builds while it compiles.
            .env("CARGO_TARGET_DIR", target_dir().join("bindgen"))
            .status()?;
    }
    write(STAMP, stamp::now()?)
}

fn library_name() -> String {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    format!("{DLL_PREFIX}lodger_ffi{DLL_SUFFIX}")
}

/// Fails unless the base library's script is what its sources give, byte for byte.
pub fn check_runtime() -> Result<(), Trouble> {
    check_script(RUNTIME)
}

/// Fails unless the script of Less is what its sources give, byte for byte.
pub fn check_less() -> Result<(), Trouble> {
    check_script(LESS)
}

fn check_script(folder: &str) -> Result<(), Trouble> {
    setup::node::need_packages(folder)?;
    Run::new("node").args(["scripts/build.mjs", "--check"]).dir(&root().join(folder)).status().map_err(|_| {
        Trouble::Failed(format!("{folder}/dist is not what the sources give; run `cargo xtask generate`"))
    })
}

/// Fails unless the reference is what the engine's tables give.
pub fn check_reference() -> Result<(), Trouble> {
    match reference::pages()?.into_iter().find(|(path, text)| read(path).ok().as_ref() != Some(text)) {
        None => Ok(()),
        Some((path, _)) => Err(Trouble::Failed(format!(
            "{path} is not what core/engine's tables give; run `cargo xtask generate --only reference`"
        ))),
    }
}

/// Fails unless the bindings were generated from the sources as they are.
///
/// Compares a recorded digest: generating anew takes minutes, and loading a stale binding fails by UniFFI's own checksums.
pub fn check_ffi() -> Result<(), Trouble> {
    if read(STAMP).is_ok_and(|kept| Ok(kept) == stamp::now().map_err(|_| ())) {
        return Ok(());
    }
    Err(Trouble::Failed(format!(
        "{GENERATED} is older than its sources; run `cargo xtask generate --only ffi`"
    )))
}
