//! A server that ends TLS itself.
//!
//! The certificate is for this test, holds for a hundred years, and is trusted by nobody.

use super::world::{World, send};
use lodger_server::{
    repository::Repository,
    serve::{ServeError, start},
};
use std::{path::PathBuf, sync::Arc};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/serve/tls").join(name)
}

#[test]
fn tls_is_spoken_and_nothing_else() {
    let world = World::with_app();
    let data = world.dir.path().join("secure");
    let settings = |key: &str| {
        let mut settings = world.settings(&data);
        settings.tls = Some((file("cert.pem"), file(key)));
        settings
    };
    let log = Arc::new(|_: &str| {});
    let refused = world.runtime.block_on(start(settings("cert.pem"), log.clone())).err().unwrap();
    assert!(matches!(&refused, ServeError::File { path, .. } if path.ends_with("cert.pem")), "{refused}");

    let server = world.runtime.block_on(start(settings("key.pem"), log)).unwrap();
    let url = server.url();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    // Another test may have chosen one; either does.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let root = reqwest::Certificate::from_pem(&std::fs::read(file("cert.pem")).unwrap()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let healthy =
        world.runtime.block_on(async { client.get(format!("{url}/healthz")).send().await.unwrap() });
    assert_eq!(healthy.status(), 200);
    // The commands trust what this machine trusts.
    let at = Repository::of_server(&url, None, jiff::Timestamp::now()).unwrap();
    let why = at.storage().get("trust-root.json").unwrap_err().to_string();
    assert!(why.to_lowercase().contains("certificate"), "{why}");
    // Who speaks without TLS hears nothing of the repository.
    let plain = std::panic::catch_unwind(|| send(&url.replace("https", "http"), "GET", "/healthz", &[], b""));
    assert!(plain.is_err());
}
