//! One wording for every name that leads nowhere.
use crate::{
    codes,
    diagnostic::{Finding, Severity},
    resolve::Miss,
    tree::Tree,
};

/// A finding for a miss. `extensions` are those of the files that could have been meant.
pub(crate) fn finding(
    tree: &Tree,
    miss: &Miss,
    severity: Severity,
    code: &'static str,
    message: &str,
    extensions: &[&str],
) -> Finding {
    match miss {
        Miss::Outside => {
            Finding::new(severity, codes::OUTSIDE, format!("{message}: the path leads out of the program"))
                .help("move the file into the program's root folder")
        }
        Miss::Case(file) => {
            let message = format!(
                "{message}; there is {}, but phones tell upper and lower case apart",
                tree.shown(file)
            );
            Finding::new(severity, codes::CASE_DIFFERS, message)
                .help("write the path exactly as the file is named")
        }
        Miss::Absent { tried, package } => {
            let wanted = tried.first().map_or("", String::as_str);
            let stem = extensions.iter().find_map(|ext| wanted.strip_suffix(ext)).unwrap_or(wanted);
            if let Some(name) = package.as_ref().filter(|name| tree.npm.wants(name)) {
                // One slip with many places: the package is in the list, and nobody has fetched it.
                let message = format!("the npm package \"{name}\" is not installed");
                return Finding::new(severity, codes::NOT_INSTALLED, message)
                    .help("run npm install in the folder of package.json; Lodger does \"build npm\" itself")
                    .grouped(name);
            }
            let near = tree.nearest(stem, extensions).filter(|near| near != stem);
            let help = match (near, package) {
                (Some(near), _) => format!("did you mean \"/{near}\"?"),
                (None, Some(name)) => format!("if it comes from npm: npm install {name}"),
                (None, None) => format!("there is no {wanted}: create it, or correct the path"),
            };
            Finding::new(severity, code, message.to_owned()).help(help)
        }
    }
}
