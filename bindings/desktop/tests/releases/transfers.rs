//! Streams and patches: altered, broken off, bombs, and servers that lie about ranges. A bad patch costs a download; a
//! bad stream is refused; what arrived honestly is gone on with.
use crate::{
    metadata::{alter, updating},
    phone::{NOT_AS_SIGNED, PORTAL, Phone, UNREACHABLE},
    server::{Answer, Asked},
    world::World,
};
use std::{io::Write, time::Duration};
use zstd::stream::{raw::CParameter, write::Encoder};

/// What transfer files have been asked for since the last time: folder and first byte.
fn asked(world: &World) -> Vec<(char, usize)> {
    let asked = world.server.asked().into_iter().filter(|asked| asked.path.ends_with(".zst"));
    let folder = |asked: &Asked| if asked.path.contains("/p/") { 'p' } else { 's' };
    asked.map(|asked| (folder(&asked), asked.from.unwrap_or(0))).collect()
}

/// The `number`th way to spoil a file; `None` if there is no such way.
fn spoilt(number: usize, file: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    Some(match number {
        0 => {
            let mut altered = file.to_vec();
            alter(&mut altered);
            ("altered", altered)
        }
        1 => ("half", file[..file.len() / 2].to_vec()),
        2 => ("nothing", Vec::new()),
        3 => ("and more", [file, file].concat()),
        4 => ("no zstd", b"<html></html>".to_vec()),
        5 => ("bomb that says so", bomb(true, 20)),
        6 => ("bomb that does not", bomb(false, 20)),
        7 => ("bomb with a window of 128 MiB", bomb(false, 27)),
        _ => return None,
    })
}

/// A kilobyte that becomes 8 MiB.
fn bomb(told: bool, window: u32) -> Vec<u8> {
    const LENGTH: usize = 8 << 20;
    let mut encoder = Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(CParameter::WindowLog(window)).unwrap();
    encoder.set_pledged_src_size(told.then_some(LENGTH as u64)).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..LENGTH / zeros.len()).for_each(|_| encoder.write_all(&zeros).unwrap());
    encoder.finish().unwrap()
}

/// Spoils every transfer file whose path has `part` in that way.
pub fn spoil(world: &World, part: &str, number: usize) -> Option<&'static str> {
    let (name, _) = spoilt(number, b"0")?;
    world
        .server
        .trick(part, move |_, answer| Answer::new(200, spoilt(number, &answer.body).unwrap_or_default().1));
    Some(name)
}

#[test]
fn a_spoilt_stream() {
    let world = World::new();
    let fresh = Phone::new(&world);
    for number in 0.. {
        let Some(name) = spoil(&world, "/s/", number) else { break };
        let text = fresh.refuses_update(NOT_AS_SIGNED);
        assert!(text.contains("/s/"), "{name}: {text}");
        fresh.refuses_to_open(NOT_AS_SIGNED);
        world.restore();
    }
    assert_eq!(fresh.update().unwrap(), 1);
}

#[test]
fn a_spoilt_patch() {
    for number in 0.. {
        let (world, phone) = updating();
        let Some(name) = spoil(&world, ".zst", number) else { break };
        phone.refuses(NOT_AS_SIGNED, 1);
        // The patch alone: the stream comes instead.
        world.restore();
        spoil(&world, "/p/", number);
        asked(&world);
        assert_eq!(phone.update().unwrap(), 2, "{name}");
        assert_eq!(asked(&world), [('p', 0), ('s', 0)], "{name}");
    }
    let (world, phone) = updating();
    asked(&world);
    assert_eq!(phone.update().unwrap(), 2);
    assert_eq!(asked(&world), [('p', 0)]);
}

#[test]
fn a_stream_without_an_end() {
    let (world, phone) = updating();
    world.server.trick(".zst", |_, answer| answer.without("content-length").endless());
    phone.refuses(NOT_AS_SIGNED, 1);
    assert!(!world.server.was_endured());
    // Too long by its own account: nothing of it is read.
    world.server.trick(".zst", |_, answer| answer.header("content-length", 1_u64 << 40).endless());
    phone.refuses(NOT_AS_SIGNED, 1);
    assert!(!world.server.was_endured());
    world.restore();
    assert_eq!(phone.update().unwrap(), 2);
}

