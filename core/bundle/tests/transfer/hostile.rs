//! Bytes that are refused: whatever a server sends, the old release stays, and nothing is left behind.
use crate::{
    coffee, package, patch_path,
    programs::noise,
    released::Phone,
    remote,
    remote::{Manner, Remote},
    stream_path,
};
use lodger_bundle::{Digest, TransferError, trust::TrustErrorKind as Kind, unpack};
use std::{io::Write, ops::Range};
use zstd::stream::{raw::CParameter, write::Encoder};

/// A frame of `bytes` as a patch from `from`, with a window of 2^`window` bytes and without its length if `silent`.
fn frame(bytes: &[u8], from: &[u8], window: u32, silent: bool) -> Vec<u8> {
    let mut encoder = Encoder::with_ref_prefix(Vec::new(), 3, from).unwrap();
    encoder.set_parameter(CParameter::WindowLog(window)).unwrap();
    if !silent {
        encoder.set_pledged_src_size(Some(bytes.len() as u64)).unwrap();
    }
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Refused as untrusted, the old release is there, and nothing of the new one.
fn refuses(phone: &Phone, what: &str) {
    match phone.install(2) {
        Err(TransferError::Trust(error)) => assert_eq!(error.kind(), Kind::Untrusted, "{what}: {error}"),
        other => panic!("{what}: {other:?}"),
    }
    assert_eq!(phone.kept(), 0, "{what}");
    assert_eq!(phone.store.versions("coffee").unwrap().len(), 1, "{what}");
    phone.has(coffee(1), &["main"]);
}

fn flip(at: usize) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |mut file| {
        let at = at % file.len();
        file[at] ^= 0x10;
        file
    }
}

fn phone(dir: &tempfile::TempDir) -> (Phone, Remote) {
    let remote = remote();
    let phone = Phone::new(dir.path(), &remote);
    phone.install(1).unwrap();
    remote.asked();
    (phone, remote)
}

#[test]
fn a_stream_that_is_not_as_signed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = phone(&dir);
    remote.answer("/p/", Manner::Gone);
    let evil: [(&str, Manner); 4] = [
        ("endless", Manner::Endless),
        ("broken off without a word", Manner::Ends(1_000)),
        ("empty", Manner::Ends(0)),
        ("from elsewhere", Manner::Elsewhere),
    ];
    for (what, manner) in evil {
        remote.answer("/s/", manner);
        refuses(&phone, what);
    }
    for at in [0, 3, 7, 100, 300_000, usize::MAX] {
        remote.change("/s/", flip(at));
        refuses(&phone, "altered");
    }
    // A well-formed stream of the same length, with other content: another release's, another program's.
    let other = noise(77, 601_002);
    let others: [(&str, Vec<u8>); 7] = [
        ("other content", frame(&other, &[], 20, false)),
        ("another release", remote.file(&stream_path(coffee(3), "main"))),
        ("a bomb", frame(&vec![0; 100 << 20], &[], 20, false)),
        ("a bomb that does not say so", frame(&vec![0; 100 << 20], &[], 20, true)),
        ("shorter", frame(&other[1..], &[], 20, true)),
        ("two frames", [frame(&other, &[], 20, false), frame(b"more", &[], 20, false)].concat()),
        ("a web page", b"<!doctype html><title>Sign in".to_vec()),
    ];
    for (what, file) in others {
        remote.change("/s/", move |_| file.clone());
        refuses(&phone, what);
    }
    remote.behave();
    phone.install(2).unwrap();
    phone.has(coffee(2), &["main"]);
}

#[test]
fn a_patch_that_fails_in_any_way_leads_to_the_whole_stream_once() {
    let ways: [(&str, Manner); 6] = [
        ("gone", Manner::Gone),
        ("endless", Manner::Endless),
        ("broken off", Manner::Breaks(100)),
        ("broken off without a word", Manner::Ends(100)),
        ("from elsewhere", Manner::Elsewhere),
        ("altered", Manner::Changed(std::sync::Arc::new(flip(600)))),
    ];
    let wrong_base = remote().file(&patch_path(coffee(2), coffee(3), "main"));
    let bomb = frame(&vec![0; 100 << 20], &[], 20, false);
    let given = |file: Vec<u8>| Manner::Changed(std::sync::Arc::new(move |_| file.clone()));
    let more = [("from another base", given(wrong_base)), ("a bomb", given(bomb))];
    for (what, manner) in ways.into_iter().chain(more) {
        let dir = tempfile::tempdir().unwrap();
        let (phone, remote) = phone(&dir);
        remote.answer("/p/", manner);
        phone.install(2).unwrap();
        let paths = [patch_path(coffee(1), coffee(2), "main"), stream_path(coffee(2), "main")];
        assert_eq!(remote.asked(), paths.map(|path| (path, 0)), "{what}");
        phone.has(coffee(2), &["main"]);
        assert_eq!(phone.kept(), 0, "{what}");
    }
}

