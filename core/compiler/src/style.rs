//! WXSS (and Less, Sass) to the CSS that the base library installs, per page and component.
mod less;
mod sass;
mod syntax;
mod urls;

use crate::{
    cache::Memo,
    codes,
    diagnostic::{Diagnostics, Finding, Severity},
    missing, path,
    project::Project,
    resolve,
    source::Source,
    tree::Tree,
};
use glass_easel_stylesheet_compiler::{
    StyleSheetOptions, StyleSheetTransformer,
    error::{ParseErrorKind, Position},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// Stands before the file name in the mark that the style sheet compiler leaves for an `@import`.
const IMPORT: &str = "lodger-import";

/// Compiled style sheets by file.
#[derive(Default)]
pub(crate) struct Styles {
    memo: HashMap<String, Rc<Sheet>>,
    plain: Memo<(), (), Rc<Sheet>>,
    less: less::Less,
    sass: sass::Sass,
    /// Assets that style sheets name.
    pub(crate) assets: BTreeSet<String>,
}

/// One sheet with its imports in place.
#[derive(Default)]
struct Sheet {
    css: String,
    /// Rules of `:host`, which must stand before all others.
    host: String,
}

/// What a sheet is compiled with.
pub(crate) struct StyleContext<'a> {
    pub(crate) tree: &'a mut Tree,
    pub(crate) project: &'a Project,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

/// Suffixes of style sheets, as the project's compile plugins allow them.
pub(crate) fn suffixes(plugins: &BTreeSet<String>) -> Vec<&'static str> {
    let mut all = vec![".wxss"];
    if plugins.contains("sass") {
        all.extend([".scss", ".sass"]);
    }
    if plugins.contains("less") {
        all.push(".less");
    }
    all
}

/// The style sheet of a page or component. A file of a preprocessor that the project asks for is the source of the
/// `.wxss` beside it; an npm package ships what it compiled itself.
pub(crate) fn of(stem: &str, tree: &mut Tree, plugins: &BTreeSet<String>) -> Option<String> {
    let mut files: Vec<String> = suffixes(plugins).iter().map(|ext| format!("{stem}{ext}")).collect();
    if !packaged(stem) {
        files.reverse();
    }
    files.into_iter().find(|file| tree.has(file))
}

fn packaged(file: &str) -> bool {
    file.split('/').any(|segment| segment == "miniprogram_npm")
}

impl Styles {
    /// The CSS of a file, imports included.
    pub(crate) fn compile(&mut self, file: &str, context: &mut StyleContext<'_>) -> String {
        let sheet = self.sheet(file, &mut Vec::new(), context);
        format!("{}{}", sheet.host, sheet.css)
    }

    /// Ends a build: what it did not use is forgotten, the rest is for the next.
    pub(crate) fn sweep(&mut self) {
        self.memo.clear();
        self.assets.clear();
        self.plain.sweep();
        self.less.sweep();
        self.sass.sweep();
    }

    /// Files used.
    pub(crate) fn files(&self) -> impl Iterator<Item = &String> {
        self.memo.keys().chain(self.less.imported())
    }

    fn sheet(&mut self, file: &str, open: &mut Vec<String>, context: &mut StyleContext<'_>) -> Rc<Sheet> {
        if let Some(known) = self.memo.get(file) {
            return known.clone();
        }
        let sheet = match self.text(file, context) {
            Some(source) => {
                open.push(file.to_owned());
                let sheet = self.transform(&source, open, context);
                open.pop();
                sheet
            }
            None => Sheet::default(),
        };
        let sheet = Rc::new(sheet);
        self.memo.insert(file.to_owned(), sheet.clone());
        sheet
    }

    fn text(&mut self, file: &str, context: &mut StyleContext<'_>) -> Option<Rc<Source>> {
        let source = context.tree.source(file, context.diagnostics)?;
        match path::extension(file).as_str() {
            "scss" | "sass" => self.sass.compile(&source, context),
            "less" => self.less.compile(&source, context),
            _ => Some(source),
        }
    }

