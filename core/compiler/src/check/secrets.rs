//! Secrets in files that everyone who opens the program gets. What was found is never repeated, only its place.
//!
//! The shapes follow the rules of gitleaks; a rule that would be wrong often in real programs is not taken.
use super::Program;
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    path,
    source::Source,
};
use regex::Regex;
use std::{collections::BTreeSet, ops::Range, rc::Rc, sync::LazyLock};

/// A kind of secret: what it is, what to do, and its shape, where the first group is the secret.
struct Rule {
    what: &'static str,
    help: &'static str,
    shape: Regex,
    /// Bits a character that a real one has at least; placeholders ("xxxx") have fewer.
    entropy: f64,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |what, help, shape: &str, entropy| Rule {
        what,
        help,
        shape: Regex::new(shape).expect("a constant pattern"),
        entropy,
    };
    let wechat = "reset it in WeChat's console, and keep it on your server: only the server logs in with it";
    let pay = "change it in WeChat Pay's console, and keep it on your server: only the server signs orders";
    let cloud = "revoke the key in the cloud's console; let your server hand out short-lived ones";
    vec![
        rule(
            "the app secret",
            wechat,
            r#"(?i)(?:secret|app_?secret|wx_?secret)["']?\s*[:=]\s*["'`]?([0-9a-f]{32})\b"#,
            3.0,
        ),
        rule(
            "an API v3 key of WeChat Pay",
            pay,
            r#"(?i)(?:api_?v3(?:_?key)?|mch_?(?:api_?|secret_?)?key|(?:wx|wechat)_?pay_?key|partner_?key)["']?\s*[:=]\s*["'`]([0-9a-z]{32})["'`]"#,
            3.0,
        ),
        rule(
            "a private key",
            "make a new key pair, and keep the private key on your server",
            r"(-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\nr,:\x22'-]{64,}?-----END)",
            0.0,
        ),
        rule("an access key of Amazon's cloud", cloud, r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b", 3.0),
        rule("an access key of Alibaba's cloud", cloud, r"\b(LTAI[0-9A-Za-z]{12,20})\b", 3.0),
        rule("an access key of Tencent's cloud", cloud, r"\b(AKID[0-9A-Za-z]{32})\b", 3.5),
    ]
});

/// Files whose text people write; pictures and the like hold no secrets that can be told from noise.
const TEXT: [&str; 17] = [
    "js", "ts", "cjs", "mjs", "wxml", "wxss", "wxs", "less", "scss", "sass", "json", "geojson", "txt", "csv",
    "pem", "cer", "svg",
];

pub(super) fn check(program: &mut Program<'_>, diagnostics: &mut Diagnostics) {
    let mut files: BTreeSet<String> = program.modules.values().map(|m| m.source.path.clone()).collect();
    files.extend(program.templates.files());
    files.extend(program.styles.iter().chain(&program.others).cloned());
    for file in files.iter().filter(|file| TEXT.contains(&path::extension(file).as_str())) {
        if !program.own(file) {
            continue;
        }
        let Some(source) = text(program, file) else { continue };
        for (rule, range) in find(&source.text) {
            let ((first, _), (last, _)) = (source.position(range.start), source.position(range.end));
            diagnostics.hide(&source.shown, &(first..last + 1));
            let message = format!("{} is in a file that everyone who opens the program can read", rule.what);
            let masked = Source::new(source.path.clone(), source.shown.clone(), mask(&source.text, &range));
            diagnostics.add(Finding::error(codes::SECRET, message).help(rule.help).at(&masked, range));
        }
    }
}

/// The text of a file, known already or read for this; what is no text holds nothing to find.
fn text(program: &mut Program<'_>, file: &str) -> Option<Rc<Source>> {
    if let Some(source) = program.tree.known(file) {
        return Some(source);
    }
    let shown = program.tree.shown(file);
    let bytes = program.tree.bytes(file, &mut Diagnostics::default())?;
    Some(Rc::new(Source::new(file.to_owned(), shown, String::from_utf8(bytes).ok()?)))
}

fn find(text: &str) -> Vec<(&'static Rule, Range<usize>)> {
    let mut found: Vec<(&Rule, Range<usize>)> = Vec::new();
    for rule in RULES.iter() {
        for groups in rule.shape.captures_iter(text) {
            let Some(secret) = groups.get(1) else { continue };
            let placeholder = entropy(secret.as_str()) < rule.entropy || secret.as_str().ends_with("EXAMPLE");
            if !placeholder && !found.iter().any(|(_, known)| known.contains(&secret.start())) {
                found.push((rule, secret.range()));
            }
        }
    }
    found
}

/// Shannon's entropy in bits a character.
fn entropy(text: &str) -> f64 {
    let length = text.chars().count() as f64;
    let letters: BTreeSet<char> = text.chars().collect();
    let share = |letter: &char| text.chars().filter(|c| c == letter).count() as f64 / length;
    letters.iter().map(share).map(|share| -share * share.log2()).sum()
}

/// The text with stars in a range; line ends stay, so that places do.
fn mask(text: &str, range: &Range<usize>) -> String {
    let inside = text[range.clone()].chars().map(|c| if c == '\n' { '\n' } else { '*' });
    text[..range.start].chars().chain(inside).chain(text[range.end..].chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up, and in two halves: no tool that looks for secrets shall stumble over this file.
    const HEX: [&str; 2] = ["3f9a1c7e5b2d8046", "91d7e3a5c0f2b864"];

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|(rule, _)| rule.what).collect()
    }

    #[test]
    fn finds_each_kind() {
        let hex = HEX.concat();
        assert_eq!(kinds(&format!("const appSecret = '{hex}'")), ["the app secret"]);
        assert_eq!(kinds(&format!("{{\"secret\": \"{hex}\"}}")), ["the app secret"]);
        assert_eq!(kinds(&format!("'https://h/token?appid=wx1&secret={hex}&x=1'")), ["the app secret"]);
        let upper = hex.to_uppercase().replace('0', "Z");
        assert_eq!(kinds(&format!("apiV3Key: \"{upper}\"")), ["an API v3 key of WeChat Pay"]);
        assert_eq!(kinds(&format!("mch_key = '{hex}'")), ["an API v3 key of WeChat Pay"]);
        let key = format!("-----BEGIN {} KEY-----\\n{}\\n-----END", "RSA PRIVATE", hex.repeat(3));
        assert_eq!(kinds(&key), ["a private key"]);
        assert_eq!(kinds(&["x AKIA", "QZ7P3M5RWX2TJ6VL"].concat()), ["an access key of Amazon's cloud"]);
        assert_eq!(kinds(&["LTAI", "5tQm8ZpR2vKx7WnB4cYd"].concat()), ["an access key of Alibaba's cloud"]);
        assert_eq!(
            kinds(&["AKID", "z8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"].concat()),
            ["an access key of Tencent's cloud"]
        );
    }

    #[test]
    fn leaves_alone_what_only_looks_like_one() {
        let hex = HEX.concat();
        for text in [
            format!("md5: '{hex}'"),
            "appSecret: '00000000000000000000000000000000'".to_owned(),
            format!("secretary = {{ id: '{hex}' }}"),
            "const AKIA = 1; 'AKIAIOSFODNN7EXAMPLE'".to_owned(),
            "-----BEGIN PRIVATE KEY-----\\n...\\n-----END".to_owned(),
            format!("src: 'https://cdn/{hex}.png'"),
        ] {
            assert!(kinds(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hides_what_it_found() {
        assert_eq!(mask("a\nkey=b你\nc", &(6..10)), "a\nkey=**\nc");
    }
}
