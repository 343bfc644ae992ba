//! What `lodger-auth` asks for, over the engine's host: HTTP, time, sealing.
use crate::{HttpRequest, PlatformHttp, vault::Vault};
use async_trait::async_trait;
use lodger_auth::{
    AuthError,
    ports::{Clock, Http, MAX_ANSWER, Request, Response, Seal},
};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// One request to the provider or to Lodger's server.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The host's own traffic.
pub(super) struct Requests {
    pub(super) http: Arc<dyn PlatformHttp>,
    pub(super) development: bool,
}

#[async_trait]
impl Http for Requests {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let request = HttpRequest {
            method: request.method.to_owned(),
            url: request.url,
            headers: request.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            body: request.body,
            timeout: TIMEOUT,
            max_body: MAX_ANSWER as u64,
            allow_private: self.development,
        };
        let response = self.http.send(request).await.map_err(|error| error.to_string())?;
        // A host that does not keep to `max_body` must not fill the memory any further.
        if response.body.len() > MAX_ANSWER {
            return Err(format!("response longer than {MAX_ANSWER} bytes"));
        }
        Ok(Response { status: response.status, headers: response.headers, body: response.body })
    }
}

/// The host's clock.
pub(super) struct Time(pub(super) Arc<dyn crate::Clock>);

impl Clock for Time {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// The vault, with places of its own.
pub(super) struct Sealing(pub(super) Arc<Vault>);

impl Seal for Sealing {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, AuthError> {
        self.0.seal(&place_of(place), plain).map_err(|_| AuthError::Internal { what: "sealing a row" })
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.unseal(&place_of(place), sealed)
    }
}

/// Shorter than any area, so that no value of a program opens here, nor the reverse.
fn place_of(row: &str) -> Vec<u8> {
    [b"login ", row.as_bytes()].concat()
}