    fn transform(
        &mut self,
        source: &Rc<Source>,
        open: &mut Vec<String>,
        context: &mut StyleContext<'_>,
    ) -> Sheet {
        // A package's own slips are not the developer's business.
        let own = context.tree.npm.owner(&source.path).is_none();
        let plain = self.plain.get(&source.path, source, context.diagnostics, &mut |(), _| (), |found, _| {
            Some(Rc::new(plain(source, own, found)))
        });
        let plain = plain.unwrap_or_default();
        let css = urls::rewrite(&plain.css, &mut |url| self.url(url, source, context));
        let mut sheet = Sheet {
            css: String::new(),
            host: urls::rewrite(&plain.host, &mut |url| self.url(url, source, context)),
        };
        self.insert_imports(&css, source, open, context, &mut sheet);
        sheet
    }
    fn insert_imports(
        &mut self,
        css: &str,
        source: &Source,
        open: &mut Vec<String>,
        context: &mut StyleContext<'_>,
        sheet: &mut Sheet,
    ) {
        let mark = format!("/*{IMPORT} ");
        let mut rest = css;
        let mut hosts = String::new();
        while let Some(at) = rest.find(&mark) {
            sheet.css.push_str(&rest[..at]);
            let after = &rest[at + mark.len()..];
            let end = after.find("*/").unwrap_or(after.len());
            let name = urls::decode(&after[..end]);
            rest = after.get(end + 2..).unwrap_or("");
            if let Some(file) = find_import(&name, source, context) {
                if open.contains(&file) {
                    let message =
                        format!("\"{name}\" imports this file in turn; the second import is left out");
                    let finding = Finding::warning(codes::STYLE_CYCLE, message);
                    context.diagnostics.add(finding.at(source, source.find(&name)));
                } else {
                    let imported = self.sheet(&file, open, context);
                    sheet.css.push_str(&imported.css);
                    hosts.push_str(&imported.host);
                }
            }
        }
        sheet.css.push_str(rest);
        sheet.host.insert_str(0, &hosts);
    }

    /// What a `url()` becomes; `None` leaves it.
    fn url(&mut self, url: &str, source: &Source, context: &mut StyleContext<'_>) -> Option<String> {
        let remote = if let Some(rest) = url.strip_prefix("//") {
            Some(format!("https://{rest}"))
        } else if url.starts_with("https://") || url.starts_with("http://") {
            Some(url.to_owned())
        } else {
            None
        };
        if let Some(remote) = remote {
            let local =
                context.project.remote.get(url).or_else(|| context.project.remote.get(&remote)).cloned();
            return Some(match local {
                Some(file) => {
                    self.assets.insert(file.clone());
                    format!("/p/{}", urls::encode_path(&file))
                }
                None => format!("/.lodger/fetch/{}", urls::encode(&remote)),
            });
        }
        if url.is_empty() || url.starts_with('#') || url.contains(':') {
            return None;
        }
        let bare = url.split(['?', '#']).next().unwrap_or(url);
        match resolve::file(context.tree, &source.path, bare, &[""]) {
            Ok(file) => {
                let path = format!("/p/{}", urls::encode_path(&file));
                self.assets.insert(file);
                Some(path)
            }
            Err(miss) => {
                let message = format!("the file \"{bare}\" does not exist");
                let finding = missing::finding(
                    context.tree,
                    &miss,
                    Severity::Warning,
                    codes::MISSING_ASSET,
                    &message,
                    &[""],
                );
                context.diagnostics.add(finding.at(source, source.find(bare)));
                None
            }
        }
    }
}

