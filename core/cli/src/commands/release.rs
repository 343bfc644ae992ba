//! `lodger release`: what happens to a release after it is published.

mod who;

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, KeyArgs, RepoArg, failure, percent, share},
};
use lodger_server::{
    keys::{Holder, KeyRing},
    repository::{Batch, Change, Listed, Policy, Repository},
};
use serde_json::{Value, json};

/// Lists releases; changes shares, rolls back, revokes, promotes
#[derive(clap::Args)]
#[command(after_help = "Example: lodger release set coffee 1.1.0 --percent 100 --repo releases --keys keys")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

/// What most actions need.
#[derive(clap::Args)]
struct Where {
    /// App id
    app: String,
    #[command(flatten)]
    repo: RepoArg,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Lists releases and where they are offered
    #[command(after_help = "Example: lodger release list coffee --repo releases\n\nNeeds no keys.")]
    List {
        #[command(flatten)]
        at: Where,
    },
    /// Says which release a device gets, by the device's own rule
    #[command(
        after_help = "Example: lodger release who coffee --install-id 4711 --repo releases\nExample: lodger release who coffee --count 10000 --repo releases\n\nNeeds no keys."
    )]
    Who(who::Args),
    /// Changes how a channel offers a release
    #[command(
        after_help = "Example: lodger release set coffee 1.1.0 --percent 50 --policy forced --audience beta --regions CN,SG --repo releases --keys keys"
    )]
    Set(SetArgs),
    /// Takes the newest release out of a channel; the one before it is for everybody
    #[command(after_help = "Example: lodger release rollback coffee --repo releases --keys keys")]
    Rollback {
        #[command(flatten)]
        at: Where,
        /// release or trial
        #[arg(long, default_value = "release")]
        channel: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Says for ever that a release may not run
    #[command(after_help = "Example: lodger release revoke coffee 1.1.0 --repo releases --keys keys")]
    Revoke(VersionArgs),
    /// Says for ever that nothing older than a release may run
    #[command(after_help = "Example: lodger release floor coffee 1.1.0 --repo releases --keys keys")]
    Floor(VersionArgs),
    /// Offers a published release in another channel
    #[command(
        after_help = "Example: lodger release promote coffee 1.1.0 --percent 10 --repo releases --keys keys"
    )]
    Promote {
        #[command(flatten)]
        at: VersionArgs,
        /// The channel to offer it in
        #[arg(long, default_value = "release")]
        channel: String,
        /// How many of the devices get it; two decimals
        #[arg(long, value_name = "P", default_value = "100", value_parser = percent)]
        percent: u32,
    },
}

/// One release, and keys.
#[derive(clap::Args)]
struct VersionArgs {
    /// App id
    app: String,
    /// Version name or code
    #[arg(id = "release", value_name = "VERSION")]
    version: String,
    #[command(flatten)]
    repo: RepoArg,
    #[command(flatten)]
    keys: KeyArgs,
}

