//! Each rule of the index, broken one at a time, and the exact JSON.
use super::*;
use crate::BundleBuilder;
use serde_json::{Value, json};

fn sample() -> Index {
    let mut template = Index::template("coffee", Version { name: "1.4.0".to_owned(), code: 7 });
    template.pages = vec!["pages/menu/index".to_owned(), "packages/order/pay".to_owned()];
    template.scopes = vec!["scope.userLocation".to_owned()];
    template.domains.request = Some(vec!["https://api.example.com".to_owned()]);
    template.w3c.insert("name".to_owned(), json!("咖啡"));
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    builder.package("order", "packages/order", true);
    builder.file("main", "b.png", "image/png", b"b".to_vec());
    builder.file("main", "app.json", "application/json", b"{}".to_vec());
    builder.file("order", "packages/order/a.js", "text/javascript; charset=utf-8", b"b".to_vec());
    builder.finish().unwrap().index
}

/// The rule that is broken once `change` is made to the sample's JSON.
fn broken(change: impl FnOnce(&mut Value)) -> Rule {
    let mut value: Value = serde_json::from_slice(&sample().to_bytes()).unwrap();
    change(&mut value);
    let error = Index::parse(&canonical::write(&value)).unwrap_err();
    assert!(error.to_string().contains(error.rule().name()), "{error}");
    error.rule()
}

#[test]
fn writes_exactly_the_documented_json() {
    let b = Digest::of(b"b").to_hex();
    let (braces, main) = (Digest::of(b"{}").to_hex(), Digest::of(b"{}b").to_hex());
    let expected = format!(
        concat!(
            r#"{{"app":"coffee","domains":{{"request":["https://api.example.com"]}},"format":1,"#,
            r#""packages":[{{"files":[["app.json",2,"{braces}","application/json"],"#,
            r#"["b.png",1,"{b}","image/png"]],"independent":false,"name":"main","root":"","#,
            r#""stream":{{"length":3,"sha256":"{main}"}}}},"#,
            r#"{{"files":[["packages/order/a.js",1,"{b}","text/javascript; charset=utf-8"]],"#,
            r#""independent":true,"name":"order","root":"packages/order","#,
            r#""stream":{{"length":1,"sha256":"{b}"}}}}],"#,
            r#""pages":["pages/menu/index","packages/order/pay"],"plugins":{{}},"prefetch":{{}},"#,
            r#""runtime":{{"min":"0.1"}},"scopes":["scope.userLocation"],"#,
            r#""version":{{"code":7,"name":"1.4.0"}},"w3c":{{"name":"咖啡"}}}}"#,
        ),
        b = b,
        braces = braces,
        main = main,
    );
    assert_eq!(String::from_utf8(sample().to_bytes()).unwrap(), expected);
    assert_eq!(Index::parse(expected.as_bytes()).unwrap(), sample());
}

#[test]
fn refuses_another_shape() {
    assert_eq!(broken(|v| *v = json!([])), Rule::Type);
    assert_eq!(broken(|v| v["extra"] = json!(1)), Rule::UnknownKey);
    assert_eq!(broken(|v| v["packages"][0]["stream"]["md5"] = json!("")), Rule::UnknownKey);
    assert_eq!(broken(|v| v["domains"]["telnet"] = json!([])), Rule::UnknownKey);
    for key in ["app", "domains", "format", "packages", "pages", "plugins", "prefetch", "runtime", "scopes"] {
        assert_eq!(broken(|v| drop(v.as_object_mut().unwrap().remove(key))), Rule::MissingKey, "{key}");
    }
    assert_eq!(broken(|v| v["domains"]["request"] = Value::Null), Rule::Type);
    assert_eq!(broken(|v| v["packages"][0]["files"][0][1] = json!("2")), Rule::Type);
    assert_eq!(broken(|v| v["packages"][0]["files"][0][1] = json!(-2)), Rule::Type);
    assert_eq!(broken(|v| drop(v["packages"][0]["files"][0].as_array_mut().unwrap().pop())), Rule::Type);
    assert_eq!(broken(|v| v["w3c"]["ratio"] = json!(1.5)), Rule::Integer);
    // A later format is refused as such, whatever else it brings.
    assert_eq!(broken(|v| *v = json!({"format": 2, "new": true})), Rule::Format);
}

