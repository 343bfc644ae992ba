//! One payment in front of the user: the sheet, the confirmation by the pay key, and the outcome as far as it is waited for.
use super::{
    PaymentRequest, PaymentState, Payments, User,
    call::{Asked, End, Payable},
    lock,
    resolve::Progress,
};
use lodger_auth::{
    AuthError,
    keys::{Key, SignerError},
};
use lodger_pay::{
    confirmation::{Confirmation, Place},
    journal::{Attempt, Next, Outcome, Request},
    order::Sheet,
};
use std::sync::Arc;
use tokio::sync::watch;

type Tell = Arc<watch::Sender<Option<End>>>;

/// Why nothing was signed.
enum Unsigned {
    /// The user closed the key's prompt, or the page is gone.
    Cancelled,
    /// One word for the page; the error where the host must log in.
    Failed(&'static str, Option<AuthError>),
}

impl Payments {
    /// A new payment: nothing of it was shown or sent.
    pub(super) async fn attend_new(
        self: &Arc<Self>,
        user: &Arc<User>,
        attempt: Attempt,
        payable: Payable,
        asked: &Asked,
        tell: &Tell,
    ) -> End {
        let Ok(_only) = Arc::clone(&user.sheet).try_lock_owned() else {
            return self.fail(user, &attempt, "payment_in_progress").await;
        };
        let _attended = Attended::new(user, &attempt.order, tell);
        let payment = self.request_of(&payable.order.sheet()).await;
        let of = attempt.clone();
        if let Err(error) = self.journal(user, move |journal, now| journal.shown(&of, now)).await {
            self.warn(&error.to_string());
            return self.fail(user, &attempt, "storage").await;
        }
        let agreed = tokio::select! {
            biased;
            () = tell.closed() => false,
            agreed = self.config.sheet.confirm(payment.clone()) => agreed,
        };
        if !agreed {
            return self.cancel(user, &attempt).await;
        }
        self.show(&payment, PaymentState::Paying);
        let signed = tokio::select! {
            signed = self.sign(&attempt, &payable, asked, &payment) => signed,
            () = tell.closed() => Err(Unsigned::Cancelled),
        };
        let request = match signed {
            Ok(request) => request,
            Err(Unsigned::Cancelled) => {
                self.show(&payment, PaymentState::Closed);
                return self.cancel(user, &attempt).await;
            }
            Err(Unsigned::Failed(code, login)) => {
                let end = self.fail(user, &attempt, code).await;
                self.show_end(&payment, &end);
                return match login {
                    Some(error) => End::Login(error),
                    None => end,
                };
            }
        };
        let of = attempt.clone();
        match self.journal(user, move |journal, now| journal.confirm(&of, request, now)).await {
            Next::End(outcome) => {
                let end = End::Outcome(outcome);
                self.show_end(&payment, &end);
                end
            }
            // It is written down, and may be sent.
            Next::Send(_) | Next::Query => self.wait(user, attempt, &payment, tell).await,
        }
    }

    /// A payment that an earlier call, or an earlier start, may have sent.
    pub(super) async fn attend_unresolved(
        self: &Arc<Self>,
        user: &Arc<User>,
        attempt: Attempt,
        sheet: &Sheet,
        tell: &Tell,
    ) -> End {
        let Ok(_only) = Arc::clone(&user.sheet).try_lock_owned() else {
            // Another payment is in front of the user; or this one, and a double tap ends as the first call does.
            if lock(&user.attended).contains_key(&attempt.order) {
                return self.join(user, &attempt.order, tell).await;
            }
            drop(self.resolve(user, &attempt));
            return End::Outcome(Outcome::Unknown);
        };
        let _attended = Attended::new(user, &attempt.order, tell);
        let payment = self.request_of(sheet).await;
        self.show(&payment, PaymentState::Checking);
        self.wait(user, attempt, &payment, tell).await
    }

