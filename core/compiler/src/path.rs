//! Paths inside a bundle: relative, `/`-separated, never outside the root.

/// The folder of `path`: `pages/a/b` gives `pages/a`, `b` gives the empty string.
pub(crate) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

/// Joins `path` to `folder` and removes `.` and `..`. An absolute `path` starts at the root.
/// `None` when it would leave the root: no caller may read such a file.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|s| !s.is_empty()).collect()
    };
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            _ => segments.push(segment),
        }
    }
    let joined = segments.join("/");
    (!joined.contains(['\0', '\\'])).then_some(joined)
}

/// `folder/name`, or `name` in the root.
pub(crate) fn child(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether `path` is `folder` itself or lies under it. Everything lies under the root, the empty string.
pub(crate) fn within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `folder` and every folder above it, the root last.
pub(crate) fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(folder);
    std::iter::from_fn(move || {
        let current = next?;
        next = (!current.is_empty()).then(|| parent(current));
        Some(current)
    })
}

/// The extension in lower case, without the dot; empty when there is none.
pub(crate) fn extension(path: &str) -> String {
    let name = &path[path.rfind('/').map_or(0, |at| at + 1)..];
    match name.rfind('.') {
        Some(at) if at > 0 => name[at + 1..].to_ascii_lowercase(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn joins_as_a_file_system_would() {
        assert_eq!(join("pages/a", "./b").as_deref(), Some("pages/a/b"));
        assert_eq!(join("pages/a", "../../b.js").as_deref(), Some("b.js"));
        assert_eq!(join("pages/a", "/b//c/").as_deref(), Some("b/c"));
        assert_eq!(join("pages/a", "../../../etc/passwd"), None);
        assert_eq!(join("", "/../x"), None);
        assert_eq!(join("a", "b\\..\\c"), None);
    }

    #[test]
    fn knows_folders_and_extensions() {
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert!(within("pages/a", "pages") && !within("pages2/a", "pages") && within("x", ""));
        assert_eq!(
            (extension("a.b/C.PNG"), extension("a.b/c"), extension(".hidden")),
            ("png".into(), "".into(), "".into())
        );
    }

    proptest! {
        #[test]
        fn never_leaves_the_root(folder in "([a-c./]{0,12})", path in "([a-c./]{0,24})") {
            if let Some(joined) = join(&folder, &path) {
                prop_assert!(!joined.starts_with('/') && !joined.ends_with('/'));
                prop_assert!(path.contains("..") || folder.contains("..") || joined.split('/').all(|s| s != ".."));
                // What is joined from the root is already in its simplest form.
                if let Some(plain) = join("", &path) {
                    prop_assert_eq!(join("", &plain), Some(plain.clone()));
                    prop_assert!(plain.split('/').all(|s| s != "." && s != ".."));
                }
            }
        }
    }
}
