//! WeChat Pay's signatures and encryption: what Tencent's SDKs publish, and what must be refused.
use async_trait::async_trait;
use lodger_pay::wechatpay::{
    ApiV3Key, Authorization, Keys, NonceStore, Notification, PROBE, PrivateKey, PublicKey, Resource, SCHEME,
    Signed, WechatPayError as Error, app_message, header, jsapi_message, request_message,
};
use proptest::prelude::*;
use serde_json::Value;
use std::{collections::BTreeSet, future::Future, sync::Mutex};

const NOW: u64 = 1_624_523_846;

fn published() -> Value {
    serde_json::from_str(include_str!("../vectors/wechatpay/published.json")).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn file(name: &str) -> &'static str {
    match name {
        "go_private_key.pem" => include_str!("../vectors/wechatpay/go_private_key.pem"),
        "go_certificate.pem" => include_str!("../vectors/wechatpay/go_certificate.pem"),
        "merchant_private_key.pem" => include_str!("../vectors/wechatpay/merchant_private_key.pem"),
        "merchant_certificate.pem" => include_str!("../vectors/wechatpay/merchant_certificate.pem"),
        "wechat_pay_private_key.pem" => include_str!("../vectors/wechatpay/wechat_pay_private_key.pem"),
        "wechat_pay_certificate.pem" => include_str!("../vectors/wechatpay/wechat_pay_certificate.pem"),
        "wechat_pay_public_key.pem" => include_str!("../vectors/wechatpay/wechat_pay_public_key.pem"),
        _ => panic!("no file {name}"),
    }
}

fn key(name: &str) -> PrivateKey {
    PrivateKey::from_pem(file(name)).unwrap()
}

#[derive(Default)]
struct Nonces(Mutex<BTreeSet<(String, String)>>);

#[async_trait]
impl NonceStore for Nonces {
    async fn first_use(&self, owner: &str, nonce: &str, _: u64) -> Result<bool, String> {
        Ok(self.0.lock().unwrap().insert((owner.into(), nonce.into())))
    }
}

struct Broken;

