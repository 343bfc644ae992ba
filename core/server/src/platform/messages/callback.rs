//! What users do, told to the app's back end at the address that it registered: signed, encrypted where it wants, and
//! tried again while it does not answer. A row for each, so that nothing is lost when a process ends.

use super::{
    super::{
        Platform, PlatformError, apps,
        rows::{insert, random, select},
    },
    crypt::{Envelope, signature},
};
use crate::database::{Row, Transaction};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Seconds between one try and the next; WeChat tries three times.
const PAUSES: [i64; 2] = [5, 5];
/// Seconds that a process has for one try, the request's own five among them.
const LEASE: i64 = 30;
/// Rows that one round takes.
const ROUND: u64 = 20;

/// Encryption of messages to the back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Signed only.
    Plain,
    /// Both the text and its encryption.
    Compatible,
    /// Encrypted only.
    Encrypted,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/xml`.
    Xml,
}

/// An app's address for messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Where to; https, of the public Internet.
    pub url: String,
    /// `Token`: 3 to 32 letters and digits.
    #[serde(skip_serializing)]
    pub token: String,
    /// `EncodingAESKey`: 43 characters.
    #[serde(skip_serializing)]
    pub key: String,
    /// Encryption.
    pub mode: Mode,
    /// How messages are written.
    pub format: Format,
}

/// What a user did.
pub(super) enum Event {
    Entered { from: String },
    Wrote { text: String, id: String },
}

impl Platform {
    /// Registers an app's address, after the back end there has shown that it knows the token.
    ///
    /// # Errors
    /// `Refused` says what is wrong; `Database`, `Kek`, `Random`.
    pub async fn set_callback(&self, app: &str, callback: &Callback) -> Result<(), PlatformError> {
        let refused = |what: &str| Err(PlatformError::Refused(what.to_owned()));
        if self.database.first(&select("apps", ["id"], [("id", app)])).await?.is_none() {
            return Err(apps::unknown(app));
        }
        let token = &callback.token;
        if !(3..=32).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return refused("the token has 3 to 32 letters and digits");
        }
        if Envelope::new(&callback.key, app).is_none() {
            return refused("the key is 43 characters of base64 (EncodingAESKey)");
        }
        if !self.outgoing.allows(&callback.url) {
            return refused("the address must be https and of the public Internet");
        }
        let echo = random(16)?;
        let query = self.signed(callback, &[("echostr", &echo)])?;
        match self.outgoing.get(&with_query(&callback.url, &query)).await {
            Ok(answer) if answer.status == 200 && answer.body.trim_ascii() == echo.as_bytes() => {}
            Ok(_) => return refused("the address did not answer with echostr; does it know the token?"),
            Err(error) => return Err(PlatformError::Refused(error.to_string())),
        }
        let sealed = serde_json::to_vec(&json!({
            "url": callback.url, "token": callback.token, "key": callback.key, "mode": callback.mode,
            "format": callback.format,
        }));
        let sealed =
            self.kek.seal(&format!("callback {app}"), &sealed.map_err(|_| PlatformError::Random)?)?;
        let row = insert("callbacks", [("app", app.into()), ("sealed", sealed.into())])
            .on_conflict(OnConflict::column("app").update_column("sealed").to_owned())
            .to_owned();
        self.database.execute(&row).await?;
        Ok(())
    }

    async fn callback(&self, app: &str) -> Result<Option<Callback>, PlatformError> {
        let row = self.database.first(&select("callbacks", ["sealed"], [("app", app)])).await?;
        let Some(row) = row else { return Ok(None) };
        let opened = self.kek.open(&format!("callback {app}"), &row.get::<Vec<u8>>("sealed")?)?;
        Ok(serde_json::from_slice(&opened).ok())
    }

    /// Writes down that the back end is to be told, if it wants to be.
    pub(super) async fn notify(
        &self,
        transaction: &mut Transaction,
        app: &str,
        openid: &str,
        event: &Event,
    ) -> Result<(), PlatformError> {
        if transaction.fetch(&select("callbacks", ["app"], [("app", app)])).await?.is_empty() {
            return Ok(());
        }
        let id = random(12)?;
        let mut body = json!({"ToUserName": app, "FromUserName": openid, "CreateTime": self.now()});
        match event {
            Event::Entered { from } => {
                body["MsgType"] = "event".into();
                body["Event"] = "user_enter_tempsession".into();
                body["SessionFrom"] = from.as_str().into();
            }
            Event::Wrote { text, id } => {
                body["MsgType"] = "text".into();
                body["Content"] = text.as_str().into();
                // A number, as in WeChat's messages: back ends leave out what they saw by it.
                let digest = super::super::rows::digest(id);
                let number = u64::from_str_radix(&digest[..13], 16).unwrap_or(0);
                body["MsgId"] = number.into();
            }
        }
        let sealed = self.kek.seal(&format!("outbox {id}"), body.to_string().as_bytes())?;
        let row = insert(
            "outbox",
            [
                ("id", id.into()),
                ("app", app.into()),
                ("openid", openid.into()),
                ("sealed", sealed.into()),
                ("due", self.now().into()),
                ("tries", 0_i64.into()),
            ],
        );
        transaction.execute(&row).await?;
        Ok(())
    }

    /// Tells back ends what is due; how many were told. To be called every few seconds, by any process.
    ///
    /// # Errors
    /// `Database`, `Kek`.
    pub async fn deliver(&self) -> Result<usize, PlatformError> {
        let now = self.now();
        let due = select("outbox", ["id", "app", "openid", "sealed", "due", "tries"], [])
            .and_where(Expr::col("due").lte(now))
            .order_by("due", Order::Asc)
            .limit(ROUND)
            .to_owned();
        let mut told = 0;
        for row in self.database.fetch(&due).await? {
            let (id, was): (String, i64) = (row.get("id")?, row.get("due")?);
            // Whoever moves the time on has it until then.
            let lease = Query::update()
                .table("outbox")
                .value("due", now + LEASE)
                .and_where(Expr::col("id").eq(&*id))
                .and_where(Expr::col("due").eq(was))
                .to_owned();
            if self.database.execute(&lease).await? == 0 {
                continue;
            }
            let done = self.tell(&row).await?;
            let tries: i64 = row.get("tries")?;
            let pause = usize::try_from(tries).ok().and_then(|tries| PAUSES.get(tries));
            match (done, pause) {
                (false, Some(pause)) => {
                    let again = Query::update()
                        .table("outbox")
                        .value("due", now + pause)
                        .value("tries", tries + 1)
                        .and_where(Expr::col("id").eq(&*id))
                        .to_owned();
                    self.database.execute(&again).await?;
                }
                _ => {
                    let gone =
                        Query::delete().from_table("outbox").and_where(Expr::col("id").eq(&*id)).to_owned();
                    self.database.execute(&gone).await?;
                }
            }
            told += usize::from(done);
        }
        Ok(told)
    }

    /// One try; true if the back end took it.
    async fn tell(&self, row: &Row) -> Result<bool, PlatformError> {
        let (id, app, openid): (String, String, String) =
            (row.get("id")?, row.get("app")?, row.get("openid")?);
        let opened = self.kek.open(&format!("outbox {id}"), &row.get::<Vec<u8>>("sealed")?)?;
        let Some(callback) = self.callback(&app).await? else { return Ok(false) };
        let members: Map<String, Value> = serde_json::from_slice(&opened).unwrap_or_default();
        let Some(text) = write(callback.format, &members) else { return Ok(false) };
        let (body, query) = if callback.mode == Mode::Plain {
            (text, self.signed(&callback, &[("openid", &openid)])?)
        } else {
            let sealed = Envelope::new(&callback.key, &app).and_then(|envelope| envelope.seal(&text));
            let Some(sealed) = sealed else { return Ok(false) };
            let mut outer = if callback.mode == Mode::Compatible { members } else { Map::new() };
            outer.insert("ToUserName".into(), app.as_str().into());
            outer.insert("Encrypt".into(), sealed.as_str().into());
            let Some(body) = write(callback.format, &outer) else { return Ok(false) };
            let query = self.signed(&callback, &[("openid", &openid), ("encrypt", &sealed)])?;
            (body, query)
        };
        let kind = match callback.format {
            Format::Json => "application/json",
            Format::Xml => "text/xml",
        };
        let answer = self.outgoing.post(&with_query(&callback.url, &query), kind, body.into_bytes()).await;
        Ok(answer.is_ok_and(|answer| answer.status == 200))
    }

    /// `signature`, `timestamp`, `nonce`, and what else is given; `encrypt` becomes `msg_signature`.
    fn signed(&self, callback: &Callback, more: &[(&str, &str)]) -> Result<String, PlatformError> {
        let (timestamp, nonce) = (self.now().to_string(), random(9)?);
        let plain = signature(&[&callback.token, &timestamp, &nonce]);
        let mut query = reqwest::Url::parse("query:").map_err(|_| PlatformError::Random)?;
        {
            let mut pairs = query.query_pairs_mut();
            pairs.append_pair("signature", &plain);
            pairs.append_pair("timestamp", &timestamp);
            pairs.append_pair("nonce", &nonce);
            for (name, value) in more {
                if *name == "encrypt" {
                    let signed = signature(&[&callback.token, &timestamp, &nonce, value]);
                    pairs.append_pair("encrypt_type", "aes");
                    pairs.append_pair("msg_signature", &signed);
                } else {
                    pairs.append_pair(name, value);
                }
            }
        }
        Ok(query.query().unwrap_or_default().to_owned())
    }
}

fn with_query(url: &str, query: &str) -> String {
    format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' })
}

fn write(format: Format, members: &Map<String, Value>) -> Option<String> {
    if format == Format::Json {
        return serde_json::to_string(members).ok();
    }
    let mut text = String::from("<xml>");
    for (name, value) in members {
        match value {
            Value::Number(number) => text += &format!("<{name}>{number}</{name}>"),
            // A section's end inside of it is written in two sections.
            Value::String(value) => {
                let value = value.replace("]]>", "]]]]><![CDATA[>");
                text += &format!("<{name}><![CDATA[{value}]]></{name}>");
            }
            _ => return None,
        }
    }
    Some(text + "</xml>")
}
