//! From a scanned text to a page that may be opened by it, by the operator's list.
use super::{Emv, LinkRule};
use std::collections::BTreeMap;

/// WeChat Pay's own form of an order's code (`code_url` of native orders).
const PAY: &str = "weixin://wxpay/bizpayurl?pr=";
/// Longest text that is looked at, in bytes.
const MAX_TEXT: usize = 4 << 10;

/// A page of a program, and its query as `wx` pages get it: encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The program.
    pub app: String,
    /// The page, without `/` before it.
    pub path: String,
    /// `scene=…` or `q=…&scancode_time=…`; values are encoded, and a page decodes them once.
    pub query: String,
}

/// Who pays merchant codes of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    /// The name in object 00 of the account's template.
    pub network: String,
    /// The program that pays its codes.
    pub app: String,
    /// Its page.
    pub path: String,
}

/// Where codes may lead. What is not listed is not reached.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// The operator's addresses that program and order codes begin with, as `https://lodger.example`; no `/` at the end.
    pub bases: Vec<String>,
    /// The pages of each program that a code may open; its first page is the one for codes that name none.
    pub pages: BTreeMap<String, Vec<String>>,
    /// Ordinary links: rule, program, page.
    pub links: Vec<(LinkRule, String, String)>,
    /// Networks whose merchant codes are paid here.
    pub payees: Vec<Payee>,
}

/// What a scanned text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A merchant's code, and the page that pays it, if its network is paid here.
    Merchant(Box<Emv>, Option<Target>),
    /// An order: ask the server for it by this token, then pay as if a page had asked.
    Order(String),
    /// A page to open.
    Open(Target),
    /// A program's code that leads to no listed page.
    Refused,
    /// Anything else. `wx.scanCode` gives it to the page that scans; the host's own scanner opens nothing.
    Text,
}

/// What `text` is, by `routes`; `now` (seconds since 1970) becomes `scancode_time`.
#[must_use]
pub fn classify(text: &str, routes: &Routes, now: u64) -> Scanned {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Scanned::Text;
    }
    if let Ok(code) = Emv::read(text) {
        let target = merchant(&code, text, routes);
        return Scanned::Merchant(Box::new(code), target);
    }
    if let Some(token) = text.strip_prefix(PAY) {
        return if is_token(token) { Scanned::Order(token.to_owned()) } else { Scanned::Text };
    }
    for base in &routes.bases {
        let Some(rest) = text.strip_prefix(base.as_str()) else { continue };
        if let Some(token) = rest.strip_prefix("/o/") {
            return if is_token(token) { Scanned::Order(token.to_owned()) } else { Scanned::Refused };
        }
        if let Some(rest) = rest.strip_prefix("/p/") {
            return program(rest, routes).map_or(Scanned::Refused, Scanned::Open);
        }
    }
    let claim = routes.links.iter().find(|(rule, ..)| rule.matches(text));
    match claim {
        Some((_, app, path)) => {
            let query = encode(&[("q", text), ("scancode_time", &now.to_string())]);
            let target = Target { app: app.clone(), path: path.clone(), query };
            if routes.lists(app, path) { Scanned::Open(target) } else { Scanned::Refused }
        }
        None => Scanned::Text,
    }
}

/// The text of a program's code: `<base>/p/<app>[/<page>]?scene=<scene>`. None if the scene has not 1 to 32 of
/// `0-9 A-Z a-z !#$&'()*+,/:;=?@-._~` (WeChat's rule), or the page begins with `/`.
#[must_use]
pub fn program_code(base: &str, app: &str, page: Option<&str>, scene: &str) -> Option<String> {
    let page = match page {
        Some(page) if !is_path(page) => return None,
        Some(page) => format!("/{page}"),
        None => String::new(),
    };
    is_scene(scene).then(|| format!("{base}/p/{app}{page}?{}", encode(&[("scene", scene)])))
}

/// The text of an order's code: `<base>/o/<token>`. None if the token has not 1 to 64 of `A-Z a-z 0-9 _ -`.
#[must_use]
pub fn order_code(base: &str, token: &str) -> Option<String> {
    is_token(token).then(|| format!("{base}/o/{token}"))
}

impl Routes {
    fn lists(&self, app: &str, path: &str) -> bool {
        self.pages.get(app).is_some_and(|pages| pages.iter().any(|page| page == path))
    }
}

fn program(rest: &str, routes: &Routes) -> Option<Target> {
    let (place, query) = rest.split_once('?')?;
    let (app, path) = match place.split_once('/') {
        Some((app, path)) => (app, path),
        None => (place, routes.pages.get(place)?.first()?.as_str()),
    };
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (Some((name, scene)), None) = (pairs.next(), pairs.next()) else { return None };
    let fits = name == "scene" && is_scene(&scene) && routes.lists(app, path);
    fits.then(|| Target { app: app.into(), path: path.into(), query: encode(&[("scene", &scene)]) })
}

fn merchant(code: &Emv, text: &str, routes: &Routes) -> Option<Target> {
    let payee = routes.payees.iter().find(|payee| code.account(&payee.network).is_some())?;
    let target = Target { app: payee.app.clone(), path: payee.path.clone(), query: encode(&[("q", text)]) };
    routes.lists(&payee.app, &payee.path).then_some(target)
}

