//! A mini-program of 300 source files, the same every time: what a shop of some size looks like to a compiler.

use crate::process::Trouble;
use std::{fmt::Write, fs, path::Path};

const PAGES: usize = 24;
const COMPONENTS: usize = 24;
const UTILS: usize = 64;
const SHEETS: usize = 24;
const TEMPLATES: usize = 16;

/// Writes it; returns its JavaScript entries for a bundler, and how many files there are.
pub fn write(folder: &Path) -> Result<(Vec<String>, usize), Trouble> {
    let mut project = Project { folder, files: 0 };
    let pages: Vec<String> = (0..PAGES).map(|page| format!("\"pages/p{page}/index\"")).collect();
    project.file("app.json", &format!("{{ \"pages\": [{}] }}", pages.join(", ")))?;
    project.file(
        "project.config.json",
        r#"{ "appid": "bench", "setting": { "useCompilerPlugins": ["typescript", "less"] } }"#,
    )?;
    project.file(
        "app.js",
        &format!("{}App({{ onLaunch() {{ this.total = u0.sum([1, 2]) }} }})\n", import(0, "./utils/u0")),
    )?;
    project.file("app.wxss", "@import 'styles/s0.wxss';\npage { color: #333 }\n")?;
    for util in 0..UTILS {
        project.util(util)?;
    }
    for sheet in 0..SHEETS {
        project.sheet(sheet)?;
    }
    for template in 0..TEMPLATES {
        let rows: String =
            (0..8).map(|row| format!("  <view class=\"row r{row}\">{{{{item.f{row}}}}}</view>\n")).collect();
        project.file(
            &format!("templates/t{template}.wxml"),
            &format!("<template name=\"t{template}\">\n{rows}</template>\n"),
        )?;
    }
    for component in 0..COMPONENTS {
        project.unit(&format!("components/c{component}/index"), component, true)?;
    }
    for page in 0..PAGES {
        project.unit(&format!("pages/p{page}/index"), page, false)?;
    }
    let entries = (0..PAGES).map(|page| format!("pages/p{page}/index.js"));
    let components = (0..COMPONENTS).map(|component| format!("components/c{component}/index.js"));
    let entries = std::iter::once("app.js".to_owned()).chain(entries).chain(components).collect();
    Ok((entries, project.files))
}

struct Project<'a> {
    folder: &'a Path,
    files: usize,
}

fn import(util: usize, path: &str) -> String {
    format!("const u{util} = require('{path}')\n")
}

