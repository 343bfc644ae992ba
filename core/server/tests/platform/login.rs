//! The path of a login: enrolment, code, session, checks, phone number, log-out.

use super::device::{AUDIENCE, Phone, SITE, Site, errcode, issuer, json_of, refusal, unique};
use crate::{
    cluster::Cluster,
    host::{Host, Rows},
    signing::Pen,
    world::{World, send},
};
use async_trait::async_trait;
use jiff::SignedDuration;
use lodger_auth::{
    Asking, AuthError, Device, LoginConfig, Secret, ServerConfig,
    api::Purpose,
    identity::{Ask, Credential, Identity},
    ports::{Http, Request, Response},
};
use lodger_server::{clock::Clock, platform::admin::Command};
use ring::hmac;
use serde_json::{Value, json};
use std::sync::Arc;

/// `signature` of checksession: over the base64 text, in upper case as some clients send it.
pub fn sign_session(key: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), b"");
    tag.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn path(site: &Site) {
    let phone = site.phone("ann");
    let code = phone.code("login");
    let session = site.session(&code);
    let openid = session["openid"].as_str().unwrap();
    assert_eq!(openid.len(), 28);
    assert_eq!(session["lodger"]["device"], phone.pen.public().thumbprint().as_str());
    assert_eq!(
        (&session["lodger"]["index"], &session["lodger"]["session"]),
        (&site.index.clone().into(), &"s1".into())
    );
    assert_eq!(errcode(&site.session(&code)), 40163, "a code counts once");

    // The same user on another device, and in the owner's other program.
    let other = site.phone("ann");
    let again = site.session(&other.code("login"));
    assert_eq!((&again["openid"], &again["unionid"]), (&session["openid"], &session["unionid"]));
    assert_ne!(again["session_key"], session["session_key"]);
    let bob = site.session(&site.phone("bob").code("login"));
    assert_ne!(bob["openid"], session["openid"]);
    assert_ne!(bob["unionid"], session["unionid"]);

    // The newest session key holds, the one before does not.
    let token = site.token();
    let check = |route: &str, key: &Value| {
        let signature = sign_session(key.as_str().unwrap());
        site.ask(&format!(
            "wxa/{route}?access_token={token}&openid={openid}&signature={signature}&sig_method=hmac_sha256"
        ))
    };
    assert_eq!(check("checksession", &again["session_key"]), json!({"errcode": 0, "errmsg": "ok"}));
    assert_eq!(errcode(&check("checksessionkey", &again["session_key"])), 0);
    assert_eq!(errcode(&check("checksession", &session["session_key"])), 87009);
    let reset = check("resetusersessionkey", &again["session_key"]);
    assert_eq!((&reset["errcode"], &reset["openid"]), (&json!(0), &session["openid"]));
    assert_eq!(errcode(&check("checksession", &again["session_key"])), 87009);
    assert_eq!(errcode(&check("checksession", &reset["session_key"])), 0);

    // wx.checkSession, and a log-out, which takes the sessions of its device along.
    let valid = |phone: &Phone<'_>| {
        json_of(&phone.send("POST", "/lodger/v1/codes/check", &json!({"app": "coffee"})))["valid"].clone()
    };
    assert_eq!((valid(&phone), valid(&other)), (json!(true), json!(true)));
    assert_eq!(phone.send("DELETE", "/lodger/v1/devices", &json!({})).status, 200);
    assert_eq!(valid(&other), json!(true));
    let unused = other.code("login");
    assert_eq!(other.send("DELETE", "/lodger/v1/devices", &json!({})).status, 200);
    assert_eq!(errcode(&site.session(&unused)), 40029, "codes go with the device");
    assert_eq!(errcode(&check("checksession", &reset["session_key"])), 87009);
    assert_eq!(refusal(&other.mint(&other.asking())), "401 device_retired");
}

#[test]
fn from_enrolment_to_log_out() {
    path(&SITE);
}

#[test]
fn the_same_on_postgresql() {
    let Some(cluster) = Cluster::start() else { return };
    let world = World::with(Some(cluster.url()));
    world.found();
    let site = Site::over(world);
    path(&site);
    let World { server, runtime, .. } = site.world;
    runtime.block_on(server.unwrap().stop());
}

#[test]
fn phone_numbers_come_from_the_host_or_the_operator() {
    let site = &*SITE;
    let phone = site.phone("phil");
    let mut asking = phone.asking();
    asking["purpose"] = "phone".into();
    assert_eq!(refusal(&phone.mint(&asking)), "404 no_phone");
    site.admin(Command::UserSet {
        host: "bank".into(),
        subject: "phil".into(),
        phone: Some("+8613800138000".into()),
        blocked: None,
    });
    let token = site.token();
    let redeem = |code: &str| {
        site.tell(&format!("/wxa/business/getuserphonenumber?access_token={token}"), &json!({"code": code}))
    };
    let code = phone.code("phone");
    let answer = redeem(&code);
    assert_eq!((&answer["errcode"], &answer["errmsg"]), (&json!(0), &json!("ok")));
    let info = &answer["phone_info"];
    assert_eq!(
        (&info["phoneNumber"], &info["purePhoneNumber"], &info["countryCode"], &info["watermark"]["appid"]),
        (&json!("13800138000"), &json!("13800138000"), &json!("86"), &json!("coffee"))
    );
    assert_eq!(errcode(&redeem(&code)), 40029, "once");
    assert_eq!(errcode(&redeem(&phone.code("login"))), 40029, "another purpose");
    assert_eq!(errcode(&site.session(&phone.code("phone"))), 40029, "another purpose");
    // The host's own word is newer.
    let nonce = unique();
    let mut claims = phone.claims(&nonce);
    claims["phone_number"] = "+442071838750".into();
    let header = json!({"alg": "ES256", "kid": "bank", "typ": "lodger-identity+jwt"});
    let token = site.bank.sign(&header, &claims);
    asking["assertion"] = json!({"token": token, "nonce": nonce});
    let code = json_of(&phone.mint(&asking))["code"].clone();
    assert_eq!(redeem(code.as_str().unwrap())["phone_info"]["countryCode"], "44");
}

