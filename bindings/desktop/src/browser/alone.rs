//! The console of a window: the developer's page without the phone, on 127.0.0.1, once somebody wants it.
use super::{
    acts::Act,
    door::Door,
    feed::Feed,
    questions::Questions,
    reply::{Reply, refusal},
    shared::package,
    tools::{self, Bench},
};
use crate::{Error, Program, event::Report, shell::Card};
use async_trait::async_trait;
use hyper::{Request, StatusCode, body::Incoming, header, service::service_fn};
use hyper_util::rt::TokioIo;
use lodger_bundle::Index;
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Sends a `dev` command with a number to the window.
type Ask = dyn Fn(u64, Value) -> Result<(), Error> + Send + Sync;

/// What a window's console knows. Clones are the same console; any thread.
#[derive(Clone)]
pub(crate) struct Alone(Arc<Inner>);

struct Inner {
    door: Door,
    feed: Feed,
    questions: Questions,
    ask: Box<Ask>,
    /// The program that was opened last, and its session's number.
    opened: Mutex<Option<(Program, u32)>>,
    /// The server's address, once it stands.
    serving: Mutex<Option<(Runtime, String)>>,
}

impl Alone {
    pub(crate) fn new(
        ask: impl Fn(u64, Value) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner {
            door: Door::new()?,
            feed: Feed::default(),
            questions: Questions::default(),
            ask: Box::new(ask),
            opened: Mutex::default(),
            serving: Mutex::default(),
        })))
    }

    /// Takes a report; false if it was an answer to the console and concerns nobody else.
    pub(crate) fn heard(&self, report: &Report, program: Option<&Program>) -> bool {
        if self.0.questions.answered(&report.event) {
            return false;
        }
        if let Some(program) = program {
            *self.0.opened() = Some((program.clone(), report.session));
        }
        self.0.feed.push(report.clone());
        true
    }

    /// Where the console is; it is served from the first time on.
    pub(crate) fn address(&self) -> Result<String, Error> {
        let mut serving = self.0.serving.lock().expect("no code panics while it holds the server");
        if let Some((_, address)) = &*serving {
            return Ok(address.clone());
        }
        let starting = "Starting the console";
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Error::process(starting))?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .map_err(Error::process(starting))?;
        let origin = format!("http://{}", listener.local_addr().map_err(Error::process(starting))?);
        // Weak, or the server would keep itself.
        let inner = Arc::downgrade(&self.0);
        let own = origin.clone();
        runtime.spawn(async move {
            loop {
                // An error here is of one connection, or of too many: the next may do.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (inner, own) = (inner.clone(), own.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let (inner, own) = (inner.clone(), own.clone());
                        async move {
                            Ok::<_, Infallible>(match inner.upgrade() {
                                Some(inner) => serve(&inner, request, &own).await,
                                None => refusal(StatusCode::NOT_FOUND, "The window has gone."),
                            })
                        }
                    });
                    // The webview breaks connections off as it pleases.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        let address = format!("{origin}/?console&token={}", self.0.door.token);
        *serving = Some((runtime, address.clone()));
        Ok(address)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last clone may go on one of its own threads, where waiting for them is not allowed.
        if let Ok(Some((runtime, _))) = self.serving.get_mut().map(Option::take) {
            runtime.shutdown_background();
        }
    }
}

impl Inner {
    fn opened(&self) -> MutexGuard<'_, Option<(Program, u32)>> {
        self.opened.lock().expect("no code panics while it holds the program")
    }
}

/// What the page names of a build.
fn card(index: &Index) -> Card {
    let name = index.app.clone();
    Card { id: name.clone(), name, version: index.version.name.clone(), ..Card::default() }
}

async fn serve(inner: &Arc<Inner>, request: Request<Incoming>, own: &str) -> Reply {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().map(header::HeaderValue::as_bytes);
    if host != own.strip_prefix("http://").map(str::as_bytes) || named.next().is_some() {
        return refusal(StatusCode::MISDIRECTED_REQUEST, "This server does not serve that host.");
    }
    tools::serve(inner, &inner.door, request, own, "").await
}

#[async_trait]
impl Bench for Arc<Inner> {
    fn feed(&self) -> &Feed {
        &self.feed
    }

    fn state(&self) -> Value {
        let opened = self.opened();
        let program = opened.as_ref().map(|(program, _)| &program.bundle);
        let card = program.map(|bundle| card(&bundle.index)).unwrap_or_default();
        json!({
            "session": opened.as_ref().map_or(0, |(_, number)| *number),
            "running": program.is_some(),
            "program": card,
            "pages": program.map(|bundle| &bundle.index.pages),
            "packages": program.map(|bundle| bundle.index.packages.iter().map(package).collect::<Vec<_>>()),
        })
    }

    async fn act(&self, act: Act) -> Result<Value, String> {
        match act {
            Act::Dev { command } => {
                let send = |id| (self.ask)(id, command).map_err(|error| error.to_string());
                self.questions.ask(send).await
            }
            _ => Err("A window has its own tools for this.".to_owned()),
        }
    }
}
