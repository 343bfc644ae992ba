//! `lodger admin`: what the owner of a server's data folder asks of it.

use crate::{failure::Failure, output::Output};
use lodger_server::{
    admin::{Admin, AdminError, Keys},
    platform::{
        Form, Host, Introspection,
        admin::Command,
        messages::{Format, Mode, TemplateKey},
    },
    publishing::audit::Entry,
};
use serde_json::Value;
use std::path::PathBuf;

/// Asks a running server, or its data if none runs, what only its owner may ask
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger admin app create coffee --data server\n\nTalks to the server that runs in the folder; if none does, opens its database."
)]
pub struct Args {
    /// The server's data folder
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    data: PathBuf,

    /// As for `lodger serve`, if no server runs in the folder
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,

    /// As for `lodger serve`, if no server runs in the folder
    #[arg(long, global = true, value_name = "URL")]
    objects: Option<String>,

    /// As for `lodger serve`, if no server runs in the folder
    #[arg(long, global = true, value_name = "FILE")]
    kek_file: Option<PathBuf>,

    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Apps and their secrets
    #[command(subcommand)]
    App(App),
    /// Hosts: whose word on users counts
    #[command(subcommand)]
    Host(HostCommand),
    /// Users
    #[command(subcommand)]
    User(User),
    /// Templates of subscription messages
    #[command(subcommand)]
    Template(Template),
    /// Prints who changed what, and checks that no row is missing or was changed
    #[command(
        after_help = "Example: lodger admin audit --data server --after 120 --json\n\nWith --json a row is a line."
    )]
    Audit {
        /// Only rows after the one with this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
    },
    /// After the server's data was put back from a backup: signs all that it signs above what devices have seen
    #[command(
        after_help = "Example: lodger admin recover --data server\n\nThen whoever holds other keys: lodger repo recover https://… --keys keys"
    )]
    Recover,
    /// Sets up what a back end's tests need; development data only
    #[command(after_help = "Example: lodger admin fixture --data server --json")]
    Fixture {
        /// App id
        #[arg(long, default_value = "coffee")]
        app: String,
    },
}

#[derive(clap::Subcommand)]
enum App {
    /// Makes an app and shows its secret, once
    #[command(after_help = "Example: lodger admin app create coffee --owner roaster --data server")]
    Create {
        /// App id
        app: String,
        /// Programs of one owner know a user by one unionid
        #[arg(long)]
        owner: Option<String>,
    },
    /// Makes a new secret; the old one and its access tokens end at once
    #[command(after_help = "Example: lodger admin app rotate coffee --data server")]
    Rotate {
        /// App id
        app: String,
    },
    /// Changes an app's owner; without one, takes it away
    #[command(after_help = "Example: lodger admin app owner coffee roaster --data server")]
    Owner {
        /// App id
        app: String,
        /// The owner
        owner: Option<String>,
    },
    /// Says where an app's back end is told what users write
    #[command(
        after_help = "Example: lodger admin app callback coffee https://example.com/wx --token Token --key KEY --data server"
    )]
    Callback {
        /// App id
        app: String,
        /// Address
        url: String,
        /// Token
        #[arg(long)]
        token: String,
        /// EncodingAESKey: 43 characters
        #[arg(long)]
        key: String,
        /// plain, compatible or encrypted
        #[arg(long, default_value = "encrypted", value_parser = read::<Mode>)]
        mode: Mode,
        /// json or xml
        #[arg(long, default_value = "json", value_parser = read::<Format>)]
        format: Format,
    },
    /// Lists all apps
    #[command(after_help = "Example: lodger admin app list --data server")]
    List,
}

#[derive(clap::Subcommand)]
enum HostCommand {
    /// Registers a host, or changes it
    #[command(
        after_help = "Example: lodger admin host put bank --issuer https://bank.example --form assertion --audience https://lodger.bank.example --jwks-url https://bank.example/jwks --data server"
    )]
    Put {
        /// The name for it
        id: String,
        /// `iss` of its tokens
        #[arg(long)]
        issuer: String,
        /// assertion or access-token
        #[arg(long, value_parser = read::<Form>)]
        form: Form,
        /// `aud` of its tokens
        #[arg(long)]
        audience: String,
        /// Where its keys are
        #[arg(long)]
        jwks_url: Option<String>,
        /// Its keys, a JWK set in a file
        #[arg(long, value_name = "FILE", conflicts_with = "jwks_url")]
        jwks: Option<PathBuf>,
        /// For tokens that are no JWTs: where to ask (RFC 7662); the secret comes from LODGER_INTROSPECTION_SECRET
        #[arg(long, requires = "client", conflicts_with_all = ["jwks", "jwks_url"])]
        introspection: Option<String>,
        /// This server's name there
        #[arg(long)]
        client: Option<String>,
    },
    /// Takes a host away
    #[command(after_help = "Example: lodger admin host remove bank --data server")]
    Remove {
        /// Its name
        id: String,
    },
    /// Lists all hosts
    #[command(after_help = "Example: lodger admin host list --data server")]
    List,
}

#[derive(clap::Subcommand)]
enum User {
    /// Says what is known of a user
    #[command(after_help = "Example: lodger admin user set bank u123 --phone +8613800138000 --data server")]
    Set {
        /// The host's name
        host: String,
        /// The user, as the host calls it
        subject: String,
        /// With the country's code
        #[arg(long)]
        phone: Option<String>,
        /// Whether logins are refused (40226)
        #[arg(long)]
        blocked: Option<bool>,
    },
}

