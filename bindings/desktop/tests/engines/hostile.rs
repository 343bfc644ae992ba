//! A hostile publisher's bundle: a program that opens like any other, with a script that runs in the real window.
//!
//! That is more than a program could reach by breaking out of its module scope, which is no security boundary. What a
//! script finds out, it tells by the console, which the base library reports.
use crate::harness::{Told, driver, program};
use lodger_bundle::{BundleBuilder, Index};
use lodger_desktop::{Entry, HostEvent, Program, WebEngine};
use serde_json::Value;
use std::collections::BTreeMap;

const SAY: &str = "attack ";

/// What a script said, by name.
pub(crate) type Said = BTreeMap<String, Value>;

/// The program `plain`, with `script` behind its code and `files` beside it. The script is the body of an async
/// function; it can `say(name, value)`, and has a few helpers (below).
pub(crate) fn bundle(script: &str, files: &[(&str, &str, &str)]) -> Program {
    let plain = program("plain").bundle;
    let index = &plain.index;
    let main = &index.packages[0];
    let mut builder = BundleBuilder::new(Index { packages: Vec::new(), ..index.clone() });
    builder.package(&main.name, &main.root, main.independent);
    for file in &main.files {
        let mut bytes = plain.blobs[&file.digest].clone();
        if file.path == "package.js" {
            bytes.extend_from_slice(wrap(script).as_bytes());
        }
        builder.file(&main.name, &file.path, &file.mime, bytes);
    }
    for (path, mime, text) in files {
        builder.file(&main.name, path, mime, text.as_bytes().to_vec());
    }
    Program::new(builder.finish().unwrap())
}

fn wrap(script: &str) -> String {
    format!(
        r"
;(async () => {{
  const say = (name, value) => console.log('{SAY}' + JSON.stringify([name, value === undefined ? null : value]))
  // Adds an element and says how its loading ended; a blocked one says `error` too.
  const load = (tag, attributes) => new Promise((done) => {{
    const element = Object.assign(document.createElement(tag), attributes)
    element.onload = () => done('load')
    element.onerror = () => done('error')
    document.head.append(element)
  }})
  // Status and text of a fetch, or that there was none.
  const get = (url, init) => fetch(url, init).then(
    async (response) => ({{ status: response.status, text: await response.text() }}), () => ({{ status: 0, text: '' }}))
  // A call of wx that ends with what it was told.
  const call = (name, options) => new Promise((done) =>
    wx[name]({{ ...options, success: (ok) => done({{ ok }}), fail: (err) => done({{ err: String(err && err.errMsg) }}) }}))
  const violated = (run) => new Promise((done) => {{
    document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), {{ once: true }})
    run()
  }})
  if (document.readyState !== 'complete') await new Promise((done) => addEventListener('load', done))
  try {{
    // The bridge is open when it has answered once.
    await call('getStorageInfo', {{}})
{script}
  }} catch (error) {{
    say('threw', String(error))
  }}
  say('done')
}})()
"
    )
}

/// Opens the bundle and waits until its script is done.
pub(crate) fn attack(engine: WebEngine, script: &str, files: &[(&str, &str, &str)]) -> (Told, Said) {
    let mut driver = driver(engine);
    driver.open(&bundle(script, files), Entry::default()).unwrap();
    let said = listen(&mut driver);
    assert_eq!(said.get("threw"), None, "the script itself is wrong");
    (driver, said)
}

/// What the script says until it is done.
pub(crate) fn listen(driver: &mut Told) -> Said {
    let mut said = Said::new();
    while !said.contains_key("done") {
        let event = driver.wait("the script", |event| words(event).is_some()).unwrap();
        let (name, value) = words(&event).unwrap();
        said.insert(name, value);
    }
    said
}

/// What the script has said so far.
pub(crate) fn heard(driver: &Told) -> Said {
    driver.events().iter().filter_map(words).collect()
}

fn words(event: &HostEvent) -> Option<(String, Value)> {
    let HostEvent::Console { text, .. } = event else { return None };
    serde_json::from_str(text.strip_prefix(SAY)?).ok()
}
