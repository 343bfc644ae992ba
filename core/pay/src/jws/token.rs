//! The compact form: header, payload and signature, with dots between (RFC 7515 section 3.1).
use super::{Algorithm, JwsError, PublicKey};
use crate::{base64url, json};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Longest token, in characters.
const MAX_TOKEN: usize = 16 << 10;

/// What the header says. Everything but these is ignored: keys inside or by address (`jwk`, `jku`, `x5u`) most of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `typ`, lower-case, without `application/` (RFC 7515 section 4.1.9).
    pub typ: Option<String>,
    /// `kid`.
    pub key_id: Option<String>,
}

/// A token that has been taken apart; nothing in it is true yet.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    header: Header,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// The content of a token whose signature was right.
#[derive(Clone, Debug)]
pub struct Verified {
    payload: Vec<u8>,
}

/// A token that is to be signed, by a key that may be anywhere: in hardware, behind a prompt, in a server's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned(String);

impl<'a> Unverified<'a> {
    /// Takes `token` apart.
    ///
    /// # Errors
    /// `Malformed`, `Algorithm`, `Critical`.
    pub fn read(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN {
            return Err(JwsError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        // A dot more ends up in the payload, and is no base64url.
        let decode = |part| base64url::decode(part).ok_or(JwsError::Malformed);
        let header = read_header(&decode(header)?)?;
        Ok(Self { header, signed, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// The header, to find the key by. Not verified.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Asks for a `typ`, given in lower case and without `application/`.
    ///
    /// # Errors
    /// `Type` for another or none.
    pub fn expect_type(&self, typ: &str) -> Result<(), JwsError> {
        if self.header.typ.as_deref() == Some(typ) { Ok(()) } else { Err(JwsError::Type) }
    }

    /// What it would say if its signature were good: only for what was verified before it was put away.
    pub(crate) fn unverified_claims<T: DeserializeOwned>(&self) -> Option<T> {
        json::read(&self.payload)
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// `Key` if the key is not for the token's algorithm, `Signature`.
    pub fn verify(self, key: &PublicKey) -> Result<Verified, JwsError> {
        key.verify(self.header.algorithm, self.signed.as_bytes(), &self.signature)?;
        Ok(Verified { payload: self.payload })
    }
}

impl Verified {
    /// The signed bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as JSON.
    ///
    /// # Errors
    /// `Malformed` if it is not a `T`, has a key twice, or an integer over 53 bits.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        json::read(&self.payload).ok_or(JwsError::Malformed)
    }
}

impl Unsigned {
    /// A token of type `typ` that the key `key_id` is to sign with `algorithm`.
    ///
    /// # Errors
    /// `Malformed` if `claims` cannot be JSON.
    pub fn new(
        typ: &str,
        algorithm: Algorithm,
        key_id: &str,
        claims: &impl Serialize,
    ) -> Result<Self, JwsError> {
        let header = json!({"alg": algorithm.name(), "kid": key_id, "typ": typ}).to_string();
        let payload = serde_json::to_vec(claims).map_err(|_| JwsError::Malformed)?;
        Ok(Self(format!("{}.{}", base64url::encode(header), base64url::encode(payload))))
    }

    /// What is to be signed.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The whole token; ECDSA's signature is r and s, 64 bytes.
    #[must_use]
    pub fn sign(self, signature: &[u8]) -> String {
        format!("{}.{}", self.0, base64url::encode(signature))
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, JwsError> {
    let Some(Value::Object(mut header)) = json::value(bytes) else { return Err(JwsError::Malformed) };
    // We understand no extension. RFC 7797's `b64` changes what was signed, and some write it without `crit`.
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(JwsError::Critical);
    }
    let mut text = |name: &str| match header.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwsError::Malformed),
    };
    let algorithm = Algorithm::read(&text("alg")?.ok_or(JwsError::Malformed)?)?;
    let typ = text("typ")?.map(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").map(str::to_owned).unwrap_or(typ)
    });
    Ok(Header { algorithm, typ, key_id: text("kid")? })
}
