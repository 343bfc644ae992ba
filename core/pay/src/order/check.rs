//! Whether this page, for this user, in this host, may have an order paid.
use super::{Goods, Money, Order, OrderError, PaymentKeys, text};
use crate::wechatpay::jsapi_message;
use std::collections::BTreeMap;

/// The most that a host lets a mini-program ask for at once, by currency, in the smallest unit. A currency that is not
/// there is refused.
pub type Caps = BTreeMap<String, u64>;

/// A call of `wx.requestPayment`, and who calls. `app` and `payer` are the session's: no message can set them.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The session's program.
    pub app: &'a str,
    /// The session's user, by the openid in this program.
    pub payer: &'a str,
    /// `timeStamp`: seconds since 1970, as a text.
    pub timestamp: &'a str,
    /// `nonceStr`.
    pub nonce: &'a str,
    /// `package`: `prepay_id=…`.
    pub package: &'a str,
    /// `signType`: `RSA`.
    pub sign_type: &'a str,
    /// `paySign`: in base64.
    pub pay_sign: &'a str,
}

impl<'a> Call<'a> {
    /// What the page names the order by, to ask the server for it.
    ///
    /// # Errors
    /// `Call` if the arguments have not WeChat's form.
    pub fn prepay_id(&self) -> Result<&'a str, OrderError> {
        let seconds = (1..=12).contains(&self.timestamp.len())
            && self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let nonce =
            (1..=32).contains(&self.nonce.len()) && self.nonce.bytes().all(|byte| byte.is_ascii_graphic());
        let id = self.package.strip_prefix("prepay_id=").filter(|id| text::is_id(id));
        match (seconds, nonce, self.sign_type, id) {
            (false, ..) => Err(OrderError::Call("timeStamp")),
            (_, false, ..) => Err(OrderError::Call("nonceStr")),
            (.., "RSA", Some(id)) => Ok(id),
            (.., None) => Err(OrderError::Call("package")),
            _ => Err(OrderError::Call("signType")),
        }
    }
}

/// An order that may be shown to the user and, if the user agrees, be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    order: Order,
    token: String,
}

/// What the host draws: signed fields only, nothing that the page said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The operator's id of the order.
    pub order: String,
    /// The program that asks; the host shows its verified name and icon.
    pub app: String,
    /// Who gets the money.
    pub payee: String,
    /// What for.
    pub description: String,
    /// How much.
    pub money: Money,
    /// What is bought.
    pub goods: Goods,
    /// Until when, in seconds since 1970.
    pub expires: u64,
}

impl Checked {
    /// Checks the signed order `token` for a call at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// Any [`OrderError`].
    pub fn new(
        token: &str,
        keys: &PaymentKeys,
        call: &Call<'_>,
        caps: &Caps,
        now: u64,
    ) -> Result<Self, OrderError> {
        let prepay_id = call.prepay_id()?;
        let order = Order::verify(token, keys, now)?;
        if order.app != call.app {
            return Err(OrderError::OtherApp);
        }
        if order.payer != call.payer {
            return Err(OrderError::OtherPayer);
        }
        if order.prepay_id != prepay_id {
            return Err(OrderError::OtherOrder);
        }
        if caps.get(&order.currency).is_none_or(|cap| order.amount > *cap) {
            return Err(OrderError::OverCap);
        }
        if now >= order.expires {
            return Err(OrderError::Expired);
        }
        let message = jsapi_message(call.app, call.timestamp, call.nonce, call.package);
        let keys = order.merchant_keys().ok_or(OrderError::Field("merchant keys"))?;
        if !keys.iter().any(|key| key.verify(&message, call.pay_sign).is_ok()) {
            return Err(OrderError::PaySign);
        }
        Ok(Self { order, token: token.to_owned() })
    }

    /// The order.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The order as it was signed.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What the host draws.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        self.order.sheet()
    }
}
