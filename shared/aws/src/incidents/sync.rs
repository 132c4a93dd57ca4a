//! The result of the last run that kept Incident Manager in step.

use muster::directory::SyncReport;

use super::Incidents;
use crate::error::AwsError;
use crate::item::{self, Item, key};

fn sync_key() -> Item {
    key("incident-manager", "status")
}

impl Incidents {
    /// Keeps the result of a run in the place of the one before.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_sync(&self, report: &SyncReport) -> Result<(), AwsError> {
        let item = item::write(sync_key(), report)?;
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error))?;
        Ok(())
    }

    /// The result of the last run, if there was one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn sync(&self) -> Result<Option<SyncReport>, AwsError> {
        self.item(sync_key()).await?.map(item::read).transpose()
    }
}
