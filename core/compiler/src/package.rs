//! Writes `package.js`: all code of one package in one statement (`core/docs/bundle.md`).
use crate::{map::MapWriter, script::Script, source::Source, style::StyleMap};
use lodger_bundle::Digest;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, rc::Rc};

const PARAMETERS: &str =
    "global, globalThis, Function, window, document, self, location, localStorage, XMLHttpRequest, fetch";

/// A module that is ready to be written.
pub(crate) struct Module {
    pub(crate) source: Rc<Source>,
    pub(crate) script: Rc<Script>,
}

/// The parts of a package.
pub(crate) struct PackageCode<'a> {
    pub(crate) name: &'a str,
    pub(crate) components: Map<String, Value>,
    pub(crate) styles: StyleMap,
    pub(crate) templates: String,
    /// What each page or component draws, as a digest of its template and all that this needs.
    pub(crate) looks: BTreeMap<String, Digest>,
    /// By module key.
    pub(crate) modules: BTreeMap<&'a str, &'a Module>,
}

impl PackageCode<'_> {
    /// A digest of all that is not template or style sheet; which pages and components have these counts as code.
    pub(crate) fn code_digest(&self) -> Digest {
        let modules: Vec<(&str, &str)> =
            self.modules.iter().map(|(key, module)| (*key, module.script.code.as_str())).collect();
        let styles: Vec<&String> = self.styles.keys().collect();
        let looks: Vec<&String> = self.looks.keys().collect();
        let all = serde_json::json!([self.name, self.components, styles, looks, modules]);
        Digest::of(all.to_string().as_bytes())
    }

    /// The script and its source map.
    pub(crate) fn write(&self, path: &str) -> (Vec<u8>, Vec<u8>) {
        let text = |value: &str| Value::from(value).to_string();
        let mut out = Lines::default();
        out.push(&format!(
            "__lodger.definePackage({}, function ({PARAMETERS}) {{\nreturn {{\n",
            text(self.name)
        ));
        out.push("components: {\n");
        for (key, value) in &self.components {
            out.push(&format!("{}: {value},\n", text(key)));
        }
        out.push("},\nstyles: {\n");
        for (key, css) in &self.styles {
            out.push(&format!("{}: {},\n", text(key), text(css)));
        }
        out.push("},\ntemplates: ");
        out.push(&self.templates);
        out.push(",\nmodules: {\n");
        let mut map = MapWriter::new(path);
        for (key, module) in &self.modules {
            out.push(&format!("{}: function (require, module, exports) {{\n", text(key)));
            map.add(&module.source.shown, &module.source.text, out.line, &module.script.mappings);
            out.push(&module.script.code);
            // A comment may end the code: the brace must not become part of it.
            out.push("\n},\n");
        }
        out.push("}\n};\n});\n");
        (out.text.into_bytes(), map.finish())
    }
}

/// Text that knows how many lines it has.
#[derive(Default)]
struct Lines {
    text: String,
    line: u32,
}

impl Lines {
    fn push(&mut self, text: &str) {
        self.line += text.bytes().filter(|b| *b == b'\n').count() as u32;
        self.text.push_str(text);
    }
}
