//! Who is not the user, not the device, or not the app.

use super::device::{AUDIENCE, ISSUER, Phone, SITE, errcode, issuer, json_of, refusal, unique};
use serde_json::{Value, json};

const CODES: &str = "/lodger/v1/codes";

/// An assertion that the attacker shaped.
fn shaped(phone: &Phone<'_>, header: Value, change: impl Fn(&mut Value)) -> Value {
    let nonce = unique();
    let mut claims = phone.claims(&nonce);
    change(&mut claims);
    let nonce = claims["nonce"].clone();
    json!({"token": phone.site.bank.sign(&header, &claims), "nonce": nonce})
}

fn own() -> Value {
    json!({"alg": "ES256", "kid": "bank", "typ": "lodger-identity+jwt"})
}

#[test]
fn codes_are_for_one_app_and_one_time() {
    let site = &*SITE;
    let phone = site.phone("carol");
    let code = phone.code("login");
    // Another app cannot use it, nor use it up.
    assert_eq!(errcode(&site.redeem("tea", &site.tea, &code)), 40029);
    assert_eq!(errcode(&site.redeem("coffee", &site.tea, &code)), 40125);
    let session = site.session(&code);
    assert_eq!(errcode(&session), 0);
    assert_eq!(errcode(&site.session(&code)), 40163);
    assert_eq!(errcode(&site.session("unknown")), 40029);
    // Two apps' sessions: what one holds is nothing in the other.
    let tea = site.ask(&format!("cgi-bin/token?grant_type=client_credential&appid=tea&secret={}", site.tea));
    let openid = session["openid"].as_str().unwrap();
    let signature = super::login::sign_session(session["session_key"].as_str().unwrap());
    let answer = site.ask(&format!(
        "wxa/checksession?access_token={}&openid={openid}&signature={signature}&sig_method=hmac_sha256",
        tea["access_token"].as_str().unwrap()
    ));
    assert_eq!(errcode(&answer), 40003);
}

#[test]
fn of_many_that_redeem_at_once_one_does() {
    let site = &*SITE;
    let code = site.phone("race").code("login");
    let codes: Vec<i64> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| errcode(&site.session(&code)))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| [0, 40163].contains(code)), "{codes:?}");
}

#[test]
fn proofs_are_for_one_request_of_one_key() {
    let site = &*SITE;
    let phone = site.phone("dave");
    // Without a proof, or two of them.
    let body = phone.asking().to_string();
    assert_eq!(refusal(&phone.send_raw("POST", CODES, &[], &body)), "401 invalid_dpop_proof");
    let proof = phone.proof("POST", CODES);
    let text = phone.pen.sign(&proof.header, &proof.claims);
    let twice = [("dpop", text.as_str()), ("dpop", text.as_str())];
    assert_eq!(refusal(&phone.send_raw("POST", CODES, &twice, &body)), "401 invalid_dpop_proof");
    // Used again: also if the first use was refused.
    assert_eq!(phone.send_raw("POST", CODES, &[("dpop", &text)], &body).status, 200);
    let body = phone.asking().to_string();
    assert_eq!(refusal(&phone.send_raw("POST", CODES, &[("dpop", &text)], &body)), "401 invalid_dpop_proof");
    let proof = phone.proof("POST", CODES);
    let mut asking = phone.asking();
    asking["index"] = "0".repeat(64).into();
    assert_eq!(refusal(&phone.send_with("POST", CODES, &proof, &asking)), "403 not_released");
    let again = phone.send_with("POST", CODES, &proof, &phone.asking());
    assert_eq!(refusal(&again), "401 invalid_dpop_proof");
    let proof = phone.proof("POST", CODES);
    let refused = phone.send_with(
        "POST",
        CODES,
        &proof,
        &json!({"app": "coffee", "index": "", "session": "", "purpose": "login"}),
    );
    assert_eq!(refusal(&refused), "401 invalid_identity");
    let again = phone.send_with("POST", CODES, &proof, &phone.asking());
    assert_eq!(refusal(&again), "401 invalid_dpop_proof");

    type Change = fn(&mut super::device::Proof);
    let changes: [(&str, Change, &str); 7] = [
        ("another method", |proof| proof.claims["htm"] = "GET".into(), "invalid_dpop_proof"),
        (
            "another route",
            |proof| proof.claims["htu"] = "http://x/lodger/v1/devices".into(),
            "invalid_dpop_proof",
        ),
        (
            "another server",
            |proof| proof.claims["htu"] = "https://evil.example/lodger/v1/codes".into(),
            "invalid_dpop_proof",
        ),
        ("a token's digest", |proof| proof.claims["ath"] = "x".into(), "invalid_dpop_proof"),
        ("a made-up nonce", |proof| proof.claims["nonce"] = "29000000.00".into(), "use_dpop_nonce"),
        ("another type", |proof| proof.header["typ"] = "jwt".into(), "invalid_dpop_proof"),
        (
            "another's key",
            |proof| proof.header["jwk"] = crate::signing::Pen::new().jwk(),
            "invalid_dpop_proof",
        ),
    ];
    for (what, change, code) in changes {
        let mut proof = phone.proof("POST", CODES);
        change(&mut proof);
        let answer = phone.send_with("POST", CODES, &proof, &phone.asking());
        assert_eq!(refusal(&answer), format!("401 {code}"), "{what}");
    }
    // `Host` says what the attacker likes.
    let mut proof = phone.proof("POST", CODES);
    proof.claims["htu"] = "http://evil.example/lodger/v1/codes".into();
    let text = phone.pen.sign(&proof.header, &proof.claims);
    let headers = [("dpop", text.as_str()), ("host", "evil.example")];
    let answer = phone.send_raw("POST", CODES, &headers, &phone.asking().to_string());
    assert_eq!(refusal(&answer), "401 invalid_dpop_proof");
}

