//! The user's word: the pay key's signature over exactly what the sheet showed and the server will charge.
//!
//! The key is asked elsewhere (it may be in hardware, and prompt): [`Confirmation::message`] goes out, the signature comes
//! in, and [`Confirmation::sign`] gives the request whose bytes the journal keeps.
use crate::{
    base64url,
    journal::Request,
    json,
    jws::{Algorithm, JwsError, PublicKey, Unsigned, Unverified},
    order::{Checked, Order, OrderError, PaymentKeys},
};
use serde::{Deserialize, Serialize};

/// `typ` of a confirmation. No login proof has it, and no confirmation another.
pub const TYP: &str = "lodger-confirm+jwt";
/// Longest request, in bytes.
const MAX_BODY: usize = 32 << 10;

/// What the pay key signs. Members that are not known are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The idempotency key: one confirmation, one charge.
    pub jti: String,
    /// SHA-256 of the signed order, in base64url.
    pub order: String,
    /// As in the order.
    pub amount: u64,
    /// As in the order.
    pub currency: String,
    /// As in the order.
    pub payee: String,
    /// As in the order.
    pub nonce: String,
    /// As in the order.
    pub app: String,
    /// Digest of the index of the release that asked.
    pub index: String,
    /// The session that asked.
    pub session: String,
    /// When the user agreed, in seconds since 1970, by the device.
    pub iat: u64,
    /// The order's end.
    pub exp: u64,
}

/// Where the user agreed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Digest of the index of the running release, in hex.
    pub index: &'a str,
    /// Id of the session.
    pub session: &'a str,
    /// Name of the pay key: its thumbprint (RFC 7638).
    pub pay_key: &'a str,
}

/// A confirmation that waits for its signature.
#[derive(Clone, Debug)]
pub struct Confirmation {
    unsigned: Unsigned,
    key: String,
    order: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    confirmation: String,
    order: String,
}

/// Why a confirmation is not one. Texts hold nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// The request is not one, or its confirmation no such token.
    #[error("the confirmation cannot be trusted: {0}")]
    Token(#[from] JwsError),
    /// By a pay key that is not this user's.
    #[error("the confirmation is by no pay key of this user")]
    Key,
    /// The order in it is not one of ours.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// It confirms something else than the order beside it, or the request's key is another.
    #[error("the confirmation is for something else")]
    Other,
}

impl Confirmation {
    /// Prepares the confirmation of `order`; `key` is the idempotency key that the journal gave.
    ///
    /// # Errors
    /// `Malformed` if it cannot be written.
    pub fn new(order: &Checked, key: &str, place: Place<'_>, now: u64) -> Result<Self, JwsError> {
        let token = order.token().to_owned();
        let claims = Claims::of(order.order(), &token, key, place.index, place.session, now);
        let unsigned = Unsigned::new(TYP, Algorithm::Es256, place.pay_key, &claims)?;
        Ok(Self { unsigned, key: key.to_owned(), order: token })
    }

    /// What the pay key signs (ES256).
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.unsigned.message()
    }

    /// The request, with the signature: r and s, 64 bytes.
    ///
    /// # Errors
    /// `Malformed` if it cannot be written.
    pub fn sign(self, signature: &[u8; 64]) -> Result<Request, JwsError> {
        let body = Body { confirmation: self.unsigned.sign(signature), order: self.order };
        let body = serde_json::to_string(&body).map_err(|_| JwsError::Malformed)?;
        Ok(Request { key: self.key, body })
    }
}

/// The order in a request of this device's own journal. It was verified before it went there.
pub(crate) fn order_of(request: &Request) -> Option<Order> {
    let body: Body = json::read(request.body.as_bytes())?;
    Unverified::read(&body.order).ok()?.unverified_claims()
}

impl Claims {
    fn of(order: &Order, token: &str, key: &str, index: &str, session: &str, now: u64) -> Self {
        Self {
            jti: key.to_owned(),
            order: base64url::sha256(token.as_bytes()),
            amount: order.amount,
            currency: order.currency.clone(),
            payee: order.payee.clone(),
            nonce: order.nonce.clone(),
            app: order.app.clone(),
            index: index.to_owned(),
            session: session.to_owned(),
            iat: now,
            exp: order.expires,
        }
    }
}

/// A server's check of a request at `now` (seconds since 1970): signatures, and that the confirmation is of the order
/// beside it, word for word. `idempotency_key` is the request's header, `pay_key` finds the key that this user enrolled
/// under a thumbprint. Whether the order is still to be paid, and its payer the user, is the caller's to check.
///
/// # Errors
/// Any [`ConfirmationError`].
pub fn verify(
    body: &[u8],
    idempotency_key: &str,
    pay_key: impl FnOnce(&str) -> Option<PublicKey>,
    keys: &PaymentKeys,
    now: u64,
) -> Result<(Order, Claims), ConfirmationError> {
    let read = (body.len() <= MAX_BODY).then(|| json::read::<Body>(body)).flatten();
    let body = read.ok_or(JwsError::Malformed)?;
    let token = Unverified::read(&body.confirmation)?;
    token.expect_type(TYP)?;
    let kid = token.header().key_id.clone().ok_or(ConfirmationError::Key)?;
    let key = pay_key(&kid).ok_or(ConfirmationError::Key)?;
    let claims: Claims = token.verify(&key)?.claims()?;
    let order = Order::verify(&body.order, keys, now)?;
    let expected =
        Claims::of(&order, &body.order, idempotency_key, &claims.index, &claims.session, claims.iat);
    if claims == expected { Ok((order, claims)) } else { Err(ConfirmationError::Other) }
}
