//! Who may send what, before anything of it is verified.

use super::{
    PublishError,
    change::{Change, Content},
    paths::{self, Owner},
};
use crate::repository::{Proposal, TrustRoot};
use std::collections::{BTreeMap, HashMap};

/// Who asks for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the bootstrap token: makes the repository.
    Founder,
    /// An officer or a reviewer, by key id: brings whatever is signed.
    Operator(String),
    /// A publisher of a program, by program and key id.
    Publisher(String, String),
    /// The server itself.
    Server,
    /// The server itself, whose data was put back from a backup: it signs far above what it knows.
    Restored,
}

impl Who {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Founder => "bootstrap",
            Self::Operator(keyid) | Self::Publisher(_, keyid) => keyid,
            Self::Server | Self::Restored => "server",
        }
    }
}

/// What each may send (`core/docs/server.md`), before anything is read.
pub(super) fn allowed(who: &Who, change: &Change, initialised: bool) -> Result<(), PublishError> {
    let forbidden = |what: String| Err(PublishError::Forbidden(what));
    match who {
        Who::Server | Who::Restored | Who::Operator(_) => {}
        Who::Founder if initialised => {
            return Err(PublishError::Conflict(
                "there is a repository here already; sign with a reviewer's key".into(),
            ));
        }
        Who::Founder => {
            if change.base.keys().any(|owner| *owner != Owner::Platform) {
                return forbidden("the bootstrap token makes the platform's repository only".into());
            }
        }
        Who::Publisher(app, _) => {
            if change.base.keys().any(|owner| *owner != Owner::App(app.clone())) {
                return forbidden(format!("this key publishes {app} only"));
            }
        }
    }
    for (path, _) in &change.files {
        use paths::Kind;
        let kind = paths::parse(path).map(|(_, kind)| kind);
        let online = matches!(&kind, Some(Kind::Timestamp))
            || matches!(&kind, Some(Kind::Role { role, .. }) if role == "snapshot" || role == "channel");
        if online {
            return forbidden(format!("{path} is the server's to sign"));
        }
        if path == "trust-root.json" && *who != Who::Founder {
            return forbidden("trust-root.json is written once, with the repository".into());
        }
        let publishers = match &kind {
            Some(Kind::Role { role, .. }) => role == "publisher",
            Some(Kind::Target { .. } | Kind::Stream | Kind::Patch { .. }) => true,
            _ => false,
        };
        if matches!(who, Who::Publisher(..)) && !publishers {
            return forbidden(format!("{path} is not a publisher's to send"));
        }
    }
    Ok(())
}

pub(super) fn proposals(
    base: &BTreeMap<Owner, u64>,
    files: &[(String, Content)],
    leap: bool,
) -> Vec<Proposal> {
    let mut proposals: Vec<_> = base
        .iter()
        .map(|(owner, base)| Proposal { owner: owner.clone(), base: *base, files: Vec::new(), leap })
        .collect();
    for (path, _) in files {
        if let Some((owner, kind)) = paths::parse(path)
            && let Some(proposal) = proposals.iter_mut().find(|proposal| proposal.owner == owner)
        {
            proposal.files.push(kind);
        }
    }
    proposals
}

/// The file that hosts ship holds the platform's first root.
pub(super) fn check_trust_root(added: &HashMap<String, Content>) -> Result<(), PublishError> {
    let bytes = |path: &str| match added.get(path) {
        Some(Content::Inline(bytes)) => Some(bytes.as_slice()),
        _ => None,
    };
    let Some(root) = bytes("platform/metadata/1.root.json") else { return Ok(()) };
    let trust = bytes("trust-root.json").and_then(|bytes| serde_json::from_slice::<TrustRoot>(bytes).ok());
    let root: Option<serde_json::Value> = serde_json::from_slice(root).ok();
    if trust.is_some_and(|trust| Some(trust.platform) == root) {
        return Ok(());
    }
    Err(PublishError::Refused("trust-root.json does not hold the platform's root".into()))
}
