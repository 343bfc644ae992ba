//! `lodger serve`: the release server.

use crate::{failure::Failure, output::Output};
use lodger_server::{
    kek::Origin,
    serve::{self, Running, Settings},
};
use serde_json::json;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

/// Serves a release repository, and takes signed changes to it
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger serve --data server --listen 127.0.0.1:8484\n\nThe first start prints a token for `lodger repo init http://127.0.0.1:8484 --keys K`. Ends with Ctrl-C."
)]
pub struct Args {
    /// The data folder; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,

    /// postgres://user@host/database; without it, SQLite in the data folder
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,

    /// Where the repository's files are copied to and streams are kept; without it, in the data folder
    #[arg(long, value_name = "URL")]
    objects: Option<String>,

    /// A file with the key-encryption key: 32 bytes in base64, readable by you only; else LODGER_KEK
    #[arg(long, value_name = "FILE")]
    kek_file: Option<PathBuf>,

    /// The certificate chain, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Its private key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Addresses of proxies that end TLS in front of this server; may be given more than once
    #[arg(long, value_name = "CIDR")]
    proxy: Vec<ipnet::IpNet>,

    /// This server's address as devices know it; without it, the address that it listens on
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// Serves until it is told to end.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let settings = Settings {
        data: args.data,
        listen: args.listen,
        database_url: args.database_url,
        objects: args.objects,
        kek_file: args.kek_file,
        tls: args.tls_cert.zip(args.tls_key),
        proxies: args.proxy,
        public_url: args.public_url,
    };
    let broken = |error: std::io::Error| Failure::Input(format!("cannot start input and output: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        let data = settings.data.clone();
        let log = Arc::new(|line: &str| anstream::eprintln!("{} {line}", jiff::Timestamp::now()));
        let running = serve::start(settings, log).await.map_err(|error| Failure::Input(error.to_string()))?;
        tell(&running, &data, output).await?;
        told_to_end().await.map_err(broken)?;
        output.note("ending");
        running.stop().await;
        Ok(())
    })
}

async fn tell(running: &Running, data: &std::path::Path, output: &Output) -> Result<(), Failure> {
    let token = running.publishing().bootstrap_token().await;
    let token = token.map_err(|error| Failure::Input(error.to_string()))?;
    let kek = match running.origin() {
        Origin::Given => None,
        Origin::Own(path) => Some(path.display().to_string()),
    };
    let url = running.url();
    let value = json!({
        "ok": true, "url": url, "data": data, "database": running.database(),
        "development": kek.is_some(), "kek": kek, "bootstrap_token": token,
    });
    let mut text = format!("{url} serves {} ({})", data.display(), running.database());
    if let Some(kek) = kek {
        text += &format!(
            "\nfor development: the key-encryption key is in {kek}, which others on the network must not reach"
        );
    }
    if let Some(token) = token {
        text += &format!(
            "\nthere is no repository yet; make one with\n  LODGER_BOOTSTRAP_TOKEN={token} lodger repo init {url} --keys K"
        );
    }
    output.event(&value, text);
    Ok(())
}

/// Ctrl-C, or what service managers send.
async fn told_to_end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
