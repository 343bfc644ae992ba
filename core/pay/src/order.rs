//! Orders as the operator signs them, and whether this page, this user and this host may pay one.
//!
//! The page names an order and shows the merchant's signature for it. What is paid, to whom and how much comes from the
//! order that the operator signed; [`Checked`] is the only way to a [`Sheet`] and to a confirmation, and has no way but
//! through all the checks.
mod check;
mod keys;
mod money;
mod text;

pub use check::{Call, Caps, Checked, Sheet};
pub use keys::PaymentKeys;
pub use money::Money;

use crate::{
    jws::{Algorithm, JwsError, Unsigned, Unverified},
    wechatpay::PublicKey,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `typ` of a signed order.
pub const TYP: &str = "lodger-order+jwt";
/// How far an order's beginning may be ahead of the clock, in seconds.
pub(crate) const SKEW: u64 = 60;

/// What is bought; app stores treat the two differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goods {
    /// Things and services outside the device.
    Physical,
    /// Content that the program itself delivers.
    Digital,
}

/// What the operator signed. Members that are not known are refused: one could be a fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The operator's id of the order: 1 to 64 of `A-Z a-z 0-9 _ . -`.
    pub order: String,
    /// What the page names it by; the same characters.
    pub prepay_id: String,
    /// The program that it is for.
    pub app: String,
    /// The merchant.
    pub mchid: String,
    /// The merchant's name, as the user sees it: 1 to 64 characters.
    pub payee: String,
    /// The user who pays, by the openid in this program.
    pub payer: String,
    /// What is paid for, as the user sees it: 1 to 127 characters.
    pub description: String,
    /// What is bought.
    pub goods: Goods,
    /// In the currency's smallest unit, 1 to 2^53 - 1.
    pub amount: u64,
    /// ISO 4217, three capitals.
    pub currency: String,
    /// How many decimals the currency's unit has (ISO 4217), at most 4.
    pub exponent: u8,
    /// The server's, new in each signature.
    pub nonce: String,
    /// When it was signed, in seconds since 1970.
    pub issued: u64,
    /// From when on it cannot be paid, in seconds since 1970.
    pub expires: u64,
    /// Public keys of the merchant, as JWKs; 1 to 8. One of them signed the page's call.
    pub merchant_keys: Vec<Value>,
}

/// Why an order is not to be paid. Texts hold nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The signed order is no such token.
    #[error("the order cannot be trusted: {0}")]
    Token(#[from] JwsError),
    /// Signed by a key that `payment-keys.json` does not name, or not for this time.
    #[error("the order cannot be trusted: no payment key of this time signed it")]
    Key,
    /// A field breaks a rule.
    #[error("the order's {0} is not acceptable")]
    Field(&'static str),
    /// The page's call is not of WeChat's form.
    #[error("the call's {0} is not acceptable")]
    Call(&'static str),
    /// Another order than the page named.
    #[error("the order is another than the one that was asked for")]
    OtherOrder,
    /// An order for another program.
    #[error("the order belongs to another program")]
    OtherApp,
    /// An order for another user.
    #[error("the order belongs to another user")]
    OtherPayer,
    /// More than the host allows, or a currency that it does not allow.
    #[error("the order's amount is above what this app allows")]
    OverCap,
    /// Too late.
    #[error("the order has expired")]
    Expired,
    /// The page's signature is by none of the merchant's keys.
    #[error("the merchant did not sign this call")]
    PaySign,
}

impl Order {
    /// Takes a signed order apart, checks its signature at `now` (seconds since 1970) and the form of its fields. It says
    /// nothing on whether somebody may pay it.
    ///
    /// # Errors
    /// `Token`, `Key`, `Field`.
    pub fn verify(token: &str, keys: &PaymentKeys, now: u64) -> Result<Self, OrderError> {
        let token = Unverified::read(token)?;
        token.expect_type(TYP)?;
        let kid = token.header().key_id.clone().ok_or(OrderError::Key)?;
        let (key, period) = keys.find(&kid).ok_or(OrderError::Key)?;
        let order: Self = token.verify(key)?.claims()?;
        // Both times: a key that was stolen after its end cannot date an order back.
        if !period.contains(&order.issued) || now >= period.end || order.issued > now.saturating_add(SKEW) {
            return Err(OrderError::Key);
        }
        order.check_fields()?;
        Ok(order)
    }

    /// The order as a token, to be signed by the payment key `kid`.
    ///
    /// # Errors
    /// `Field`: what a device would refuse is not signed.
    pub fn to_sign(&self, algorithm: Algorithm, kid: &str) -> Result<Unsigned, OrderError> {
        self.check_fields()?;
        Ok(Unsigned::new(TYP, algorithm, kid, self)?)
    }

    /// What is paid.
    #[must_use]
    pub fn money(&self) -> Money {
        Money { amount: self.amount, currency: self.currency.clone(), exponent: self.exponent }
    }

    /// What a host draws of it.
    pub(crate) fn sheet(&self) -> Sheet {
        let Self { order, app, payee, description, goods, expires, .. } = self.clone();
        Sheet { order, app, payee, description, money: self.money(), goods, expires }
    }

    /// The merchant's keys.
    pub(crate) fn merchant_keys(&self) -> Option<Vec<PublicKey>> {
        self.merchant_keys.iter().map(|key| PublicKey::from_jwk(key).ok()).collect()
    }

    fn check_fields(&self) -> Result<(), OrderError> {
        let ids = [
            ("id", &self.order),
            ("prepay id", &self.prepay_id),
            ("app", &self.app),
            ("merchant id", &self.mchid),
            ("payer", &self.payer),
            ("nonce", &self.nonce),
        ];
        for (name, id) in ids {
            text::is_id(id).then_some(()).ok_or(OrderError::Field(name))?;
        }
        let rules = [
            ("payee", text::is_shown(&self.payee, 64)),
            ("description", text::is_shown(&self.description, 127)),
            ("amount", (1..=crate::json::MAX_INTEGER).contains(&self.amount)),
            (
                "currency",
                self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase()),
            ),
            ("exponent", self.exponent <= 4),
            ("time", self.issued < self.expires && self.expires <= crate::json::MAX_INTEGER),
            ("merchant keys", (1..=8).contains(&self.merchant_keys.len()) && self.merchant_keys().is_some()),
        ];
        match rules.into_iter().find(|(_, holds)| !holds) {
            None => Ok(()),
            Some((name, _)) => Err(OrderError::Field(name)),
        }
    }
}
