//! Lodger's server, by the routes of core/docs/payment.md.
use super::Payments;
use lodger_auth::{AuthError, ports::Response};
use lodger_pay::journal::{Answer, Attempt, Request};
use serde::Deserialize;

/// Longest order, in bytes.
const MAX_ORDER: usize = 16 << 10;

/// Why an order was not handed out.
pub(super) enum NoOrder {
    /// It is paid, and its payer is this user.
    Paid,
    /// The server said no: one word.
    Refused(String),
    /// No answer that says anything.
    Failed(AuthError),
}

/// Who this user is in a program, and which pay key the server knows of this device.
#[derive(Deserialize)]
pub(super) struct Payer {
    /// The openid.
    pub payer: String,
    /// Its thumbprint; `None` before one is enrolled.
    pub pay_key: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Payments {
    /// `GET /lodger/v1/orders/{prepay_id}`: the signed order.
    pub(super) async fn fetch_order(&self, prepay_id: &str) -> Result<String, NoOrder> {
        // An id has no character that a path would escape: `Call::prepay_id` has checked it.
        let answer = self.get(&format!("/orders/{prepay_id}")).await?;
        let text = String::from_utf8(answer.body).ok().filter(|text| text.len() <= MAX_ORDER);
        text.ok_or_else(|| NoOrder::Refused("invalid_order".to_owned()))
    }

    /// `GET /lodger/v1/payers/{app}`: who the user is to the program.
    pub(super) async fn fetch_payer(&self, app: &str) -> Result<Payer, NoOrder> {
        let answer = self.get(&format!("/payers/{app}")).await?;
        serde_json::from_slice(&answer.body).map_err(|_| NoOrder::Refused("invalid_payer".to_owned()))
    }

    async fn get(&self, route: &str) -> Result<Response, NoOrder> {
        let answer = self.login.device.request("GET", route, &[], &[]).await.map_err(NoOrder::Failed)?;
        if answer.status == 200 {
            return Ok(answer);
        }
        let refusal: Option<Refusal> = serde_json::from_slice(&answer.body).ok();
        let word = refusal.map(|refusal| refusal.error).filter(|code| is_word(code));
        match word.as_deref() {
            Some("order_paid") => Err(NoOrder::Paid),
            Some("invalid_identity") => Err(NoOrder::Failed(AuthError::LoginRequired)),
            Some("device_retired") => Err(NoOrder::Failed(AuthError::KeyInvalidated)),
            Some(code) => Err(NoOrder::Refused(code.to_owned())),
            None => Err(NoOrder::Refused("server_error".to_owned())),
        }
    }

    /// `POST /lodger/v1/payments`. Whatever happens, the request may have arrived.
    pub(super) async fn send(&self, request: &Request) -> Answer {
        let headers =
            [("Idempotency-Key", request.key.clone()), ("Content-Type", "application/json".to_owned())];
        let body = request.body.as_bytes();
        said(self.login.device.request("POST", "/payments", &headers, body).await)
    }

    /// `GET /lodger/v1/payments/{key}?order=`.
    pub(super) async fn query(&self, attempt: &Attempt) -> Answer {
        // Keys are base64url, order ids of the same kind as prepay ids.
        let route = format!("/payments/{}?order={}", attempt.key, attempt.order);
        said(self.login.device.request("GET", &route, &[], &[]).await)
    }
}

/// No answer says nothing; of the others `lodger-pay` knows which do.
fn said(answer: Result<Response, AuthError>) -> Answer {
    answer.map_or(Answer::Unclear, |answer| Answer::read(answer.status, &answer.body))
}

fn is_word(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