#[async_trait]
impl NonceStore for Broken {
    async fn first_use(&self, _: &str, _: &str, _: u64) -> Result<bool, String> {
        Err("no disk".into())
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn published_signatures() {
    for vector in published()["signatures"].as_array().unwrap() {
        let signature = key(text(vector, "private_key")).sign(text(vector, "message").as_bytes()).unwrap();
        assert_eq!(signature, text(vector, "signature"), "{}", vector["source"]);
    }
}

#[test]
fn certificates_give_their_serial_and_key() {
    let serials = published()["serials"].clone();
    for name in ["merchant_certificate.pem", "wechat_pay_certificate.pem", "go_certificate.pem"] {
        let (serial, public) = PublicKey::from_certificate(file(name)).unwrap();
        assert_eq!(serial, text(&serials, name));
        let private = key(&name.replace("certificate", "private_key"));
        public.verify(b"message", &private.sign(b"message").unwrap()).unwrap();
    }
    let public = PublicKey::from_pem(file("wechat_pay_public_key.pem")).unwrap();
    let signature = key("wechat_pay_private_key.pem").sign(b"message").unwrap();
    public.verify(b"message", &signature).unwrap();
    assert_eq!(PublicKey::from_jwk(&public.to_jwk()).unwrap(), public);
    for wrong in ["", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", file("go_private_key.pem")] {
        assert!(PublicKey::from_pem(wrong).is_err() && PublicKey::from_certificate(wrong).is_err());
    }
    assert!(PrivateKey::from_pem(file("go_certificate.pem")).is_err());
}

#[test]
fn a_published_notification() {
    let vector = &published()["notification"];
    let signed = Signed::read(|name| vector["headers"][name].as_str()).unwrap();
    let keys = Keys::new().with_certificate(file("go_certificate.pem")).unwrap();
    let body = text(vector, "body").as_bytes();
    signed.verify_answer(&keys, body, NOW).unwrap();
    let notification = Notification::read(body).unwrap();
    assert_eq!(notification.event_type, "PAYSCORE.USER_OPEN_SERVICE");
    assert_eq!(notification.summary, "签约成功");
    // The trap: this vector's key has 16 bytes. The API's has 32, and no other may do.
    assert!(matches!(ApiV3Key::new(text(vector, "key_of_16_bytes").as_bytes()), Err(Error::Key(_))));
    assert_eq!(ApiV3Key::new(&[7; 32]).unwrap().open(&notification.resource), Err(Error::Decrypt));
}

#[test]
fn the_window_is_five_minutes_and_a_notification_counts_once() {
    let vector = &published()["notification"];
    let signed = Signed::read(|name| vector["headers"][name].as_str()).unwrap();
    let keys = Keys::new().with_certificate(file("go_certificate.pem")).unwrap();
    let body = text(vector, "body").as_bytes();
    for (now, outcome) in [
        (NOW + 299, Ok(())),
        (NOW - 299, Ok(())),
        (NOW + 300, Err(Error::Time)),
        (NOW - 300, Err(Error::Time)),
    ] {
        assert_eq!(signed.verify_answer(&keys, body, now), outcome);
        assert_eq!(wait(signed.verify_notification(&keys, body, now, &Nonces::default())), outcome);
    }
    let nonces = Nonces::default();
    let forged = Signed { signature: key("merchant_private_key.pem").sign(b"x").unwrap(), ..signed.clone() };
    assert_eq!(wait(forged.verify_notification(&keys, body, NOW, &nonces)), Err(Error::Signature));
    assert_eq!(
        wait(signed.verify_notification(&keys, body, NOW, &nonces)),
        Ok(()),
        "forgers use up no nonce"
    );
    assert_eq!(wait(signed.verify_notification(&keys, body, NOW, &nonces)), Err(Error::Replay));
    assert_eq!(wait(signed.verify_notification(&keys, body, NOW, &Broken)), Err(Error::Store));
}

#[test]
fn tampered_probed_and_foreign_answers_are_refused() {
    let private = key("wechat_pay_private_key.pem");
    let (serial, certified) = PublicKey::from_certificate(file("wechat_pay_certificate.pem")).unwrap();
    let id = "PUB_KEY_ID_0114232134912410000000000000";
    let keys = Keys::new().with(&serial, certified.clone()).with(id, certified);
    for name in [serial.as_str(), &serial.to_lowercase(), id] {
        let signed = Signed::sign(&private, name, NOW, "n", b"{}").unwrap();
        assert_eq!(signed.verify_answer(&keys, b"{}", NOW), Ok(()));
        let spelled = signed.headers().map(|(name, _)| name);
        assert_eq!(
            spelled,
            ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"]
        );
        assert_eq!(signed.verify_answer(&keys, b"{} ", NOW), Err(Error::Signature));
        let refused = |change: fn(&mut Signed)| {
            let mut changed = signed.clone();
            change(&mut changed);
            changed.verify_answer(&keys, b"{}", NOW).unwrap_err()
        };
        assert_eq!(refused(|signed| signed.nonce.push('x')), Error::Signature);
        assert_eq!(refused(|signed| signed.timestamp = (NOW + 1).to_string()), Error::Signature);
        assert_eq!(refused(|signed| signed.timestamp.insert(0, '+')), Error::Malformed("the timestamp"));
        assert_eq!(refused(|signed| signed.serial = "ABCD".into()), Error::UnknownKey);
        assert_eq!(refused(|signed| signed.signature.insert_str(0, PROBE)), Error::Probe);
        assert_eq!(refused(|signed| signed.signature.clear()), Error::Signature);
    }
    // The empty 204 of a close is signed, too.
    let signed = Signed::sign(&private, id, NOW, "n", b"").unwrap();
    assert_eq!(signed.verify_answer(&keys, b"", NOW), Ok(()));
    let typed = |kind: &'static str| {
        Signed::read(move |name| Some(if name == header::SIGNATURE_TYPE { kind } else { "1" })).is_ok()
    };
    assert!(typed(SCHEME) && !typed("WECHATPAY2-SM2-WITH-SM3"));
    assert!(
        Signed::read(|name| (name != header::NONCE && name != header::SIGNATURE_TYPE).then_some("1"))
            .is_err()
    );
}

#[test]
fn the_published_request_and_its_header() {
    let vector = &published()["authorization"];
    let (mchid, nonce) = (text(vector, "mchid"), text(vector, "nonce"));
    let serial = text(vector, "serial");
    let private = key("merchant_private_key.pem");
    let (_, public) = PublicKey::from_certificate(file("merchant_certificate.pem")).unwrap();
    let keys = Keys::new().with(serial, public);
    for message in vector["messages"].as_array().unwrap() {
        let (method, target) = (text(message, "method"), text(message, "target"));
        let body = text(message, "body").as_bytes();
        let signed = text(message, "message").as_bytes();
        assert_eq!(request_message(method, target, text(vector, "timestamp"), nonce, body), signed);
        let made = Authorization::sign(&private, mchid, serial, NOW, nonce, method, target, body).unwrap();
        let expected = text(vector, "header").replace("{signature}", &private.sign(signed).unwrap());
        assert_eq!(made.to_string(), format!("WECHATPAY2-SHA256-RSA2048 {expected}"));
        let read = Authorization::read(&made.to_string()).unwrap();
        assert_eq!(read, made);

        let nonces = Nonces::default();
        let verify = |method: &str, target: &str, body: &[u8], now| {
            wait(read.verify(&keys, method, target, body, now, &nonces))
        };
        assert_eq!(verify("PUT", target, body, NOW), Err(Error::Signature));
        assert_eq!(verify(method, "/v3/certificates?x=1", body, NOW), Err(Error::Signature));
        assert_eq!(verify(method, target, b"other", NOW), Err(Error::Signature));
        assert_eq!(verify(method, target, body, NOW + 300), Err(Error::Time));
        assert_eq!(
            wait(read.verify(&Keys::new(), method, target, body, NOW, &nonces)),
            Err(Error::UnknownKey)
        );
        assert_eq!(verify(method, target, body, NOW), Ok(()));
        assert_eq!(verify(method, target, body, NOW), Err(Error::Replay));
    }
}

#[test]
fn headers_that_two_readers_could_read_differently_are_refused() {
    let good =
        r#"WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",timestamp="2",serial_no="A",signature="cw==""#;
    assert!(Authorization::read(good).is_ok());
    let turned = r#"WECHATPAY2-SHA256-RSA2048 signature="cw==", serial_no="A", timestamp="2", nonce_str="n", mchid="1""#;
    assert_eq!(Authorization::read(turned), Authorization::read(good));
    let long = format!("nonce_str=\"{}\"", "n".repeat(65));
    for (from, to) in [
        ("RSA2048", "RSA4096"),
        ("WECHATPAY2-SHA256-RSA2048 ", ""),
        (r#"mchid="1","#, ""),
        (r#"mchid="1","#, r#"mchid="1",mchid="2","#),
        (r#"mchid="1","#, r#"mchid="1",other="2","#),
        (r#"mchid="1""#, "mchid=1"),
        (r#"mchid="1""#, r#"mchid="""#),
        (r#"mchid="1""#, "mchid=\"1\n2\""),
        (r#"nonce_str="n""#, long.as_str()),
    ] {
        assert!(Authorization::read(&good.replacen(from, to, 1)).is_err(), "{to}");
    }
}

/// No published signature of these exists (`facts/standards.md` A): the text is fixed here, and signed by RSA, which is
/// deterministic.
#[test]
fn what_pages_and_apps_sign() {
    let page = jsapi_message(
        "wx8888888888888888",
        "1414561699",
        "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "prepay_id=wx20",
    );
    assert_eq!(page, b"wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\nprepay_id=wx20\n");
    let app = app_message("wx8888888888888888", "1414561699", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "wx20");
    assert_eq!(app, b"wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\nwx20\n");
}

#[test]
fn published_encryption() {
    let vector = &published()["aes"];
    let key = ApiV3Key::new(text(vector, "key").as_bytes()).unwrap();
    let (aad, nonce) = (text(vector, "associated_data"), text(vector, "nonce"));
    let sealed = key.seal(None, aad, nonce, text(vector, "content").as_bytes()).unwrap();
    assert_eq!(sealed.ciphertext, text(vector, "ciphertext"));
    assert_eq!(key.open(&sealed).unwrap(), text(vector, "content").as_bytes());
    for (change, error) in [
        (Resource { associated_data: "other".into(), ..sealed.clone() }, Error::Decrypt),
        (Resource { nonce: "000000000000".into(), ..sealed.clone() }, Error::Decrypt),
        (Resource { ciphertext: "AAAA".into(), ..sealed.clone() }, Error::Decrypt),
        (Resource { nonce: "short".into(), ..sealed.clone() }, Error::Malformed("the resource's nonce")),
        (
            Resource { ciphertext: "!".into(), ..sealed.clone() },
            Error::Malformed("the resource's ciphertext"),
        ),
        (
            Resource { algorithm: "AEAD_AES_128_GCM".into(), ..sealed.clone() },
            Error::Malformed("the resource's algorithm"),
        ),
    ] {
        assert_eq!(key.open(&change), Err(error));
    }

    // A certificate as the API hands it out, and what it says of itself.
    let vector = &published()["certificates"];
    let body: Value = serde_json::from_str(text(vector, "body")).unwrap();
    let resource = serde_json::from_value(body["data"][0]["encrypt_certificate"].clone()).unwrap();
    let pem = String::from_utf8(key.open(&resource).unwrap()).unwrap();
    assert_eq!(PublicKey::from_certificate(&pem).unwrap().0, text(vector, "serial"));
}

proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = Authorization::read(&text);
        let _ = Authorization::read(&format!("{SCHEME} {text}"));
        let _ = Notification::read(&bytes);
        let _ = PublicKey::from_spki(&bytes);
        let content: String = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
        let _ = PublicKey::from_certificate(&format!("-----BEGIN CERTIFICATE-----{content}-----END CERTIFICATE-----"));
    }
}
