//! A page's call: from its arguments to an order that may be paid, and from an outcome to the page's words.
use super::{Payments, User, lock, server::NoOrder};
use crate::{ErrorKind, LodgerError, LogLevel, SessionEvent, bridge::Answer, session::Inner};
use lodger_auth::{AuthError, AuthErrorKind};
use lodger_pay::{
    journal::{Begun, JournalError, Outcome},
    order::{Call, Checked, OrderError, Sheet},
};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::watch;

const API: &str = "requestPayment";
const ARGUMENTS: [&str; 5] = ["timeStamp", "nonceStr", "package", "signType", "paySign"];

/// How a call ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// With a payment, whatever became of it.
    Outcome(Outcome),
    /// Before there was one: why, for the page.
    Refused(String),
    /// Nobody is logged in to the host, or the device's keys are no longer good.
    Login(AuthError),
}

/// Who asks, from where; filled in by the engine. And what the page said.
pub(super) struct Asked {
    pub user: String,
    pub app: String,
    pub index: String,
    pub session: String,
    arguments: [String; 5],
}

/// An order that may be paid, and this device's part in it.
pub(super) struct Payable {
    pub order: Checked,
    /// The pay key that the server knows.
    pub pay_key: Option<String>,
}

impl Asked {
    fn call<'a>(&'a self, payer: &'a str) -> Call<'a> {
        let [timestamp, nonce, package, sign_type, pay_sign] = &self.arguments;
        Call { app: &self.app, payer, timestamp, nonce, package, sign_type, pay_sign }
    }
}

impl Inner {
    /// `wx.requestPayment`.
    pub(crate) async fn request_payment(self: &Arc<Self>, args: &Map<String, Value>) -> Answer {
        let Some(payments) = &self.shared.payments else {
            return Answer::fail(API, "system error: this host has no payments");
        };
        let texts = ARGUMENTS.map(|name| args.get(name).and_then(Value::as_str).map(str::to_owned));
        if let Some(missing) = texts.iter().position(Option::is_none) {
            return Answer::fail(API, format!("parameter.{} should be String", ARGUMENTS[missing]));
        }
        let asked = Asked {
            user: self.identity.user.clone(),
            app: self.identity.app.clone(),
            index: self.code().digest.to_hex(),
            session: self.identity.id.clone(),
            arguments: texts.map(Option::unwrap_or_default),
        };
        // A task of its own: a page that goes away must not leave a payment half done. It sees that nobody waits.
        let (tell, mut told) = watch::channel(None);
        let payments = Arc::clone(payments);
        self.shared.runtime().spawn(async move { payments.carry_out(asked, Arc::new(tell)).await });
        let end = told.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
        self.payment_ended(end.unwrap_or(End::Outcome(Outcome::Unknown)))
    }

    fn payment_ended(&self, end: End) -> Answer {
        match end {
            End::Outcome(Outcome::Paid) => Answer::empty(),
            End::Outcome(outcome) => Answer::Fail { message: outcome.message(), errno: outcome.errno() },
            End::Refused(reason) => {
                self.log(LogLevel::Warn, &format!("{API}: {reason}"));
                Answer::fail(API, reason)
            }
            End::Login(error) => {
                self.chatter(SessionEvent::LoginRequired { error: error.into() });
                Answer::fail(API, "system error: the user is not logged in")
            }
        }
    }
}

impl Payments {
    /// Carries out one call, and tells its end to whoever waits.
    async fn carry_out(self: Arc<Self>, asked: Asked, tell: Arc<watch::Sender<Option<End>>>) {
        let end = self.pay(&asked, &tell).await;
        tell.send_replace(Some(end));
    }

