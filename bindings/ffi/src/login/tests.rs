//! A platform's key store behind the engine's trait: its DER and SPKI are OpenSSL's, and a host may throw.

use super::*;
use engine::{Identity as _, Signer as _};

const SPKI: &str = include_str!("../../../../core/auth/tests/vectors/openssl-p256.spki.hex");
const SIGNATURES: &str = include_str!("../../../../core/auth/tests/vectors/openssl-p256.signatures.hex");

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.trim();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Android's forms; `point`: iOS's; `broken`: it throws whatever it is asked.
#[derive(Default)]
struct Keys {
    point: bool,
    broken: bool,
}

impl Keys {
    fn answer<T>(&self, value: T) -> Result<T, SignerFailure> {
        let threw = || uniffi::UnexpectedUniFFICallbackError::new("thrown by the test").into();
        if self.broken { Err(threw()) } else { Ok(value) }
    }
}

#[async_trait]
impl Signer for Keys {
    async fn public_key(&self, _: Key) -> Result<Vec<u8>, SignerFailure> {
        let spki = bytes(SPKI);
        self.answer(if self.point { spki[spki.len() - 65..].to_vec() } else { spki })
    }
    async fn sign(&self, key: Key, _: Vec<u8>, reason: String) -> Result<Vec<u8>, SignerFailure> {
        match key {
            Key::Login => self.answer(bytes(SIGNATURES.lines().next().unwrap())),
            Key::Pay if reason.is_empty() => Err(SignerFailure::KeyInvalidated),
            Key::Pay => Err(SignerFailure::Cancelled),
        }
    }
    fn protection(&self, _: Key) -> Result<Protection, CallbackFailed> {
        if self.broken { Err(CallbackFailed::Threw) } else { Ok(Protection::Hardware) }
    }
    async fn attestation(&self, _: Key) -> Result<Option<Attestation>, SignerFailure> {
        self.answer(None)
    }
    async fn forget(&self) -> Result<(), SignerFailure> {
        self.answer(())
    }
}

#[async_trait]
impl Identity for Keys {
    async fn credential(&self, ask: Ask) -> Result<Credential, IdentityFailure> {
        let threw = || uniffi::UnexpectedUniFFICallbackError::new("thrown by the test").into();
        if self.broken { Err(threw()) } else { Ok(Credential::Assertion { token: ask.key }) }
    }
}

/// None of this waits.
fn now<F: Future>(future: F) -> F::Output {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match Box::pin(future).as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

fn foreign(keys: Keys) -> Foreign<dyn Signer> {
    Foreign(Arc::new(keys))
}

#[test]
fn both_platforms_forms_of_a_key_are_one_key_and_a_signature_is_read() {
    let android = now(foreign(Keys::default()).public_key(engine::Key::Login)).unwrap();
    let ios = now(foreign(Keys { point: true, ..Keys::default() }).public_key(engine::Key::Login)).unwrap();
    assert_eq!(android, ios);
    let signature = now(foreign(Keys::default()).sign(engine::Key::Login, b"", "")).unwrap();
    assert_eq!(signature.as_bytes().len(), 64);
    assert_eq!(foreign(Keys::default()).protection(engine::Key::Pay), engine::Protection::Hardware);
}

#[test]
fn what_the_user_and_the_platform_say_stays_apart() {
    let sign = |reason| now(foreign(Keys::default()).sign(engine::Key::Pay, b"", reason)).unwrap_err();
    assert_eq!(sign("Pay 1.00"), engine::SignerError::Cancelled);
    assert_eq!(sign(""), engine::SignerError::KeyInvalidated);
}

#[test]
fn a_host_that_throws_is_a_failure_and_no_hardware() {
    let broken = || Keys { broken: true, ..Keys::default() };
    let failed = engine::SignerError::Failed("the host's key store failed".into());
    assert_eq!(now(foreign(broken()).public_key(engine::Key::Login)).unwrap_err(), failed);
    assert_eq!(now(foreign(broken()).forget()).unwrap_err(), failed);
    assert_eq!(foreign(broken()).protection(engine::Key::Login), engine::Protection::Software);
    let identity: Foreign<dyn Identity> = Foreign(Arc::new(broken()));
    let key = now(foreign(Keys::default()).public_key(engine::Key::Login)).unwrap().thumbprint();
    let ask = engine::Ask { audience: "lodger".into(), nonce: "n".into(), key };
    let error = now(identity.credential(&ask)).unwrap_err();
    assert_eq!(error.to_string(), "asking the host who the user is failed");
}