#[derive(clap::Subcommand)]
enum Template {
    /// Gives an app a template
    #[command(
        after_help = "Example: lodger admin template add coffee \"Order ready\" thing1=Drink time2=Since --data server"
    )]
    Add {
        /// App id
        app: String,
        /// What the user agrees to
        title: String,
        /// Values: a kind with a number, and the name that stands before it
        #[arg(required = true, value_parser = key)]
        keys: Vec<TemplateKey>,
    },
    /// Takes a template away
    #[command(after_help = "Example: lodger admin template remove coffee ID --data server")]
    Remove {
        /// App id
        app: String,
        /// Template id
        id: String,
    },
    /// Lists an app's templates
    #[command(after_help = "Example: lodger admin template list coffee --data server")]
    List {
        /// App id
        app: String,
    },
}

/// A word of a protocol's list.
fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.to_owned())).map_err(|error| error.to_string())
}

fn key(text: &str) -> Result<TemplateKey, String> {
    let (key, name) = text.split_once('=').ok_or("write it as thing1=Drink")?;
    Ok(TemplateKey { key: key.to_owned(), name: name.to_owned() })
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let keys = Keys { kek_file: args.kek_file, objects: args.objects };
    let broken = |error: std::io::Error| Failure::Input(format!("cannot start input and output: {error}"));
    // The data of a repository is read on other threads than the one that waits for it.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        let admin = Admin::open(&args.data, args.database_url.as_deref()).await.map_err(failure)?;
        let done = match args.what {
            What::Audit { after } => audit(&admin, after, output).await,
            what => administer(&admin, what, &keys, output).await,
        };
        admin.close().await;
        done
    })
}

async fn administer(admin: &Admin, what: What, keys: &Keys, output: &Output) -> Result<(), Failure> {
    let Some(command) = command(what)? else { return Ok(()) };
    let done = admin.administer(&command, keys).await.map_err(failure)?;
    output.result(&done, lines(&done, "").trim_end());
    Ok(())
}

async fn audit(admin: &Admin, mut after: i64, output: &Output) -> Result<(), Failure> {
    loop {
        let page = admin.audit(after).await.map_err(failure)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number;
        for entry in &page {
            output.event(entry, line(entry));
        }
    }
}

fn line(entry: &Entry) -> String {
    let Entry { number, time, request, who, what, subject, outcome, .. } = entry;
    let time = jiff::Timestamp::from_second(*time).map_or_else(|_| time.to_string(), |time| time.to_string());
    let who: String = who.chars().take(16).collect();
    format!("{number:>6}  {time}  {what:<8} {outcome:<12} {who:<16} {request:<16} {subject}")
        .trim_end()
        .into()
}

/// For `map_err`.
fn failure(error: AdminError) -> Failure {
    Failure::Input(error.to_string())
}

/// None for what is no command of the platform.
fn command(what: What) -> Result<Option<Command>, Failure> {
    Ok(Some(match what {
        What::Audit { .. } => return Ok(None),
        What::App(App::Create { app, owner }) => Command::AppCreate { app, owner },
        What::App(App::Rotate { app }) => Command::AppRotate { app },
        What::App(App::Owner { app, owner }) => Command::AppOwner { app, owner },
        What::App(App::Callback { app, url, token, key, mode, format }) => {
            Command::CallbackSet { app, url, token, key, mode, format }
        }
        What::App(App::List) => Command::AppList,
        What::Host(HostCommand::Put {
            id,
            issuer,
            form,
            audience,
            jwks_url,
            jwks,
            introspection,
            client,
        }) => {
            let jwks = jwks.map(|path| {
                std::fs::read_to_string(&path)
                    .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
            });
            let secret = || std::env::var("LODGER_INTROSPECTION_SECRET").unwrap_or_default();
            let introspection = introspection.zip(client).map(|(url, client)| Introspection {
                url,
                client,
                secret: secret(),
            });
            Command::HostPut(Host {
                id,
                issuer,
                form,
                audience,
                jwks_url,
                jwks: jwks.transpose()?,
                introspection,
            })
        }
        What::Host(HostCommand::Remove { id }) => Command::HostRemove { id },
        What::Host(HostCommand::List) => Command::HostList,
        What::User(User::Set { host, subject, phone, blocked }) => {
            Command::UserSet { host, subject, phone, blocked }
        }
        What::Template(Template::Add { app, title, keys }) => Command::TemplateAdd { app, title, keys },
        What::Template(Template::Remove { app, id }) => Command::TemplateRemove { app, id },
        What::Template(Template::List { app }) => Command::TemplateList { app },
        What::Recover => Command::Recover,
        What::Fixture { app } => Command::Fixture { app },
    }))
}

/// For people: a line for each value.
fn lines(value: &Value, before: &str) -> String {
    let nested = |name: &str, value: &Value| match value {
        Value::Object(_) | Value::Array(_) => {
            format!("{before}{name}\n{}", lines(value, &format!("{before}  ")))
        }
        Value::String(text) => format!("{before}{name}  {text}\n"),
        other => format!("{before}{name}  {other}\n"),
    };
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| nested(name, value))
            .collect(),
        Value::Array(all) => all.iter().map(|one| nested("-", one)).collect(),
        other => other.to_string(),
    }
}
