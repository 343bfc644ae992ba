//! RSA keys as merchants and operators keep them: PEM of PKCS#8, SPKI, certificates.
use super::{PROBE, WechatPayError, der};
use crate::jws;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use std::{collections::BTreeMap, fmt};

/// Longest PEM text.
const MAX_PEM: usize = 16 << 10;
/// Longest signature, in base64: RSA of 8192 bits.
const MAX_SIGNATURE: usize = 1368;

/// Signs for a merchant or for the operator.
pub struct PrivateKey(RsaKeyPair);

impl fmt::Debug for PrivateKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// Reads `-----BEGIN PRIVATE KEY-----` (PKCS#8), 2048 to 4096 bits.
    ///
    /// # Errors
    /// `Key`.
    pub fn from_pem(pem: &str) -> Result<Self, WechatPayError> {
        let error = WechatPayError::Key("this is not an RSA private key in PEM of PKCS#8");
        let der = pem_content(pem, "PRIVATE KEY").ok_or(error)?;
        RsaKeyPair::from_pkcs8(&der).map(Self).map_err(|_| error)
    }

    /// The signature over `message`, in base64.
    ///
    /// # Errors
    /// `Key` if signing fails.
    pub fn sign(&self, message: &[u8]) -> Result<String, WechatPayError> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| WechatPayError::Key("signing failed: the RSA key is not usable"))?;
        Ok(STANDARD.encode(signature))
    }
}

/// Checks what a [`PrivateKey`] signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(jws::PublicKey);

impl PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----` (SPKI).
    ///
    /// # Errors
    /// `Key`.
    pub fn from_pem(pem: &str) -> Result<Self, WechatPayError> {
        let error = WechatPayError::Key("this is not an RSA public key in PEM");
        Self::from_spki(&pem_content(pem, "PUBLIC KEY").ok_or(error)?)
    }

    /// Reads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// `Key` if it is no RSA key of 2048 to 8192 bits.
    pub fn from_spki(der: &[u8]) -> Result<Self, WechatPayError> {
        let error = WechatPayError::Key("this is not an RSA public key of 2048 to 8192 bits");
        let (n, e) = der::rsa_key(der).ok_or(error)?;
        jws::PublicKey::rsa(n.to_vec(), e.to_vec()).map(Self).map_err(|_| error)
    }

    /// Reads `-----BEGIN CERTIFICATE-----`: its serial number, as the API writes it (upper-case hex), and its key. Neither
    /// its signature nor its dates are checked.
    ///
    /// # Errors
    /// `Key`.
    pub fn from_certificate(pem: &str) -> Result<(String, Self), WechatPayError> {
        let error = WechatPayError::Key("this is not a certificate with an RSA key");
        let der = pem_content(pem, "CERTIFICATE").ok_or(error)?;
        let (serial, spki) = der::certificate(&der).ok_or(error)?;
        let serial = serial.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok((serial, Self::from_spki(spki)?))
    }

    /// The key as a JWK, for an order's `merchant_keys`.
    #[must_use]
    pub fn to_jwk(&self) -> serde_json::Value {
        self.0.to_jwk()
    }

    /// Reads such a JWK.
    ///
    /// # Errors
    /// `Key` if it is not an RSA key.
    pub fn from_jwk(jwk: &serde_json::Value) -> Result<Self, WechatPayError> {
        match jws::PublicKey::from_jwk(jwk) {
            Ok(key @ jws::PublicKey::Rsa { .. }) => Ok(Self(key)),
            _ => Err(WechatPayError::Key("this is not an RSA public key as a JWK")),
        }
    }

    /// Checks a signature in base64.
    ///
    /// # Errors
    /// `Probe`, `Signature`.
    pub fn verify(&self, message: &[u8], signature: &str) -> Result<(), WechatPayError> {
        if signature.starts_with(PROBE) {
            return Err(WechatPayError::Probe);
        }
        if signature.len() > MAX_SIGNATURE {
            return Err(WechatPayError::Signature);
        }
        let bytes = STANDARD.decode(signature).map_err(|_| WechatPayError::Signature)?;
        self.0.verify(jws::Algorithm::Rs256, message, &bytes).map_err(|_| WechatPayError::Signature)
    }
}

/// Keys by the name that a signature's serial number gives: hex of a certificate's, or `PUB_KEY_ID_…`. Both stand side by
/// side while an operator moves from certificates to public keys.
#[derive(Clone, Debug, Default)]
pub struct Keys(BTreeMap<String, PublicKey>);

impl Keys {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a public key by its id, or takes its place.
    #[must_use]
    pub fn with(mut self, id: &str, key: PublicKey) -> Self {
        self.0.insert(name(id), key);
        self
    }

    /// Adds a certificate.
    ///
    /// # Errors
    /// `Key`.
    pub fn with_certificate(self, pem: &str) -> Result<Self, WechatPayError> {
        let (serial, key) = PublicKey::from_certificate(pem)?;
        Ok(self.with(&serial, key))
    }

    /// The key of this name.
    ///
    /// # Errors
    /// `UnknownKey`.
    pub fn find(&self, id: &str) -> Result<&PublicKey, WechatPayError> {
        self.0.get(&name(id)).ok_or(WechatPayError::UnknownKey)
    }
}

/// Hex may come in either case; leading zeros differ between writers. `PUB_KEY_ID_…` is upper-case anyway.
fn name(id: &str) -> String {
    let id = id.to_ascii_uppercase();
    if id.starts_with("PUB_KEY_ID_") { id } else { id.trim_start_matches('0').to_owned() }
}

/// The bytes between `-----BEGIN label-----` and `-----END label-----`; text around it is ignored (RFC 7468 section 2).
fn pem_content(pem: &str, label: &str) -> Option<Vec<u8>> {
    if pem.len() > MAX_PEM {
        return None;
    }
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (content, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let text: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}
