//! How the tables stand.

use aws_sdk_dynamodb::Client;
use muster_domain::report::readiness::{Component, ComponentCheck};
use muster_runtime::error::AwsError;

use crate::incidents::Incidents;
use crate::roster::Roster;

impl Roster {
    /// Checks whether the roster's table is there.
    ///
    /// # Errors
    /// [`AwsError`] if DynamoDB does not answer.
    pub async fn status(&self) -> Result<ComponentCheck, AwsError> {
        status(&self.client, &self.table, Component::RosterTable).await
    }
}

impl Incidents {
    /// Checks whether the incidents' table is there.
    ///
    /// # Errors
    /// [`AwsError`] if DynamoDB does not answer.
    pub async fn status(&self) -> Result<ComponentCheck, AwsError> {
        status(&self.client, &self.table, Component::IncidentsTable).await
    }
}

async fn status(client: &Client, table: &str, part: Component) -> Result<ComponentCheck, AwsError> {
    let answer = client.describe_table().table_name(table).send().await;
    let answer = answer.map_err(|error| AwsError::of("dynamodb:DescribeTable", &error))?;
    let status = answer.table.and_then(|table| table.table_status);
    Ok(ComponentCheck::active(part, status.as_ref().map_or("unknown", |status| status.as_str())))
}
