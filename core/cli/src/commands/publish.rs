//! `lodger publish`: a project becomes a release.

use crate::{
    compile,
    failure::Failure,
    output::{Output, bytes},
    repository::{self, KeyArgs, RepoArg, failure, percent, share},
};
use lodger_bundle::{Bundle, Version};
use lodger_compiler::Options;
use lodger_server::{
    keys::KeyRing,
    repository::{Publish, Repository, Sizes},
};
use serde_json::json;
use std::path::PathBuf;

/// Compiles a mini-program, signs it, and offers it in a channel
#[derive(clap::Args)]
#[command(
    disable_version_flag = true, // --version names the release here
    after_help = "Example: lodger publish coffee --repo releases --keys keys --percent 10\n\nDevices see the release when everything is written, or not at all."
)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    #[command(flatten)]
    repo: RepoArg,

    #[command(flatten)]
    keys: KeyArgs,

    /// release or trial
    #[arg(long, default_value = "release")]
    channel: String,

    /// How many of the devices get it; two decimals
    #[arg(long, value_name = "P", default_value = "100", value_parser = percent)]
    percent: u32,

    /// App id, instead of the one in project.config.json
    #[arg(long, value_name = "ID")]
    app: Option<String>,

    /// Version name, instead of the one in lodger.json; its code is the highest published + 1
    #[arg(long, value_name = "NAME")]
    version: Option<String>,
}

/// Publishes.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let at = repository::open_existing(&args.repo.repo)?;
    let options = Options { app: args.app, ..Options::default() };
    let compiled = compile::project(&args.dir, &options, output)?;
    let ring = args.keys.ring(&at)?;
    let bundle = versioned(compiled.bundle, args.version, &at, &ring)?;
    let progress = output.progress("Compressing and signing");
    let publish = Publish { bundle: &bundle, channel: &args.channel, share: args.percent };
    let published = at.publish(&ring, &publish).map_err(failure)?;
    at.commit_with(&ring, published.batch).map_err(failure)?;
    drop(progress);

    let Version { name, code } = &bundle.index.version;
    let sizes = &published.sizes;
    let patches: Vec<_> = sizes
        .patches
        .iter()
        .map(|(code, name, bytes)| {
            json!({"from": {"name": name, "code": code}, "bytes": bytes, "of_zip": of_zip(*bytes, sizes)})
        })
        .collect();
    let value = json!({
        "ok": true,
        "app": bundle.index.app,
        "version": {"name": name, "code": code},
        "digest": bundle.digest().to_hex(),
        "channel": args.channel,
        "share": args.percent,
        "sizes": {"full": sizes.full, "zip": sizes.zip, "of_zip": of_zip(sizes.full, sizes), "patches": patches},
    });
    let offered = format!(
        "{} {name} ({code}) is in channel {}, for {} of devices",
        bundle.index.app,
        args.channel,
        share(args.percent)
    );
    output.result(&value, format!("{offered}\n{}", table(sizes)));
    Ok(())
}

/// Gives the bundle its version where the project leaves that open, or `--version` says another.
fn versioned(
    bundle: Bundle,
    name: Option<String>,
    at: &Repository,
    ring: &KeyRing,
) -> Result<Bundle, Failure> {
    let given = &bundle.index.version;
    if name.is_none() && given.code > 0 {
        return Ok(bundle);
    }
    let releases = at.releases(&bundle.index.app).map_err(failure)?;
    let last = releases.last().map(|index| &index.version);
    let next = || last.map_or_else(|| Some("1.0.0".to_owned()), |last| patch_after(&last.name));
    let name = name.or_else(next).ok_or_else(|| {
        Failure::Input("the last version's name does not end with a number; give --version NAME".into())
    })?;
    // Above what the repository has forgotten, too: two releases never share a code.
    let published = at.published(ring.folder(), &bundle.index.app).map_err(failure)?;
    let code = last.map_or(0, |last| last.code).max(published) + 1;
    let mut index = bundle.index;
    index.version = Version { name, code };
    Ok(Bundle { index_bytes: index.to_bytes(), index, blobs: bundle.blobs })
}

/// `1.4.9` gives `1.4.10`.
fn patch_after(name: &str) -> Option<String> {
    let start = name.rfind(|letter: char| !letter.is_ascii_digit()).map_or(0, |at| at + 1);
    let number: u64 = name.get(start..)?.parse().ok()?;
    Some(format!("{}{}", name.get(..start)?, number.checked_add(1)?))
}

/// A size as a part of what `zip -9` makes, with four decimals.
fn of_zip(count: u64, sizes: &Sizes) -> f64 {
    (count as f64 * 10_000.0 / sizes.zip.max(1) as f64).round() / 10_000.0
}

fn table(sizes: &Sizes) -> String {
    let ratio = |count: u64| format!("{:>5.1} % of zip -9", of_zip(count, sizes) * 100.0);
    let row = |what: &str, count: u64| format!("  {what:<24} {:>10}  {}", bytes(count), ratio(count));
    let patches = sizes.patches.iter().map(|(_, name, count)| row(&format!("update from {name}"), *count));
    let first = [format!("  {:<24} {:>10}", "zip -9", bytes(sizes.zip)), row("first download", sizes.full)];
    first.into_iter().chain(patches).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::patch_after;

    #[test]
    fn the_last_number_rises() {
        assert_eq!(patch_after("1.4.9").as_deref(), Some("1.4.10"));
        assert_eq!(patch_after("7").as_deref(), Some("8"));
        assert_eq!(patch_after("1.0-beta"), None);
        assert_eq!(patch_after(""), None);
    }
}
