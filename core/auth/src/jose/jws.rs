//! The compact form: header, payload and signature, with dots between (RFC 7515 section 3.1).
use super::{Algorithm, JoseError, PublicKey};
use crate::{base64url, json};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest token, in characters.
const MAX_TOKEN: usize = 16 << 10;

/// What the header says. Everything but these is ignored: keys by address (`jku`, `x5u`) most of all.
#[derive(Clone, Debug)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `typ`, lower-case, without `application/` (RFC 7515 section 4.1.9).
    pub typ: Option<String>,
    /// `kid`.
    pub key_id: Option<String>,
    /// `jwk`: a key that the sender claims to have. Only DPoP means something by it.
    pub jwk: Option<Value>,
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
    header: Header,
    payload: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Takes `token` apart.
    ///
    /// # Errors
    /// `Malformed`, `Algorithm`, `Critical`.
    pub fn read(token: &'a str) -> Result<Self, JoseError> {
        if token.len() > MAX_TOKEN {
            return Err(JoseError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JoseError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JoseError::Malformed)?;
        // A dot more ends up in the payload, and is no base64url.
        let decode = |part| base64url::decode(part).ok_or(JoseError::Malformed);
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
    pub fn expect_type(&self, typ: &str) -> Result<(), JoseError> {
        if self.header.typ.as_deref() == Some(typ) { Ok(()) } else { Err(JoseError::Type) }
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// `Key` if the key is not for the token's algorithm, `Signature`.
    pub fn verify(self, key: &PublicKey) -> Result<Verified, JoseError> {
        key.verify(self.header.algorithm, self.signed.as_bytes(), &self.signature)?;
        Ok(Verified { header: self.header, payload: self.payload })
    }
}

impl Verified {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The signed bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as JSON.
    ///
    /// # Errors
    /// `Malformed` if it is not a `T`, or has a key twice.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JoseError> {
        json::read(&self.payload).ok_or(JoseError::Malformed)
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, JoseError> {
    let Some(Value::Object(mut header)) = json::value(bytes) else { return Err(JoseError::Malformed) };
    // We understand no extension. RFC 7797's `b64` changes what was signed, and some write it without `crit`.
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(JoseError::Critical);
    }
    let mut text = |name: &str| match header.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JoseError::Malformed),
    };
    let algorithm = Algorithm::read(&text("alg")?.ok_or(JoseError::Malformed)?)?;
    let typ = text("typ")?.map(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").map(str::to_owned).unwrap_or(typ)
    });
    Ok(Header { algorithm, typ, key_id: text("kid")?, jwk: header.remove("jwk") })
}

/// What is signed: header and payload, encoded, with a dot between.
pub(crate) fn signing_input(header: &Value, payload: &Value) -> String {
    format!("{}.{}", base64url::encode(header.to_string()), base64url::encode(payload.to_string()))
}

/// The whole token.
pub(crate) fn assemble(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", base64url::encode(signature))
}
