//! The host's login in a browser, from beginning to log-out, over the process's death.
//!
//! Rows: `flow` (one login under way), `tokens` (a finished one), `user` (whose keys these are, until the log-out). A code is taken out of `flow` before it is sent, so
//! that it is sent once, whatever happens; a process that dies in between costs the user another login.
mod rows;
mod session;

use crate::{
    AuthError, Secret,
    dpop::Sender,
    identity::{Ask, Credential, Identity},
    jose::{KeyCache, Lookup, Thumbprint, Unverified, Verified, seconds},
    keys::{Key, Signer},
    oidc::{Callback, Flow, Granted, IdTokenRules, LoginConfig, Metadata, TokenAnswer},
    ports::{Change, Ports, Request, Response},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use session::Session;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as Turn;

const FLOW: &str = "flow";
const TOKENS: &str = "tokens";
const USER: &str = "user";

/// Seconds before its end at which an access token is not used any more.
const MARGIN: u64 = 30;

/// Who is logged in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider.
    pub issuer: String,
    /// The user, as the provider calls it.
    pub subject: String,
}

impl std::fmt::Debug for Account {
    /// Without the user.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account at {}", self.issuer)
    }
}

/// What came of logging out. On the device everything is gone in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOut {
    /// Nobody was logged in, or the provider has nothing to take back, or took it back.
    Complete,
    /// The provider was not reached: its refresh token lives until it expires, and is worth nothing without the key.
    NotRevoked,
}

/// A host's login at one provider. Any thread may call, several at once.
pub struct Login {
    config: LoginConfig,
    sender: Sender,
    keys: Mutex<KeyCache>,
    /// Whoever changes rows waits here: one exchange, refresh or log-out at a time.
    turn: Turn<()>,
}

impl Login {
    /// Prepares logins; sends nothing.
    ///
    /// # Errors
    /// `Configuration`.
    pub fn new(config: LoginConfig, ports: Ports, signer: Arc<dyn Signer>) -> Result<Self, AuthError> {
        config.check()?;
        Ok(Self { config, sender: Sender::new(ports, signer), keys: Mutex::default(), turn: Turn::new(()) })
    }

    /// Begins a login and gives the address that the system's browser opens, never an embedded webview. A login that
    /// was under way ends: its callback will be refused.
    ///
    /// # Errors
    /// `Unreachable`, `Busy`, `Unacceptable`, `KeyInvalidated`, `Storage`.
    pub async fn begin(&self) -> Result<String, AuthError> {
        let _turn = self.turn.lock().await;
        let answer = self.get(Metadata::address(&self.config.issuer)).await?;
        let metadata = Metadata::read(&answer, &self.config)?;
        let key = self.thumbprint().await?;
        let flow = Flow::begin(&self.config, metadata, key, self.sender.ports.clock.now())?;
        let sealed = self.seal(FLOW, &flow)?;
        self.sender.ports.store.write(&[Change::Put(FLOW, sealed)])?;
        Ok(flow.address(&self.config))
    }

    /// True if a login was begun and its callback may still come: after a restart, wait for it.
    ///
    /// # Errors
    /// `Storage`.
    pub fn is_pending(&self) -> Result<bool, AuthError> {
        Ok(self.flow()?.is_some())
    }