    async fn pay(self: &Arc<Self>, asked: &Asked, tell: &Arc<watch::Sender<Option<End>>>) -> End {
        // Its form alone: who pays is not known yet.
        let prepay_id = match asked.call("").prepay_id() {
            Ok(id) => id.to_owned(),
            Err(error) => return End::Refused(error.to_string()),
        };
        let (payments, name) = (Arc::clone(self), asked.user.clone());
        let user = self.blocking(move || payments.user(&name)).await;
        // An earlier call may be under way: that is to be known before anything can fail.
        let (app, id) = (asked.app.clone(), prepay_id.clone());
        match self.journal(&user, move |journal, _| journal.unresolved(&app, &id)).await {
            Err(error) => return self.journal_failed(&error),
            Ok(Some((attempt, sheet))) => return self.attend_unresolved(&user, attempt, &sheet, tell).await,
            Ok(None) => {}
        }
        let payable = match self.payable(asked, &prepay_id).await {
            Ok(payable) => payable,
            Err(end) => return end,
        };
        let order = payable.order.clone();
        match self.journal(&user, move |journal, now| journal.begin(&order, now)).await {
            Err(error) => self.journal_failed(&error),
            Ok(Begun::Paid) => End::Outcome(Outcome::Paid),
            Ok(Begun::Busy) => self.join(&user, &payable.order.order().order, tell).await,
            Ok(Begun::Unresolved(attempt)) => {
                self.attend_unresolved(&user, attempt, &payable.order.sheet(), tell).await
            }
            Ok(Begun::New(attempt)) => self.attend_new(&user, attempt, payable, asked, tell).await,
        }
    }

    /// The order, if this user may pay it by this call.
    async fn payable(self: &Arc<Self>, asked: &Asked, prepay_id: &str) -> Result<Payable, End> {
        let (order, payer, keys) =
            tokio::join!(self.fetch_order(prepay_id), self.fetch_payer(&asked.app), self.keys(false));
        let (order, payer) = (order.map_err(refused)?, payer.map_err(refused)?);
        let keys = keys.map_err(|error| untold(&error))?;
        let call = asked.call(&payer.payer);
        let caps = &self.config.caps;
        let mut checked = Checked::new(&order, &keys, &call, caps, self.now());
        if checked == Err(OrderError::Key) {
            // By a key that is younger than what was read before.
            let keys = self.keys(true).await.map_err(|error| untold(&error))?;
            checked = Checked::new(&order, &keys, &call, caps, self.now());
        }
        match checked {
            Ok(order) => Ok(Payable { order, pay_key: payer.pay_key }),
            Err(error) => Err(End::Refused(error.to_string())),
        }
    }

    /// A second call for an order whose sheet is open: a double tap. It ends as the first one does.
    pub(super) async fn join(&self, user: &Arc<User>, order: &str, tell: &watch::Sender<Option<End>>) -> End {
        let first = lock(&user.attended).get(order).map(|first| first.subscribe());
        let Some(mut first) = first else { return End::Refused("payment in progress".to_owned()) };
        tokio::select! {
            end = first.wait_for(Option::is_some) => {
                end.ok().and_then(|end| end.clone()).unwrap_or(End::Outcome(Outcome::Unknown))
            }
            () = tell.closed() => End::Outcome(Outcome::Unknown),
        }
    }

    /// Nothing was sent by this call; what an earlier one did is not known.
    fn journal_failed(&self, error: &JournalError) -> End {
        self.warn(&error.to_string());
        match error {
            JournalError::Random => End::Refused("system error".to_owned()),
            JournalError::Store(_) | JournalError::Damaged => End::Outcome(Outcome::Unknown),
        }
    }

    /// What the sheet shows of an order: the operator's words only.
    pub(super) async fn request_of(self: &Arc<Self>, sheet: &Sheet) -> super::PaymentRequest {
        let (releases, app) = (Arc::clone(&self.releases), sheet.app.clone());
        let name = self.blocking(move || releases.name_of(&app)).await;
        let Sheet { order, app, payee, description, money, goods, expires } = sheet.clone();
        super::PaymentRequest {
            app_name: name.unwrap_or_else(|| app.clone()),
            order,
            app,
            payee,
            description,
            amount: money.amount,
            currency: money.currency,
            exponent: money.exponent,
            goods,
            expires,
        }
    }
}

fn refused(no: NoOrder) -> End {
    match no {
        NoOrder::Paid => End::Outcome(Outcome::Paid),
        NoOrder::Refused(code) => End::Refused(code.replace('_', " ")),
        NoOrder::Failed(error) => match error.kind() {
            AuthErrorKind::LoginRequired | AuthErrorKind::KeyInvalidated => End::Login(error),
            AuthErrorKind::Offline => End::Refused("network error".to_owned()),
            _ => End::Refused("system error".to_owned()),
        },
    }
}

/// The repository's answer on payment keys; details are for the host's log, not for pages.
fn untold(error: &LodgerError) -> End {
    End::Refused(match error.kind {
        ErrorKind::Offline => "network error".to_owned(),
        _ => format!("system error: {}", error.code),
    })
}
