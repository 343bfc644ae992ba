//! What one build leaves for the next.
//!
//! Every build walks the whole program from its entries, so what belongs to it is never guessed. What is reused is the
//! work on single files: a result is taken again if its file has the same text, and if every question that was asked
//! while it was made ("which file is ./a?") has the same answer now. So no list of dependencies can be incomplete, and
//! a build with a cache gives the same bytes as one without.
use crate::{diagnostic::Diagnostics, script, source::Source, style::Styles, template::Templates};
use std::{collections::HashMap, rc::Rc};

/// Everything that is kept. Empty for the first build.
#[derive(Default)]
pub(crate) struct Cache {
    /// Files as they were read last.
    pub(crate) sources: HashMap<String, Rc<Source>>,
    pub(crate) scripts: Memo<script::Request, script::Answer, Rc<script::Script>>,
    pub(crate) templates: Templates,
    pub(crate) styles: Styles,
}

/// Results by name, each with what it was made from: a source, and answers to questions.
pub(crate) struct Memo<Q, A, T> {
    known: HashMap<String, Known<Q, A, T>>,
}

struct Known<Q, A, T> {
    source: Rc<Source>,
    asked: Vec<(Q, A)>,
    found: Diagnostics,
    result: T,
    /// In this build.
    used: bool,
}

impl<Q, A, T> Default for Memo<Q, A, T> {
    fn default() -> Self {
        Self { known: HashMap::new() }
    }
}

impl<Q: Clone, A: Clone + PartialEq, T: Clone> Memo<Q, A, T> {
    /// The result for `source`, the earlier one where that still holds. `ask` answers a question, and reports what is
    /// wrong with it; `make` may ask, and reports what is wrong with the source alone. Failures are not kept.
    pub(crate) fn get(
        &mut self,
        name: &str,
        source: &Rc<Source>,
        diagnostics: &mut Diagnostics,
        ask: &mut dyn FnMut(&Q, &mut Diagnostics) -> A,
        make: impl FnOnce(&mut Diagnostics, &mut dyn FnMut(&Q) -> A) -> Option<T>,
    ) -> Option<T> {
        if let Some(known) = self.known.get_mut(name)
            && Rc::ptr_eq(&known.source, source)
            && known.asked.iter().all(|(question, answer)| ask(question, diagnostics) == *answer)
        {
            known.used = true;
            diagnostics.append(known.found.clone());
            return Some(known.result.clone());
        }
        let mut found = Diagnostics::default();
        let mut asked = Vec::new();
        let result = make(&mut found, &mut |question| {
            let answer = ask(question, diagnostics);
            asked.push((question.clone(), answer.clone()));
            answer
        });
        diagnostics.append(found.clone());
        match &result {
            Some(result) if !found.has_errors() => {
                let (source, result) = (source.clone(), result.clone());
                self.known.insert(name.to_owned(), Known { source, asked, found, result, used: true });
            }
            _ => {
                self.known.remove(name);
            }
        }
        result
    }

    /// Forgets what the build that ends here did not use.
    pub(crate) fn sweep(&mut self) {
        self.known.retain(|_, known| std::mem::take(&mut known.used));
    }
}
