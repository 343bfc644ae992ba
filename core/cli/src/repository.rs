//! Which repository and which keys: the arguments that `keys`, `repo`, `app`, `publish` and `release` share.

use crate::failure::Failure;
use lodger_server::{
    keys::{KeyError, KeyFolder, KeyRing, Passphrase},
    repository::{Repository, RepositoryError, Storage},
};
use std::{
    fs,
    io::{IsTerminal, stderr, stdin},
    path::{Path, PathBuf},
};

const VARIABLE: &str = "LODGER_KEY_PASSPHRASE";
/// What `lodger serve` prints before it has a repository.
const TOKEN: &str = "LODGER_BOOTSTRAP_TOKEN";

/// Where releases are.
#[derive(clap::Args)]
pub struct RepoArg {
    /// The repository: a folder, s3://bucket/prefix, or a server's address
    #[arg(long, value_name = "REPO")]
    pub repo: String,
}

/// Which keys sign.
#[derive(clap::Args)]
pub struct KeyArgs {
    /// The folder of keys that `lodger keys init` made
    #[arg(long, value_name = "KEYS")]
    keys: PathBuf,

    #[command(flatten)]
    passphrase: PassphraseArg,
}

/// What opens keys.
#[derive(clap::Args)]
pub struct PassphraseArg {
    /// A file whose first line is the passphrase; LODGER_KEY_PASSPHRASE comes first, a prompt last
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The keys, still sealed, as they sign for the repository `at`.
    pub fn ring(&self, at: &Repository) -> Result<KeyRing, Failure> {
        let folder = KeyFolder::open(&self.keys).map_err(key_failure)?;
        at.ring(KeyRing::new(folder, self.passphrase.read(false)?)).map_err(failure)
    }
}

impl PassphraseArg {
    /// From the environment, else the file, else a prompt on a terminal; `new` asks twice.
    pub fn read(&self, new: bool) -> Result<Passphrase, Failure> {
        let text = match std::env::var(VARIABLE) {
            Ok(text) => text,
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::Usage(format!("{VARIABLE} is not UTF-8")));
            }
            Err(std::env::VarError::NotPresent) => match &self.passphrase_file {
                Some(file) => first_line(file)?,
                None => ask(new)?,
            },
        };
        Passphrase::new(text)
            .ok_or_else(|| Failure::Usage("the passphrase is empty; it must protect the keys".into()))
    }
}

fn first_line(file: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn ask(new: bool) -> Result<String, Failure> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(Failure::Usage(format!(
            "the keys need their passphrase: set {VARIABLE}, or give --passphrase-file FILE"
        )));
    }
    let prompt = |text: &str| {
        rpassword::prompt_password(text)
            .map_err(|error| Failure::Input(format!("cannot read the passphrase: {error}")))
    };
    let text = prompt("Passphrase of the keys: ")?;
    if new && prompt("The same again: ")? != text {
        return Err(Failure::Usage("the two passphrases differ; nothing was made".into()));
    }
    Ok(text)
}

/// The repository at `place`, at the time of now.
pub fn open(place: &str) -> Result<Repository, Failure> {
    let now = jiff::Timestamp::now();
    let opened = match place.split_once("://") {
        Some(("http" | "https", _)) => {
            let token = std::env::var(TOKEN).ok().filter(|token| !token.is_empty());
            Repository::of_server(place, token, now)
        }
        _ => Storage::open(place).map(|storage| Repository::new(storage, now)),
    };
    opened.map_err(|error| match error {
        RepositoryError::Refused(what) => Failure::Usage(what),
        other => failure(other),
    })
}

/// One that must be there: a mistyped path does not become a folder.
pub fn open_existing(place: &str) -> Result<Repository, Failure> {
    let missing = || {
        Failure::Input(format!(
            "{place} is no repository: it has no trust-root.json; `lodger repo init {place} --keys K` makes one"
        ))
    };
    if !place.contains("://") && !Path::new(place).join("trust-root.json").is_file() {
        return Err(missing());
    }
    let at = open(place)?;
    if at.storage().has("trust-root.json").map_err(failure)? { Ok(at) } else { Err(missing()) }
}

/// For `map_err`.
pub fn failure(error: RepositoryError) -> Failure {
    Failure::Input(error.to_string())
}

/// For `map_err`.
pub fn key_failure(error: KeyError) -> Failure {
    Failure::Input(error.to_string())
}

/// A percentage with up to two decimals, in ten-thousandths.
pub fn percent(text: &str) -> Result<u32, String> {
    let wrong = || format!("{text} is no percentage; give 0 to 100, with at most two decimals");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let share = whole * 100 + part;
    if share > lodger_server::repository::FULL_SHARE { Err(wrong()) } else { Ok(share) }
}

/// `12.5 %`.
pub fn share(count: u32) -> String {
    let (whole, part) = (count / 100, count % 100);
    let text = if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:02}").trim_end_matches('0').to_owned()
    };
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_decimals() {
        for (text, count) in
            [("0", 0), ("100", 10_000), ("12.5", 1_250), ("0.01", 1), ("99.99", 9_999), ("7.05", 705)]
        {
            assert_eq!(percent(text), Ok(count));
            assert_eq!(percent(share(count).trim_end_matches(" %")), Ok(count));
        }
        for text in ["", "100.01", "101", "1.234", "-1", "+1", ".5", "1e2", "ten", "1000"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
