//! The edit loop: a file is saved, and what is on the screen follows, losing as little as can be.
use crate::harness::{Told, copied, driver, in_both_engines, picture, pixel};
use lodger_compiler::{Compiler, Options, Parts};
use lodger_desktop::{Change, Entry, HostEvent, Program, Target, WebEngine};
use serde_json::json;
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;

/// A copy of `apps/hot` that is edited, and a program that follows.
struct Editing {
    driver: Told,
    folder: TempDir,
    compiler: Compiler,
    parts: Parts,
}

impl Editing {
    fn open(engine: WebEngine) -> Self {
        let folder = copied("hot");
        let mut editing =
            Self { driver: driver(engine), folder, compiler: Compiler::default(), parts: Parts::default() };
        let (program, _) = editing.build().unwrap();
        editing.driver.open(&program, Entry::default()).unwrap();
        editing.driver.page_ready("pages/index/index").unwrap();
        editing.driver.first_content().unwrap();
        editing
    }

    /// What the edit loop of `lodger run` does; the diagnostics if the build fails.
    fn build(&mut self) -> Result<(Program, Change), String> {
        let options = Options { development: true, ..Options::default() };
        let output = self.compiler.compile(self.folder.path(), &options);
        let Some(bundle) = output.bundle else {
            return Err(output.diagnostics.iter().map(ToString::to_string).collect());
        };
        let change = match output.parts.look_since(&self.parts) {
            Some(look) => Change::Look { packages: look.packages, templates: look.templates },
            None => Change::Code,
        };
        self.parts = output.parts;
        Ok((Program::new(bundle), change))
    }

    /// Replaces a text in a file, builds, and puts the new build in place.
    fn edit(&mut self, file: &str, from: &str, to: &str) -> Change {
        self.save(file, from, to);
        let (program, change) = self.build().unwrap();
        self.driver.reload(&program, &change).unwrap();
        change
    }

    fn save(&self, file: &str, from: &str, to: &str) {
        let file = self.folder.path().join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from} is not in {}", file.display());
        fs::write(file, text.replace(from, to)).unwrap();
    }

    fn tap(&mut self, selector: &str) {
        self.driver.tap(&Target::css(selector)).unwrap();
    }

    fn sees(&mut self, selector: &str, text: &str) {
        self.driver.find(&Target::css(selector).with_text(text)).unwrap();
    }

    fn documents(&mut self) -> u64 {
        self.driver.counters().unwrap()["documents"]
    }

    fn stack(&mut self) -> serde_json::Value {
        self.driver.dev(json!({ "cmd": "stack" })).unwrap()
    }
}

/// Waits until an element has this colour on the screen: a style sheet that changes sends no event.
fn shows(editing: &mut Editing, selector: &str, wanted: [u8; 3], engine: WebEngine) {
    let mut found = [0; 3];
    for _ in 0..40 {
        found = colour(editing, selector, engine);
        if found == wanted {
            return;
        }
        editing.driver.settle(Duration::from_millis(50)).unwrap();
    }
    panic!("{selector} is {found:?}, not {wanted:?}");
}

/// A colour beside the text of an element, from a picture of the page.
fn colour(editing: &mut Editing, selector: &str, engine: WebEngine) -> [u8; 3] {
    let rect = editing.driver.find(&Target::css(selector)).unwrap();
    let file = picture(&format!("hot-{}.png", engine.name()));
    editing.driver.screenshot(&file).unwrap();
    pixel(&file, (rect.x + rect.width - 20.0, rect.y + rect.height / 2.0))
}

in_both_engines! {
    fn templates_and_styles_change_under_a_page_that_lives_on(engine) {
        let mut editing = Editing::open(engine);
        editing.tap(".add");
        editing.tap(".add");
        editing.sees(".add", "Count 2");
        editing.tap(".name");
        editing.driver.type_text("Zoe").unwrap();
        editing.driver.tap(&Target::text("Tally 7 and 0")).unwrap();
        editing.sees("wx-view", "Tally 7 and 1");
        let documents = editing.documents();

        // Twice: what was drawn anew can be drawn anew again.
        for (from, to) in [("First words", "Second words"), ("Second words", "Third words")] {
            let change = editing.edit("pages/index/index.wxml", from, to);
            assert!(matches!(change, Change::Look { .. }), "{change:?}");
            editing.sees(".title", to);
            editing.sees(".add", "Count 2");
            editing.sees("wx-view", "Tally 7 and 1");
        }
        let data = editing.driver.dev(json!({ "cmd": "data" })).unwrap();
        assert_eq!(data["count"], 2);
        editing.tap(".add");
        editing.sees(".add", "Count 3");

        editing.edit("parts/tally.wxml", "Tally", "Sum");
        editing.driver.tap(&Target::text("Sum 7 and 1")).unwrap();
        editing.sees("wx-view", "Sum 7 and 2");

        shows(&mut editing, ".title", [200, 220, 240], engine);
        let change = editing.edit("pages/index/index.wxss", "rgb(200, 220, 240)", "rgb(20, 120, 40)");
        assert!(matches!(&change, Change::Look { templates, .. } if templates.is_empty()), "{change:?}");
        editing.sees(".add", "Count 3");
        shows(&mut editing, ".title", [20, 120, 40], engine);
        assert_eq!(editing.documents(), documents, "the document stayed");
        assert!(!editing.driver.events().iter().any(|event| matches!(event, HostEvent::ScriptError { .. })));
    }

    fn new_code_runs_on_the_same_pages(engine) {
        let mut editing = Editing::open(engine);
        editing.tap(".go");
        editing.driver.page_ready("pages/second/second").unwrap();
        editing.sees(".said", "old code door of 2");
        let documents = editing.documents();

        assert_eq!(editing.edit("pages/second/second.js", "old code", "new code"), Change::Code);
        editing.driver.page_ready("pages/second/second").unwrap();
        editing.sees(".said", "new code door of 2");
        assert_eq!(editing.stack(), json!(["pages/index/index", "pages/second/second"]));
        assert_eq!(editing.documents(), documents + 1);
        editing.driver.back().unwrap();
        editing.sees(".add", "Count 0");
    }

    fn a_broken_file_is_told_and_the_page_lives_on(engine) {
        let mut editing = Editing::open(engine);
        editing.tap(".add");
        editing.sees(".add", "Count 1");
        editing.save("pages/index/index.js", "data: {", "data: {{");
        let Err(text) = editing.build() else { panic!("it was built") };
        editing.driver.build_errors(&text).unwrap();
        editing.sees(".lodger-build", "pages/index/index.js:2:");
        editing.save("pages/index/index.js", "data: {{", "data: {[");
        let Err(text) = editing.build() else { panic!("it was built") };
        editing.driver.build_errors(&text).unwrap();
        editing.sees(".lodger-build", "pages/index/index.js:2:");

        // Mended, with another look: the panel goes, the page has kept its data.
        editing.save("pages/index/index.js", "data: {[", "data: {");
        editing.edit("pages/index/index.wxml", "First words", "Mended");
        editing.sees(".title", "Mended");
        editing.sees(".add", "Count 1");
        assert!(editing.driver.look(&Target::css(".lodger-build")).unwrap().is_none());
        // Without another build there is nothing to reload: then it is taken away.
        editing.driver.build_errors("something").unwrap();
        editing.sees(".lodger-build", "something");
        editing.driver.build_errors("").unwrap();
        editing.tap(".add");
        editing.sees(".add", "Count 2");
    }
}
