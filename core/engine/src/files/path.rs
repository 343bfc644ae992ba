//! File paths as programs write them: `wxfile://usr/a/b`, `wxfile://tmp/x.png`, `wxfile://store/x`, `images/logo.png`.
//!
//! The only reader of such texts. Names are opaque: nothing is decoded, `..` is refused and never resolved, so that no
//! text can mean a place outside its space (attack row 30).
use super::Fault;

/// Bytes of a whole path.
const MAX_PATH: usize = 1_024;
/// Bytes of one name, as on the file systems that WeChat runs on.
const MAX_NAME: usize = 255;
const MAX_DEPTH: usize = 32;
const SCHEME: &str = "wxfile://";

/// One of the three areas of `wxfile:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// `wx.env.USER_DATA_PATH`: the program's own tree, kept.
    User,
    /// Gone when the session ends.
    Temporary,
    /// Where `saveFile` puts files, kept.
    Saved,
}

impl Space {
    pub(crate) const ALL: [Self; 3] = [Self::User, Self::Temporary, Self::Saved];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "usr",
            Self::Temporary => "tmp",
            Self::Saved => "store",
        }
    }
}

/// Where a path leads, before anybody has looked whether something is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A space and the names below it; no names: the space itself.
    Stored(Space, Vec<String>),
    /// A path of the bundle, without slashes at its ends; empty: its root.
    Package(String),
}

impl Place {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::NotFound);
        }
        if text.len() > MAX_PATH {
            return Err(Fault::NameTooLong);
        }
        let (inside, rest) = match text.strip_prefix(SCHEME) {
            Some(rest) => (true, rest),
            None if text.contains("://") => return Err(Fault::Denied),
            None => (false, text),
        };
        let mut names = Vec::new();
        for name in rest.split('/').filter(|name| !name.is_empty() && *name != ".") {
            if name == ".." || name.contains('\\') || name.chars().any(char::is_control) {
                return Err(Fault::Denied);
            }
            if name.len() > MAX_NAME {
                return Err(Fault::NameTooLong);
            }
            names.push(name);
        }
        if !inside {
            return Ok(Self::Package(names.join("/")));
        }
        if names.len() > MAX_DEPTH {
            return Err(Fault::NameTooLong);
        }
        let (space, names) = names.split_first().ok_or(Fault::Denied)?;
        let space = Space::ALL.into_iter().find(|known| known.name() == *space).ok_or(Fault::Denied)?;
        Ok(Self::Stored(space, names.iter().map(|name| (*name).to_owned()).collect()))
    }
}

/// The path of a file right under `space`.
pub(crate) fn path_in(space: Space, name: &str) -> String {
    format!("{SCHEME}{}/{name}", space.name())
}

/// `.png`, or nothing: the end of a name as far as it may stand in a path that the engine makes.
pub(crate) fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, end)) if (1..=10).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!(".{}", end.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spaces_and_the_package() {
        let stored = |space, names: &[&str]| {
            Place::Stored(space, names.iter().map(|name| (*name).to_owned()).collect())
        };
        for (text, place) in [
            ("wxfile://usr", stored(Space::User, &[])),
            ("wxfile://usr//a/./b/", stored(Space::User, &["a", "b"])),
            ("wxfile://usr/a%2f..b", stored(Space::User, &["a%2f..b"])),
            ("wxfile://tmp/x.png", stored(Space::Temporary, &["x.png"])),
            ("wxfile://store/x", stored(Space::Saved, &["x"])),
            ("/images/a.png", Place::Package("images/a.png".into())),
            ("./images/咖 啡.png", Place::Package("images/咖 啡.png".into())),
            ("/", Place::Package(String::new())),
        ] {
            assert_eq!(Place::parse(text).expect(text), place, "{text}");
        }
    }

    #[test]
    fn row_30_nothing_leads_out_of_its_space() {
        let long = format!("wxfile://usr/{}", "x".repeat(256));
        for text in [
            "",
            "wxfile://",
            "wxfile://usr/..",
            "wxfile://usr/../tmp/x",
            "wxfile://usr/a/../../x",
            "../app.json",
            "wxfile://usr/a\0b",
            "wxfile://usr/..\\x",
            "wxfile://usr/a\\b",
            "wxfile://etc/passwd",
            "wxfile:///usr/x",
            "file:///etc/passwd",
            "http://tmp/x",
            "WXFILE://usr/x",
            "wxfile://USR/x",
            long.as_str(),
            &format!("wxfile://usr/{}", "x/".repeat(600)),
            &format!("wxfile://usr/{}", "x/".repeat(40)),
        ] {
            let wrong = Place::parse(text);
            let stays = text == "wxfile:///usr/x" && matches!(wrong, Ok(Place::Stored(Space::User, _)));
            assert!(wrong.is_err() || stays, "{text}: {wrong:?}");
        }
    }

    #[test]
    fn extensions_are_plain() {
        assert_eq!(extension("a.PNG"), ".png");
        assert_eq!(extension("png"), "");
        assert_eq!(extension("a.p/g"), "");
        assert_eq!(extension("a."), "");
    }
}
