//! A repository that is a folder of this machine, over the same trait as one behind a server: `file://` addresses.
use super::DesktopHttp;
use async_trait::async_trait;
use lodger_engine::{HttpError, HttpObserver, HttpRequest, HttpResponse, PlatformHttp};
use percent_encoding::percent_decode_str;
use std::{
    fs::{File, Metadata},
    io::{ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

const SCHEME: &str = "file://";
/// Bytes read and handed over at once.
const PIECE: usize = 256 << 10;

/// The host's own traffic: http and https over the network, and `file://` for one folder and nothing beside it.
#[derive(Clone)]
pub struct RepositoryHttp {
    network: DesktopHttp,
    /// Without links in its path; None: no `file://` at all.
    folder: Option<PathBuf>,
}

impl RepositoryHttp {
    /// `address` is the repository's; only if it is a `file://` URL can files be read, those below it.
    ///
    /// # Errors
    /// `HttpError::Other` if that folder is not there.
    pub fn new(network: DesktopHttp, address: &str) -> Result<Self, HttpError> {
        let missing = |_| HttpError::Other("the repository's folder is not there".into());
        let folder = local(address).transpose()?.map(|path| path.canonicalize().map_err(missing));
        Ok(Self { network, folder: folder.transpose()? })
    }

    /// The file that is asked for: where it starts, what it answers, and its head.
    fn open(&self, request: &HttpRequest) -> Result<Answer, HttpError> {
        let refused = |what: &str| HttpError::Other(format!("file:// {what}"));
        let folder = self.folder.as_ref().ok_or_else(|| refused("addresses are not read here"))?;
        if request.method != "GET" {
            return Err(refused("addresses can only be read"));
        }
        let path = local(&request.url).ok_or_else(|| refused("was expected"))??;
        let path = match path.canonicalize() {
            Ok(path) => path,
            Err(error) if is_missing(&error) => return Ok(Answer::none()),
            Err(error) => return Err(HttpError::Other(error.kind().to_string())),
        };
        // After links were followed: what counts is where the bytes are.
        if !path.starts_with(folder) {
            return Err(refused("addresses stay in the repository's folder"));
        }
        let failed = |error: std::io::Error| HttpError::Other(error.kind().to_string());
        let mut file = File::open(&path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Ok(Answer::none());
        }
        let tag = tag(&metadata);
        let mut answer = Answer::whole(metadata.len(), &tag);
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim())
        };
        if header("if-range").is_none_or(|wanted| wanted == tag)
            && let Some(first) = header("range").and_then(from)
        {
            answer.cut(first, metadata.len());
            file.seek(SeekFrom::Start(first)).map_err(failed)?;
        }
        answer.file = Some(file);
        Ok(answer)
    }
}

/// Status, headers, and where the rest is read from.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    /// Bytes that follow.
    length: u64,
    file: Option<File>,
}

impl Answer {
    fn none() -> Self {
        Self { status: 404, headers: Vec::new(), length: 0, file: None }
    }

