//! Where and how a program is opened: the arguments that `run` and `drive` share.

use crate::failure::Failure;
use lodger_bundle::Index;
use lodger_desktop::{Entry, Theme};
use std::collections::BTreeMap;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ThemeArg {
    Light,
    Dark,
}

impl From<ThemeArg> for Theme {
    fn from(theme: ThemeArg) -> Self {
        match theme {
            ThemeArg::Light => Self::Light,
            ThemeArg::Dark => Self::Dark,
        }
    }
}

/// Checks that `page` exists, and reads `query` (`table=12&from=door`).
pub fn entry(index: &Index, page: Option<&str>, query: &str, scene: u32) -> Result<Entry, Failure> {
    let path = match page {
        None => None,
        Some(page) => {
            let page = page.trim_start_matches('/');
            if !index.pages.iter().any(|known| known == page) {
                return Err(Failure::Input(format!(
                    "there is no page {page}; the pages are: {}",
                    index.pages.join(", ")
                )));
            }
            Some(page.to_owned())
        }
    };
    Ok(Entry { path, query: parse_query(query)?, scene, referrer: None })
}

/// As [`entry`], for a program whose pages are known once it is there.
pub fn unchecked(page: Option<&str>, query: &str, scene: u32) -> Result<Entry, Failure> {
    let path = page.map(|page| page.trim_start_matches('/').to_owned());
    Ok(Entry { path, query: parse_query(query)?, scene, referrer: None })
}

fn parse_query(text: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut query = BTreeMap::new();
    for pair in text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            decode(text)
                .ok_or_else(|| Failure::Usage(format!("--query: `{text}` is not percent-encoded UTF-8")))
        };
        query.insert(decode(name)?, decode(value)?);
    }
    Ok(query)
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_queries() {
        let query = parse_query("?table=12&name=%E5%92%96%E5%95%A1&flag&e=a=b").unwrap();
        let pairs: Vec<_> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("e", "a=b"), ("flag", ""), ("name", "咖啡"), ("table", "12")]);
        assert!(parse_query("").unwrap().is_empty());
        for wrong in ["a=%", "a=%4", "a=%zz", "a=%ff"] {
            assert!(parse_query(wrong).is_err(), "{wrong}");
        }
    }
}
