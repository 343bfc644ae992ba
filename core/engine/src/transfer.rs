//! `wx.downloadFile` and `wx.uploadFile`: between the network and the session's files, with progress.
mod multipart;

use crate::{
    HttpResponse,
    bridge::Answer,
    files::{Arriving, Fault, Place},
    outgoing::{self, Outgoing, Taker, header},
    request,
    session::Inner,
    task::{Progress, Task},
    url_policy::UrlUse,
};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Longest download: WeChat's limit, and the file storage's.
const MAX_DOWNLOAD: u64 = 200 << 20;
/// Longest file that is uploaded: a request's body is in memory while it is sent.
const MAX_UPLOAD: u64 = 64 << 20;
/// Longest answer to an upload.
const MAX_BODY: u64 = 32 << 20;

type Args = Map<String, Value>;

fn text<'a>(args: &'a Args, name: &str) -> Option<&'a str> {
    args.get(name).and_then(Value::as_str)
}

/// Carries out one `downloadFile`. Dropping the future cancels it and leaves no file behind.
pub(crate) async fn download(inner: &Arc<Inner>, call: (u64, u64), args: &Args) -> Answer {
    const API: &str = "downloadFile";
    let Some(url) = text(args, "url") else { return Answer::fail(API, "parameter.url should be String") };
    let target = text(args, "filePath").map(str::to_owned);
    if let Some(Err(fault)) = target.as_deref().map(Place::parse) {
        return failed(API, &fault, target.as_deref());
    }
    let headers = match request::headers(inner, args) {
        Ok(headers) => headers,
        Err(reason) => return Answer::fail(API, reason),
    };
    let outgoing = Outgoing {
        purpose: UrlUse::Download,
        url: url.to_owned(),
        method: "GET".to_owned(),
        headers,
        body: Vec::new(),
        timeout: request::timeout(inner, API, args),
        max_body: MAX_DOWNLOAD,
    };
    let Ok(_turn) = inner.requests.acquire().await else { return Answer::fail(API, "interrupted") };
    let files = Arc::clone(&inner.files);
    let file = match blocking(inner, move || Arriving::new(files)).await {
        Ok(file) => file,
        Err(fault) => return failed(API, &fault, None),
    };
    let download = Arc::new(Download {
        task: Task::new(inner, call, false),
        session: Arc::clone(inner),
        progress: Progress::default(),
        file: Mutex::new(Some(file)),
        total: Mutex::new(0),
        fault: Mutex::new(None),
    });
    let response = outgoing::stream(inner, outgoing, Arc::<Download>::clone(&download)).await;
    if let Some(fault) = take(&download.fault) {
        return failed(API, &fault, target.as_deref());
    }
    let (response, origin) = match response {
        Ok(done) => done,
        Err(error) => return request::failure(API, &error),
    };
    let Some(file) = take(&download.file) else { return Answer::fail(API, "interrupted") };
    let name = name_of(&response, &origin.to_string());
    let given = target.clone();
    match blocking(inner, move || file.place(given.as_deref(), &name)).await {
        Ok(path) => {
            let field = if target.is_some() { "filePath" } else { "tempFilePath" };
            Answer::Ok(json!({
                "statusCode": response.status, field: path, "dataLength": download.task.count_received(0),
                "header": request::head(&response)["header"], "profile": download.task.profile(),
            }))
        }
        Err(fault) => failed(API, &fault, target.as_deref()),
    }
}

/// Writes what arrives, and tells how far it is.
struct Download {
    task: Task,
    session: Arc<Inner>,
    progress: Progress,
    file: Mutex<Option<Arriving>>,
    /// The whole length; 0 if the server does not say.
    total: Mutex<u64>,
    fault: Mutex<Option<Fault>>,
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[async_trait]
impl Taker for Download {
    fn sent(&self, _: u64) {}

    async fn head(&self, head: &HttpResponse) {
        // A compressed body's length says nothing about the file's.
        let plain = header(head, "content-encoding").is_none();
        let total = header(head, "content-length").filter(|_| plain).and_then(|length| length.parse().ok());
        *self.total.lock().unwrap_or_else(PoisonError::into_inner) = total.unwrap_or(0);
        self.task.tell_head(head);
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        let done = self.task.count_received(bytes.len());
        let Some(mut file) = take(&self.file) else { return false };
        let added = blocking(&self.session, move || file.add(&bytes).map(|()| file)).await;
        match added {
            Ok(file) => *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file),
            Err(fault) => {
                *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                return false;
            }
        }
        let total = *self.total.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = self.progress.step(done, total) {
            self.task.tell(json!({ "received": step }));
        }
        true
    }
}

