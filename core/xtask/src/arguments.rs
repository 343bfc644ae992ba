//! Command-line words of one task. By hand: an argument parser would be most of this crate's build time.

use crate::process::Trouble;

/// The words after the task's name, taken away as they are understood.
pub struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    /// Takes the words that follow the task's name.
    pub fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// True if help was asked for.
    pub fn wants_help(&self) -> bool {
        self.words.iter().any(|word| word == "--help" || word == "-h")
    }

    /// Takes `--name` away; true if it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// Takes `--name VALUE` or `--name=VALUE` away.
    pub fn value(&mut self, name: &str) -> Result<Option<String>, Trouble> {
        let prefix = format!("{name}=");
        let Some(at) = self.words.iter().position(|word| word == name || word.starts_with(&prefix)) else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some(value) = word.strip_prefix(&prefix) {
            return Ok(Some(value.to_owned()));
        }
        if at < self.words.len() && !self.words[at].starts_with("--") {
            return Ok(Some(self.words.remove(at)));
        }
        Err(Trouble::Usage(format!("{name} needs a value")))
    }

    /// Takes the next word that is not an option.
    pub fn word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'))?;
        Some(self.words.remove(at))
    }

    /// Fails if something was left that no one understood.
    pub fn finish(self) -> Result<(), Trouble> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(Trouble::Usage(format!("`{word}` is not understood"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments {
        Arguments::new(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn takes_flags_values_and_words() {
        let mut all = arguments("open --strict --runs 5 --only=rust");
        assert!(all.flag("--strict"));
        assert!(!all.flag("--strict"));
        assert_eq!(all.value("--runs").unwrap().as_deref(), Some("5"));
        assert_eq!(all.value("--only").unwrap().as_deref(), Some("rust"));
        assert_eq!(all.word().as_deref(), Some("open"));
        assert!(all.finish().is_ok());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(arguments("--strickt").finish().is_err());
        assert!(arguments("--only").value("--only").is_err());
        assert!(arguments("--only --strict").value("--only").is_err());
    }
}
