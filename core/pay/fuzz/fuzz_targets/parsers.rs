//! Any bytes, to each reader of what strangers write: no panic, and nothing that has two spellings.
#![no_main]

use lodger_pay::{
    canonical::canonical,
    confirmation,
    journal::Answer,
    jws::Unverified,
    order::{Order, PaymentKeys},
    qr::{Emv, LinkRule, Routes, classify},
    wechatpay::{Authorization, Notification, PublicKey},
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    match kind {
        b't' => {
            let _ = Unverified::read(&text);
            assert!(Order::verify(&text, &PaymentKeys::default(), 0).is_err());
        }
        b'o' => {
            let _ = serde_json::from_slice::<Order>(bytes);
            let _ = PaymentKeys::read(bytes);
        }
        b'c' => {
            assert!(confirmation::verify(bytes, "k", |_| None, &PaymentKeys::default(), 0).is_err());
        }
        b'e' => {
            if let Ok(code) = Emv::read(&text) {
                assert_eq!(Emv::read(&code.to_string()), Ok(code));
            }
            let _ = classify(&text, &Routes::default(), 0);
            if let Ok(rule) = LinkRule::new(&text) {
                let _ = rule.matches(&text);
            }
        }
        b'j' => {
            // 1e16 is written as an integer that is refused when read again.
            if let Some(once) = canonical(bytes)
                && let Some(twice) = canonical(&once)
            {
                assert_eq!(twice, once);
            }
        }
        b'w' => {
            if let Ok(header) = Authorization::read(&text) {
                assert_eq!(Authorization::read(&header.to_string()), Ok(header));
            }
            let _ = Notification::read(bytes);
        }
        b'k' => {
            let _ = PublicKey::from_spki(bytes);
            let _ = PublicKey::from_certificate(&text);
        }
        _ => {
            let _ = Answer::read(200, bytes);
        }
    }
});