#[test]
fn refuses_bad_names_and_texts() {
    for app in ["", "a/b", "咖啡", &"a".repeat(65)] {
        assert_eq!(broken(|v| v["app"] = json!(app)), Rule::AppId, "{app}");
    }
    assert_eq!(broken(|v| v["version"]["name"] = json!("1\n0")), Rule::Text);
    assert_eq!(broken(|v| v["version"]["name"] = json!("")), Rule::Text);
    assert_eq!(broken(|v| v["domains"]["request"][0] = json!("")), Rule::Text);
    for min in ["", "1.", "1.2.3.4", "v1", "1234567890"] {
        assert_eq!(broken(|v| v["runtime"]["min"] = json!(min)), Rule::Runtime, "{min}");
    }
    assert_eq!(broken(|v| v["scopes"] = json!(["scope.a", "scope.a"])), Rule::Scopes);
    assert_eq!(broken(|v| v["scopes"] = json!(["scope a"])), Rule::Scopes);
    assert_eq!(broken(|v| v["pages"] = json!([])), Rule::Pages);
    assert_eq!(broken(|v| v["pages"] = json!(["a", "A"])), Rule::Pages);
    assert_eq!(broken(|v| v["pages"] = json!(["/a"])), Rule::PathSegment);
}

#[test]
fn refuses_bad_files() {
    let path = |path: &str| broken(|v| v["packages"][0]["files"][0][0] = json!(path));
    assert_eq!(path("../app.json"), Rule::PathSegment);
    assert_eq!(path("a\0"), Rule::PathCharacter);
    assert_eq!(path("a\\b"), Rule::PathCharacter);
    assert_eq!(path("a\u{308}"), Rule::PathNfc);
    assert_eq!(path("B.png"), Rule::PathUnique);
    assert_eq!(path("c.json"), Rule::FileOrder);
    assert_eq!(broken(|v| v["packages"][0]["files"][1][0] = json!("packages/order/x")), Rule::FileOwner);
    assert_eq!(broken(|v| v["packages"][1]["files"][0][0] = json!("elsewhere/a.js")), Rule::FileOwner);
    // The same path in two packages; the main one comes first.
    assert_eq!(broken(|v| v["packages"][1]["files"][0][0] = json!("B.PNG")), Rule::PathUnique);
    let upper = |v: &mut Value| {
        let hex = v["packages"][0]["files"][0][2].as_str().unwrap().to_uppercase();
        v["packages"][0]["files"][0][2] = json!(hex);
    };
    assert_eq!(broken(upper), Rule::Digest);
    assert_eq!(broken(|v| v["packages"][0]["files"][0][1] = json!(3)), Rule::StreamLength);
    let two_lengths = |v: &mut Value| {
        v["packages"][1]["files"][0][1] = json!(9);
        v["packages"][1]["stream"]["length"] = json!(9);
    };
    assert_eq!(broken(two_lengths), Rule::BlobLength);
    for mime in ["", "image", "image/", "/png", "image/png\r\nSet-Cookie: a", "image/png; é", "a b/c"] {
        assert_eq!(broken(|v| v["packages"][0]["files"][0][3] = json!(mime)), Rule::Mime, "{mime}");
    }
}

#[test]
fn refuses_bad_packages() {
    assert_eq!(broken(|v| v["packages"] = json!([])), Rule::MainPackage);
    assert_eq!(broken(|v| v["packages"][0]["name"] = json!("first")), Rule::MainPackage);
    assert_eq!(broken(|v| v["packages"].as_array_mut().unwrap().reverse()), Rule::MainPackage);
    assert_eq!(broken(|v| v["packages"][1]["name"] = json!("Main")), Rule::PackageUnique);
    assert_eq!(broken(|v| v["packages"][1]["root"] = json!("")), Rule::PackageUnique);
    assert_eq!(broken(|v| v["packages"][1]["root"] = json!("packages/order/")), Rule::PathSegment);
}

