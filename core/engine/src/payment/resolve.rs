//! Resolves payments that may have been sent: sends the same bytes again, or asks, until the server has said how it ended.
use super::{Payments, User, lock};
use lodger_pay::journal::{Answer, Attempt, Next, Outcome};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Between the first two tries; then twice as long each time.
const FIRST: Duration = Duration::from_secs(1);
/// Longest between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// How far a payment is that may have been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The first try has had no answer yet.
    Paying,
    /// It has not become clear.
    Checking,
    /// It is over. `Unknown` only if the journal cannot be used: the next start goes on.
    End(Outcome),
}

impl Payments {
    /// Resolves a payment, once for all who ask, whether or not they wait.
    pub(super) fn resolve(
        self: &Arc<Self>,
        user: &Arc<User>,
        attempt: &Attempt,
    ) -> watch::Receiver<Progress> {
        let mut resolving = lock(&user.resolving);
        if let Some(progress) = resolving.get(attempt) {
            return progress.clone();
        }
        let (tell, progress) = watch::channel(Progress::Paying);
        resolving.insert(attempt.clone(), progress.clone());
        let (payments, user, attempt) = (Arc::clone(self), Arc::clone(user), attempt.clone());
        self.runtime.spawn(async move {
            let outcome = payments.until_known(&user, &attempt, &tell).await;
            // First this, so that whoever asks after the end asks the journal.
            lock(&user.resolving).remove(&attempt);
            tell.send_replace(Progress::End(outcome));
        });
        progress
    }

    async fn until_known(
        &self,
        user: &Arc<User>,
        attempt: &Attempt,
        tell: &watch::Sender<Progress>,
    ) -> Outcome {
        let mut wait = FIRST;
        let mut again = self.again.subscribe();
        loop {
            let of = attempt.clone();
            let answer = match self.journal(user, move |journal, now| journal.next(&of, now)).await {
                Next::Send(request) => self.send(&request).await,
                Next::Query => self.query(attempt).await,
                Next::End(outcome) => return outcome,
            };
            if let Next::End(outcome) = self.take(user, attempt, answer).await {
                return outcome;
            }
            tell.send_replace(Progress::Checking);
            // The sender is in `self`, so an error cannot be.
            let _ = tokio::time::timeout(wait, again.changed()).await;
            wait = (wait * 2).min(LONGEST);
        }
    }

    async fn take(&self, user: &Arc<User>, attempt: &Attempt, answer: Answer) -> Next {
        let attempt = attempt.clone();
        self.journal(user, move |journal, now| journal.answer(&attempt, &answer, now)).await
    }
}
