//! Whatever the releases are: what was transferred is what was published.
use crate::{
    package,
    programs::{noise, program},
    released::{Phone, released},
    remote::Remote,
};
use lodger_bundle::{Bundle, Digest, unpack};
use proptest::{collection, prelude::*};
use std::{collections::BTreeMap, io::Write};
use zstd::stream::write::Encoder;

const NAMES: [&str; 3] = ["main", "order", "alone"];

/// Files by package and path: a few bodies, so that versions and packages share some.
type Content = Vec<BTreeMap<u8, u64>>;

fn content() -> impl Strategy<Value = Content> {
    collection::vec(collection::btree_map(0..6_u8, 0..8_u64, 0..5), 3)
}

fn body(kind: u64) -> Vec<u8> {
    match kind {
        0 => Vec::new(),
        1..=3 => noise(kind, 200 * usize::try_from(kind).unwrap()),
        kind => kind.to_le_bytes().repeat(kind as usize * 500),
    }
}

fn bundle(code: u64, content: &Content) -> Bundle {
    let files: Vec<Vec<(String, Vec<u8>)>> = content
        .iter()
        .map(|files| files.iter().map(|(path, kind)| (format!("f{path}"), body(*kind))).collect())
        .collect();
    let borrowed: Vec<Vec<(&str, Vec<u8>)>> = files
        .iter()
        .map(|files| files.iter().map(|(path, body)| (path.as_str(), body.clone())).collect())
        .collect();
    let packages: Vec<_> =
        NAMES.iter().zip(&borrowed).map(|(name, files)| (*name, files.as_slice())).collect();
    program("coffee", code, &packages)
}

/// A patch between two streams that share some of their bytes, as a publisher makes it.
fn patch(from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::with_ref_prefix(Vec::new(), 3, from).unwrap();
    encoder.set_pledged_src_size(Some(to.len() as u64)).unwrap();
    encoder.write_all(to).unwrap();
    encoder.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_altered_patch_is_refused_or_gives_the_stream_all_the_same(
        shared in collection::vec(any::<u8>(), 0..2_000),
        (before, after) in (collection::vec(any::<u8>(), 0..200), collection::vec(any::<u8>(), 0..200)),
        changes in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        noise in collection::vec(any::<u8>(), 0..300),
    ) {
        let (from, to) = ([&before[..], &shared].concat(), [&shared[..], &after].concat());
        let (length, digest) = (to.len() as u64, Digest::of(&to));
        let honest = patch(&from, &to);
        let unpacked = unpack(&honest, &from, &package(&[(length, digest)]));
        prop_assert_eq!(unpacked.as_ref(), Ok(&to));
        let mut altered = honest;
        for (at, byte) in &changes {
            let at = at.index(altered.len());
            altered[at] = *byte;
        }
        if let Some(cut) = cut {
            altered.truncate(cut.index(altered.len()));
        }
        for file in [&altered, &noise] {
            let unpacked = unpack(file, &from, &package(&[(length, digest)]));
            prop_assert!(unpacked.is_err() || unpacked.as_ref() == Ok(&to));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_transferred_is_what_was_published(
        versions in collection::vec(content(), 1..4),
        steps in collection::vec((0..3_usize, any::<bool>(), any::<bool>()), 1..8),
    ) {
        let bundles: Vec<Bundle> =
            (1..).zip(&versions).map(|(code, content)| bundle(code, content)).collect();
        let dir = tempfile::tempdir().unwrap();
        let phone = Phone::new(dir.path(), &Remote::new(released(&bundles)));
        let verified = phone.verified("coffee");
        for (at, order, alone) in steps {
            let bundle = &bundles[at % bundles.len()];
            let chosen: Vec<&str> = if order { vec!["order"] } else { vec![] };
            phone.install_with(&verified, bundle.index.version.code, &chosen, &()).unwrap();
            if alone {
                phone.add(bundle, "alone").unwrap();
            }
            let there: Vec<&str> =
                NAMES.into_iter().filter(|name| phone.store.has_package(&bundle.digest(), name).unwrap()).collect();
            prop_assert!(there.contains(&"main") && (!order || there.contains(&"order")) && (!alone || there.contains(&"alone")));
            phone.has(bundle, &there);
        }
        prop_assert_eq!(phone.kept(), 0);
    }
}
