//! `lodger build`: a project folder to a bundle on disk.

use crate::{
    compile::{self, Compiled},
    failure::Failure,
    limits,
    output::{Output, bytes},
};
use lodger_compiler::Options;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Compiles a mini-program into a bundle: index.json, blobs/ and, for debugging, maps/
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger build coffee -o coffee-bundle\n\nThe same input gives the same bytes, on any machine."
)]
pub struct Args {
    /// The project folder, with project.config.json or app.json
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The folder to write; must be new, empty, or an earlier build
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,

    /// App id, instead of the one in project.config.json
    #[arg(long, value_name = "ID")]
    app: Option<String>,

    /// Keeps names readable: larger, for debugging
    #[arg(long)]
    development: bool,
}

/// Builds.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    check_out(&args.out)?;
    let options = Options { app: args.app, development: args.development, ..Options::default() };
    let compiled = compile::project(&args.dir, &options, output)?;
    check_apart(&compiled.inputs, &args.out)?;
    write(&compiled, &args.out).map_err(|error| Failure::file(&args.out, error))?;

    let index = &compiled.bundle.index;
    let digest = compiled.bundle.digest().to_hex();
    let packages: Vec<_> = index
        .packages
        .iter()
        .map(|package| {
            json!({"name": package.name, "root": package.root, "bytes": package.stream_length, "files": package.files.len()})
        })
        .collect();
    let value = json!({
        "ok": true,
        "app": index.app,
        "version": {"name": index.version.name, "code": index.version.code},
        "digest": digest,
        "bytes": limits::total(index),
        "pages": index.pages.len(),
        "packages": packages,
        "out": args.out,
        "diagnostics": compiled.diagnostics,
    });
    let text = format!(
        "{} {} ({}): {} pages, {} packages, {}\nindex.json sha256 {digest}\nwritten to {}",
        index.app,
        index.version.name,
        index.version.code,
        index.pages.len(),
        index.packages.len(),
        bytes(limits::total(index)),
        args.out.display()
    );
    output.result(&value, text);
    Ok(())
}

/// Refuses a folder that holds something else: writing a bundle removes what an earlier one left.
fn check_out(out: &Path) -> Result<(), Failure> {
    let Ok(mut entries) = fs::read_dir(out) else {
        if out.exists() {
            return Err(Failure::Input(format!("{} is not a folder", out.display())));
        }
        return Ok(());
    };
    if entries.next().is_some() && !out.join("index.json").is_file() {
        return Err(Failure::Input(format!(
            "{} is not empty and holds no earlier build; give a new folder, or empty this one",
            out.display()
        )));
    }
    Ok(())
}

/// Refuses an output that the build itself took in: the next build would not be the same.
fn check_apart(inputs: &[PathBuf], out: &Path) -> Result<(), Failure> {
    let Ok(out) = out.canonicalize() else {
        return Ok(()); // new, so nothing was read from it
    };
    let inside =
        inputs.iter().filter_map(|input| input.canonicalize().ok()).find(|input| input.starts_with(&out));
    match inside {
        None => Ok(()),
        Some(_) => Err(Failure::Input(format!(
            "{} lies in what is built, so its files would become part of the bundle; give a folder outside, or list it under packOptions.ignore",
            out.display()
        ))),
    }
}

fn write(compiled: &Compiled, out: &Path) -> std::io::Result<()> {
    compiled.bundle.write_to(out)?;
    let maps = out.join("maps");
    if maps.exists() {
        fs::remove_dir_all(&maps)?;
    }
    for (script, map) in &compiled.maps {
        let file = maps.join(format!("{script}.map"));
        fs::create_dir_all(file.parent().expect("a map lies in maps/"))?;
        fs::write(file, map)?;
    }
    Ok(())
}
