//! What a login keeps: sealed rows, read and written.
use super::{Account, FLOW, Login, TOKENS, USER, session::Session};
use crate::{AuthError, oidc::Flow};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

impl Login {
    /// The login under way. One that expired, or cannot be read any more, is none.
    pub(super) fn flow(&self) -> Result<Option<Flow>, AuthError> {
        let flow: Option<Flow> = self.unseal(FLOW)?;
        Ok(flow.filter(|flow| {
            flow.is_alive(self.sender.ports.clock.now()) && flow.metadata.issuer == self.config.issuer
        }))
    }

    /// The finished one. Another provider's is none: the host's configuration has changed.
    pub(super) fn session(&self) -> Result<Option<Session>, AuthError> {
        let session: Option<Session> = self.unseal(TOKENS)?;
        Ok(session.filter(|session| session.metadata.issuer == self.config.issuer))
    }

    pub(super) fn seal(&self, row: &str, value: &impl Serialize) -> Result<Vec<u8>, AuthError> {
        let plain = serde_json::to_vec(value).map_err(|_| AuthError::Internal { what: "writing a row" })?;
        self.sender.ports.seal.seal(row, &Zeroizing::new(plain))
    }

    fn unseal<T: DeserializeOwned>(&self, row: &str) -> Result<Option<T>, AuthError> {
        let Some(sealed) = self.sender.ports.store.read(row)? else { return Ok(None) };
        let plain = self.sender.ports.seal.open(row, &sealed).map(Zeroizing::new);
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    /// The server binds the login key to one user. Whoever else logs in must log out first, which makes another key.
    pub(super) fn check_user(&self, account: &Account) -> Result<(), AuthError> {
        let known = self.sender.ports.store.read(USER)?.is_some();
        if known && self.unseal::<Account>(USER)?.as_ref() != Some(account) {
            return Err(AuthError::OtherUser);
        }
        Ok(())
    }
}
