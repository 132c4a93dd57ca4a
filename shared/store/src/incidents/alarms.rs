//! Says once a minute for the whole stack that Muster cannot handle findings, whichever process meets it.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use jiff::{SignedDuration, Timestamp};
use muster_runtime::error::AwsError;

use super::Alarms;
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

/// What became of a claim.
enum Claim {
    Made,
    /// Another claim holds; until then, if its item says so.
    Refused(Option<Timestamp>),
}

/// The claim's item. The table's expiry reads `expires_at`, too: an old claim is of no use.
fn claim(expires_at: u64) -> Item {
    let mut item = key("alarm", "finding-responder");
    item.insert("expires_at".to_owned(), n(expires_at));
    item
}

impl Alarms<'_> {
    /// Claims the next minute's message to the emergency topic. Returns when another process claimed it, if one has.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then no process can know of the others.
    pub async fn claim_alarm(self, now: Timestamp) -> Result<Option<Timestamp>, AwsError> {
        let free = "attribute_not_exists(expires_at) OR expires_at <= :at";
        match self.put_claim(end(now), free, seconds(now)).await? {
            Claim::Made => Ok(None),
            // Only a damaged item has no end: it was made just now, so that it does not silence the stack for longer.
            Claim::Refused(ends) => {
                Ok(Some(ends.and_then(|ends| ends.checked_sub(QUIET).ok()).unwrap_or(now)))
            }
        }
    }

    /// Gives back the claim that was made `now`, because the message was not sent: the next process that meets a
    /// failure sends one. A claim that another process has made since stays.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then the claim ends by itself.
    pub async fn return_alarm(self, now: Timestamp) -> Result<(), AwsError> {
        self.put_claim(seconds(now), "expires_at = :at", end(now)).await.map(drop)
    }

    /// Writes the claim where `condition` on `at` holds.
    async fn put_claim(self, expires_at: u64, condition: &str, at: u64) -> Result<Claim, AwsError> {
        let put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(claim(expires_at)))
            .condition_expression(condition)
            .expression_attribute_values(":at", n(at))
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = put.send().await else { return Ok(Claim::Made) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                let held = refused
                    .item()
                    .and_then(|item| item.get("expires_at")?.as_n().ok()?.parse().ok());
                Ok(Claim::Refused(held.and_then(|end| Timestamp::from_second(end).ok())))
            }
            _ => Err(AwsError::of("dynamodb:PutItem", &error)),
        }
    }
}
