//! The project templates, carried inside the command.

/// What `lodger new` can start from.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Template {
    /// One page.
    Page,
    /// Tabs, a subpackage, a component, a cart.
    Shop,
}

/// Path in the project, and text with its placeholders.
type File = (&'static str, &'static str);

impl Template {
    /// All files.
    pub fn files(self) -> &'static [File] {
        match self {
            Self::Page => PAGE,
            Self::Shop => SHOP,
        }
    }
}

/// A template's files. `gitignore` has no dot of its own, or git would heed it here.
macro_rules! files {
    ($folder:literal: $($path:literal)*) => {
        &[
            (".gitignore", include_str!(concat!("../../../templates/", $folder, "/gitignore"))),
            $(($path, include_str!(concat!("../../../templates/", $folder, "/", $path)))),*
        ]
    };
}

const PAGE: &[File] = files!("page":
    "README.md"
    "lodger.json"
    "miniprogram/app.json"
    "miniprogram/app.ts"
    "miniprogram/app.wxss"
    "miniprogram/pages/index/index.json"
    "miniprogram/pages/index/index.ts"
    "miniprogram/pages/index/index.wxml"
    "miniprogram/pages/index/index.wxss"
    "package.json"
    "project.config.json"
    "tsconfig.json"
);

const SHOP: &[File] = files!("shop":
    "README.md"
    "lodger.json"
    "miniprogram/app.json"
    "miniprogram/app.ts"
    "miniprogram/app.wxss"
    "miniprogram/components/price/index.json"
    "miniprogram/components/price/index.ts"
    "miniprogram/components/price/index.wxml"
    "miniprogram/components/price/index.wxss"
    "miniprogram/data/cart.ts"
    "miniprogram/data/goods.ts"
    "miniprogram/packages/detail/pages/detail/index.json"
    "miniprogram/packages/detail/pages/detail/index.ts"
    "miniprogram/packages/detail/pages/detail/index.wxml"
    "miniprogram/packages/detail/pages/detail/index.wxss"
    "miniprogram/pages/cart/index.json"
    "miniprogram/pages/cart/index.ts"
    "miniprogram/pages/cart/index.wxml"
    "miniprogram/pages/cart/index.wxss"
    "miniprogram/pages/goods/index.json"
    "miniprogram/pages/goods/index.ts"
    "miniprogram/pages/goods/index.wxml"
    "package.json"
    "project.config.json"
    "tsconfig.json"
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    fn collect(folder: &Path, root: &Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                collect(&entry.path(), root, into);
            } else {
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                into.insert(if path == "gitignore" { ".gitignore".into() } else { path });
            }
        }
    }

    #[test]
    fn the_lists_name_every_file() {
        for (name, template) in [("page", Template::Page), ("shop", Template::Shop)] {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name);
            let mut found = BTreeSet::new();
            collect(&root, &root, &mut found);
            let listed: BTreeSet<String> =
                template.files().iter().map(|(path, _)| (*path).to_owned()).collect();
            assert_eq!(listed, found, "{name}");
        }
    }
}
