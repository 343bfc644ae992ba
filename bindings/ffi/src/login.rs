//! The host's part in a login: who the user is, and the device's keys.

use crate::{CallbackFailed, callbacks::Foreign};
use async_trait::async_trait;
use lodger_engine as engine;
use std::sync::Arc;

/// The login of a host's users at Lodger's server.
#[derive(Clone, uniffi::Record)]
pub struct LoginConfig {
    /// The server's address, https, without a slash at the end.
    pub server: String,
    /// The audience that the host registered there.
    pub audience: String,
    /// Who says who the user is.
    pub identity: IdentitySource,
    /// Who holds the device's keys.
    pub keys: KeySource,
}

impl From<LoginConfig> for engine::LoginConfig {
    fn from(config: LoginConfig) -> Self {
        Self {
            server: config.server,
            audience: config.audience,
            identity: match config.identity {
                IdentitySource::Host { identity } => {
                    engine::IdentitySource::Host(Arc::new(Foreign(identity)))
                }
                IdentitySource::Provider { provider } => engine::IdentitySource::Provider(provider.into()),
            },
            keys: match config.keys {
                KeySource::Host { signer } => engine::KeySource::Host(Arc::new(Foreign(signer))),
                KeySource::Software { presence } => engine::KeySource::Software(Arc::new(Foreign(presence))),
            },
        }
    }
}

/// Who says who the user is.
#[derive(Clone, uniffi::Enum)]
pub enum IdentitySource {
    /// The host's own code.
    Host {
        /// An assertion by its back end, or an access token that it has.
        identity: Arc<dyn Identity>,
    },
    /// A provider that speaks OpenID Connect: the login is one in the system's browser.
    Provider {
        /// Which.
        provider: ProviderConfig,
    },
}

/// Who holds the device's keys.
#[derive(Clone, uniffi::Enum)]
pub enum KeySource {
    /// The platform's key store.
    Host {
        /// Over Android's Keystore, or Apple's Secure Enclave.
        signer: Arc<dyn Signer>,
    },
    /// The engine, in software, sealed in its database: a lower cap for payments.
    Software {
        /// Asks the user before each payment.
        presence: Arc<dyn Presence>,
    },
}

/// A provider that speaks OpenID Connect; the client is public and native.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ProviderConfig {
    /// The provider, exactly as its metadata and tokens write it.
    pub issuer: String,
    /// This app, as the provider knows it.
    pub client_id: String,
    /// Where the browser comes back to: claimed https, or a reverse-domain scheme such as `com.example.host:/cb`.
    pub redirect_uri: String,
    /// With a blank between; `openid` among them.
    pub scope: String,
    /// Lodger's server, as audience of the access token, if the provider wants to be told.
    pub resource: Option<String>,
    /// More parameters of the authorization request, such as `prompt`.
    pub parameters: Vec<Parameter>,
    /// Plain http to loopback addresses is allowed, if the trust root is a development root.
    pub development: bool,
}

/// One parameter of a request.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<ProviderConfig> for engine::ProviderConfig {
    fn from(config: ProviderConfig) -> Self {
        Self {
            issuer: config.issuer,
            client_id: config.client_id,
            redirect_uri: config.redirect_uri,
            scope: config.scope,
            resource: config.resource,
            parameters: config.parameters.into_iter().map(|one| (one.name, one.value)).collect(),
            development: config.development,
        }
    }
}

/// What Lodger asks a host's identity for.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Ask {
    /// For `aud`.
    pub audience: String,
    /// For `nonce` of an assertion: random, new each time.
    pub nonce: String,
    /// For `cnf.jkt`: the login key's thumbprint.
    pub key: String,
}

/// A host's answer.
#[derive(Clone, uniffi::Enum)]
pub enum Credential {
    /// A JWT that the host's back end made for this request.
    Assertion {
        /// The JWT.
        token: String,
    },
    /// An access token bound to the login key.
    AccessToken {
        /// The token.
        token: String,
    },
}

/// Why there is no identity.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum IdentityFailure {
    /// The host's user is not logged in.
    #[error("nobody is logged in")]
    LoginRequired,
    /// The user gave up.
    #[error("the user cancelled")]
    Cancelled,
    /// The host's back end does not answer.
    #[error("the host's back end does not answer: {reason}")]
    Unreachable {
        /// In a few words, without URL.
        reason: String,
    },
    /// Anything else.
    #[error("the host's identity failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for IdentityFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<IdentityFailure> for engine::AuthError {
    fn from(failure: IdentityFailure) -> Self {
        match failure {
            IdentityFailure::LoginRequired => Self::LoginRequired,
            IdentityFailure::Cancelled => Self::Cancelled,
            IdentityFailure::Unreachable { reason } => {
                Self::Unreachable { host: "the host's back end".to_owned(), reason }
            }
            IdentityFailure::Failed => Self::Internal { what: "asking the host who the user is" },
        }
    }
}

/// The host says who its user is.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Identity: Send + Sync {
    /// Called for each code. Must not prompt: the user is in a program.
    async fn credential(&self, ask: Ask) -> Result<Credential, IdentityFailure>;
}

#[async_trait]
impl engine::Identity for Foreign<dyn Identity> {
    async fn credential(&self, ask: &engine::Ask) -> Result<engine::Credential, engine::AuthError> {
        let engine::Ask { audience, nonce, key } = ask.clone();
        let ask = Ask { audience, nonce, key: key.as_str().to_owned() };
        Ok(match self.0.credential(ask).await? {
            Credential::Assertion { token } => engine::Credential::Assertion(engine::Secret::new(token)),
            Credential::AccessToken { token } => engine::Credential::AccessToken(engine::Secret::new(token)),
        })
    }
}

