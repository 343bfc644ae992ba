//! Running other programs: shown before they run, streamed while they run, explained when they fail.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Why a task or a step of it did not succeed.
#[derive(Debug)]
pub enum Trouble {
    /// The command line was wrong.
    Usage(String),
    /// A tool is not installed: skipped, or in strict mode a failure.
    Missing(String),
    /// It ran and failed.
    Failed(String),
    /// Already told in full; only the exit code is left to give.
    Reported,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) | Self::Failed(text) => f.write_str(text),
            Self::Reported => f.write_str("failed"),
        }
    }
}

/// A program to run, from the repository's root unless told otherwise.
pub struct Run {
    program: OsString,
    command: Command,
    quiet: bool,
}

impl Run {
    /// Names a program; nothing runs yet.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program.as_ref());
        command.current_dir(root());
        // `cargo run` describes this crate to us; passed on, it would make cargo rebuild others for nothing.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        Self { program: program.as_ref().to_owned(), command, quiet: false }
    }

    /// The cargo that runs us.
    pub fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Runs it in another folder.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Does not show the command line.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Runs it with our standard streams; an exit code other than 0 is a failure.
    pub fn status(mut self) -> Result<(), Trouble> {
        self.show();
        let status = self.command.status().map_err(|error| self.cannot_start(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(Trouble::Failed(format!("{} failed ({status})", self.line())))
        }
    }

    /// Runs it and gives its standard output; its errors still go to ours.
    pub fn output(mut self) -> Result<String, Trouble> {
        self.show();
        let output =
            self.command.stderr(Stdio::inherit()).output().map_err(|error| self.cannot_start(&error))?;
        if !output.status.success() {
            return Err(Trouble::Failed(format!("{} failed ({})", self.line(), output.status)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// True if it starts and succeeds; silent.
    pub fn succeeds(mut self) -> bool {
        let streams = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        streams.status().is_ok_and(|status| status.success())
    }

    fn show(&self) {
        if !self.quiet {
            eprintln!("$ {}", self.line());
        }
    }

    fn line(&self) -> String {
        let name = Path::new(&self.program).file_name().unwrap_or(&self.program).to_string_lossy();
        let args = self.command.get_args().map(|arg| arg.to_string_lossy());
        std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
    }

    fn cannot_start(&self, error: &std::io::Error) -> Trouble {
        let name = self.program.to_string_lossy();
        if error.kind() == std::io::ErrorKind::NotFound {
            Trouble::Missing(format!(
                "`{name}` is not installed; `cargo xtask setup` installs what is missing"
            ))
        } else {
            Trouble::Failed(format!("`{name}` could not be started: {error}"))
        }
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("core/xtask lies two folders below the root").to_owned()
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Finds a program in `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Builds the `lodger` command and gives its path.
pub fn build_lodger() -> Result<PathBuf, Trouble> {
    // The whole workspace is named so that features resolve as in `cargo test --workspace`: alone, lodger would have
    // GTK and half of its other dependencies compiled a second time.
    Run::cargo().args(["build", "--workspace", "--exclude", "lodger-xtask", "--bins"]).status()?;
    Ok(target_dir().join("debug").join(format!("lodger{}", std::env::consts::EXE_SUFFIX)))
}

/// Reads a text file of the repository, by its path from the root.
pub fn read(path: &str) -> Result<String, Trouble> {
    std::fs::read_to_string(root().join(path))
        .map_err(|error| Trouble::Failed(format!("{path} could not be read: {error}")))
}

/// Writes a file of the repository, by its path from the root, with the folders above it.
pub fn write(path: &str, bytes: impl AsRef<[u8]>) -> Result<(), Trouble> {
    let file = root().join(path);
    let folder = file.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, bytes))
        .map_err(|error| Trouble::Failed(format!("{path} could not be written: {error}")))
}
