//! Codes and links that lead into a program: QR images, schemes, and addresses with a page for any browser.

use super::{
    Errcode, Platform, PlatformError,
    rows::{insert, random, select},
};
use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Map, Value, json};

/// Sizes of an image, in pixels (WeChat's).
const WIDTHS: std::ops::RangeInclusive<i64> = 280..=1280;
const WIDTH: i64 = 430;
/// Light modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;
/// Longest life of a link, in seconds: thirty days.
const LONGEST: i64 = 30 * 86_400;

/// A PNG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What the code says.
    pub text: String,
    /// The file.
    pub png: Vec<u8>,
}

/// Which of the two kinds of link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// `lodger://dl/business/?t=…`, for the host's app.
    Scheme,
    /// `https://…/u/…`, for any browser.
    Url,
}

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// App id.
    pub app: String,
    /// The page; empty for the first.
    pub path: String,
    /// Its query.
    pub query: String,
    /// `release`, `trial` or `develop`.
    pub version: String,
    /// Seconds since 1970.
    pub made: i64,
    /// Seconds since 1970.
    pub expires: i64,
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or("")
}

impl Platform {
    /// `wxa/getwxacodeunlimit`: a code with a scene of 32 characters, without a row.
    ///
    /// # Errors
    /// `InvalidScene`, `InvalidPage`, `InvalidArgument`; the server's own.
    pub async fn unlimited_code(&self, app: &str, body: &Map<String, Value>) -> Result<Image, PlatformError> {
        let scene = text(body, "scene");
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'()*+,/:;=?@-._~".contains(&byte);
        if !(1..=32).contains(&scene.len()) || !scene.bytes().all(usual) {
            return Err(Errcode::InvalidScene.into());
        }
        let page = text(body, "page");
        if page.starts_with('/') || page.contains('?') {
            return Err(Errcode::InvalidPage.into());
        }
        let (version, checked) = (version(body)?, body.get("check_path").and_then(Value::as_bool));
        // What is not released has pages that nobody here knows.
        if version == "release" && checked.unwrap_or(true) {
            self.check_page(app, page, true).await?;
        }
        let slash = if page.is_empty() { "" } else { "/" };
        let text = format!("{}/p/{app}{slash}{page}?{}", self.address(), encoded(&[("scene", scene)]));
        draw(text, body)
    }

    /// `wxa/getwxacode` and `cgi-bin/wxaapp/createwxaqrcode`: a code for a path with its query.
    ///
    /// # Errors
    /// `InvalidPage`, `InvalidArgument`; the server's own.
    pub async fn path_code(&self, app: &str, body: &Map<String, Value>) -> Result<Image, PlatformError> {
        let path = text(body, "path").trim_start_matches('/');
        if path.is_empty() || path.len() > 1024 {
            return Err(Errcode::InvalidPage.into());
        }
        let version = version(body)?;
        if version == "release" {
            self.check_page(app, path, false).await?;
        }
        let (page, query) = path.split_once('?').unwrap_or((path, ""));
        // The same path gives the same code, and one row.
        let id = super::rows::digest(&format!("code {app} {version} {path}"));
        let id = &id[..32];
        self.write_link(id, app, page, query, version, i64::MAX).await?;
        draw(format!("{}/u/{id}", self.address()), body)
    }

    /// `wxa/generatescheme` and `wxa/generate_urllink`.
    ///
    /// # Errors
    /// `InvalidPath`, `InvalidQuery`, `InvalidExpiry`, `InvalidArgument`; the server's own.
    pub async fn generate_link(
        &self,
        app: &str,
        kind: Link,
        body: &Map<String, Value>,
    ) -> Result<String, PlatformError> {
        let none = Map::new();
        let target = match kind {
            Link::Scheme => body.get("jump_wxa").and_then(Value::as_object).unwrap_or(&none),
            Link::Url => body,
        };
        let (path, query) = (text(target, "path").trim_start_matches('/'), text(target, "query"));
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'()*+,/:;=?@-._~%".contains(&byte);
        if query.len() > 1024 || !query.bytes().all(usual) {
            return Err(Errcode::InvalidQuery.into());
        }
        let version = version(target)?;
        if path.contains('?') {
            return Err(Errcode::InvalidPath.into());
        }
        if version == "release" {
            self.check_page(app, path, true).await.map_err(|error| match error {
                PlatformError::Wechat(_) => Errcode::InvalidPath.into(),
                other => other,
            })?;
        }
        let now = self.now();
        let number = |name: &str| body.get(name).and_then(Value::as_i64);
        let expires = match number("expire_type").unwrap_or(0) {
            1 => number("expire_interval")
                .filter(|days| (1..=30).contains(days))
                .map(|days| now + days * 86_400),
            _ => match number("expire_time") {
                Some(time) => Some(time).filter(|time| (now + 60..=now + LONGEST).contains(time)),
                None => Some(now + LONGEST),
            },
        };
        let expires = expires.ok_or(Errcode::InvalidExpiry)?;
        let id = random(16)?;
        self.write_link(&id, app, path, query, version, expires).await?;
        Ok(match kind {
            Link::Scheme => format!("lodger://dl/business/?t={id}"),
            Link::Url => format!("{}/u/{id}", self.address()),
        })
    }

