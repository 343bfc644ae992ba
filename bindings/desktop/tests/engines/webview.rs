//! `<web-view>`: a website from a loopback server over a page, by real clicks. In the window it is a webview of its own;
//! in a browser a frame.
use crate::{
    harness::{Told, compile, copied, driver, in_both_engines, picture},
    sink::{Hit, Sink},
};
use lodger_desktop::{Entry, HostEvent, Rect, Target, WebEngine};
use serde_json::json;
use std::{fs, time::Duration};

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

/// A driver, and what it has reported since the last action: things happen in the page and in the website at once, in no
/// certain order.
struct Visit {
    driver: Told,
    since: usize,
}

impl Visit {
    fn open(engine: WebEngine, server: &Sink, button: &str) -> Self {
        let mut driver = driver(engine);
        let query = [("server".to_owned(), server.url(""))].into();
        let project = copied("webview");
        let domains = json!({ "domains": { "webview": [server.url("")] } });
        fs::write(project.path().join("lodger.json"), domains.to_string()).unwrap();
        driver.open(&compile(project.path()), Entry { query, ..Entry::default() }).unwrap();
        driver.page_ready("pages/index/index").unwrap();
        driver.find(&Target::css(button)).unwrap();
        let mut visit = Self { driver, since: 0 };
        visit.act(|driver| driver.tap(&Target::css(button)).unwrap());
        visit.wait(
            "the page",
            |event| matches!(event, HostEvent::PageReady { path } if path == "pages/web/web"),
        );
        visit
    }

    /// Does something whose outcome is then waited for.
    fn act(&mut self, act: impl FnOnce(&mut Told)) {
        self.since = self.driver.events().len();
        act(&mut self.driver);
    }

    /// The first event since the last action that `test` accepts, now or later.
    fn wait(&mut self, what: &str, test: impl Fn(&HostEvent) -> bool) -> HostEvent {
        let seen = self.driver.events()[self.since..].iter().find(|event| test(event)).cloned();
        seen.unwrap_or_else(|| self.driver.wait(what, test).unwrap())
    }

    /// Waits for a line of the program's console; gives what follows `start`.
    fn said(&mut self, start: &str) -> String {
        let line = |event: &HostEvent| match event {
            HostEvent::Console { text, .. } => text.strip_prefix(start).map(str::to_owned),
            _ => None,
        };
        line(&self.wait(start, |event| line(event).is_some())).unwrap()
    }

    /// Waits until a website of this title is there: its title comes before anything in it can be tapped.
    fn titled(&mut self, wanted: &str) {
        self.wait(wanted, |event| matches!(event, HostEvent::Title { title } if title == wanted));
        self.said("web load ");
    }

    /// Waits until only the first page is left.
    fn left(&mut self) {
        self.wait("the first page", |event| matches!(event, HostEvent::Route { stack } if stack.len() == 1));
    }

    /// Waits until a website is to be seen, or none; gives its rectangle.
    fn shown(&mut self, wanted: bool) -> [f64; 4] {
        let is = |event: &HostEvent| matches!(event, HostEvent::Webviews { shown, .. } if shown.is_some() == wanted);
        match self.wait("the host's web-views", is) {
            HostEvent::Webviews { all, .. } => all[0].rect,
            _ => unreachable!("it was waited for"),
        }
    }

    fn find(&mut self, target: &Target) -> Rect {
        self.driver.find(target).unwrap()
    }

    fn back(&mut self) {
        self.act(|driver| driver.back().unwrap());
    }
}

