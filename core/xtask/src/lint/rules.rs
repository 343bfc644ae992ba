//! The house rules as data: what must not stand in which files, and why.
//!
//! To add a rule, add a row. A row of the security table (threat model, "L") says its number.

/// Text that must not stand in a file.
pub struct Forbidden {
    /// Any of these, as written.
    pub texts: &'static [&'static str],
    /// Endings of the files it is for; empty: all text files.
    pub endings: &'static [&'static str],
    /// Files or folders it is not for.
    pub except: &'static [&'static str],
    /// What to do instead.
    pub why: &'static str,
}

/// This file names what it forbids.
pub const HERE: &str = "core/xtask/src/lint/rules.rs";

/// What checks them, and has examples of what they refuse.
pub const CHECKER: &str = "core/xtask/src/lint/house.rs";

pub const FORBIDDEN: &[Forbidden] = &[
    Forbidden {
        texts: &["TODO", "FIXME", "XXX:"],
        endings: CODE,
        except: &[],
        why: "finish it, or open an issue and leave it out of the code",
    },
    Forbidden {
        texts: &["/root/.", "/home/user/", "/Users/", "C:\\Users\\"],
        endings: &[],
        except: &[],
        why: "a path of one machine; derive it, or use an example path such as DIR",
    },
    Forbidden {
        texts: &["evaluate_script", "evaluateJavascript(", "evaluateJavaScript(", "loadUrl(\"javascript:"],
        endings: HOSTS,
        except: &[],
        why: "row 6: never build scripts from data; messages go through the bridge",
    },
    Forbidden {
        texts: &[
            "setAllowFileAccess(true)",
            "allowFileAccess = true",
            "setAllowUniversalAccessFromFileURLs(true)",
            "allowUniversalAccessFromFileURLs = true",
            "setAllowFileAccessFromFileURLs(true)",
            "allowFileAccessFromFileURLs = true",
        ],
        endings: HOSTS,
        except: &[],
        why: "row 28: a webview must not read files",
    },
    Forbidden {
        texts: &["setAllowContentAccess(true)", "allowContentAccess = true"],
        endings: HOSTS,
        except: &[],
        why: "row 29: a webview must not read content providers",
    },
    Forbidden {
        texts: &[
            "load(\"file://",
            "loadUrl(\"file://",
            "load_url(\"file://",
            "with_url(\"file://",
            "loadFileURL(",
        ],
        endings: HOSTS,
        except: &[],
        why: "row 28: pages come from the engine only",
    },
    Forbidden {
        texts: &["cfg(target_os", "cfg!(target_os"],
        endings: &[".rs"],
        except: &["core/xtask", "core/cli", "bindings/desktop"],
        why: "the core knows no platform; give it a trait",
    },
];

/// Files that are code.
pub const CODE: &[&str] = &[".rs", ".ts", ".mjs", ".kt", ".swift"];

const HOSTS: &[&str] = &[".rs", ".kt", ".java", ".swift"];

/// Lines of a code file without its tests, at most.
pub const LONGEST_FILE: usize = 500;

/// Where the first line of every code file must say its purpose.
pub const PURPOSE_IN: &[&str] = &["core/", "bindings/"];

/// Folders of code that is written for another reader: examples and fixtures.
pub const NOT_OURS: &[&str] =
    &["examples/", "core/cli/templates/", "/fixtures/", "/snapshots/", "/tests/projects/", "/tests/apps/"];
