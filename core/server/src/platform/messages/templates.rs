//! Templates of subscription messages: what a message may say, with a kind for each value (WeChat's kinds and limits).

use super::super::{
    Errcode, Platform, PlatformError, apps,
    rows::{insert, random, select},
};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One value of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateKey {
    /// As `data` names it: a kind and a number, such as `thing1`.
    pub key: String,
    /// What stands before the value.
    pub name: String,
}

/// A template of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// `template_id`.
    pub id: String,
    /// What the user is asked to agree to, and what the message is headed with.
    pub title: String,
    /// Its values, in order.
    pub keys: Vec<TemplateKey>,
}

type Rule = fn(&str) -> bool;

/// Kinds, and whether a value is one: lengths count characters, as WeChat's.
const KINDS: &[(&str, Rule)] = &[
    ("thing", |text| text.chars().count() <= 20),
    ("number", |text| text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')),
    ("letter", |text| text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphabetic())),
    ("symbol", |text| text.chars().count() <= 5 && !text.chars().any(char::is_alphanumeric)),
    ("character_string", |text| {
        text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    }),
    ("time", |text| text.chars().count() <= 40 && text.chars().any(|one| one.is_ascii_digit())),
    ("date", |text| text.chars().count() <= 40 && text.chars().any(|one| one.is_ascii_digit())),
    ("amount", |text| {
        text.bytes().filter(u8::is_ascii_digit).count() <= 10
            && text.chars().any(|one| one.is_ascii_digit())
            && text.chars().count() <= 16
    }),
    ("phone_number", |text| {
        text.len() <= 17 && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-".contains(&byte))
    }),
    ("car_number", |text| text.chars().count() <= 8),
    ("name", |text| {
        let count = text.chars().count();
        if text.is_ascii() { count <= 20 } else { count <= 10 }
    }),
    ("phrase", |text| text.chars().count() <= 5),
];

fn kind(key: &str) -> Option<Rule> {
    let word = key.trim_end_matches(|one: char| one.is_ascii_digit());
    KINDS.iter().find(|(known, _)| *known == word).filter(|_| word.len() < key.len()).map(|(_, rule)| *rule)
}

impl Template {
    /// The values of `data` in the template's order.
    ///
    /// # Errors
    /// `InvalidData` (47003) with the first value that is missing or is not of its kind.
    pub fn fill(&self, data: &Map<String, Value>) -> Result<Vec<(String, String)>, PlatformError> {
        let fill = |one: &TemplateKey| {
            let value = match data.get(&one.key).map(|member| &member["value"]) {
                Some(Value::String(text)) => Some(text.clone()),
                Some(Value::Number(number)) => Some(number.to_string()),
                _ => None,
            };
            let fits = |text: &String| !text.is_empty() && kind(&one.key).is_some_and(|rule| rule(text));
            let value = value.filter(fits).ok_or_else(|| PlatformError::WechatMore {
                code: Errcode::InvalidData,
                more: format!("data.{}.value is empty or invalid", one.key),
            })?;
            Ok((one.name.clone(), value))
        };
        self.keys.iter().map(fill).collect()
    }

    /// As WeChat shows templates: `name:{{thing1.DATA}}` in lines.
    #[must_use]
    pub fn content(&self) -> String {
        self.keys.iter().map(|one| format!("{}:{{{{{}.DATA}}}}\n", one.name, one.key)).collect()
    }
}

impl Platform {
    /// Gives an app a template; answers its id.
    ///
    /// # Errors
    /// `Refused` if there is no such app, or a key is of no known kind; `Database`, `Random`.
    pub async fn add_template(
        &self,
        app: &str,
        title: &str,
        keys: &[TemplateKey],
    ) -> Result<String, PlatformError> {
        if self.database.first(&select("apps", ["id"], [("id", app)])).await?.is_none() {
            return Err(apps::unknown(app));
        }
        let known = (1..=5).contains(&keys.len()) && keys.iter().all(|one| kind(&one.key).is_some());
        if title.is_empty() || !known {
            let kinds: Vec<_> = KINDS.iter().map(|(kind, _)| *kind).collect();
            return Err(PlatformError::Refused(format!(
                "a template needs a title and one to five keys, each a kind with a number, such as thing1; kinds are {}",
                kinds.join(", ")
            )));
        }
        let id = random(32)?;
        let keys = serde_json::to_string(keys).map_err(|_| PlatformError::Random)?;
        let row = insert(
            "templates",
            [
                ("id", id.clone().into()),
                ("app", app.into()),
                ("title", title.into()),
                ("keys", keys.into()),
                ("made", self.now().into()),
            ],
        );
        self.database.execute(&row).await?;
        Ok(id)
    }

    /// Takes a template away; messages that were sent stay.
    ///
    /// # Errors
    /// `InvalidTemplate`, `Database`.
    pub async fn remove_template(&self, app: &str, id: &str) -> Result<(), PlatformError> {
        let gone = Query::delete()
            .from_table("templates")
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("app").eq(app))
            .to_owned();
        match self.database.execute(&gone).await? {
            0 => Err(Errcode::InvalidTemplate.into()),
            _ => Ok(()),
        }
    }

    /// An app's templates, oldest first.
    ///
    /// # Errors
    /// `Database`.
    pub async fn templates(&self, app: &str) -> Result<Vec<Template>, PlatformError> {
        let all = select("templates", ["id", "title", "keys"], [("app", app)])
            .order_by("made", Order::Asc)
            .order_by("id", Order::Asc)
            .to_owned();
        let rows = self.database.fetch(&all).await?;
        rows.iter()
            .map(|row| {
                let keys = serde_json::from_str(&row.get::<String>("keys")?).unwrap_or_default();
                Ok(Template { id: row.get("id")?, title: row.get("title")?, keys })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_of_their_kind() {
        for (key, good, bad) in [
            ("thing1", "二十个字以内的事物可以是任何字符呢", "一二三四五六七八九十一二三四五六七八九十一"),
            ("number2", "12.5", "12a"),
            ("letter3", "abc", "a1"),
            ("character_string4", "A-17", "咖啡"),
            ("amount5", "¥18.00", "free"),
            ("phone_number6", "+86-0766-66888866", "call me"),
            ("phrase7", "已完成", "一二三四五六"),
            ("name8", "王小明", "一二三四五六七八九十一"),
            ("date9", "2026年11月21日 10:00", "tomorrow"),
        ] {
            let keys = vec![TemplateKey { key: key.into(), name: "x".into() }];
            let template = Template { id: String::new(), title: String::new(), keys };
            let data = |value: &str| json!({key: {"value": value}}).as_object().unwrap().clone();
            assert_eq!(template.fill(&data(good)).unwrap(), [("x".to_owned(), good.to_owned())]);
            for value in [bad, ""] {
                let error = template.fill(&data(value)).unwrap_err().to_string();
                assert!(error.contains(&format!("data.{key}.value")), "{key}: {error}");
            }
            assert!(template.fill(&Map::new()).is_err());
        }
        assert!(kind("thing").is_none() && kind("nothing1").is_none());
    }
}
