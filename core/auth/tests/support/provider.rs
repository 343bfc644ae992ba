//! A real provider (npm oidc-provider, certified) in a child process, and a browser that fills in its forms.
use async_trait::async_trait;
use lodger_auth::{
    LoginConfig,
    ports::{Http, Request, Response},
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

pub const REDIRECT: &str = "com.example.host:/cb";
pub const AUDIENCE: &str = "https://lodger.example";

pub struct Provider {
    pub issuer: String,
    /// Ends when its stdin does, so with this process however that ends.
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Provider {
    pub fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "the npm packages of core/auth/tests/provider are not installed; run `cargo xtask setup`"
        );
        let mut child = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node.js is needed; run `cargo xtask setup`");
        let mut port = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut port).unwrap();
        let issuer = format!("http://127.0.0.1:{}", port.trim());
        Self { issuer, child, output }
    }

    /// Sets its clock forward.
    pub fn forward(&mut self, seconds: u64) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{seconds}").unwrap();
        self.output.read_line(&mut String::new()).unwrap();
    }

    pub fn config(&self, client: &str) -> LoginConfig {
        config(&self.issuer, client)
    }
}

pub fn config(issuer: &str, client: &str) -> LoginConfig {
    LoginConfig {
        issuer: issuer.into(),
        client_id: client.into(),
        redirect_uri: REDIRECT.into(),
        scope: "openid offline_access".into(),
        resource: Some(AUDIENCE.into()),
        parameters: vec![("prompt".into(), "consent".into())],
        development: true,
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent()
}

/// The host's HTTP.
pub struct Wire;

#[async_trait]
impl Http for Wire {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let mut wire = ureq::http::Request::builder().method(request.method).uri(&request.url);
        for (name, value) in &request.headers {
            wire = wire.header(*name, value);
        }
        let wire = wire.body(request.body).map_err(|error| error.to_string())?;
        let mut answer = agent().run(wire).map_err(|error| error.to_string())?;
        let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
        Ok(Response { status, headers, body })
    }
}

/// The system's browser, with a user in front of it: logs in, agrees, and gives the address that it ends at.
pub fn browse(address: &str, user: &str) -> String {
    let origin = &address[..address[8..].find('/').unwrap() + 8];
    let mut jar = BTreeMap::new();
    let mut step = ("GET", address.to_owned(), String::new());
    for _ in 0..12 {
        let (location, body) = visit(&step, &mut jar);
        step = match location {
            Some(location) if location.starts_with(REDIRECT) => return location,
            Some(location) if location.starts_with('/') => {
                ("GET", format!("{origin}{location}"), String::new())
            }
            Some(location) => ("GET", location, String::new()),
            None if body.contains(r#"name="prompt" value="login""#) => {
                ("POST", step.1, format!("prompt=login&login={user}&password=x"))
            }
            None if body.contains(r#"name="prompt" value="consent""#) => {
                ("POST", step.1, "prompt=consent".to_owned())
            }
            None => panic!("a page that is not known: {body}"),
        };
    }
    panic!("the provider never comes back");
}

/// One page: where it sends the browser, or what it shows.
fn visit(step: &(&str, String, String), jar: &mut BTreeMap<String, String>) -> (Option<String>, String) {
    let (method, url, form) = step;
    let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = ureq::http::Request::builder()
        .method(*method)
        .uri(url)
        .header("Cookie", cookies.join("; "))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.clone())
        .unwrap();
    let mut answer = agent().run(request).unwrap();
    for cookie in answer.headers().get_all("set-cookie") {
        let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
        jar.insert(name.to_owned(), value.to_owned());
    }
    let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    (location, answer.body_mut().read_to_string().unwrap())
}
