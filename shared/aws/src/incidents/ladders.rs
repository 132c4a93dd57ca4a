//! Ladders and what they hold back: one item for each person and kind of channel, one for each page.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use jiff::{SignedDuration, Timestamp};
use muster::channel::ChannelType;
use muster::id::{ContactId, IncidentId};
use muster::ladder::{Ladder, Pass};
use muster::send::{LEASE, SendRecord};
use serde::{Deserialize, Serialize};

use super::{Incidents, IssuedToken};
use crate::error::AwsError;
use crate::item::{self, Item, key, n, pause, s};

const HELD: &str = "held";
/// How often a ladder that others climb at the same moment is tried. Whoever finds it full writes
/// nothing, so it is contended only as often as it has rungs.
const MOST_RACES: usize = 30;
/// How many held pages one look finds; the next look is a minute later.
const MOST_HELD: usize = 5_000;
/// How long a ladder is kept after its last page: it remembers which Critical incidents have passed.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A page that waits for a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPage {
    /// Whose.
    pub contact: ContactId,
    /// By which kind of channel.
    pub kind: ChannelType,
    /// Of which incident.
    pub incident: IncidentId,
    /// Its send record.
    pub record: SendRecord,
}

fn whose(contact: &ContactId, kind: ChannelType) -> String {
    format!("{contact}#{}", kind.name())
}

fn ladder_key(contact: &ContactId, kind: ChannelType) -> Item {
    key(format!("ladder#{}", whose(contact, kind)), "ladder")
}

fn held_key(page: &HeldPage) -> Item {
    let send = &page.record.key;
    let turn = format!("{:04}#{:04}#{:04}", send.cursor.run, send.cursor.round, send.cursor.step);
    let sk = format!("{}#{turn}#{}", page.incident, send.channel);
    key(format!("held#{}", whose(&page.contact, page.kind)), sk)
}

impl Incidents {
    /// Climbs somebody's ladder, if `decide` says that there is room. Of many who try at the same
    /// moment, no more get through than it says.
    ///
    /// # Errors
    /// The failed call.
    pub async fn climb(
        &self,
        contact: &ContactId,
        kind: ChannelType,
        now: Timestamp,
        decide: impl Fn(&Ladder) -> Pass,
    ) -> Result<Pass, AwsError> {
        for _ in 0..MOST_RACES {
            let key = ladder_key(contact, kind);
            let known = self.item(key.clone()).await?.map(item::read::<Ladder>).transpose()?;
            let ladder = known.clone().unwrap_or_default();
            let Pass::Go(next) = decide(&ladder) else { return Ok(decide(&ladder)) };
            let mut item = item::write(key, &next)?;
            let until = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
            let until = u64::try_from(until.as_second()).unwrap_or_default();
            item.insert("expires_at".to_owned(), n(until));
            let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
            let put = match known {
                None => put.condition_expression("attribute_not_exists(pk)"),
                Some(_) => put
                    .condition_expression("version = :before")
                    .expression_attribute_values(":before", n(ladder.version)),
            };
            if won(put.send().await)? {
                return Ok(Pass::Go(next));
            }
            pause().await;
        }
        // It goes out with the next digest, within a minute or when there is room.
        Ok(Pass::Hold(now))
    }

    /// Keeps a page for the digest.
    ///
    /// # Errors
    /// The failed call.
    pub async fn hold(&self, page: &HeldPage) -> Result<(), AwsError> {
        let mut keys = held_key(page);
        keys.insert("list_key".to_owned(), s(HELD));
        let sort = format!("{}#{}", whose(&page.contact, page.kind), page.incident);
        keys.insert("sort".to_owned(), s(sort));
        let item = item::write(keys, page)?;
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// The pages that wait, those of one person and channel together.
    ///
    /// # Errors
    /// The failed call.
    pub async fn held(&self) -> Result<Vec<HeldPage>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :held")
            .expression_attribute_values(":held", s(HELD));
        let mut items = query.into_paginator().items().send();
        let mut held = Vec::new();
        while held.len() < MOST_HELD
            && let Some(item) = items.next().await
        {
            let item = item.map_err(|error| AwsError::of("dynamodb:Query", &error))?;
            held.extend(item::readable(item, HELD));
        }
        Ok(held)
    }

    /// Somebody's ladder.
    ///
    /// # Errors
    /// The failed call.
    pub async fn ladder(&self, contact: &ContactId, kind: ChannelType) -> Result<Ladder, AwsError> {
        let known = self.item(ladder_key(contact, kind)).await?.map(item::read).transpose()?;
        Ok(known.unwrap_or_default())
    }

    /// Takes a page from those that wait.
    ///
    /// # Errors
    /// The failed call.
    pub async fn release(&self, page: &HeldPage) -> Result<(), AwsError> {
        let delete =
            self.client.delete_item().table_name(&self.table).set_key(Some(held_key(page)));
        delete.send().await.map(drop).map_err(|e| AwsError::of("dynamodb:DeleteItem", &e))
    }

    /// Claims the next digest for somebody by one kind of channel, for as long as a claim holds; says
    /// whether it is ours.
    ///
    /// # Errors
    /// The failed call.
    pub async fn claim_digest(
        &self,
        contact: &ContactId,
        kind: ChannelType,
        now: Timestamp,
    ) -> Result<bool, AwsError> {
        let seconds = |at: Timestamp| u64::try_from(at.as_second()).unwrap_or_default();
        let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let mut item = key(format!("ladder#{}", whose(contact, kind)), "digest");
        item.insert("expires_at".to_owned(), n(seconds(until)));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", n(seconds(now)));
        won(put.send().await)
    }

    /// Keeps the token of a link.
    ///
    /// # Errors
    /// The failed call.
    pub async fn issue(&self, id: &IncidentId, token: &IssuedToken) -> Result<(), AwsError> {
        let put = self.token_put(id, token)?;
        let transaction = self.client.transact_write_items().transact_items(put);
        let written = item::written(transaction.send().await)?;
        match written {
            item::Written::Done => Ok(()),
            item::Written::Conflict => Err(AwsError::late("issuing a link")),
        }
    }
}

/// Whether a conditional write was done; a lost race is an answer.
fn won<T>(
    outcome: Result<T, aws_sdk_dynamodb::error::SdkError<PutItemError>>,
) -> Result<bool, AwsError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
        {
            Ok(false)
        }
        Err(error) => Err(AwsError::of("dynamodb:PutItem", &error)),
    }
}
