//! Every built-in component, one page each (`tests/apps/components/pages/*`): real input, the events that come of it,
//! and boxes, in both engines.
//!
//! A page's `steps.json`:
//!
//!     { "components": ["slider"],                    whose attributes and events the page shows
//!       "untested": { "name": "why" },               of these, what a test cannot bring about
//!       "boxes": { "id": [x, y, width, height] },    from the element `page`, CSS pixels; null: not looked at
//!       "steps": [{ "tap": "#id" },                  or {"type": "text"}, {"key": "Tab"}, {"scroll": "#id", "by": 300},
//!                                                    {"hold": "#id"} (a long press),
//!                                                    {"drag": "#id", "path": [[0.5, 0.5], [0.9, 0.5]]} (parts of its size), {"back": true}
//!                 { …, "get": [["id", "change", { "value": 3 }]],     events that come of it, in this order
//!                   "not": [["id", "tap"]],                           events that must not have come by then
//!                   "see": { "#id": "text" },                         text to be seen afterwards
//!                   "data": { "value": 3 } }] }                       data of the page afterwards
//!
//! `names` gives the names that screen readers say of elements. In Chromium axe-core looks at every page, before and
//! after its steps.
//!
//! Details are compared as far as they are given; numbers may differ by one, and `null` stands for anything.
//! `LODGER_COMPONENT=slider` runs one page.
use crate::harness::{Told, driver_with, in_both_engines, options, picture, program};
use lodger_desktop::{DriverOptions, Entry, Key, Target, Theme, WebEngine};
use lodger_engine::{components::Components, registry::ApiStatus};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// WeChat's documentation draws for this size: 2 rpx are one pixel.
const SIZE: (u32, u32) = (375, 667);
/// Boxes may differ by this, in CSS pixels: engines round fonts and lines differently.
const TOLERANCE: f64 = 1.5;

/// What only failures wait for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Places of a drag that stays where it is, until it is a long press.
const LONG_PRESS: usize = 40;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    components: Vec<String>,
    #[serde(default)]
    untested: BTreeMap<String, String>,
    #[serde(default)]
    boxes: BTreeMap<String, [Option<f64>; 4]>,
    /// By CSS selector.
    #[serde(default)]
    names: BTreeMap<String, String>,
    steps: Vec<Step>,
}

/// One step: one input, and what comes of it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Step {
    tap: Option<String>,
    r#type: Option<String>,
    key: Option<String>,
    drag: Option<String>,
    path: Vec<(f64, f64)>,
    hold: Option<String>,
    scroll: Option<String>,
    by: f64,
    back: bool,
    get: Vec<Expected>,
    not: Vec<(String, String)>,
    see: BTreeMap<String, String>,
    data: BTreeMap<String, Value>,
}

/// An event: id of the element, type, and its detail as far as it matters.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Any(String, String),
    With(String, String, Value),
}

impl Expected {
    fn parts(&self) -> (&str, &str, &Value) {
        match self {
            Self::Any(id, name) => (id, name, &Value::Null),
            Self::With(id, name, detail) => (id, name, detail),
        }
    }

    fn is(&self, event: &Value) -> bool {
        let (id, name, detail) = self.parts();
        event["id"] == id && event["type"] == name && matches(detail, &event["detail"])
    }
}

/// Whether `found` has everything that `wanted` has.
fn matches(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Null, _) => true,
        (Value::Number(wanted), Value::Number(found)) => {
            let (wanted, found) = (wanted.as_f64().unwrap_or(0.0), found.as_f64().unwrap_or(f64::NAN));
            (wanted - found).abs() <= 1.0
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| matches(value, found.get(key).unwrap_or(&Value::Null)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| matches(wanted, found))
        }
        _ => wanted == found,
    }
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps/components/pages")
}

