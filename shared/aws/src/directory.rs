//! Incident Manager's contacts: as they are, and changed one call at a time.

mod activation;
mod apply;
mod load;

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_ssmcontacts::Client;
use aws_sdk_ssmcontacts::config::retry::RetryConfig;
use muster::directory::{Actual, Alias, Line};
use tokio::sync::OnceCell;

use crate::error::AwsError;

/// How often a call is tried that comes too fast; the pauses between grow to 20 s.
const TRIES: u32 = 8;

/// Incident Manager's contacts whose names begin with our prefix.
#[derive(Clone, Debug)]
pub struct Directory {
    client: Client,
    incidents: aws_sdk_ssmincidents::Client,
    prefix: String,
    /// Whether the account uses it; unknown until it is asked.
    used: OnceCell<bool>,
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
}

impl Directory {
    /// The contacts whose aliases begin with `prefix`, in an account that is `known` to use Incident Manager
    /// or is asked. The service allows few calls a second, so the SDK
    /// tries more often than it would elsewhere.
    #[must_use]
    pub fn new(config: &SdkConfig, prefix: String, known: bool) -> Self {
        let incidents = aws_sdk_ssmincidents::Client::new(config);
        let config = aws_sdk_ssmcontacts::config::Builder::from(config)
            .retry_config(RetryConfig::adaptive().with_max_attempts(TRIES))
            .build();
        let used = if known { OnceCell::new_with(Some(true)) } else { OnceCell::new() };
        Self { client: Client::from_conf(config), incidents, prefix, used }
    }

    /// Whether the account uses Incident Manager: it has a replication set. Asked once in the life of a
    /// process. An account that may not use the service is told so, and does not use it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn in_use(&self) -> Result<bool, AwsError> {
        let ask = async || match self.incidents.list_replication_sets().send().await {
            Ok(answer) => Ok(!answer.replication_set_arns.is_empty()),
            Err(error) => match AwsError::of("ssm-incidents:ListReplicationSets", &error) {
                error if error.code.contains("AccessDenied") => Ok(false),
                error => Err(error),
            },
        };
        self.used.get_or_try_init(ask).await.copied()
    }

    /// What the names of ours begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}
