//! Whether the account uses Incident Manager.

use aws_sdk_ssmincidents::Client;
use aws_types::SdkConfig;
use muster_domain::incident_manager::directory::Use;
use muster_domain::report::readiness::ComponentCheck;
use muster_runtime::error::AwsError;

/// Incident Manager in this account and Region.
#[derive(Clone, Debug)]
pub struct Account {
    client: Client,
    wanted: Use,
}

impl Account {
    /// The account of this configuration, where Incident Manager is `wanted`.
    #[must_use]
    pub fn new(config: &SdkConfig, wanted: Use) -> Self {
        Self { client: Client::new(config), wanted }
    }

    /// Checks whether it is used as wanted.
    ///
    /// # Errors
    /// [`AwsError`] if Incident Manager does not answer.
    pub async fn status(&self) -> Result<ComponentCheck, AwsError> {
        if self.wanted == Use::Off {
            return Ok(ComponentCheck::incident_manager(self.wanted, 0));
        }
        let answer = self.client.list_replication_sets().send().await;
        let answer = answer.map_err(|e| AwsError::of("ssm-incidents:ListReplicationSets", &e))?;
        Ok(ComponentCheck::incident_manager(self.wanted, answer.replication_set_arns.len()))
    }
}
