//! This device at Lodger's server: enrols its keys, mints codes. Over [`Identity`], which says who the user is.
use crate::{
    AuthError, Secret,
    api::{
        Assertion, CheckAnswer, CheckRequest, Choice, CodeAnswer, CodeRequest, EnrolRequest, Enrolled,
        PAY_KEY_TYPE, PayKey, PayKeyProof, Purpose, Refusal, RefusalCode, SubscribeRequest, TemplatesAnswer,
        TemplatesRequest, read, write,
    },
    dpop::Sender,
    identity::{Ask, Credential, Identity},
    jose::{assemble, seconds, signing_input},
    json,
    keys::{Attestation, Key, Signer},
    ports::{Ports, Request, Response},
    random,
    url::{is_endpoint, origin},
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Where Lodger's server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Its origin, such as `https://lodger.bank.example`; a path before `/lodger/v1` is allowed, a slash at the end
    /// is not.
    pub address: String,
    /// The audience that the host registered there.
    pub audience: String,
    /// Plain http to loopback addresses is allowed. Never in a release.
    pub development: bool,
}

/// Which program asks for a code. Filled in by the engine, never by the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// App id.
    pub app: String,
    /// SHA-256 of the running bundle's index, in hex.
    pub index: String,
    /// The session's random id.
    pub session: String,
}

/// This device's account at Lodger's server. Any thread may call, several at once.
pub struct Device {
    config: ServerConfig,
    sender: Sender,
    identity: Arc<dyn Identity>,
}

impl Device {
    /// Prepares requests; sends nothing. Of `ports`, only HTTP and the clock are used.
    ///
    /// # Errors
    /// `Configuration`.
    pub fn new(
        config: ServerConfig,
        ports: Ports,
        signer: Arc<dyn Signer>,
        identity: Arc<dyn Identity>,
    ) -> Result<Self, AuthError> {
        let address = is_endpoint(&config.address, config.development)
            && !config.address.ends_with('/')
            && !config.address.contains('?');
        if !address {
            return Err(AuthError::Configuration(
                "the server's address must be https, without query and without a slash at the end",
            ));
        }
        Ok(Self { config, sender: Sender::new(ports, signer), identity })
    }

    /// Enrols the login key. Again does no harm: the server answers as before.
    ///
    /// # Errors
    /// `LoginRequired`, `KeyInvalidated`, `Unreachable`, `Busy`, `Refused`, `Unacceptable`.
    pub async fn enrol(&self) -> Result<Enrolled, AuthError> {
        self.send_enrolment(None).await
    }

    /// Enrols the pay key, and the login key with it. Prompts: the pay key signs; `reason` is what the prompt says.
    ///
    /// # Errors
    /// As `enrol`, and `Cancelled`.
    pub async fn enrol_pay(&self, reason: &str) -> Result<Enrolled, AuthError> {
        let signer = &self.sender.signer;
        let claims = PayKeyProof {
            aud: self.config.address.clone(),
            login: signer.public_key(Key::Login).await?.thumbprint(),
            iat: seconds(self.sender.ports.clock.now()),
        };
        let key = signer.public_key(Key::Pay).await?;
        let header = json!({"typ": PAY_KEY_TYPE, "alg": "ES256", "jwk": key.to_jwk()});
        let claims =
            serde_json::to_value(claims).map_err(|_| AuthError::Internal { what: "writing a proof" })?;
        let input = signing_input(&header, &claims);
        let signature = signer.sign(Key::Pay, input.as_bytes(), reason).await?;
        let proof = assemble(&input, signature.as_bytes());
        let protection = signer.protection(Key::Pay);
        let pay = PayKey { protection, proof, attestation: self.attestation(Key::Pay).await };
        self.send_enrolment(Some(pay)).await
    }

    /// A code for `wx.login` or the phone-number button. A key that the server does not know is enrolled first.
    ///
    /// # Errors
    /// As `enrol`. `Refused` with `not_released`: check for an update.
    pub async fn code(&self, asking: &Asking, purpose: Purpose) -> Result<CodeAnswer, AuthError> {
        self.enrolled(|| self.request_code(asking, purpose)).await
    }

    /// Whether the session of the latest login code of this user in `app` still holds (`wx.checkSession`).
    ///
    /// # Errors
    /// As `enrol`.
    pub async fn check_session(&self, app: &str) -> Result<bool, AuthError> {
        let body = CheckRequest { app: app.to_owned() };
        let answer: CheckAnswer = self.call("POST", "/codes/check", None, &body).await?;
        Ok(answer.valid)
    }

    /// What templates of messages say, for the sheet that asks the user.
    ///
    /// # Errors
    /// As `enrol`.
    pub async fn templates(&self, app: &str, templates: &[String]) -> Result<TemplatesAnswer, AuthError> {
        let body = TemplatesRequest { app: app.to_owned(), templates: templates.to_vec() };
        self.enrolled(|| self.call("POST", "/subscriptions/templates", None, &body)).await
    }

