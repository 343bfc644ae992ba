//! Functions of the device, sockets and pictures: a program uses them, by taps, in both engines.
use crate::{
    harness::{Told, driver, in_both_engines, picture, program, vanishes},
    sockets::Server,
};
use lodger_desktop::{Entry, HostEvent, Key, Target, WebEngine};
use std::path::Path;

fn open(engine: WebEngine, port: u16) -> Told {
    let mut driver = driver(engine);
    let query = [("port".to_owned(), port.to_string())].into();
    driver.open(&program("device"), Entry { query, ..Entry::page("pages/index/index") }).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver
}

/// What the program said of `name`, as JSON.
fn said(driver: &mut Told, name: &str) -> String {
    let line = |event: &HostEvent| match event {
        HostEvent::Console { text, .. } => text.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned),
        _ => None,
    };
    if let Some(said) = driver.events().iter().find_map(line) {
        return said;
    }
    line(&driver.wait(name, |event| line(event).is_some()).unwrap()).unwrap()
}

in_both_engines! {
    fn the_clipboard_keeps_what_it_is_given(engine) {
        let mut driver = open(engine, 9);
        for (name, value) in [
            ("can", "[true,true,false,true]"),
            ("vibrate failed", r#""vibrateShort:fail not supported""#),
            ("battery", r#""number""#),
            ("network", "true"),
            ("copy failed", r#""setClipboardData:fail parameter error: parameter.data should be String instead of Number;""#),
            ("socket failed", r#""connectSocket:fail invalid url: url must start with wss://""#),
            ("send failed", r#""sendSocketMessage:fail WebSocket is not connected""#),
        ] {
            assert_eq!(said(&mut driver, name), value, "{name}");
        }
        driver.tap(&Target::css(".copy")).unwrap();
        driver.find(&Target::text("内容已复制")).unwrap();
        assert_eq!(said(&mut driver, "clipboard"), r#"["咖啡 ☕\nsecond line","getClipboardData:ok"]"#);
    }

    fn a_socket_carries_text_and_bytes_in_order_and_ends_with_codes(engine) {
        let server = Server::start();
        let mut driver = open(engine, server.port);
        driver.tap(&Target::css(".socket")).unwrap();
        for (name, value) in [
            ("connect", r#""connectSocket:ok""#),
            ("global open", "true"),
            ("protocol", r#""chat""#),
            ("got", r#"["first5",[3,255],"ééééé100000",[70000,7],"last4"]"#),
            ("close", r#"[3001,"enough",3]"#),
            ("closed", r#"[4000,"closing time"]"#),
            ("none", r#""Unexpected response code: 404""#),
        ] {
            assert_eq!(said(&mut driver, name), value, "{name}");
        }
        let traced = |event: &HostEvent| {
            matches!(event, HostEvent::Network(transfer) if transfer.url.ends_with("/echo") && transfer.end.is_some())
        };
        assert!(driver.events().iter().any(traced), "the console hears of it");
    }

    fn pictures_are_measured_made_smaller_and_shown_large(engine) {
        let mut driver = open(engine, 9);
        driver.tap(&Target::css(".picture")).unwrap();
        assert_eq!(said(&mut driver, "info"), r#"[64,32,"png","up","/wide.png"]"#);
        assert_eq!(said(&mut driver, "small"), r#"[16,8,"png",true]"#);
        assert_eq!(said(&mut driver, "none failed"), r#""getImageInfo:fail file not found: /none.png""#);

        driver.tap(&Target::css(".preview")).unwrap();
        driver.find(&Target::css(".lgo-preview-count").with_text("2 / 2")).unwrap();
        driver.screenshot(&picture(&format!("preview-{}.png", engine.name()))).unwrap();
        driver.tap(&Target::css(".lgo-preview")).unwrap();
        vanishes(&mut driver, &Target::css(".lgo-preview"));
        // In the window Escape is the host's way back.
        if engine == WebEngine::Chromium {
            driver.tap(&Target::css(".preview")).unwrap();
            driver.find(&Target::css(".lgo-preview")).unwrap();
            driver.press(Key::Escape).unwrap();
            vanishes(&mut driver, &Target::css(".lgo-preview"));
        }
    }
}

#[test]
fn chosen_pictures_become_files_of_the_program() {
    let mut driver = open(WebEngine::Chromium, 9);
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps/device");
    let files = ["wide.png", "high.png"].map(|name| app.join(name));
    driver.tap_and_choose(&Target::css(".choose"), &files).unwrap();
    assert_eq!(said(&mut driver, "chosen"), r#"[[64,"png",true],[24,"png",true]]"#);
}