#[test]
fn identities_are_of_the_registered_host_for_this_key_now() {
    let site = &*SITE;
    let phone = site.phone("erin");
    let mint = |assertion: Value| {
        let mut asking = phone.asking();
        asking["assertion"] = assertion;
        refusal(&phone.mint(&asking))
    };
    let now = site.now();
    let id_token = json!({"alg": "ES256", "kid": "bank", "typ": "JWT"});
    let bare = json!({"alg": "ES256", "kid": "bank"});
    let refused: Vec<(&str, Value)> = vec![
        ("a plain id token", shaped(&phone, id_token, |_| {})),
        ("without a type", shaped(&phone, bare, |_| {})),
        ("of another issuer", shaped(&phone, own(), |claims| claims["iss"] = "https://evil.example".into())),
        // The bank's signature under the shop's name, and the other way round below.
        ("of another host", shaped(&phone, own(), |claims| claims["iss"] = issuer("shop").into())),
        (
            "for another server",
            shaped(&phone, own(), |claims| claims["aud"] = "https://other.example".into()),
        ),
        (
            "for two servers",
            shaped(&phone, own(), |claims| claims["aud"] = json!([AUDIENCE, "https://other"])),
        ),
        ("expired", shaped(&phone, own(), |claims| claims["exp"] = (now - 1).into())),
        ("for ten minutes", shaped(&phone, own(), |claims| claims["exp"] = (now + 600).into())),
        (
            "for another key",
            shaped(&phone, own(), |claims| {
                claims["cnf"]["jkt"] = crate::signing::Pen::new().public().thumbprint().as_str().into()
            }),
        ),
        (
            "bound to no key",
            shaped(&phone, own(), |claims| drop(claims.as_object_mut().unwrap().remove("cnf"))),
        ),
        ("unsigned", json!({"token": "eyJhbGciOiJub25lIn0.e30.", "nonce": unique()})),
        ("no token", json!({"token": "x", "nonce": unique()})),
    ];
    for (what, assertion) in refused {
        assert_eq!(mint(assertion), "401 invalid_identity", "{what}");
    }
    let nonce = unique();
    let shop = site
        .shop
        .sign(&json!({"alg": "ES256", "kid": "bank", "typ": "lodger-identity+jwt"}), &phone.claims(&nonce));
    assert_eq!(mint(json!({"token": shop, "nonce": nonce})), "401 invalid_identity", "the shop as the bank");
    let mut other = phone.assertion();
    other["nonce"] = unique().into();
    assert_eq!(mint(other), "401 invalid_identity", "made for another request");
    // The same assertion twice.
    let assertion = phone.assertion();
    let mut asking = phone.asking();
    asking["assertion"] = assertion.clone();
    assert_eq!(phone.mint(&asking).status, 200);
    assert_eq!(mint(assertion), "401 invalid_identity", "used before");
    // A bearer token is whoever's finds it; a host of one form does not speak in the other.
    let headers = [("authorization", "Bearer x")];
    assert_eq!(refusal(&phone.send_raw("POST", CODES, &headers, "{}")), "401 invalid_identity");
    let nonce = unique();
    let mut claims = phone.claims(&nonce);
    claims["iss"] = issuer("idp").into();
    let header = json!({"alg": "ES256", "kid": "idp", "typ": "lodger-identity+jwt"});
    let token = site.idp.sign(&header, &claims);
    assert_eq!(mint(json!({"token": token, "nonce": nonce})), "401 invalid_identity", "the other form");
}

