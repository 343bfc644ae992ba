//! Logins under random operations, against a model in a few plain fields: whoever is logged in, and what is under way.
use crate::{
    bank::Bank,
    host::{Host, Rows},
};
use lodger_auth::{AuthError, AuthErrorKind, Login};
use proptest::prelude::*;
use std::sync::{Arc, atomic::Ordering};

const START: u64 = 1_700_000_000;

#[derive(Clone, Debug)]
enum Step {
    Begin,
    /// The browser of the n-th login comes back for a user, for the first time or again.
    Return {
        login: usize,
        user: usize,
    },
    /// The same address again.
    Again(usize),
    Token,
    LogOut,
    Cancel,
    Wait(u64),
    Network(bool),
    /// The provider ends all logins.
    EndAll,
    /// The process dies.
    Die,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Begin),
        6 => (0usize..4, 0usize..2).prop_map(|(login, user)| Step::Return { login, user }),
        2 => (0usize..6).prop_map(Step::Again),
        4 => Just(Step::Token),
        1 => Just(Step::LogOut),
        1 => Just(Step::Cancel),
        3 => prop_oneof![Just(10u64), Just(271), Just(899), Just(900)].prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Network),
        1 => Just(Step::EndAll),
        2 => Just(Step::Die),
    ]
}

/// What must be so.
#[derive(Default)]
struct Model {
    /// The login under way: its number, and when it began.
    flow: Option<(usize, u64)>,
    /// The user, and until when the access token is fresh.
    session: Option<(usize, u64)>,
    /// Whose keys these are, until the log-out.
    owner: Option<usize>,
    /// The provider would refresh.
    refreshable: bool,
    offline: bool,
    now: u64,
}

impl Model {
    fn finish(&mut self, login: usize, user: usize) -> Result<usize, AuthErrorKind> {
        let Some((number, began)) = self.flow else { return Err(AuthErrorKind::LoginRequired) };
        if self.now - began >= 900 {
            self.flow = None;
            return Err(AuthErrorKind::LoginRequired);
        }
        if number != login {
            return Err(AuthErrorKind::Untrusted);
        }
        self.flow = None;
        if self.offline {
            return Err(AuthErrorKind::Offline);
        }
        if self.owner.is_some_and(|owner| owner != user) {
            return Err(AuthErrorKind::KeyInvalidated);
        }
        self.owner = Some(user);
        self.session = Some((user, self.now + 270));
        self.refreshable = true;
        Ok(user)
    }

    fn token(&mut self) -> Result<(), AuthErrorKind> {
        let Some((user, fresh)) = self.session else { return Err(AuthErrorKind::LoginRequired) };
        if self.now < fresh {
            return Ok(());
        }
        if self.offline {
            return Err(AuthErrorKind::Offline);
        }
        if !self.refreshable {
            self.session = None;
            return Err(AuthErrorKind::LoginRequired);
        }
        self.session = Some((user, self.now + 270));
        Ok(())
    }
}

struct Run {
    bank: Arc<Bank>,
    host: Host,
    login: Login,
    model: Model,
    /// Addresses that browsers were sent to, and came back with.
    begun: Vec<String>,
    returned: Vec<(usize, usize, String)>,
}

const USERS: [&str; 2] = ["alice", "bob"];

impl Run {
    fn new() -> Self {
        let bank = Arc::new(Bank::new());
        let host = Host::new(bank.clone(), Bank::config(), Rows::default());
        host.clock.0.store(START, Ordering::SeqCst);
        let login = host.login();
        let model = Model { now: START, ..Model::default() };
        Self { bank, host, login, model, begun: Vec::new(), returned: Vec::new() }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Begin => match self.login.begin().await {
                Ok(address) => {
                    assert!(!self.model.offline);
                    self.model.flow = Some((self.begun.len(), self.model.now));
                    self.begun.push(address);
                }
                Err(error) => assert!(self.model.offline, "{error:?}"),
            },
            Step::Return { login, user } => {
                // The newest most often.
                let Some(number) = self.begun.len().checked_sub(1 + login) else { return };
                let callback = self.bank.authorize(&self.begun[number], USERS[user]);
                self.returned.push((number, user, callback.clone()));
                self.finish(number, user, &callback).await;
            }
            Step::Again(at) => {
                let Some((number, user, callback)) = self.returned.get(at).cloned() else { return };
                self.finish(number, user, &callback).await;
            }
            Step::Token => {
                let token = self.login.access_token().await;
                assert_eq!(token.map(|_| ()).map_err(|error| error.kind()), self.model.token());
            }
            Step::LogOut => {
                self.login.log_out().await.unwrap();
                (self.model.flow, self.model.session, self.model.owner) = (None, None, None);
                assert_eq!(self.host.rows.names(), [""; 0]);
            }
            Step::Cancel => {
                self.login.cancel().await.unwrap();
                self.model.flow = None;
            }
            Step::Wait(seconds) => {
                self.model.now += seconds;
                self.host.clock.forward(seconds);
                self.bank.state.lock().unwrap().now += seconds;
            }
            Step::Network(offline) => {
                self.model.offline = offline;
                self.bank.state.lock().unwrap().offline = offline;
            }
            Step::EndAll => {
                self.bank.forget_users();
                self.model.refreshable = false;
            }
            Step::Die => self.login = self.host.login(),
        }
        self.compare();
    }

    async fn finish(&mut self, number: usize, user: usize, callback: &str) {
        let outcome = self.login.finish(callback).await;
        let expected = self.model.finish(number, user);
        let outcome = outcome.map(|account| account.subject);
        let kind = outcome.as_ref().map(String::as_str).map_err(AuthError::kind);
        assert_eq!(kind, expected.map(|user| USERS[user]), "{outcome:?}");
    }

    fn compare(&self) {
        let account = self.login.account().unwrap().map(|account| account.subject);
        assert_eq!(account.as_deref(), self.model.session.map(|(user, _)| USERS[user]));
        let pending = self.model.flow.is_some_and(|(_, began)| self.model.now - began < 900);
        assert_eq!(self.login.is_pending().unwrap(), pending);
        let redeemed = &self.bank.state.lock().unwrap().redeemed;
        let mut unique = redeemed.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), redeemed.len(), "a code was sent twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn logins_are_as_the_model_says(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut run = Run::new();
            for step in &steps {
                run.step(step).await;
            }
        });
    }

    #[test]
    fn no_callback_panics_or_gets_in(text in "\\PC{0,100}", bytes in "[a-z0-9=&%#?+]{0,80}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let run = Run::new();
            run.login.begin().await.unwrap();
            for made_up in [text.clone(), format!("com.bank.app:/cb?{bytes}"), format!("com.bank.app:/cb{text}")] {
                assert_eq!(run.login.finish(&made_up).await.unwrap_err(), AuthError::ForeignCallback);
            }
        });
    }
}
