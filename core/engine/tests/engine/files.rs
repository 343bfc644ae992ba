//! User files over the bridge and by URL.
use crate::support::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lodger_engine::Session;
use serde_json::{Value, json};

fn put(page: &mut Page<'_>, bytes: &[u8], extension: &str) -> String {
    page.call("blobPut", json!({ "token": "t", "seq": 0, "data": STANDARD.encode(bytes), "last": true }));
    let put = page.call("tempFilePut", json!({ "blob": "t", "extension": extension }));
    put["path"].as_str().expect("a path").to_owned()
}

fn fs(page: &mut Page<'_>, method: &str, args: Value) -> Value {
    page.call(&format!("FileSystemManager.{method}"), args)
}

fn url(session: &Session, path: &str) -> String {
    format!("{}.lodger/file/{}", session.start_url(), path.trim_start_matches("wxfile://"))
}

#[test]
fn a_temporary_file_is_served_with_its_type_and_by_ranges() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let path = put(&mut page, b"0123456789", "png");
    assert!(path.starts_with("wxfile://tmp/") && path.ends_with(".png"), "{path}");
    let whole = world.load(&session, "GET", &url(&session, &path), &[]);
    assert_eq!((whole.status, whole.mime.as_str(), whole.text().as_str()), (200, "image/png", "0123456789"));
    assert_eq!(whole.headers["content-security-policy"], "sandbox");
    assert_eq!(whole.headers["x-content-type-options"], "nosniff");
    let part = world.load(&session, "GET", &url(&session, &path), &[("Range", "bytes=2-4")]);
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    assert_eq!(part.headers["content-range"], "bytes 2-4/10");
    let outside = world.load(&session, "GET", &url(&session, &path), &[("Range", "bytes=10-")]);
    assert_eq!(outside.status, 416);
}

#[test]
fn row_01_files_of_another_user_or_session_are_not_there() {
    let world = World::new(Setup::default());
    let (ann, _) = world.open();
    let path = put(&mut world.page(&ann), b"secret", "png");
    let mut page = world.page(&ann);
    fs(&mut page, "writeFile", json!({ "filePath": "wxfile://usr/a.png", "data": STANDARD.encode("kept") }));
    let (bob, _) = world.open_with(|request| request.user = "bob".into());
    let mut bobs = world.page(&bob);
    for path in [path.as_str(), "wxfile://usr/a.png"] {
        assert_eq!(world.load(&bob, "GET", &url(&bob, path), &[]).status, 404, "{path}");
        let wrong = bobs.fails("FileSystemManager.access", json!({ "path": path }));
        assert_eq!(wrong, format!("FileSystemManager.access:fail no such file or directory {path}"));
    }
    let (again, _) = world.open();
    assert_eq!(world.load(&again, "GET", &url(&again, &path), &[]).status, 404, "temporary");
    assert_eq!(world.load(&again, "GET", &url(&again, "usr/a.png"), &[]).text(), "kept");
}

#[test]
fn row_30_no_url_leads_out_of_the_spaces() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    fs(
        &mut page,
        "writeFile",
        json!({ "filePath": "wxfile://usr/a.html", "data": STANDARD.encode("<script>") }),
    );
    for path in [
        "usr/../usr/a.html",
        "usr/%2e%2e/usr/a.html",
        "usr%2f..%2fusr%2fa.html",
        "usr/a.html%00",
        "etc/passwd",
        "images/logo.png",
        "usr",
        "usr/a%5ca.html",
        "../p/app.json",
        "//usr/a",
    ] {
        let status = world.load(&session, "GET", &url(&session, path), &[]).status;
        assert_eq!(status, 404, "{path}");
    }
    let html = world.load(&session, "GET", &url(&session, "usr/a.html?x#y"), &[]);
    assert_eq!((html.status, html.mime.as_str()), (200, "application/octet-stream"));
}

