//! `lodger inspect`: what a bundle holds, or what a project would give.

use crate::{
    compile,
    failure::Failure,
    limits,
    output::{Output, bytes},
};
use lodger_bundle::{Bundle, Domains, Index};
use lodger_compiler::Options;
use serde_json::{Value, json};
use std::{fmt::Write, path::PathBuf};

/// Shows what a bundle holds: pages, packages with sizes, domains, digest
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger inspect coffee-bundle\n\nA built bundle is verified whole; a project folder is compiled first, in memory."
)]
pub struct Args {
    /// A bundle (as `lodger build` wrote it) or a project folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Lists every file too
    #[arg(long)]
    files: bool,
}

/// Inspects.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let bundle = if args.dir.join("index.json").is_file() {
        Bundle::read_from(&args.dir).map_err(|error| Failure::file(&args.dir, error))?
    } else {
        compile::project(&args.dir, &Options::default(), output)?.bundle
    };
    let digest = bundle.digest().to_hex();
    output.result(&value(&bundle.index, &digest, args.files), text(&bundle.index, &digest, args.files));
    Ok(())
}

fn value(index: &Index, digest: &str, files: bool) -> Value {
    let packages: Vec<_> = index
        .packages
        .iter()
        .map(|package| {
            let mut row = json!({
                "name": package.name,
                "root": package.root,
                "independent": package.independent,
                "bytes": package.stream_length,
                "files": package.files.len(),
            });
            if files {
                let list = package.files.iter();
                row["list"] = list
                    .map(|file| json!([file.path, file.length, file.digest.to_hex(), file.mime]))
                    .collect();
            }
            row
        })
        .collect();
    let domains: serde_json::Map<_, _> =
        domain_rows(&index.domains).into_iter().map(|(kind, list)| (kind.to_owned(), json!(list))).collect();
    json!({
        "app": index.app,
        "version": {"name": index.version.name, "code": index.version.code},
        "runtime_min": index.runtime_min,
        "digest": digest,
        "bytes": limits::total(index),
        "pages": index.pages,
        "packages": packages,
        "scopes": index.scopes,
        "domains": domains,
    })
}

fn text(index: &Index, digest: &str, files: bool) -> String {
    let mut text = String::new();
    let mut line = |row: String| {
        let _ = writeln!(text, "{}", row.trim_end());
    };
    line(format!("app        {}", index.app));
    line(format!("version    {} ({})", index.version.name, index.version.code));
    line(format!("digest     {digest}"));
    line(format!("total      {}", bytes(limits::total(index))));
    line(String::new());
    line(format!("{:<24} {:<28} {:>6} {:>12}", "package", "root", "files", "size"));
    for package in &index.packages {
        let root = if package.root.is_empty() { "/" } else { &package.root };
        let size = bytes(package.stream_length);
        line(format!("{:<24} {root:<28} {:>6} {size:>12}", package.name, package.files.len()));
        for file in package.files.iter().filter(|_| files) {
            line(format!("  {:<58} {:>12}", file.path, bytes(file.length)));
        }
    }
    line(format!("\npages ({})", index.pages.len()));
    for page in &index.pages {
        line(format!("  {page}"));
    }
    line("\ndomains".to_owned());
    for (kind, list) in domain_rows(&index.domains) {
        let list = match list {
            None => "(no list)".to_owned(),
            Some(list) if list.is_empty() => "(none allowed)".to_owned(),
            Some(list) => list.join(" "),
        };
        line(format!("  {kind:<10} {list}"));
    }
    if !index.scopes.is_empty() {
        line(format!("\nscopes     {}", index.scopes.join(" ")));
    }
    text.truncate(text.trim_end().len());
    text
}

fn domain_rows(domains: &Domains) -> [(&'static str, Option<&Vec<String>>); 7] {
    [
        ("request", domains.request.as_ref()),
        ("socket", domains.socket.as_ref()),
        ("upload", domains.upload.as_ref()),
        ("download", domains.download.as_ref()),
        ("image", domains.image.as_ref()),
        ("media", domains.media.as_ref()),
        ("webview", domains.webview.as_ref()),
    ]
}
