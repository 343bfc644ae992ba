//! What the server asks of others: issuers' keys, merchants' addresses. A URL that somebody registered must not
//! become a way into the operator's own network (DESIGN 10).

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::{
    Client, Method, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// For the whole exchange.
const TIME: Duration = Duration::from_secs(5);
/// Longest answer.
const MOST: usize = 64 << 10;

/// Networks that are not the public Internet (IANA's special-purpose registries).
const V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];
/// All public IPv6 is in 2000::/3; these parts of it are not, or lead back to IPv4.
const V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Why there is no answer. No message holds what was sent.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// The URL is not one that the server asks.
    #[error("the address must be https, without user or fragment, and of the public Internet")]
    Address,
    /// Nobody answered in time.
    #[error("{0} does not answer")]
    Unreachable(String),
    /// The answer is longer than 64 KiB.
    #[error("{0} answers more than 64 KiB")]
    TooLong(String),
}

/// Another's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status; redirects are answers like others.
    pub status: u16,
    /// At most 64 KiB.
    pub body: Vec<u8>,
}

/// Asks. Cheap to clone; no cookies, no redirects, no proxies.
#[derive(Clone)]
pub struct Outgoing {
    client: Option<Client>,
    development: bool,
}

impl Outgoing {
    /// `development` also allows plain HTTP and this machine.
    #[must_use]
    pub fn new(development: bool) -> Self {
        // Another part of the program may have chosen one; either does.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(TIME)
            .dns_resolver(Arc::new(Public { development }))
            .build();
        Self { client: client.ok(), development }
    }

    /// True on development data.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.development
    }

    /// Whether `url` may be asked, as far as its text says.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        self.check(url).is_ok()
    }

    fn check(&self, url: &str) -> Result<Url, OutgoingError> {
        let url = Url::parse(url).map_err(|_| OutgoingError::Address)?;
        let scheme = url.scheme() == "https" || (self.development && url.scheme() == "http");
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
        // Names are looked at when they are resolved.
        let public = host.parse::<IpAddr>().map_or(!host.is_empty(), |ip| reaches(ip, self.development));
        if scheme && plain && public { Ok(url) } else { Err(OutgoingError::Address) }
    }

    /// Reads `url`.
    ///
    /// # Errors
    /// Any [`OutgoingError`].
    pub async fn get(&self, url: &str) -> Result<Answer, OutgoingError> {
        self.send(Method::GET, url, None, &[], Vec::new()).await
    }

    /// Posts a body.
    ///
    /// # Errors
    /// Any [`OutgoingError`].
    pub async fn post(&self, url: &str, kind: &'static str, body: Vec<u8>) -> Result<Answer, OutgoingError> {
        self.send(Method::POST, url, None, &[("content-type", kind)], body).await
    }

    /// Posts a form as a client of the other side (RFC 7662).
    ///
    /// # Errors
    /// Any [`OutgoingError`].
    pub async fn post_form(
        &self,
        url: &str,
        client: (&str, &str),
        body: String,
    ) -> Result<Answer, OutgoingError> {
        let kind = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        self.send(Method::POST, url, Some(client), &kind, body.into_bytes()).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        client: Option<(&str, &str)>,
        headers: &[(&'static str, &'static str)],
        body: Vec<u8>,
    ) -> Result<Answer, OutgoingError> {
        let url = self.check(url)?;
        let host = url.host_str().unwrap_or("").to_owned();
        let silent = |_| OutgoingError::Unreachable(host.clone());
        let http = self.client.as_ref().ok_or_else(|| OutgoingError::Unreachable(host.clone()))?;
        let mut request = http.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((name, secret)) = client {
            request = request.basic_auth(name, Some(secret));
        }
        let mut response = request.send().await.map_err(silent)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(silent)? {
            if body.len() + piece.len() > MOST {
                return Err(OutgoingError::TooLong(host));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, body })
    }
}

/// Resolves a name once, and leaves out what is not public: the connection goes where was looked.
struct Public {
    development: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let development = self.development;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|one| reaches(one.ip(), development)).collect();
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn reaches(ip: IpAddr, development: bool) -> bool {
    let ip = ip.to_canonical();
    if ip.is_loopback() {
        return development;
    }
    let within = |net: Option<IpNet>| net.is_some_and(|net| net.contains(&ip));
    match ip {
        IpAddr::V4(_) => !V4.iter().any(|(net, bits)| within(Ipv4Net::new(*net, *bits).ok().map(IpNet::V4))),
        IpAddr::V6(v6) => {
            v6.segments()[0] & 0xe000 == 0x2000
                && !V6.iter().any(|(net, bits)| within(Ipv6Net::new(*net, *bits).ok().map(IpNet::V6)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_asked() {
        for (url, always) in [
            ("https://bank.example/jwks", true),
            ("https://93.184.215.14/", true),
            ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", true),
            ("http://127.0.0.1:8080/jwks", false),
            ("https://[::1]/", false),
        ] {
            assert!(Outgoing::new(true).allows(url), "{url}");
            assert_eq!(Outgoing::new(false).allows(url), always, "{url}");
        }
        for url in [
            "http://10.0.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://0x0a000001/",
            "https://user@bank.example/",
            "https://bank.example/#x",
            "ftp://bank.example/",
            "file:///etc/passwd",
            "https://",
        ] {
            assert!(!Outgoing::new(true).allows(url), "{url}");
        }
    }

    #[tokio::test]
    async fn names_of_this_machine_are_found_out_when_they_are_resolved() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = Outgoing::new(false).get(&format!("https://localhost:{port}/")).await.err().unwrap();
        assert!(matches!(error, OutgoingError::Unreachable(_)), "{error}");
        let nobody = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(nobody.is_err(), "somebody connected");
    }
}
