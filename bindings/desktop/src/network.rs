//! Networks to pretend to be on: mini-program traffic is delayed, slowed down, or fails, as on a phone.
use async_trait::async_trait;
use lodger_engine::{AppHttp, HttpError, HttpObserver, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A kind of network, by WeChat's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkType {
    /// As fast as this machine's.
    #[default]
    Wifi,
    /// A good mobile network.
    #[serde(rename = "4g")]
    FourG,
    /// A slow one.
    #[serde(rename = "3g")]
    ThreeG,
    /// No connection: every transfer fails.
    None,
}

impl NetworkType {
    /// `networkType` of `wx.getNetworkType`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wifi => "wifi",
            Self::FourG => "4g",
            Self::ThreeG => "3g",
            Self::None => "none",
        }
    }

    /// As Chromium's tools have them (Fast 4G, Slow 3G). None: as it is.
    fn pace(self) -> Option<Pace> {
        match self {
            Self::Wifi | Self::None => None,
            Self::FourG => Some(Pace { latency: Duration::from_millis(165), rate: 1_012_500 }),
            Self::ThreeG => Some(Pace { latency: Duration::from_millis(2000), rate: 50_000 }),
        }
    }
}

/// How a slow network is slow.
#[derive(Clone, Copy)]
struct Pace {
    /// Before the first byte.
    latency: Duration,
    /// Bytes a second.
    rate: u32,
}

impl Pace {
    fn transfer(self, bytes: usize) -> Duration {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Duration::from_secs_f64(f64::from(bytes) / f64::from(self.rate))
    }
}

/// The network that programs are on now. Clones are the same network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network(Arc<Mutex<NetworkType>>);

impl Network {
    pub(crate) fn get(&self) -> NetworkType {
        *self.0.lock().expect("no code panics while it holds the network")
    }

    pub(crate) fn set(&self, kind: NetworkType) {
        *self.0.lock().expect("no code panics while it holds the network") = kind;
    }
}

/// Mini-program traffic over a network of that kind.
pub(crate) struct Conditions<H> {
    http: H,
    network: Network,
}

impl<H: AppHttp> Conditions<H> {
    pub(crate) fn new(http: H, network: Network) -> Self {
        Self { http, network }
    }

    async fn paced(&self, request: HttpRequest, pace: Pace) -> Result<HttpResponse, HttpError> {
        tokio::time::sleep(pace.latency + pace.transfer(request.body.len())).await;
        let response = self.http.send(request).await?;
        tokio::time::sleep(pace.transfer(response.body.len())).await;
        Ok(response)
    }
}

#[async_trait]
impl<H: AppHttp> AppHttp for Conditions<H> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let kind = self.network.get();
        if kind == NetworkType::None {
            // Chromium's word for it, which is the one that WeChat passes on.
            return Err(HttpError::Other("net::ERR_INTERNET_DISCONNECTED".into()));
        }
        match kind.pace() {
            None => self.http.send(request).await,
            Some(pace) => {
                let timeout = request.timeout;
                let sent = tokio::time::timeout(timeout, self.paced(request, pace)).await;
                sent.unwrap_or(Err(HttpError::Timeout))
            }
        }
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        let kind = self.network.get();
        if kind == NetworkType::None {
            return Err(HttpError::Other("net::ERR_INTERNET_DISCONNECTED".into()));
        }
        let Some(pace) = kind.pace() else { return self.http.stream(request, observer).await };
        let timeout = request.timeout;
        let paced = async {
            tokio::time::sleep(pace.latency + pace.transfer(request.body.len())).await;
            self.http.stream(request, Arc::new(Paced { observer, pace })).await
        };
        tokio::time::timeout(timeout, paced).await.unwrap_or(Err(HttpError::Timeout))
    }
}

/// Passes a response on as fast as the network would.
struct Paced {
    observer: Arc<dyn HttpObserver>,
    pace: Pace,
}

#[async_trait]
impl HttpObserver for Paced {
    fn sent(&self, bytes: u64) {
        self.observer.sent(bytes);
    }

    async fn head(&self, status: u16, headers: Vec<(String, String)>) -> bool {
        self.observer.head(status, headers).await
    }

    async fn body(&self, bytes: Vec<u8>) -> bool {
        tokio::time::sleep(self.pace.transfer(bytes.len())).await;
        self.observer.body(bytes).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answers;

    #[async_trait]
    impl AppHttp for Answers {
        async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
            Ok(HttpResponse { status: 200, headers: Vec::new(), body: vec![0; 50_000] })
        }
    }

    fn request(timeout: u64) -> HttpRequest {
        HttpRequest {
            method: "GET".into(),
            url: "http://127.0.0.1/".into(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(timeout),
            max_body: 1 << 20,
            allow_private: true,
        }
    }

    #[tokio::test]
    async fn no_network_fails_with_its_own_word() {
        let network = Network::default();
        let http = Conditions::new(Answers, network.clone());
        assert!(http.send(request(60)).await.is_ok());
        network.set(NetworkType::None);
        let error = http.send(request(60)).await.unwrap_err();
        assert_eq!(error.to_string(), "net::ERR_INTERNET_DISCONNECTED");
    }

    #[tokio::test]
    async fn a_slow_network_takes_its_time_out_of_the_requests() {
        let http = Conditions::new(Answers, Network::default());
        http.network.set(NetworkType::ThreeG);
        assert!(matches!(http.send(request(0)).await, Err(HttpError::Timeout)));
        let pace = NetworkType::ThreeG.pace().unwrap();
        assert_eq!(pace.transfer(100_000), Duration::from_secs(2));
    }
}