    async fn write_link(
        &self,
        id: &str,
        app: &str,
        path: &str,
        query: &str,
        version: &str,
        expires: i64,
    ) -> Result<(), PlatformError> {
        let row = insert(
            "links",
            [
                ("id", id.into()),
                ("app", app.into()),
                ("path", path.into()),
                ("query", query.into()),
                ("version", version.into()),
                ("made", self.now().into()),
                ("expires", expires.into()),
            ],
        )
        .on_conflict(sea_query::OnConflict::column("id").do_nothing().to_owned())
        .to_owned();
        self.database.execute(&row).await?;
        Ok(())
    }

    /// What a link or scheme opens; none if it is over, or never was.
    ///
    /// # Errors
    /// `Database`.
    pub async fn link(&self, text: &str) -> Result<Option<Opened>, PlatformError> {
        let id = text.strip_prefix("lodger://dl/business/?t=").unwrap_or(text);
        let id = id.strip_prefix(&format!("{}/u/", self.address())).unwrap_or(id);
        let columns = ["app", "path", "query", "version", "made", "expires"];
        let Some(row) = self.database.first(&select("links", columns, [("id", id)])).await? else {
            return Ok(None);
        };
        let opened = Opened {
            app: row.get("app")?,
            path: row.get("path")?,
            query: row.get("query")?,
            version: row.get("version")?,
            made: row.get("made")?,
            expires: row.get("expires")?,
        };
        Ok(Some(opened).filter(|opened| opened.expires > self.now()))
    }

    /// `wxa/queryscheme` and `wxa/query_urllink`.
    ///
    /// # Errors
    /// `InvalidArgument`; the server's own.
    pub async fn describe_link(&self, app: &str, text: &str) -> Result<Value, PlatformError> {
        let opened =
            self.link(text).await?.filter(|opened| opened.app == app).ok_or(Errcode::InvalidArgument)?;
        Ok(json!({
            "appid": opened.app, "path": opened.path, "query": opened.query, "create_time": opened.made,
            "expire_time": opened.expires, "env_version": opened.version,
        }))
    }
}

fn version(body: &Map<String, Value>) -> Result<&str, PlatformError> {
    match text(body, "env_version") {
        "" => Ok("release"),
        known @ ("release" | "trial" | "develop") => Ok(known),
        _ => Err(Errcode::InvalidArgument.into()),
    }
}

/// As `encodeURIComponent` writes.
fn encoded(pairs: &[(&str, &str)]) -> String {
    let Ok(mut url) = reqwest::Url::parse("query:") else { return String::new() };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().replace('+', "%20")
}

fn draw(text: String, body: &Map<String, Value>) -> Result<Image, PlatformError> {
    let width = body.get("width").and_then(Value::as_i64).unwrap_or(WIDTH);
    let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let width = usize::try_from(width).unwrap_or(430);
    let wrong = |_| PlatformError::from(Errcode::InvalidArgument);
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).map_err(wrong)?;
    let modules = code.width() + 2 * QUIET;
    // Whole pixels for each module, so that edges are sharp; what is left over is light.
    let scale = (width / modules).max(1);
    let margin = (width.saturating_sub(scale * code.width())) / 2;
    let mut pixels = vec![255_u8; width * width];
    for (place, color) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        debug_assert_eq!(*color, Color::Dark);
        let (left, top) = (margin + place % code.width() * scale, margin + place / code.width() * scale);
        for line in pixels.chunks_mut(width).skip(top).take(scale) {
            if let Some(part) = line.get_mut(left..left + scale) {
                part.fill(0);
            }
        }
    }
    let side = u32::try_from(width).unwrap_or(430);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let broken = |_| PlatformError::Random;
    let mut writer = encoder.write_header().map_err(broken)?;
    writer.write_image_data(&pixels).map_err(broken)?;
    writer.finish().map_err(broken)?;
    Ok(Image { text, png: file })
}
