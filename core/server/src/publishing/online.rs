//! The keys that a server signs with: made once, sealed in the database.

use super::PublishError;
use crate::{
    clock::Clock,
    database::Database,
    kek::Kek,
    keys::{KeyRing, PublicKey, Signer},
};
use aws_lc_rs::signature::Ed25519KeyPair;
use sea_query::{Order, Query};
use std::sync::Arc;
use tough::{schema::key::Key, sign::Sign};
use zeroize::Zeroizing;

/// Open, for as long as the server runs.
#[derive(Clone)]
pub struct OnlineKeys {
    /// The public halves.
    pub public: Vec<PublicKey>,
    signers: Arc<Vec<Signer>>,
}

impl OnlineKeys {
    /// Opens them; makes one if there is none. The caller holds the writer's lease.
    pub(super) async fn open(
        database: &Database,
        kek: &Kek,
        clock: &dyn Clock,
    ) -> Result<Self, PublishError> {
        let all = Query::select()
            .columns(["id", "public", "sealed"])
            .from("online_keys")
            .order_by("id", Order::Asc)
            .to_owned();
        let mut rows = database.fetch(&all).await?;
        if rows.is_empty() {
            make(database, kek, clock).await?;
            rows = database.fetch(&all).await?;
        }
        let damaged =
            |id: &str| PublishError::Internal(format!("online key {id} is damaged; restore your backup"));
        let (mut public, mut signers) = (Vec::new(), Vec::new());
        for row in &rows {
            let id: String = row.get("id")?;
            let key: Key = serde_json::from_str(&row.get::<String>("public")?).map_err(|_| damaged(&id))?;
            let seed = kek.open(&id, &row.get::<Vec<u8>>("sealed")?)?;
            signers.push(Signer::from_seed(id.clone(), &seed).ok_or_else(|| damaged(&id))?);
            public.push(PublicKey::of_server(key)?);
        }
        Ok(Self { public, signers: Arc::new(signers) })
    }

    /// A ring that signs as the server.
    #[must_use]
    pub fn ring(&self) -> KeyRing {
        KeyRing::online(self.public.clone(), self.signers.clone())
    }

    /// Their ids, joined: what a bootstrap token ends with.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.public.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join("+")
    }
}

async fn make(database: &Database, kek: &Kek, clock: &dyn Clock) -> Result<(), PublishError> {
    let crypto = || PublishError::Internal("no key could be made".into());
    let mut seed = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(seed.as_mut()).map_err(|_| crypto())?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| crypto())?;
    let public = PublicKey::of_server(Sign::tuf_key(&pair))?;
    let text = serde_json::to_string(&public.key).map_err(|_| crypto())?;
    let insert = Query::insert()
        .into_table("online_keys")
        .columns(["id", "public", "sealed", "made"])
        .values_panic([
            public.id.clone().into(),
            text.into(),
            kek.seal(&public.id, seed.as_ref())?.into(),
            clock.now().as_second().into(),
        ])
        .to_owned();
    database.execute(&insert).await?;
    Ok(())
}