    /// Tells the server what the user chose on that sheet.
    ///
    /// # Errors
    /// As `enrol`.
    pub async fn subscribe(
        &self,
        asking: &Asking,
        answers: BTreeMap<String, Choice>,
    ) -> Result<(), AuthError> {
        let Asking { app, index, session } = asking.clone();
        let body = SubscribeRequest { app, index, session, answers };
        let _: serde_json::Value = self.enrolled(|| self.call("POST", "/subscriptions", None, &body)).await?;
        Ok(())
    }

    /// Sends a request of another contract to Lodger's server, with a proof by the login key: `route` follows `/lodger/v1`.
    /// A key that the server does not know is enrolled first. The answer is whatever came; 5xx and 429 are `Busy`.
    ///
    /// # Errors
    /// As `enrol`. After an error the request may have arrived.
    pub async fn request(
        &self,
        method: &'static str,
        route: &str,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<Response, AuthError> {
        let url = format!("{}/lodger/v1{route}", self.config.address);
        let request = Request { method, url, headers: headers.to_vec(), body: body.to_vec() };
        let response = self.sender.send_proved(request.clone(), None).await?;
        let unknown = response.status == 401
            && json::read::<Refusal>(&response.body)
                .is_some_and(|refusal| refusal.error == RefusalCode::DeviceUnknown);
        if !unknown {
            return Ok(response);
        }
        self.enrol().await?;
        self.sender.send_proved(request, None).await
    }

    /// Tells the server that this device's keys are retired: before logging out, while the login key is there.
    ///
    /// # Errors
    /// As `enrol`; logging out goes on without.
    pub async fn retire(&self) -> Result<(), AuthError> {
        let _: serde_json::Value = self.call("DELETE", "/devices", None, &json!({})).await?;
        Ok(())
    }

    /// Carries out `request`; if the server does not know the key, enrols it and tries once more.
    async fn enrolled<T, F: Future<Output = Result<T, AuthError>>>(
        &self,
        request: impl Fn() -> F,
    ) -> Result<T, AuthError> {
        match request().await {
            Err(AuthError::Refused { code, .. }) if code == RefusalCode::DeviceUnknown.as_str() => {
                self.enrol().await?;
                request().await
            }
            outcome => outcome,
        }
    }

    async fn request_code(&self, asking: &Asking, purpose: Purpose) -> Result<CodeAnswer, AuthError> {
        let (assertion, token) = self.credential().await?;
        let Asking { app, index, session } = asking.clone();
        let body = CodeRequest { app, index, session, purpose, assertion };
        self.call("POST", "/codes", token.as_ref(), &body).await
    }

    async fn send_enrolment(&self, pay: Option<PayKey>) -> Result<Enrolled, AuthError> {
        let protection = self.sender.signer.protection(Key::Login);
        let (assertion, token) = self.credential().await?;
        let attestation = self.attestation(Key::Login).await;
        let body = EnrolRequest { assertion, protection, attestation, pay };
        self.call("POST", "/devices", token.as_ref(), &body).await
    }

    /// A platform that fails to attest is one that does not: servers decide what that is worth.
    async fn attestation(&self, key: Key) -> Option<Attestation> {
        self.sender.signer.attestation(key).await.ok().flatten()
    }

    /// The host's word on who the user is, for one request.
    async fn credential(&self) -> Result<(Option<Assertion>, Option<Secret>), AuthError> {
        let key = self.sender.signer.public_key(Key::Login).await?.thumbprint();
        let ask = Ask { audience: self.config.audience.clone(), nonce: random::token()?, key };
        match self.identity.credential(&ask).await? {
            Credential::Assertion(token) => Ok((Some(Assertion { token, nonce: ask.nonce }), None)),
            Credential::AccessToken(token) => Ok((None, Some(token))),
        }
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: &'static str,
        route: &str,
        token: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<T, AuthError> {
        let url = format!("{}/lodger/v1{route}", self.config.address);
        let headers = vec![("Content-Type", "application/json".to_owned())];
        let request = Request { method, url, headers, body: write(body)? };
        let response = self.sender.send_proved(request, token).await?;
        if response.status == 200 {
            return read(&response.body);
        }
        Err(self.refusal(&response))
    }

    fn refusal(&self, response: &Response) -> AuthError {
        let Some(refusal) = json::read::<Refusal>(&response.body) else {
            return AuthError::Unacceptable {
                what: "the server's answer",
                reason: "it is neither a result nor a refusal: check the server's address",
            };
        };
        match refusal.error {
            RefusalCode::InvalidIdentity => AuthError::LoginRequired,
            RefusalCode::DeviceRetired => AuthError::KeyInvalidated,
            code => AuthError::Refused {
                host: origin(&self.config.address).to_owned(),
                code: code.as_str().to_owned(),
            },
        }
    }
}