/// The pages' names and scripts.
fn scripts() -> BTreeMap<String, Script> {
    let folders = std::fs::read_dir(pages()).unwrap().flatten();
    let read = |folder: std::fs::DirEntry| {
        let file = folder.path().join("steps.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let script = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        (folder.file_name().into_string().unwrap(), script)
    };
    folders.map(read).collect()
}

fn chosen_scripts() -> BTreeMap<String, Script> {
    let chosen = std::env::var("LODGER_COMPONENT").ok();
    let mut scripts = scripts();
    scripts.retain(|name, _| chosen.as_ref().is_none_or(|chosen| chosen == name));
    assert!(!scripts.is_empty(), "there is no page {chosen:?}");
    scripts
}

in_both_engines! {
    fn components_do_what_wechat_documents(engine) {
        let mut driver = driver_with(engine, DriverOptions { size: SIZE, ..options() });
        let components = program("components");
        let mut failures = Vec::new();
        for (name, script) in chosen_scripts() {
            let path = format!("pages/{name}/index");
            driver.open(&components, Entry::page(&path)).unwrap();
            driver.page_ready(&path).unwrap();
            let picture = picture(&format!("component-{name}-{}.png", engine.name()));
            if let Err(why) = play(&mut driver, &script) {
                driver.screenshot(&picture).unwrap();
                failures.push(format!("{name}: {why} ({})", picture.display()));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

/// Pictures of every page, for people.
#[test]
#[ignore = "asserts nothing: it draws"]
fn looks() {
    for (name, width, theme) in [("light", 375, Theme::Light), ("dark-narrow", 320, Theme::Dark)] {
        let options = DriverOptions { size: (width, 900), theme, ..options() };
        let mut driver = driver_with(WebEngine::Chromium, options);
        let components = program("components");
        for page in chosen_scripts().keys() {
            let path = format!("pages/{page}/index");
            driver.open(&components, Entry::page(&path)).unwrap();
            driver.page_ready(&path).unwrap();
            driver.screenshot(&picture(&format!("looks-{page}-{name}.png"))).unwrap();
        }
    }
}

fn play(driver: &mut Told, script: &Script) -> Result<(), String> {
    let told = |why: lodger_desktop::Error| why.to_string();
    if !script.boxes.is_empty() {
        let page = driver.find(&Target::css("#page")).map_err(told)?;
        let mut wrong = Vec::new();
        for (id, wanted) in &script.boxes {
            let found = driver.find(&Target::css(format!("#{id}"))).map_err(told)?;
            let found = [found.x - page.x, found.y - page.y, found.width, found.height];
            let fits = |(wanted, found): (&Option<f64>, &f64)| {
                wanted.is_none_or(|wanted| (wanted - found).abs() <= TOLERANCE)
            };
            if !wanted.iter().zip(&found).all(fits) {
                wrong.push(format!("#{id} is at {found:.1?}, should be at {wanted:?}"));
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.join("; "));
        }
    }
    look_at_accessibility(driver, script)?;
    for (number, step) in script.steps.iter().enumerate() {
        act(driver, step).map_err(|why| format!("step {}: {why}", number + 1))?;
    }
    look_at_accessibility(driver, &Script { names: BTreeMap::new(), ..Script::default() })
}

/// axe-core's rules for WCAG, as far as they are about the base library: colours and sizes are the program's.
const AXE: &str = r#"
const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'],
  rules: { 'color-contrast': { enabled: false }, 'page-has-heading-one': { enabled: false }, region: { enabled: false },
    'landmark-one-main': { enabled: false }, 'meta-viewport': { enabled: false } } }
const text = (node) => axe.commons.text.accessibleTextVirtual(axe.utils.getNodeFromTree(node))
const find = (root, selector) => root.querySelector(selector) ?? [...root.querySelectorAll('*')]
  .map((node) => node.shadowRoot && find(node.shadowRoot, selector)).find(Boolean)
return axe.run(document, options).then(({ violations }) => {
  axe.setup(document)
  const names = NAMES.map((selector) => [selector, text(find(document, selector))])
  axe.teardown()
  return { names: Object.fromEntries(names), violations: violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`) }
}, (why) => ({ violations: [String(why)] }))
"#;

/// In Chromium: no violation that axe-core calls serious, and the names of `script`.
fn look_at_accessibility(driver: &mut Told, script: &Script) -> Result<(), String> {
    let package =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/runtime/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(package) else {
        eprintln!("SKIPPED: accessibility; the npm packages of core/runtime are not installed");
        return Ok(());
    };
    let names = serde_json::to_string(&script.names.keys().collect::<Vec<_>>()).unwrap();
    let found =
        driver.evaluate(&format!("{axe};{}", AXE.replace("NAMES", &names))).map_err(|why| why.to_string())?;
    let Some(found) = found else { return Ok(()) };
    let violations = found["violations"].as_array().cloned().unwrap_or_default();
    if !violations.is_empty() {
        return Err(format!("accessibility: {violations:#?}"));
    }
    for (selector, wanted) in &script.names {
        if found["names"][selector] != wanted.as_str() {
            return Err(format!("{selector} is called {}, should be {wanted:?}", found["names"][selector]));
        }
    }
    Ok(())
}

fn act(driver: &mut Told, step: &Step) -> Result<(), String> {
    let told = |why: lodger_desktop::Error| why.to_string();
    let before = log(driver)?.len();
    if let Some(target) = &step.tap {
        driver.tap(&Target::css(target)).map_err(told)?;
    }
    if let Some(text) = &step.r#type {
        driver.type_text(text).map_err(told)?;
    }
    if let Some(name) = &step.key {
        driver.press(key(name)?).map_err(told)?;
    }
    if let Some(target) = &step.drag {
        driver.drag(&Target::css(target), &step.path).map_err(told)?;
    }
    if let Some(target) = &step.hold {
        driver.drag(&Target::css(target), &[(0.5, 0.5); LONG_PRESS]).map_err(told)?;
    }
    if let Some(target) = &step.scroll {
        driver.scroll(&Target::css(target), step.by).map_err(told)?;
    }
    if step.back {
        driver.back().map_err(told)?;
    }
    let mut shown = Vec::new();
    until(|| {
        shown = log(driver)?;
        // Another page has a log of its own.
        let new = shown.len().min(before);
        shown.drain(..new);
        let mut rest = shown.iter();
        Ok(step.get.iter().all(|wanted| rest.any(|event| wanted.is(event))))
    })
    .map_err(|_| format!("expected {}, got {}", wanted(step), Value::from(shown.clone())))?;
    if !step.not.is_empty() && step.get.is_empty() {
        // What must not come would come within a few frames.
        driver.settle(Duration::from_millis(150)).map_err(told)?;
        shown = log(driver)?.split_off(before);
    }
    for (id, name) in &step.not {
        if shown.iter().any(|event| event["id"] == id.as_str() && event["type"] == name.as_str()) {
            return Err(format!("{id} must not get {name}, got {}", Value::from(shown)));
        }
    }
    for (selector, text) in &step.see {
        driver.find(&Target::css(selector).with_text(text)).map_err(told)?;
    }
    let mut data = Value::Null;
    until(|| {
        data = driver.dev(serde_json::json!({ "cmd": "data" })).map_err(told)?;
        Ok(step.data.iter().all(|(name, wanted)| matches(wanted, &data[name])))
    })
    .map_err(|_| {
        let found: BTreeMap<_, _> = step.data.keys().map(|name| (name, &data[name])).collect();
        format!("data should be {:?}, is {found:?}", step.data)
    })
}

/// Asks again and again until it is so.
fn until(mut ask: impl FnMut() -> Result<bool, String>) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    while !ask()? {
        if Instant::now() > end {
            return Err("it did not come".into());
        }
        // Asking takes as long as the page needs to draw: no wait between.
    }
    Ok(())
}

fn log(driver: &mut Told) -> Result<Vec<Value>, String> {
    let data = driver.dev(serde_json::json!({ "cmd": "data" })).map_err(|why| why.to_string())?;
    Ok(data["log"].as_array().cloned().unwrap_or_default())
}

fn wanted(step: &Step) -> String {
    let parts = step.get.iter().map(|wanted| {
        let (id, name, detail) = wanted.parts();
        format!("{id} {name} {detail}")
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn key(name: &str) -> Result<Key, String> {
    Ok(match name {
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Backspace" => Key::Backspace,
        "Space" => Key::Space,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        _ => return Err(format!("there is no key {name}")),
    })
}

/// The table (core/engine/components.json) claims nothing that no page shows.
#[test]
fn every_attribute_and_event_of_the_table_is_on_a_page() {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (page, script) in scripts() {
        let template = std::fs::read_to_string(pages().join(&page).join("index.wxml")).unwrap();
        let mut names: BTreeSet<String> = attributes(&template);
        names.extend(script.steps.iter().flat_map(|step| &step.get).map(|event| event.parts().1.to_owned()));
        names.extend(script.untested.keys().cloned());
        for component in &script.components {
            shown.entry(component.clone()).or_default().extend(names.iter().cloned());
        }
    }
    let mut lacking = Vec::new();
    for row in Components::get().rows().filter(|row| shown.contains_key(&row.tag)) {
        assert_ne!(row.status, ApiStatus::None, "{} has a page", row.tag);
        let names = row.attributes.iter().chain(&row.events).filter(|name| !shown[&row.tag].contains(*name));
        lacking.extend(names.map(|name| format!("{}: {name}", row.tag)));
    }
    assert!(lacking.is_empty(), "no page shows {lacking:#?}");
}

/// Words of a template that may be attributes; events without `bind`.
fn attributes(template: &str) -> BTreeSet<String> {
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':';
    template.split(word).map(|name| name.strip_prefix("model:").unwrap_or(name).to_owned()).collect()
}
