//! Long contents, files as pictures, and transfers of megabytes. Each function and method has its cases in the program
//! `functions`.
use crate::{
    harness::{driver, in_both_engines, program},
    sink::{Hit, Page, Sink},
};
use lodger_desktop::{Entry, HostEvent};

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

in_both_engines! {
    fn long_contents_and_pictures_of_the_programs_own_files(engine) {
        let mut driver = driver(engine);
        driver.open(&program("files"), Entry::default()).unwrap();
        driver.wait("the end", |event| line(event).is_some_and(|text| text == "DONE" || text.starts_with("FAIL run"))).unwrap();
        let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
        let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
        assert!(passed == 5, "only {passed} checks ran");
    }
}

/// Three million bytes that differ from place to place.
fn file() -> Vec<u8> {
    (0..3_000_000_u32).map(|at| (at % 251) as u8).collect()
}

fn contains(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|part| part == text.as_bytes())
}

fn answer(hit: &Hit) -> Page {
    const BYTES: &str = "application/octet-stream";
    match hit.path.as_str() {
        "/file.bin" => (BYTES, file()),
        "/sha256" => ("text/plain", lodger_bundle::Digest::of(&file()).to_hex().into_bytes()),
        "/big" => (BYTES, vec![7; 24 << 20]),
        "/echo" => (BYTES, hit.body.clone()),
        "/upload" => {
            let seen = |text: &str| contains(&hit.body, text);
            let told = serde_json::json!({
                "length": hit.body.len(),
                "xa": hit.headers.get("x-a"),
                "user": seen("name=\"user\"\r\n\r\nZoë\r\n"),
                "n": seen("name=\"n\"\r\n\r\n3\r\n"),
                "file": seen("name=\"file\"; filename=\"x.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
                "png": seen("filename=\"tiny.png\"\r\nContent-Type: image/png\r\n\r\n"),
            });
            ("application/json", told.to_string().into_bytes())
        }
        _ => ("text/plain", b"?".to_vec()),
    }
}

in_both_engines! {
    fn downloads_uploads_and_requests_tell_their_progress(engine) {
        let sink = Sink::new(answer);
        let mut driver = driver(engine);
        let query = [("base".to_owned(), sink.url(""))].into();
        driver.open(&program("files"), Entry { query, ..Entry::page("pages/net/net") }).unwrap();
        driver.wait("the end", |event| line(event) == Some("DONE")).unwrap();
        let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
        let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
        assert!(passed > 20, "only {passed} checks ran");
    }
}
