//! The developer's page of browser mode, in Chromium: real clicks in the phone and on its tools, and what the console
//! then shows. WebKit has no part in it: the page is for browsers.
use crate::{
    harness::{picture, program},
    sink::Sink,
};
use lodger_desktop::{
    Change, Chromium, Entry, HostEvent, Program, Report,
    browser::{BrowserOptions, Server},
    devices,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at something that sends no event when it changes.
const LOOK: Duration = Duration::from_millis(50);

/// A server with its developer's page in a browser.
struct Desk {
    chromium: Chromium,
    server: Server,
    events: Vec<Report>,
    asked: u64,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    fn new(program: &Program, entry: Entry) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let device = devices().into_iter().find(|device| device.name == "iPhone 8").unwrap();
        let server =
            Server::new(&BrowserOptions { tools: true, device, ..BrowserOptions::default() }).unwrap();
        let url = server.open(program, entry).unwrap();
        let chromium = Chromium::new(runtime.handle(), (1400, 900), false).unwrap();
        chromium.go(&url).unwrap();
        let mut desk = Self { chromium, server, events: Vec::new(), asked: 0, _runtime: runtime };
        desk.ready("pages/index/index");
        desk
    }

    /// The first event from number `from` on that passes `test`, now or later; and the number after it.
    fn event(&mut self, from: usize, test: impl Fn(&HostEvent) -> bool) -> (HostEvent, usize) {
        let end = Instant::now() + PATIENCE;
        let mut at = from;
        loop {
            while let Some(report) = self.events.get(at) {
                at += 1;
                if test(&report.event) {
                    return (report.event.clone(), at);
                }
            }
            match self.server.next(end.saturating_duration_since(Instant::now())) {
                Some(report) => self.events.push(report),
                None => {
                    self.picture("failed-tools.png");
                    panic!("{:#?}", self.events)
                }
            }
        }
    }

    /// Waits for a page to be ready, after all that is known so far.
    fn ready(&mut self, page: &str) {
        let from = self.events.len();
        self.event(from, |event| matches!(event, HostEvent::PageReady { path } if path == page));
    }

    /// Waits until the program logs this.
    fn logs(&mut self, wanted: &str) -> String {
        let (event, _) =
            self.event(0, |event| matches!(event, HostEvent::Console { text, .. } if text.contains(wanted)));
        let HostEvent::Console { text, .. } = event else { unreachable!("it was waited for") };
        // The same words may come again.
        self.events.retain(
            |report| !matches!(&report.event, HostEvent::Console { text: said, .. } if *said == text),
        );
        text
    }

    fn script(&self, script: &str) -> Value {
        self.chromium.script(script).unwrap()
    }

    /// Waits until an expression of the developer's page is true.
    fn until(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.script(&format!("return Boolean({expression})")) != true {
            if Instant::now() > end {
                self.picture("failed-tools.png");
                panic!(
                    "{expression}: {}",
                    self.script("return document.getElementById('console').innerText")
                );
            }
            // Taking events meanwhile is as good as any way to wait.
            self.events.extend(self.server.next(LOOK));
        }
    }

    /// Clicks the middle of an element of the developer's page.
    fn click(&mut self, selector: &str) {
        self.until(&format!("document.querySelector({selector:?})?.getBoundingClientRect().width"));
        let place = self.script(&format!(
            "const r = document.querySelector({selector:?}).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]"
        ));
        self.chromium.click(place[0].as_f64().unwrap(), place[1].as_f64().unwrap()).unwrap();
    }

    /// Clicks what a script finds in the host's screen over the program.
    fn click_in_host(&mut self, selector: &str) {
        let inside = format!("document.querySelector('.shell').contentDocument.querySelector({selector:?})");
        self.until(&format!("{inside}?.getBoundingClientRect().width"));
        let place = self.script(&format!(
            "const f = document.querySelector('.shell'); const o = f.getBoundingClientRect(); const s = o.width / f.clientWidth
            const r = {inside}.getBoundingClientRect(); return [o.x + (r.x + r.width / 2) * s, o.y + (r.y + r.height / 2) * s]"
        ));
        self.chromium.click(place[0].as_f64().unwrap(), place[1].as_f64().unwrap()).unwrap();
    }

    /// Taps an element of the program, through the frame.
    fn tap(&mut self, selector: &str) {
        self.until("!document.querySelector('.shell').classList.contains('covers')");
        self.asked += 1;
        let asked = self.asked;
        self.server.dev(asked, json!({ "cmd": "rect", "selector": selector })).unwrap();
        let (event, _) = self.event(0, |event| matches!(event, HostEvent::Dev { id, .. } if *id == asked));
        let HostEvent::Dev { result, .. } = event else { unreachable!("it was waited for") };
        let part = |name: &str| result[name].as_f64().unwrap_or_else(|| panic!("{selector}: {result}"));
        let (x, y) = (part("x") + part("width") / 2.0, part("y") + part("height") / 2.0);
        let place = self.script(&format!(
            "const f = document.querySelector('.program'); const o = f.getBoundingClientRect(); const s = o.width / f.clientWidth
            return [o.x + {x} * s, o.y + {y} * s]"
        ));
        self.chromium.click(place[0].as_f64().unwrap(), place[1].as_f64().unwrap()).unwrap();
    }

    /// Chooses from a list. Its pop-up is drawn by the system, where WebDriver cannot click.
    fn choose(&self, selector: &str, value: &str) {
        self.script(&format!(
            "const s = document.querySelector({selector:?}); s.value = {value:?}; s.dispatchEvent(new Event('change'))"
        ));
    }

    fn picture(&self, name: &str) {
        let file = picture(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, self.chromium.screenshot().unwrap()).unwrap();
    }
}