#[derive(clap::Args)]
struct SetArgs {
    #[command(flatten)]
    at: VersionArgs,
    /// release or trial
    #[arg(long, default_value = "release")]
    channel: String,
    /// How many of the devices get it; two decimals
    #[arg(long, value_name = "P", value_parser = percent)]
    percent: Option<u32>,
    /// Tags of which a device must have one, with commas; empty for everybody
    #[arg(long, value_delimiter = ',')]
    audience: Option<Vec<String>>,
    /// Regions of which a device must be in one, with commas; empty for everybody
    #[arg(long, value_delimiter = ',')]
    regions: Option<Vec<String>>,
    /// How devices come to newer releases of this channel
    #[arg(long, value_enum)]
    policy: Option<PolicyArg>,
    /// Lowest version that this channel lets run, by name or code
    #[arg(long, value_name = "VERSION")]
    minimum: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum PolicyArg {
    /// Opens what it has, updates behind it
    Background,
    /// The newer one at the next cold start
    NextLaunch,
    /// Does not open an older one
    Forced,
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.action {
        Action::List { at } => list(&at, output),
        Action::Who(args) => who::run(args, output),
        Action::Set(args) => set(args, output),
        Action::Rollback { at, channel, keys } => {
            let open = repository::open_existing(&at.repo.repo)?;
            let ring = keys.ring(&open)?;
            let (batch, from, to) = open.rollback(&ring, &at.app, &channel).map_err(failure)?;
            let value = json!({"ok": true, "app": at.app, "channel": channel, "from": from, "to": to});
            let text = format!("channel {channel} of {} went back from version code {from} to {to}", at.app);
            done((&open, &ring), batch, &value, &text, output)
        }
        Action::Revoke(at) => {
            let (open, ring, code) = find(&at)?;
            let (batch, signed) = open.revoke(&ring, &at.app, code).map_err(failure)?;
            withdrawn(
                (&open, &ring),
                batch,
                &at.app,
                &format!("version {} is revoked", at.version),
                &signed,
                output,
            )
        }
        Action::Floor(at) => {
            let (open, ring, code) = find(&at)?;
            let (batch, signed) = open.raise_floor(&ring, &at.app, code).map_err(failure)?;
            withdrawn(
                (&open, &ring),
                batch,
                &at.app,
                &format!("nothing below {} may run", at.version),
                &signed,
                output,
            )
        }
        Action::Promote { at, channel, percent } => {
            let (open, ring, code) = find(&at)?;
            let batch = open.promote(&ring, &at.app, &channel, code, percent).map_err(failure)?;
            let value =
                json!({"ok": true, "app": at.app, "channel": channel, "code": code, "share": percent});
            let text = format!(
                "{} {} is in channel {channel}, for {} of devices",
                at.app,
                at.version,
                share(percent)
            );
            done((&open, &ring), batch, &value, &text, output)
        }
    }
}

fn set(args: SetArgs, output: &Output) -> Result<(), Failure> {
    let SetArgs { at, channel, percent, audience, regions, policy, minimum } = args;
    if percent.is_none() && audience.is_none() && regions.is_none() && policy.is_none() && minimum.is_none() {
        return Err(Failure::Usage(
            "nothing to set; give --percent, --audience, --regions, --policy or --minimum".into(),
        ));
    }
    let (open, ring, code) = find(&at)?;
    let tidy = |list: Vec<String>| list.into_iter().filter(|one| !one.is_empty()).collect();
    let change = Change {
        share: percent,
        audience: audience.map(tidy),
        regions: regions.map(tidy),
        policy: policy.map(|policy| match policy {
            PolicyArg::Background => Policy::Background,
            PolicyArg::NextLaunch => Policy::NextLaunch,
            PolicyArg::Forced => Policy::Forced,
        }),
        minimum: minimum.map(|version| open.resolve(&at.app, &version)).transpose().map_err(failure)?,
    };
    let batch = open.set(&ring, &at.app, &channel, code, change).map_err(failure)?;
    let value = json!({"ok": true, "app": at.app, "channel": channel, "code": code});
    let text = format!("channel {channel} of {} offers {} as you said", at.app, at.version);
    done((&open, &ring), batch, &value, &text, output)
}

fn find(at: &VersionArgs) -> Result<(Repository, KeyRing, u64), Failure> {
    let open = repository::open_existing(&at.repo.repo)?;
    let code = open.resolve(&at.app, &at.version).map_err(failure)?;
    let ring = at.keys.ring(&open)?;
    Ok((open, ring, code))
}

fn done(
    at: (&Repository, &KeyRing),
    batch: Batch,
    value: &Value,
    text: &str,
    output: &Output,
) -> Result<(), Failure> {
    at.0.commit_with(at.1, batch).map_err(failure)?;
    output.result(value, text);
    Ok(())
}

/// Says who signed: with the server's key alone, a new channel key would forget it.
fn withdrawn(
    at: (&Repository, &KeyRing),
    batch: Batch,
    app: &str,
    what: &str,
    signed: &[Holder],
    output: &Output,
) -> Result<(), Failure> {
    let names: Vec<_> = signed.iter().map(|holder| holder.name()).collect();
    let value = json!({"ok": true, "app": app, "signed": names});
    let lasting = signed.iter().any(|holder| *holder != Holder::Server);
    done(at, batch, &value, &format!("{app}: {what}; signed by {}", names.join(", ")), output)?;
    if !lasting {
        output.warn("only the channel says so, until its key is rotated; do it again with the reviewer's or publisher's keys");
    }
    Ok(())
}

fn list(at: &Where, output: &Output) -> Result<(), Failure> {
    let open = repository::open_existing(&at.repo.repo)?;
    let listed = open.list(&at.app).map_err(failure)?;
    let channels = open.channels(&at.app).map_err(failure)?;
    let mut text: Vec<_> = listed.iter().map(line).collect();
    if text.is_empty() {
        text.push(format!("nothing of {} is published yet", at.app));
    }
    for (name, channel) in channels.iter().filter(|(_, channel)| !channel.releases.is_empty()) {
        let policy = serde_json::to_value(channel.policy).unwrap_or_default();
        let minimum = match channel.minimum {
            0 => String::new(),
            code => format!(", nothing below code {code}"),
        };
        text.push(format!("channel {name}: {}{minimum}", policy.as_str().unwrap_or_default()));
    }
    let text = text.join("\n");
    output.result(&json!({"ok": true, "app": at.app, "releases": listed, "channels": channels}), text);
    Ok(())
}

fn line(one: &Listed) -> String {
    let offers = one.offers.iter().map(|(channel, offer)| {
        let limits = [("audience", &offer.audience), ("regions", &offer.regions)];
        let limits = limits.iter().filter(|(_, list)| !list.is_empty());
        let limits: String = limits.map(|(what, list)| format!(", {what} {}", list.join(" "))).collect();
        format!("{channel} {}{limits}", share(offer.share))
    });
    let marks = [(one.revoked, "revoked"), (one.below_floor, "below the floor")];
    let marks = marks.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned());
    let rest: Vec<_> = offers.chain(marks).collect();
    format!("{:<16} {:>5}  {}", one.name, one.code, rest.join("; ")).trim_end().to_owned()
}