#[test]
fn keys_belong_to_one_user_for_ever() {
    let site = &*SITE;
    // A key that was never enrolled, with a good identity for it.
    let stranger = Phone::new(site, "frank");
    assert_eq!(refusal(&stranger.mint(&stranger.asking())), "401 device_unknown");
    let body = json!({"app": "coffee"});
    assert_eq!(refusal(&stranger.send("POST", "/lodger/v1/codes/check", &body)), "401 device_unknown");
    // Another user after a log-out that left the key behind.
    let mut phone = site.phone("frank");
    phone.user = "grace".into();
    assert_eq!(refusal(&phone.enrol()), "401 device_retired");
    assert_eq!(refusal(&phone.mint(&phone.asking())), "401 device_retired");
    phone.user = "frank".into();
    assert_eq!(phone.send("DELETE", "/lodger/v1/devices", &json!({})).status, 200);
    phone.user = "grace".into();
    assert_eq!(refusal(&phone.enrol()), "401 device_retired");
    assert_eq!(refusal(&phone.send("DELETE", "/lodger/v1/devices", &json!({}))), "401 device_unknown");
    // The login key alone enrols nothing.
    let phone = site.phone("heidi");
    let alone = json!({"protection": "software"});
    assert_eq!(refusal(&phone.send("POST", "/lodger/v1/devices", &alone)), "401 invalid_identity");
}

#[test]
fn pay_keys_are_proved_and_nobody_elses() {
    let site = &*SITE;
    let phone = site.phone("ivan");
    let pay = crate::signing::Pen::new();
    let proof = |pen: &crate::signing::Pen, aud: &str, login: &Phone<'_>| {
        pen.sign(
            &json!({"typ": "lodger-key+jwt", "alg": "ES256", "jwk": pen.jwk()}),
            &json!({"aud": aud, "login": login.pen.public().thumbprint().as_str(), "iat": site.now()}),
        )
    };
    let enrol = |phone: &Phone<'_>, proof: String| {
        let body = json!({
            "assertion": phone.assertion(), "protection": "software",
            "pay": {"protection": "hardware", "proof": proof},
        });
        phone.send("POST", "/lodger/v1/devices", &body)
    };
    let url = site.world.url();
    let other = site.phone("judy");
    assert_eq!(refusal(&enrol(&phone, proof(&pay, "https://evil.example", &phone))), "400 invalid_request");
    assert_eq!(refusal(&enrol(&phone, proof(&pay, &url, &other))), "400 invalid_request");
    assert_eq!(refusal(&enrol(&phone, proof(&phone.pen, &url, &phone))), "400 invalid_request");
    let enrolled = json_of(&enrol(&phone, proof(&pay, &url, &phone)));
    assert_eq!(enrolled["pay"], pay.public().thumbprint().as_str());
    assert_eq!(refusal(&enrol(&other, proof(&pay, &url, &other))), "400 invalid_request");
    let next = crate::signing::Pen::new();
    assert_eq!(
        json_of(&enrol(&phone, proof(&next, &url, &phone)))["pay"],
        next.public().thumbprint().as_str()
    );
}

#[test]
fn apps_that_are_not_there_or_not_released() {
    let site = &*SITE;
    let phone = site.phone("kim");
    for (app, expected) in
        [("nothing", "404 app_unknown"), ("tea", "403 not_released"), ("../x", "404 app_unknown")]
    {
        let mut asking = phone.asking();
        asking["app"] = app.into();
        assert_eq!(refusal(&phone.mint(&asking)), expected);
    }
    for body in ["", "[]", "{\"app\":\"coffee\",\"app\":\"tea\"}", "nonsense"] {
        let proof = phone.proof("POST", CODES);
        let text = phone.pen.sign(&proof.header, &proof.claims);
        assert_eq!(refusal(&phone.send_raw("POST", CODES, &[("dpop", &text)], body)), "400 invalid_request");
    }
    let large = "x".repeat(70_000);
    let proof = phone.proof("POST", CODES);
    let text = phone.pen.sign(&proof.header, &proof.claims);
    assert_eq!(refusal(&phone.send_raw("POST", CODES, &[("dpop", &text)], &large)), "400 invalid_request");
}

#[test]
fn a_user_gets_so_many_codes_in_a_minute() {
    let site = &*SITE;
    let phone = site.phone("lou");
    let limited = (0..101).map(|_| phone.mint(&phone.asking())).find(|answer| answer.status != 200);
    let limited = limited.map(|answer| refusal(&answer));
    assert_eq!(limited.as_deref(), Some("429 rate_limited"));
    assert_eq!(ISSUER, issuer("bank"));
}
