//! The platform's tables. Times are seconds since 1970; secrets are digests, or sealed with the row's id.

use crate::database::schema::{bytes, number, text};
use sea_query::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn maybe(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

fn maybe_bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().to_owned()
}

fn index<const N: usize>(
    name: &'static str,
    table: &'static str,
    columns: [&'static str; N],
) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(column);
    }
    index
}

/// Apps, hosts, users and their devices; codes, sessions and access tokens.
pub(crate) fn identity() -> Vec<TableCreateStatement> {
    vec![
        table("apps")
            .col(text("id").primary_key())
            .col(text("folded").unique_key())
            .col(maybe("owner"))
            .col(text("secret"))
            .col(number("made"))
            .col(number("forced_day"))
            .col(number("forced_count"))
            .col(number("forced_at"))
            .to_owned(),
        table("hosts")
            .col(text("id").primary_key())
            .col(text("issuer").unique_key())
            .col(text("form"))
            .col(text("audience"))
            .col(maybe("jwks_url"))
            .col(maybe("jwks"))
            .col(maybe("introspection"))
            .col(maybe("client"))
            .col(maybe_bytes("client_secret"))
            .to_owned(),
        table("users")
            .col(text("host"))
            .col(text("subject"))
            .col(maybe_bytes("phone"))
            .col(number("blocked"))
            .primary_key(Index::create().col("host").col("subject"))
            .to_owned(),
        table("openids")
            .col(text("app"))
            .col(text("host"))
            .col(text("subject"))
            .col(text("openid").unique_key())
            .primary_key(Index::create().col("app").col("host").col("subject"))
            .to_owned(),
        table("unionids")
            .col(text("owner"))
            .col(text("host"))
            .col(text("subject"))
            .col(text("unionid").unique_key())
            .primary_key(Index::create().col("owner").col("host").col("subject"))
            .to_owned(),
        table("devices")
            .col(text("login").primary_key())
            .col(text("id").unique_key())
            .col(text("host"))
            .col(text("subject"))
            .col(text("protection"))
            .col(maybe("attestation"))
            .col(maybe("pay").unique_key())
            .col(maybe("pay_jwk"))
            .col(maybe("pay_protection"))
            .col(maybe("pay_attestation"))
            .col(number("made"))
            .col(number("retired"))
            .to_owned(),
        table("codes")
            .col(text("digest").primary_key())
            .col(text("app"))
            .col(text("purpose"))
            .col(text("openid"))
            .col(text("device"))
            .col(text("release"))
            .col(text("session"))
            .col(number("expires"))
            .col(number("used"))
            .to_owned(),
        table("sessions")
            .col(text("app"))
            .col(text("openid"))
            .col(bytes("sealed"))
            .col(text("device"))
            .col(number("expires"))
            .primary_key(Index::create().col("app").col("openid"))
            .to_owned(),
        table("access_tokens")
            .col(text("digest").primary_key())
            .col(text("app"))
            .col(text("kind"))
            .col(maybe_bytes("sealed"))
            .col(number("expires"))
            .to_owned(),
    ]
}

pub(crate) fn identity_indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("codes_expires", "codes", ["expires"]),
        index("codes_device", "codes", ["device"]),
        index("sessions_device", "sessions", ["device"]),
        index("sessions_expires", "sessions", ["expires"]),
        index("access_tokens_app", "access_tokens", ["app", "kind"]),
        index("access_tokens_expires", "access_tokens", ["expires"]),
        index("devices_user", "devices", ["host", "subject"]),
    ]
}

/// Templates, subscriptions, messages, chats, callbacks, links.
pub(crate) fn messages() -> Vec<TableCreateStatement> {
    vec![
        table("templates")
            .col(text("id").primary_key())
            .col(text("app"))
            .col(text("title"))
            .col(text("keys"))
            .col(number("made"))
            .to_owned(),
        table("subscriptions")
            .col(text("app"))
            .col(text("openid"))
            .col(text("template"))
            .col(number("accepts"))
            .primary_key(Index::create().col("app").col("openid").col("template"))
            .to_owned(),
        table("messages")
            .col(text("id").primary_key())
            .col(text("app"))
            .col(text("openid"))
            .col(text("host"))
            .col(text("subject"))
            .col(text("kind"))
            .col(number("made"))
            .col(number("read"))
            .col(bytes("sealed"))
            .to_owned(),
        table("chats")
            .col(text("app"))
            .col(text("openid"))
            .col(number("wrote_at"))
            .col(number("wrote_left"))
            .col(number("entered_at"))
            .col(number("entered_left"))
            .primary_key(Index::create().col("app").col("openid"))
            .to_owned(),
        table("callbacks").col(text("app").primary_key()).col(bytes("sealed")).to_owned(),
        table("outbox")
            .col(text("id").primary_key())
            .col(text("app"))
            .col(text("openid"))
            .col(bytes("sealed"))
            .col(number("due"))
            .col(number("tries"))
            .to_owned(),
        table("links")
            .col(text("id").primary_key())
            .col(text("app"))
            .col(text("path"))
            .col(text("query"))
            .col(text("version"))
            .col(number("made"))
            .col(number("expires"))
            .to_owned(),
    ]
}

pub(crate) fn messages_indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("templates_app", "templates", ["app"]),
        index("messages_user", "messages", ["host", "subject", "made"]),
        index("outbox_due", "outbox", ["due"]),
        index("links_expires", "links", ["expires"]),
    ]
}
