//! AWS services that are called without their SDK crates: the SDK's own parts sign, retry, and limit the time.

mod answer;
mod endpoint;
mod plugin;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::Value;

pub use self::endpoint::encoded;
use crate::error::AwsError;

/// A service, by the names of its API model.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Service ID. The environment variable with another endpoint is named after it: `AWS_ENDPOINT_URL_SESV2`.
    pub id: &'static str,
    /// First label of the host names.
    pub host: &'static str,
    /// Name in signatures.
    pub signing_name: &'static str,
    /// Protocol of requests and answers.
    pub protocol: Protocol,
}

/// A protocol with JSON bodies.
#[derive(Clone, Copy, Debug)]
pub enum Protocol {
    /// restJson1: each operation has a method and a path.
    Rest,
    /// awsJson1.0: `X-Amz-Target` has this prefix before the operation's name.
    Json10(&'static str),
    /// awsJson1.1, with such a prefix.
    Json11(&'static str),
}

/// A request.
#[derive(Clone)]
pub struct Call {
    operation: &'static str,
    method: Method,
    path: String,
    body: Value,
}

impl Call {
    /// Returns a request of an awsJson service. `operation` has its name as in IAM policies: `states:StartExecution`.
    #[must_use]
    pub fn new(operation: &'static str, body: Value) -> Self {
        Self::post(operation, "/", body)
    }

    /// Returns a request with a body.
    #[must_use]
    pub fn post(operation: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { operation, method: Method::POST, path: path.into(), body }
    }

    /// Returns a request without a body.
    #[must_use]
    pub fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self { operation, method: Method::GET, path: path.into(), body: Value::Null }
    }

    /// Path and query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Body as JSON; null if the request has none.
    #[must_use]
    pub const fn body(&self) -> &Value {
        &self.body
    }

    fn request(&self, protocol: Protocol) -> Result<HttpRequest, BoxError> {
        let request = http::Request::builder().method(&self.method).uri(&self.path);
        let (version, prefix) = match protocol {
            Protocol::Rest if self.body.is_null() => {
                return Ok(request.body(SdkBody::empty())?.try_into()?);
            }
            Protocol::Rest => ("json", None),
            Protocol::Json10(prefix) => ("x-amz-json-1.0", Some(prefix)),
            Protocol::Json11(prefix) => ("x-amz-json-1.1", Some(prefix)),
        };
        let mut request = request.header(CONTENT_TYPE, format!("application/{version}"));
        if let Some(prefix) = prefix {
            let name = self.operation.rsplit(':').next().unwrap_or_default();
            request = request.header("x-amz-target", format!("{prefix}.{name}"));
        }
        Ok(request.body(SdkBody::from(self.body.to_string()))?.try_into()?)
    }
}

/// Paths and bodies contain addresses and phone numbers, which no log may have.
impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Call").field(&self.operation).finish()
    }
}

/// A service in a Region. Clones share connections, credentials, and the limit of retries.
#[derive(Clone, Debug)]
pub struct Client(Operation<Call, Value, ErrorMetadata>);

impl Client {
    /// Returns a client with the retries and time limits of this configuration. Without any, a call has three attempts, as
    /// with the clients of the SDK.
    #[must_use]
    pub fn new(config: &SdkConfig, service: Service) -> Self {
        let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts = config.timeout_config().cloned();
        let timeouts = timeouts.unwrap_or_else(|| TimeoutConfig::builder().build());
        let mut operation = Operation::builder()
            .service_name(service.id)
            .operation_name(service.id)
            .endpoint_url(&endpoint::of(config, &service))
            .standard_retry(&retries)
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .runtime_plugin(plugin::of(config, &service));
        if let Some(version) = config.behavior_version() {
            operation = operation.behavior_version(version);
        }
        let operation = operation.serializer(move |call: Call| call.request(service.protocol));
        Self(operation.deserializer(answer::read).build())
    }

    /// Returns the answer to a request; null if the answer is empty.
    ///
    /// # Errors
    /// [`AwsError`] after the last attempt.
    pub async fn call(&self, call: Call) -> Result<Value, AwsError> {
        let operation = call.operation;
        self.0.invoke(call).await.map_err(|error| AwsError::of(operation, &error))
    }
}