#[test]
fn refuses_by_the_limits_of_the_host() {
    let bytes = sample().to_bytes();
    let with = |change: fn(&mut Limits)| {
        let mut limits = Limits::RELEASE;
        change(&mut limits);
        Index::parse_with(&bytes, &limits).map_err(|error| error.rule())
    };
    assert!(with(|_| ()).is_ok());
    assert_eq!(with(|limits| limits.index_bytes = 100), Err(Rule::IndexSize));
    assert_eq!(with(|limits| limits.packages = 1), Err(Rule::PackageCount));
    assert_eq!(with(|limits| limits.files = 2), Err(Rule::FileCount));
    assert_eq!(with(|limits| limits.package_bytes = 2), Err(Rule::PackageSize));
    assert_eq!(with(|limits| limits.total_bytes = 3), Err(Rule::TotalSize));
}

#[test]
fn warns_of_what_publish_refuses() {
    let mut template = Index::template("coffee", Version { name: "1".to_owned(), code: 1 });
    template.pages.push("a".to_owned());
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    builder.file("main", "film.mp4", "video/mp4", vec![0; (2 << 20) + 1]);
    let bundle = builder.finish().unwrap();
    assert!(Index::parse(&bundle.index_bytes).is_ok());
    let error = Index::parse_with(&bundle.index_bytes, &Limits::RELEASE).unwrap_err();
    assert_eq!(error.rule(), Rule::PackageSize);
    assert_eq!(oversize(&bundle.index, &Limits::RELEASE), ["main has 2097153 bytes, the limit is 2097152"]);
    assert_eq!(oversize(&bundle.index, &Limits::STRUCTURE), Vec::<String>::new());
}

#[test]
fn finds_files_and_packages() {
    let index = sample();
    assert_eq!(index.file("app.json").unwrap().length, 2);
    assert_eq!(index.file("packages/order/a.js").unwrap().digest, Digest::of(b"b"));
    assert!(index.file("packages/order/b.png").is_none() && index.file("App.json").is_none());
    assert_eq!(index.package_of("packages/order/pay").name, "order");
    assert_eq!(index.package_of("packages/orders/pay").name, "main");
    assert_eq!(index.files().count(), 3);
}

#[test]
fn the_builder_refuses_what_the_reader_would() {
    let start = || {
        let mut template = Index::template("coffee", Version { name: "1".to_owned(), code: 1 });
        template.pages.push("a".to_owned());
        let mut builder = BundleBuilder::new(template);
        builder.package("main", "", false);
        builder
    };
    let rule = |builder: BundleBuilder| builder.finish().unwrap_err().rule();
    let mut twice = start();
    twice.file("main", "a", "text/plain", b"1".to_vec());
    twice.file("main", "a", "text/plain", b"2".to_vec());
    assert_eq!(rule(twice), Rule::PathUnique);
    let mut stray = start();
    stray.file("order", "a", "text/plain", Vec::new());
    assert_eq!(rule(stray), Rule::FileOwner);
    let mut fraction = start();
    fraction.index.prefetch.insert("a".to_owned(), json!({"b": [0.5]}));
    assert_eq!(rule(fraction), Rule::Integer);
    let mut deep = start();
    let nested = (0..40).fold(json!(1), |inner, _| json!([inner]));
    deep.index.plugins.insert("a".to_owned(), nested);
    assert_eq!(rule(deep), Rule::Depth);
}

#[test]
fn errors_escape_and_cut_what_they_quote() {
    let error = IndexError::new(Rule::PathLength, format!("a\n{}", "é".repeat(1000)));
    assert!(error.to_string().len() < 600 && !error.to_string().contains('\n'), "{error}");
}
