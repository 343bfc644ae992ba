//! Resources by handle (DESIGN 3.4).

/// One request of the webview. `url` is whole, as the webview saw it.
#[derive(Clone, Debug, Default)]
pub struct ResourceRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// Only where the platform hands bodies over (browser mode).
    pub body: Option<Vec<u8>>,
}

/// `headers` holds everything to send (CSP, nosniff, cache-control …) but content-type and length.
#[derive(Clone, Debug)]
pub struct Resource {
    pub status: u16,
    pub mime: String,
    pub headers: Vec<(String, String)>,
    pub length: u64,
    /// 0 when there is no body.
    pub handle: u64,
}
