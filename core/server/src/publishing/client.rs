//! The client's side: reads a server's repository, and sends it changes.
//!
//! Every file is read once in a command, and kept: what was checked is what is signed.

use super::{
    change::{Change, Content, INLINE},
    paths::{self, Owner},
    reader::{ReadError, ReadOnly, Reader},
    signature::{self, Request},
};
use crate::{
    keys::{Holder, PublicKey, Signer},
    repository::{Batch, RepositoryError},
};
use async_trait::async_trait;
use bytes::Bytes;
use lodger_bundle::Digest;
use object_store::ObjectStore;
use reqwest::{Client, Method, Response, Url, redirect::Policy};
use serde::Deserialize;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tough::schema::key::Key;

const AT: &str = "lodger/v1/repository";
/// Nothing that is read is larger.
const MOST: u64 = 64 << 20;

/// A running server.
pub(crate) struct Remote {
    base: Url,
    token: Option<String>,
    client: Client,
    seen: Mutex<HashMap<String, Option<Bytes>>>,
}

#[derive(Deserialize)]
struct About {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Trouble {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    message: String,
    request: String,
}

impl Remote {
    pub fn new(address: &str, token: Option<String>) -> Result<Self, RepositoryError> {
        let refused = |what: &str| RepositoryError::Refused(format!("{address}: {what}"));
        let mut base = Url::parse(address).map_err(|_| refused("is no address of a server"))?;
        let host = base.host_str().unwrap_or("").trim_matches(['[', ']']).to_owned();
        let near = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match base.scheme() {
            "https" => {}
            "http" if near => {}
            "http" => return Err(refused("is not encrypted, which is for this machine only; use https")),
            _ => return Err(refused("is no address of a server; those begin with https://")),
        }
        if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
            return Err(refused("has a query, a fragment or a user, and is to have none"));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        // Another part of the program may have chosen one; either does.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(120))
            .build()
            .map_err(|error| refused(&error.to_string()))?;
        Ok(Self { base, token, client, seen: Mutex::default() })
    }

    /// Its files.
    pub fn store(self: Arc<Self>) -> Arc<dyn ObjectStore> {
        Arc::new(ReadOnly::new(Files(self)))
    }

    /// The keys of a server that has no repository yet: those that the token names.
    pub async fn new_keys(&self) -> Result<Vec<Key>, RepositoryError> {
        let about = self.get(AT).await.map_err(|error| self.trouble(error.to_string()))?.unwrap_or_default();
        let About { keys } = serde_json::from_slice(&about)
            .map_err(|_| self.trouble("does not answer like `lodger serve`".into()))?;
        let Some(token) = &self.token else {
            return Err(self.trouble(
                "has no repository yet; set LODGER_BOOTSTRAP_TOKEN to what `lodger serve` printed when it started, then `lodger repo init`".into(),
            ));
        };
        let named = token.split_once('.').map_or("", |(_, named)| named);
        let ids = keys.iter().cloned().map(PublicKey::of_server).collect::<Result<Vec<_>, _>>()?;
        let ids = ids.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join("+");
        if ids != named {
            return Err(self.trouble(
                "has another key than the bootstrap token names; it is not the server that printed it".into(),
            ));
        }
        Ok(keys)
    }

    /// Sends a change; the server does it whole, or says why not.
    pub async fn send(&self, batch: &Batch, now: i64) -> Result<(), RepositoryError> {
        let base =
            batch.versions().filter_map(|(name, version)| Some((Owner::parse(name)?, version))).collect();
        let mut change = Change { base, files: Vec::new() };
        if change.base.is_empty() {
            return Ok(()); // nothing to be done
        }
        let requester = batch.requester();
        for (path, bytes) in batch.writes() {
            let content = match paths::parse(path) {
                Some((Owner::App(app), kind)) if kind.is_transfer() && bytes.len() > INLINE => {
                    self.upload(&app, bytes, requester.map(|(_, signer)| signer), now).await?
                }
                _ => Content::Inline(bytes.to_vec()),
            };
            change.files.push((path.to_owned(), content));
        }
        let app = match (requester, change.base.keys().next()) {
            (Some((Holder::Publisher, _)), Some(Owner::App(app))) => Some(app.clone()),
            _ => None,
        };
        let place = app.map_or_else(|| format!("{AT}/changes"), |app| format!("{AT}/apps/{app}/changes"));
        let founder = change.base.get(&Owner::Platform) == Some(&0);
        let signer = requester.map(|(_, signer)| signer);
        self.ask(Method::POST, &place, change.encode(), if founder { None } else { signer }, now).await?;
        self.forget();
        Ok(())
    }

