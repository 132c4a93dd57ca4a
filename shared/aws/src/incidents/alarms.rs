//! Says once a minute for the whole stack that Muster cannot handle findings, whichever process meets it.

use jiff::{SignedDuration, Timestamp};

use super::Incidents;
use crate::error::AwsError;
use crate::item::{Item, key, n};

/// How long the stack says nothing further. In a storm, hundreds of findings would say the same.
pub const QUIET: SignedDuration = SignedDuration::from_secs(60);

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}

/// When a claim made `now` ends.
fn end(now: Timestamp) -> u64 {
    seconds(now.saturating_add(QUIET).unwrap_or(Timestamp::MAX))
}

/// The claim's item. The table's expiry reads `expires_at`, too: an old claim is of no use.
fn claim(expires_at: u64) -> Item {
    let mut item = key("alarm", "finding-responder");
    item.insert("expires_at".to_owned(), n(expires_at));
    item
}

impl Incidents {
    /// Claims the next minute's message to the emergency topic. Returns false if another process has it.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then no process can know of the others.
    pub async fn claim_alarm(&self, now: Timestamp) -> Result<bool, AwsError> {
        let free = "attribute_not_exists(pk) OR expires_at <= :at";
        self.put_claim(end(now), free, seconds(now)).await
    }

    /// Gives back the claim that was made `now`, because the message was not sent: the next process that meets a
    /// failure sends one. A claim that another process has made since stays.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then the claim ends by itself.
    pub async fn return_alarm(&self, now: Timestamp) -> Result<(), AwsError> {
        self.put_claim(seconds(now), "expires_at = :at", end(now)).await.map(drop)
    }

    /// Writes the claim where `condition` on `at` holds, and returns whether it did.
    async fn put_claim(&self, expires_at: u64, condition: &str, at: u64) -> Result<bool, AwsError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(claim(expires_at)))
            .condition_expression(condition)
            .expression_attribute_values(":at", n(at));
        match put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Ok(_) => Ok(true),
            Err(error) if error.code == "ConditionalCheckFailedException" => Ok(false),
            Err(error) => Err(error),
        }
    }
}
