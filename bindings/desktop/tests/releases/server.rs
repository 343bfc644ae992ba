//! A static web server on the loopback that holds a repository, and for chosen paths does what it is told instead.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// Names and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Between two drops of an answer that drips.
const DROP: Duration = Duration::from_millis(20);
/// A client that is still there after this has no time-out, and the test fails.
const PATIENCE: Duration = Duration::from_secs(10);
/// A client that has taken so much of an endless answer has no bound, and the test fails.
const FLOOD: usize = 64 << 20;

/// Cheap to clone; clones are one server.
#[derive(Clone)]
pub struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: Files,
    tricks: Vec<(String, Trick)>,
    asked: Vec<Asked>,
    endured: bool,
}

/// What is done instead of the honest answer, which it is given.
type Trick = Arc<dyn Fn(&Asked, Answer) -> Answer + Send + Sync>;

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Without the leading slash.
    pub path: String,
    /// The first byte of `Range: bytes=N-`.
    pub from: Option<usize>,
}

/// What goes back.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    end: End,
}

/// What follows the body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Close,
    /// The last byte of the body, for ever.
    Endless,
    /// The body itself comes byte by byte, and when it is over, nothing comes.
    Drip,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let answer = Self { status, headers: Vec::new(), body: Vec::new(), end: End::Close };
        answer.header("content-length", body.len()).with(body)
    }

    /// As an honest server answers.
    fn honest(asked: &Asked, file: Option<&Vec<u8>>) -> Self {
        let Some(file) = file else { return Self::new(404, "no such file") };
        match asked.from {
            None => Self::new(200, file.clone()),
            Some(from) if from >= file.len() => {
                Self::new(416, "").header("content-range", format!("bytes */{}", file.len()))
            }
            Some(from) => {
                let range = format!("bytes {from}-{}/{}", file.len() - 1, file.len());
                Self::new(206, &file[from..]).header("content-range", range)
            }
        }
    }

    /// Says so, in place of what it said.
    pub fn header(self, name: &str, value: impl ToString) -> Self {
        let mut answer = self.without(name);
        answer.headers.push((name.to_owned(), value.to_string()));
        answer
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Another body under the same head.
    pub fn with(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The connection ends after so many bytes of the body.
    pub fn cut(mut self, length: usize) -> Self {
        self.body.truncate(length);
        self
    }

    /// Goes on for ever with what the body ends with.
    pub fn endless(mut self) -> Self {
        self.end = End::Endless;
        self
    }

    /// Slow-loris.
    pub fn dripping(mut self) -> Self {
        self.end = End::Drip;
        self
    }
}

impl Server {
    pub fn new(files: Files) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { files, ..State::default() }));
        let server = Self { port, state };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = serving.clone();
                // A client may hang up at any time: that is what many of the tests are about.
                thread::spawn(move || drop(server.serve(stream)));
            }
        });
        server
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.state.lock().unwrap().files.insert(path.to_owned(), bytes.into());
    }

    pub fn files(&self) -> Files {
        self.state.lock().unwrap().files.clone()
    }

    pub fn file(&self, path: &str) -> Vec<u8> {
        self.state.lock().unwrap().files[path].clone()
    }

    /// Holds these files, and is honest again.
    pub fn restore(&self, files: &Files) {
        let mut state = self.state.lock().unwrap();
        state.files.clone_from(files);
        state.tricks.clear();
    }

    /// From now on, for paths that contain `part`: this.
    pub fn trick(&self, part: &str, trick: impl Fn(&Asked, Answer) -> Answer + Send + Sync + 'static) {
        self.state.lock().unwrap().tricks.insert(0, (part.to_owned(), Arc::new(trick)));
    }

    /// What was asked for since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// Whether some client took all that a trick without an end had for it.
    pub fn was_endured(&self) -> bool {
        self.state.lock().unwrap().endured
    }

    /// The one file whose path starts and ends so.
    pub fn find(&self, start: &str, end: &str) -> String {
        let files = self.files();
        let mut found = files.keys().filter(|path| path.starts_with(start) && path.ends_with(end));
        let path = found.next().unwrap_or_else(|| panic!("no {start}…{end}")).clone();
        assert_eq!(found.next(), None);
        path
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let asked = read(&stream)?;
        let (answer, trick) = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(asked.clone());
            let trick =
                state.tricks.iter().find(|(part, _)| asked.path.contains(part)).map(|one| one.1.clone());
            (Answer::honest(&asked, state.files.get(&asked.path)), trick)
        };
        let answer = trick.map_or(answer.clone(), |trick| trick(&asked, answer));
        let mut head = format!("HTTP/1.1 {} Hm\r\nconnection: close\r\n", answer.status);
        for (name, value) in &answer.headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all((head + "\r\n").as_bytes())?;
        match answer.end {
            End::Close => stream.write_all(&answer.body)?,
            End::Endless => {
                stream.write_all(&answer.body)?;
                let more = vec![answer.body.last().copied().unwrap_or(b' '); 64 << 10];
                for _ in 0..FLOOD / more.len() {
                    stream.write_all(&more)?;
                }
                self.state.lock().unwrap().endured = true;
            }
            End::Drip => self.drip(&mut stream, &answer.body)?,
        }
        Ok(())
    }

    /// Until the client hangs up.
    fn drip(&self, stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
        let (start, mut body) = (Instant::now(), body.iter());
        stream.set_read_timeout(Some(DROP))?;
        while start.elapsed() < PATIENCE {
            if let Some(byte) = body.next() {
                stream.write_all(&[*byte])?;
            }
            match stream.read(&mut [0]) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                _ => return Ok(()),
            }
        }
        self.state.lock().unwrap().endured = true;
        Ok(())
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut headers = Vec::new();
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        headers.push(line);
    }
    let path = headers.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let path = path.trim_start_matches('/').to_owned();
    headers.iter_mut().for_each(|line| line.make_ascii_lowercase());
    let range = headers.iter().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-'));
    Ok(Asked { path, from: range.and_then(|from| from.parse().ok()) })
}
