//! Finding and stopping the programs that this crate starts.
use crate::Error;
use std::{
    env,
    path::{Path, PathBuf},
    process::Child,
};

/// A program that Debian packages, and the variable that overrides where it is.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    pub(crate) variable: &'static str,
}

pub(crate) const XVFB: Tool = Tool { program: "Xvfb", package: "xvfb", variable: "XVFB" };
pub(crate) const CHROMIUM: Tool = Tool { program: "chromium", package: "chromium", variable: "CHROMIUM" };
pub(crate) const CHROMEDRIVER: Tool =
    Tool { program: "chromedriver", package: "chromium-driver", variable: "CHROMEDRIVER" };

impl Tool {
    /// The program's path: from its variable, else from PATH.
    pub(crate) fn find(self) -> Result<PathBuf, Error> {
        let missing =
            || Error::MissingTool { program: self.program, package: self.package, variable: self.variable };
        if let Some(path) = env::var_os(self.variable).filter(|path| !path.is_empty()) {
            let path = PathBuf::from(path);
            return if path.is_file() { Ok(path) } else { Err(missing()) };
        }
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .map(|dir| dir.join(self.program))
            .find(|path| path.is_file())
            .ok_or_else(missing)
    }
}

/// A child process that does not outlive its owner.
pub(crate) struct Guarded(pub(crate) Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// True for root, whose browsers refuse to run in their sandbox.
pub(crate) fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(Path::new("/proc/self")).is_ok_and(|file| file.uid() == 0)
    }
    #[cfg(not(unix))]
    {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_says_how_to_get_it() {
        let tool =
            Tool { program: "no-such-program", package: "some-package", variable: "LODGER_NO_SUCH_VARIABLE" };
        let text = tool.find().unwrap_err().to_string();
        assert!(text.contains("some-package") && text.contains("LODGER_NO_SUCH_VARIABLE"), "{text}");
    }
}