/// Carries out one `uploadFile`. Dropping the future cancels it.
pub(crate) async fn upload(inner: &Arc<Inner>, call: (u64, u64), args: &Args) -> Answer {
    const API: &str = "uploadFile";
    let (Some(url), Some(path), Some(name)) = (text(args, "url"), text(args, "filePath"), text(args, "name"))
    else {
        return Answer::fail(API, "parameter.url, filePath and name should be String");
    };
    let (files, from) = (Arc::clone(&inner.files), path.to_owned());
    let bytes = match blocking(inner, move || files.read_whole(&from, MAX_UPLOAD)).await {
        Ok(bytes) => bytes,
        Err(Fault::NotFound) => return Answer::fail(API, "file not found").with_errno(1_300_002),
        Err(fault) => return failed(API, &fault, Some(path)),
    };
    let form = args.get("formData").and_then(Value::as_object);
    let built = request::headers(inner, args).and_then(|mut headers| {
        let form = multipart::encode(form, name, path, &bytes).map_err(|_| "no random numbers: try again")?;
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        headers.push(("Content-Type".to_owned(), form.mime));
        Ok((headers, form.body))
    });
    drop(bytes);
    let (headers, body) = match built {
        Ok(built) => built,
        Err(reason) => return Answer::fail(API, reason),
    };
    let total = body.len() as u64;
    let outgoing = Outgoing {
        purpose: UrlUse::Upload,
        url: url.to_owned(),
        method: "POST".to_owned(),
        headers,
        body,
        timeout: request::timeout(inner, API, args),
        max_body: MAX_BODY,
    };
    let Ok(_turn) = inner.requests.acquire().await else { return Answer::fail(API, "interrupted") };
    let upload =
        Arc::new(Upload { task: Task::new(inner, call, false), progress: Progress::default(), total });
    match outgoing::stream(inner, outgoing, Arc::<Upload>::clone(&upload)).await {
        Ok((response, _)) => {
            let (body, profile) = (upload.task.take_body(), upload.task.profile());
            request::answer(inner, call.0, API, &response, body, false, profile)
        }
        Err(error) => request::failure(API, &error),
    }
}

/// Gathers the answer, and tells how much of the form has gone.
struct Upload {
    task: Task,
    progress: Progress,
    total: u64,
}

#[async_trait]
impl Taker for Upload {
    fn sent(&self, bytes: u64) {
        let done = self.task.count_sent(bytes).min(self.total);
        if let Some(step) = self.progress.step(done, self.total) {
            self.task.tell(json!({ "sent": step }));
        }
    }

    async fn head(&self, head: &HttpResponse) {
        self.task.head(head).await;
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        self.task.body(bytes).await
    }
}

/// Runs disk work off the async threads.
async fn blocking<T: Send + 'static>(
    inner: &Inner,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    inner.shared.runtime().spawn_blocking(work).await.unwrap_or(Err(Fault::Closed))
}

fn failed(api: &str, fault: &Fault, path: Option<&str>) -> Answer {
    let reason = match (fault, path) {
        (Fault::Denied | Fault::NotFound | Fault::Directory, Some(path)) => format!("{fault}, open {path}"),
        _ => fault.to_string(),
    };
    match fault.errno() {
        Some(number) => Answer::fail(api, reason).with_errno(number),
        None => Answer::fail(api, reason),
    }
}

/// A name whose end says what the file is: the type's where it is known, else the URL's.
fn name_of(response: &HttpResponse, url: &str) -> String {
    let mime = header(response, "content-type").and_then(|mime| mime.split(';').next()).unwrap_or("").trim();
    let end = match mime.to_ascii_lowercase().as_str() {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "audio/mpeg" => "mp3",
        "audio/mp4" | "audio/x-m4a" => "m4a",
        "video/mp4" => "mp4",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/json" => "json",
        "text/plain" => "txt",
        _ => "",
    };
    if end.is_empty() {
        let path = url.split(['?', '#']).next().unwrap_or("");
        path.rsplit('/').next().unwrap_or("").to_owned()
    } else {
        format!("x.{end}")
    }
}