#[test]
fn a_damaged_base_only_costs_the_patch() {
    let dir = tempfile::tempdir().unwrap();
    let (phone, remote) = phone(&dir);
    // One byte of a blob that the new release does not have, and so does not mend.
    let sql = "UPDATE content SET bytes = zeroblob(length(bytes)) WHERE id =
        (SELECT id FROM blob WHERE digest = ?1)";
    let own = coffee(1).index.file("own").unwrap().digest;
    let large = coffee(1).index.file("large").unwrap().digest;
    for blob in [own, large] {
        phone.store.database().write(|tx| tx.execute(sql, [blob.as_bytes().as_slice()])).unwrap();
    }
    phone.install(2).unwrap();
    let paths = [patch_path(coffee(1), coffee(2), "main"), stream_path(coffee(2), "main")];
    assert_eq!(remote.asked(), paths.map(|path| (path, 0)));
    // What both have is mended; the rest is by installing the old release again, which never asks for a patch to itself.
    assert!(*phone.store.read(&coffee(2).digest(), "large").unwrap() == coffee(2).blobs[&large]);
    assert!(phone.store.read(&coffee(1).digest(), "large").is_ok());
    assert!(phone.store.read(&coffee(1).digest(), "own").is_err());
    phone.install(1).unwrap();
    let paths = [patch_path(coffee(2), coffee(1), "main"), stream_path(coffee(1), "main")];
    assert_eq!(remote.asked(), paths.map(|path| (path, 0)));
    phone.has(coffee(1), &["main"]);
}

/// As the `zstd` command makes them: `-19 --long`, and `-19 --patch-from`.
#[test]
fn unpacks_what_the_zstd_command_made() {
    let lines =
        |range: Range<u32>| range.map(|number| format!("line {number}\n")).collect::<String>().into_bytes();
    let (from, to) = (lines(0..500), lines(100..600));
    let (length, digest) = (to.len() as u64, Digest::of(&to));
    let seeds: [(&[u8], &[u8]); 2] = [
        (include_bytes!("../../fuzz/seeds/unpack/stream"), b""),
        (include_bytes!("../../fuzz/seeds/unpack/patch"), &from),
    ];
    for (seed, base) in seeds {
        // `fuzz_targets/unpack.rs`: five bytes of lengths, the base, the file.
        assert!(seed[5..].starts_with(base));
        assert!(unpack(&seed[5 + base.len()..], base, &package(&[(length, digest)])).as_ref() == Ok(&to));
    }
}

#[test]
fn unpacking_keeps_its_bounds() {
    let (from, to) = (noise(5, 40_000), [noise(5, 30_000), noise(6, 5_000)].concat());
    let digest = Digest::of(&to);
    let length = to.len() as u64;
    let says =
        |file: &[u8], from: &[u8], length: u64| unpack(file, from, &package(&[(length, digest)])).err();
    // Windows: 75,000 bytes in all allow 2^17; a frame without its length asks for all of it.
    let patch = frame(&to, &from, 17, true);
    assert_eq!(says(&patch, &from, length), None);
    assert_eq!(says(&frame(&to, &from, 17, false), &from, length), None);
    let wide = frame(&to, &from, 18, true);
    assert_eq!(says(&wide, &from, length), Some("asks for more memory than it may"));
    // Without a base the bound is lower.
    assert_eq!(says(&frame(&to, &[], 16, true), &[], length), None);
    assert_eq!(says(&frame(&to, &[], 17, true), &[], length), Some("asks for more memory than it may"));
    // Bases, lengths, ends.
    assert_eq!(says(&patch, &noise(7, 40_000), length), Some("does not give the blobs that were signed"));
    assert!(says(&patch, &[], length).is_some());
    assert_eq!(says(&patch, &from, length - 1), Some("cannot be unpacked"));
    assert_eq!(says(&patch, &from, length + 1), Some("unpacks to another length than was signed"));
    for end in 0..patch.len() {
        assert!(says(&patch[..end], &from, length).is_some(), "{end}");
    }
    let more = [patch.clone(), vec![0]].concat();
    assert_eq!(says(&more, &from, length), Some("is broken off, or not compressed as it must be"));
    assert_eq!(says(&vec![0; 40_000 + 65_537], &from, 40_000), Some("is longer than it may be"));
    // A raw length beyond any memory is refused by what the frame says, before anything is allocated.
    assert_eq!(
        says(&frame(&to, &[], 16, false), &[], u64::MAX),
        Some("unpacks to another length than was signed")
    );
}

/// The blobs' digests alone prove a stream: in order, with their lengths, each copy of a blob.
#[test]
fn unpacking_proves_every_blob() {
    let (one, two) = (noise(8, 3_000), noise(9, 3_000));
    let of = |blob: &Vec<u8>| (blob.len() as u64, Digest::of(blob));
    let signed = package(&[of(&one), of(&two), of(&one)]);
    let says = |stream: Vec<u8>, package: &_| unpack(&frame(&stream, &[], 14, true), &[], package).err();
    assert_eq!(says([&one[..], &two, &one].concat(), &signed), None);
    for other in [[&one[..], &two, &two], [&two, &one, &one], [&one, &one, &two]] {
        assert_eq!(says(other.concat(), &signed), Some("does not give the blobs that were signed"));
    }
    // An index that contradicts itself.
    for files in [[of(&one)].as_slice(), &[of(&one), of(&two), of(&one), of(&two)]] {
        let torn = lodger_bundle::Package { stream_length: 9_000, ..package(files) };
        let refused = says([&one[..], &two, &one].concat(), &torn);
        assert_eq!(refused, Some("unpacks to another length than was signed"));
    }
}
