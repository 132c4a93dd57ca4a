//! One SDK configuration for every client of a process.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// Longest wait for a connection. Within a Region connections take milliseconds; a longer wait
/// means the address is dead and another try is better.
pub const CONNECT: Duration = Duration::from_secs(2);
/// Longest wait for one try of a call.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Longest wait for a call with all its tries: half of the pager's time limit (30 s).
pub const OPERATION: Duration = Duration::from_secs(15);

/// Longest wait for a provider's answer to a message. Longer than [`ATTEMPT`]: a message that was
/// taken and answered late would be sent again.
const SEND: Duration = Duration::from_secs(10);

/// What secures connections: one for every client.
pub const TLS: Provider = Provider::Rustls(CryptoMode::Ring);

/// The time limits of calls that send messages.
#[must_use]
pub fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(SEND)
        .operation_timeout(SEND)
        .build()
}

/// Makes a connection while a function starts, when it has a whole core for the handshake, by a
/// call that the service refuses for its emptiness. A second without an answer changes nothing.
pub async fn connect<T, E>(refused: impl Future<Output = Result<T, E>>) {
    let _ = tokio::time::timeout(Duration::from_secs(1), refused).await;
}

/// Where a service is, if the environment says so: `AWS_ENDPOINT_URL_SSM_CONTACTS` before `AWS_ENDPOINT_URL`.
#[derive(Clone, Copy, Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace([' ', '-'], "_");
        std::env::var(format!("{}_{service}", key.env())).ok()
    }
}

/// The configuration, from the environment that Lambda provides: credentials and Region, and endpoints where a test says
/// so. The SDK's own loader would bring every other source of credentials along, STS's whole client among them. The
/// behaviour version is pinned by date, so that an update of the SDK changes no default under us.
#[must_use]
pub fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    // Left to themselves, clients make an HTTP client each, and each loads the root certificates.
    let http = Builder::new().tls_provider(TLS).build_https();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let region = std::env::var("AWS_REGION").ok().map(Region::new);
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .region(region)
        .service_config(Endpoints)
        .timeout_config(timeouts);
    config.set_endpoint_url(std::env::var("AWS_ENDPOINT_URL").ok());
    config.build()
}
