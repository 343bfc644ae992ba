//! Resource URLs and the URLs that programs name: no panic, one origin, one normal form.
#![no_main]
use libfuzzer_sys::fuzz_target;
use lodger_engine::{
    origin::{path_within, percent_decode},
    url_policy::WebUrl,
};

const ORIGIN: &str = "lodger://m0123456789abcdef0123456789abcdef";

fuzz_target!(|text: &str| {
    if let Some(path) = path_within(ORIGIN, text) {
        assert!(path.starts_with('/') && text.starts_with(ORIGIN));
        assert!(!path.contains(['?', '#']));
    }
    if let Some(decoded) = percent_decode(text) {
        assert!(!decoded.contains(['\0', '\\']));
    }
    if let Ok(url) = WebUrl::parse(text) {
        let written = url.to_string();
        assert!(written.bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(WebUrl::parse(&written).as_ref(), Ok(&url));
        if let Ok(next) = url.join(text) {
            assert!(next.to_string().starts_with(&next.origin()));
        }
    }
});
