//! What the template compiler finds, in words that say what to do.
use super::{directive, severity};
use crate::{
    codes,
    diagnostic::{Finding, Severity},
    source::Source,
};
use glass_easel_template_compiler::parse::{ParseError, ParseErrorKind as Kind};
use std::ops::Range;

/// A finding for what the template compiler says, at its place; `None` for notes of style.
pub(super) fn finding(kind: &Kind, source: &Source, range: Range<usize>) -> Option<(Severity, Finding)> {
    let severity = severity(kind)?;
    let found = source.text.get(range.clone()).unwrap_or("");
    let attribute = attribute_at(source, range.start);
    let plain = |message: String, help: &str| {
        let code = if severity == Severity::Error { codes::TEMPLATE_SYNTAX } else { codes::TEMPLATE_SUSPECT };
        let help = (!help.is_empty()).then(|| help.to_owned());
        Finding::new(severity, code, message).maybe_help(help).at(source, range.clone())
    };
    let finding = match kind {
        Kind::MissingEndTag => plain(
            format!("<{found}> is never closed"),
            &format!("write </{found}>, or <{found} … /> where it holds nothing"),
        ),
        Kind::InvalidEndTag => {
            let tag = tag_name(found);
            plain(
                format!("</{tag}> closes nothing"),
                "the tag that is open here has another name: correct one of the two, or take this out",
            )
        }
        Kind::InvalidAttributePrefix | Kind::InvalidAttributeName if !attribute.is_empty() => {
            let name = &source.text[attribute.clone()];
            let message = format!("{name} is not part of WXML and is left out");
            Finding::warning(codes::UNKNOWN_DIRECTIVE, message)
                .maybe_help(directive::advice(name))
                .at(source, attribute)
        }
        Kind::InvalidAttribute if found == "wx:elif" || found == "wx:else" => plain(
            format!("{found} without wx:if"),
            "it must stand on the element right after the one with wx:if or wx:elif",
        ),
        Kind::InvalidAttribute if found.starts_with("wx:") => {
            plain(format!("{found} without wx:for"), "write wx:for=\"{{ list }}\" on the same element")
        }
        Kind::InvalidAttribute => {
            plain(format!("the attribute \"{found}\" means nothing on this element"), "take it out")
        }
        Kind::DuplicatedAttribute => {
            plain(format!("the attribute \"{found}\" stands here twice"), "take one of the two out")
        }
        Kind::MissingExpressionEnd => plain("{{ is never closed".to_owned(), "write }} after the expression"),
        Kind::UnexpectedExpressionCharacter => plain(
            "the expression between {{ and }} cannot be understood".to_owned(),
            "one expression stands there, such as {{ price * count }}; every bracket and quote in it is closed",
        ),
        Kind::IncompleteConditionExpression => {
            plain("the condition is not complete".to_owned(), "write {{ test ? yes : no }}")
        }
        Kind::UnmatchedBracket => plain("a bracket is not closed".to_owned(), "write ] or } before }}"),
        Kind::UnmatchedParenthesis => plain("a parenthesis is not closed".to_owned(), "write ) before }}"),
        Kind::IncompleteTag => plain("a tag is not complete".to_owned(), "end it with >"),
        Kind::EmptyExpression => {
            plain("nothing stands between {{ and }}".to_owned(), "write an expression, or take both out")
        }
        Kind::ShouldQuoted => {
            plain("a value without quotes".to_owned(), "put double quotes around the value")
        }
        Kind::MissingSourcePath => plain("src is missing".to_owned(), "write src=\"./file\""),
        Kind::MissingModuleName => plain("<wxs> has no module".to_owned(), "write module=\"name\""),
        Kind::ChildNodesNotAllowed => {
            plain("nothing may stand inside this element".to_owned(), "close it with />")
        }
        _ => plain(format!("WXML: {kind}"), ""),
    };
    Some((severity, finding))
}

/// Leaves out what only follows from another slip: `wx:key` beside a misspelt `wx:for`.
pub(super) fn without_echoes(source: &Source, all: Vec<ParseError>) -> Vec<ParseError> {
    let misspelt: Vec<u32> = all
        .iter()
        .filter(|error| matches!(error.kind, Kind::InvalidAttributePrefix | Kind::InvalidAttributeName))
        .map(|error| error.location.start.line)
        .collect();
    let echo = |error: &ParseError| {
        let range = super::range(source, &error.location);
        let found = source.text.get(range).unwrap_or("");
        matches!(error.kind, Kind::InvalidAttribute)
            && matches!(found, "wx:key" | "wx:for-item" | "wx:for-index")
            && misspelt.contains(&error.location.start.line)
    };
    all.into_iter().filter(|error| !echo(error)).collect()
}

/// The whole name of the attribute that starts at an offset.
fn attribute_at(source: &Source, start: usize) -> Range<usize> {
    let rest = source.text.get(start..).unwrap_or("");
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
    start..start + end
}

fn tag_name(text: &str) -> &str {
    text.trim_start_matches(['<', '/']).split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or(text)
}