/// The same bytes as a compressed answer.
fn gzip(answer: Answer) -> Answer {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&answer.body).unwrap();
    let packed = packer.finish().unwrap();
    answer.header("content-length", packed.len()).header("content-encoding", "gzip").with(packed)
}

#[test]
fn a_compressed_answer_that_nobody_asked_for() {
    let (world, phone) = updating();
    world.server.trick(".zst", |_, answer| gzip(answer));
    phone.refuses(NOT_AS_SIGNED, 1);
    world.server.trick(".zst", |_, answer| gzip(answer.with(vec![0; 8 << 20])));
    phone.refuses(NOT_AS_SIGNED, 1);
    world.server.trick("timestamp.json", |_, answer| gzip(answer));
    phone.refuses(PORTAL, 1);
    world.restore();
    assert_eq!(phone.update().unwrap(), 2);
}

#[test]
fn a_stream_by_drops() {
    let world = World::new();
    let phone = Phone::new(&world);
    world.server.trick(".zst", |_, answer| answer.dripping());
    phone.hurry(Duration::from_millis(400));
    phone.fails(UNREACHABLE);
    assert!(!world.server.was_endured());
    // The drops count: they were honest.
    phone.hurry(Duration::from_secs(20));
    world.restore();
    asked(&world);
    assert_eq!(phone.update().unwrap(), 1);
    assert!(matches!(asked(&world)[..], [('s', 1..)]));
}

#[test]
fn a_connection_that_breaks_is_gone_on_with() {
    let world = World::new();
    let phone = Phone::new(&world);
    let length = world.server.file(&world.server.find("apps/coffee/s/", ".zst")).len();
    // Once: the same download goes on.
    world.server.trick(
        ".zst",
        move |asked, answer| if asked.from.is_none() { answer.cut(length / 2) } else { answer },
    );
    asked(&world);
    assert_eq!(phone.update().unwrap(), 1);
    assert_eq!(asked(&world), [('s', 0), ('s', length / 2)]);
    // For good: the next process goes on.
    let world = World::new();
    let mut phone = Phone::new(&world);
    let whole = break_off(&world, &phone);
    phone.restart();
    asked(&world);
    assert_eq!(phone.update().unwrap(), 1);
    assert_eq!(asked(&world), [('s', whole.len() / 2)]);
}

/// What an answer to a wish for the second half becomes.
type Lie = Box<dyn Fn(Answer) -> Answer + Send + Sync>;

/// And whether the update comes through all the same.
fn lies(whole: &[u8]) -> Vec<(&'static str, Lie, bool)> {
    let all = whole.to_vec();
    let garbage = |mut answer: Answer| {
        alter(&mut answer.body);
        answer
    };
    let range = |range: &'static str| move |answer: Answer| answer.header("content-range", range);
    vec![
        ("the whole file", Box::new(move |_| Answer::new(200, all.clone())), true),
        ("no such part", Box::new(|_| Answer::new(416, "")), true),
        ("other bytes", Box::new(garbage), true),
        ("another part", Box::new(range("bytes 0-9/10")), false),
        ("no part told", Box::new(|answer| answer.without("content-range")), false),
        ("an impossible part", Box::new(range("bytes 99999999999999999999-1/2")), false),
        ("a part as the whole", Box::new(|answer| answer.status(200).without("content-range")), true),
    ]
}

/// The first half arrives, and then nothing.
fn break_off(world: &World, phone: &Phone) -> Vec<u8> {
    let whole = world.server.file(&world.server.find("apps/coffee/s/", ".zst"));
    let half = whole.len() / 2;
    world.server.trick(".zst", move |asked, answer| match asked.from {
        None => answer.cut(half),
        Some(_) => Answer::new(410, ""),
    });
    phone.fails(UNREACHABLE);
    world.restore();
    whole
}

#[test]
fn ranges_that_lie() {
    for number in 0.. {
        let world = World::new();
        let phone = Phone::new(&world);
        let whole = break_off(&world, &phone);
        let Some((name, lie, comes)) = lies(&whole).into_iter().nth(number) else { break };
        world
            .server
            .trick(".zst", move |asked, answer| if asked.from.is_some() { lie(answer) } else { answer });
        match phone.update() {
            Ok(version) => assert!(comes && version == 1, "{name}"),
            Err(error) => {
                assert!(!comes, "{name}: {error}");
                eprintln!("{name}: {} {error}", error.code);
            }
        }
        world.restore();
        assert_eq!(phone.update().unwrap(), 1, "{name}");
    }
}
