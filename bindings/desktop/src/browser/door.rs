//! Who may come in: the token in the address, the cookie that it is exchanged for.
use crate::Error;
use hyper::header;
use lodger_bundle::Digest;
use ring::rand::{SecureRandom, SystemRandom};

const COOKIE: &str = "lodger";

/// The two secrets of one host: one for the address, one for the cookie.
pub(super) struct Door {
    pub(super) token: String,
    cookie: String,
}

/// How a request came in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Entrance {
    /// By the token: the answer sets the cookie.
    Invited,
    Known,
}

impl Door {
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self { token: secret()?, cookie: secret()? })
    }

    /// None for strangers. `token` is what the address held; it counts for the document only.
    pub(super) fn enter<T>(&self, request: &hyper::Request<T>, token: Option<&str>) -> Option<Entrance> {
        let document = request.method() == hyper::Method::GET && request.uri().path() == "/";
        if document && token.is_some_and(|token| same(token, &self.token)) {
            return Some(Entrance::Invited);
        }
        has_cookie(request.headers(), &self.cookie).then_some(Entrance::Known)
    }

    /// To be added to the answer to a request that came by the token.
    pub(super) fn welcome(&self) -> [(String, String); 2] {
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie);
        [
            (header::SET_COOKIE.as_str().to_owned(), cookie),
            // The address holds the token: it must not travel on.
            (header::REFERRER_POLICY.as_str().to_owned(), "no-referrer".into()),
        ]
    }
}

/// 128 random bits in hex.
fn secret() -> Result<String, Error> {
    let mut bytes = [0; 16];
    let random = SystemRandom::new().fill(&mut bytes);
    random.map_err(|_| Error::Process {
        what: "Making a token",
        why: "the system gave no random numbers".into(),
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Path and query without `token`, and the token.
pub(super) fn take_token(uri: &hyper::Uri) -> (String, Option<String>) {
    let Some(query) = uri.query() else { return (uri.path().to_owned(), None) };
    let mut token = None;
    let rest: Vec<&str> = query
        .split('&')
        .filter(|part| match part.strip_prefix("token=") {
            Some(value) => {
                token = Some(value.to_owned());
                false
            }
            None => true,
        })
        .collect();
    if token.is_none() || rest.is_empty() {
        let path = if token.is_some() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
        return (path, token);
    }
    (format!("{}?{}", uri.path(), rest.join("&")), token)
}

/// Whether the browser is the one that came in by the token.
fn has_cookie(headers: &header::HeaderMap, secret: &str) -> bool {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(name, value)| name == COOKIE && same(value, secret))
}

/// Compares digests, so that the time taken says nothing about the secret.
fn same(given: &str, secret: &str) -> bool {
    Digest::of(given.as_bytes()) == Digest::of(secret.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_out_of_the_address() {
        let take = |uri: &str| take_token(&uri.parse().unwrap());
        assert_eq!(take("/?token=ab"), ("/".into(), Some("ab".into())));
        assert_eq!(take("/?a=1&token=ab&b=2"), ("/?a=1&b=2".into(), Some("ab".into())));
        assert_eq!(take("/x?tokens=ab"), ("/x?tokens=ab".into(), None));
        assert_eq!(take("/x"), ("/x".into(), None));
    }

    #[test]
    fn the_cookie_is_read_among_others() {
        let headers = |value: &str| [(header::COOKIE, value.parse().unwrap())].into_iter().collect();
        assert!(has_cookie(&headers("a=b; lodger=s3; c"), "s3"));
        for value in ["lodger=s", "lodger=s33", "xlodger=s3", "s3", ""] {
            assert!(!has_cookie(&headers(value), "s3"), "{value}");
        }
    }
}