impl Project<'_> {
    fn file(&mut self, path: &str, text: &str) -> Result<(), Trouble> {
        let file = self.folder.join(path);
        let failed = |error: std::io::Error| Trouble::Failed(format!("{}: {error}", file.display()));
        fs::create_dir_all(file.parent().unwrap_or(self.folder)).map_err(failed)?;
        fs::write(&file, text).map_err(failed)?;
        self.files += 1;
        Ok(())
    }

    /// Every fifth is TypeScript.
    fn util(&mut self, number: usize) -> Result<(), Trouble> {
        let typed = number % 5 == 4;
        let (list, total) = if typed { (": number[]", ": number") } else { ("", "") };
        let mut text = String::new();
        if number + 7 < UTILS {
            text.push_str(&import(number + 7, &format!("./u{}", number + 7)));
        }
        let _ = write!(
            text,
            "exports.sum = function (list{list}){total} {{\n  return list.reduce((a, b) => a + b, 0)\n}}\n"
        );
        for function in 0..12 {
            let _ = write!(
                text,
                "/** Makes a label of a price, form {function}. */\nexports.label{function} = function (item) {{\n  \
                 const {{ name = '', price = {function}, ...rest }} = item ?? {{}}\n  \
                 const parts = [name, `¥${{(price / 100).toFixed(2)}}`]\n  \
                 for (const key of Object.keys(rest)) if (rest[key]?.shown) parts.push(`${{key}}: ${{rest[key].text}}`)\n  \
                 return parts.filter(Boolean).join(' · ')\n}}\n"
            );
        }
        self.file(&format!("utils/u{number}.{}", if typed { "ts" } else { "js" }), &text)
    }

    /// A chain of imports; every third is Less.
    fn sheet(&mut self, number: usize) -> Result<(), Trouble> {
        let mut rules = String::new();
        for rule in 0..16 {
            let _ = writeln!(
                rules,
                ".s{number}-{rule} {{ padding: {rule}rpx 24rpx; border-radius: 8rpx; color: #0{rule:x}8; }}"
            );
        }
        if number % 3 == 2 {
            let text = format!(
                "@ink{number}: #246;\n.box{number} {{\n  color: @ink{number};\n  .inner {{ margin: (8rpx * 2); }}\n{rules}}}\n"
            );
            return self.file(&format!("styles/s{number}.less"), &text);
        }
        let next =
            if number + 3 < SHEETS { format!("@import './s{}.wxss';\n", number + 3) } else { String::new() };
        self.file(&format!("styles/s{number}.wxss"), &format!("{next}{rules}"))
    }

    /// A page or component: script, template, style, JSON.
    fn unit(&mut self, stem: &str, number: usize, component: bool) -> Result<(), Trouble> {
        let mut script = String::new();
        for util in [number, number + 12, number + 36] {
            script.push_str(&import(util % UTILS, &format!("../../utils/u{}", util % UTILS)));
        }
        script.push_str(if component {
            "Component({ properties: { item: Object }, methods: {\n"
        } else {
            "Page({ data: { list: [], open: false },\n"
        });
        for handler in 0..10 {
            let _ = write!(
                script,
                "  async on{handler}(event) {{\n    const {{ id }} = event.currentTarget.dataset\n    \
                 const list = (this.data.list ?? []).map((item) => ({{ ...item, on: item.id === id }}))\n    \
                 this.setData({{ list, text: u{}.label{handler}(list[0]) }})\n  }},\n",
                number % UTILS
            );
        }
        script.push_str(if component { "} })\n" } else { "})\n" });
        self.file(&format!("{stem}.js"), &script)?;
        let template = number % TEMPLATES;
        let mut markup = format!("<import src=\"../../templates/t{template}.wxml\"/>\n");
        for row in 0..12 {
            let _ = writeln!(
                markup,
                "<view class=\"row {{{{open ? 'open' : ''}}}}\" wx:for=\"{{{{list}}}}\" wx:key=\"id\" data-id=\"{{{{item.id}}}}\" bindtap=\"on{}\">\n  \
                 <text class=\"name\">{{{{item.name}}}} {row}</text>\n  <image src=\"{{{{item.image}}}}\" mode=\"aspectFill\"/>\n</view>",
                row % 10
            );
        }
        let _ = writeln!(markup, "<template is=\"t{template}\" data=\"{{{{item}}}}\"/>");
        let other = (number + 1) % COMPONENTS;
        if !component || number + 1 < COMPONENTS {
            let _ = writeln!(markup, "<part-a item=\"{{{{list[0]}}}}\"/>");
        }
        self.file(&format!("{stem}.wxml"), &markup)?;
        let rules: String = (0..14)
            .map(|rule| {
                format!(
                    ".n{rule} {{ width: {}rpx; display: flex; background: rgba(0, 0, 0, .{rule}); }}\n",
                    rule * 10
                )
            })
            .collect();
        self.file(
            &format!("{stem}.wxss"),
            &format!("@import '../../styles/s{}';\n{rules}", number % SHEETS),
        )?;
        let using = if component && number + 1 >= COMPONENTS {
            String::new()
        } else {
            format!("\"part-a\": \"/components/c{other}/index\"")
        };
        self.file(
            &format!("{stem}.json"),
            &format!("{{ \"component\": {component}, \"usingComponents\": {{ {using} }} }}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_300_files_and_every_entry_is_one() {
        let folder = std::env::temp_dir().join(format!("lodger-bench-{}", std::process::id()));
        let written = write(&folder);
        let (entries, files) = written.expect("a project");
        let missing: Vec<_> = entries.iter().filter(|entry| !folder.join(entry).is_file()).collect();
        fs::remove_dir_all(&folder).expect("a folder of our own");
        assert_eq!((files, missing.len(), entries.len()), (300, 0, 1 + PAGES + COMPONENTS));
    }
}
