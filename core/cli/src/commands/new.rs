//! `lodger new`: a first mini-program that builds and opens clean.

mod templates;

use crate::{failure::Failure, output::Output};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use templates::Template;

/// Makes a new mini-program project, in TypeScript
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger new hello --template shop\n\nThe project needs no Node.js to build and run; type checks do (see its README)."
)]
pub struct Args {
    /// The folder to make; its last part becomes the name and app id
    name: PathBuf,

    /// page: one page; shop: tabs, a subpackage, a component, a cart in storage
    #[arg(short, long, value_enum, default_value_t = Template::Page)]
    template: Template,
}

/// Makes the project.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let name = name_of(&args.name)?;
    let folder = &args.name;
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Failure::Input(format!(
            "{} exists and is not empty; choose another name",
            folder.display()
        )));
    }
    let mut written = Vec::new();
    for (path, text) in args.template.files() {
        let file = folder.join(path);
        write(&file, &fill(text, &name)).map_err(|error| Failure::file(&file, error))?;
        written.push(*path);
    }
    let shown = folder.display();
    output.result(
        &json!({"ok": true, "dir": folder, "app": name, "files": written}),
        format!("made {shown} ({} files)\nnext: lodger run {shown}", written.len()),
    );
    Ok(())
}

/// The app id rules (DESIGN 5) hold for the name too, so that the project builds as it is.
fn name_of(folder: &Path) -> Result<String, Failure> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if (1..=64).contains(&name.len()) && name.chars().all(good) && !name.starts_with('.') {
        return Ok(name.to_owned());
    }
    Err(Failure::Usage(format!(
        "`{name}` cannot be an app id; use 1 to 64 letters, digits, `_`, `.` or `-`, not starting with a dot"
    )))
}

fn fill(text: &str, name: &str) -> String {
    // npm wants package names in lower case.
    text.replace("__NAME__", name).replace("__APP__", name).replace("__PACKAGE__", &name.to_ascii_lowercase())
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(file.parent().expect("a template's file lies in the project"))?;
    fs::write(file, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_that_can_be_app_ids() {
        assert_eq!(name_of(Path::new("work/hello-1")).unwrap(), "hello-1");
        for wrong in ["..", "a b", "咖啡", ".hidden", "a/..", ""] {
            assert!(name_of(Path::new(wrong)).is_err(), "{wrong}");
        }
    }
}
