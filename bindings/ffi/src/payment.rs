//! The host's part in payments: a sheet outside the page, and limits.

use crate::{CallbackFailed, callbacks::Foreign};
use async_trait::async_trait;
use lodger_engine as engine;
use std::{collections::HashMap, sync::Arc};

/// How the host's users pay. Needs a login.
#[derive(Clone, uniffi::Record)]
pub struct PaymentConfig {
    /// Draws payments, outside the page.
    pub sheet: Arc<dyn PaymentSheet>,
    /// The most that a program may ask for at once: by currency (ISO 4217), in its smallest unit. A currency that is not
    /// there is refused.
    pub caps: HashMap<String, u64>,
}

impl From<PaymentConfig> for engine::PaymentConfig {
    fn from(config: PaymentConfig) -> Self {
        Self { sheet: Arc::new(Foreign(config.sheet)), caps: config.caps.into_iter().collect() }
    }
}

/// What is bought; app stores treat the two differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Goods {
    /// Things and services outside the device.
    Physical,
    /// Content that the program itself delivers.
    Digital,
}

impl From<engine::Goods> for Goods {
    fn from(goods: engine::Goods) -> Self {
        match goods {
            engine::Goods::Physical => Self::Physical,
            engine::Goods::Digital => Self::Digital,
        }
    }
}

/// What a sheet shows: signed by the operator, nothing of it from the page.
#[derive(Clone, Debug, uniffi::Record)]
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
    /// What is bought.
    pub goods: Goods,
    /// Until when it can be paid, in seconds since 1970.
    pub expires: u64,
}

impl From<engine::PaymentRequest> for PaymentRequest {
    fn from(payment: engine::PaymentRequest) -> Self {
        Self {
            order: payment.order,
            app: payment.app,
            app_name: payment.app_name,
            payee: payment.payee,
            description: payment.description,
            amount: payment.amount,
            currency: payment.currency,
            exponent: payment.exponent,
            goods: payment.goods.into(),
            expires: payment.expires,
        }
    }
}

/// How a payment goes on after the user has agreed.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PaymentState {
    /// It is being sent.
    Paying,
    /// The outcome is not known, and is being asked for; the user may leave.
    Checking,
    /// Paid.
    Paid,
    /// It failed for good.
    Failed {
        /// One word, such as `not_enough`.
        code: String,
    },
    /// The order ended unpaid.
    Expired,
    /// Nothing is to be shown any more.
    Closed,
}

impl From<engine::PaymentState> for PaymentState {
    fn from(state: engine::PaymentState) -> Self {
        match state {
            engine::PaymentState::Paying => Self::Paying,
            engine::PaymentState::Checking => Self::Checking,
            engine::PaymentState::Paid => Self::Paid,
            engine::PaymentState::Failed { code } => Self::Failed { code },
            engine::PaymentState::Expired => Self::Expired,
            engine::PaymentState::Closed => Self::Closed,
        }
    }
}

/// Draws payments where no page can draw, read or press. One at a time is shown for each user.
#[uniffi::export(foreign)]
#[async_trait]
pub trait PaymentSheet: Send + Sync {
    /// Shows what is to be paid: true if the user agrees. Cancelled when the page goes away: the sheet must go away, too.
    async fn confirm(&self, payment: PaymentRequest) -> Result<bool, CallbackFailed>;
    /// How it goes on after the user agreed. `Paid`, `Failed`, `Expired` and `Closed` are the last word. A payment of an
    /// earlier start of the app begins with `Checking`.
    fn show(&self, payment: PaymentRequest, state: PaymentState) -> Result<(), CallbackFailed>;
    /// Returns when the user leaves a payment that is being paid or checked; cancelled when there is nothing to leave.
    async fn left(&self, payment: PaymentRequest) -> Result<(), CallbackFailed>;
}

#[async_trait]
impl engine::PaymentSheet for Foreign<dyn PaymentSheet> {
    async fn confirm(&self, payment: engine::PaymentRequest) -> bool {
        // A sheet that throws was not agreed to.
        self.0.confirm(payment.into()).await.unwrap_or(false)
    }

    fn show(&self, payment: &engine::PaymentRequest, state: engine::PaymentState) {
        // The payment goes on whether or not it can be shown.
        let _ = self.0.show(payment.clone().into(), state.into());
    }

    async fn left(&self, payment: engine::PaymentRequest) {
        if self.0.left(payment.into()).await.is_err() {
            // A sheet that throws was not left.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests;
