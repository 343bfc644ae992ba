//! Against a host's HTTP that is told what to answer, on a clock that jumps to the next thing to wait for.
use super::*;
use crate::HttpResponse;
use std::sync::Mutex;

/// What the server does with one request.
#[derive(Clone)]
enum Step {
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Head and some bytes, then the connection breaks.
    Breaks(u16, Vec<(&'static str, String)>, Vec<u8>),
    Fails(HttpError),
    /// A byte now and then, for ever.
    Drips,
    Silence,
}

/// Takes the steps one by one; the last again and again.
struct Server {
    steps: Mutex<Vec<Step>>,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Server {
    fn header(&self, request: usize, name: &str) -> Option<String> {
        let asked = self.asked.lock().expect("not poisoned");
        let headers = &asked[request].headers;
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn count(&self) -> usize {
        self.asked.lock().expect("not poisoned").len()
    }
}

#[async_trait]
impl PlatformHttp for Server {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        unreachable!("files are streamed")
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        self.asked.lock().expect("not poisoned").push(request);
        let step = {
            let mut steps = self.steps.lock().expect("not poisoned");
            if steps.len() > 1 { steps.remove(0) } else { steps[0].clone() }
        };
        let owned = |headers: Vec<(&str, String)>| {
            headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        match step {
            Step::Fails(error) => Err(error),
            Step::Silence => std::future::pending().await,
            Step::Drips => {
                observer.head(200, Vec::new()).await;
                while observer.body(vec![0]).await {
                    sleep(IDLE / 2).await;
                }
                Ok(())
            }
            Step::Answer(status, headers, body) => {
                if observer.head(status, owned(headers)).await {
                    for piece in body.chunks(3) {
                        if !observer.body(piece.to_vec()).await {
                            break;
                        }
                    }
                }
                Ok(())
            }
            Step::Breaks(status, headers, body) => {
                if observer.head(status, owned(headers)).await {
                    observer.body(body).await;
                }
                Err(HttpError::Other("broken".into()))
            }
        }
    }
}

#[derive(Default)]
struct Kept {
    started: Option<(u64, Option<u64>)>,
    bytes: Vec<u8>,
    wants: Option<usize>,
}

impl Sink for Kept {
    fn start(&mut self, offset: u64, length: Option<u64>) -> bool {
        assert!(self.started.replace((offset, length)).is_none(), "told once");
        true
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        self.wants.is_none_or(|wants| self.bytes.len() < wants)
    }
}

struct World {
    server: Arc<Server>,
    cancel: Cancel,
    sink: Kept,
}

impl World {
    fn new(steps: &[Step]) -> Self {
        let server = Server { steps: Mutex::new(steps.to_vec()), asked: Mutex::default() };
        Self { server: Arc::new(server), cancel: Cancel::default(), sink: Kept::default() }
    }

    async fn read(
        &mut self,
        path: &str,
        from: u64,
        limit: u64,
        patient: bool,
    ) -> Result<Option<()>, FetchError> {
        let (http, cancel) = (self.server.clone(), self.cancel.clone());
        let fetch = RepositoryFetch::new(http, "https://r.example/repo", cancel, patient, Handle::current());
        fetch.read_async(path, from, limit, &mut self.sink).await
    }

    async fn get(&mut self) -> Result<Option<()>, FetchError> {
        self.read("apps/coffee/s/0.zst", 0, 100, true).await
    }
}

fn ok(body: &[u8]) -> Step {
    Step::Answer(200, Vec::new(), body.to_vec())
}

fn status(status: u16) -> Step {
    Step::Answer(status, Vec::new(), Vec::new())
}

fn range(from: usize, body: &[u8]) -> Step {
    let value = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
    Step::Answer(206, vec![("content-range", value), ("etag", "\"a\"".into())], body[from..].to_vec())
}

fn unreachable_by(answer: Result<Option<()>, FetchError>) -> String {
    match answer {
        Err(FetchError::Unreachable(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_comes_in_pieces() {
    let mut world =
        World::new(&[Step::Answer(200, vec![("content-length", "7".into())], b"content".to_vec())]);
    assert_eq!(world.get().await, Ok(Some(())));
    assert_eq!((world.sink.started, world.sink.bytes.as_slice()), (Some((0, Some(7))), &b"content"[..]));
    let asked = world.server.asked.lock().expect("not poisoned")[0].clone();
    assert_eq!(asked.url, "https://r.example/repo/apps/coffee/s/0.zst");
    assert_eq!(asked.headers, [("Accept-Encoding".to_owned(), "identity".to_owned())]);
    assert_eq!((asked.method.as_str(), asked.max_body, asked.timeout), ("GET", 100, LARGE));
}

#[tokio::test(start_paused = true)]
async fn only_the_timestamp_is_asked_for_past_caches() {
    for (path, wanted) in
        [("platform/metadata/timestamp.json", Some("no-cache")), ("platform/metadata/2.root.json", None)]
    {
        let mut world = World::new(&[ok(b"{}")]);
        world.read(path, 0, 100, true).await.expect("comes");
        assert_eq!(world.server.header(0, "Cache-Control").as_deref(), wanted);
        assert_eq!(world.server.asked.lock().expect("not poisoned")[0].timeout, SMALL);
    }
}

#[tokio::test(start_paused = true)]
async fn names_lead_nowhere_else() {
    for path in ["", "a//b", "../a", "a/../../b", "/a", "a?b", "a#b", "a\\b", "a b", "a%2e", "http://x/"] {
        let mut world = World::new(&[ok(b"")]);
        unreachable_by(world.read(path, 0, 100, true).await);
        assert_eq!(world.server.count(), 0, "{path:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_such_file() {
    for code in [403, 404, 410] {
        let mut world = World::new(&[status(code)]);
        assert_eq!(world.get().await, Ok(None));
        assert_eq!(world.server.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_captive_portal_is_known_and_not_asked_twice() {
    let html =
        |code| Step::Answer(code, vec![("Content-Type", "Text/HTML; charset=utf-8".into())], b"<p>".to_vec());
    for step in [html(200), status(302), status(307), status(511)] {
        let mut world = World::new(&[step]);
        assert_eq!(world.get().await, Err(FetchError::Portal));
        assert_eq!(world.server.count(), 1);
        assert!(world.sink.started.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_three_times() {
    let offline = Step::Fails(HttpError::Connect("no route".into()));
    for step in [status(503), status(429), status(500), offline, Step::Fails(HttpError::Timeout)] {
        let mut world = World::new(std::slice::from_ref(&step));
        unreachable_by(world.get().await);
        assert_eq!(world.server.count(), 3);
        let mut world = World::new(std::slice::from_ref(&step));
        unreachable_by(world.read("a", 0, 100, false).await);
        assert_eq!(world.server.count(), 1, "where somebody waits, once");
        let mut world = World::new(&[step, ok(b"late")]);
        assert_eq!(world.get().await, Ok(Some(())));
        assert_eq!(world.sink.bytes, b"late");
    }
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_is_not_tried_again() {
    let tls = Step::Fails(HttpError::Tls("expired".into()));
    for step in [status(400), status(401), status(501), status(204), tls] {
        let mut world = World::new(&[step]);
        unreachable_by(world.get().await);
        assert_eq!(world.server.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_patience_gets_a_little() {
    let busy = |seconds: u32| Step::Answer(503, vec![("Retry-After", seconds.to_string())], Vec::new());
    let begun = tokio::time::Instant::now();
    let mut world = World::new(&[busy(5), ok(b"x")]);
    world.get().await.expect("comes");
    assert!(begun.elapsed() >= Duration::from_secs(5));
    let mut world = World::new(&[busy(3_600), ok(b"x")]);
    unreachable_by(world.get().await);
    assert_eq!(world.server.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn endless_and_slow_answers_end() {
    let mut world = World::new(&[ok(&[0; 101])]);
    assert_eq!(world.get().await, Err(FetchError::TooLong));
    assert_eq!(world.server.count(), 1);

    let begun = tokio::time::Instant::now();
    let mut world = World::new(&[Step::Silence]);
    unreachable_by(world.read("a", 0, 100, false).await);
    assert!(begun.elapsed() <= IDLE + Duration::from_secs(1), "idle");

    let begun = tokio::time::Instant::now();
    let mut world = World::new(&[Step::Drips]);
    unreachable_by(world.read("a", 0, 1_000_000, false).await);
    assert!(begun.elapsed() <= SMALL + Duration::from_secs(1), "in all");
}

#[tokio::test(start_paused = true)]
async fn a_kept_part_is_gone_on_with() {
    let mut world = World::new(&[range(4, b"0123456789")]);
    assert_eq!(world.read("a.zst", 4, 100, true).await, Ok(Some(())));
    assert_eq!(world.server.header(0, "Range").as_deref(), Some("bytes=4-"));
    assert_eq!((world.sink.started, world.sink.bytes.as_slice()), (Some((4, Some(10))), &b"456789"[..]));
    // A server that ignores ranges starts over, and says so.
    let mut world = World::new(&[ok(b"0123456789")]);
    assert_eq!(world.read("a.zst", 4, 100, true).await, Ok(Some(())));
    assert_eq!((world.sink.started, world.sink.bytes.len()), (Some((0, None)), 10));
    // A part that is longer than the file is none of it.
    let mut world = World::new(&[status(416), ok(b"0123456789")]);
    assert_eq!(world.read("a.zst", 40, 100, true).await, Ok(Some(())));
    assert_eq!(world.server.header(1, "Range"), None);
    assert_eq!(world.sink.bytes.len(), 10);
    let mut world = World::new(&[range(5, b"0123456789")]);
    unreachable_by(world.read("a.zst", 4, 100, true).await);
    // The limit is the file's, not the part's.
    let mut world = World::new(&[range(4, b"0123456789")]);
    assert_eq!(world.read("a.zst", 4, 9, true).await, Err(FetchError::TooLong));
}

#[tokio::test(start_paused = true)]
async fn a_broken_connection_goes_on_where_it_was() {
    let broken = Step::Breaks(200, vec![("ETag", "\"a\"".into())], b"0123".to_vec());
    let mut world = World::new(&[broken.clone(), range(4, b"0123456789")]);
    assert_eq!(world.get().await, Ok(Some(())));
    assert_eq!(world.sink.bytes, b"0123456789");
    assert_eq!(world.server.header(1, "Range").as_deref(), Some("bytes=4-"));
    assert_eq!(world.server.header(1, "If-Range").as_deref(), Some("\"a\""));
    // Or from the beginning, of which the sink hears the rest only.
    let mut world = World::new(&[broken, ok(b"0123456789")]);
    assert_eq!(world.get().await, Ok(Some(())));
    assert_eq!((world.sink.started, world.sink.bytes.as_slice()), (Some((0, None)), &b"0123456789"[..]));
    // A weak tag says nothing about bytes.
    let weak = Step::Breaks(200, vec![("ETag", "W/\"a\"".into())], b"0123".to_vec());
    let mut world = World::new(&[weak, range(4, b"0123456789")]);
    assert_eq!(world.get().await, Ok(Some(())));
    assert_eq!(world.server.header(1, "If-Range"), None);
}

#[tokio::test(start_paused = true)]
async fn it_can_be_given_up() {
    let mut world = World::new(&[ok(b"0123456789")]);
    world.sink.wants = Some(5);
    assert_eq!(world.get().await, Err(FetchError::Cancelled));
    for steps in [vec![Step::Silence], vec![status(503)]] {
        let mut world = World::new(&steps);
        let cancel = world.cancel.clone();
        let later = tokio::spawn(async move {
            sleep(Duration::from_millis(1)).await;
            cancel.cancel();
        });
        assert_eq!(world.get().await, Err(FetchError::Cancelled));
        later.await.expect("ended");
        assert_eq!(world.server.count(), 1);
    }
    let mut world = World::new(&[ok(b"x")]);
    world.cancel.cancel();
    assert_eq!(world.get().await, Err(FetchError::Cancelled), "also before it begins");
}
