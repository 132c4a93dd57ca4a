//! Webhooks, signed as Standard Webhooks 1.0 has it: one HTTPS request to a server that the customer operates.

mod address;
mod connection;
mod destination;
mod outcome;
mod resolver;
mod signature;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use jiff::Timestamp;
use muster_runtime::error::AwsError;
use muster_runtime::settings::WEBHOOK_SECRET;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use self::connection::Connection;
use self::destination::Destination;
use self::outcome::{check_status, connector_error, failure};
use self::signature::{Secret, is_message_id};

/// Longest wait for one attempt, from DNS to the end of the answer. With the pager's 30 seconds, there is time for the
/// other channels of a step after a receiver that does not answer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Environment variable with the address of a local server that receives every webhook: `http://127.0.0.1:8080`. Only
/// tests and the local system set it. The stack never does.
const ENDPOINT_VARIABLE: &str = "MUSTER_WEBHOOK_ENDPOINT";

/// Settings with which no webhook can be sent. The texts name the setting and not its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookSettingsError {
    /// The signing secret is malformed.
    #[error("the webhook secret must be {}", self.wanted())]
    Secret,
    /// The local endpoint is malformed, or on another machine.
    #[error("{ENDPOINT_VARIABLE} must be {}", self.wanted())]
    Endpoint,
}

impl WebhookSettingsError {
    /// Returns the environment variable that is malformed.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Secret => WEBHOOK_SECRET,
            Self::Endpoint => ENDPOINT_VARIABLE,
        }
    }

    /// Returns what the variable can be.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Self::Secret => "whsec_ and the base64 of 24 to 64 bytes".to_owned(),
            Self::Endpoint => "http:// and a loopback address".to_owned(),
        }
    }
}

/// Sender of webhooks. Clones share the connector.
#[derive(Clone, Debug)]
pub struct Webhooks {
    secret: Secret,
    connection: Connection,
    ports: Vec<u16>,
    timeout: Duration,
}

impl Webhooks {
    /// Returns a sender that signs with this secret and reaches public addresses only.
    ///
    /// # Errors
    /// [`WebhookSettingsError::Secret`] unless the secret is `whsec_` and the base64 of 24 to 64 bytes.
    pub fn new(secret: &str) -> Result<Self, WebhookSettingsError> {
        Self::with_connection(secret, Connection::to_public_addresses())
    }

    /// Returns a sender like [`Webhooks::new`]. If the environment has `MUSTER_WEBHOOK_ENDPOINT`, every request goes to
    /// that local server instead.
    ///
    /// # Errors
    /// [`WebhookSettingsError::Endpoint`] if the variable is set to anything but a loopback address. Ignoring it would
    /// send the webhooks of a test to real receivers.
    pub fn from_environment(secret: &str) -> Result<Self, WebhookSettingsError> {
        Self::with_endpoint(secret, std::env::var_os(ENDPOINT_VARIABLE).as_deref())
    }

    fn with_endpoint(secret: &str, endpoint: Option<&OsStr>) -> Result<Self, WebhookSettingsError> {
        let Some(endpoint) = endpoint else {
            return Self::new(secret);
        };
        let endpoint = endpoint.to_str().ok_or(WebhookSettingsError::Endpoint)?;
        Self::with_connection(secret, Connection::to_endpoint(endpoint)?)
    }

    /// Allows URLs with this port, besides 443.
    #[must_use]
    pub fn allow_port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    fn with_connection(secret: &str, connection: Connection) -> Result<Self, WebhookSettingsError> {
        let secret = Secret::parse(secret).ok_or(WebhookSettingsError::Secret)?;
        Ok(Self { secret, connection, ports: vec![443], timeout: ATTEMPT_TIMEOUT })
    }

    /// Posts the body in a single attempt and returns `id`. Pass the same `id` in each attempt for a delivery: receivers
    /// drop repeats by it. `now` is the time of the attempt. Receivers reject a time that is minutes off.
    ///
    /// # Errors
    /// [`AwsError`] with a code of this module and never a part of the URL, the request, or the answer: webhook URLs
    /// often contain a secret. `passing` is true if a later attempt can succeed: `Timeout`, `NoConnection`, `BadAnswer`,
    /// and `Http` with 408, 425, 429, or 5xx. It is false for `Redirected`, `Http` with any other 4xx, `NotPublic`,
    /// `PortNotAllowed`, `BadUrl`, `BadId`, and `BadRequest`.
    pub async fn send(
        &self,
        url: &str,
        id: &str,
        body: &Value,
        now: Timestamp,
    ) -> Result<String, AwsError> {
        let deadline = Instant::now() + self.timeout;
        let destination = Destination::parse(url, &self.ports)?;
        if !is_message_id(id) {
            return Err(failure("BadId", false));
        }
        let request = self.request(&destination, id, body.to_string(), now)?;
        let answer = timeout_at(deadline, self.connection.call(request)).await;
        let answer = answer.map_err(|_| failure("Timeout", true))?;
        let answer = answer.map_err(|error| connector_error(&error))?;
        let status = answer.status().as_u16();
        // The status is the outcome. A body that does not end in time changes nothing about it.
        let _ = timeout_at(deadline, connection::discard(answer.into_body())).await;
        check_status(status).map(|()| id.to_owned())
    }

    fn request(
        &self,
        destination: &Destination,
        id: &str,
        body: String,
        now: Timestamp,
    ) -> Result<HttpRequest, AwsError> {
        let timestamp = now.as_second();
        let signature = self.secret.sign(id, timestamp, body.as_bytes());
        let mut request = http::Request::post(self.connection.uri(destination));
        if self.connection.is_local() {
            request = request.header(HOST, destination.authority().as_str());
        }
        request
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Muster")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(SdkBody::from(body))
            .ok()
            .and_then(|request| request.try_into().ok())
            .ok_or_else(|| failure("BadRequest", false))
    }
}
