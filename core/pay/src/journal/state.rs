//! The states of a payment, as a pure machine.
use super::{Answer, Request};
use serde::{Deserialize, Serialize};

/// How far a payment is. The request is where it may have been sent, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// The order was checked. Nothing was shown or sent.
    Created,
    /// The sheet is shown. Nothing was sent.
    AwaitingUser,
    /// The user confirmed, and the request may have been sent.
    Sent {
        /// The exact bytes.
        request: Request,
    },
    /// The request may have been sent, and no clear answer came.
    Unknown {
        /// The exact bytes.
        request: Request,
    },
    /// The server says that the order is paid.
    Paid,
    /// The server refused for good, or it failed before anything was sent.
    Failed {
        /// One word.
        code: String,
    },
    /// The user gave up before anything was sent.
    Cancelled,
    /// The order ended unpaid.
    Expired,
}

/// What happens to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The sheet is shown.
    Shown,
    /// The user gave up, or the process died with the sheet open.
    Cancelled,
    /// It failed before anything was sent.
    Failed {
        /// One word.
        code: String,
    },
    /// The order ended with the sheet open.
    Expired,
    /// The user confirmed.
    Confirmed {
        /// What is about to be sent.
        request: Request,
    },
    /// The server answered, or did not.
    Answered {
        /// What came.
        answer: Answer,
    },
}

/// What a page is told, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `requestPayment:ok`. A hint: the back end queries.
    Paid,
    /// The user gave up; this payment can never happen any more.
    Cancelled,
    /// It failed; this payment can never happen any more.
    Failed {
        /// One word.
        code: String,
    },
    /// The order ended unpaid.
    Expired,
    /// It may have happened, or may still happen.
    Unknown,
}

impl State {
    /// The state after `event`; None if it changes nothing: ends are for ever, and what may have been sent ends by the
    /// server's word only.
    #[must_use]
    pub fn on(&self, event: &Event) -> Option<Self> {
        match (self, event) {
            (Self::Created, Event::Shown) => Some(Self::AwaitingUser),
            (Self::Created | Self::AwaitingUser, Event::Cancelled) => Some(Self::Cancelled),
            (Self::Created | Self::AwaitingUser, Event::Expired) => Some(Self::Expired),
            (Self::Created | Self::AwaitingUser, Event::Failed { code }) => {
                Some(Self::Failed { code: code.clone() })
            }
            (Self::AwaitingUser, Event::Confirmed { request }) => {
                Some(Self::Sent { request: request.clone() })
            }
            (Self::Sent { request } | Self::Unknown { request }, Event::Answered { answer }) => {
                let next = answer.decided().unwrap_or_else(|| Self::Unknown { request: request.clone() });
                (next != *self).then_some(next)
            }
            _ => None,
        }
    }

    /// True if nothing can have been sent.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        matches!(self, Self::Created | Self::AwaitingUser)
    }

    /// What a page would be told if the payment were given up now.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Paid => Outcome::Paid,
            Self::Failed { code } => Outcome::Failed { code: code.clone() },
            Self::Cancelled | Self::Created | Self::AwaitingUser => Outcome::Cancelled,
            Self::Expired => Outcome::Expired,
            Self::Sent { .. } | Self::Unknown { .. } => Outcome::Unknown,
        }
    }
}

impl Outcome {
    /// `errno` of an unknown outcome: Lodger's own, in a range that WeChat does not use.
    pub const UNKNOWN: u32 = 9_000_001;

    /// `errMsg` of `wx.requestPayment`.
    #[must_use]
    pub fn message(&self) -> String {
        let rest = match self {
            Self::Paid => "ok",
            Self::Cancelled => "fail cancel",
            Self::Failed { code } => return format!("requestPayment:fail {}", code.replace('_', " ")),
            Self::Expired => "fail order expired",
            Self::Unknown => "fail result unknown, query the order",
        };
        format!("requestPayment:{rest}")
    }

    /// `errno`, where there is one.
    #[must_use]
    pub fn errno(&self) -> Option<u32> {
        (*self == Self::Unknown).then_some(Self::UNKNOWN)
    }
}
