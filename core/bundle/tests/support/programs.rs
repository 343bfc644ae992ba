//! Programs with packages, whose versions differ a little.
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};

/// Files by package; the first is the main one.
pub type Packages<'a> = [(&'a str, &'a [(&'a str, Vec<u8>)])];

/// Package `main` has the root "", any other its own name; "alone" is independent.
pub fn program(app: &str, code: u64, packages: &Packages<'_>) -> Bundle {
    let mut index = Index::template(app, Version { name: format!("1.0.{code}"), code });
    index.pages.push("pages/home".to_owned());
    index.domains.request = Some(Vec::new());
    let mut builder = BundleBuilder::new(index);
    for (name, files) in packages {
        let root = if *name == "main" { "" } else { name };
        builder.package(name, root, *name == "alone");
        for (path, bytes) in *files {
            let path = if root.is_empty() { (*path).to_owned() } else { format!("{root}/{path}") };
            builder.file(name, &path, "application/octet-stream", bytes.clone());
        }
    }
    builder.finish().unwrap()
}

/// Bytes that do not compress, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length.div_ceil(8)).flat_map(|_| next()).take(length).collect()
}

/// Version `code` of `coffee`: 600 KB in the main package of which 1 KB is its own, and two subpackages, of which
/// "order" changes with each version and "alone" never.
pub fn coffee(code: u64) -> Bundle {
    let main: Vec<(&str, Vec<u8>)> = vec![
        ("app.json", b"{}".to_vec()),
        ("copy.json", b"{}".to_vec()),
        ("empty", Vec::new()),
        ("large", noise(1, 600_000)),
        ("own", noise(1000 + code, 1_000)),
    ];
    let order = [("list", noise(2, 300_000)), ("own", noise(2000 + code, 500))];
    let alone = [("page", noise(3, 50_000))];
    program("coffee", code, &[("main", &main), ("order", &order), ("alone", &alone)])
}