#[test]
fn the_phone_and_its_tools() {
    let query = [("from".to_owned(), "门".to_owned())].into();
    let mut desk = Desk::new(&program("tools"), Entry { query, ..Entry::default() });
    assert!(desk.logs("launched").contains(r#""scene":1001"#));
    desk.tap(".add");
    desk.logs("count is 1");

    desk.choose("#device", "Pixel 7");
    desk.logs("resized 412 32");
    desk.click("[title=Rotate]");
    desk.logs("resized 915 0");
    desk.click("[title=Rotate]");
    desk.logs("resized 412 32");

    desk.click("#theme");
    desk.logs("theme dark");
    desk.until("document.querySelector('#theme').ariaPressed === 'true'");

    desk.click("#launch");
    desk.choose("#scene", "1037");
    desk.choose("#page", "pages/index/index");
    desk.script("document.querySelector('#referrer').value = 'wx123'; document.querySelector('#extra').value = '{\"a\":1}'");
    desk.click(".launch .primary");
    let launched = desk.logs(r#""scene":1037"#);
    assert!(
        launched.contains(r#""appId":"wx123""#) && launched.contains(r#""extraData":{"a":1}"#),
        "{launched}"
    );
    assert!(launched.contains(r#""from":"门""#), "{launched}");

    // Back at the first page leaves the program; the phone stays, and opens it again.
    desk.click("#launch");
    desk.tap(".go");
    desk.logs("second from first");
    desk.click("[title=Back]");
    desk.until("!document.querySelector('.shell').classList.contains('covers')");
    desk.click("[title=Back]");
    desk.click_in_host(".primary");
    desk.logs(r#""scene":1037"#);
    desk.picture("tools-phone.png");
}

#[test]
fn networks_and_permissions() {
    let sink = Sink::new(|_| ("application/json", br#"{"ok":true}"#.to_vec()));
    let query = [("sink".to_owned(), sink.url("/menu?table=12"))].into();
    let mut desk = Desk::new(&program("tools"), Entry { query, ..Entry::default() });
    desk.tap(".ask");
    desk.logs("said request:ok 200");
    desk.logs("type wifi");
    desk.choose("#network", "none");
    desk.logs("network false none");
    desk.tap(".ask");
    desk.logs("said request:fail net::ERR_INTERNET_DISCONNECTED");
    desk.logs("type none");
    assert_eq!(sink.hits().len(), 1);

    desk.click("#tab-network");
    desk.until("document.querySelectorAll('.transfers tbody tr').length === 2");
    desk.until("document.querySelector('.transfers tbody').innerText.includes('/menu?table=12')");
    desk.until("document.querySelector('.transfers tbody td.status').textContent === '200'");
    desk.until("/\\d (ms|s)$/.test(document.querySelector('.transfers tbody tr').innerText.trim())");
    desk.until("document.querySelector('.transfers tr.bad td.status').textContent === 'failed'");
    desk.click(".transfers .address");
    desk.until("document.querySelector('.details').innerText.includes('\"ok\": true')");
    desk.picture("tools-network.png");

    desk.tap(".allow");
    desk.click_in_host(".answers .primary");
    desk.logs("said authorize:ok");
    desk.click("#tab-calls");
    desk.until(
        "[...document.querySelectorAll('.calls tr')].some((row) => row.innerText.includes('wx.authorize') && row.innerText.includes('granted'))",
    );
    desk.picture("tools-calls.png");
}

#[test]
fn the_console_shows_and_changes() {
    let mut desk = Desk::new(&program("tools"), Entry::default());
    desk.tap(".add");
    desk.until("document.querySelector('.lines').innerText.includes('count is 1')");
    desk.picture("tools-log.png");

    desk.click("#tab-storage");
    desk.until("document.querySelector('.item textarea')?.value === '1'");
    desk.click(".item textarea");
    desk.chromium.text("7").unwrap();
    desk.until("document.querySelector('.item textarea').value.includes('7')");
    let wanted = desk.script("return document.querySelector('.item textarea').value");
    desk.click(".item .save");
    desk.until("document.querySelector('.item .save').hidden");
    desk.picture("tools-storage.png");
    desk.tap(".recall");

    desk.click("#tab-pages");
    desk.until(&format!(
        "document.querySelector('.page')?.innerText.includes('stored {}')",
        wanted.as_str().unwrap()
    ));
    desk.until("document.querySelector('.page .leaf')?.innerText === 'count: 1'");
    desk.tap(".add");
    desk.until("document.querySelector('.page .leaf')?.innerText === 'count: 2'");
    desk.tap(".go");
    desk.until("document.querySelectorAll('.page').length === 2 && document.querySelector('.page h2').innerText.includes('?from=first')");
    desk.picture("tools-pages.png");
    desk.click("#tab-app");
    desk.until("document.querySelector('.app').innerText.includes('pages/') || document.querySelector('.app table td')");
    desk.picture("tools-app.png");
}

#[test]
fn a_new_build_keeps_the_page() {
    let mut desk = Desk::new(&program("tools"), Entry::default());
    desk.tap(".go");
    desk.logs("second from first");
    desk.server.reload(&program("tools"), &Change::Code).unwrap();
    desk.logs("second from first");
    // Another program cannot take its place: it is opened anew, and the page follows to its own origin.
    let before = desk.server.address();
    desk.server.open(&program("plain"), Entry::default()).unwrap();
    if desk.server.address() != before {
        desk.until("document.title.length > 0");
    }
    desk.ready("pages/index/index");
}
