//! Every code a diagnostic can carry: one table, so that `lodger explain` and the docs never drift from it.

mod examples;

/// An entry of the table.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Code {
    #[serde(rename = "code")]
    /// `L` and four digits; never given to another meaning once released.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Why it happens and what to do.
    pub explanation: &'static str,
}

/// Files of a project: path and text. Those of a smallest program (`app.json` with the page `pages/a`) are implied.
pub type Files = &'static [(&'static str, &'static str)];

/// What a code looks like in a project.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Example {
    #[serde(skip)]
    code: &'static str,
    /// A project that gets the diagnostic. Empty for defects of Lodger itself.
    pub wrong: Files,
    /// The same project put right.
    pub right: Files,
    /// Where WeChat documents the matter.
    pub link: &'static str,
}

impl Code {
    /// The code's example; every code has one.
    #[must_use]
    pub fn example(&self) -> &'static Example {
        let found = examples::EXAMPLES.iter().find(|example| example.code == self.id);
        found.expect("a test looks every code up")
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $(pub(crate) const $name: &str = $id;)*
        /// The whole table, by id.
        pub static CODES: &[Code] = &[$(Code { id: $id, title: $title, explanation: $explanation },)*];
    };
}

codes! {
    NO_PROJECT = "L0001", "no mini-program here",
        "The folder holds neither project.config.json nor app.json, or app.json is not where miniprogramRoot of project.config.json points. Name the folder that WeChat's tools open.";
    NO_APP_ID = "L0002", "no app id",
        "project.config.json has no appid. The app id names the mini-program everywhere: in the index, for logins and orders. Add \"appid\" to project.config.json, or give --app.";
    UNREADABLE = "L0003", "a file cannot be read",
        "The file exists but cannot be read, is not UTF-8 text, or is a link that leads out of the project. Only files of the project and of its node_modules are read.";
    CASE_DIFFERS = "L0004", "upper and lower case differ from the file's name",
        "The path finds a file only where upper and lower case are the same, as on macOS and Windows. Phones tell them apart. Write the path exactly as the file is named.";
    OUTSIDE = "L0005", "a path leads out of the project",
        "Paths may not leave the mini-program's root folder (`..` too often). Move the file into the root folder.";
    BAD_SETTING = "L0006", "a setting has a value of the wrong kind",
        "A key of project.config.json, app.json or lodger.json holds something else than it should, for example a number where a text must stand. The message names what is expected.";
    UNSUPPORTED_SETTING = "L0007", "a setting that Lodger does not know how to follow",
        "The setting asks for something that Lodger does not have (plugins, workers, extended libraries). The rest of the program is compiled; what depends on the setting will not work. The message names an alternative where there is one.";
    JSON_SYNTAX = "L0101", "not valid JSON",
        "Comments and trailing commas are allowed, as in WeChat; everything else follows the JSON standard.";
    NO_PAGES = "L0102", "app.json lists no pages",
        "A mini-program needs at least one page: list it in \"pages\" of app.json. The first one is the entry page.";
    MISSING_PAGE = "L0103", "a page does not exist",
        "app.json names a page that has no .wxml or script file of that name. Create it, or take it out of the list.";
    MISSING_ASSET = "L0104", "a file named in the configuration does not exist",
        "A picture or another file that app.json or lodger.json names is not in the project. Check the path; it is relative to the root folder.";
    MISSING_COMPONENT = "L0201", "a component does not exist",
        "usingComponents names a component whose files are nowhere: relative to the file, in miniprogram_npm, or in node_modules. If it comes from npm, run npm install; the npm build step is done by Lodger itself.";
    FOREIGN_COMPONENT = "L0202", "a component of another subpackage, without a placeholder",
        "A component of another subpackage is there only once that package is loaded. Move the component to the main package, or name a stand-in for the meantime in componentPlaceholder.";
    PLUGIN_COMPONENT = "L0203", "a component or page of a plugin",
        "Plugins come from WeChat's own servers, so Lodger cannot get them. The element stays empty. Use the plugin's npm package where its maker has one.";
    INDEPENDENT_PACKAGE = "L0204", "an independent subpackage uses the main package",
        "An independent subpackage opens without the main package, so it can use only its own files. Move the file into the subpackage, or take \"independent\" off it.";
    TEMPLATE_SYNTAX = "L0301", "an error in WXML",
        "The template cannot be understood at this place.";
    TEMPLATE_SUSPECT = "L0302", "WXML that probably does not do what it should",
        "The template can be compiled, but at this place it differs from what WXML allows.";
    MISSING_TEMPLATE = "L0303", "an imported template or WXS file does not exist",
        "<import>, <include> or <wxs> names a file that is not there. Paths are relative to the file, or to the root folder when they start with a slash.";
    UNKNOWN_DIRECTIVE = "L0304", "a directive or attribute that WXML does not have",
        "The attribute looks like one of another framework, or is misspelt; it has no effect. WXML has wx:if, wx:elif, wx:else, wx:for, wx:for-item, wx:for-index and wx:key; events are bound with bind:name, catch:name, mut-bind:name and capture-bind:name; a value is bound with name=\"{{…}}\".";
    TEMPLATE_CYCLE = "L0305", "templates include or import one another in a circle",
        "An <include> is replaced by the file that it names, so a circle of them never ends. A circle of <import> does no harm but is never needed: an import brings the file's own templates only.";
    UNKNOWN_TAG = "L0306", "an element that nobody knows",
        "The tag is no built-in component, and neither the JSON file beside the template nor app.json names it in usingComponents. It is drawn as an empty box with its content.";
    STYLE_SYNTAX = "L0401", "an error in WXSS",
        "The style sheet cannot be understood at this place; the rule is left out.";
    STYLE_SUSPECT = "L0402", "WXSS that probably does not do what it should",
        "The style sheet can be compiled, but at this place it differs from what WXSS allows, or is ignored.";
    MISSING_STYLE = "L0403", "an imported style sheet does not exist",
        "@import names a file that is not there. Paths are relative to the file, or to the root folder when they start with a slash.";
    STYLE_CYCLE = "L0404", "style sheets import one another in a circle",
        "The second import of the same file is left out. Move the common rules to a file of their own.";
    PREPROCESSOR = "L0405", "Sass or Less cannot be compiled",
        "The preprocessor reports an error; the message is its own. Both are built in. In Less, plugins (@plugin), JavaScript in back quotes and remote imports are not available, and a style sheet that does not come to an end is given up.";
    SCRIPT_SYNTAX = "L0501", "an error in JavaScript or TypeScript",
        "The script cannot be parsed at this place.";
    MISSING_MODULE = "L0502", "a required module does not exist",
        "require or import names a module that is nowhere: relative to the file, in miniprogram_npm, or in node_modules. If it comes from npm, run npm install. A require inside try is not checked.";
    FOREIGN_MODULE = "L0503", "a module of another subpackage is required at once",
        "A module of another subpackage is there only once that package is loaded. Use require.async(path), or move the module to the main package.";
    UNSUPPORTED_SCRIPT = "L0504", "JavaScript that cannot run in a mini-program",
        "Modules run as CommonJS functions inside the webview: await at the top level and import.meta have no meaning there. Put the code into an async function.";
    SCRIPT_CYCLE = "L0505", "scripts require one another in a circle",
        "The script that runs first gets the other's exports while they are still empty, so a name it takes out of them is undefined. Move what both need to a third file, or require the other inside the function that uses it.";
    BAD_NPM_PACKAGE = "L0601", "an npm package cannot be used",
        "The package's package.json cannot be read, or names a folder or file that is not in the package. Install it again, or ask its maker.";
    NOT_INSTALLED = "L0602", "an npm package is not installed",
        "package.json lists the package, but it is in no node_modules folder. Run npm install beside package.json. There is no need for \"build npm\" of WeChat's tools: Lodger reads node_modules itself.";
    BUNDLE_REFUSED = "L0701", "the bundle breaks a rule",
        "The bundle format refuses something: two paths that differ only in case, a name that is not allowed, or too much data. The message names the rule.";
    OVERSIZE = "L0702", "a package is too large",
        "A package may have 2 MB, all together 30 MB and 20,000 files: people open mini-programs over mobile networks. It can be run, but not published. Move pages that are not needed at the start, with what only they use, to a subpackage; put large pictures and media on a server; list what is not needed under packOptions.ignore of project.config.json.";
    FUNCTION_MISSING = "L0801", "a function of wx that does not work in Lodger yet",
        "A call fails with \"… not supported\". Ask with wx.canIUse, or test the function, before the call, and do without it; then this warning goes away, since the script knows what to do.";
    FUNCTION_PARTIAL = "L0802", "a function of wx that works in part",
        "The function can be called; what it does differs from WeChat in the point that the message names. If that is what the program needs, it must do without.";
    FUNCTION_UNKNOWN = "L0803", "there is no such function of wx",
        "WeChat has no function of this name, but one that is spelt almost the same.";
    COMPONENT_MISSING = "L0804", "a built-in component that does not work in Lodger yet",
        "The element takes its place in the page but draws nothing and sends no events.";
    ATTRIBUTE_MISSING = "L0805", "an attribute or event of a built-in component that does not work in Lodger yet",
        "The component works, this part of it does not: the attribute is taken and changes nothing, the event never comes.";
    ATTRIBUTE_UNKNOWN = "L0806", "a built-in component has no such attribute or event",
        "The name is spelt almost like one that the component has. As it is, it has no effect.";
    UNLISTED_HOST = "L0807", "a host that lodger.json does not list",
        "A mini-program reaches only the hosts that its author has listed: WeChat keeps these lists in its console, Lodger in \"domains\" of lodger.json (request, socket, upload, download, image, media, webview). Without lists a program runs in development, with a warning each time, and cannot be published. Pictures and media may come from everywhere unless there is a list.";
    SECRET = "L0808", "a secret in the program",
        "Everyone who opens a mini-program can read all of its files. App secrets, private keys, API keys of payment and access keys of clouds belong on the server only. Whoever has seen this one may use it: change it, do not only delete it. The text itself is never printed here.";
    INTERNAL = "L0901", "the compiler failed",
        "This is a defect of Lodger, not of your program. Please report it with the file that the message names.";
}

/// The table's entry for a code, in any case: `l0201` works too.
#[must_use]
pub fn explain(id: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_and_explained() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(CODES.iter().all(|c| c.id.len() == 5 && !c.title.is_empty() && c.explanation.ends_with('.')));
        assert_eq!(explain("l0201").map(|c| c.id), Some(MISSING_COMPONENT));
        assert!(explain("L9999").is_none());
    }

    #[test]
    fn every_code_has_an_example() {
        let (codes, examples) = (CODES.iter().map(|c| c.id), examples::EXAMPLES.iter().map(|e| e.code));
        assert!(codes.eq(examples), "the two tables have the same codes in the same order");
        for example in CODES.iter().map(Code::example) {
            assert_eq!(example.wrong.is_empty(), example.code == INTERNAL, "{}", example.code);
            assert!(example.link.starts_with("https://developers.weixin.qq.com/"), "{}", example.code);
        }
    }
}
