//! The checks, each with the exact next command.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There.
    Ok,
    /// Not there, and only some commands or options need it.
    Optional,
    /// Not there, and `build` or `run` needs it.
    Missing,
}

/// One line of the report.
pub struct Check {
    pub name: &'static str,
    pub state: State,
    /// A version or path, or what is wrong.
    pub found: String,
    /// What it is needed for.
    pub purpose: &'static str,
    /// The next command, where one is needed.
    pub next: Option<String>,
}

/// Bytes that a build, its store and its screenshots take at most.
const DISK: u64 = 500_000_000;

/// Runs every check; takes well under a second.
pub fn all() -> Vec<Check> {
    let mut checks = vec![display(), xvfb(), chromium(), chromedriver(), node(), disk()];
    if cfg!(target_os = "linux") {
        checks.insert(0, webview());
    } else {
        // Those two are about X11, which only Linux has.
        checks.retain(|check| !matches!(check.name, "display" | "Xvfb"));
    }
    checks
}

fn webview() -> Check {
    let found = output("pkg-config", &["--modversion", "webkit2gtk-4.1"]);
    check(
        "WebKitGTK",
        found,
        State::Optional,
        "building the desktop host (an installed lodger has it linked)",
        "libwebkit2gtk-4.1-dev",
    )
}

fn display() -> Check {
    let display = ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|text| !text.is_empty());
    Check {
        name: "display",
        // Without a display, `--headless` still works if Xvfb is there: that is the check after this one.
        state: if display.is_some() { State::Ok } else { State::Optional },
        next: display.is_none().then(|| "add --headless, or start a desktop session".to_owned()),
        found: display.unwrap_or_else(|| "none".to_owned()),
        purpose: "lodger run in a window",
    }
}

fn xvfb() -> Check {
    let without = if std::env::var_os("DISPLAY").is_some() { State::Optional } else { State::Missing };
    check("Xvfb", find("Xvfb").map(shown), without, "--headless, smoke and drive", "xvfb")
}

fn chromium() -> Check {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = names.iter().find_map(|name| find(name)).map(shown);
    check("Chromium", found, State::Optional, "smoke --engine chromium", "chromium")
}

fn chromedriver() -> Check {
    check(
        "ChromeDriver",
        find("chromedriver").map(shown),
        State::Optional,
        "smoke --engine chromium",
        "chromium-driver",
    )
}

fn node() -> Check {
    let found = output("node", &["--version"]);
    check(
        "Node.js",
        found,
        State::Optional,
        "npm packages of a project (lodger itself needs none)",
        "nodejs npm",
    )
}

fn disk() -> Check {
    let folder = std::env::temp_dir();
    let free = free_bytes(&folder);
    let enough = free.is_none_or(|free| free >= DISK);
    Check {
        name: "disk",
        state: if enough { State::Ok } else { State::Missing },
        found: match free {
            Some(free) => format!("{} free in {}", crate::output::bytes(free), folder.display()),
            None => "unknown".to_owned(),
        },
        purpose: "stores and screenshots",
        next: (!enough)
            .then(|| format!("free {} there, or point TMPDIR elsewhere", crate::output::bytes(DISK))),
    }
}

fn check(
    name: &'static str,
    found: Option<String>,
    without: State,
    purpose: &'static str,
    package: &str,
) -> Check {
    let state = if found.is_some() { State::Ok } else { without };
    let next = found.is_none().then(|| install(package));
    Check { name, state, found: found.unwrap_or_else(|| "not found".to_owned()), purpose, next }
}

fn install(package: &str) -> String {
    if find("apt-get").is_some() {
        format!("sudo apt-get install {package}")
    } else {
        format!("install what Debian calls {package}")
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn shown(path: PathBuf) -> String {
    path.display().to_string()
}

/// First line of what a program prints, if it succeeds.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

/// By `df`, whose output POSIX fixes: the standard library has no call for this.
fn free_bytes(folder: &Path) -> Option<u64> {
    let output =
        Command::new("df").arg("-Pk").arg(folder).output().ok().filter(|output| output.status.success())?;
    parse_df(&String::from_utf8_lossy(&output.stdout))
}

fn parse_df(text: &str) -> Option<u64> {
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_df() {
        let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 100 40 60 40% /\n";
        assert_eq!(parse_df(text), Some(60 * 1024));
        assert_eq!(parse_df("nonsense"), None);
    }

    #[test]
    fn what_is_missing_comes_with_a_next_step() {
        let missing = check("x", None, State::Missing, "tests", "x");
        assert!(missing.next.is_some());
        assert!(check("x", Some("1".into()), State::Missing, "tests", "x").next.is_none());
    }
}
