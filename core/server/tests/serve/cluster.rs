//! PostgreSQL for tests: its own cluster, as another user than root.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A cluster of its own in a temporary folder, on a Unix socket only.
pub struct Cluster {
    dir: TempDir,
    bin: PathBuf,
}

impl Cluster {
    /// None, with a word about it, where PostgreSQL is not installed; `cargo xtask setup` installs it.
    pub fn start() -> Option<Self> {
        Self::with("-c fsync=off")
    }

    /// One that writes to the disk as it should, for measurements.
    #[allow(dead_code)] // tests do not measure
    pub fn durable() -> Option<Self> {
        Self::with("")
    }

    fn with(more: &str) -> Option<Self> {
        let Some(bin) = bin() else {
            eprintln!("SKIPPED: PostgreSQL is not installed; `cargo xtask setup` installs it");
            return None;
        };
        let cluster = Self { dir: tempfile::tempdir().unwrap(), bin };
        if is_root() {
            std::os::unix::fs::chown(cluster.dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        cluster.run("initdb", &["-A", "trust", "-U", "lodger", "-E", "UTF8", "--no-sync", "-D", "data"]);
        let socket = cluster.dir.path().display();
        let options = format!("-k {socket} -c listen_addresses='' {more} -c max_connections=40");
        cluster.run("pg_ctl", &["-w", "-D", "data", "-l", "log", "-o", &options, "start"]);
        Some(cluster)
    }

    /// As `--database-url` takes it.
    pub fn url(&self) -> String {
        format!("postgres://lodger@localhost/postgres?host={}", self.dir.path().display())
    }

    fn run(&self, program: &str, words: &[&str]) {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(self.bin.join(program));
        command
            .args(words)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY); // PostgreSQL refuses to run as root
        }
        assert!(command.status().unwrap().success(), "{program}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-w", "-D", "data", "-m", "immediate", "stop"]);
    }
}

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Debian keeps PostgreSQL's programs out of `PATH`; Fedora and Homebrew do not.
fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let known = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    known.chain(std::env::split_paths(&path)).find(|dir| dir.join("pg_ctl").is_file())
}
