//! Page URLs: `path?query`, relative to a page. Text only: nothing is decoded, so nothing can hide in an encoding.
use super::Query;

/// A page URL, resolved. Whether the page exists is the stack's question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageUrl {
    pub path: String,
    pub query: Query,
}

impl PageUrl {
    /// Resolves `url` against the folder of the page `base`; a leading slash means the program's root.
    pub(crate) fn resolve(base: &str, url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let mut segments: Vec<&str> = Vec::new();
        let path = match path.strip_prefix('/') {
            Some(path) => path,
            None => {
                segments.extend(base.split('/'));
                segments.pop();
                path
            }
        };
        for segment in path.split('/') {
            match segment {
                "." => {}
                // Above the root there is nothing: keep the dots, so that no page can match.
                ".." if segments.last().is_some_and(|last| *last != "..") => {
                    segments.pop();
                }
                segment => segments.push(segment),
            }
        }
        Self { path: segments.join("/"), query: parse_query(query) }
    }
}

fn parse_query(text: &str) -> Query {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
