//! Small bundles for the tests.
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};

/// A bundle with one page, and these files in the main package.
pub fn bundle(app: &str, code: u64, files: &[(&str, &[u8])]) -> Bundle {
    let mut template = Index::template(app, Version { name: format!("1.0.{code}"), code });
    template.pages.push("pages/home".to_owned());
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    for (path, bytes) in files {
        builder.file("main", path, "application/octet-stream", bytes.to_vec());
    }
    builder.finish().unwrap()
}