#[test]
fn a_website_is_shown_over_the_page_and_speaks_to_the_program() {
    let server = Sink::new(answer);
    let mut visit = Visit::open(WebEngine::Webkit, &server, ".first");
    let [left, top, width, height] = visit.shown(true);
    let bar = visit.find(&Target::css(".lodger-nav"));
    assert_eq!((left, width), (0.0, WIDTH));
    assert_eq!((top, top + height), (bar.y + bar.height, HEIGHT), "{bar:?}");
    visit.titled("First site");
    assert!(visit.said("web load ").contains("/first?a=1#part"));
    visit.find(&Target::css(".lodger-nav").with_text("First site"));
    visit.driver.screenshot(&picture("web-view.png")).unwrap();

    // A link that wants a window opens in place; back goes through the website's own history, by the host's button
    // and by the bar's.
    let tap = |visit: &mut Visit, third: f64| {
        visit.act(|driver| driver.tap_at(WIDTH / 2.0, top + height / 6.0 * (third * 2.0 + 1.0)).unwrap());
    };
    for by_bar in [false, true] {
        tap(&mut visit, 0.0);
        visit.titled("Second site");
        if by_bar {
            visit.act(|driver| driver.tap(&Target::css(".lodger-nav-button")).unwrap());
        } else {
            visit.back();
        }
        visit.titled("First site");
    }
    assert!(server.hits().iter().any(|hit| hit.path == "/second"));

    // Into the program, and back: the website is as it was.
    tap(&mut visit, 1.0);
    visit.find(&Target::text("Sent by miniprogram"));
    visit.back();
    assert_eq!(visit.shown(true), [left, top, width, height]);

    // Elsewhere is refused, and the page says why until the next back. A website that was hidden says nothing when it is
    // drawn again, and takes no tap before: so until one is taken.
    let is_refused = |event: &HostEvent| matches!(event, HostEvent::Refused { .. });
    let since = visit.driver.events().len();
    for _ in 0..100 {
        if visit.driver.events()[since..].iter().any(is_refused) {
            break;
        }
        tap(&mut visit, 2.0);
        visit.driver.settle(Duration::from_millis(500)).unwrap();
    }
    visit.since = since;
    let refused = visit.wait("the refusal", is_refused);
    assert_eq!(
        refused,
        HostEvent::Refused { what: "navigation".into(), url: "http://192.0.2.1/secret".into() }
    );
    visit.shown(false);
    assert!(visit.said("web error ").contains("url not in domain list"));
    visit.find(&Target::text("192.0.2.1 url not in domain list"));
    visit.driver.screenshot(&picture("web-view-refused.png")).unwrap();
    visit.back();
    visit.shown(true);

    // The page is left: first come the messages.
    visit.back();
    let messages = visit.said("web message ");
    assert!(
        messages.starts_with(
            r##"{"data":[{"at":"/first","hash":"#part"},{"miniprogram":true},true,{"at":"/second","hash":""}"##
        ),
        "{messages}"
    );
    visit.said("web unload");
    visit.left();
}

#[test]
fn a_website_is_a_frame_in_a_browser() {
    let server = Sink::new(answer);
    let mut visit = Visit::open(WebEngine::Chromium, &server, ".first");
    assert!(visit.said("web load ").contains("/first?a=1#part"));
    let bar = visit.find(&Target::css(".lodger-nav"));
    let frame = visit.find(&Target::css("iframe"));
    assert_eq!((frame.x, frame.y, frame.width), (0.0, bar.y + bar.height, WIDTH));
    visit.driver.screenshot(&picture("web-view-frame.png")).unwrap();
    server.wait_for("/first?a=1");
    visit.back();
    visit.said("web unload");
    visit.left();
}

in_both_engines! {
    fn a_domain_that_is_not_allowed_is_refused(engine) {
        let server = Sink::new(answer);
        let mut visit = Visit::open(engine, &server, ".refused");
        let error = visit.said("web error ");
        assert!(error.contains("web-view:fail url not in domain list"), "{error}");
        visit.find(&Target::text("192.0.2.1 url not in domain list"));
        assert!(!visit.driver.events().iter().any(|event| matches!(event, HostEvent::Webviews { .. })));
        visit.back();
        visit.left();
    }
}