    /// From here on files are read anew.
    pub fn forget(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn upload(
        &self,
        app: &str,
        bytes: &[u8],
        signer: Option<&Signer>,
        now: i64,
    ) -> Result<Content, RepositoryError> {
        let sha256 = Digest::of(bytes).to_hex();
        let place = format!("{AT}/apps/{app}/uploads/{sha256}");
        self.ask(Method::PUT, &place, bytes.to_vec(), signer, now).await?;
        Ok(Content::Uploaded { sha256, length: bytes.len() as u64 })
    }

    /// A signed request; without a signer, one with the bootstrap token.
    async fn ask(
        &self,
        method: Method,
        place: &str,
        body: Vec<u8>,
        signer: Option<&Signer>,
        now: i64,
    ) -> Result<(), RepositoryError> {
        let url = self.url(place)?;
        let authority = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or("").to_owned(),
        };
        let digest = Digest::of(&body);
        let request =
            Request { method: method.as_str(), authority: &authority, path: url.path(), body: digest };
        let asked = self.client.request(method.clone(), url.clone());
        let asked = match (signer, &self.token) {
            (Some(signer), _) => {
                let headers = signature::sign(&request, signer, now).ok_or_else(|| {
                    self.trouble("the request could not be signed: no random numbers".into())
                })?;
                asked
                    .header("content-digest", headers.content_digest)
                    .header("signature-input", headers.input)
                    .header("signature", headers.signature)
            }
            (None, Some(token)) => asked.header("authorization", format!("Bearer {token}")),
            (None, None) => return Err(self.trouble("none of the keys given may ask for this".into())),
        };
        let answer = asked.body(body).send().await.map_err(|error| self.trouble(said(&error)))?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refusal(answer).await) }
    }

    async fn refusal(&self, answer: Response) -> RepositoryError {
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap_or_default();
        self.trouble(match serde_json::from_slice::<Trouble>(&bytes) {
            Ok(Trouble { error }) => format!("{} (request {})", error.message, error.request),
            Err(_) => format!("answered {status}, and not like `lodger serve`"),
        })
    }

    async fn get(&self, place: &str) -> Result<Option<Bytes>, ReadError> {
        let mut answer = self.client.get(self.url(place)?).send().await.map_err(|error| said(&error))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(format!("{} answered {status} for {place}", self.base).into()),
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| said(&error))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > MOST {
                return Err(format!("{place} is larger than anything in a repository").into());
            }
        }
        Ok(Some(bytes.into()))
    }

    async fn has(&self, place: &str) -> Result<bool, ReadError> {
        let answer = self.client.head(self.url(place)?).send().await.map_err(|error| said(&error))?;
        match answer.status().as_u16() {
            200 => Ok(true),
            404 => Ok(false),
            status => Err(format!("{} answered {status} for {place}", self.base).into()),
        }
    }

    fn url(&self, place: &str) -> Result<Url, RepositoryError> {
        self.base.join(place).map_err(|error| self.trouble(error.to_string()))
    }

    fn trouble(&self, what: String) -> RepositoryError {
        RepositoryError::Server { address: self.base.to_string(), what }
    }
}

/// An error with its reasons, which reqwest keeps apart.
fn said(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(reason) = source {
        text += ": ";
        text += &reason.to_string();
        source = reason.source();
    }
    text
}

struct Files(Arc<Remote>);

#[async_trait]
impl Reader for Files {
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ReadError> {
        let known = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let bytes = self.0.get(path).await?;
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    async fn has(&self, path: &str) -> Result<bool, ReadError> {
        if matches!(paths::parse(path), Some((_, kind)) if kind.is_transfer()) {
            return self.0.has(path).await; // may be large, and is its name's digest
        }
        Ok(self.read(path).await?.is_some())
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let answer = self.0.get(&format!("{AT}/files?under={folder}")).await?.unwrap_or_default();
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.list(folder).await
    }
}
