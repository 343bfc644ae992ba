//! The system's tools that Lodger needs, how to tell that they are there, and what packages bring them.

use crate::process::{Run, find_program};

/// How to tell that a tool is there.
enum Probe {
    /// One of these programs is in `PATH`.
    Program(&'static [&'static str]),
    /// `pkg-config` knows this module.
    Module(&'static str),
    /// PostgreSQL's server: Debian keeps it out of `PATH`.
    Postgres,
    /// A font for this language is installed.
    Font(&'static str),
}

/// A tool, with the packages that bring it.
pub struct Tool {
    pub name: &'static str,
    pub why: &'static str,
    pub apt: &'static [&'static str],
    pub dnf: &'static [&'static str],
    pub pacman: &'static [&'static str],
    pub brew: &'static [&'static str],
    probe: Probe,
    /// macOS brings its own.
    linux_only: bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "a C compiler",
        why: "building SQLite and ring",
        apt: &["build-essential"],
        dnf: &["gcc", "make"],
        pacman: &["base-devel"],
        brew: &[],
        probe: Probe::Program(&["cc"]),
        linux_only: true,
    },
    Tool {
        name: "pkg-config",
        why: "finding the webview's library",
        apt: &["pkg-config"],
        dnf: &["pkgconf-pkg-config"],
        pacman: &["pkgconf"],
        brew: &[],
        probe: Probe::Program(&["pkg-config"]),
        linux_only: true,
    },
    Tool {
        name: "WebKitGTK 4.1",
        why: "the desktop host's webview",
        apt: &["libwebkit2gtk-4.1-dev"],
        dnf: &["webkit2gtk4.1-devel"],
        pacman: &["webkit2gtk-4.1"],
        brew: &[],
        probe: Probe::Module("webkit2gtk-4.1"),
        linux_only: true,
    },
    Tool {
        name: "Xvfb",
        why: "windows and screenshots where there is no display",
        apt: &["xvfb"],
        dnf: &["xorg-x11-server-Xvfb"],
        pacman: &["xorg-server-xvfb"],
        brew: &[],
        probe: Probe::Program(&["Xvfb"]),
        linux_only: true,
    },
    Tool {
        name: "Chromium",
        why: "tests of the base library in a second engine",
        apt: &["chromium"],
        dnf: &["chromium"],
        pacman: &["chromium"],
        brew: &["chromium"],
        probe: Probe::Program(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]),
        linux_only: false,
    },
    Tool {
        name: "ChromeDriver",
        why: "driving Chromium in tests",
        apt: &["chromium-driver"],
        dnf: &["chromedriver"],
        pacman: &["chromium"],
        brew: &["chromedriver"],
        probe: Probe::Program(&["chromedriver"]),
        linux_only: false,
    },
    Tool {
        name: "a Chinese font",
        why: "screenshots with Chinese text",
        apt: &["fonts-noto-cjk", "fontconfig"],
        dnf: &["google-noto-sans-cjk-fonts", "fontconfig"],
        pacman: &["noto-fonts-cjk", "fontconfig"],
        brew: &[],
        probe: Probe::Font("zh"),
        linux_only: true,
    },
    Tool {
        name: "Node.js",
        why: "building the base library and the examples' npm packages",
        apt: &["nodejs"],
        dnf: &["nodejs"],
        pacman: &["nodejs"],
        brew: &["node"],
        probe: Probe::Program(&["node"]),
        linux_only: false,
    },
    Tool {
        name: "PostgreSQL",
        why: "testing the server with several processes",
        apt: &["postgresql"],
        dnf: &["postgresql-server"],
        pacman: &["postgresql"],
        brew: &["postgresql"],
        probe: Probe::Postgres,
        linux_only: false,
    },
    Tool {
        name: "npm",
        why: "installing the examples' npm packages",
        apt: &["npm"],
        dnf: &["nodejs-npm"],
        pacman: &["npm"],
        brew: &["node"],
        probe: Probe::Program(&["npm"]),
        linux_only: false,
    },
    Tool {
        name: "bsdiff",
        why: "measuring updates beside it (`bench update`)",
        apt: &["bsdiff"],
        dnf: &["bsdiff"],
        pacman: &["bsdiff"],
        brew: &["bsdiff"],
        probe: Probe::Program(&["bsdiff"]),
        linux_only: false,
    },
];

impl Probe {
    fn found(&self) -> bool {
        match self {
            Self::Program(names) => names.iter().any(|name| find_program(name).is_some()),
            Self::Postgres => {
                let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
                find_program("initdb").is_some()
                    || versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
            }
            Self::Module(module) => Run::new("pkg-config").args(["--exists", module]).succeeds(),
            Self::Font(language) => {
                let query = format!(":lang={language}");
                find_program("fc-list").is_some()
                    && Run::new("fc-list")
                        .args([query.as_str(), "file"])
                        .quiet()
                        .output()
                        .is_ok_and(|list| !list.trim().is_empty())
            }
        }
    }
}

/// The tools that are not installed.
pub fn missing() -> Vec<&'static Tool> {
    let needed = TOOLS.iter().filter(|tool| cfg!(target_os = "linux") || !tool.linux_only);
    needed.filter(|tool| !tool.probe.found()).collect()
}
