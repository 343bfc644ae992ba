//! The keys in software: sealed, apart, and gone when they are gone.
use crate::bank::Bank;
use crate::host::{Host, Rows};
use lodger_auth::{
    jose::{Algorithm, PublicKey},
    keys::{Key, Protection, Signature, Signer, SignerError},
};
use std::sync::{Arc, atomic::Ordering};

fn host() -> Host {
    Host::new(Arc::new(Bank::new()), Bank::config(), Rows::default())
}

#[tokio::test]
async fn two_keys_that_last() {
    let host = host();
    let login = host.signer().public_key(Key::Login).await.unwrap();
    let pay = host.signer().public_key(Key::Pay).await.unwrap();
    assert_ne!(login, pay);
    assert_eq!(host.signer().public_key(Key::Login).await.unwrap(), login, "a new process has the same");
    assert_eq!(host.signer().protection(Key::Pay), Protection::Software);
    let signature = host.signer().sign(Key::Login, b"text", "").await.unwrap();
    assert!(login.verify(Algorithm::Es256, b"text", signature.as_bytes()).is_ok());
    assert!(login.verify(Algorithm::Es256, b"other", signature.as_bytes()).is_err());
    assert!(pay.verify(Algorithm::Es256, b"text", signature.as_bytes()).is_err());
}

#[tokio::test]
async fn only_the_pay_key_asks_and_no_means_no() {
    let host = host();
    host.user.says_no.store(true, Ordering::SeqCst);
    assert!(host.signer().sign(Key::Login, b"x", "").await.is_ok());
    assert!(host.signer().public_key(Key::Pay).await.is_ok());
    assert_eq!(host.user.asked.load(Ordering::SeqCst), 0);
    assert_eq!(host.signer().sign(Key::Pay, b"x", "Pay").await.unwrap_err(), SignerError::Cancelled);
    host.user.says_no.store(false, Ordering::SeqCst);
    assert!(host.signer().sign(Key::Pay, b"x", "Pay").await.is_ok());
    assert!(host.signer().sign(Key::Pay, b"x", "Pay").await.is_ok());
    assert_eq!(host.user.asked.load(Ordering::SeqCst), 3, "each time");
}

#[tokio::test]
async fn a_key_that_cannot_be_opened_is_gone_until_it_is_forgotten() {
    let host = host();
    let before = host.signer().public_key(Key::Login).await.unwrap();
    *host.seal.0.lock().unwrap() = [8; 32];
    let signer = host.signer();
    assert_eq!(signer.public_key(Key::Login).await.unwrap_err(), SignerError::KeyInvalidated);
    assert_eq!(signer.sign(Key::Login, b"x", "").await.unwrap_err(), SignerError::KeyInvalidated);
    signer.forget().await.unwrap();
    assert_ne!(signer.public_key(Key::Login).await.unwrap(), before);
}

#[tokio::test]
async fn keys_swapped_in_the_store_open_nowhere() {
    use lodger_auth::ports::Store;
    let host = host();
    host.signer().public_key(Key::Pay).await.unwrap();
    host.rows.put("key-login", host.rows.read("key-pay").unwrap().unwrap());
    assert_eq!(host.signer().public_key(Key::Login).await.unwrap_err(), SignerError::KeyInvalidated);
}

#[tokio::test]
async fn a_full_disk_makes_no_key() {
    let host = host();
    host.rows.broken.store(true, Ordering::SeqCst);
    assert!(matches!(host.signer().public_key(Key::Login).await.unwrap_err(), SignerError::Failed(_)));
    host.rows.broken.store(false, Ordering::SeqCst);
    assert!(host.signer().public_key(Key::Login).await.is_ok());
}

/// As OpenSSL 3 wrote them: `openssl ecparam -genkey -name prime256v1`, `pkey -pubout -outform DER`,
/// `dgst -sha256 -sign` over `lodger`.
#[test]
fn keys_and_signatures_of_another_implementation() {
    let spki = hex(include_str!("../vectors/openssl-p256.spki.hex"));
    let key = PublicKey::from_spki(&spki).unwrap();
    assert_eq!(PublicKey::from_point(&spki[26..]).unwrap(), key);
    for line in include_str!("../vectors/openssl-p256.signatures.hex").lines() {
        let signature = Signature::from_der(&hex(line)).unwrap();
        assert!(key.verify(Algorithm::Es256, b"lodger", signature.as_bytes()).is_ok());
        assert!(key.verify(Algorithm::Es256, b"lodger", &hex(line)).is_err(), "DER is no JOSE signature");
    }
    for wrong in [&spki[1..], &spki[..90], b""] {
        assert!(PublicKey::from_spki(wrong).is_err());
    }
    assert!(PublicKey::from_point(&[2; 33]).is_err(), "a compressed point");
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes();
    digits.chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}
