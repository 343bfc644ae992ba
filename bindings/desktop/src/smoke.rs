//! Opens every page of a program, each in a session of its own, and says which are not clean.
use crate::{
    Error, Program,
    drive::{Driver, DriverOptions, WebEngine},
    event::HostEvent,
    host::protocol::Entry,
};
use lodger_engine::NetworkTrace;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A page is done when it has been quiet for this long after it was ready.
const QUIET: Duration = Duration::from_millis(250);

/// What went wrong on one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SmokeFailure {
    /// Page path.
    pub page: String,
    /// `script-error`, `resource`, `time-out`, or the code of the session's failure.
    pub kind: String,
    /// With file:line where there is one.
    pub message: String,
}

/// The outcome, as `lodger smoke --json` prints it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SmokeReport {
    /// Pages opened.
    pub pages: usize,
    /// Pages without a failure.
    pub clean: usize,
    /// All failures, in page order.
    pub failed: Vec<SmokeFailure>,
    /// Remote addresses that gave no answer; no fault of the program.
    pub unreachable: BTreeSet<String>,
    /// `wx` functions that the program used and that do not exist, with the number of pages that used them.
    pub missing: BTreeMap<String, u32>,
    /// Median of the pages' first content in milliseconds since navigation, by engine.
    pub first_content_ms: BTreeMap<&'static str, f64>,
}

/// Opens every page; `progress` hears each path before it is opened.
///
/// # Errors
/// When the engine cannot be used; what is wrong with the program is in the report.
pub fn smoke(
    program: &Program,
    engine: WebEngine,
    options: DriverOptions,
    mut progress: impl FnMut(&str),
) -> Result<SmokeReport, Error> {
    let mut driver = Driver::new(engine, options)?;
    let mut report = SmokeReport::default();
    let mut times = Vec::new();
    for page in &program.bundle.index.pages {
        progress(page);
        let failures = visit(&mut driver, program, page)?;
        report.pages += 1;
        report.clean += usize::from(failures.is_empty());
        report.failed.extend(failures);
        report.unreachable.extend(driver.events().iter().filter_map(unreachable));
        let mut used: Vec<_> = driver
            .events()
            .iter()
            .filter_map(|event| match event {
                HostEvent::Missing { api } => Some(api.clone()),
                HostEvent::FirstContent { ms } => {
                    times.push(*ms);
                    None
                }
                _ => None,
            })
            .collect();
        used.sort_unstable();
        used.dedup();
        for api in used {
            *report.missing.entry(api).or_default() += 1;
        }
    }
    if let Some(median) = median(&mut times) {
        report.first_content_ms.insert(engine.name(), median);
    }
    Ok(report)
}

/// Opens one page and collects what it reports until it is quiet.
fn visit(driver: &mut Driver, program: &Program, page: &str) -> Result<Vec<SmokeFailure>, Error> {
    let failure =
        |kind: &str, message: String| SmokeFailure { page: page.to_owned(), kind: kind.to_owned(), message };
    let ready = match driver.open(program, Entry::page(page)) {
        // A page may send the user on to another at once: whichever is ready will do.
        Ok(()) => driver.wait("the page", |event| matches!(event, HostEvent::PageReady { .. })).map(drop),
        Err(error) => Err(error),
    };
    let ready = ready.and_then(|()| driver.first_content().map(drop));
    let mut failures = Vec::new();
    match ready {
        Ok(()) => driver.settle(QUIET)?,
        Err(Error::Session { message, code }) => failures.push(failure(&code, message)),
        Err(Error::Engine(error)) => failures.push(failure(&error.code, error.message)),
        Err(error @ Error::TimeOut { .. }) => failures.push(failure("time-out", error.to_string())),
        Err(error) => return Err(error),
    }
    failures.extend(driver.events().iter().filter_map(|event| match event {
        HostEvent::ScriptError { message, stack, .. } if !is_no_network(message) => {
            Some(failure("script-error", format!("{message}\n{stack}")))
        }
        HostEvent::Resource { path, status } if unreachable(event).is_none() => {
            Some(failure("resource", format!("{path} was answered with {status}")))
        }
        HostEvent::Refused { what, url } => Some(failure("refused", format!("{what} to {url}"))),
        _ => None,
    }));
    Ok(failures)
}

/// What a transfer says that reached no server.
const NO_CONNECTION: &str = "could not connect";

/// A program that does not handle a failed request: without its server, that says nothing about the program.
fn is_no_network(message: &str) -> bool {
    message.starts_with("unhandled promise rejection: ")
        && message.contains(&format!(":fail {NO_CONNECTION}"))
}

/// The address of a remote resource that could not be fetched for no fault of the program.
fn unreachable(event: &HostEvent) -> Option<String> {
    match event {
        HostEvent::Resource { path, status: 500.. } => path
            .strip_prefix("/.lodger/fetch/")
            .map(|url| percent_encoding::percent_decode_str(url).decode_utf8_lossy().into_owned()),
        HostEvent::Network(NetworkTrace { url, end: Some(end), .. })
            if end.error.as_deref().is_some_and(|error| error.contains(NO_CONNECTION)) =>
        {
            Some(url.split('?').next().unwrap_or_default().to_owned())
        }
        _ => None,
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_the_documented_shape() {
        let report = SmokeReport {
            pages: 2,
            clean: 1,
            failed: vec![SmokeFailure { page: "p".into(), kind: "time-out".into(), message: "m".into() }],
            unreachable: BTreeSet::new(),
            missing: [("wx.x".to_owned(), 3)].into(),
            first_content_ms: [("webkit", 12.5)].into(),
        };
        assert_eq!(
            serde_json::to_value(report).unwrap(),
            serde_json::json!({
                "pages": 2, "clean": 1, "failed": [{"page": "p", "kind": "time-out", "message": "m"}],
                "unreachable": [], "missing": {"wx.x": 3}, "first_content_ms": {"webkit": 12.5},
            })
        );
    }

    #[test]
    fn only_what_is_remote_and_gives_no_answer_is_unreachable() {
        let event = |path: &str, status| HostEvent::Resource { path: path.into(), status };
        let remote = event("/.lodger/fetch/https%3A%2F%2Fa.test%2Fx", 502);
        assert_eq!(unreachable(&remote).as_deref(), Some("https://a.test/x"));
        for (path, status) in [("/.lodger/fetch/x", 403), ("/.lodger/fetch/x", 404), ("/p/x.png", 500)] {
            assert_eq!(unreachable(&event(path, status)), None, "{path} {status}");
        }
    }

    #[test]
    fn a_request_without_a_server_is_no_fault_of_the_program() {
        assert!(is_no_network("unhandled promise rejection: request:fail could not connect: refused"));
        for message in [
            "unhandled promise rejection: request:fail timeout",
            "unhandled promise rejection: login:fail not supported",
            "Error: could not connect",
        ] {
            assert!(!is_no_network(message), "{message}");
        }
    }

    #[test]
    fn medians() {
        assert_eq!((median(&mut [3.0, 1.0, 2.0]), median(&mut [])), (Some(2.0), None));
    }
}
