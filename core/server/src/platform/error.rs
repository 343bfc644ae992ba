//! Why something was not done: for devices in Lodger's words, for back ends in WeChat's numbers.

use crate::{database::DatabaseError, kek::KekError, publishing::PublishError};
use lodger_auth::api::RefusalCode;

/// WeChat's `errcode`s that the server answers with; numbers and texts are those of developers.weixin.qq.com.
macro_rules! errcodes {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// WeChat's error numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Errcode { $(#[doc = $text] $name,)* }

        impl Errcode {
            /// `errcode`.
            #[must_use]
            pub fn number(self) -> i32 {
                match self { $(Self::$name => $number,)* }
            }

            /// `errmsg`, without the request's id.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

errcodes! {
    Busy = -1, "system error";
    InvalidCredential = 40001, "invalid credential, access_token is invalid or not latest";
    InvalidGrantType = 40002, "invalid grant_type";
    InvalidOpenid = 40003, "invalid openid";
    InvalidMedia = 40007, "invalid media_id";
    InvalidMessageType = 40008, "invalid message type";
    InvalidAppid = 40013, "invalid appid";
    InvalidCode = 40029, "invalid code";
    InvalidTemplate = 40037, "invalid template_id";
    InvalidArgument = 40097, "invalid args";
    InvalidSecret = 40125, "invalid appsecret";
    InvalidScene = 40129, "invalid scene";
    CodeUsed = 40163, "code been used";
    InvalidPath = 40165, "invalid weapp pagepath";
    InvalidQuery = 40212, "invalid query";
    CodeBlocked = 40226, "code blocked";
    TokenMissing = 41001, "access_token missing";
    AppidMissing = 41002, "appid missing";
    SecretMissing = 41004, "appsecret missing";
    CodeMissing = 41008, "missing code";
    InvalidPage = 41030, "invalid page";
    TokenExpired = 42001, "access_token expired";
    NotSubscribed = 43101, "user refuse to accept the msg";
    EmptyContent = 44004, "empty content";
    TooLong = 45002, "content size out of limit";
    DailyQuota = 45009, "reach max api daily quota limit";
    MinuteQuota = 45011, "api minute-quota reach limit, must slower, retry next minute";
    WindowOver = 45015, "response out of time limit or subscription is canceled";
    WindowUsed = 45047, "out of response count limit";
    InvalidJson = 47001, "data format error";
    InvalidData = 47003, "argument invalid!";
    NotReleased = 85079, "miniprogram has no online release";
    InvalidExpiry = 85401, "time limit between 1min and 1year";
    InvalidSignature = 87009, "invalid signature";
}

/// Messages go to whoever asked: none holds a secret, or a row of the database.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// A device is refused.
    #[error("{1}")]
    Device(RefusalCode, &'static str),
    /// A back end is refused.
    #[error("{}", .0.text())]
    Wechat(Errcode),
    /// The same, with more to say.
    #[error("{text} {more}", text = .code.text())]
    WechatMore {
        /// The number.
        code: Errcode,
        /// What it says beyond the number's own text.
        more: String,
    },
    /// An administrator asked for what cannot be.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The repository could not be read.
    #[error(transparent)]
    Publishing(#[from] PublishError),
    /// No random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

impl From<Errcode> for PlatformError {
    fn from(code: Errcode) -> Self {
        Self::Wechat(code)
    }
}

impl PlatformError {
    /// True if the server is at fault: its log says more.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Kek(_) | Self::Publishing(_) | Self::Random)
    }
}
