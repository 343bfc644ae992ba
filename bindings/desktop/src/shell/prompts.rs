//! Asks the user on the host's own screen, one question at a time.
use super::{Message, Prompt, ScopeState, Shell};
use crate::host::protocol::Scopes;
use async_trait::async_trait;
use lodger_engine::{Prompts, Question, Reply, ScopeAnswer, ScopePrompt};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// Shared between the engine, which asks, and the window, which hears the answer.
pub(crate) struct ShellPrompts {
    shell: Arc<Shell>,
    scopes: Scopes,
    /// This form of host can put another program in this one's place.
    programs: bool,
    /// Called when a question appears or goes away: the window makes room for the screen.
    changed: Box<dyn Fn() + Send + Sync>,
    waiting: Mutex<Option<oneshot::Sender<Reply>>>,
    turn: tokio::sync::Mutex<()>,
}

impl ShellPrompts {
    pub(crate) fn new(
        shell: Arc<Shell>,
        scopes: Scopes,
        programs: bool,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            shell,
            scopes,
            programs,
            changed: Box::new(changed),
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The user chose.
    pub(crate) fn answer(&self, answer: Reply) {
        if let Some(waiting) = self.waiting.lock().expect("no code panics while it holds the question").take()
        {
            // The engine may have stopped waiting: then there is nobody to tell.
            let _ = waiting.send(answer);
        }
    }

    async fn reply(&self, prompt: Prompt) -> Reply {
        match self.scopes {
            Scopes::Grant => return Reply::Yes,
            Scopes::Deny => return Reply::No,
            Scopes::Ask => {}
        }
        let _turn = self.turn.lock().await;
        let (send, receive) = oneshot::channel();
        *self.waiting.lock().expect("no code panics while it holds the question") = Some(send);
        // The future is dropped when the session ends; the question must then leave the screen.
        let _gone = OnDrop(|| {
            self.shell.update(|state| state.prompt = None);
            (self.changed)();
        });
        self.shell.update(|state| state.prompt = Some(prompt));
        (self.changed)();
        receive.await.unwrap_or(Reply::No)
    }

    /// The question as it is drawn; None if this host cannot do what a yes would mean.
    fn drawn(&self, question: Question) -> Option<Prompt> {
        Some(match question {
            Question::PhoneNumber => Prompt::PhoneNumber,
            Question::Privacy { contract } => Prompt::Privacy { contract },
            Question::OpenProgram { app } if self.programs => Prompt::Program { app },
            Question::Subscribe { templates } => Prompt::Subscribe {
                templates: templates
                    .into_iter()
                    .map(|message| Message { id: message.id, title: message.title, fields: message.fields })
                    .collect(),
            },
            Question::Settings { grants } => {
                let mut scopes = Vec::new();
                ScopeState::merge(&mut scopes, grants);
                Prompt::Settings { scopes }
            }
            // There is no chat here, and no contract to show.
            _ => return None,
        })
    }
}

#[async_trait]
impl Prompts for ShellPrompts {
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer {
        match self.reply(Prompt::Scope { scope: prompt.scope, reason: prompt.reason }).await {
            Reply::Yes => ScopeAnswer::Granted,
            _ => ScopeAnswer::Denied,
        }
    }

    async fn ask(&self, prompt: lodger_engine::Prompt) -> Reply {
        match self.drawn(prompt.question) {
            Some(prompt) => self.reply(prompt).await,
            None => Reply::No,
        }
    }
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Theme;

    fn prompt() -> ScopePrompt {
        ScopePrompt {
            app: "a".into(),
            app_name: "A".into(),
            scope: "scope.userLocation".into(),
            reason: "to find shops".into(),
        }
    }

    #[tokio::test]
    async fn a_question_is_shown_and_answered() {
        let shell = Arc::new(Shell::new(Theme::Light));
        let prompts = ShellPrompts::new(shell.clone(), Scopes::Ask, true, || ());
        let (answer, ()) = tokio::join!(prompts.scope(prompt()), async {
            assert!(shell.asks() && shell.covers());
            prompts.answer(Reply::Yes);
        });
        assert_eq!(answer, ScopeAnswer::Granted);
        assert!(!shell.asks());
    }

    fn asking(question: Question) -> lodger_engine::Prompt {
        lodger_engine::Prompt { app: "a".into(), app_name: "A".into(), question }
    }

    #[tokio::test]
    async fn what_the_user_ticks_is_the_answer() {
        let shell = Arc::new(Shell::new(Theme::Light));
        let prompts = ShellPrompts::new(shell.clone(), Scopes::Ask, false, || ());
        let message = lodger_engine::MessageTemplate {
            id: "t1".into(),
            title: "Ready".into(),
            fields: vec!["Time".into()],
            long: false,
        };
        let chosen = Reply::Chosen { choices: [("t1".into(), true)].into(), keep: true };
        let (answer, ()) =
            tokio::join!(prompts.ask(asking(Question::Subscribe { templates: vec![message] })), async {
                let Some(Prompt::Subscribe { templates }) = shell.state().prompt else { panic!("not asked") };
                assert_eq!((templates[0].id.as_str(), templates[0].title.as_str()), ("t1", "Ready"));
                prompts.answer(chosen.clone());
            });
        assert_eq!(answer, chosen);
    }

    #[tokio::test]
    async fn what_this_host_cannot_do_is_refused_whatever_the_user_said() {
        let shell = Arc::new(Shell::new(Theme::Light));
        for programs in [false, true] {
            let prompts = ShellPrompts::new(shell.clone(), Scopes::Grant, programs, || ());
            let other = prompts.ask(asking(Question::OpenProgram { app: "b".into() })).await;
            assert_eq!(other, if programs { Reply::Yes } else { Reply::No });
            for question in [Question::PrivacyContract, Question::Contact { session_from: String::new() }] {
                assert_eq!(prompts.ask(asking(question)).await, Reply::No);
            }
        }
    }

    #[tokio::test]
    async fn a_question_whose_session_ended_goes_away() {
        let shell = Arc::new(Shell::new(Theme::Light));
        let prompts = ShellPrompts::new(shell.clone(), Scopes::Ask, true, || ());
        tokio::select! {
            biased;
            _ = prompts.scope(prompt()) => panic!("nobody answered"),
            () = std::future::ready(()) => (),
        }
        assert!(!shell.asks());
    }
}