    fn whole(length: u64, tag: &str) -> Self {
        let headers = [("accept-ranges", "bytes"), ("etag", tag)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { status: 200, headers, length, file: None }.with_length()
    }

    /// Leaves what begins at byte `first`, of `length` in all.
    fn cut(&mut self, first: u64, length: u64) {
        self.headers.retain(|(name, _)| name != "content-length");
        let range = if first < length {
            (self.status, self.length) = (206, length - first);
            format!("bytes {first}-{}/{length}", length - 1)
        } else {
            (self.status, self.length) = (416, 0);
            format!("bytes */{length}")
        };
        self.headers.push(("content-range".into(), range));
        *self = std::mem::replace(self, Self::none()).with_length();
    }

    fn with_length(mut self) -> Self {
        self.headers.push(("content-length".into(), self.length.to_string()));
        self
    }

    /// The next bytes; empty at the end.
    fn piece(mut self) -> (Self, Result<Vec<u8>, HttpError>) {
        let most = self.length.min(PIECE as u64);
        let mut bytes = Vec::new();
        let read = match &mut self.file {
            Some(file) => file.take(most).read_to_end(&mut bytes),
            None => Ok(0),
        };
        self.length -= bytes.len() as u64;
        // Cut off while it was read: not an end that may be taken for the whole.
        let result = match read {
            Ok(0) if most > 0 => Err(HttpError::Other("the file became shorter while it was read".into())),
            Ok(_) => Ok(bytes),
            Err(error) => Err(HttpError::Other(error.kind().to_string())),
        };
        (self, result)
    }
}

#[async_trait]
impl PlatformHttp for RepositoryHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !request.url.starts_with(SCHEME) {
            return PlatformHttp::send(&self.network, request).await;
        }
        let this = self.clone();
        self.network
            .blocking(move || {
                let mut answer = this.open(&request)?;
                if answer.length > request.max_body {
                    return Err(HttpError::TooLong(request.max_body));
                }
                let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
                let mut body = Vec::new();
                while answer.length > 0 {
                    let (rest, bytes) = answer.piece();
                    answer = rest;
                    body.extend(bytes?);
                }
                Ok(HttpResponse { status, headers, body })
            })
            .await
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        if !request.url.starts_with(SCHEME) {
            return PlatformHttp::stream(&self.network, request, observer).await;
        }
        let (this, max_body) = (self.clone(), request.max_body);
        let mut answer = self.network.blocking(move || this.open(&request)).await?;
        if !observer.head(answer.status, std::mem::take(&mut answer.headers)).await {
            return Ok(());
        }
        if answer.length > max_body {
            return Err(HttpError::TooLong(max_body));
        }
        while answer.length > 0 {
            let (rest, bytes) = self.network.blocking(move || Ok(answer.piece())).await?;
            answer = rest;
            if !observer.body(bytes?).await {
                break;
            }
        }
        Ok(())
    }
}

