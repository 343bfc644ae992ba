//! A loopback server that answers by path and tells what it was asked: what must not be reached is counted here.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// One request, as far as tests care.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// Content type and body.
pub(crate) type Page = (&'static str, Vec<u8>);

pub(crate) struct Sink {
    pub(crate) port: u16,
    hits: Arc<(Mutex<Vec<Hit>>, Condvar)>,
}

impl Sink {
    /// `answer` makes the response to each request.
    pub(crate) fn new(answer: impl Fn(&Hit) -> Page + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new((Mutex::default(), Condvar::new()));
        let (answer, seen) = (Arc::new(answer), hits.clone());
        // The thread ends with the test's process; it holds nothing but the port.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, seen) = (answer.clone(), seen.clone());
                std::thread::spawn(move || serve(stream, &*answer, &seen));
            }
        });
        Self { port, hits }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
    }

    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.hits.0.lock().unwrap().clone()
    }

    /// Waits for a request of `path`.
    pub(crate) fn wait_for(&self, path: &str) -> Hit {
        let find = |hits: &[Hit]| hits.iter().find(|hit| hit.path == path).cloned();
        let hits = self.hits.0.lock().unwrap();
        let (hits, waited) = self
            .hits
            .1
            .wait_timeout_while(hits, Duration::from_secs(20), |hits| find(hits).is_none())
            .unwrap();
        assert!(!waited.timed_out(), "{path} was not asked for, only {hits:?}");
        find(&hits).unwrap()
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Hit) -> Page, seen: &(Mutex<Vec<Hit>>, Condvar)) {
    // A peer that connects and says nothing must not hold a thread for ever.
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let Some(hit) = read(&mut BufReader::new(&stream)) else { return };
    seen.0.lock().unwrap().push(hit.clone());
    seen.1.notify_all();
    let (mime, body) = answer(&hit);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {mime}\r\ncontent-length: {}\r\naccess-control-allow-origin: *\r\n\
         access-control-allow-headers: *\r\nset-cookie: sink=1\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The peer may have gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn read(stream: &mut impl BufRead) -> Option<Hit> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Hit { method, path, headers, body })
}