    /// Waits for the outcome while the user does. It is resolved whether or not anybody waits.
    async fn wait(
        self: &Arc<Self>,
        user: &Arc<User>,
        attempt: Attempt,
        payment: &PaymentRequest,
        tell: &Tell,
    ) -> End {
        let mut progress = self.resolve(user, &attempt);
        let left = self.config.sheet.left(payment.clone());
        tokio::pin!(left);
        loop {
            let now = progress.borrow_and_update().clone();
            match now {
                Progress::Paying => {}
                Progress::Checking => self.show(payment, PaymentState::Checking),
                Progress::End(outcome) => {
                    let end = End::Outcome(outcome);
                    self.show_end(payment, &end);
                    return end;
                }
            }
            tokio::select! {
                changed = progress.changed() => if changed.is_err() {
                    // The engine ends.
                    return End::Outcome(Outcome::Unknown);
                },
                () = &mut left => break,
                () = tell.closed() => break,
            }
        }
        self.show(payment, PaymentState::Closed);
        self.cancel(user, &attempt).await
    }

    /// The pay key's word on what the sheet showed.
    async fn sign(
        &self,
        attempt: &Attempt,
        payable: &Payable,
        asked: &Asked,
        payment: &PaymentRequest,
    ) -> Result<Request, Unsigned> {
        let signer = &self.login.signer;
        // No words: the prompt's own are in the user's language.
        let reason = format!("{} · {}", payable.order.order().money(), payment.payee);
        let key = signer.public_key(Key::Pay).await.map_err(AuthError::from)?.thumbprint();
        if payable.pay_key.as_deref() != Some(key.as_str()) {
            self.login.device.enrol_pay(&reason).await?;
        }
        let place = Place { index: &asked.index, session: &asked.session, pay_key: key.as_str() };
        let unwritten = |_| Unsigned::Failed("internal", None);
        let confirmation =
            Confirmation::new(&payable.order, &attempt.key, place, self.now()).map_err(unwritten)?;
        let signature = signer.sign(Key::Pay, confirmation.message(), &reason).await;
        let signature = signature.map_err(|error: SignerError| AuthError::from(error))?;
        confirmation.sign(signature.as_bytes()).map_err(unwritten)
    }

    async fn cancel(&self, user: &Arc<User>, attempt: &Attempt) -> End {
        let attempt = attempt.clone();
        End::Outcome(self.journal(user, move |journal, now| journal.cancel(&attempt, now)).await)
    }

    async fn fail(&self, user: &Arc<User>, attempt: &Attempt, code: &'static str) -> End {
        let attempt = attempt.clone();
        End::Outcome(self.journal(user, move |journal, now| journal.fail(&attempt, code, now)).await)
    }

    fn show(&self, payment: &PaymentRequest, state: PaymentState) {
        self.config.sheet.show(payment, state);
    }

    fn show_end(&self, payment: &PaymentRequest, end: &End) {
        let state = match end {
            End::Outcome(Outcome::Paid) => PaymentState::Paid,
            End::Outcome(Outcome::Failed { code }) => PaymentState::Failed { code: code.clone() },
            End::Outcome(Outcome::Expired) => PaymentState::Expired,
            _ => PaymentState::Closed,
        };
        self.show(payment, state);
    }
}

impl From<AuthError> for Unsigned {
    fn from(error: AuthError) -> Self {
        use lodger_auth::AuthErrorKind as Kind;
        match error.kind() {
            Kind::Cancelled => Self::Cancelled,
            Kind::LoginRequired | Kind::KeyInvalidated => Self::Failed("login_required", Some(error)),
            Kind::Offline => Self::Failed("network_error", None),
            Kind::Denied => Self::Failed("denied", None),
            _ => Self::Failed("internal", None),
        }
    }
}

/// Lets a double tap find the first call, for as long as the payment is in front of the user.
struct Attended {
    user: Arc<User>,
    order: String,
}

impl Attended {
    fn new(user: &Arc<User>, order: &str, tell: &Tell) -> Self {
        lock(&user.attended).insert(order.to_owned(), Arc::clone(tell));
        Self { user: Arc::clone(user), order: order.to_owned() }
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        lock(&self.user.attended).remove(&self.order);
    }
}
