//! Says once a minute for the whole stack that Muster cannot handle findings, whichever process meets it.

use jiff::{SignedDuration, Timestamp};

use super::Incidents;
use crate::error::AwsError;
use crate::item::{key, n};

/// How long the stack says nothing further. In a storm, hundreds of findings would say the same.
pub const QUIET: SignedDuration = SignedDuration::from_secs(60);

impl Incidents {
    /// Claims the next minute's message to the emergency topic. Returns false if another process has it.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then no process can know of the others.
    pub async fn claim_alarm(&self, now: Timestamp) -> Result<bool, AwsError> {
        let seconds = |at: Timestamp| u64::try_from(at.as_second()).unwrap_or_default();
        let mut item = key("alarm", "finding-responder");
        // The table's expiry reads it, too: an old claim is of no use.
        let until = now.saturating_add(QUIET).unwrap_or(Timestamp::MAX);
        item.insert("expires_at".to_owned(), n(seconds(until)));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", n(seconds(now)));
        match put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Ok(_) => Ok(true),
            Err(error) if error.code == "ConditionalCheckFailedException" => Ok(false),
            Err(error) => Err(error),
        }
    }
}
