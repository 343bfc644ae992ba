//! Login: this device's keys, the host's word on who its user is, and the codes that programs get (DESIGN 8).
//!
//! `lodger-auth` holds the rules; here it gets the engine's database, vault, clock and the host's HTTP. `calls` are the
//! functions of programs.
mod calls;
mod config;
mod ports;
mod rows;

pub use config::{IdentitySource, KeySource, LoginConfig};
pub(crate) use rows::{migrate, wipe_all};

use crate::{Host, LodgerError, vault::Vault};
use lodger_auth::{
    AuthError, Device, LogOut, ServerConfig,
    identity::Identity,
    keys::{Signer, SoftwareSigner},
    ports::{Ports, Store},
};
use lodger_bundle::Database;
use ports::{Requests, Sealing, Time};
use rows::Rows;
use std::{sync::Arc, time::Duration};

/// Longest that a log-out waits for the server to hear of it.
const FAREWELL: Duration = Duration::from_secs(5);

/// What the engine keeps of a host's login.
pub(crate) struct Login {
    store: Arc<dyn Store>,
    /// The device's keys.
    pub(crate) signer: Arc<dyn Signer>,
    /// This device at Lodger's server.
    pub(crate) device: Device,
    /// The login in a browser, if that is the identity.
    pub(crate) provider: Option<Arc<lodger_auth::Login>>,
}

impl Login {
    /// Sends nothing.
    pub(crate) fn new(
        config: &LoginConfig,
        host: &Host,
        database: Database,
        vault: Arc<Vault>,
        development: bool,
    ) -> Result<Self, LodgerError> {
        let store: Arc<dyn Store> = Arc::new(Rows::new(database));
        let ports = Ports {
            http: Arc::new(Requests { http: Arc::clone(&host.platform_http), development }),
            clock: Arc::new(Time(Arc::clone(&host.clock))),
            store: Arc::clone(&store),
            seal: Arc::new(Sealing(vault)),
        };
        let signer: Arc<dyn Signer> = match &config.keys {
            KeySource::Host(signer) => Arc::clone(signer),
            KeySource::Software(presence) => Arc::new(SoftwareSigner::new(
                Arc::clone(&store),
                Arc::clone(&ports.seal),
                Arc::clone(presence),
            )),
        };
        let (identity, provider): (Arc<dyn Identity>, _) = match &config.identity {
            IdentitySource::Host(identity) => (Arc::clone(identity), None),
            IdentitySource::Provider(provider) => {
                // A release never talks to plain http, whatever the host says.
                let provider = lodger_auth::LoginConfig {
                    development: provider.development && development,
                    ..provider.clone()
                };
                let login = Arc::new(lodger_auth::Login::new(provider, ports.clone(), Arc::clone(&signer))?);
                (Arc::<lodger_auth::Login>::clone(&login), Some(login))
            }
        };
        let server =
            ServerConfig { address: config.server.clone(), audience: config.audience.clone(), development };
        let device = Device::new(server, ports, Arc::clone(&signer), identity)?;
        Ok(Self { store, signer, device, provider })
    }

    /// Tells the server, then removes every row and both keys, and counts that none is left.
    pub(crate) async fn log_out(&self) -> Result<LogOut, AuthError> {
        let told = tokio::time::timeout(FAREWELL, self.device.retire()).await;
        let ended = match &self.provider {
            Some(provider) => provider.log_out().await?,
            None => {
                let left = self.store.wipe()?;
                self.signer.forget().await?;
                if left > 0 {
                    return Err(AuthError::Residue { rows: left });
                }
                LogOut::Complete
            }
        };
        Ok(match told {
            Ok(Ok(())) => ended,
            // A device that the server does not know, or has retired, has nothing to be retired there.
            Ok(Err(AuthError::KeyInvalidated | AuthError::Refused { .. })) => ended,
            _ => LogOut::NotRevoked,
        })
    }
}
