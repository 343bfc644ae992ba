//! RFC 8785 against its author's files.
use lodger_pay::canonical::canonical;
use ring::digest::{Context, SHA256, digest};

macro_rules! cases {
    ($($name:literal),*) => {[$(($name,
        include_bytes!(concat!("../vectors/jcs/", $name, ".input.json")).as_slice(),
        include_bytes!(concat!("../vectors/jcs/", $name, ".output.json")).as_slice())),*]};
}

#[test]
fn published_files() {
    for (name, input, output) in cases!("arrays", "french", "structures", "unicode", "values", "weird") {
        let written = canonical(input).unwrap();
        assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(output), "{name}");
        assert_eq!(canonical(&written).as_deref(), Some(output), "{name}");
    }
}

#[test]
fn what_writers_would_round_or_drop_is_refused() {
    for text in
        [r#"{"a":1,"a":1}"#, "[9007199254740993]", r#"{"a":18446744073709551615}"#, "[-9007199254740992]"]
    {
        assert_eq!(canonical(text.as_bytes()), None, "{text}");
    }
    assert_eq!(
        canonical(b"[9007199254740991, 1e16, -0]").unwrap(),
        b"[9007199254740991,10000000000000000,0]"
    );
}

/// The numbers of `numgen.js`.
fn numbers() -> impl Iterator<Item = f64> {
    let fixed = include_str!("../vectors/jcs/numgen.txt").lines();
    let fixed = fixed.map(|line| u64::from_str_radix(line, 16).unwrap());
    let serial = (0..2000).map(|at| 0x0010_0000_0000_0000 + at);
    let mut block = vec![0; 32];
    let random = std::iter::from_fn(move || {
        block = digest(&SHA256, &block).as_ref().to_vec();
        Some(block.chunks(8).map(|part| u64::from_le_bytes(part.try_into().unwrap())).collect::<Vec<_>>())
    });
    let random =
        random.flatten().filter(|bits| f64::from_bits(*bits) != 0.0 && f64::from_bits(*bits).is_finite());
    fixed.chain(serial).chain(random).map(f64::from_bits)
}

/// Reads and writes the first `count` numbers; what `numgen.js` hashes.
fn hash(count: usize) -> String {
    let mut hash = Context::new(&SHA256);
    for number in numbers().take(count) {
        let text = canonical(format!("{number:e}").as_bytes()).unwrap();
        hash.update(format!("{:x},", number.to_bits()).as_bytes());
        hash.update(&text);
        hash.update(b"\n");
    }
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hundred_thousand_numbers() {
    assert_eq!(hash(100_000), "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7");
}

#[test]
#[ignore = "ten times the one above"]
fn a_million_numbers() {
    assert_eq!(hash(1_000_000), "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16");
}