/// Which of the device's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Key {
    /// Signs without asking anybody.
    Login,
    /// Confirms a payment: the user must be there each time, where the hardware allows it.
    Pay,
}

impl From<engine::Key> for Key {
    fn from(key: engine::Key) -> Self {
        match key {
            engine::Key::Login => Self::Login,
            engine::Key::Pay => Self::Pay,
        }
    }
}

/// How a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Protection {
    /// It cannot leave the device's secure hardware.
    Hardware,
    /// Anywhere else.
    Software,
}

/// A platform's statement about a key.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Attestation {
    /// `android-key` or `apple-app-attest`.
    pub format: String,
    /// In base64, as the platform gives it.
    pub statement: String,
}

/// Why there is no signature.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum SignerFailure {
    /// The user closed the prompt.
    #[error("the user cancelled")]
    Cancelled,
    /// The key is gone for good.
    #[error("the key is gone")]
    KeyInvalidated,
    /// Anything else.
    #[error("{reason}")]
    Failed {
        /// For people.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SignerFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: "the host's key store failed".to_owned() }
    }
}

impl From<SignerFailure> for engine::SignerError {
    fn from(failure: SignerFailure) -> Self {
        match failure {
            SignerFailure::Cancelled => Self::Cancelled,
            SignerFailure::KeyInvalidated => Self::KeyInvalidated,
            SignerFailure::Failed { reason } => Self::Failed(reason),
        }
    }
}

/// Holds the two keys, P-256 both. Any thread may call, several at once; cancelled, it closes its prompt.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Signer: Send + Sync {
    /// The public key, as SubjectPublicKeyInfo in DER (Android) or as an X9.63 point of 65 bytes (iOS). Makes the pair if
    /// there is none; never asks the user.
    async fn public_key(&self, key: Key) -> Result<Vec<u8>, SignerFailure>;
    /// ECDSA with SHA-256 over `message`, in DER. For `pay` the user must be there: `reason` is what the prompt says.
    async fn sign(&self, key: Key, message: Vec<u8>, reason: String) -> Result<Vec<u8>, SignerFailure>;
    /// How a key is kept, whether it has been made or not.
    fn protection(&self, key: Key) -> Result<Protection, CallbackFailed>;
    /// What the platform says about a key, if it says anything.
    async fn attestation(&self, key: Key) -> Result<Option<Attestation>, SignerFailure>;
    /// Removes both keys for good.
    async fn forget(&self) -> Result<(), SignerFailure>;
}

#[async_trait]
impl engine::Signer for Foreign<dyn Signer> {
    async fn public_key(&self, key: engine::Key) -> Result<engine::PublicKey, engine::SignerError> {
        let bytes = self.0.public_key(key.into()).await?;
        engine::PublicKey::from_point(&bytes).or_else(|_| engine::PublicKey::from_spki(&bytes)).map_err(
            |_| engine::SignerError::Failed("the host's public key is neither SPKI nor a point".to_owned()),
        )
    }

    async fn sign(
        &self,
        key: engine::Key,
        message: &[u8],
        reason: &str,
    ) -> Result<engine::Signature, engine::SignerError> {
        let der = self.0.sign(key.into(), message.to_vec(), reason.to_owned()).await?;
        engine::Signature::from_der(&der)
            .map_err(|_| engine::SignerError::Failed("the host's signature is not in DER".to_owned()))
    }

    fn protection(&self, key: engine::Key) -> engine::Protection {
        match self.0.protection(key.into()) {
            Ok(Protection::Hardware) => engine::Protection::Hardware,
            Ok(Protection::Software) | Err(_) => engine::Protection::Software,
        }
    }

    async fn attestation(
        &self,
        key: engine::Key,
    ) -> Result<Option<engine::Attestation>, engine::SignerError> {
        let attestation = self.0.attestation(key.into()).await?;
        Ok(attestation.map(|Attestation { format, statement }| engine::Attestation { format, statement }))
    }

    async fn forget(&self) -> Result<(), engine::SignerError> {
        Ok(self.0.forget().await?)
    }
}

/// Makes sure that the user is there: a PIN, a fingerprint, at least a button.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Presence: Send + Sync {
    /// Asks; `reason` is what the prompt says. Cancelled, it closes the prompt.
    async fn confirm(&self, reason: String) -> Result<(), SignerFailure>;
}

#[async_trait]
impl engine::Presence for Foreign<dyn Presence> {
    async fn confirm(&self, reason: &str) -> Result<(), engine::SignerError> {
        Ok(self.0.confirm(reason.to_owned()).await?)
    }
}

/// Who is logged in.
#[derive(Clone, uniffi::Record)]
pub struct Account {
    /// The provider.
    pub issuer: String,
    /// The user, as the provider calls it.
    pub subject: String,
}

impl From<engine::Account> for Account {
    fn from(account: engine::Account) -> Self {
        Self { issuer: account.issuer, subject: account.subject }
    }
}

/// What came of logging out. On the device everything is gone in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LogOut {
    /// Server and provider have heard of it.
    Complete,
    /// One of them was not reached: what it holds is worth nothing without the keys, and expires.
    NotRevoked,
}

impl From<engine::LogOut> for LogOut {
    fn from(ended: engine::LogOut) -> Self {
        match ended {
            engine::LogOut::Complete => Self::Complete,
            engine::LogOut::NotRevoked => Self::NotRevoked,
        }
    }
}

#[cfg(test)]
mod tests;
