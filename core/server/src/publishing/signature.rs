//! Signed requests: RFC 9421 (HTTP Message Signatures) with Ed25519, in exactly one form (`core/docs/server.md`).
//!
//! One form only, so that there is nothing to negotiate, and a header says nothing but its values: what is parsed is
//! written again and must be the same.

use crate::keys::Signer;
use base64::{Engine, engine::general_purpose::STANDARD};
use lodger_bundle::Digest;

const LABEL: &str = "lodger";
const COMPONENTS: &str = r#"("@method" "@authority" "@path" "content-digest")"#;
/// For how long a signature may hold, in seconds.
pub const LONGEST: i64 = 300;
/// By how much clocks may differ, in seconds.
pub const SKEW: i64 = 60;

/// What is signed of a request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Host, and port unless it is the scheme's own, in lower case.
    pub authority: &'a str,
    /// Without query.
    pub path: &'a str,
    /// Of the body.
    pub body: Digest,
}

/// The parameters of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970.
    pub expires: i64,
    /// Once for a key.
    pub nonce: String,
    /// TUF key id.
    pub keyid: String,
}

/// The three headers of a signed request.
#[derive(Clone, Debug)]
pub struct Headers {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub input: String,
    /// `Signature`.
    pub signature: String,
}

impl Parameters {
    /// Everything of `Signature-Input` behind the label.
    fn text(&self) -> String {
        let Self { created, expires, nonce, keyid } = self;
        format!(
            r#"{COMPONENTS};created={created};expires={expires};nonce="{nonce}";keyid="{keyid}";alg="ed25519""#
        )
    }

    /// From the header; `None` unless it is of the one form.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let rest = header.strip_prefix(LABEL)?.strip_prefix('=')?.strip_prefix(COMPONENTS)?;
        let rest = rest.strip_prefix(";created=")?;
        let (created, rest) = rest.split_once(";expires=")?;
        let (expires, rest) = rest.split_once(";nonce=\"")?;
        let (nonce, rest) = rest.split_once("\";keyid=\"")?;
        let (keyid, _) = rest.split_once('"')?;
        let plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !(16..=64).contains(&nonce.len()) || !plain(nonce) || !super::paths::is_digest(keyid) {
            return None;
        }
        let parsed = Self {
            created: created.parse().ok()?,
            expires: expires.parse().ok()?,
            nonce: nonce.to_owned(),
            keyid: keyid.to_owned(),
        };
        (format!("{LABEL}={}", parsed.text()) == header).then_some(parsed)
    }

    /// True if a server may take it at `now`.
    #[must_use]
    pub fn is_timely(&self, now: i64) -> bool {
        self.created <= now.saturating_add(SKEW)
            && self.expires.saturating_add(SKEW) >= now
            && (0..=LONGEST).contains(&self.expires.saturating_sub(self.created))
    }
}

/// `Content-Digest` (RFC 9530).
#[must_use]
pub fn content_digest(body: Digest) -> String {
    format!("sha-256=:{}:", STANDARD.encode(body.as_bytes()))
}

/// From `Content-Digest`; `None` if it is not one SHA-256.
#[must_use]
pub fn parse_content_digest(header: &str) -> Option<Digest> {
    let encoded = header.strip_prefix("sha-256=:")?.strip_suffix(':')?;
    Digest::from_bytes(&STANDARD.decode(encoded).ok()?)
}

/// The signature base of RFC 9421, section 2.5.
fn base(components: &[(&str, &str)], parameters: &str) -> String {
    let lines = components.iter().map(|(name, value)| format!("\"{name}\": {value}\n"));
    lines.collect::<String>() + "\"@signature-params\": " + parameters
}

fn message(request: &Request<'_>, parameters: &Parameters) -> String {
    let digest = content_digest(request.body);
    base(
        &[
            ("@method", request.method),
            ("@authority", request.authority),
            ("@path", request.path),
            ("content-digest", &digest),
        ],
        &parameters.text(),
    )
}

