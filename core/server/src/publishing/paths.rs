//! What a repository's file names mean (`core/docs/repository.md`). A name that is none of these is never looked up.

use crate::repository::CHANNELS;

/// The repository that a file belongs to: `platform`, or `apps/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The platform's own.
    Platform,
    /// A program's.
    App(String),
}

impl Owner {
    /// From `platform` or `apps/<id>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            None if text == "platform" => Some(Self::Platform),
            Some(("apps", app)) if is_app_id(app) => Some(Self::App(app.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Platform => f.write_str("platform"),
            Self::App(app) => write!(f, "apps/{app}"),
        }
    }
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `metadata/<version>.<role>.json`.
    Role {
        /// From 1.
        version: u64,
        /// `root`, `targets`, `bin-…`, …
        role: String,
    },
    /// `metadata/timestamp.json`.
    Timestamp,
    /// `targets/<folders>/<sha256>.<last part>`.
    Target {
        /// In hex.
        sha256: String,
        /// As roles name it.
        name: String,
    },
    /// `s/<stream>.zst`.
    Stream,
    /// `p/<from>-<to>.zst`.
    Patch {
        /// SHA-256 of the stream it starts from.
        from: String,
        /// SHA-256 of the stream it leads to.
        to: String,
    },
}

impl Kind {
    /// The channel whose file this is.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        let Self::Target { name, .. } = self else { return None };
        let channel = name.strip_prefix("channels/")?.strip_suffix(".json")?;
        CHANNELS.contains(&channel).then_some(channel)
    }

    /// True for what is named by digest and lies with the objects only.
    #[must_use]
    pub fn is_transfer(&self) -> bool {
        matches!(self, Self::Stream | Self::Patch { .. })
    }
}

/// A file in the whole repository.
#[must_use]
pub fn parse(path: &str) -> Option<(Owner, Kind)> {
    let (owner, rest) = match path.strip_prefix("apps/") {
        Some(rest) => {
            let (app, rest) = rest.split_once('/')?;
            (Owner::parse(&format!("apps/{app}"))?, rest)
        }
        None => (Owner::Platform, path.strip_prefix("platform/")?),
    };
    let (folder, name) = rest.split_once('/')?;
    let kind = match folder {
        "metadata" => metadata(name)?,
        "targets" => target(name)?,
        "s" if owner != Owner::Platform && is_digest(name.strip_suffix(".zst")?) => Kind::Stream,
        "p" if owner != Owner::Platform => {
            let (from, to) = name.strip_suffix(".zst")?.split_once('-')?;
            if !is_digest(from) || !is_digest(to) {
                return None;
            }
            Kind::Patch { from: from.into(), to: to.into() }
        }
        _ => return None,
    };
    Some((owner, kind))
}

fn metadata(name: &str) -> Option<Kind> {
    if name == "timestamp.json" {
        return Some(Kind::Timestamp);
    }
    let (number, role) = name.strip_suffix(".json")?.split_once('.')?;
    let version: u64 = number.parse().ok().filter(|version| *version > 0)?;
    let known = matches!(role, "root" | "targets" | "snapshot" | "publisher" | "channel")
        || role.strip_prefix("bin-").is_some_and(|bin| bin.len() == 3 && bin.bytes().all(is_hex));
    (known && version.to_string() == number).then(|| Kind::Role { version, role: role.to_owned() })
}

fn target(rest: &str) -> Option<Kind> {
    let (folders, last) = rest.rsplit_once('/').map_or(("", rest), |(folders, last)| (folders, last));
    let (sha256, last) = last.split_once('.')?;
    let name = if folders.is_empty() { last.to_owned() } else { format!("{folders}/{last}") };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let good = is_digest(sha256) && name.len() <= 200 && name.split('/').all(plain);
    good.then(|| Kind::Target { sha256: sha256.to_owned(), name })
}

/// 64 hex digits in lower case.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(is_hex)
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// 1 to 64 letters, digits, `_`, `.` and `-`, beginning with a letter or digit.
#[must_use]
pub fn is_app_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    first && text.len() <= 64 && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn knows_every_kind() {
        let app = Owner::App("coffee".into());
        let target = |name: &str| Kind::Target { sha256: DIGEST.into(), name: name.into() };
        let role = |version, role: &str| Kind::Role { version, role: role.into() };
        for (path, owner, kind) in [
            ("platform/metadata/timestamp.json".to_owned(), Owner::Platform, Kind::Timestamp),
            ("platform/metadata/12.bin-0fc.json".into(), Owner::Platform, role(12, "bin-0fc")),
            ("apps/coffee/metadata/3.publisher.json".into(), app.clone(), role(3, "publisher")),
            (format!("apps/coffee/targets/releases/{DIGEST}.7.json"), app.clone(), target("releases/7.json")),
            (format!("platform/targets/{DIGEST}.platform.json"), Owner::Platform, target("platform.json")),
            (format!("apps/coffee/s/{DIGEST}.zst"), app.clone(), Kind::Stream),
            (
                format!("apps/coffee/p/{DIGEST}-{DIGEST}.zst"),
                app,
                Kind::Patch { from: DIGEST.into(), to: DIGEST.into() },
            ),
        ] {
            assert_eq!(parse(&path), Some((owner, kind)), "{path}");
        }
    }

    #[test]
    fn knows_nothing_else() {
        for path in [
            "",
            "/",
            "platform",
            "trust-root.json",
            "platform/metadata/",
            "platform/metadata/01.root.json",
            "platform/metadata/0.root.json",
            "platform/metadata/+1.root.json",
            "platform/metadata/1.other.json",
            "platform/metadata/1.bin-xyz.json",
            "platform/metadata/../x",
            "apps/../metadata/1.root.json",
            "apps/a b/metadata/1.root.json",
            "apps//metadata/1.root.json",
            "apps/coffee/server.db",
            "apps/coffee/s/../../server.db",
            "apps/coffee/uploads/x",
            "platform/s/x.zst",
            "uploads/x",
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
        for name in
            ["../x.json", "a/../b.json", "a//b.json", "./b.json", "releases/.json", "a\\b.json", "%2e%2e/x"]
        {
            let (folders, last) = name.rsplit_once('/').unwrap_or(("", name));
            assert_eq!(parse(&format!("platform/targets/{folders}/{DIGEST}.{last}")), None, "{name}");
        }
    }

    proptest! {
        /// Whatever is accepted stays in its folder and means one file only.
        #[test]
        fn nothing_climbs(path in "(platform|apps/[a-z.]{1,3})/(metadata|targets|s|p)/[a-z0-9./-]{0,90}") {
            if let Some((owner, _)) = parse(&path) {
                prop_assert!(path.split('/').all(|part| !part.is_empty() && part != ".." && part != "."));
                prop_assert!(path.starts_with(&owner.to_string()));
            }
        }
    }
}
