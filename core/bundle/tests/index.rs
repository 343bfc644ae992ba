//! The index under random input: what is accepted is canonical, and nothing panics. The fuzz target
//! `index` makes the same check.
#![allow(clippy::unwrap_used)] // in a test, a panic is the failure
use lodger_bundle::{Bundle, BundleBuilder, Index, Version};
use proptest::{collection, option, prelude::*};
use serde_json::Value;

/// The check itself: bytes that are accepted are the bytes that would be written.
fn accepted_bytes_are_canonical(bytes: &[u8]) -> bool {
    match Index::parse(bytes) {
        Ok(index) => {
            assert_eq!(index.to_bytes(), bytes);
            for file in index.files() {
                assert_eq!(index.file(&file.path), Some(file));
            }
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1 << 53).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

prop_compose! {
    fn bundle()(
        app in "[A-Za-z0-9_.-]{1,64}",
        name in "[ -~é咖]{1,64}",
        code in 0_u64..1 << 53,
        // Numbered, so that they stay unique whatever letters come after.
        pages in collection::vec("[a-z/]{0,8}[a-z]", 1..5),
        files in collection::vec((0_usize..3, "[a-zéß咖 ~.]{0,6}x", collection::vec(any::<u8>(), 0..40)), 0..12),
        request in option::of(collection::vec("https://[a-z]{1,9}\\.example", 0..3)),
        image in option::of(collection::vec("[a-z]{1,9}", 0..3)),
        plugins in collection::btree_map(any::<String>(), json(), 0..3),
        w3c in collection::btree_map(any::<String>(), json(), 0..3),
        independent in any::<bool>(),
    ) -> Bundle {
        let mut index = Index::template(&app, Version { name, code });
        index.pages = pages.iter().enumerate()
            .map(|(at, page)| format!("{at}{}", page.replace('/', "-"))).collect();
        index.domains.request = request;
        index.domains.image = image;
        index.plugins = plugins;
        index.w3c = w3c;
        let mut builder = BundleBuilder::new(index);
        let packages = [("main", "", ""), ("sub", "sub", "sub/"), ("inner", "sub/inner", "sub/inner/")];
        for (name, root, _) in packages {
            builder.package(name, root, independent && name != "main");
        }
        for (at, (package, path, bytes)) in files.into_iter().enumerate() {
            let (name, _, prefix) = packages[package];
            builder.file(name, &format!("{prefix}{at}{path}"), "image/png", bytes);
        }
        builder.finish().expect("made to be valid")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_valid_index_comes_back_byte_for_byte(bundle in bundle()) {
        prop_assert_eq!(Index::parse(&bundle.index_bytes).unwrap(), bundle.index.clone());
        prop_assert!(accepted_bytes_are_canonical(&bundle.index_bytes));
        let dir = tempfile::tempdir().unwrap();
        bundle.write_to(dir.path()).unwrap();
        let back = Bundle::read_from(dir.path()).unwrap();
        prop_assert_eq!(back.digest(), bundle.digest());
        prop_assert_eq!(back.blobs, bundle.blobs);
    }

    #[test]
    fn a_changed_index_is_canonical_or_refused(
        bundle in bundle(),
        edits in collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let mut bytes = bundle.index_bytes;
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                // Between two tokens this is still the same JSON.
                2 => bytes.insert(at, b' '),
                _ => drop(bytes.remove(at)),
            }
        }
        accepted_bytes_are_canonical(&bytes);
    }

    #[test]
    fn any_text_is_canonical_or_refused(text in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,60}", bytes: Vec<u8>) {
        accepted_bytes_are_canonical(text.as_bytes());
        accepted_bytes_are_canonical(&bytes);
    }
}

/// Every single byte of one index, changed to a few other values.
#[test]
fn each_byte_matters() {
    let mut template = Index::template("coffee", Version { name: "1.0.0".to_owned(), code: 1 });
    template.pages.push("pages/home".to_owned());
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", b"{}".to_vec());
    let bytes = builder.finish().unwrap().index_bytes;
    let mut refused = 0;
    for at in 0..bytes.len() {
        for value in [0, b'"', b'0', b'A', b'}', bytes[at] ^ 1, bytes[at] ^ 0x80] {
            let mut changed = bytes.clone();
            changed[at] = value;
            if !accepted_bytes_are_canonical(&changed) {
                refused += 1;
            }
        }
    }
    // Digests, names and numbers may change and stay well-formed; the frame may not.
    assert!(refused > bytes.len() * 3, "{refused} of {}", bytes.len() * 7);
}

/// The fuzzer's seeds were written by another program (Python), so this also checks the canonical form
/// against a second writer.
#[test]
fn the_seeds_of_the_fuzzer_are_accepted() {
    let seeds = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/index")).unwrap();
    let mut count = 0;
    for seed in seeds {
        let path = seed.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        Index::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(accepted_bytes_are_canonical(&bytes));
        count += 1;
    }
    assert!(count >= 2);
}
