use super::*;
use proptest::prelude::*;

fn policy(request: Option<&[&str]>, development: bool) -> UrlPolicy {
    let request = request.map(|list| list.iter().map(|entry| (*entry).to_owned()).collect());
    UrlPolicy::new(&Domains { request, ..Domains::default() }, development)
}

fn normal(text: &str) -> Result<String, UrlError> {
    WebUrl::parse(text).map(|url| url.to_string())
}

#[test]
fn row_25_what_looks_like_a_listed_host_is_refused() {
    let policy = policy(Some(&["api.example.com", "https://pay.example.com:8443"]), false);
    for text in [
        "https://api.example.com.evil.com/",
        "https://evil-api.example.com/",
        "https://sub.api.example.com/",
        "https://evil.com/https://api.example.com/",
        "https://evil.com?https://api.example.com/",
        "https://evil.com#@api.example.com/",
        "https://api.example.com@evil.com/",
        "https://api.example.com:443@evil.com/",
        "https://user:secret@api.example.com/",
        "https://evil.com\\@api.example.com/",
        "https://api.example.com\\.evil.com/",
        "https://api.example.com\\evil",
        "https:\\\\api.example.com/",
        "https:/api.example.com/",
        "https:api.example.com/",
        "//api.example.com/",
        "http://api.example.com/",
        "javascript:alert(1)//https://api.example.com/",
        "javascript://api.example.com/%0aalert(1)",
        "data:text/html,https://api.example.com/",
        "content://api.example.com/x",
        "file:///etc/passwd",
        "file://api.example.com/x",
        "blob:https://api.example.com/1",
        "https://api.example.com./",
        "https://api..example.com/",
        "https://.api.example.com/",
        "https://api.example.com:/",
        "https://api.example.com:0/",
        "https://api.example.com:8443/",
        "https://api.example.com:+443/",
        "https://api.example.com:00000443/",
        "https://pay.example.com/",
        "https://pay.example.com:443/",
        "https://аpi.example.com/",
        "https://api。example.com/",
        "https://xn--pi-7kc.example.com/",
        "https://api%2eexample.com/",
        "https://api.example.com%00.evil.com/",
        "https://api.example.com\t/",
        "https://api.example\n.com/",
        " https://api.example.com/",
        "https://api.example.com /",
        "https://api.example.com/a\u{0}b",
        "https://api.example.com/a\r\nHost: evil.com",
        "",
        "https://",
        "https:///api.example.com",
    ] {
        assert!(policy.check(UrlUse::Request, text).is_err(), "{text:?} was allowed");
    }
}

#[test]
fn row_25_what_is_listed_is_allowed_in_one_normal_form() {
    let policy = policy(Some(&["api.example.com", "https://pay.example.com:8443"]), false);
    for (text, expected) in [
        ("https://api.example.com", "https://api.example.com/"),
        ("HTTPS://API.Example.COM:443/A?b=C#d", "https://api.example.com/A?b=C"),
        ("https://api.example.com?x", "https://api.example.com/?x"),
        ("https://pay.example.com:8443/x", "https://pay.example.com:8443/x"),
        (
            "https://api.example.com/订单 1?q=咖啡",
            "https://api.example.com/%E8%AE%A2%E5%8D%95%201?q=%E5%92%96%E5%95%A1",
        ),
        ("https://api.example.com/%2F..%5C?a=\\", "https://api.example.com/%2F..%5C?a=%5C"),
        ("https://api.example.com/@x", "https://api.example.com/@x"),
    ] {
        let allowed = policy.check(UrlUse::Request, text).expect(text);
        assert_eq!(allowed.url.to_string(), expected);
        assert!(!allowed.undeclared);
    }
}

#[test]
fn addresses_have_one_spelling() {
    assert_eq!(normal("https://[0:0::1]:8443/").as_deref(), Ok("https://[::1]:8443/"));
    assert_eq!(normal("http://127.0.0.1:80/").as_deref(), Ok("http://127.0.0.1/"));
    for text in [
        "http://127.1/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://1.2.3.0x4/",
        "http://[fe80::1%25eth0]/",
        "http://a.1/",
    ] {
        assert_eq!(normal(text), Err(UrlError::Host), "{text}");
    }
}