/// Signs a request at `now`, with a random nonce. `None` if there are no random numbers.
#[must_use]
pub fn sign(request: &Request<'_>, signer: &Signer, now: i64) -> Option<Headers> {
    let mut nonce = [0; 16];
    aws_lc_rs::rand::fill(&mut nonce).ok()?;
    let nonce = crate::repository::hex(&nonce);
    let parameters = Parameters { created: now, expires: now + LONGEST, nonce, keyid: signer.id.clone() };
    let signature = STANDARD.encode(signer.sign(message(request, &parameters).as_bytes()));
    Some(Headers {
        content_digest: content_digest(request.body),
        input: format!("{LABEL}={}", parameters.text()),
        signature: format!("{LABEL}=:{signature}:"),
    })
}

/// True if `header` (`Signature`) is `key`'s for this request.
#[must_use]
pub fn holds(request: &Request<'_>, parameters: &Parameters, header: &str, key: &[u8]) -> bool {
    let encoded = header.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix("=:")?.strip_suffix(':'));
    let Some(signature) = encoded.and_then(|text| STANDARD.decode(text).ok()) else { return false };
    verify(message(request, parameters).as_bytes(), &signature, key)
}

fn verify(message: &[u8], signature: &[u8], key: &[u8]) -> bool {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    const KEYID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// RFC 9421, appendix B.2.6, with the key of B.1.4.
    #[test]
    fn the_base_is_the_standards() {
        let base = base(
            &[
                ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
                ("@method", "POST"),
                ("@path", "/foo"),
                ("@authority", "example.com"),
                ("content-type", "application/json"),
                ("content-length", "18"),
            ],
            r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
        );
        let key = URL_SAFE_NO_PAD.decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs").unwrap();
        let signature = STANDARD
            .decode(
                "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
            )
            .unwrap();
        assert!(verify(base.as_bytes(), &signature, &key));
        assert!(!verify(base.replace("/foo", "/fop").as_bytes(), &signature, &key));
    }

    #[test]
    fn a_signature_is_for_one_request() {
        let seed = [5; 32];
        let (signer, public) = (Signer::from_seed(KEYID.into(), &seed).unwrap(), public(&seed));
        let request =
            Request { method: "POST", authority: "127.0.0.1:80", path: "/x", body: Digest::of(b"body") };
        let headers = sign(&request, &signer, 1_000).unwrap();
        let parameters = Parameters::parse(&headers.input).unwrap();
        assert!(holds(&request, &parameters, &headers.signature, &public));
        for other in [
            Request { method: "PUT", ..request },
            Request { authority: "other:80", ..request },
            Request { path: "/y", ..request },
            Request { body: Digest::of(b"other"), ..request },
        ] {
            assert!(!holds(&other, &parameters, &headers.signature, &public), "{other:?}");
        }
        let later = Parameters { expires: parameters.expires + 1, ..parameters.clone() };
        assert!(!holds(&request, &later, &headers.signature, &public));
        assert!(parameters.is_timely(1_000) && parameters.is_timely(940) && parameters.is_timely(1_360));
        assert!(!parameters.is_timely(939) && !parameters.is_timely(1_361) && !later.is_timely(1_000));
    }

    fn public(seed: &[u8]) -> Vec<u8> {
        use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
        Ed25519KeyPair::from_seed_unchecked(seed).unwrap().public_key().as_ref().to_vec()
    }

    #[test]
    fn other_forms_are_refused() {
        let good = Parameters { created: 1, expires: 2, nonce: "n".repeat(16), keyid: KEYID.into() };
        let header = format!("lodger={}", good.text());
        assert_eq!(Parameters::parse(&header), Some(good));
        for (from, to) in [
            ("lodger=", "sig1="),
            ("created=1", "created=01"),
            ("created=1", "created=+1"),
            ("created=1", "created=1.0"),
            ("\"@path\" ", ""),
            ("ed25519", "rsa-v1_5-sha256"),
            (";alg", ";tag=\"x\";alg"),
            ("nnnn\"", "\""),
        ] {
            assert_eq!(Parameters::parse(&header.replace(from, to)), None, "{from} {to}");
        }
        assert_eq!(Parameters::parse(&(header.clone() + ", " + &header)), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,200}") {
            let _ = Parameters::parse(&format!("lodger={COMPONENTS};created={text}"));
        }
    }
}
