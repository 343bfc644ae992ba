//! `wx.requestSubscribeMessage`: the server says what the templates are, the user ticks on the host's sheet, the server is
//! told. WeChat's words and numbers: its page on the function; limits: at most five templates, all of one kind.
use super::{Inner, calls::Args};
use crate::{LodgerError, LogLevel, MessageTemplate, Question, Reply, bridge::Answer};
use lodger_auth::{
    AuthError,
    api::{Choice, Template, TemplateKind},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const API: &str = "requestSubscribeMessage";
/// Templates in one call.
const MAX_TEMPLATES: usize = 5;
/// The user's main switch for messages, among the answers.
pub(super) const SUBSCRIPTIONS: &str = "subscriptions";
/// Before the id of a template that the user does not want to be asked about again.
pub(super) const SUBSCRIBE: &str = "subscribe:";

/// Why it fails, with WeChat's `errCode`.
struct Failed(u32, &'static str);

const EMPTY: Failed = Failed(10001, "TmplIds can't be empty");
const NO_LIST: Failed = Failed(10002, "Request list fail");
const NOT_SENT: Failed = Failed(10003, "Request subscribe fail");
const INVALID: Failed = Failed(10004, "Invalid template id");
const NO_SHEET: Failed = Failed(10005, "Cannot show subscribe message UI");
const UNKNOWN: Failed = Failed(20001, "No template data return, verify the template id exist");
const MIXED: Failed = Failed(20002, "Templates type must be same");
const TOO_MANY: Failed = Failed(20003, "Templates count out of max bounds");
const SWITCHED_OFF: Failed = Failed(20004, "The main switch is switched off");

impl Inner {
    pub(super) async fn subscribe(&self, args: &Args) -> Answer {
        match self.ask_subscriptions(args).await {
            Ok(words) => Answer::Ok(Value::Object(words)),
            Err(Failed(number, reason)) => Answer::fail(API, reason).with_errno(number),
        }
    }

    async fn ask_subscriptions(&self, args: &Args) -> Result<Map<String, Value>, Failed> {
        let ids = template_ids(args)?;
        let Some(login) = &self.shared.login else { return Err(NO_LIST) };
        let stored = |error: LodgerError| self.because(NO_SHEET, &error);
        if self.permissions.remembered(SUBSCRIPTIONS).map_err(stored)? == Some(false) {
            return Err(SWITCHED_OFF);
        }
        let told = |failed| move |error: AuthError| self.because(failed, &error);
        let templates =
            login.device.templates(&self.identity.app, &ids).await.map_err(told(NO_LIST))?.templates;
        let templates = in_order(&ids, templates)?;
        let open: Vec<&Template> = templates.iter().filter(|template| template.blocked.is_none()).collect();
        let chosen = self.choose(&open).await?;
        let answers: BTreeMap<String, Choice> = chosen
            .iter()
            .map(|(id, yes)| (id.clone(), if *yes { Choice::Accept } else { Choice::Reject }))
            .collect();
        if !answers.is_empty() {
            login.device.subscribe(&self.asking(), answers).await.map_err(told(NOT_SENT))?;
        }
        let words = templates.iter().map(|template| {
            let word = match (&template.blocked, chosen.get(&template.id)) {
                (Some(blocked), _) => blocked.as_str(),
                (None, Some(true)) => "accept",
                (None, _) => "reject",
            };
            (template.id.clone(), word.into())
        });
        Ok(words.collect())
    }

    /// What the user wants: as kept, or by the sheet, where one thing at least is new.
    async fn choose(&self, open: &[&Template]) -> Result<BTreeMap<String, bool>, Failed> {
        let stored = |error: LodgerError| self.because(NO_SHEET, &error);
        let key = |template: &Template| format!("{SUBSCRIBE}{}", template.id);
        let mut kept = BTreeMap::new();
        for template in open {
            if let Some(choice) = self.permissions.remembered(&key(template)).map_err(stored)? {
                kept.insert(template.id.clone(), choice);
            }
        }
        if kept.len() == open.len() {
            return Ok(kept);
        }
        let shown = |template: &&Template| MessageTemplate {
            id: template.id.clone(),
            title: template.title.clone(),
            fields: template.fields.clone(),
            long: template.kind == TemplateKind::Long,
        };
        let question = Question::Subscribe { templates: open.iter().map(shown).collect() };
        let (choices, keep) = match self.permissions.ask(question).await {
            Reply::Chosen { choices, keep } => (choices, keep),
            Reply::Yes => (open.iter().map(|template| (template.id.clone(), true)).collect(), false),
            Reply::No => (BTreeMap::new(), false),
        };
        let mut chosen = BTreeMap::new();
        for template in open {
            let choice = choices.get(&template.id) == Some(&true);
            if keep {
                self.permissions.set(&key(template), choice).map_err(stored)?;
            }
            chosen.insert(template.id.clone(), choice);
        }
        Ok(chosen)
    }

    fn because(&self, failed: Failed, error: &dyn std::fmt::Display) -> Failed {
        self.log(LogLevel::Warn, &format!("{API}: {error}"));
        failed
    }
}

fn template_ids(args: &Args) -> Result<Vec<String>, Failed> {
    let list = args.get("tmplIds").and_then(Value::as_array).ok_or(EMPTY)?;
    let mut ids: Vec<String> = Vec::new();
    for id in list {
        let plain = |id: &&str| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        };
        let id = id.as_str().filter(plain).ok_or(INVALID)?.to_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    match ids.len() {
        0 => Err(EMPTY),
        1..=MAX_TEMPLATES => Ok(ids),
        _ => Err(TOO_MANY),
    }
}

/// The templates as the program named them: all of them there, all of one kind.
fn in_order(ids: &[String], mut known: Vec<Template>) -> Result<Vec<Template>, Failed> {
    let mut templates = Vec::new();
    for id in ids {
        let at = known.iter().position(|template| template.id == *id).ok_or(UNKNOWN)?;
        templates.push(known.swap_remove(at));
    }
    let kind = templates.first().map(|template| template.kind);
    if templates.iter().any(|template| Some(template.kind) != kind) { Err(MIXED) } else { Ok(templates) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(list: Value) -> Result<Vec<String>, u32> {
        let Value::Object(args) = json!({ "tmplIds": list }) else { unreachable!() };
        template_ids(&args).map_err(|Failed(number, _)| number)
    }

    #[test]
    fn at_most_five_templates_each_once_and_only_ids() {
        assert_eq!(ids(json!(["a", "b", "a"])), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(ids(json!(["a", "b", "c", "d", "e"])).map(|ids| ids.len()), Ok(5));
        assert_eq!(ids(json!(["a", "b", "c", "d", "e", "f"])), Err(20003));
        for (list, number) in
            [(json!([]), 10001), (json!("a"), 10001), (json!([1]), 10004), (json!([""]), 10004)]
        {
            assert_eq!(ids(list.clone()), Err(number), "{list}");
        }
    }
}
