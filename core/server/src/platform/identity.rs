//! Who the user of a request is: the host's word, checked with the host's keys.

use super::{Form, Host, Platform, PlatformError, phone};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lodger_auth::{
    api::{Assertion, RefusalCode},
    identity::{
        Expected, Identified, IdentityError, read_introspection, verify_access_token, verify_assertion,
    },
    jose::{JoseError, KeyCache, KeySet, Lookup, Thumbprint, Unverified},
};
use reqwest::Url;
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::Mutex;

const REFUSED: RefusalCode = RefusalCode::InvalidIdentity;

/// The issuers' keys, remembered by each process for itself.
#[derive(Default)]
pub(super) struct Issuers(Mutex<HashMap<String, Arc<Mutex<KeyCache>>>>);

impl Issuers {
    async fn cache(&self, issuer: &str) -> Arc<Mutex<KeyCache>> {
        self.0.lock().await.entry(issuer.to_owned()).or_default().clone()
    }

    /// What was remembered belongs to an older registration.
    pub async fn forget(&self, issuer: &str) {
        self.0.lock().await.remove(issuer);
    }
}

/// A host's user.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct User {
    pub host: String,
    pub subject: String,
    /// What may come once from this host, and until when that is to be remembered.
    pub once: Option<(String, i64)>,
    /// As the host says, if it does: E.164.
    pub phone: Option<String>,
}

/// Claims beyond the identity itself.
#[derive(Default, Deserialize)]
struct More {
    iss: Option<String>,
    phone_number: Option<String>,
    phone_number_verified: Option<bool>,
}

impl Platform {
    /// Reads whichever form came along. `key` is that of the request's proof, which was checked with `token`.
    pub(super) async fn identify(
        &self,
        key: &Thumbprint,
        assertion: Option<&Assertion>,
        token: Option<&str>,
    ) -> Result<User, PlatformError> {
        let (shown, form) = match (assertion, token) {
            (Some(assertion), None) => (assertion.token.expose(), Form::Assertion),
            (None, Some(token)) => (token, Form::AccessToken),
            _ => {
                return Err(PlatformError::Device(
                    REFUSED,
                    "an assertion or an access token must say who the user is, and not both",
                ));
            }
        };
        let host = self.host_for(shown, form).await?;
        let expected =
            Expected { issuer: &host.issuer, audience: &host.audience, key, now: self.system_time() };
        let identified = if host.introspection.is_some() {
            self.introspect(&host, shown, &expected).await?
        } else {
            let keys = self.keys_for(&host, shown).await?;
            match assertion {
                Some(assertion) => verify_assertion(shown, &keys, &assertion.nonce, &expected),
                None => verify_access_token(shown, &keys, &expected),
            }
            .map_err(refused)?
        };
        let phone = peek(shown)
            .filter(|more| more.phone_number_verified != Some(false))
            .and_then(|more| more.phone_number)
            .filter(|number| phone::is_e164(number));
        let Identified { subject, expires, once, .. } = identified;
        let expires = expires.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let once = once.map(|nonce| (nonce, i64::try_from(expires).unwrap_or(i64::MAX)));
        Ok(User { host: host.id, subject, once, phone })
    }

    /// The host whose issuer a token names. One that is no JWT belongs to the one host that explains its tokens.
    async fn host_for(&self, shown: &str, form: Form) -> Result<Host, PlatformError> {
        let host = match peek(shown).and_then(|more| more.iss) {
            Some(issuer) => self.host_of(&issuer).await?,
            None => {
                let mut explaining: Vec<_> =
                    self.hosts().await?.into_iter().filter(|host| host.introspection.is_some()).collect();
                // A token shown to the wrong host would be given away.
                if explaining.len() == 1 { explaining.pop() } else { None }
            }
        };
        let unknown = "no host with this issuer is registered; `lodger admin host` registers one";
        let host = host.ok_or(PlatformError::Device(REFUSED, unknown))?;
        if host.form != form {
            let other = "the host is registered for the other form of identity";
            return Err(PlatformError::Device(REFUSED, other));
        }
        Ok(host)
    }

    async fn keys_for(&self, host: &Host, shown: &str) -> Result<KeySet, PlatformError> {
        if let Some(keys) = &host.jwks {
            return KeySet::read(keys.as_bytes())
                .map_err(|_| PlatformError::Refused(format!("the keys of host {} are damaged", host.id)));
        }
        let token = Unverified::read(shown).map_err(|error| refused(error.into()))?;
        let cache = self.issuers.cache(&host.issuer).await;
        // Held while asking: those that come meanwhile want the same keys.
        let mut cache = cache.lock().await;
        let now = self.system_time();
        let mut found = cache.find(token.header(), now);
        if found == Lookup::Fetch {
            let url = host.jwks_url.as_deref().unwrap_or_default();
            if let Ok(answer) = self.outgoing.get(url).await
                && answer.status == 200
            {
                // What is no key set changes nothing.
                let _ = cache.put(&answer.body, now);
            }
            found = cache.find(token.header(), now);
        }
        match found {
            Lookup::Key(_) => Ok(cache.keys().clone()),
            Lookup::Fetch | Lookup::Unknown => Err(refused(JoseError::UnknownKey.into())),
        }
    }

    async fn introspect(
        &self,
        host: &Host,
        shown: &str,
        expected: &Expected<'_>,
    ) -> Result<Identified, PlatformError> {
        let silent = "the host's introspection endpoint does not answer";
        let Some(asked) = &host.introspection else { return Err(PlatformError::Device(REFUSED, silent)) };
        let secret = self.client_secret(host).await?;
        let mut form = Url::parse("form:").map_err(|_| PlatformError::Random)?;
        form.query_pairs_mut().append_pair("token", shown).append_pair("token_type_hint", "access_token");
        let body = form.query().unwrap_or_default().to_owned();
        let answer = self.outgoing.post_form(&asked.url, (&asked.client, &secret), body).await;
        let answer = answer.map_err(|_| PlatformError::Device(REFUSED, silent))?;
        if answer.status != 200 {
            return Err(PlatformError::Device(REFUSED, silent));
        }
        read_introspection(&answer.body, expected).map_err(refused)
    }

    pub(super) fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(self.now()).unwrap_or(0))
    }
}

/// What the payload says; nothing of it is true before the signature is.
fn peek(token: &str) -> Option<More> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn refused(error: IdentityError) -> PlatformError {
    let why = match error {
        IdentityError::Claim(why) => why,
        IdentityError::Jose(JoseError::Type) => "the token is of another type; id tokens are no identity",
        IdentityError::Jose(JoseError::UnknownKey) => "the token names no key of its issuer",
        IdentityError::Jose(_) => "the token does not verify",
    };
    PlatformError::Device(REFUSED, why)
}
