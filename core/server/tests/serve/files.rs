//! What any HTTP client may rely on: entity tags, ranges, caching, nothing beside the repository.

use super::world::{World, get, send};

#[test]
fn files_are_cached_resumed_and_never_listed() {
    let world = World::with_app();
    world.publish(1).unwrap();
    let url = world.url();
    let root = get(&url, "platform/metadata/1.root.json");
    assert_eq!((root.status, root.header("content-type")), (200, Some("application/json")));
    assert!(root.header("cache-control").unwrap().contains("immutable"));
    assert!(root.header("x-request-id").is_some());
    let timestamp = get(&url, "apps/coffee/metadata/timestamp.json");
    assert_eq!(timestamp.header("cache-control"), Some("no-cache"));
    let missing = get(&url, "platform/metadata/2.root.json");
    assert_eq!((missing.status, missing.header("cache-control")), (404, Some("public, max-age=60")));
    let missing = get(&url, "platform/metadata/2.targets.json");
    assert_eq!((missing.status, missing.header("cache-control")), (404, Some("no-store")));

    let tag = root.header("etag").unwrap();
    let same = send(&url, "GET", "/platform/metadata/1.root.json", &[("if-none-match", tag)], b"");
    assert_eq!((same.status, same.bytes.len()), (304, 0));
    let head = send(&url, "HEAD", "/platform/metadata/1.root.json", &[], b"");
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(root.bytes.len().to_string().as_str()));

    let stream = world.at().verify().unwrap().files.into_iter().find(|path| path.contains("/s/")).unwrap();
    for path in [stream.as_str(), "platform/metadata/1.root.json"] {
        let whole = get(&url, path);
        let range = format!("bytes={}-", whole.bytes.len() - 100);
        let part = send(&url, "GET", &format!("/{path}"), &[("range", &range)], b"");
        assert_eq!((part.status, &part.bytes[..]), (206, &whole.bytes[whole.bytes.len() - 100..]), "{path}");
        let total =
            format!("bytes {}-{}/{}", whole.bytes.len() - 100, whole.bytes.len() - 1, whole.bytes.len());
        assert_eq!(part.header("content-range"), Some(total.as_str()));
        assert_eq!(part.header("etag"), whole.header("etag"));
        let beyond = send(&url, "GET", &format!("/{path}"), &[("range", "bytes=99999999-")], b"");
        assert_eq!(beyond.status, 416);
        let changed =
            send(&url, "GET", &format!("/{path}"), &[("range", "bytes=0-1"), ("if-range", "\"x\"")], b"");
        assert_eq!((changed.status, changed.bytes.len()), (200, whole.bytes.len()));
    }
    let packed = send(&url, "GET", "/platform/metadata/1.targets.json", &[("accept-encoding", "gzip")], b"");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("vary"), Some("accept-encoding"));
    // Each encoding has a tag of its own, by which it is known again.
    let (gzip, identity) = (packed.header("etag").unwrap(), get(&url, "platform/metadata/1.targets.json"));
    let identity = identity.header("etag").unwrap();
    assert_ne!(gzip, identity);
    for (encoding, known, status) in
        [("gzip", gzip, 304), ("gzip", identity, 200), ("identity", identity, 304), ("identity", gzip, 200)]
    {
        let asked = [("accept-encoding", encoding), ("if-none-match", known)];
        let answer = send(&url, "GET", "/platform/metadata/1.targets.json", &asked, b"");
        assert_eq!(answer.status, status, "{encoding} {known}");
    }
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.bytes[..]), &mut plain).unwrap();
    assert_eq!(plain, get(&url, "platform/metadata/1.targets.json").bytes);
}

#[test]
fn there_is_nothing_beside_the_repository() {
    let world = World::with_app();
    let url = world.url();
    for path in [
        "",
        "platform",
        "platform/",
        "apps",
        "apps/",
        "apps/coffee",
        "server.db",
        "../server.db",
        "%2e%2e/server.db",
        "platform/metadata/../../../data/server.db",
        "platform/metadata/%2e%2e/%2e%2e/kek",
        "/etc/passwd",
        "platform//metadata/1.root.json",
        "apps/coffee/metadata/1.root.json%00",
        "uploads/x",
        "objects/",
        "apps/coffee/s/",
        "apps/..%2fplatform/metadata/1.root.json",
        "lodger/v1/",
        "lodger/v1/repository/files/..",
    ] {
        assert_eq!(get(&url, path).status, 404, "{path}");
    }
    assert_eq!(send(&url, "POST", "/platform/metadata/1.root.json", &[], b"x").status, 405);
    assert_eq!(send(&url, "DELETE", "/platform/metadata/1.root.json", &[], b"").status, 405);
    assert_eq!(get(&url, "lodger/v1/repository/files?under=..").code(), "400 malformed");
    let figures = get(&url, "metrics");
    let text = String::from_utf8(figures.bytes).unwrap();
    assert!(text.contains("lodger_repositories 2") && text.contains("lodger_requests_total"), "{text}");
    assert_eq!(send(&url, "GET", "/metrics", &[("x-forwarded-for", "203.0.113.9")], b"").status, 404);
}
