//! Installs what building and testing needs. Safe to run twice; quick when nothing is missing.

pub mod node;
mod tools;

use crate::{
    arguments::Arguments,
    process::{Run, Trouble, find_program},
};
use tools::{Tool, missing};

pub const HELP: &str = "
Installs what building and testing needs: system libraries, browsers, npm packages.
On Debian and Ubuntu by apt (as root, or with sudo); elsewhere it prints the exact commands.
Safe to run twice, quick when nothing is missing.

Usage: cargo xtask setup [--check]

  --check   installs nothing; fails if something is missing

Example: cargo xtask setup
";

/// The `setup` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let check = arguments.flag("--check");
    arguments.finish()?;
    if check { self::check() } else { everything() }
}

/// Installs all that is missing.
pub fn everything() -> Result<(), Trouble> {
    install_tools()?;
    install_rust_components()?;
    node::check_version()?;
    node::install_packages()?;
    eprintln!("setup: everything is there");
    Ok(())
}

fn check() -> Result<(), Trouble> {
    let missing = missing();
    for tool in &missing {
        println!("missing: {} ({})", tool.name, tool.why);
    }
    let stale = node::stale_folders()?;
    for folder in &stale {
        println!("missing: npm packages of {folder}");
    }
    if missing.is_empty() && stale.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    Err(Trouble::Failed("run `cargo xtask setup` to install what is missing".into()))
}

fn install_tools() -> Result<(), Trouble> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    for tool in &missing {
        eprintln!("setup: {} is missing; it is needed for {}", tool.name, tool.why);
    }
    if find_program("apt-get").is_none() {
        return Err(Trouble::Failed(advice(&missing)));
    }
    let packages = packages(&missing, |tool| tool.apt);
    apt(&["update"])?;
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(&packages);
    apt(&words)?;
    let still = self::missing();
    if still.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = still.iter().map(|tool| tool.name).collect();
    Err(Trouble::Failed(format!("apt installed its packages, but still missing: {}", names.join(", "))))
}

fn apt(words: &[&str]) -> Result<(), Trouble> {
    let root = Run::new("id").args(["-u"]).quiet().output()?.trim() == "0";
    let mut line: Vec<&str> = Vec::new();
    if !root {
        if find_program("sudo").is_none() {
            let command = format!("apt-get {}", words.join(" "));
            return Err(Trouble::Failed(format!("neither root nor sudo here; as root, run: {command}")));
        }
        line.push("sudo");
    }
    line.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    line.extend(words);
    Run::new(line[0]).args(&line[1..]).status()
}

/// What to type on a system whose package manager we do not drive.
fn advice(missing: &[&Tool]) -> String {
    let (command, packages) = if find_program("dnf").is_some() {
        ("sudo dnf install", packages(missing, |tool| tool.dnf))
    } else if find_program("pacman").is_some() {
        ("sudo pacman -S --needed", packages(missing, |tool| tool.pacman))
    } else if cfg!(target_os = "macos") {
        ("brew install", packages(missing, |tool| tool.brew))
    } else {
        let names: Vec<_> = missing.iter().map(|tool| tool.name).collect();
        return format!("install these with your package manager, then run this again: {}", names.join(", "));
    };
    format!(
        "this system's package manager is yours to run; type\n\n    {command} {}\n\nthen run this again",
        packages.join(" ")
    )
}

fn packages(tools: &[&Tool], of: impl Fn(&Tool) -> &'static [&'static str]) -> Vec<&'static str> {
    let mut all: Vec<_> = tools.iter().flat_map(|tool| of(tool)).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn install_rust_components() -> Result<(), Trouble> {
    for (program, component) in [("rustfmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if find_program(program).is_some() {
            continue;
        }
        if find_program("rustup").is_none() {
            return Err(Trouble::Failed(format!(
                "{component} is missing, and this Rust was not installed by rustup; install {component} as you installed Rust"
            )));
        }
        eprintln!("setup: {component} is missing; `cargo xtask lint` needs it");
        Run::new("rustup").args(["component", "add", component]).status()?;
    }
    Ok(())
}
