//! The bodies of Lodger's own routes (`core/docs/login.md`), for the device that sends them and the server that reads.
//!
//! Unknown members are ignored, missing ones are errors, but for those that are `Option`.
mod subscriptions;

pub use subscriptions::{
    Blocked, Choice, SubscribeRequest, Template, TemplateKind, TemplatesAnswer, TemplatesRequest,
};

use crate::{
    AuthError, Secret, json,
    keys::{Attestation, Protection},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Longest request body, in bytes; an attestation is most of it.
pub const MAX_BODY: usize = 64 << 10;

/// `POST /lodger/v1/devices`: enrols the login key of the request's proof for the identity that comes along, and with
/// `pay` a pay key beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Form (a); absent if the request has an access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
    /// How the login key is kept, by the device's own word. Only an attestation proves it.
    pub protection: Protection,
    /// What the platform says about the login key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
    /// The pay key. The login key must be enrolled, or is enrolled with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay: Option<PayKey>,
}

/// Form (a), with what it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// The JWT.
    pub token: Secret,
    /// The nonce that it must hold.
    pub nonce: String,
}

/// A pay key to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayKey {
    /// How it is kept.
    pub protection: Protection,
    /// A [`PayKeyProof`], signed by the pay key, its JWK in the header: `typ` is `lodger-key+jwt`.
    pub proof: String,
    /// What the platform says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

/// What a pay key signs to be enrolled: that it belongs to this login key, here and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayKeyProof {
    /// The server's address, as in `htu`.
    pub aud: String,
    /// The login key's thumbprint.
    pub login: crate::jose::Thumbprint,
    /// Seconds since 1970. The request's proof says how old it is; this is for the record.
    pub iat: u64,
}

/// Answer to an enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The server's name for this device; random, for support.
    pub device: String,
    /// The enrolled login key.
    pub login: crate::jose::Thumbprint,
    /// The enrolled pay key.
    #[serde(default)]
    pub pay: Option<crate::jose::Thumbprint>,
}

/// `POST /lodger/v1/codes`: mints a code that the mini-program's back end redeems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    /// The app id, stamped by the engine.
    pub app: String,
    /// SHA-256 of the running bundle's index, 64 hex digits, stamped by the engine.
    pub index: String,
    /// The session's random id, stamped by the engine.
    pub session: String,
    /// What the code is for.
    pub purpose: Purpose,
    /// Form (a); absent if the request has an access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
}

/// What a code can be redeemed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// `wx.login`: redeemed by `sns/jscode2session`.
    Login,
    /// The phone-number button, after the user agreed: redeemed by `wxa/business/getuserphonenumber`.
    Phone,
}

/// Answer to a code request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeAnswer {
    /// For one redemption, by this app.
    pub code: Secret,
    /// Seconds; 300.
    pub expires_in: u64,
}

/// `POST /lodger/v1/codes/check`: whether the session of the latest code still holds (`wx.checkSession`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRequest {
    /// The app id, stamped by the engine.
    pub app: String,
}

/// Answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// False: the mini-program must call `wx.login` again.
    pub valid: bool,
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What happened.
    pub error: RefusalCode,
    /// For developers, in English.
    #[serde(default)]
    pub message: String,
}

/// Why Lodger's server refuses; the HTTP status of each is in `core/docs/login.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The body or a header is not what it must be.
    InvalidRequest,
    /// The proof does not verify, or was used before.
    InvalidDpopProof,
    /// The proof must hold the nonce in `DPoP-Nonce`.
    UseDpopNonce,
    /// The identity does not verify, has expired, or was used before: log in to the host again.
    InvalidIdentity,
    /// The login key is not enrolled for this identity: enrol it.
    DeviceUnknown,
    /// The login key was retired: make a new one, and enrol that.
    DeviceRetired,
    /// No such app on this server.
    AppUnknown,
    /// The index is not one that is released now: check for an update.
    NotReleased,
    /// The user has no phone number at this host.
    NoPhone,
    /// Too many requests of this user or device.
    RateLimited,
    /// Any other.
    #[serde(other)]
    Other,
}

impl RefusalCode {
    /// As it stands in the body.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidIdentity => "invalid_identity",
            Self::DeviceUnknown => "device_unknown",
            Self::DeviceRetired => "device_retired",
            Self::AppUnknown => "app_unknown",
            Self::NotReleased => "not_released",
            Self::NoPhone => "no_phone",
            Self::RateLimited => "rate_limited",
            Self::Other => "other",
        }
    }
}

/// Reads a body: strict JSON, no key twice. For servers, too.
///
/// # Errors
/// `Unacceptable`.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AuthError> {
    let small = body.len() <= MAX_BODY;
    small.then(|| json::read(body)).flatten().ok_or(AuthError::Unacceptable {
        what: "the body",
        reason: "it is not the JSON that this route takes",
    })
}

pub(crate) fn write(body: &impl Serialize) -> Result<Vec<u8>, AuthError> {
    serde_json::to_vec(body).map_err(|_| AuthError::Internal { what: "writing a request" })
}

/// Checks a pay key's proof (see [`PayKeyProof`]) and gives the key. `aud` and `login` are the caller's to compare.
///
/// # Errors
/// `Token`.
pub fn verify_pay_key(proof: &str) -> Result<(crate::jose::PublicKey, PayKeyProof), AuthError> {
    let refused = || AuthError::token("the pay key's proof");
    let token = crate::jose::Unverified::read(proof).map_err(refused())?;
    token.expect_type(PAY_KEY_TYPE).map_err(refused())?;
    let jwk = token.header().jwk.clone().unwrap_or(Value::Null);
    let key = crate::jose::PublicKey::from_jwk(&jwk).map_err(refused())?;
    if !key.is_for(crate::jose::Algorithm::Es256) {
        return Err(refused()(crate::jose::JoseError::Key));
    }
    let claims = token.verify(&key).and_then(|verified| verified.claims()).map_err(refused())?;
    Ok((key, claims))
}

/// `typ` of a pay key's proof.
pub(crate) const PAY_KEY_TYPE: &str = "lodger-key+jwt";
