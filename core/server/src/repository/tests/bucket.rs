//! The same repository in a bucket, over HTTP. The store is a stand-in: the part of S3's protocol that is needed, with
//! conditional writes as Amazon describes them. It checks no signatures of requests: those are `object_store`'s.

use super::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};
use url::Url;

/// As soon as somebody has read this object, somebody else writes it.
const RACE: &str = "race.json";

type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The endpoint's address. The server's threads end with the test's process.
fn server(objects: &Objects) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let objects = objects.clone();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let objects = objects.clone();
            std::thread::spawn(move || serve(&socket.unwrap(), &objects));
        }
    });
    address
}

/// Answers one request after another until the client goes away.
fn serve(mut socket: &TcpStream, objects: &Objects) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut from = BufReader::new(socket);
    loop {
        let mut head: Vec<String> = Vec::new();
        while head.last().is_none_or(|line| !line.is_empty()) {
            let mut line = String::new();
            if from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            head.push(line.trim_end().to_owned());
        }
        let header = |name: &str| {
            let pairs = head.iter().filter_map(|line| line.split_once(": "));
            pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        from.read_exact(&mut body).ok()?;
        let (method, target) = head[0].split_once(' ').unwrap();
        let url = Url::parse(&format!("http://s3{}", target.split(' ').next().unwrap())).unwrap();
        let (status, etag, answer) = answer(objects, method, &url, header, body);
        let tag = etag.map_or(String::new(), |etag| format!("ETag: {etag}\r\n"));
        let (dated, length) = ("Last-Modified: Sat, 21 Nov 2026 12:00:00 GMT", answer.len());
        let head = format!("HTTP/1.1 {status} -\r\n{tag}{dated}\r\nContent-Length: {length}\r\n\r\n");
        let body = if method == "HEAD" { &[][..] } else { &answer };
        // In one piece: two would wait for the client's acknowledgement between them.
        socket.write_all(&[head.as_bytes(), body].concat()).ok()?;
    }
}

/// Status, entity tag, body.
fn answer<'a>(
    objects: &Objects,
    method: &str,
    url: &Url,
    header: impl Fn(&str) -> Option<&'a str>,
    body: Vec<u8>,
) -> (u16, Option<String>, Vec<u8>) {
    let mut objects = objects.lock().unwrap();
    let tag = |bytes: &[u8]| format!("\"{}\"", lodger_bundle::Digest::of(bytes).to_hex());
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let key = url.path().strip_prefix("/shop").unwrap().trim_start_matches('/').to_owned();
    assert!(header("authorization").is_some_and(|value| value.contains("Credential=access/")));
    if method == "GET" && key.is_empty() {
        let keys = objects.keys().map(String::as_str);
        return (200, None, list(keys, &query["prefix"], query.contains_key("delimiter")).into());
    }
    let there = objects.get(&key).map(|bytes| tag(bytes));
    match (method, there) {
        ("PUT", Some(_)) if header("if-none-match") == Some("*") => (412, None, Vec::new()),
        ("PUT", there) if header("if-match").is_some_and(|asked| there.as_deref() != Some(asked)) => {
            (412, None, Vec::new())
        }
        ("PUT", _) => {
            let made = tag(&body);
            objects.insert(key, body);
            (200, Some(made), Vec::new())
        }
        ("GET", Some(tag)) if key.ends_with(RACE) => {
            (200, Some(tag), objects.insert(key, b"theirs".into()).unwrap())
        }
        ("GET" | "HEAD", Some(tag)) => (200, Some(tag), objects[&key].clone()),
        _ => (404, None, Vec::new()),
    }
}

/// `ListObjectsV2`, all in one page.
fn list<'a>(keys: impl Iterator<Item = &'a str>, prefix: &str, folders: bool) -> String {
    let mut rows = BTreeSet::new();
    for key in keys {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        rows.insert(match rest.split_once('/').filter(|_| folders) {
            Some((folder, _)) => format!("<CommonPrefixes><Prefix>{prefix}{folder}/</Prefix></CommonPrefixes>"),
            None => format!(
                "<Contents><Key>{key}</Key><Size>1</Size><LastModified>2026-11-21T12:00:00.000Z</LastModified></Contents>"
            ),
        });
    }
    let rows: String = rows.into_iter().collect();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>")
}

fn bucket(endpoint: &str) -> Storage {
    let options = [
        ("aws_endpoint_url", endpoint),
        ("aws_allow_http", "true"),
        ("aws_access_key_id", "access"),
        ("aws_secret_access_key", "secret"),
        ("aws_region", "us-east-1"),
    ];
    Storage::open_with("s3://shop/releases", &options).unwrap()
}

#[test]
fn a_bucket_holds_a_repository_and_only_one_of_two_writers_wins() {
    let dir = tempfile::tempdir().unwrap();
    let objects = Objects::default();
    let endpoint = server(&objects);
    let ring = ring(&dir.path().join("keys"));
    let at = Repository::new(bucket(&endpoint), NOW.parse().unwrap());
    at.commit_with(&ring, at.init(&ring, "Test").unwrap()).unwrap();
    at.commit_with(&ring, at.create_app(&ring, &coffee("coffee")).unwrap()).unwrap();
    let bundle = bundle(1);
    let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    at.commit_with(&ring, at.publish(&ring, &publish).unwrap().batch).unwrap();
    let report = at.verify().unwrap();
    assert_eq!((report.apps, report.releases), (1, 1));

    // What is in the bucket is what a folder would hold, and verifies there too.
    let copied = Repository::new(Storage::scratch(&dir.path().join("copy")).unwrap(), NOW.parse().unwrap());
    for (key, bytes) in objects.lock().unwrap().iter() {
        copied.storage().put(key.strip_prefix("releases/").unwrap(), bytes).unwrap();
    }
    assert_eq!(copied.verify().unwrap().files, report.files);

    // Two changes from the same state: the second is refused, and by the store itself if nobody looks before.
    let (first, second) = (at.refresh(&ring).unwrap(), at.refresh(&ring).unwrap());
    at.commit(first).unwrap();
    assert!(matches!(at.commit(second), Err(RepositoryError::Conflict { .. })));
    let lock = at.storage().lock().unwrap();
    let path = "platform/metadata/1.targets.json";
    let taken = at.storage().create_all(&lock, &[(path, b"another".as_slice())]);
    assert!(matches!(taken, Err(RepositoryError::Conflict { .. })), "{taken:?}");
    let there = at.storage().need(path).unwrap();
    at.storage().create_all(&lock, &[(path, there.as_slice())]).unwrap();
    at.verify().unwrap();
}

/// Somebody else writes between our look and our write: `If-Match` must have been sent, for the store to refuse.
#[test]
fn the_store_compares_when_it_writes() {
    let objects = Objects::default();
    let store = bucket(&server(&objects));
    let lock = store.lock().unwrap();
    for path in ["timestamp.json", RACE] {
        store.replace(&lock, path, None, b"one").unwrap();
        let lost = store.replace(&lock, path, Some(b"none"), b"two");
        assert!(matches!(lost, Err(RepositoryError::Conflict { .. })), "{lost:?}");
    }
    store.replace(&lock, "timestamp.json", Some(b"one"), b"two").unwrap();
    assert_eq!(store.need("timestamp.json").unwrap(), b"two");
    store.put(RACE, b"one").unwrap();
    let lost = store.replace(&lock, RACE, Some(b"one"), b"two");
    assert!(matches!(lost, Err(RepositoryError::Conflict { .. })), "{lost:?}");
    assert_eq!(store.need(RACE).unwrap(), b"theirs");
}
