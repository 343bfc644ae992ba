//! Merchant codes that others made, and round trips.
use lodger_pay::qr::{Emv, EmvError, Object, Routes, classify};
use proptest::prelude::*;

fn published() -> impl Iterator<Item = &'static str> {
    include_str!("../vectors/codes.txt").lines()
}

#[test]
fn published_codes_read_and_write_back() {
    assert_eq!(published().count(), 7);
    for text in published() {
        let code = Emv::read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(code.to_string(), text);
    }
}

#[test]
fn the_specification_s_example_says_what_it_says() {
    let code = Emv::read(published().next().unwrap()).unwrap();
    assert!(code.is_dynamic());
    assert_eq!((code.name(), code.city(), code.country()), ("BEST TRANSPORT", "BEIJING", "CN"));
    assert_eq!((code.category(), code.currency(), code.amount()), ("4111", "156", Some("23.72")));
    assert_eq!((code.amount_in(2), code.amount_in(3), code.amount_in(1)), (Some(2372), Some(23_720), None));
    assert_eq!(code.local_name(), Some(("ZH".into(), "最佳运输".into())));
    assert_eq!(code.additional(7).as_deref(), Some("A6008667"));
    assert_eq!(code.account("d15600000001").unwrap()[1], Object::new(3, "12345678"));
    assert_eq!(code.account("D15600000002"), None);
    assert_eq!(code.value(91), Some("0016A011223344998877070812345678"));
}

#[test]
fn damaged_and_forged_codes_are_refused() {
    let good = published().next().unwrap();
    for (from, to) in [("23.72", "23.71"), ("BEST", "BEAT"), ("A13A", "A13B"), ("最佳", "最差")] {
        assert_eq!(Emv::read(&good.replace(from, to)), Err(EmvError::Checksum));
    }
    assert_eq!(Emv::read("https://shop.example/"), Err(EmvError::Other));
    assert_eq!(Emv::read(&good[..good.len() - 8]), Err(EmvError::Checksum));
    assert_eq!(Emv::read(&good.replace("A13A", "a13a")).unwrap().to_string(), good);
    assert_eq!(Emv::read("000201"), Err(EmvError::Checksum));
    let objects = Emv::read(good).unwrap().objects().to_vec();
    for (id, value) in [
        (1, "13"),
        (26, "9901x"),
        (52, "411"),
        (53, "CNY"),
        (54, "1,5"),
        (54, ".5"),
        (54, "12345678901.00"),
        (55, "04"),
        (58, "CHN"),
        (59, "A NAME OF MORE THAN 25 CHARACTERS"),
        (62, "01"),
        (63, "0000"),
        (0, "01"),
        (100, "x"),
        (70, ""),
    ] {
        let mut objects: Vec<_> = objects.iter().filter(|object| object.id != id).cloned().collect();
        objects.push(Object::new(id, value));
        assert_eq!(Emv::new(objects), Err(EmvError::Object(id)), "{id} {value}");
    }
    for id in [52, 53, 58, 59, 60] {
        let objects: Vec<_> = objects.iter().filter(|object| object.id != id).cloned().collect();
        assert_eq!(Emv::new(objects), Err(EmvError::Object(id)));
    }
    let twice = [objects.clone(), vec![Object::new(59, "OTHER")]].concat();
    assert_eq!(Emv::new(twice), Err(EmvError::Object(59)));
    // A reader that counts bytes sees another structure than one that counts characters: ours sees one.
    assert_eq!(Object::new(59, "最佳").to_string(), "5902最佳");
}

fn object() -> impl Strategy<Value = Object> {
    let text = "\\PC{1,25}";
    prop_oneof![
        (2u8..26, text).prop_map(|(id, value)| Object::new(id, value)),
        (26u8..52, text, text).prop_map(|(id, guid, value)| {
            Object::template(id, &[Object::new(0, guid), Object::new(7, value)])
        }),
        (65u8..80, text).prop_map(|(id, value)| Object::new(id, value)),
        (80u8..100, text).prop_map(|(id, value)| Object::template(id, &[Object::new(0, value)])),
        "[0-9]{1,8}(\\.[0-9]{0,3})?".prop_map(|amount| Object::new(54, amount)),
        text.prop_map(|value| Object::template(62, &[Object::new(1, value)])),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_back(mut objects in prop::collection::vec(object(), 0..6), name in "\\PC{1,25}", city in "\\PC{1,15}") {
        let mut seen = std::collections::BTreeSet::new();
        objects.retain(|object| seen.insert(object.id));
        objects.extend([Object::new(52, "4111"), Object::new(53, "978"), Object::new(58, "DE"), Object::new(59, name), Object::new(60, city)]);
        if seen.iter().any(|id| *id < 52) {
            let code = Emv::new(objects).unwrap();
            let text = code.to_string();
            // A scanner's spaces are cut off; a code never ends in one.
            prop_assert_eq!(Emv::read(&format!(" {text}\n")).unwrap(), code);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,80}", digits in "000201[0-9]{0,80}6304[0-9A-F]{4}") {
        for text in [text, digits] {
            if let Ok(code) = Emv::read(&text) {
                prop_assert_eq!(code.to_string(), text.trim().to_owned());
            }
            let _ = classify(&text, &Routes::default(), 0);
        }
    }
}
