//! What a host says about its login: which server, who the user is, and who holds the device's keys.
use lodger_auth::{
    LoginConfig as ProviderConfig,
    identity::Identity,
    keys::{Presence, Signer},
};
use std::{fmt, sync::Arc};

/// The login of a host's users at Lodger's server (core/docs/login.md). Without one `wx.login` fails.
#[derive(Clone, Debug)]
pub struct LoginConfig {
    /// The server's address, such as `https://lodger.bank.example`, without a slash at the end. Plain http to loopback
    /// addresses in development only.
    pub server: String,
    /// The audience that the host registered there.
    pub audience: String,
    /// Who says who the user is.
    pub identity: IdentitySource,
    /// Who holds the keys `login` and `pay`.
    pub keys: KeySource,
}

/// Who says who the user is.
#[derive(Clone)]
pub enum IdentitySource {
    /// The host's own code: an assertion by its back end, or an access token that it has.
    Host(Arc<dyn Identity>),
    /// A provider that speaks OpenID Connect: the engine logs in there by the system's browser (`Engine::begin_login`).
    Provider(ProviderConfig),
}

/// Who holds the device's keys.
#[derive(Clone)]
pub enum KeySource {
    /// The platform's key store, by the host.
    Host(Arc<dyn Signer>),
    /// The engine, in software, sealed in its database. The server gives such a device a lower cap.
    Software(Arc<dyn Presence>),
}

impl fmt::Debug for IdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(_) => f.write_str("Host"),
            Self::Provider(config) => f.debug_tuple("Provider").field(&config.issuer).finish(),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host(_) => "Host",
            Self::Software(_) => "Software",
        })
    }
}
