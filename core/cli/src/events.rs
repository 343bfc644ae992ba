//! What a running program reports, printed for a person; and which of it counts as an error.

use crate::output::{DIM, ERROR, WARNING};
use lodger_desktop::HostEvent;

/// One line or a few for a person; None for what only machines want.
pub fn text(event: &HostEvent) -> Option<String> {
    if let Some(error) = error(event) {
        return Some(format!("{ERROR}error{ERROR:#}: {error}"));
    }
    Some(match event {
        HostEvent::FirstContent { ms } => format!("{DIM}first content after {ms:.0} ms{DIM:#}"),
        HostEvent::Console { level, text, stack } => {
            let style = match level.as_str() {
                "error" => ERROR,
                "warn" => WARNING,
                _ => DIM,
            };
            let place = stack.as_deref().and_then(first_place);
            format!(
                "{style}{level}{style:#}: {text}{}",
                place.map(|place| format!(" {DIM}({place}){DIM:#}")).unwrap_or_default()
            )
        }
        HostEvent::Missing { api } => {
            format!("{WARNING}missing{WARNING:#}: {api} does not exist in Lodger")
        }
        HostEvent::Warning { text } => format!("{WARNING}warning{WARNING:#}: {text}"),
        HostEvent::Share { title, path } => format!("share: {title} ({path})"),
        _ => return None,
    })
}

/// What is wrong, if the event says that something is.
pub fn error(event: &HostEvent) -> Option<String> {
    match event {
        HostEvent::ScriptError { message, stack, page } => {
            Some(format!("{page}: {message}\n{}", stack.trim_end()))
        }
        // A remote server that gives no answer is no fault of the program.
        HostEvent::Resource { path, status: 500.. } if path.starts_with("/.lodger/fetch/") => None,
        HostEvent::Resource { path, status } => Some(format!("{path} was answered with {status}")),
        HostEvent::Refused { what, url } => Some(format!("refused: {what} to {url}")),
        HostEvent::Failed { code, message, .. } => Some(format!("{message} ({code})")),
        _ => None,
    }
}

/// The first place of a stack in the project's own source.
fn first_place(stack: &str) -> Option<&str> {
    let word = stack.lines().next()?.rsplit(['@', ' ', '(']).next()?;
    let place = word.trim_end_matches(')');
    (place.contains(':') && !place.contains("://")).then_some(place)
}
