//! The host's own screen and window, by real clicks and keys: capsule, menu, errors, back. WebKit only: a browser has
//! none of them.
use crate::{
    harness::{Told, driver, driver_with, options, picture, pixel, program},
    hostile,
};
use lodger_desktop::{
    Change, DriverOptions, Entry, HostEvent, Key, Program, Report, Scopes, Target, Theme, WebEngine,
    window::{Window, WindowOptions},
};
use std::time::Duration;

const WIDTH: f64 = 390.0;
const HEIGHT: f64 = 844.0;
/// The capsule's two buttons.
const MENU: (f64, f64) = (WIDTH - 7.0 - 65.0, 22.0);
const CLOSE: (f64, f64) = (WIDTH - 7.0 - 22.0, 22.0);
/// The sheet's last button.
const CANCEL: (f64, f64) = (WIDTH / 2.0, HEIGHT - 38.0);

/// One of the menu's six tiles, from 0.
fn tile(at: f64) -> (f64, f64) {
    (16.0 + (WIDTH - 32.0) / 6.0 * (at + 0.5), HEIGHT - 130.0)
}

fn open() -> Told {
    let mut driver = driver(WebEngine::Webkit);
    driver.open(&program("plain"), Entry::default()).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.first_content().unwrap();
    driver.find(&Target::css(".add")).unwrap();
    driver
}

/// Clicks, and gives the host's screen the time to draw: it has no events of its own that a test could wait for.
fn click(driver: &mut Told, (x, y): (f64, f64)) {
    driver.tap_at(x, y).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
}

fn exit(event: &HostEvent) -> bool {
    matches!(event, HostEvent::Exit)
}

#[test]
fn the_capsule_closes_the_program() {
    let mut driver = open();
    driver.tap_at(CLOSE.0, CLOSE.1).unwrap();
    driver.wait("the end", exit).unwrap();
}

#[test]
fn the_page_is_seen_behind_the_capsule() {
    let mut driver = open();
    let file = picture("capsule.png");
    for _ in 0..3 {
        click(&mut driver, MENU);
        click(&mut driver, CANCEL);
        driver.screenshot(&file).unwrap();
        let [behind, beside] = [WIDTH - 92.0, WIDTH - 100.0].map(|x| pixel(&file, (x, 8.0)));
        assert_eq!(behind, beside, "a corner of the capsule's box, and the bar to its left");
    }
}

#[test]
fn the_menu_closes_the_program() {
    let mut driver = open();
    click(&mut driver, MENU);
    let close = tile(5.0);
    driver.tap_at(close.0, close.1).unwrap();
    driver.wait("the end", exit).unwrap();
}

#[test]
fn the_menu_shares_and_reloads() {
    let mut driver = open();
    click(&mut driver, MENU);
    click(&mut driver, tile(0.0));
    let shared = driver.wait("the card", |event| matches!(event, HostEvent::Share { .. })).unwrap();
    assert!(
        matches!(&shared, HostEvent::Share { path, .. } if path.starts_with("/pages/index/index") || path.starts_with("pages/index/index")),
        "{shared:?}"
    );
    driver.screenshot(&picture("menu-shared.png")).unwrap();
    click(&mut driver, CANCEL);

    driver.tap(&Target::css(".go")).unwrap();
    driver.page_ready("pages/second/second").unwrap();
    click(&mut driver, MENU);
    click(&mut driver, tile(1.0));
    driver.page_ready("pages/second/second").unwrap();
    driver.find(&Target::text("From first")).unwrap();
}

#[test]
fn escape_closes_a_sheet_then_a_page_then_the_program() {
    let mut driver = open();
    driver.tap(&Target::css(".go")).unwrap();
    driver.page_ready("pages/second/second").unwrap();
    click(&mut driver, MENU);
    driver.press(Key::Escape).unwrap();
    driver.settle(Duration::from_millis(300)).unwrap();
    assert_eq!(driver.dev(serde_json::json!({"cmd": "stack"})).unwrap().as_array().map(Vec::len), Some(2));
    driver.press(Key::Escape).unwrap();
    driver
        .wait("the first page", |event| matches!(event, HostEvent::Route { stack } if stack.len() == 1))
        .unwrap();
    driver.press(Key::Escape).unwrap();
    driver.wait("the end", exit).unwrap();
}