/// The path of a `file://` URL; None for other URLs. What could lead elsewhere is refused before anything is looked up.
fn local(url: &str) -> Option<Result<PathBuf, HttpError>> {
    let path = url.strip_prefix(SCHEME)?;
    let path = percent_decode_str(path).decode_utf8().ok().filter(|_| !path.contains(['?', '#']));
    let plain = |path: &str| {
        path.starts_with('/')
            && !path.contains('\0')
            && !Path::new(path).components().any(|part| part == std::path::Component::ParentDir)
    };
    Some(match path {
        Some(path) if plain(&path) => Ok(PathBuf::from(&*path)),
        _ => Err(HttpError::Other("the file:// address is not a plain absolute path".into())),
    })
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The first byte that `bytes=N-` asks for, which is all that resuming needs. Any other range gives the whole, as
/// RFC 9110 (14.2) allows.
fn from(range: &str) -> Option<u64> {
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

/// Changes whenever the file does, as far as the file system tells.
fn tag(metadata: &Metadata) -> String {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", time.unwrap_or_default().as_nanos(), metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lodger_server::development::file_url;
    use std::{fs, sync::Mutex, time::Duration};
    use tempfile::TempDir;

    /// A repository's folder with one file, a file beside it, and links to that.
    fn folder() -> (TempDir, RepositoryHttp, String) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a repository");
        fs::create_dir_all(folder.join("platform")).unwrap();
        fs::write(folder.join("platform/timestamp.json"), "0123456789").unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), folder.join("link")).unwrap();
        std::os::unix::fs::symlink(dir.path(), folder.join("up")).unwrap();
        let address = file_url(&folder);
        let http = RepositoryHttp::new(DesktopHttp::new().unwrap(), &address).unwrap();
        (dir, http, address)
    }

    fn get(http: &RepositoryHttp, url: &str, headers: &[(&str, &str)]) -> Result<HttpResponse, HttpError> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = HttpRequest {
            method: "GET".into(),
            url: url.into(),
            headers,
            body: Vec::new(),
            timeout: Duration::from_secs(20),
            max_body: 10,
            allow_private: false,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sent = runtime.block_on(PlatformHttp::send(http, request.clone()));
        let taker = Arc::new(Taker::default());
        let streamed = runtime.block_on(PlatformHttp::stream(http, request, taker.clone()));
        match (&sent, streamed) {
            (Ok(sent), Ok(())) => {
                let (status, body) = taker.0.lock().unwrap().clone();
                assert_eq!((sent.status, &sent.body), (status, &body), "both ways are one");
            }
            (Err(_), Err(_)) => {}
            (sent, streamed) => panic!("{sent:?} {streamed:?}"),
        }
        sent
    }

    #[derive(Default)]
    struct Taker(Mutex<(u16, Vec<u8>)>);

    #[async_trait]
    impl HttpObserver for Taker {
        fn sent(&self, _: u64) {}
        async fn head(&self, status: u16, _: Vec<(String, String)>) -> bool {
            self.0.lock().unwrap().0 = status;
            true
        }
        async fn body(&self, bytes: Vec<u8>) -> bool {
            self.0.lock().unwrap().1.extend(bytes);
            true
        }
    }

    #[test]
    fn files_of_the_repository_are_read() {
        let (_dir, http, address) = folder();
        let read = |path: &str| get(&http, &format!("{address}/{path}"), &[]);
        let file = read("platform/timestamp.json").unwrap();
        assert_eq!((file.status, file.body.as_slice()), (200, &b"0123456789"[..]));
        assert_eq!(read("platform/%74imestamp.json").unwrap().status, 200);
        for missing in ["platform/2.root.json", "platform", "", "platform/timestamp.json/x"] {
            assert_eq!(read(missing).unwrap().status, 404, "{missing}");
        }
    }

    #[test]
    fn nothing_else_is() {
        let (dir, http, address) = folder();
        let beside = file_url(&dir.path().join("secret"));
        for url in [
            beside.as_str(),
            "file:///etc/passwd",
            "file://localhost/etc/passwd",
            "file://",
            "file:///%00",
            &format!("{address}/../secret"),
            &format!("{address}/%2e%2E/secret"),
            &format!("{address}/platform/..%2f../secret"),
            &format!("{address}/link"),
            &format!("{address}/up/secret"),
            &format!("{address}/platform/timestamp.json?x"),
        ] {
            let refused = get(&http, url, &[]);
            assert!(matches!(refused, Err(HttpError::Other(_))), "{url}: {refused:?}");
        }
        let web = RepositoryHttp::new(DesktopHttp::new().unwrap(), "https://releases.example").unwrap();
        assert!(
            get(&web, &format!("{address}/platform/timestamp.json"), &[]).is_err(),
            "no folder, no files"
        );
        assert!(RepositoryHttp::new(DesktopHttp::new().unwrap(), "file:///no/such/folder").is_err());
    }

    #[test]
    fn reading_goes_on_where_it_stopped() {
        let (dir, http, address) = folder();
        let url = format!("{address}/platform/timestamp.json");
        let part = |range: &str, others: &[(&str, &str)]| {
            let headers: Vec<_> = others.iter().copied().chain([("Range", range)]).collect();
            let answer = get(&http, &url, &headers).unwrap();
            let told = answer.headers.iter().find(|(name, _)| name == "content-range");
            (answer.status, String::from_utf8(answer.body).unwrap(), told.map(|(_, value)| value.clone()))
        };
        let whole = (200, "0123456789".to_owned(), None);
        assert_eq!(part("bytes=4-", &[]), (206, "456789".into(), Some("bytes 4-9/10".into())));
        assert_eq!(part("bytes=0-", &[]), (206, "0123456789".into(), Some("bytes 0-9/10".into())));
        assert_eq!(part("bytes=10-", &[]), (416, String::new(), Some("bytes */10".into())));
        for other in ["bytes=1-2", "bytes=-2", "lines=1-", "bytes=x-"] {
            assert_eq!(part(other, &[]), whole, "{other}");
        }
        let answer = get(&http, &url, &[]).unwrap();
        let tag = answer.headers.iter().find(|(name, _)| name == "etag").unwrap().1.clone();
        assert_eq!(part("bytes=4-", &[("If-Range", &tag)]).0, 206);
        assert_eq!(part("bytes=4-", &[("If-Range", "\"other\"")]), whole);
        fs::write(dir.path().join("a repository/platform/timestamp.json"), "01234567891").unwrap();
        let long = get(&http, &url, &[]);
        assert!(matches!(long, Err(HttpError::TooLong(10))), "{long:?}");
    }
}