#[test]
fn blocked_users_are_told_so() {
    let site = &*SITE;
    let phone = site.phone("mallory");
    let block = |blocked| {
        site.admin(Command::UserSet {
            host: "bank".into(),
            subject: "mallory".into(),
            phone: None,
            blocked: Some(blocked),
        });
    };
    block(true);
    assert_eq!(errcode(&site.session(&phone.code("login"))), 40226);
    block(false);
    assert_eq!(errcode(&site.session(&phone.code("login"))), 0);
}

#[test]
fn times_run_out() {
    let site = Site::new();
    let clock = &site.world.clock;
    let phone = site.phone("tim");
    let (early, late) = (phone.code("login"), phone.code("login"));
    let begin = clock.now();
    clock.set(begin + SignedDuration::from_secs(299));
    let session = site.session(&early);
    assert_eq!(errcode(&session), 0);
    clock.set(begin + SignedDuration::from_secs(300));
    assert_eq!(errcode(&site.session(&late)), 40029);
    let valid =
        || json_of(&phone.send("POST", "/lodger/v1/codes/check", &json!({"app": "coffee"})))["valid"].clone();
    clock.set(begin + SignedDuration::from_secs(299 + 30 * 86_400 - 1));
    assert_eq!(valid(), json!(true));
    clock.set(begin + SignedDuration::from_secs(299 + 30 * 86_400));
    assert_eq!(valid(), json!(false));

    // A nonce holds to the end of its fifth minute, whatever the device's clock says.
    let mut proof = phone.proof("POST", "/lodger/v1/codes/check");
    proof.claims["iat"] = json!(1);
    let body = json!({"app": "coffee"});
    assert_eq!(phone.send_with("POST", "/lodger/v1/codes/check", &proof, &body).status, 200);
    let old = phone.proof("POST", "/lodger/v1/codes/check");
    clock.set(clock.now() + SignedDuration::from_secs(361));
    let answer = phone.send_with("POST", "/lodger/v1/codes/check", &old, &body);
    assert_eq!(refusal(&answer), "401 use_dpop_nonce");
}

/// The device's own HTTP.
struct Wire(String);

#[async_trait]
impl Http for Wire {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let path = request.url.strip_prefix(&self.0).unwrap();
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = send(&self.0, request.method, path, &headers, &request.body);
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.bytes })
    }
}

/// A host of either form.
struct Speaker<'a> {
    pen: &'a Pen,
    host: &'static str,
    now: i64,
}

#[async_trait]
impl Identity for Speaker<'static> {
    async fn credential(&self, ask: &Ask) -> Result<Credential, AuthError> {
        let mut claims = json!({
            "iss": issuer(self.host), "sub": "zoe", "aud": ask.audience, "iat": self.now, "exp": self.now + 60,
            "cnf": {"jkt": ask.key.as_str()},
        });
        if self.host == "idp" {
            let header = json!({"alg": "ES256", "kid": "idp", "typ": "at+jwt"});
            return Ok(Credential::AccessToken(Secret::new(self.pen.sign(&header, &claims))));
        }
        claims["nonce"] = ask.nonce.clone().into();
        let header = json!({"alg": "ES256", "kid": self.host, "typ": "lodger-identity+jwt"});
        Ok(Credential::Assertion(Secret::new(self.pen.sign(&header, &claims))))
    }
}

/// The device's side as it is in every host: lodger-auth, with both keys, in both forms.
#[tokio::test]
async fn the_device_library_logs_in_in_both_forms() {
    let site = tokio::task::spawn_blocking(|| &*SITE).await.unwrap();
    let url = site.world.url();
    for (host, pen) in [("bank", &site.bank), ("idp", &site.idp)] {
        let config = LoginConfig {
            issuer: issuer(host),
            client_id: "app".into(),
            redirect_uri: "com.bank.app:/cb".into(),
            scope: "openid".into(),
            resource: None,
            parameters: Vec::new(),
            development: true,
        };
        let platform = Host::new(Arc::new(Wire(url.clone())), config, Rows::default());
        let server = ServerConfig { address: url.clone(), audience: AUDIENCE.into(), development: true };
        let speaker = Arc::new(Speaker { pen, host, now: site.now() });
        let device = Device::new(server, platform.ports(), platform.signer(), speaker).unwrap();
        let asking = Asking { app: "coffee".into(), index: site.index.clone(), session: "s".into() };
        let code = device.code(&asking, Purpose::Login).await.unwrap();
        assert!(!device.check_session("coffee").await.unwrap());
        let session = tokio::task::spawn_blocking(move || site.session(code.code.expose())).await.unwrap();
        assert_eq!(errcode(&session), 0, "{host}: {session}");
        assert!(device.check_session("coffee").await.unwrap());
        let first = device.enrol_pay("pay").await.unwrap();
        let again = device.enrol().await.unwrap();
        assert_eq!((&first, first.pay.is_some()), (&again, true));
        device.retire().await.unwrap();
        let over = device.code(&asking, Purpose::Login).await.unwrap_err();
        assert!(matches!(over, AuthError::KeyInvalidated), "{over}");
    }
}
