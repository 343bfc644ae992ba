//! One `.wxml` file, parsed: what it needs of others, and its code.
use super::{Question, range, wording};
use crate::{
    diagnostic::{Diagnostics, Severity},
    source::Source,
    wxs,
};
use glass_easel_template_compiler::{
    TmplGroup,
    parse::{
        ParseErrorKind, Position,
        tag::{Script, StrName},
    },
};
use std::{cell::OnceCell, ops::Range, rc::Rc};

/// Its code depends on nothing but its text and the answers to its questions.
pub(super) struct Template {
    pub(super) source: Rc<Source>,
    /// Holds this template only.
    pub(super) group: TmplGroup,
    /// Keys of imported and included templates.
    pub(super) templates: Vec<String>,
    /// Keys of WXS files.
    pub(super) scripts: Vec<String>,
    /// WXS files that it names, or that its inline scripts require.
    pub(super) needed: Vec<String>,
    pub(super) inline: bool,
    code: OnceCell<Result<String, String>>,
}

impl Template {
    pub(super) fn parse(
        key: &str,
        source: &Rc<Source>,
        own: bool,
        diagnostics: &mut Diagnostics,
        ask: &mut dyn FnMut(&Question) -> Option<String>,
    ) -> Self {
        let mut group = TmplGroup::new();
        let warnings = group.add_tmpl(key, &source.text);
        for warning in wording::without_echoes(source, warnings) {
            let range = range(source, &warning.location);
            // Notes speak of style, and a package's own slips are not the developer's business.
            let unclosed =
                matches!(warning.kind, ParseErrorKind::MissingEndTag | ParseErrorKind::InvalidEndTag);
            if let Some((severity, finding)) = wording::finding(&warning.kind, source, range)
                && (own || (severity == Severity::Error && !unclosed))
            {
                diagnostics.add(finding);
            }
        }
        let mut template = Self {
            source: source.clone(),
            group,
            templates: Vec::new(),
            scripts: Vec::new(),
            needed: Vec::new(),
            inline: false,
            code: OnceCell::new(),
        };
        template.find_files(key, ask);
        template.compile_inline(key, diagnostics, ask);
        template
    }

    /// Asks for the files that it imports, includes and names as WXS.
    fn find_files(&mut self, key: &str, ask: &mut dyn FnMut(&Question) -> Option<String>) {
        let Ok(parsed) = self.group.get_tree_mut(key) else { return };
        let globals = &mut parsed.globals;
        let mut find = |src: &StrName, suffix, severity| {
            let place = range(&self.source, &src.location);
            ask(&Question::Named { name: src.name.to_string(), suffix, place, severity })
        };
        // WeChat only complains about a missing import, and published programs have some: it is dropped.
        globals.imports.retain(|import| {
            let found = find(&import.src, ".wxml", Severity::Warning);
            let keep = found.is_some();
            self.templates.extend(found);
            keep
        });
        for include in &globals.includes {
            self.templates.extend(find(&include.src, ".wxml", Severity::Error));
        }
        for script in &globals.scripts {
            if let Script::GlobalRef { src, .. } = script {
                self.scripts.extend(find(src, ".wxs", Severity::Error));
            }
        }
        self.needed = self.scripts.iter().map(|key| format!("{key}.wxs")).collect();
    }

    fn compile_inline(
        &mut self,
        key: &str,
        diagnostics: &mut Diagnostics,
        ask: &mut dyn FnMut(&Question) -> Option<String>,
    ) {
        let Ok(parsed) = self.group.get_tree(key) else { return };
        let inline = parsed.globals.scripts.iter().filter_map(|script| match script {
            Script::Inline { module_name, content, content_location, .. } => {
                Some((module_name.name.to_string(), content.clone(), content_location.clone()))
            }
            _ => None,
        });
        let inline: Vec<(String, String, Range<Position>)> = inline.collect();
        self.inline = !inline.is_empty();
        for (name, content, place) in inline {
            let mut place = range(&self.source, &place);
            if self.source.text.get(place.clone()) != Some(content.as_str()) {
                place = self.source.find(&content);
            }
            let mut require = |require: &wxs::Require| ask(&Question::Required(require.clone()));
            let Some(code) = wxs::compile(&self.source, place, diagnostics, &mut require) else { continue };
            // The module's own path leads, so that require in it means the same as in a file beside it.
            self.scripts.extend(code.requires.iter().map(|file| file.trim_end_matches(".wxs").to_owned()));
            self.needed.extend(code.requires);
            let set = self.group.set_inline_script_content(key, &name, &format!("{}\n", code.code));
            debug_assert!(set.is_ok(), "the template was just added");
        }
    }

    /// An expression; or why there is none.
    pub(super) fn code(&self, key: &str) -> Result<&str, &str> {
        let code = self.code.get_or_init(|| {
            let code = self.group.get_tmpl_gen_object(key).map_err(|error| error.message)?;
            Ok(super::code::sort_binding_maps(&code))
        });
        code.as_deref().map_err(String::as_str)
    }
}
