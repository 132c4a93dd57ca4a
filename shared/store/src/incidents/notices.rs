//! Messages that are no pages: reminders, tests, letters; each claimed before it is sent, as pages are.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use jiff::{SignedDuration, Timestamp};
use muster_domain::incident::escalation::Cursor;
use muster_domain::incident::send::{Claim, Delivery, DeliveryKey, DeliveryState, LEASE, claim};
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use muster_runtime::error::AwsError;

use super::Notices;
use crate::item;
use crate::item::{Item, key, n};

/// How long it is known that a message went out: longer than it could be asked for again.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Which message: what it is about, whom it is for, by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, such as `review#2026-11#contact:ada`: the same is never sent twice.
    pub about: String,
    /// Whom it is for: a contact's id, or the topic.
    pub whom: Recipient,
    /// By which of their channels.
    pub channel: SendChannel,
}

impl Notice {
    fn sort_key(&self) -> String {
        format!("notice#{}#{}", self.whom, self.channel)
    }

    /// Returns the name of its delivery, the same for each attempt.
    #[must_use]
    pub fn delivery(&self) -> String {
        format!("{}#{}", self.about, self.sort_key())
    }
}

/// What is to be done about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is ours: send it and settle this record.
    Ours(Delivery),
    /// It has ended like this, for good.
    Ended(DeliveryState),
    /// Somebody else is at it, or it failed a moment ago: look again later.
    Later,
}

fn notice_key(notice: &Notice) -> Item {
    key(format!("notice#{}", notice.about), notice.sort_key())
}

fn notice_item(notice: &Notice, record: &Delivery) -> Result<Item, AwsError> {
    let until = record.at.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let mut item = item::write(notice_key(notice), record)?;
    let until = u64::try_from(until.as_second()).unwrap_or_default();
    item.insert("expires_at".to_owned(), n(until));
    Ok(item)
}

impl Notices<'_> {
    /// Claims a message for `owner`, if nobody has sent it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn claim_notice(
        self,
        notice: &Notice,
        owner: &str,
        now: Timestamp,
    ) -> Result<Claimed, AwsError> {
        let record: Option<Delivery> =
            self.0.item(notice_key(notice)).await?.map(item::read).transpose()?;
        let attempt = match (claim(record.as_ref(), owner, now), &record) {
            (Claim::Mine, Some(record)) => return Ok(Claimed::Ours(record.clone())),
            (Claim::Settled, Some(record)) => return Ok(Claimed::Ended(record.state.clone())),
            (Claim::Take { attempt }, _) => attempt,
            _ => return Ok(Claimed::Later),
        };
        let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let record = Delivery {
            key: DeliveryKey {
                cursor: Cursor::FIRST,
                contact: notice.whom.clone(),
                channel: notice.channel,
                about: None,
            },
            state: DeliveryState::Sending { lease_expires_at: until, claimed_by: owner.to_owned() },
            attempts: attempt,
            at: now,
        };
        let put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(notice_item(notice, &record)?));
        let put = match attempt {
            1 => put.condition_expression("attribute_not_exists(pk)"),
            _ => put
                .condition_expression("attempts = :attempts AND attribute_not_exists(message_id)")
                .expression_attribute_values(":attempts", n(attempt - 1)),
        };
        match put.send().await {
            Ok(_) => Ok(Claimed::Ours(record)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(Claimed::Later)
            }
            Err(error) => Err(AwsError::of("dynamodb:PutItem", &error)),
        }
    }

    /// Writes how a claimed message ended.
    ///
    /// # Errors
    /// The failed call.
    pub async fn settle_notice(self, notice: &Notice, record: &Delivery) -> Result<(), AwsError> {
        self.0
            .sends()
            .settle_item(notice_item(notice, record)?, record.attempts, &["sending"])
            .await
    }
}
