//! `<web-view>`: a website from a loopback server over a page, by real clicks. In the window it is a webview of its own;
//! in a browser a frame.
use crate::{
    harness::{Told, driver, in_both_engines, picture, program},
    sink::{Hit, Sink},
};
use lodger_desktop::{Entry, HostEvent, Target, WebEngine};

const WIDTH: f64 = 390.0;
const HEIGHT: f64 = 844.0;

/// Two documents; everything in them is a link that fills a third of the page: on, into the program, and elsewhere.
fn answer(hit: &Hit) -> (&'static str, Vec<u8>) {
    let (title, next) = match hit.path.split('?').next() {
        Some("/first") => ("First site", "/second"),
        Some("/second") => ("Second site", "/third"),
        _ => ("Another site", "/first"),
    };
    let html = format!(
        r#"<!doctype html><meta charset="utf-8"><title>{title}</title>
        <style>a {{ position: fixed; left: 0; width: 100%; height: 33%; font: 24px sans-serif; background: #cde }}</style>
        <a style="top: 0" href="{next}" target="_blank">{title}</a>
        <a style="top: 33%; background: #edc" href="javascript:void 0" onclick="program()">Program</a>
        <a style="top: 66%; background: #dce" href="http://192.0.2.1/secret?token=1">Elsewhere</a>
        <script>
          var mini = window.wx && wx.miniProgram
          if (mini) {{
            mini.postMessage({{ data: {{ at: location.pathname, hash: location.hash }} }})
            mini.getEnv(function (env) {{ mini.postMessage({{ data: env }}) }})
            mini.postMessage({{ data: /MicroMessenger.* miniProgram/.test(navigator.userAgent) }})
          }}
          // As WeChat's own SDK does it.
          function program() {{
            WeixinJSBridge.invoke(
              'invokeMiniProgramAPI',
              {{ name: 'navigateTo', arg: {{ url: '/pages/target/target?from=' + window.__wxjs_environment }} }},
              function () {{}},
            )
          }}
        </script>"#
    );
    ("text/html", html.into_bytes())
}

fn open(engine: WebEngine, server: &Sink, button: &str) -> Told {
    let mut driver = driver(engine);
    let query = [("server".to_owned(), server.url(""))].into();
    driver.open(&program("webview"), Entry { query, ..Entry::default() }).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.tap(&Target::css(button)).unwrap();
    driver.page_ready("pages/web/web").unwrap();
    driver
}

/// Waits for a line of the program's console; gives what follows `start`.
fn said(driver: &mut Told, start: &str) -> String {
    let line = |event: &HostEvent| match event {
        HostEvent::Console { text, .. } => text.strip_prefix(start).map(str::to_owned),
        _ => None,
    };
    line(&driver.wait(start, |event| line(event).is_some()).unwrap()).unwrap()
}

fn titled(driver: &mut Told, wanted: &str) {
    driver.wait(wanted, |event| matches!(event, HostEvent::Title { title } if title == wanted)).unwrap();
}

/// The page that is on top, of so many.
fn depth(driver: &mut Told, pages: usize) {
    driver
        .wait("the route", |event| matches!(event, HostEvent::Route { stack } if stack.len() == pages))
        .unwrap();
}

/// Waits until a website is to be seen, or none; gives its rectangle.
fn shown(driver: &mut Told, wanted: bool) -> Option<[f64; 4]> {
    let is =
        |event: &HostEvent| matches!(event, HostEvent::Webviews { shown, .. } if shown.is_some() == wanted);
    match driver.wait("the host's web-views", is).unwrap() {
        HostEvent::Webviews { all, .. } => all.first().map(|view| view.rect),
        _ => unreachable!("it was waited for"),
    }
}

#[test]
fn a_website_is_shown_over_the_page_and_speaks_to_the_program() {
    let server = Sink::new(answer);
    let mut driver = open(WebEngine::Webkit, &server, ".first");
    let [left, top, width, height] = shown(&mut driver, true).unwrap();
    let bar = driver.find(&Target::css(".lodger-nav")).unwrap();
    assert_eq!((left, width), (0.0, WIDTH));
    assert_eq!((top, top + height), (bar.y + bar.height, HEIGHT), "{bar:?}");
    titled(&mut driver, "First site");
    assert!(said(&mut driver, "web load ").contains("/first?a=1#part"));
    driver.find(&Target::text("First site")).unwrap();
    driver.screenshot(&picture("web-view.png")).unwrap();

    // A link that wants a window opens in place; back goes through the website's own history, by the host's button
    // and by the bar's.
    let third = |at: f64| (WIDTH / 2.0, top + height / 6.0 * (at * 2.0 + 1.0));
    for by_bar in [false, true] {
        driver.tap_at(third(0.0).0, third(0.0).1).unwrap();
        titled(&mut driver, "Second site");
        if by_bar {
            driver.tap(&Target::css(".lodger-nav-button")).unwrap();
        } else {
            driver.back().unwrap();
        }
        titled(&mut driver, "First site");
    }
    assert!(server.hits().iter().any(|hit| hit.path == "/second"));

    // Into the program, and back: the website is as it was.
    driver.tap_at(third(1.0).0, third(1.0).1).unwrap();
    driver.page_ready("pages/target/target").unwrap();
    driver.find(&Target::text("Sent by miniprogram")).unwrap();
    driver.back().unwrap();
    assert_eq!(shown(&mut driver, true), Some([left, top, width, height]));

    // Elsewhere is refused, and the page says why until the next back.
    driver.tap_at(third(2.0).0, third(2.0).1).unwrap();
    let refused = driver.wait("the refusal", |event| matches!(event, HostEvent::Refused { .. })).unwrap();
    assert_eq!(
        refused,
        HostEvent::Refused { what: "navigation".into(), url: "http://192.0.2.1/secret".into() }
    );
    shown(&mut driver, false);
    assert!(said(&mut driver, "web error ").contains("url not in domain list"));
    driver.find(&Target::text("192.0.2.1 url not in domain list")).unwrap();
    driver.screenshot(&picture("web-view-refused.png")).unwrap();
    driver.back().unwrap();
    shown(&mut driver, true);

    // The page is left: first come the messages.
    driver.back().unwrap();
    let messages = said(&mut driver, "web message ");
    assert!(
        messages.starts_with(
            r##"{"data":[{"at":"/first","hash":"#part"},{"miniprogram":true},true,{"at":"/second","hash":""}"##
        ),
        "{messages}"
    );
    said(&mut driver, "web unload");
    depth(&mut driver, 1);
}

#[test]
fn a_website_is_a_frame_in_a_browser() {
    let server = Sink::new(answer);
    let mut driver = open(WebEngine::Chromium, &server, ".first");
    assert!(said(&mut driver, "web load ").contains("/first?a=1#part"));
    let bar = driver.find(&Target::css(".lodger-nav")).unwrap();
    let frame = driver.find(&Target::css("iframe")).unwrap();
    assert_eq!((frame.x, frame.y, frame.width), (0.0, bar.y + bar.height, WIDTH));
    driver.screenshot(&picture("web-view-frame.png")).unwrap();
    server.wait_for("/first?a=1");
    driver.back().unwrap();
    said(&mut driver, "web unload");
    depth(&mut driver, 1);
}

in_both_engines! {
    fn a_domain_that_is_not_allowed_is_refused(engine) {
        let server = Sink::new(answer);
        let mut driver = open(engine, &server, ".refused");
        let error = said(&mut driver, "web error ");
        assert!(error.contains("web-view:fail url not in domain list"), "{error}");
        driver.find(&Target::text("192.0.2.1 url not in domain list")).unwrap();
        assert!(!driver.events().iter().any(|event| matches!(event, HostEvent::Webviews { .. })));
        driver.back().unwrap();
        depth(&mut driver, 1);
    }
}
