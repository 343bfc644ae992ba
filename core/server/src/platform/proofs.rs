//! Proofs of devices (DPoP): every request of a device has one, with a nonce of this server.

use super::{Platform, PlatformError, rows::insert};
use crate::database::Transaction;
use lodger_auth::{
    api::RefusalCode,
    dpop::{self, DpopError, Expected, Proof},
};

/// Minutes that a nonce holds, the one in which it was given among them.
const NONCE: i64 = 5;

/// What a device's request says, apart from its body.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Upper case.
    pub method: &'a str,
    /// From the slash on, without query.
    pub path: &'a str,
    /// `Host`, in lower case: which of the server's addresses was meant.
    pub authority: &'a str,
    /// The one `DPoP` header.
    pub proof: Option<&'a str>,
    /// The token of `Authorization: DPoP …`.
    pub token: Option<&'a str>,
}

/// A request of a device whose proof holds. Its `jti` is still to be spent.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The proof.
    pub proof: Proof,
    /// The server's address as the device knows it.
    pub address: String,
    /// The access token that came along.
    pub token: Option<String>,
}

impl Platform {
    /// The nonce for `DPoP-Nonce`. Nothing is stored for it: every process with this key knows its own again.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.nonce_of(self.now() / 60)
    }

    fn nonce_of(&self, minute: i64) -> String {
        format!("{minute}.{}", self.kek.derive(&format!("lodger dpop nonce {minute}")))
    }

    fn is_nonce(&self, nonce: &str) -> bool {
        let minute = nonce.split_once('.').and_then(|(minute, _)| minute.parse::<i64>().ok());
        minute.is_some_and(|minute| {
            let age = (self.now() / 60).saturating_sub(minute);
            (0..=NONCE).contains(&age) && self.nonce_of(minute) == nonce
        })
    }

    /// Checks a request's proof.
    ///
    /// # Errors
    /// `Device`: `InvalidDpopProof`, `UseDpopNonce`.
    pub fn prove(&self, asked: &Asked<'_>) -> Result<Proved, PlatformError> {
        let refused = |why| PlatformError::Device(RefusalCode::InvalidDpopProof, why);
        let text = asked.proof.ok_or(refused("the request needs one DPoP header"))?;
        let named =
            |address: &&String| address.split_once("://").is_some_and(|(_, at)| at == asked.authority);
        let address = self.addresses.iter().find(named).or(self.addresses.first());
        let address = address
            .ok_or(refused("this server was not told its public address; start it with --public-url"))?;
        let expected = Expected {
            method: asked.method,
            url: &format!("{address}{}", asked.path),
            token: asked.token,
            is_nonce: &|nonce| self.is_nonce(nonce),
            nonce_required: true,
            now: self.system_time(),
        };
        let proof = dpop::verify(text, &expected).map_err(|error| match error {
            DpopError::NonceWanted => PlatformError::Device(
                RefusalCode::UseDpopNonce,
                "the proof must hold the nonce in DPoP-Nonce",
            ),
            DpopError::Jose(_) => refused("the proof does not verify"),
            DpopError::Other("htu") => refused("the proof is for another address than this server's"),
            DpopError::Other(_) => refused("the proof is for another request"),
        })?;
        Ok(Proved { proof, address: address.clone(), token: asked.token.map(ToOwned::to_owned) })
    }

    /// Marks a proof as used; to be done first, and to last whatever becomes of the request.
    pub(super) async fn spend(
        &self,
        transaction: &mut Transaction,
        proved: &Proved,
    ) -> Result<(), PlatformError> {
        let until = self.now() + (NONCE + 1) * 60;
        let key = format!("dpop {}", proved.proof.key.as_str());
        if !once(transaction, &key, &proved.proof.id, until).await? {
            return Err(PlatformError::Device(RefusalCode::InvalidDpopProof, "this proof was used before"));
        }
        Ok(())
    }
}

/// Remembers `nonce` of `key` until then; false if it was there.
pub(super) async fn once(
    transaction: &mut Transaction,
    key: &str,
    nonce: &str,
    until: i64,
) -> Result<bool, PlatformError> {
    let row = insert("nonces", [("keyid", key.into()), ("nonce", nonce.into()), ("expires", until.into())])
        .on_conflict(sea_query::OnConflict::columns(["keyid", "nonce"]).do_nothing().to_owned())
        .to_owned();
    Ok(transaction.execute(&row).await? == 1)
}
