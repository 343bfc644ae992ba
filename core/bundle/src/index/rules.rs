//! The rules of DESIGN 5 that a well-formed index must keep.
use super::{Domains, FORMAT, FileEntry, Index, IndexError, Package, Rule, path};
use crate::{
    Digest,
    canonical::{MAX_INTEGER, check_integers},
};
use std::collections::{HashMap, HashSet};

pub(super) fn check(index: &Index) -> Result<(), IndexError> {
    if index.format != FORMAT {
        return Err(IndexError::new(Rule::Format, format!("format {}", index.format)));
    }
    require(is_name(&index.app), Rule::AppId, &index.app)?;
    check_text(&index.version.name, 64, "version.name")?;
    require(index.version.code <= MAX_INTEGER, Rule::Integer, "version.code")?;
    require(is_runtime(&index.runtime_min), Rule::Runtime, &index.runtime_min)?;
    check_packages(&index.packages)?;
    check_files(index)?;
    check_pages(&index.pages)?;
    let mut scopes = HashSet::new();
    for scope in &index.scopes {
        require(is_name(scope) && scopes.insert(scope), Rule::Scopes, scope)?;
    }
    check_domains(&index.domains)?;
    let free = index.plugins.iter().chain(&index.prefetch).chain(&index.w3c);
    // Depth 2: such a value already stands in an object in an object.
    free.into_iter().try_for_each(|(key, value)| check_integers(value, key, 2))
}

fn check_packages(packages: &[Package]) -> Result<(), IndexError> {
    let main = packages.first().is_some_and(|first| first.name == "main" && first.root.is_empty());
    require(main, Rule::MainPackage, packages.first().map_or("packages", |first| &first.name))?;
    let (mut names, mut roots) = (HashSet::new(), HashSet::new());
    for package in packages {
        check_text(&package.name, 512, "package name")?;
        require(names.insert(path::fold(&package.name)), Rule::PackageUnique, &package.name)?;
        require(roots.insert(path::fold(&package.root)), Rule::PackageUnique, &package.root)?;
    }
    packages[1..].iter().try_for_each(|package| path::check(&package.root))
}

fn check_files(index: &Index) -> Result<(), IndexError> {
    let mut paths = HashSet::new();
    let mut lengths: HashMap<Digest, u64> = HashMap::new();
    for package in &index.packages {
        let mut stream = 0_u64;
        let mut previous: Option<&FileEntry> = None;
        for file in &package.files {
            path::check(&file.path)?;
            require(paths.insert(path::fold(&file.path)), Rule::PathUnique, &file.path)?;
            let ordered = previous.is_none_or(|previous| previous.path < file.path);
            require(ordered, Rule::FileOrder, &file.path)?;
            // Only a package whose root is above the path can be its owner, and the longest such root is.
            require(std::ptr::eq(index.package_of(&file.path), package), Rule::FileOwner, &file.path)?;
            require(file.length <= MAX_INTEGER, Rule::Integer, &file.path)?;
            let length = *lengths.entry(file.digest).or_insert(file.length);
            require(length == file.length, Rule::BlobLength, &file.path)?;
            require(is_mime(&file.mime), Rule::Mime, &file.path)?;
            stream = stream.saturating_add(file.length);
            previous = Some(file);
        }
        require(stream == package.stream_length, Rule::StreamLength, &package.name)?;
        require(stream <= MAX_INTEGER, Rule::Integer, &package.name)?;
    }
    Ok(())
}

fn check_pages(pages: &[String]) -> Result<(), IndexError> {
    require(!pages.is_empty(), Rule::Pages, "pages")?;
    let mut seen = HashSet::new();
    for page in pages {
        path::check(page)?;
        require(seen.insert(path::fold(page)), Rule::Pages, page)?;
    }
    Ok(())
}

/// What the patterns mean is the engine's business; here they are only text of a sane size.
fn check_domains(domains: &Domains) -> Result<(), IndexError> {
    let Domains { request, socket, upload, download, image, media, webview } = domains;
    let lists = [request, socket, upload, download, image, media, webview];
    lists.into_iter().flatten().flatten().try_for_each(|domain| check_text(domain, 512, "domains"))
}

fn check_text(text: &str, longest: usize, place: &str) -> Result<(), IndexError> {
    let good = !text.is_empty() && text.chars().count() <= longest && !text.contains(char::is_control);
    require(good, Rule::Text, place)
}

fn require(holds: bool, rule: Rule, subject: &str) -> Result<(), IndexError> {
    if holds { Ok(()) } else { Err(IndexError::new(rule, subject)) }
}

/// App ids and scopes.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn is_runtime(text: &str) -> bool {
    let number = |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() <= 3 && text.split('.').all(number)
}

/// Goes into a response header as it is, so nothing but printable ASCII. Parameters may follow `;`.
fn is_mime(mime: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let kind = mime.split(';').next().unwrap_or_default();
    mime.len() <= 128
        && mime.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && kind.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
