//! Connections for webhooks: TLS to public addresses, or plain HTTP to a local server of tests.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::dns::ResolveDns;
use aws_smithy_runtime_api::client::http::{
    HttpConnector as _, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http::uri::{Authority, Scheme};
use http_body_util::BodyExt as _;

use super::WebhookSettingsError;
use super::destination::{Destination, host_address};
use super::resolver::{PublicResolver, SystemResolver};

/// Longest wait for DNS, TCP, and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Most bytes of an answer's body that are read. The content is not used: reading a short body to its end lets the
/// receiver finish its answer before the connection closes.
const MAX_ANSWER: usize = 16 * 1024;

/// Way to the receivers. Clones share the connector.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    /// Made by the first request: root certificates take time to read, and most stacks have no webhook.
    connector: Arc<OnceLock<SharedHttpConnector>>,
    endpoint: Option<Authority>,
}

impl Connection {
    /// Returns the connection of a stack.
    pub(super) fn to_public_addresses() -> Self {
        Self { connector: Arc::default(), endpoint: None }
    }

    /// Returns a connection that takes every request to a local server. Only a loopback address is accepted, so that the
    /// variable cannot send pages in plain text over a network.
    pub(super) fn to_endpoint(endpoint: &str) -> Result<Self, WebhookSettingsError> {
        let authority = loopback(endpoint).ok_or(WebhookSettingsError::Endpoint)?;
        let connector = SharedHttpConnector::new(builder().build_http());
        Ok(Self { connector: Arc::new(connector.into()), endpoint: Some(authority) })
    }

    /// Returns a connection that asks this resolver, and checks none of its addresses.
    #[cfg(test)]
    pub(super) fn with_resolver(resolver: impl ResolveDns + Clone + 'static) -> Self {
        Self { connector: Arc::new(connector(resolver).into()), endpoint: None }
    }

    /// Checks whether requests go to a local server. They then need a `Host` header: the connector takes it from the URI.
    pub(super) fn is_local(&self) -> bool {
        self.endpoint.is_some()
    }

    /// Returns the URI that the request goes to. With a local server, only the `Host` header has the original host.
    pub(super) fn uri(&self, destination: &Destination) -> Uri {
        match &self.endpoint {
            None => destination.uri(Scheme::HTTPS, destination.authority().clone()),
            Some(endpoint) => destination.uri(Scheme::HTTP, endpoint.clone()),
        }
    }

    /// Makes one attempt: the connector neither follows redirects nor sends a request twice.
    pub(super) async fn call(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let resolver = PublicResolver(SystemResolver);
        self.connector.get_or_init(|| connector(resolver)).call(request).await
    }
}

/// Returns the settings of both connectors. No proxy is among them, and the connector reads none from the environment:
/// a proxy would resolve the name a second time, without a check.
fn builder() -> ConnectorBuilder {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
    // No idle connections. Each attempt resolves and checks anew, and none meets a connection that ended while Lambda
    // had frozen the process.
    Connector::builder()
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .pool_max_idle_per_host(0)
}

/// Returns a connector with TLS 1.2 and 1.3 and the root certificates of the operating system, as the clients of AWS
/// services have them.
fn connector(resolver: impl ResolveDns + Clone + 'static) -> SharedHttpConnector {
    let builder = builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
    SharedHttpConnector::new(builder.build_with_resolver(resolver))
}

fn loopback(endpoint: &str) -> Option<Authority> {
    let uri = endpoint.parse::<Uri>().ok()?;
    let authority = uri.authority()?;
    let is_loopback = match host_address(authority.host())? {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address.is_loopback(),
    };
    let is_plain = uri.scheme() == Some(&Scheme::HTTP)
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none()
        && !authority.as_str().contains('@');
    (is_loopback && is_plain).then(|| authority.clone())
}

/// Reads an answer's body up to its limit and drops it.
pub(super) async fn discard(body: SdkBody) {
    let mut body = pin!(body);
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            read += data.len();
        }
        if read > MAX_ANSWER {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_a_plain_local_endpoint_only() {
        let check = |endpoint, expected: Option<&str>| {
            let authority = loopback(endpoint);
            assert_eq!(authority.as_ref().map(Authority::as_str), expected, "{endpoint}");
        };
        check("http://127.0.0.1:8080", Some("127.0.0.1:8080"));
        check("http://127.0.0.1:8080/", Some("127.0.0.1:8080"));
        check("http://[::1]:8080", Some("[::1]:8080"));
        for endpoint in [
            "",
            "127.0.0.1:8080",
            "https://127.0.0.1:8080",
            "http://localhost:8080",
            "http://10.0.0.1:8080",
            "http://8.8.8.8",
            "http://user@127.0.0.1:8080",
            "http://127.0.0.1:8080/path",
            "http://127.0.0.1:8080/?query",
        ] {
            check(endpoint, None);
        }
    }
}