#[test]
fn a_program_that_hangs_ends_on_the_error_page_and_can_be_retried() {
    let options = DriverOptions { start_timeout: Duration::from_secs(3), ..options() };
    let mut driver = driver_with(WebEngine::Webkit, options);
    driver.open(&hostile::bundle("for (;;);", &[]), Entry::default()).unwrap();
    driver.wait("the program", |event| matches!(event, HostEvent::Opened { .. })).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
    driver.screenshot(&picture("loading.png")).unwrap();
    let failed = |event: &HostEvent| matches!(event, HostEvent::Failed { code, .. } if code == "time-out");
    driver.wait("the time-out", failed).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
    driver.screenshot(&picture("error-time-out.png")).unwrap();
    // Retry is in the middle; the program hangs again, and the page's process is not in the way of that.
    driver.tap_at(WIDTH / 2.0, 532.0).unwrap();
    driver.wait("another attempt", |event| matches!(event, HostEvent::Opened { .. })).unwrap();
    driver.wait("another time-out", failed).unwrap();
    driver.tap_at(CLOSE.0, CLOSE.1).unwrap();
    driver.wait("the end", exit).unwrap();
}

#[test]
fn a_scope_is_asked_for_outside_the_page() {
    let script = r"
        for (const answer of ['first', 'again']) say(answer, await call('authorize', { scope: 'scope.userLocation' }))
        say('camera', await call('authorize', { scope: 'scope.camera' }))
    ";
    let mut driver = driver_with(WebEngine::Webkit, DriverOptions { scopes: Scopes::Ask, ..options() });
    driver.open(&hostile::bundle(script, &[]), Entry::default()).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.settle(Duration::from_millis(600)).unwrap();
    driver.screenshot(&picture("scope.png")).unwrap();
    // Allow, then what is asked for next is refused by Escape.
    click(&mut driver, (WIDTH * 0.75, HEIGHT - 38.0));
    driver.press(Key::Escape).unwrap();
    let said = hostile::listen(&mut driver);
    for granted in ["first", "again"] {
        assert!(said[granted]["ok"].is_object(), "{said:?}");
    }
    assert!(said["camera"]["err"].as_str().unwrap().contains("auth deny"), "{said:?}");
    click(&mut driver, MENU);
    click(&mut driver, tile(2.0));
    driver.screenshot(&picture("permissions.png")).unwrap();
}

#[test]
fn settings_and_other_programs_are_asked_for_outside_the_page() {
    // Settings and other programs want a tap, or a key.
    let script = r"
        await call('authorize', { scope: 'scope.camera' })
        const asked = (name, options) => {
            dispatchEvent(new Event('keydown'))
            return call(name, options)
        }
        say('setting', await asked('openSetting', {}))
        say('refused', await asked('navigateToMiniProgram', { appId: 'tea' }))
        say('opened', await asked('navigateToMiniProgram', { appId: 'tea', path: 'pages/cup/cup?size=2', extraData: { n: 1 } }))
    ";
    let mut driver = driver_with(WebEngine::Webkit, DriverOptions { scopes: Scopes::Ask, ..options() });
    driver.open(&hostile::bundle(script, &[]), Entry::default()).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.settle(Duration::from_millis(600)).unwrap();
    let yes = (WIDTH * 0.75, HEIGHT - 38.0);
    click(&mut driver, yes);
    driver.screenshot(&picture("settings.png")).unwrap();
    // The one switch, then OK.
    click(&mut driver, (WIDTH / 2.0, HEIGHT - 100.0));
    click(&mut driver, yes);
    driver.screenshot(&picture("open-program.png")).unwrap();
    driver.press(Key::Escape).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
    click(&mut driver, yes);
    let opened = |event: &HostEvent| matches!(event, HostEvent::OpenProgram { .. });
    let HostEvent::OpenProgram { app, entry } = driver.wait("the other program", opened).unwrap() else {
        panic!("just matched");
    };
    assert_eq!((app.as_str(), entry.path.as_deref(), entry.scene), ("tea", Some("pages/cup/cup"), 1037));
    assert_eq!(entry.query.get("size").map(String::as_str), Some("2"));
    let plain = program("plain").bundle.index.app.clone();
    assert_eq!(entry.referrer, Some((plain, serde_json::json!({ "n": 1 }))));
    let said = hostile::heard(&driver);
    assert_eq!(said["setting"]["ok"]["authSetting"]["scope.camera"], false, "{said:?}");
    assert!(said["refused"]["err"].as_str().unwrap().contains("cancel"), "{said:?}");
    // There is no such program here.
    driver.wait("the error", |event| matches!(event, HostEvent::Failed { .. })).unwrap();
}