/// As `encodeURIComponent` writes: a space is `%20`.
fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().replace('+', "%20")
}

fn is_scene(scene: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'()*+,/:;=?@-._~".contains(&byte);
    (1..=32).contains(&scene.len()) && scene.bytes().all(usual)
}

fn is_path(path: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    !path.is_empty()
        && path.bytes().all(usual)
        && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

fn is_token(token: &str) -> bool {
    (1..=64).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let pages = [("coffee", vec!["pages/index/index", "pages/table"]), ("bank", vec!["pages/pay"])];
        let rule = |rule| LinkRule::new(rule).unwrap();
        Routes {
            bases: vec!["https://lodger.example".into()],
            pages: pages
                .map(|(app, pages)| (app.into(), pages.into_iter().map(str::to_owned).collect()))
                .into(),
            links: vec![
                (rule("https://coffee.example/t/"), "coffee".into(), "pages/table".into()),
                (rule("https://coffee.example/admin"), "coffee".into(), "pages/admin".into()),
            ],
            payees: vec![Payee {
                network: "com.p2pqrpay".into(),
                app: "bank".into(),
                path: "pages/pay".into(),
            }],
        }
    }

    fn open(app: &str, path: &str, query: &str) -> Scanned {
        Scanned::Open(Target { app: app.into(), path: path.into(), query: query.into() })
    }

    #[test]
    fn codes_lead_to_listed_pages_only() {
        let is = |text: &str| classify(text, &routes(), 1_700_000_000);
        assert_eq!(
            is("https://lodger.example/p/coffee?scene=table%3D12"),
            open("coffee", "pages/index/index", "scene=table%3D12")
        );
        assert_eq!(
            is("https://lodger.example/p/coffee/pages/table?scene=12"),
            open("coffee", "pages/table", "scene=12")
        );
        assert_eq!(
            is("https://coffee.example/t/12?x=1 "),
            open(
                "coffee",
                "pages/table",
                "q=https%3A%2F%2Fcoffee.example%2Ft%2F12%3Fx%3D1&scancode_time=1700000000"
            )
        );
        for refused in [
            "https://lodger.example/p/coffee/pages/admin?scene=1",
            "https://lodger.example/p/coffee//pages/table?scene=1",
            "https://lodger.example/p/coffee/pages/../pages/table?scene=1",
            "https://lodger.example/p/other?scene=1",
            "https://lodger.example/p/coffee?scene=1&path=pages/admin",
            "https://lodger.example/p/coffee?scene=%00",
            "https://lodger.example/p/coffee?scene=",
            "https://lodger.example/p/coffee",
            "https://lodger.example/o/a%2Fb",
            "https://coffee.example/admin",
        ] {
            assert_eq!(is(refused), Scanned::Refused, "{refused}");
        }
        for text in [
            "https://lodger.example.evil.example/p/coffee?scene=1",
            "javascript:alert(1)",
            "weixin://wxpay/bizpayurl?pr=a&b",
            "weixin://dl/business/?t=1",
            "hello",
            "",
        ] {
            assert_eq!(is(text), Scanned::Text, "{text}");
        }
        assert_eq!(is("weixin://wxpay/bizpayurl?pr=NwY5Mz9"), Scanned::Order("NwY5Mz9".into()));
        assert_eq!(
            is(&order_code("https://lodger.example", "a_b-1").unwrap()),
            Scanned::Order("a_b-1".into())
        );
    }

    #[test]
    fn a_program_code_reads_back() {
        let scene = "a!#$&'()*+,/:;=?@-._~zA0";
        let code = program_code("https://lodger.example", "coffee", Some("pages/table"), scene).unwrap();
        let Scanned::Open(target) = classify(&code, &routes(), 0) else { panic!("{code}") };
        let decoded: Vec<_> = form_urlencoded::parse(target.query.as_bytes()).collect();
        assert_eq!(decoded, [("scene".into(), scene.into())]);
        assert!(program_code("https://lodger.example", "coffee", Some("/pages/table"), "1").is_none());
        assert!(program_code("https://lodger.example", "coffee", None, &"1".repeat(33)).is_none());
        assert!(program_code("https://lodger.example", "coffee", None, "a b").is_none());
    }

    #[test]
    fn merchant_codes_go_to_the_program_that_pays_their_network() {
        let paymaya = "00020101021127750012com.p2pqrpay0111PAPHPHM1XXX0208999644030411099859039430513+6399859039435204601653036085802PH5912PayMaya User6011Mandaluyong630475C3";
        let Scanned::Merchant(code, target) = classify(paymaya, &routes(), 0) else { panic!("no code") };
        assert_eq!(code.name(), "PayMaya User");
        let target = target.unwrap();
        assert_eq!((target.app.as_str(), target.path.as_str()), ("bank", "pages/pay"));
        assert!(target.query.starts_with("q=0002010102112775"));
        let nobody = Routes { payees: vec![], ..routes() };
        assert!(matches!(classify(paymaya, &nobody, 0), Scanned::Merchant(_, None)));
        let damaged = paymaya.replace("PayMaya User", "Evil Maya Us");
        assert_eq!(classify(&damaged, &routes(), 0), Scanned::Text);
    }
}
