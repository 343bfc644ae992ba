//! Hosts: whose word on users counts, and in which form they give it.

use super::{Platform, PlatformError, rows::insert, rows::select};
use crate::database::Row;
use lodger_auth::jose::KeySet;
use sea_query::{Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};

/// How a host says who its user is (`core/docs/login.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// (a): a JWT by the host's back end for each request.
    Assertion,
    /// (b): an access token of the host's provider.
    AccessToken,
}

/// A host as the operator registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The operator's name for it.
    pub id: String,
    /// `iss` of its tokens, exactly.
    pub issuer: String,
    /// How it says who its user is.
    pub form: Form,
    /// `aud` of its tokens.
    pub audience: String,
    /// Where the issuer's keys are.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// The issuer's keys themselves, as a JWK set in JSON.
    #[serde(default)]
    pub jwks: Option<String>,
    /// Form (b) with tokens that are no JWTs: where to ask what they mean (RFC 7662).
    #[serde(default)]
    pub introspection: Option<Introspection>,
}

/// An introspection endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspection {
    /// Its address.
    pub url: String,
    /// The server's name there.
    pub client: String,
    /// The server's secret there; never given out again.
    #[serde(default, skip_serializing)]
    pub secret: String,
}

impl Platform {
    /// Registers a host, or changes one of the same id.
    ///
    /// # Errors
    /// `Refused` if a part is missing or cannot be, `Database`, `Kek`.
    pub async fn put_host(&self, host: &Host) -> Result<(), PlatformError> {
        self.check_host(host)?;
        let form = match host.form {
            Form::Assertion => "assertion",
            Form::AccessToken => "access-token",
        };
        let (mut url, mut client, mut sealed) = (None, None, None);
        if let Some(introspection) = &host.introspection {
            url = Some(introspection.url.clone());
            client = Some(introspection.client.clone());
            sealed = Some(self.kek.seal(&format!("host {}", host.id), introspection.secret.as_bytes())?);
        }
        let mut transaction = self.database.begin().await?;
        let old = Query::delete().from_table("hosts").and_where(Expr::col("id").eq(&*host.id)).to_owned();
        transaction.execute(&old).await?;
        let row = insert(
            "hosts",
            [
                ("id", host.id.clone().into()),
                ("issuer", host.issuer.clone().into()),
                ("form", form.into()),
                ("audience", host.audience.clone().into()),
                ("jwks_url", host.jwks_url.clone().into()),
                ("jwks", host.jwks.clone().into()),
                ("introspection", url.into()),
                ("client", client.into()),
                ("client_secret", sealed.into()),
            ],
        );
        match transaction.execute(&row).await {
            Ok(_) => {}
            Err(error) if error.is_duplicate() => {
                return Err(PlatformError::Refused(format!("another host has the issuer {}", host.issuer)));
            }
            Err(error) => return Err(error.into()),
        }
        transaction.commit().await?;
        self.issuers.forget(&host.issuer).await;
        Ok(())
    }

    fn check_host(&self, host: &Host) -> Result<(), PlatformError> {
        let refused = |what: &str| Err(PlatformError::Refused(what.to_owned()));
        if host.id.is_empty() || host.id.len() > 64 || host.issuer.is_empty() || host.audience.is_empty() {
            return refused("a host needs a name of 1 to 64 bytes, an issuer and an audience");
        }
        match (&host.jwks_url, &host.jwks, &host.introspection) {
            (Some(url), None, None) if self.outgoing.allows(url) => Ok(()),
            (None, Some(keys), None) if KeySet::read(keys.as_bytes()).is_ok() => Ok(()),
            (None, None, Some(asked))
                if host.form == Form::AccessToken && self.outgoing.allows(&asked.url) =>
            {
                Ok(())
            }
            (Some(_), None, None) | (None, None, Some(_)) => refused(
                "the address must be https and of the public Internet; introspection is for access tokens",
            ),
            (None, Some(_), None) => refused("the keys are no JWK set"),
            _ => refused("a host needs one of: the address of its keys, the keys, an introspection endpoint"),
        }
    }

    /// Takes a host away: its users cannot log in any more; what they have stays.
    ///
    /// # Errors
    /// `Refused` if there is none, `Database`.
    pub async fn remove_host(&self, id: &str) -> Result<(), PlatformError> {
        let gone = Query::delete().from_table("hosts").and_where(Expr::col("id").eq(id)).to_owned();
        match self.database.execute(&gone).await? {
            0 => Err(PlatformError::Refused(format!("there is no host {id}"))),
            _ => Ok(()),
        }
    }

    /// All hosts, by id.
    ///
    /// # Errors
    /// `Database`.
    pub async fn hosts(&self) -> Result<Vec<Host>, PlatformError> {
        let all = select("hosts", COLUMNS, []).order_by("id", Order::Asc).to_owned();
        self.database.fetch(&all).await?.iter().map(read).collect()
    }

    pub(super) async fn host_of(&self, issuer: &str) -> Result<Option<Host>, PlatformError> {
        let row = self.database.first(&select("hosts", COLUMNS, [("issuer", issuer)])).await?;
        row.as_ref().map(read).transpose()
    }

    /// The secret for a host's introspection endpoint.
    pub(super) async fn client_secret(&self, host: &Host) -> Result<String, PlatformError> {
        let row = self.database.first(&select("hosts", ["client_secret"], [("id", &host.id)])).await?;
        let sealed: Option<Vec<u8>> = row.map(|row| row.get("client_secret")).transpose()?.flatten();
        let opened = self.kek.open(&format!("host {}", host.id), &sealed.unwrap_or_default())?;
        Ok(String::from_utf8_lossy(&opened).into_owned())
    }
}

const COLUMNS: [&str; 8] =
    ["id", "issuer", "form", "audience", "jwks_url", "jwks", "introspection", "client"];

fn read(row: &Row) -> Result<Host, PlatformError> {
    let (url, client): (Option<String>, Option<String>) = (row.get("introspection")?, row.get("client")?);
    Ok(Host {
        id: row.get("id")?,
        issuer: row.get("issuer")?,
        form: if row.get::<String>("form")? == "assertion" { Form::Assertion } else { Form::AccessToken },
        audience: row.get("audience")?,
        jwks_url: row.get("jwks_url")?,
        jwks: row.get("jwks")?,
        introspection: url.zip(client).map(|(url, client)| Introspection {
            url,
            client,
            secret: String::new(),
        }),
    })
}
