//! A device that signs by hand, so that it can sign what a real one would not; and what tests ask of a back end.

use crate::{
    signing::Pen,
    world::{Answer, World, get, send},
};
use lodger_server::{
    clock::Clock,
    platform::{Form, Host, admin::Command},
};
use serde_json::{Value, json};
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

pub const ISSUER: &str = "https://bank.example";
pub const AUDIENCE: &str = "https://lodger.example";

/// One server for all tests that leave its clock alone: `coffee` is released, `tea` is not, one owner has both; the
/// host `bank` gives assertions, the host `shop` too, the host `idp` access tokens.
pub static SITE: LazyLock<Site> = LazyLock::new(Site::new);

pub struct Site {
    pub world: World,
    pub index: String,
    pub bank: Pen,
    pub shop: Pen,
    pub idp: Pen,
    pub coffee: String,
    pub tea: String,
}

impl Site {
    pub fn new() -> Self {
        Self::over(World::with_app())
    }

    pub fn over(world: World) -> Self {
        world.publish(1).unwrap();
        let index = world.at().list("coffee").unwrap()[0].digest.clone();
        let mut site = Self {
            world,
            index,
            bank: Pen::new(),
            shop: Pen::new(),
            idp: Pen::new(),
            coffee: String::new(),
            tea: String::new(),
        };
        for (id, pen, form) in [
            ("bank", &site.bank, Form::Assertion),
            ("shop", &site.shop, Form::Assertion),
            ("idp", &site.idp, Form::AccessToken),
        ] {
            site.admin(Command::HostPut(Host {
                id: id.into(),
                issuer: issuer(id),
                form,
                audience: AUDIENCE.into(),
                jwks_url: None,
                jwks: Some(String::from_utf8(pen.set(id)).unwrap()),
                introspection: None,
            }));
        }
        let create = |app: &str| Command::AppCreate { app: app.into(), owner: Some("roaster".into()) };
        let secret = |value: Value| value["secret"].as_str().unwrap().to_owned();
        site.coffee = secret(site.admin(create("coffee")));
        site.tea = secret(site.admin(create("tea")));
        site
    }

    pub fn admin(&self, command: Command) -> Value {
        let platform = self.world.server.as_ref().unwrap().platform().clone();
        self.world.runtime.block_on(async move { platform.administer(command).await }).unwrap()
    }

    pub fn now(&self) -> i64 {
        self.world.clock.now().as_second()
    }

    /// A device of the bank's user, enrolled.
    pub fn phone(&self, user: &str) -> Phone<'_> {
        let phone = Phone::new(self, user);
        assert_eq!(phone.enrol().status, 200);
        phone
    }

    pub fn session(&self, code: &str) -> Value {
        self.redeem("coffee", &self.coffee, code)
    }

    pub fn redeem(&self, app: &str, secret: &str, code: &str) -> Value {
        self.ask(&format!(
            "sns/jscode2session?appid={app}&secret={secret}&js_code={code}&grant_type=authorization_code"
        ))
    }

    pub fn ask(&self, target: &str) -> Value {
        json_of(&get(&self.world.url(), target))
    }

    pub fn tell(&self, target: &str, body: &Value) -> Value {
        let headers = [("content-type", "text/plain; charset=ISO-8859-1")];
        json_of(&send(&self.world.url(), "POST", target, &headers, body.to_string().as_bytes()))
    }

    pub fn token(&self) -> String {
        let secret = &self.coffee;
        let answer =
            self.ask(&format!("cgi-bin/token?grant_type=client_credential&appid=coffee&secret={secret}"));
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

pub fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    serde_json::from_slice(&answer.bytes).unwrap()
}

pub fn issuer(host: &str) -> String {
    if host == "bank" { ISSUER.into() } else { format!("https://{host}.example") }
}

/// What goes into a proof; attackers change it.
pub struct Proof {
    pub header: Value,
    pub claims: Value,
}

pub struct Phone<'a> {
    pub site: &'a Site,
    pub pen: Pen,
    pub user: String,
}

/// Unique among all tests.
pub fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("unique-{:016}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl<'a> Phone<'a> {
    pub fn new(site: &'a Site, user: &str) -> Self {
        Self { site, pen: Pen::new(), user: user.to_owned() }
    }

    pub fn nonce(&self) -> String {
        let answer = self.send_raw("POST", "/lodger/v1/codes", &[], "{}");
        answer.header("dpop-nonce").unwrap().to_owned()
    }

    pub fn proof(&self, method: &str, path: &str) -> Proof {
        Proof {
            header: json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.pen.jwk()}),
            claims: json!({
                "jti": unique(), "htm": method, "htu": format!("{}{path}", self.site.world.url()),
                "iat": self.site.now(), "nonce": self.nonce(),
            }),
        }
    }

    pub fn claims(&self, nonce: &str) -> Value {
        let now = self.site.now();
        json!({
            "iss": ISSUER, "sub": self.user, "aud": AUDIENCE, "iat": now, "exp": now + 120,
            "nonce": nonce, "cnf": {"jkt": self.pen.public().thumbprint().as_str()},
        })
    }

    /// What the bank's back end says of its user.
    pub fn assertion(&self) -> Value {
        let nonce = unique();
        let header = json!({"alg": "ES256", "kid": "bank", "typ": "lodger-identity+jwt"});
        let token = self.site.bank.sign(&header, &self.claims(&nonce));
        json!({"token": token, "nonce": nonce})
    }

    pub fn send_raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(&self.site.world.url(), method, path, headers, body.as_bytes())
    }

    pub fn send_with(&self, method: &str, path: &str, proof: &Proof, body: &Value) -> Answer {
        let proof = self.pen.sign(&proof.header, &proof.claims);
        self.send_raw(method, path, &[("dpop", &proof)], &body.to_string())
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send_with(method, path, &self.proof(method, path), body)
    }

    pub fn enrol(&self) -> Answer {
        let body = json!({"assertion": self.assertion(), "protection": "software"});
        self.send("POST", "/lodger/v1/devices", &body)
    }

    pub fn asking(&self) -> Value {
        json!({
            "app": "coffee", "index": self.site.index, "session": "s1", "purpose": "login",
            "assertion": self.assertion(),
        })
    }

    pub fn mint(&self, asking: &Value) -> Answer {
        self.send("POST", "/lodger/v1/codes", asking)
    }

    pub fn code(&self, purpose: &str) -> String {
        let mut asking = self.asking();
        asking["purpose"] = purpose.into();
        let answer = json_of(&self.mint(&asking));
        assert_eq!(answer["expires_in"], 300);
        answer["code"].as_str().unwrap().to_owned()
    }
}

/// `401 invalid_dpop_proof`.
pub fn refusal(answer: &Answer) -> String {
    let value: Value = serde_json::from_slice(&answer.bytes).unwrap();
    format!("{} {}", answer.status, value["error"].as_str().unwrap_or("-"))
}

pub fn errcode(answer: &Value) -> i64 {
    answer["errcode"].as_i64().unwrap_or(0)
}
