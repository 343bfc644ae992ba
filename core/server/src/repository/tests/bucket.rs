//! The same repository in a bucket, over HTTP, by an independent S3 server (`s3s-fs`) that checks signatures.

use super::*;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};

/// The endpoint's address. The server's thread ends with the test's process.
fn server(root: &Path) -> String {
    fs::create_dir(root.join("shop")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single("access", "secret"));
    let service = service.build();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let http = Builder::new(TokioExecutor::new());
            while let Ok((socket, _)) = listener.accept().await {
                let serving = http.serve_connection(TokioIo::new(socket), service.clone()).into_owned();
                tokio::spawn(serving);
            }
        });
    });
    format!("http://{}", told.recv().unwrap())
}

fn bucket(endpoint: &str, secret: &str) -> Storage {
    let options = [
        ("aws_endpoint_url", endpoint),
        ("aws_allow_http", "true"),
        ("aws_access_key_id", "access"),
        ("aws_secret_access_key", secret),
        ("aws_region", "us-east-1"),
    ];
    Storage::open_with("s3://shop/releases", &options).unwrap()
}

#[test]
fn a_bucket_holds_a_repository_and_only_one_of_two_writers_wins() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("s3")).unwrap();
    let endpoint = server(&dir.path().join("s3"));
    let ring = ring(&dir.path().join("keys"));
    let at = Repository::new(bucket(&endpoint, "secret"), NOW.parse().unwrap());
    at.commit_with(&ring, at.init(&ring, "Test").unwrap()).unwrap();
    at.commit_with(&ring, at.create_app(&ring, &coffee("coffee")).unwrap()).unwrap();
    let bundle = bundle(1);
    let publish = Publish { bundle: &bundle, channel: "release", share: 10_000 };
    at.commit_with(&ring, at.publish(&ring, &publish).unwrap().batch).unwrap();
    let report = at.verify().unwrap();
    assert_eq!((report.apps, report.releases), (1, 1));

    // What is in the bucket is what a folder would hold, and verifies there too.
    let copied = Repository::new(Storage::scratch(&dir.path().join("copy")).unwrap(), NOW.parse().unwrap());
    for file in &report.files {
        copied.storage().put(file, &at.storage().need(file).unwrap()).unwrap();
    }
    assert_eq!(copied.verify().unwrap().files, report.files);

    // Two changes from the same state: the store itself refuses the second, also when it looks no further.
    let change = || at.rollback(&ring, "coffee", "release").err();
    assert!(change().is_some(), "nothing to go back to");
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

    let stranger = bucket(&endpoint, "wrong").get("trust-root.json");
    assert!(matches!(stranger, Err(RepositoryError::Storage { .. })), "{stranger:?}");
}