#[test]
fn an_address_that_is_not_closed_is_refused() {
    assert_eq!(normal("http://[::1/"), Err(UrlError::Port));
    assert_eq!(normal("http://[::1"), Err(UrlError::Port));
    assert_eq!(normal("http://[]/"), Err(UrlError::Host));
    assert_eq!(normal("http://[::1]x:80/"), Err(UrlError::Host));
}

#[test]
fn without_a_list_only_development_reaches_the_network() {
    assert_eq!(policy(None, false).check(UrlUse::Request, "https://a.example/"), Err(Refusal::NotListed));
    let allowed = policy(None, true).check(UrlUse::Request, "http://127.0.0.1:3000/x").expect("development");
    assert!(allowed.undeclared);
    assert!(policy(Some(&[]), true).check(UrlUse::Request, "https://a.example/").is_err());
    let listed = policy(Some(&["http://127.0.0.1:3000"]), true);
    assert!(listed.check(UrlUse::Request, "http://127.0.0.1:3000/x").is_ok());
    assert!(listed.check(UrlUse::Request, "http://127.0.0.1:3001/x").is_err());
}

#[test]
fn images_and_media_default_to_any_https() {
    let policy = policy(Some(&[]), false);
    assert!(policy.check(UrlUse::Image, "https://cdn.example/a.png").is_ok());
    assert!(policy.check(UrlUse::Media, "https://cdn.example/a.mp3").is_ok());
    assert!(policy.check(UrlUse::Image, "http://cdn.example/a.png").is_err());
    assert_eq!(policy.media_sources(), ["https:"]);
}

#[test]
fn list_entries_cannot_inject_into_the_csp() {
    let media = [
        "cdn.example",
        "https://v.example:8443",
        "x; script-src *",
        "https://a.example/path",
        "http://b.example",
        "*",
    ];
    let domains = Domains { media: Some(media.map(str::to_owned).to_vec()), ..Domains::default() };
    let sources = UrlPolicy::new(&domains, false).media_sources();
    assert_eq!(sources, ["https://cdn.example", "https://v.example:8443"]);
}

#[test]
fn redirects_resolve_against_the_page_they_come_from() {
    let base = WebUrl::parse("https://a.example/x/y?z").expect("plain");
    for (location, expected) in [
        ("https://b.example/", "https://b.example/"),
        ("//b.example/q", "https://b.example/q"),
        ("/q?r", "https://a.example/q?r"),
        ("q", "https://a.example/x/q"),
        ("?r", "https://a.example/x/y?r"),
    ] {
        assert_eq!(base.join(location).map(|url| url.to_string()).as_deref(), Ok(expected), "{location}");
    }
    for location in ["javascript:alert(1)", "file:///x", "https:b", "\\\\b.example", "//u@b.example/"] {
        assert!(base.join(location).is_err(), "{location}");
    }
}

/// Text with the characters that URL parsers disagree about.
fn tricky() -> impl Strategy<Value = String> {
    "(https|http|HTTPS|://|/|//|\\\\|@|:|443|\\.|api\\.example\\.com|evil\\.com|%2e|%00|\\[::1\\]|#|\\?|\t|\n|[а-я]|。|\\PC){0,12}"
}

proptest! {
    #[test]
    fn row_25_whatever_the_text_only_the_listed_origin_is_reached(tail in tricky(), prefixed in any::<bool>()) {
        let text = if prefixed { format!("https://{tail}") } else { tail };
        if let Ok(allowed) = policy(Some(&["api.example.com"]), false).check(UrlUse::Request, &text) {
            let written = allowed.url.to_string();
            prop_assert!(written.starts_with("https://api.example.com/"));
            prop_assert!(written.bytes().all(|b| b.is_ascii_graphic()));
        }
    }

    #[test]
    fn the_normal_form_reads_back_to_itself(tail in tricky()) {
        if let Ok(url) = WebUrl::parse(&format!("https://a{tail}")) {
            prop_assert_eq!(WebUrl::parse(&url.to_string()), Ok(url));
        }
    }
}