    /// Ends the login under way, if any: the user came back without a callback.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn cancel(&self) -> Result<(), AuthError> {
        let _turn = self.turn.lock().await;
        self.sender.ports.store.write(&[Change::Remove(FLOW)])
    }

    /// Finishes the login with the address that the browser came back with. Any process of this app may do it.
    ///
    /// # Errors
    /// `NoFlow`; `ForeignCallback`, after which the login goes on; all others end it. `OtherUser` if the last user did not
    /// log out.
    pub async fn finish(&self, callback: &str) -> Result<Account, AuthError> {
        let _turn = self.turn.lock().await;
        let Some(flow) = self.flow()? else {
            self.sender.ports.store.write(&[Change::Remove(FLOW)])?;
            return Err(AuthError::NoFlow);
        };
        let outcome = flow.callback(callback);
        if outcome == Err(AuthError::ForeignCallback) {
            return Err(AuthError::ForeignCallback);
        }
        // Two processes may have got here; one of them gets the row.
        self.sender.ports.store.take(FLOW)?.ok_or(AuthError::NoFlow)?;
        match outcome? {
            Callback::Code(code) => self.exchange(&flow, &code).await,
            Callback::Failed(code) if code == "access_denied" => Err(AuthError::Cancelled),
            Callback::Failed(code) => Err(AuthError::Refused { host: self.config.issuer.clone(), code }),
        }
    }

    /// Who is logged in.
    ///
    /// # Errors
    /// `Storage`.
    pub fn account(&self) -> Result<Option<Account>, AuthError> {
        Ok(self.session()?.map(Session::into_account))
    }

    /// An access token bound to the login key, fresh for at least half a minute; refreshed if need be. Send it with
    /// a proof: it is nobody else's.
    ///
    /// # Errors
    /// `LoginRequired` if nobody is logged in or the provider ended it, `KeyInvalidated`, `Unreachable`, `Busy`.
    pub async fn access_token(&self) -> Result<Secret, AuthError> {
        let _turn = self.turn.lock().await;
        let session = self.session()?.ok_or(AuthError::LoginRequired)?;
        if session.key != self.thumbprint().await? {
            self.sender.ports.store.write(&[Change::Remove(TOKENS)])?;
            return Err(AuthError::KeyInvalidated);
        }
        let now = seconds(self.sender.ports.clock.now());
        if session.is_fresh(now, MARGIN) {
            return Ok(session.access);
        }
        self.refresh(session).await
    }

    /// Logs out: removes every row, the device's keys among them, and checks that none is left; then takes the
    /// refresh token back at the provider, if it answers.
    ///
    /// # Errors
    /// `Storage`, `Residue`, `KeyStore`: then nobody may log in until it has succeeded.
    pub async fn log_out(&self) -> Result<LogOut, AuthError> {
        let _turn = self.turn.lock().await;
        // The proof must be made before the key goes.
        let session = self.session()?;
        let left = self.sender.ports.store.wipe()?;
        self.sender.signer.forget().await?;
        if left > 0 {
            return Err(AuthError::Residue { rows: left });
        }
        match session.as_ref().and_then(Session::revocation) {
            Some((address, body)) => match self.sender.send(form(address, body)).await {
                Ok(response) if response.status == 200 => Ok(LogOut::Complete),
                _ => Ok(LogOut::NotRevoked),
            },
            None => Ok(LogOut::Complete),
        }
    }

    async fn exchange(&self, flow: &Flow, code: &Secret) -> Result<Account, AuthError> {
        if flow.key != self.thumbprint().await? {
            return Err(AuthError::KeyInvalidated);
        }
        let granted = match self.ask(&flow.metadata, flow.exchange(code)).await? {
            TokenAnswer::Granted(granted) => granted,
            TokenAnswer::Over => return Err(AuthError::LoginRequired),
        };
        let subject =
            self.identify(&flow.metadata, &flow.client_id, &granted, Some(&flow.nonce)).await?.ok_or(
                AuthError::Unacceptable { what: "the provider's answer", reason: "it holds no id token" },
            )?;
        let session = Session::new(flow, subject, granted, self.now());
        let tokens = self.seal(TOKENS, &session)?;
        let account = session.into_account();
        self.check_user(&account)?;
        let user = self.seal(USER, &account)?;
        self.sender.ports.store.write(&[Change::Put(TOKENS, tokens), Change::Put(USER, user)])?;
        Ok(account)
    }

    async fn refresh(&self, mut session: Session) -> Result<Secret, AuthError> {
        let over = || -> Result<Secret, AuthError> {
            self.sender.ports.store.write(&[Change::Remove(TOKENS)])?;
            Err(AuthError::LoginRequired)
        };
        let Some(body) = session.refresh_body() else { return over() };
        let granted = match self.ask(&session.metadata, body).await? {
            TokenAnswer::Granted(granted) => granted,
            TokenAnswer::Over => return over(),
        };
        let subject = self.identify(&session.metadata, &session.client_id, &granted, None).await?;
        // OpenID Connect Core 12.2: a refresh never changes who it is.
        if subject.is_some_and(|subject| subject != session.subject) {
            return over();
        }
        session.renew(granted, self.now());
        let sealed = self.seal(TOKENS, &session)?;
        self.sender.ports.store.write(&[Change::Put(TOKENS, sealed)])?;
        Ok(session.access)
    }

    async fn ask(&self, metadata: &Metadata, body: String) -> Result<TokenAnswer, AuthError> {
        let endpoint = &metadata.token_endpoint;
        let response = self.sender.send_proved(form(endpoint.clone(), body), None).await?;
        TokenAnswer::read(&response, endpoint)
    }

    /// Who the id token is about; None if there is none.
    async fn identify(
        &self,
        metadata: &Metadata,
        client_id: &str,
        granted: &Granted,
        nonce: Option<&Secret>,
    ) -> Result<Option<String>, AuthError> {
        let Some(id_token) = &granted.id_token else { return Ok(None) };
        let verified = self.verify(id_token, metadata).await?;
        let rules = IdTokenRules {
            issuer: &metadata.issuer,
            client_id,
            nonce: nonce.map(Secret::expose),
            access_token: granted.access.expose(),
            now: self.sender.ports.clock.now(),
        };
        rules.check(&verified).map(|identified| Some(identified.subject))
    }

    async fn verify(&self, token: &Secret, metadata: &Metadata) -> Result<Verified, AuthError> {
        let refused = AuthError::token;
        let token = Unverified::read(token.expose()).map_err(refused("the id token"))?;
        let mut found = self.find(&token);
        if found == Lookup::Fetch {
            let answer = self.get(metadata.jwks_uri.clone()).await;
            if let Ok(bytes) = &answer {
                let now = self.sender.ports.clock.now();
                self.keys().put(bytes, now).map_err(refused("the provider's key set"))?;
            }
            found = self.find(&token);
            // Without an answer, old keys do for a while; without those, the reason is the network's.
            if !matches!(found, Lookup::Key(_)) {
                answer?;
            }
        }
        match found {
            Lookup::Key(key) => token.verify(&key).map_err(refused("the id token")),
            Lookup::Fetch | Lookup::Unknown => {
                Err(refused("the id token")(crate::jose::JoseError::UnknownKey))
            }
        }
    }

    fn find(&self, token: &Unverified<'_>) -> Lookup {
        self.keys().find(token.header(), self.sender.ports.clock.now())
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, KeyCache> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn get(&self, url: String) -> Result<Vec<u8>, AuthError> {
        let headers = vec![("Accept", "application/json".to_owned())];
        let request = Request { method: "GET", url, headers, body: Vec::new() };
        let Response { status, body, .. } = self.sender.send(request).await?;
        if status == 200 {
            return Ok(body);
        }
        Err(AuthError::Unacceptable { what: "the provider's answer", reason: "its status is not 200" })
    }

    async fn thumbprint(&self) -> Result<Thumbprint, AuthError> {
        Ok(self.sender.signer.public_key(Key::Login).await?.thumbprint())
    }

    fn now(&self) -> u64 {
        seconds(self.sender.ports.clock.now())
    }
}

/// Form (b) of DESIGN 8: the host's provider issues access tokens that Lodger's server accepts.
#[async_trait]
impl Identity for Login {
    async fn credential(&self, _: &Ask) -> Result<Credential, AuthError> {
        self.access_token().await.map(Credential::AccessToken)
    }
}

fn form(url: String, body: String) -> Request {
    let headers = vec![
        ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ("Accept", "application/json".to_owned()),
    ];
    Request { method: "POST", url, headers, body: body.into_bytes() }
}
