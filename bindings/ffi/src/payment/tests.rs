//! A host's sheet behind the engine's trait; a host may throw.

use super::*;
use engine::PaymentSheet as _;
use std::{
    sync::Mutex,
    task::{Context, Poll, Waker},
};

#[derive(Default)]
struct Sheet {
    broken: bool,
    shown: Mutex<Vec<(String, PaymentState)>>,
}

impl Sheet {
    fn answer<T>(&self, value: T) -> Result<T, CallbackFailed> {
        if self.broken { Err(CallbackFailed::Threw) } else { Ok(value) }
    }
}

#[async_trait]
impl PaymentSheet for Sheet {
    async fn confirm(&self, payment: PaymentRequest) -> Result<bool, CallbackFailed> {
        assert_eq!((payment.amount, payment.exponent, payment.goods), (700, 2, Goods::Digital));
        self.answer(true)
    }
    fn show(&self, payment: PaymentRequest, state: PaymentState) -> Result<(), CallbackFailed> {
        self.shown.lock().unwrap().push((payment.order, state));
        self.answer(())
    }
    async fn left(&self, _: PaymentRequest) -> Result<(), CallbackFailed> {
        self.answer(())
    }
}

fn payment() -> engine::PaymentRequest {
    engine::PaymentRequest {
        order: "o-1".into(),
        app: "coffee".into(),
        app_name: "Coffee".into(),
        payee: "Coffee & Co".into(),
        description: "Two flat whites".into(),
        amount: 700,
        currency: "EUR".into(),
        exponent: 2,
        goods: engine::Goods::Digital,
        expires: 1,
    }
}

/// What is known at once.
fn now<T>(future: impl Future<Output = T>) -> Poll<T> {
    std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_sheet_that_throws_agrees_to_nothing_and_is_not_left() {
    for broken in [false, true] {
        let sheet = Arc::new(Sheet { broken, ..Sheet::default() });
        let foreign = Foreign(Arc::<Sheet>::clone(&sheet) as Arc<dyn PaymentSheet>);
        assert_eq!(now(foreign.confirm(payment())), Poll::Ready(!broken));
        foreign.show(&payment(), engine::PaymentState::Failed { code: "not_enough".into() });
        let failed = PaymentState::Failed { code: "not_enough".into() };
        assert_eq!(*sheet.shown.lock().unwrap(), [("o-1".to_owned(), failed)]);
        assert_eq!(now(foreign.left(payment())).is_pending(), broken);
    }
}
