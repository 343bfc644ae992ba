//! A finished login, as it lies sealed in the store.
use super::Account;
use crate::{
    Secret,
    jose::Thumbprint,
    oidc::{Flow, Granted, Metadata},
    url::write_query,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) metadata: Metadata,
    pub(super) client_id: String,
    resource: Option<String>,
    pub(super) subject: String,
    /// The login key that the tokens are bound to.
    pub(super) key: Thumbprint,
    pub(super) access: Secret,
    refresh: Option<Secret>,
    /// When it was granted and when it ends, in seconds since 1970.
    granted: u64,
    expires: u64,
}

impl Session {
    pub(super) fn new(flow: &Flow, subject: String, granted: Granted, now: u64) -> Self {
        Self {
            metadata: flow.metadata.clone(),
            client_id: flow.client_id.clone(),
            resource: flow.resource.clone(),
            subject,
            key: flow.key.clone(),
            access: granted.access,
            refresh: granted.refresh,
            granted: now,
            expires: now + granted.life,
        }
    }

    /// Whether the access token may be used at `now`. A clock that was set back before it was granted says nothing.
    pub(super) fn is_fresh(&self, now: u64, margin: u64) -> bool {
        (self.granted..self.expires.saturating_sub(margin)).contains(&now)
    }

    /// Takes new tokens. A provider that does not rotate sends no new refresh token: the old one stays.
    pub(super) fn renew(&mut self, granted: Granted, now: u64) {
        self.access = granted.access;
        if granted.refresh.is_some() {
            self.refresh = granted.refresh;
        }
        self.granted = now;
        self.expires = now + granted.life;
    }

    /// The body of a refresh (RFC 6749 section 6).
    pub(super) fn refresh_body(&self) -> Option<String> {
        let refresh = self.refresh.as_ref()?;
        let mut pairs = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
            ("client_id", &self.client_id),
        ];
        pairs.extend(self.resource.as_deref().map(|resource| ("resource", resource)));
        Some(write_query(pairs))
    }

    /// Where and how the refresh token is taken back (RFC 7009 section 2.1).
    pub(super) fn revocation(&self) -> Option<(String, String)> {
        let address = self.metadata.revocation_endpoint.clone()?;
        let body = write_query([
            ("token", self.refresh.as_ref()?.expose()),
            ("token_type_hint", "refresh_token"),
            ("client_id", &self.client_id),
        ]);
        Some((address, body))
    }

    pub(super) fn into_account(self) -> Account {
        Account { issuer: self.metadata.issuer.clone(), subject: self.subject }
    }
}