#[test]
fn a_page_that_does_not_exist_is_an_error_with_a_code() {
    let mut driver = driver(WebEngine::Webkit);
    driver.open(&program("plain"), Entry::page("pages/none/none")).unwrap();
    driver
        .wait(
            "the failure",
            |event| matches!(event, HostEvent::Failed { code, .. } if code == "page-not-found"),
        )
        .unwrap();
}

#[test]
fn script_errors_are_reported_and_drawn() {
    let mut driver = driver(WebEngine::Webkit);
    let program = program("plain")
        .locate_with(|stack| format!("pages/index/index.js:17:11 of {} lines", stack.lines().count()));
    driver.open(&program, Entry::default()).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.tap(&Target::css(".break")).unwrap();
    let event = driver.wait("the error", |event| matches!(event, HostEvent::ScriptError { .. })).unwrap();
    let HostEvent::ScriptError { message, stack, page } = event else { unreachable!() };
    assert!(message.contains("broken on purpose"), "{message}");
    assert!(stack.starts_with("pages/index/index.js:17:11"), "{stack}");
    assert_eq!(page, "pages/index/index");
    driver.find(&Target::text("pages/index/index.js:17:11")).unwrap();
    driver.screenshot(&picture("overlay.png")).unwrap();
}

#[test]
fn looks() {
    for (name, size, theme) in [("light", (390, 844), Theme::Light), ("dark-narrow", (320, 568), Theme::Dark)]
    {
        let mut driver = driver_with(WebEngine::Webkit, DriverOptions { size, theme, ..options() });
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        driver.open(&program("plain"), Entry::default()).unwrap();
        driver.page_ready("pages/index/index").unwrap();
        driver.first_content().unwrap();
        driver.settle(Duration::from_millis(500)).unwrap();
        driver.screenshot(&picture(&format!("{name}-1-page.png"))).unwrap();
        click(&mut driver, (width - 72.0, 22.0));
        driver.screenshot(&picture(&format!("{name}-2-menu.png"))).unwrap();
        for (at, picture_name) in [(3.5, "3-about"), (2.5, "4-permissions")] {
            click(&mut driver, (16.0 + (width - 32.0) / 6.0 * at, height - 130.0));
            driver.screenshot(&picture(&format!("{name}-{picture_name}.png"))).unwrap();
            click(&mut driver, (width / 2.0, height - 38.0));
        }
    }
}

/// A window without the driver, for what drivers hide.
struct Bare {
    window: Window,
    events: Vec<Report>,
}

impl Bare {
    fn open(program: Program, entry: Entry) -> Self {
        let options = WindowOptions { headless: true, host: options().host, ..WindowOptions::default() };
        let window = Window::new(&options).unwrap();
        window.open(program, entry).unwrap();
        Self { window, events: Vec::new() }
    }

    /// The first event of a session that passes `test`, now or later.
    fn wait(&mut self, session: u32, test: impl Fn(&HostEvent) -> bool) -> HostEvent {
        let mut at = 0;
        loop {
            while let Some(report) = self.events.get(at) {
                at += 1;
                if report.session == session && test(&report.event) {
                    return report.event.clone();
                }
            }
            let Some(report) = self.window.next(Duration::from_secs(20)).unwrap() else {
                panic!("{:#?}", self.events)
            };
            self.events.push(report);
        }
    }

    fn page_ready(&mut self, session: u32, page: &str) {
        self.wait(session, |event| matches!(event, HostEvent::PageReady { path } if path == page));
    }
}

