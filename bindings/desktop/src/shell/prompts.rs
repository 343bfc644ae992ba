//! Asks the user for a scope on the host's own screen, one question at a time.
use super::{Prompt, Shell};
use crate::host::protocol::Scopes;
use async_trait::async_trait;
use lodger_engine::{Prompts, ScopeAnswer, ScopePrompt};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// Shared between the engine, which asks, and the window, which hears the answer.
pub(crate) struct ShellPrompts {
    shell: Arc<Shell>,
    scopes: Scopes,
    /// Called when a question appears or goes away: the window makes room for the screen.
    changed: Box<dyn Fn() + Send + Sync>,
    waiting: Mutex<Option<oneshot::Sender<ScopeAnswer>>>,
    turn: tokio::sync::Mutex<()>,
}

impl ShellPrompts {
    pub(crate) fn new(shell: Arc<Shell>, scopes: Scopes, changed: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            shell,
            scopes,
            changed: Box::new(changed),
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The user chose.
    pub(crate) fn answer(&self, answer: ScopeAnswer) {
        if let Some(waiting) = self.waiting.lock().expect("no code panics while it holds the question").take()
        {
            // The engine may have stopped waiting: then there is nobody to tell.
            let _ = waiting.send(answer);
        }
    }

    async fn ask(&self, prompt: &ScopePrompt) -> ScopeAnswer {
        let _turn = self.turn.lock().await;
        let (send, receive) = oneshot::channel();
        *self.waiting.lock().expect("no code panics while it holds the question") = Some(send);
        // The future is dropped when the session ends; the question must then leave the screen.
        let _gone = OnDrop(|| {
            self.shell.update(|state| state.prompt = None);
            (self.changed)();
        });
        let question = Prompt { scope: prompt.scope.clone(), reason: prompt.reason.clone() };
        self.shell.update(|state| state.prompt = Some(question));
        (self.changed)();
        receive.await.unwrap_or(ScopeAnswer::Denied)
    }
}

#[async_trait]
impl Prompts for ShellPrompts {
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer {
        match self.scopes {
            Scopes::Grant => ScopeAnswer::Granted,
            Scopes::Deny => ScopeAnswer::Denied,
            Scopes::Ask => self.ask(&prompt).await,
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
        let prompts = ShellPrompts::new(shell.clone(), Scopes::Ask, || ());
        let (answer, ()) = tokio::join!(prompts.scope(prompt()), async {
            assert!(shell.asks() && shell.covers());
            prompts.answer(ScopeAnswer::Granted);
        });
        assert_eq!(answer, ScopeAnswer::Granted);
        assert!(!shell.asks());
    }

    #[tokio::test]
    async fn a_question_whose_session_ended_goes_away() {
        let shell = Arc::new(Shell::new(Theme::Light));
        let prompts = ShellPrompts::new(shell.clone(), Scopes::Ask, || ());
        tokio::select! {
            biased;
            _ = prompts.scope(prompt()) => panic!("nobody answered"),
            () = std::future::ready(()) => (),
        }
        assert!(!shell.asks());
    }
}
