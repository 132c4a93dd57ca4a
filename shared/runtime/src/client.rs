//! One SDK configuration for every client of a process.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{
    ProvideCredentials, Result as Provided, SharedCredentialsProvider, future,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// Longest wait for a connection. Within a Region connections take milliseconds; a longer wait
/// means the address is dead and another try is better.
pub const CONNECT: Duration = Duration::from_secs(2);
/// Longest wait for one try of a call.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Longest wait for a call with all its tries: half of the pager's time limit (30 s).
const OPERATION: Duration = Duration::from_secs(15);

/// Longest wait for a provider's answer to a message. Longer than [`ATTEMPT`]: a message that was
/// taken and answered late would be sent again.
const SEND: Duration = Duration::from_secs(10);

/// Returns the configuration of calls that send messages. The SDK retries none of them: an attempt that timed out may
/// have sent its message, and the send record decides whether there is another.
#[must_use]
pub fn sending(config: &SdkConfig) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(SEND)
        .operation_timeout(SEND)
        .build();
    once(config, timeouts)
}

/// Returns the configuration of calls that list findings. Answers may have megabytes, so that only the wait for their
/// first byte is limited. None is retried: the next look is soon.
#[must_use]
pub(crate) fn listing(config: &SdkConfig) -> SdkConfig {
    once(config, TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(OPERATION).build())
}

fn once(config: &SdkConfig, timeouts: TimeoutConfig) -> SdkConfig {
    let builder = config.to_builder().retry_config(RetryConfig::disabled());
    builder.timeout_config(timeouts).build()
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

/// Credentials that Lambda writes to the environment. They are read for each client, and do not change while the process
/// lives.
#[derive(Clone, Copy, Debug)]
struct FromEnvironment;

impl FromEnvironment {
    fn read() -> Provided {
        let variable = |name| {
            let text = std::env::var(name).unwrap_or_default().trim().to_owned();
            Some(text).filter(|text| !text.is_empty())
        };
        let named = |name: &'static str| {
            variable(name).ok_or_else(|| CredentialsError::not_loaded(format!("{name} is not set")))
        };
        let (key, secret) = (named("AWS_ACCESS_KEY_ID")?, named("AWS_SECRET_ACCESS_KEY")?);
        let token = variable("AWS_SESSION_TOKEN");
        Ok(Credentials::new(key, secret, token, None, "environment"))
    }
}

impl ProvideCredentials for FromEnvironment {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Self::read())
    }
}

/// The configuration, from the environment that Lambda provides: credentials and Region, and endpoints where a test says
/// so. The SDK's own loader, `aws-config`, would bring every other source of credentials along, STS's whole client among
/// them. The behaviour version is pinned by date, so that an update of the SDK changes no default under us.
#[must_use]
pub fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    // Left to themselves, clients make an HTTP client each, and each loads the root certificates.
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let region = std::env::var("AWS_REGION").ok().map(Region::new);
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(FromEnvironment))
        .http_client(http)
        .region(region)
        .service_config(Endpoints)
        .timeout_config(timeouts);
    config.set_endpoint_url(std::env::var("AWS_ENDPOINT_URL").ok());
    config.build()
}