#[test]
fn a_reload_stays_on_the_page_and_its_query() {
    let query = [("from".to_owned(), "a&b 咖%".to_owned())].into();
    let mut window = Bare::open(program("plain"), Entry { query, ..Entry::page("pages/second/second") });
    window.page_ready(1, "pages/second/second");
    window.window.handle().reload(hostile::bundle("say('new code')", &[]), Change::Code).unwrap();
    window.wait(1, |event| matches!(event, HostEvent::Console { text, .. } if text.contains("new code")));
    window.page_ready(1, "pages/second/second");
    window.window.handle().dev(1, serde_json::json!({"cmd": "data"})).unwrap();
    let HostEvent::Dev { result, .. } = window.wait(1, |event| matches!(event, HostEvent::Dev { .. })) else {
        unreachable!()
    };
    assert_eq!(result["from"], "a&b 咖%");
    window.window.close().unwrap();
}

#[test]
fn f12_opens_the_console_once() {
    use x11rb::{
        connection::Connection,
        protocol::{
            xproto::{ConnectionExt, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState},
            xtest::ConnectionExt as _,
        },
    };
    const F12: u32 = 0xffc9;
    let mut window = Bare::open(program("plain"), Entry::default());
    window.page_ready(1, "pages/index/index");
    window.wait(1, |event| matches!(event, HostEvent::FirstContent { .. }));
    let (x, screen) = x11rb::connect(window.window.virtual_display()).unwrap();
    let root = x.setup().roots[screen].root;
    let first = x.setup().min_keycode;
    let map = x.get_keyboard_mapping(first, x.setup().max_keycode - first + 1).unwrap().reply().unwrap();
    let each = usize::from(map.keysyms_per_keycode);
    let code = first + u8::try_from(map.keysyms.iter().position(|key| *key == F12).unwrap() / each).unwrap();
    let wide = || {
        let children = x.query_tree(root).unwrap().reply().unwrap().children;
        let is = |id: &u32| {
            let shown = x
                .get_window_attributes(*id)
                .unwrap()
                .reply()
                .is_ok_and(|a| a.map_state == MapState::VIEWABLE);
            shown && x.get_geometry(*id).unwrap().reply().is_ok_and(|size| size.width == 760)
        };
        children.iter().filter(|id| is(id)).count()
    };
    x.set_input_focus(InputFocus::PARENT, window.window.x11_id(), x11rb::CURRENT_TIME).unwrap();
    for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
        x.xtest_fake_input(kind, code, 0, root, 0, 0, 0).unwrap();
    }
    x.flush().unwrap();
    window.wait(1, |event| matches!(event, HostEvent::ConsoleWanted));
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while wide() == 0 {
        assert!(std::time::Instant::now() < end, "no console window");
        // Taking events is as good as any way to wait.
        window.events.extend(window.window.next(Duration::from_millis(50)).unwrap());
    }
    assert_eq!(wide(), 1);
    window.window.close().unwrap();
}

#[test]
fn the_program_hears_of_a_resize() {
    use x11rb::{
        connection::Connection,
        protocol::xproto::{ConfigureWindowAux, ConnectionExt},
    };
    let mut window = Bare::open(program("plain"), Entry::default());
    window.page_ready(1, "pages/index/index");
    let (connection, _) = x11rb::connect(window.window.virtual_display()).unwrap();
    connection.configure_window(window.window.x11_id(), &ConfigureWindowAux::new().width(500)).unwrap();
    connection.flush().unwrap();
    window.wait(1, |event| matches!(event, HostEvent::Console { text, .. } if text == "resized 500"));
}

#[test]
fn the_death_of_the_pages_process_is_an_error_not_a_blank() {
    let mut window = Bare::open(program("plain"), Entry::default());
    window.page_ready(1, "pages/index/index");
    // The page's process is the younger of the host's two: the screen's came with the window.
    let page = web_processes(window.window.process_id()).into_iter().max().unwrap();
    assert!(std::process::Command::new("kill").args(["-9", &page.to_string()]).status().unwrap().success());
    window.wait(1, |event| matches!(event, HostEvent::Failed { code, .. } if code == "renderer-gone"));
    window.window.open(program("plain"), Entry::default()).unwrap();
    window.page_ready(2, "pages/index/index");
}

/// WebKit's page processes among the children of `host`.
fn web_processes(host: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // `id (name) state parent …`; the name is cut at 15 bytes.
        stat.contains("(WebKitWebProces)")
            && stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)) == Some(&host.to_string())
    })
    .collect()
}
