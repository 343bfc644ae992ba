//! What `lodger new` makes: clean for `lodger check`, and for TypeScript with WeChat's own types.

use crate::process::{Run, Trouble, build_lodger, find_program, target_dir};

/// Fails unless every template is clean.
pub fn check() -> Result<(), Trouble> {
    if find_program("npm").is_none() {
        return Err(Trouble::Missing(
            "Node.js is not installed: get it from https://nodejs.org/en/download".into(),
        ));
    }
    if !Run::new("npm").args(["ping"]).quiet().succeeds() {
        return Err(Trouble::Missing("the npm registry cannot be reached".into()));
    }
    let lodger = build_lodger()?;
    let folder = target_dir().join("templates");
    let trouble = |error: std::io::Error| Trouble::Failed(format!("{}: {error}", folder.display()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(trouble)?;
    }
    std::fs::create_dir_all(&folder).map_err(trouble)?;
    for template in ["page", "shop"] {
        Run::new(&lodger).args(["new", template, "--template", template]).dir(&folder).status()?;
        Run::new(&lodger).args(["check", template, "--deny-warnings"]).dir(&folder).status()?;
        let project = folder.join(template);
        Run::new("npm").args(["install", "--no-audit", "--no-fund"]).dir(&project).status()?;
        Run::new("npx").args(["tsc", "--noEmit"]).dir(&project).status()?;
        // Types that let everything pass would be none.
        std::fs::write(project.join("miniprogram/wrong.ts"), "wx.shwToast({ title: 1 })\n")
            .map_err(trouble)?;
        if Run::new("npx").args(["tsc", "--noEmit"]).dir(&project).quiet().succeeds() {
            return Err(Trouble::Failed(format!(
                "template {template}: TypeScript takes wx.shwToast for a function"
            )));
        }
    }
    Ok(())
}