/// The sheet of one file alone: imports are still marks, and `url()` is as it was written.
fn plain(source: &Source, own: bool, found: &mut Diagnostics) -> Sheet {
    let mut slipped = false;
    if own && !matches!(path::extension(&source.path).as_str(), "less" | "scss" | "sass") {
        for slip in syntax::slips(&source.text) {
            slipped = true;
            let severity = if slip.fatal { Severity::Error } else { Severity::Warning };
            let finding = Finding::new(severity, codes::STYLE_SYNTAX, format!("WXSS: {}", slip.message));
            found.add(finding.at(source, slip.range).help(slip.help));
        }
    }
    let options = StyleSheetOptions {
        class_prefix: None,
        class_prefix_sign: Some("~".to_owned()),
        tag_name_prefix: Some("wx-".to_owned()),
        rpx_ratio: 750.0,
        import_sign: Some(IMPORT.to_owned()),
        convert_host: true,
        host_is: None,
    };
    let mut transformer =
        StyleSheetTransformer::from_css(&source.path, &plain_imports(&source.text), options);
    for warning in transformer.take_warnings() {
        let at = |position: &Position| source.offset(position.line, position.utf16_col);
        let range = at(&warning.location.start)..at(&warning.location.end);
        let finding = match warning.kind {
            // WeChat takes @import anywhere, and so does this compiler.
            ParseErrorKind::IllegalImportPosition => continue,
            ParseErrorKind::HostSelectorCombination => Finding::warning(
                codes::STYLE_SUSPECT,
                "a rule is left out: :host combined with another selector",
            ),
            // Most likely what follows from a slip that was told just now.
            ParseErrorKind::UnexpectedCharacter if slipped => continue,
            ParseErrorKind::UnexpectedCharacter => {
                Finding::warning(codes::STYLE_SYNTAX, "WXSS: unexpected character; the rule is left out")
            }
        };
        if own {
            found.add(finding.at(source, range));
        }
    }
    let (normal, low) = transformer.output_and_low_priority_output();
    let (mut css, mut host) = (String::new(), String::new());
    let written = normal.write_str(&mut css).and_then(|()| low.write_str(&mut host));
    debug_assert!(written.is_ok(), "writing to memory cannot fail");
    Sheet { css, host }
}

fn find_import(name: &str, source: &Source, context: &mut StyleContext<'_>) -> Option<String> {
    let mut suffixes = suffixes(&context.project.plugins);
    suffixes.push(".css");
    if name.contains("://") || name.starts_with("//") {
        let finding =
            Finding::warning(codes::STYLE_SUSPECT, format!("\"{name}\" is remote and is not imported"));
        context
            .diagnostics
            .add(finding.at(source, source.find(name)).help("copy the style sheet into the project"));
        return None;
    }
    if let Some(stem) = name.strip_suffix(".wxss") {
        // Perhaps what a preprocessor makes of a file.
        let written =
            suffixes.iter().rev().filter(|ext| !matches!(**ext, ".wxss" | ".css")).find_map(|ext| {
                resolve::file(context.tree, &source.path, &format!("{stem}{ext}"), &[ext]).ok()
            });
        if let Some(file) = written.filter(|file| !packaged(file)) {
            return Some(file);
        }
    }
    match resolve::file(context.tree, &source.path, name, &suffixes) {
        Ok(file) => Some(file),
        Err(miss) => {
            let message = format!("the style sheet \"{name}\" does not exist");
            let finding = missing::finding(
                context.tree,
                &miss,
                Severity::Error,
                codes::MISSING_STYLE,
                &message,
                &suffixes,
            );
            context.diagnostics.add(finding.at(source, source.find(name)));
            None
        }
    }
}

/// `@import url("x")` in the form that the style sheet compiler knows: `@import "x"`.
fn plain_imports(css: &str) -> std::borrow::Cow<'_, str> {
    static PATTERN: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        regex::Regex::new(r#"@import\s+url\(\s*["']?([^"')]+?)["']?\s*\)"#).expect("a constant pattern")
    });
    PATTERN.replace_all(css, "@import \"$1\"")
}

/// All style sheets of one package, by page or component.
pub(crate) type StyleMap = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_by_url_are_imports() {
        assert_eq!(
            plain_imports("@import url( 'a.wxss' );\n@import \"b\";"),
            "@import \"a.wxss\";\n@import \"b\";"
        );
    }
}