#[test]
fn row_14_a_wipe_leaves_no_file() {
    let world = World::new(Setup::default());
    let (session, _) = world.open();
    let mut page = world.page(&session);
    fs(&mut page, "mkdir", json!({ "dirPath": "wxfile://usr/a/b", "recursive": true }));
    fs(
        &mut page,
        "writeFile",
        json!({ "filePath": "wxfile://usr/a/b/c", "data": STANDARD.encode(vec![1; 200_000]) }),
    );
    let text = std::fs::read(world.dir.path().join("lodger.db")).expect("there");
    assert!(!text.windows(4).any(|piece| piece == b"usr/"), "names are sealed");
    world.engine.wipe("ann", "coffee").expect("wiped");
    let (session, _) = world.open();
    let mut page = world.page(&session);
    assert_eq!(fs(&mut page, "readdir", json!({ "dirPath": "wxfile://usr" })), json!({ "files": [] }));
}

fn downloads(domains: &[&str]) -> lodger_bundle::Domains {
    let list: Vec<String> = domains.iter().map(|domain| (*domain).to_owned()).collect();
    lodger_bundle::Domains { download: Some(list.clone()), upload: Some(list), ..Default::default() }
}

#[test]
fn row_25_downloads_and_uploads_stay_on_their_lists_hop_by_hop() {
    let http = FakeHttp::new(|request| {
        Ok(match request.url.as_str() {
            "https://files.example.com/away" => {
                response(302, &[("Location", "https://evil.test/x")], b"secret")
            }
            "https://files.example.com/near" => response(302, &[("Location", "/a.png")], b""),
            _ => response(200, &[("Content-Type", "image/png")], b"picture"),
        })
    });
    let world = World::new(Setup {
        http: http.clone(),
        domains: downloads(&["files.example.com"]),
        ..Setup::default()
    });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for url in ["https://evil.test/a", "https://api.example.com/a", "https://files.example.com/away"] {
        let said = page.fails("downloadFile", json!({ "url": url }));
        assert_eq!(said, "downloadFile:fail url not in domain list", "{url}");
    }
    fs(&mut page, "writeFile", json!({ "filePath": "wxfile://usr/a", "data": STANDARD.encode("x") }));
    let upload = json!({ "url": "https://evil.test/", "filePath": "wxfile://usr/a", "name": "f" });
    assert_eq!(page.fails("uploadFile", upload), "uploadFile:fail url not in domain list");
    assert!(!http.urls().iter().any(|url| url.contains("evil")), "{:?}", http.urls());
    let ok = page.call("downloadFile", json!({ "url": "https://files.example.com/near" }));
    let path = ok["tempFilePath"].as_str().expect("a path");
    assert!(path.ends_with(".png"), "{path}");
    assert_eq!(world.load(&session, "GET", &url(&session, path), &[]).text(), "picture");
    let names = fs(&mut page, "readdir", json!({ "dirPath": "wxfile://tmp" }));
    assert_eq!(names["files"].as_array().map(Vec::len), Some(1), "failures leave no file: {names}");
}

#[test]
fn a_download_that_is_given_up_leaves_no_file_and_goes_nowhere_else() {
    let world = World::new(Setup { domains: downloads(&["files.example.com"]), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let id = page.send("downloadFile", json!({ "url": "https://files.example.com/never" }));
    page.send("abort", json!({ "id": id }));
    assert_eq!(page.answer(id)["err"]["errMsg"], "downloadFile:fail abort");
    for path in ["wxfile://tmp/x", "wxfile://store/x", "/images/x", "wxfile://usr/../x", "wxfile://usr"] {
        let said =
            page.fails("downloadFile", json!({ "url": "https://files.example.com/a", "filePath": path }));
        let refused = said.contains("permission denied") || said.contains("illegal operation on a directory");
        assert!(refused, "{path}: {said}");
    }
    for path in ["wxfile://usr/none", "wxfile://tmp/none", "../app.json", "file:///etc/passwd"] {
        let upload = json!({ "url": "https://files.example.com/a", "filePath": path, "name": "f" });
        assert!(page.fails("uploadFile", upload).starts_with("uploadFile:fail "), "{path}");
    }
    assert_eq!(fs(&mut page, "readdir", json!({ "dirPath": "wxfile://tmp" })), json!({ "files": [] }));
}
