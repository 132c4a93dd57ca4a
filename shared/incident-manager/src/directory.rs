//! Incident Manager's contacts and response plans: as they are, and changed one call at a time.

mod activation;
mod apply;
mod load;
mod plans;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_ssmcontacts::Client;
use aws_sdk_ssmcontacts::config::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use muster_domain::incident_manager::directory::{Actual, Alias, Line, Use};
use muster_runtime::client::CONNECT;
use muster_runtime::error::AwsError;

/// How often a call is tried that comes too fast; the pauses between grow to 20 s.
const TRIES: u32 = 8;
/// Longest pause before the second try; the mode that adapts its pace to what was refused takes
/// minutes to find back to a fair one.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// Longest wait for a call with all its tries.
const PATIENT: Duration = Duration::from_mins(2);
/// Longest wait for one try.
const ATTEMPT: Duration = Duration::from_secs(8);
/// How long it is believed that an account does not use Incident Manager: it may begin to.
const BELIEVED: Duration = Duration::from_mins(5);
/// Where Incident Manager is. Source: its endpoints in the AWS SDKs.
const REGIONS: [&str; 16] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Incident Manager's contacts and response plans whose names begin with our prefix.
#[derive(Debug)]
pub struct Directory {
    client: Client,
    incidents: aws_sdk_ssmincidents::Client,
    prefix: String,
    wanted: Use,
    /// Whether the service is in this Region.
    here: bool,
    /// When it was last found that the account does, or does not, use it.
    known: Mutex<Option<(bool, Instant)>>,
}

/// What was found there, and what the service calls it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What is there.
    pub actual: Actual,
    /// The ARN of each contact.
    arns: BTreeMap<Alias, String>,
    /// The ARN of each channel, by its owner and what it is.
    channels: BTreeMap<(Alias, Line), String>,
    /// The ARN of each response plan.
    plans: BTreeMap<Alias, String>,
}

impl Directory {
    /// What there is with names that begin with `prefix`. The service allows few calls a second, so
    /// calls are tried more often, and waited for longer, than they would be elsewhere.
    #[must_use]
    pub fn new(config: &SdkConfig, prefix: String, wanted: Use) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(PATIENT)
            .build();
        let retries =
            RetryConfig::standard().with_max_attempts(TRIES).with_initial_backoff(FIRST_PAUSE);
        let contacts = aws_sdk_ssmcontacts::config::Builder::from(config)
            .retry_config(retries.clone())
            .timeout_config(timeouts.clone());
        let incidents = aws_sdk_ssmincidents::config::Builder::from(config)
            .retry_config(retries)
            .timeout_config(timeouts);
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        Self {
            client: Client::from_conf(contacts.build()),
            incidents: aws_sdk_ssmincidents::Client::from_conf(incidents.build()),
            prefix,
            wanted,
            here: REGIONS.contains(&region.as_str()),
            known: Mutex::new(None),
        }
    }

    /// Whether the account uses Incident Manager: it has a replication set. That it does is asked once in
    /// the life of a process, that it does not every few minutes. An account that may not use the
    /// service is told so, and does not use it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn in_use(&self) -> Result<bool, AwsError> {
        match self.wanted {
            Use::On => return Ok(true),
            Use::Off => return Ok(false),
            Use::Auto if !self.here => return Ok(false),
            Use::Auto => {}
        }
        if let Some(used) = self.known() {
            return Ok(used);
        }
        let used = match self.incidents.list_replication_sets().send().await {
            Ok(answer) => !answer.replication_set_arns.is_empty(),
            Err(error) => match AwsError::of("ssm-incidents:ListReplicationSets", &error) {
                // Accounts that never had it are refused in one way or another.
                error if !error.passing || error.code.contains("AccessDenied") => false,
                error => return Err(error),
            },
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((used, Instant::now()));
        Ok(used)
    }

    fn known(&self) -> Option<bool> {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(used, at)| *used || at.elapsed() < BELIEVED).map(|(used, _)| used)
    }

    /// What the names of ours begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}
