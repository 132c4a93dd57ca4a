//! The result of the last run that kept Incident Manager in step, and what runs have written there.

use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::incident_manager::directory::{SyncReport, Written};
use muster_runtime::error::AwsError;

use super::SyncState;
use crate::item;
use crate::item::{Item, key};

const PARTITION: &str = "incident-manager";

fn sync_key() -> Item {
    key(PARTITION, "status")
}

fn written_key(alias: &str) -> Item {
    key(PARTITION, format!("written#{alias}"))
}

impl SyncState<'_> {
    /// Keeps the result of a run in the place of the one before.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_sync(self, report: &SyncReport) -> Result<(), AwsError> {
        let item = item::write(sync_key(), report)?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error))?;
        Ok(())
    }

    /// The result of the last run, if there was one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn report(self) -> Result<Option<SyncReport>, AwsError> {
        self.0.item(sync_key()).await?.map(item::read).transpose()
    }

    /// The digests of what was last written to Incident Manager, by name.
    ///
    /// # Errors
    /// The failed call.
    pub async fn written(self) -> Result<Written, AwsError> {
        let mut written = Written::new();
        for item in self.0.part(PARTITION.to_owned(), "written#".to_owned()).await? {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
            let alias = text("sk").and_then(|sk| sk.strip_prefix("written#").map(str::to_owned));
            written.extend(alias.zip(text("digest")));
        }
        Ok(written)
    }

    /// Keeps the digest of what was written under a name; that nothing is there any more, without one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn wrote(self, alias: &str, digest: Option<&str>) -> Result<(), AwsError> {
        let mut item = written_key(alias);
        let Some(digest) = digest else {
            let delete = self.0.client.delete_item().table_name(&self.0.table).set_key(Some(item));
            let end = delete.send().await;
            return end.map(drop).map_err(|error| AwsError::of("dynamodb:DeleteItem", &error));
        };
        item.insert("digest".to_owned(), AttributeValue::S(digest.to_owned()));
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error))?;
        Ok(())
    }
}
