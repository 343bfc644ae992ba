//! Sends requests with proofs, and remembers the nonces that servers give.
use super::proof::prove;
use crate::{
    AuthError, Secret, json,
    keys::Signer,
    ports::{Ports, Request, Response},
    url::origin,
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Servers whose nonces are remembered: the provider, and Lodger's.
const MAX_ORIGINS: usize = 8;
/// Longest nonce that is sent back.
const MAX_NONCE: usize = 1024;

/// A client of DPoP-protected resources.
pub(crate) struct Sender {
    pub(crate) ports: Ports,
    pub(crate) signer: Arc<dyn Signer>,
    nonces: Mutex<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
}

impl Sender {
    pub(crate) fn new(ports: Ports, signer: Arc<dyn Signer>) -> Self {
        Self { ports, signer, nonces: Mutex::default() }
    }

    /// Sends `request` without a proof.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, AuthError> {
        let host = origin(&request.url).to_owned();
        let response = self
            .ports
            .http
            .send(request)
            .await
            .map_err(|reason| AuthError::Unreachable { host: host.clone(), reason })?;
        if response.status >= 500 || response.status == 429 {
            return Err(AuthError::Busy { host, status: response.status });
        }
        Ok(response)
    }

    /// Sends `request` with a proof, and with `token` if it is for a resource. A server that wants a nonce gets one,
    /// once (RFC 9449 sections 8 and 9).
    pub(crate) async fn send_proved(
        &self,
        request: Request,
        token: Option<&Secret>,
    ) -> Result<Response, AuthError> {
        let origin = origin(&request.url).to_owned();
        let known = self.nonce(&origin);
        let first = self.attempt(&request, token, known.as_deref()).await?;
        let offered = self.remember(&origin, &first);
        if offered.is_none() || !asks_for_nonce(&first) {
            return Ok(first);
        }
        let second = self.attempt(&request, token, offered.as_deref()).await?;
        self.remember(&origin, &second);
        Ok(second)
    }

    async fn attempt(
        &self,
        request: &Request,
        token: Option<&Secret>,
        nonce: Option<&str>,
    ) -> Result<Response, AuthError> {
        let mut request = request.clone();
        let now = self.ports.clock.now();
        let proof = prove(&*self.signer, request.method, &request.url, token, nonce, now).await?;
        request.headers.push(("DPoP", proof));
        if let Some(token) = token {
            request.headers.push(("Authorization", format!("DPoP {}", token.expose())));
        }
        self.send(request).await
    }

    fn nonce(&self, origin: &str) -> Option<String> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()
    }

    /// Keeps the nonce of an answer for the next request.
    fn remember(&self, origin: &str, response: &Response) -> Option<String> {
        // It goes into JSON that is encoded, so any text is safe there; RFC 9449 section 8.1 has fewer characters.
        let nonce = response.header("DPoP-Nonce").filter(|nonce| nonce.len() <= MAX_NONCE)?;
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= MAX_ORIGINS && !nonces.contains_key(origin) {
            nonces.clear();
        }
        nonces.insert(origin.to_owned(), nonce.to_owned());
        Some(nonce.to_owned())
    }
}

fn asks_for_nonce(response: &Response) -> bool {
    let by_body =
        || json::read::<ErrorBody>(&response.body).is_some_and(|body| body.error == "use_dpop_nonce");
    let by_header =
        || response.header("WWW-Authenticate").is_some_and(|value| value.contains("use_dpop_nonce"));
    matches!(response.status, 400 | 401) && (by_header() || by_body())
}
