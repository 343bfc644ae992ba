//! Hosts that the program names, against the lists of lodger.json: what is not listed is refused when it runs.
use super::Program;
use crate::{
    asset, codes,
    diagnostic::{Diagnostics, Finding},
    source::Source,
};
use lodger_bundle::Domains;
use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    rc::Rc,
    sync::LazyLock,
};

/// The lists of lodger.json, as far as their use can be told from the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Request,
    Socket,
    Image,
    Media,
    Webview,
}

impl List {
    fn key(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Socket => "socket",
            Self::Image => "image",
            Self::Media => "media",
            Self::Webview => "webview",
        }
    }

    fn of(self, domains: &Domains) -> &Option<Vec<String>> {
        match self {
            Self::Request => &domains.request,
            Self::Socket => &domains.socket,
            Self::Image => &domains.image,
            Self::Media => &domains.media,
            Self::Webview => &domains.webview,
        }
    }

    /// What an address in a script is for, as far as it shows.
    fn of_address(address: &str) -> Self {
        if address.starts_with("wss:") {
            return Self::Socket;
        }
        let path = address.split(['?', '#']).next().unwrap_or(address);
        match asset::mime(path).map(|mime| mime.split('/').next().unwrap_or("")) {
            Some("image" | "font") => Self::Image,
            Some("audio" | "video") => Self::Media,
            _ => Self::Request,
        }
    }

    /// Whether the host may be reached already. An address in a script may be a download or an upload just as well.
    fn allows(self, domains: &Domains, origin: &str) -> bool {
        let listed = |list: &Option<Vec<String>>| {
            list.iter().flatten().any(|entry| entry == origin || entry == host(origin))
        };
        match self {
            Self::Request => [&domains.request, &domains.upload, &domains.download].into_iter().any(listed),
            // All of https, unless there is a list (DESIGN 5).
            Self::Image | Self::Media => self.of(domains).is_none() || listed(self.of(domains)),
            Self::Socket | Self::Webview => listed(self.of(domains)),
        }
    }
}

/// Missing entries by list, each with its first place.
type Missing = BTreeMap<List, BTreeMap<String, (Rc<Source>, Range<usize>)>>;

pub(super) fn check(program: &mut Program<'_>, diagnostics: &mut Diagnostics) {
    let mut missing = Missing::new();
    let domains = &program.project.domains;
    let mut see = |list: List, address: &str, source: &Rc<Source>, place: Range<usize>| {
        if let Some(origin) = origin(address)
            && !list.allows(domains, &origin)
        {
            missing.entry(list).or_default().entry(origin).or_insert_with(|| (source.clone(), place));
        }
    };
    for module in program.modules.values().filter(|module| program.own(&module.source.path)) {
        for (address, place) in &module.script.usage.addresses {
            see(List::of_address(address), address, &module.source, place.clone());
        }
    }
    for (key, template) in program.templates.parsed().filter(|(key, _)| program.own(key)) {
        debug_assert!(!key.is_empty(), "a template has a path");
        for (tag, address, place) in template.addresses() {
            let list = match tag {
                "web-view" => List::Webview,
                "image" | "cover-image" => List::Image,
                "video" | "audio" => List::Media,
                _ => List::of_address(&address),
            };
            see(list, &address, template.source(), place);
        }
    }
    if List::Image.of(domains).is_some() {
        let own: Vec<&String> = program.styles.iter().filter(|file| program.own(file)).collect();
        for source in own.into_iter().filter_map(|file| program.tree.known(file)) {
            for (address, place) in style_addresses(&source.text) {
                see(List::Image, &address, &source, place);
            }
        }
    }
    report(program, &missing, diagnostics);
}

/// One finding for all, since they are mended at one place.
fn report(program: &Program<'_>, missing: &Missing, diagnostics: &mut Diagnostics) {
    let Some((first, place)) = missing.values().flat_map(BTreeMap::values).next() else { return };
    let domains = &program.project.domains;
    let hosts: BTreeSet<&str> =
        missing.values().flat_map(BTreeMap::keys).map(|origin| host(origin)).collect();
    let lines: Vec<String> = missing
        .iter()
        .map(|(list, origins)| {
            let known = list.of(domains).iter().flatten();
            let all: Vec<&String> = known.chain(origins.keys()).collect();
            format!("\"{}\": {}", list.key(), serde_json::json!(all).to_string().replace("\",\"", "\", \""))
        })
        .collect();
    let mut help = match &program.project.lodger {
        Some(_) => format!("in \"domains\" of lodger.json write:\n  {}", lines.join(",\n  ")),
        None => format!(
            "make a file lodger.json beside project.config.json:\n  {{\n    \"domains\": {{\n      {}\n    }}\n  }}",
            lines.join(",\n      ")
        ),
    };
    for (origin, (source, place)) in missing.values().flatten() {
        let (line, column) = source.position(place.start);
        help.push_str(&format!("\n{} is first named at {}:{line}:{column}", host(origin), source.shown));
    }
    let count = hosts.len();
    let (who, verb) = if count == 1 { ("host is", "it") } else { ("hosts are", "them") };
    let message = format!("{count} {who} not listed in lodger.json, so a release cannot reach {verb}");
    let finding = Finding::warning(codes::UNLISTED_HOST, message).help(help);
    let listed = program.project.lodger.as_ref().and_then(|document| {
        document
            .root
            .get("domains")
            .map(|node| (document.source.clone(), node.range.start..node.range.start + 1))
    });
    diagnostics.add(match listed {
        Some((source, place)) => finding.at(&source, place),
        None => finding.at(first, place.clone()),
    });
}

/// `https://host[:port]` of an address; none where the host is no whole public name (`localhost`, `api.`).
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let name = authority.split(':').next().unwrap_or(authority);
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    (name.contains('.') && name.split('.').all(label))
        .then(|| format!("{scheme}://{}", authority.to_ascii_lowercase()))
}

fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn style_addresses(css: &str) -> Vec<(String, Range<usize>)> {
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"url\(\s*["']?(https://[^"')\s]+)"#).expect("a constant pattern"));
    let address = |groups: regex::Captures<'_>| {
        groups.get(1).map(|address| (address.as_str().to_owned(), address.range()))
    };
    PATTERN.captures_iter(css).filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_hosts_only() {
        assert_eq!(origin("https://API.shop.cn:8443/a?b").as_deref(), Some("https://api.shop.cn:8443"));
        for part in ["https://", "https://api.", "https://localhost/x", "https://a b.c/"] {
            assert_eq!(origin(part), None, "{part}");
        }
    }

    #[test]
    fn tells_what_an_address_is_for() {
        assert_eq!(List::of_address("wss://a.b/c"), List::Socket);
        assert_eq!(List::of_address("https://a.b/c.PNG?x=1"), List::Image);
        assert_eq!(List::of_address("https://a.b/c.mp4"), List::Media);
        assert_eq!(List::of_address("https://a.b/c"), List::Request);
    }
}
