//! Writes the code of a package's templates, the same every time.
use super::Templates;
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
};
use glass_easel_template_compiler::TmplGroup;
use lodger_bundle::Digest;
use std::collections::BTreeSet;

/// What the generated code expects around it: the base library's side of WXS (`core/docs/bundle.md`).
const RUNTIME: &str = ";Q.A=__lodger.wxs.change;Q.B=__lodger.wxs.fn;Q.C=__lodger.wxs.event;\
var getRegExp=(a,b)=>new RegExp(a,b),getDate=(...a)=>new Date(...a);";

impl Templates {
    /// The code of the named templates and of all that they need: an expression that gives them by path.
    ///
    /// This is `TmplGroup::get_tmpl_gen_object_groups` with a fixed order; the original's differs from run to run.
    pub(crate) fn code(&self, keys: &[String], diagnostics: &mut Diagnostics) -> String {
        let mut templates = BTreeSet::new();
        for key in keys {
            templates.extend(self.closure(key));
        }
        let scripts = self.scripts_of(&templates);
        let mut out = format!("(()=>{{var G={{}};var R={{}};{}\n", self.runtime());
        for key in scripts {
            let name = serde_json::Value::from(key).to_string();
            let code = &self.scripts[key].code;
            out.push_str(&format!("R[{name}]=D({name},(require,exports,module)=>{{{code}\n}});\n"));
        }
        for key in templates {
            let name = serde_json::Value::from(key).to_string();
            let template = &self.templates[key];
            let shown = &template.source.shown;
            let code = match template.code(key) {
                Ok(code) => code,
                Err(error) => {
                    let message = format!("no code for the template: {error}");
                    diagnostics.add(Finding::error(codes::INTERNAL, message).in_file(shown));
                    continue;
                }
            };
            // These calls do not exist in glass-easel 0.12 (ADR 0001), and WXML does not have what needs them.
            if ["R.e(N,[", "R.ei(N,", "R.w(N,[", "R.wi(N,"].iter().any(|call| code.contains(call)) {
                let message = "class: and style: attributes are not part of WXML";
                let finding = Finding::error(codes::TEMPLATE_SYNTAX, message).in_file(shown);
                diagnostics.add(finding.help("write class=\"{{…}}\" or style=\"{{…}}\""));
            }
            out.push_str(&format!("G[{name}]={code};\n"));
        }
        out.push_str("return G})()");
        out
    }

    /// A digest of the code that draws a page or component; None without a template.
    pub(crate) fn look(&self, key: &str) -> Option<Digest> {
        let parts = self.closure(key);
        if parts.is_empty() {
            return None;
        }
        let mut code = String::new();
        for key in &parts {
            code.push_str(&format!("{key}\n{}\n", self.templates[*key].code(key).unwrap_or_default()));
        }
        for key in self.scripts_of(&parts) {
            code.push_str(&format!("{key}\n{}\n", self.scripts[key].code));
        }
        Some(Digest::of(code.as_bytes()))
    }

    /// The WXS files that templates need.
    fn scripts_of(&self, templates: &BTreeSet<&str>) -> BTreeSet<&str> {
        let mut scripts: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = templates
            .iter()
            .flat_map(|key| self.templates[*key].scripts.iter().map(String::as_str))
            .collect();
        while let Some(key) = open.pop() {
            if let Some((key, script)) = self.scripts.get_key_value(key)
                && scripts.insert(key.as_str())
            {
                open.extend(script.requires.iter().map(|file| file.trim_end_matches(".wxs")));
            }
        }
        scripts
    }

    /// What the code of all templates stands on; that of WXS only where there is any.
    fn runtime(&self) -> String {
        let mut group = TmplGroup::new();
        group.set_extra_runtime_script(RUNTIME);
        if !self.scripts.is_empty() || self.templates.values().any(|template| template.inline) {
            group.add_script("any", "");
        }
        group.get_runtime_string()
    }
}

/// Puts the entries of `A=A||{"x":new Array(1),…}` in order: the template compiler keeps them in a hash map.
pub(super) fn sort_binding_maps(code: &str) -> String {
    const START: &str = "A=A||{";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(START) {
        let (before, after) = rest.split_at(at + START.len());
        out.push_str(before);
        rest = after;
        let Some(end) = after.find('}') else { break };
        let mut entries: Vec<&str> = after[..end].split(',').collect();
        if entries
            .iter()
            .all(|entry| entry.starts_with('"') && entry.contains(":new Array(") && entry.ends_with(')'))
        {
            entries.sort_unstable();
            out.push_str(&entries.join(","));
            rest = &after[end..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binding_maps_are_sorted_and_nothing_else_is() {
        let code = "x;A=A||{\"b\":new Array(2),\"a\":new Array(1)};A=A||{};s=\"A=A||{b,a}\"";
        let sorted = "x;A=A||{\"a\":new Array(1),\"b\":new Array(2)};A=A||{};s=\"A=A||{b,a}\"";
        assert_eq!(sort_binding_maps(code), sorted);
    }
}
