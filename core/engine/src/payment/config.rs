//! The host's part in payments: a sheet outside the page, and limits.
use async_trait::async_trait;
pub use lodger_pay::order::{Caps, Goods};
use std::{fmt, sync::Arc};

/// How the host's users pay. Needs a login: its server takes the payments, its key `pay` confirms them.
#[derive(Clone)]
pub struct PaymentConfig {
    /// Draws payments, outside the page.
    pub sheet: Arc<dyn PaymentSheet>,
    /// The most that a program may ask for at once: by currency (ISO 4217), in its smallest unit. A currency that is not
    /// there is refused.
    pub caps: Caps,
}

impl fmt::Debug for PaymentConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentConfig").field("caps", &self.caps).finish_non_exhaustive()
    }
}

/// What a sheet shows: of the order that the operator signed, and of what the operator says about the program. Nothing in
/// it comes from the page. The order's texts have one line, and nothing in them hides or turns what stands beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The operator's id of the order.
    pub order: String,
    /// App id of the program that asks.
    pub app: String,
    /// The program's name, as its reviewer knows it; show it as text.
    pub app_name: String,
    /// Who gets the money.
    pub payee: String,
    /// What for.
    pub description: String,
    /// How much, in the currency's smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// Decimals of the currency's unit: 700 with 2 of them is 7.00.
    pub exponent: u8,
    /// Whether something outside the device is bought, or content of the program: app stores treat the two differently.
    pub goods: Goods,
    /// Until when it can be paid, in seconds since 1970.
    pub expires: u64,
}

/// How a payment goes on after the user has agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// It is being sent.
    Paying,
    /// No clear answer came: the outcome is not known, and is being asked for. It may take long; the user may leave.
    Checking,
    /// Paid.
    Paid,
    /// It failed, and this payment can never happen any more.
    Failed {
        /// One word of core/docs/payment.md, such as `not_enough`.
        code: String,
    },
    /// The order ended unpaid.
    Expired,
    /// Nothing is to be shown any more: the program was closed, or the user left. What is not known goes on being asked for.
    Closed,
}

/// Draws payments where no page can draw, read or press: a window or view of the host's. One at a time is shown for each
/// user. Called from the engine's threads.
#[async_trait]
pub trait PaymentSheet: Send + Sync {
    /// Shows what is to be paid, and gives true if the user agrees, false if not. The future is dropped when the page goes
    /// away: the sheet must go away too.
    async fn confirm(&self, payment: PaymentRequest) -> bool;

    /// How it goes on after the user agreed. Paid, Failed, Expired and Closed are the last word. A payment of an earlier
    /// start of the app begins with Checking.
    fn show(&self, payment: &PaymentRequest, state: PaymentState);

    /// Returns when the user leaves a payment that is being paid or checked; pends otherwise. The program then hears that
    /// the result is unknown. The future is dropped when there is nothing to leave any more.
    async fn left(&self, payment: PaymentRequest);
}
