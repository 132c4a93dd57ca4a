//! Send records: claimed together before a step's sends, settled one by one after.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use jiff::Timestamp;
use muster_domain::incident::IncidentStatus;
use muster_domain::incident::escalation::Cursor;
use muster_domain::incident::send::{Delivery, DeliveryKey, DeliveryState};
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::id::{ContactId, IncidentId};
use muster_runtime::error::AwsError;

use super::{Incidents, SEND, Sends, TimelineEvent, incident_key, partition};
use crate::item;
use crate::item::{Item, Written, key, n, s};

/// How often the end of a send is written; each has the SDK's own tries.
const MOST_SETTLES: usize = 3;
/// DynamoDB's limit for one transaction.
const MOST_ACTIONS: usize = 100;

/// A token in a link, as it is kept.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token's digest.
    pub digest: String,
    /// Whose it is.
    pub contact: ContactId,
    /// How long it is good for.
    pub expires_at: Timestamp,
}

/// The sort key of a turn's sends, and of one of them.
fn turn_prefix(cursor: Cursor) -> String {
    format!("{SEND}{:04}#{:04}#{:04}#", cursor.run, cursor.round, cursor.step)
}

/// The sort key of an update's sends: no contact's id has a tilde.
fn update_prefix(cursor: Cursor, update: &str) -> String {
    format!("{}~{update}#", turn_prefix(cursor))
}

fn prefix(cursor: Cursor, about: Option<&str>) -> String {
    about.map_or_else(|| turn_prefix(cursor), |update| update_prefix(cursor, update))
}

/// Returns the sort key of a delivery, which names it within its incident for ever.
#[must_use]
pub fn send_sk(key: &DeliveryKey) -> String {
    let prefix = prefix(key.cursor, key.about.as_deref());
    format!("{prefix}{}#{}", key.contact, key.channel)
}

/// The send of a turn, or of an update in it, that has this sort key.
fn send_key(sk: &str, cursor: Cursor, about: Option<&str>) -> Option<DeliveryKey> {
    let (contact, channel) = sk.strip_prefix(&prefix(cursor, about))?.rsplit_once('#')?;
    let (contact, channel) = (contact.parse().ok()?, channel.parse().ok()?);
    Some(DeliveryKey { cursor, contact, channel, about: about.map(str::to_owned) })
}

/// The send record in an item of a turn, or of an update in it. One that cannot be read may have gone out: it
/// is not sent again, and keeps none of the turn's other sends from going out.
fn record(item: Item, cursor: Cursor, about: Option<&str>) -> Option<Delivery> {
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok());
    let key = sk.and_then(|sk| send_key(sk, cursor, about));
    let unclear = key.map(|key| Delivery {
        key,
        state: DeliveryState::Unconfirmed,
        attempts: 1,
        at: Timestamp::now(),
    });
    item::readable(item, "send").or(unclear)
}

impl Sends<'_> {
    /// The send records of one turn.
    ///
    /// # Errors
    /// The failed call.
    pub async fn of_turn(self, id: &IncidentId, cursor: Cursor) -> Result<Vec<Delivery>, AwsError> {
        let items = self.0.part(partition(id), turn_prefix(cursor)).await?;
        Ok(items.into_iter().filter_map(|item| record(item, cursor, None)).collect())
    }

    /// Returns whom a page reached in the escalation runs before `run`: one that went out. A contact
    /// whose only page was held or dropped has heard nothing.
    ///
    /// # Errors
    /// The failed call.
    pub async fn reached_before(
        self,
        id: &IncidentId,
        run: u32,
    ) -> Result<BTreeSet<ContactId>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :run")
            .expression_attribute_values(":pk", s(partition(id)))
            .expression_attribute_values(":first", s(SEND))
            .expression_attribute_values(":run", s(format!("{SEND}{run:04}")))
            .consistent_read(true);
        let mut reached = BTreeSet::new();
        for item in item::every(query).await? {
            let Some(record) = item::readable::<Delivery>(item, "send") else { continue };
            let went = matches!(record.state, DeliveryState::Sent { .. });
            if went && record.key.channel != SendChannel::Topic {
                reached.extend(record.key.contact.contact().cloned());
            }
        }
        Ok(reached)
    }

    /// Claims a turn's sends and keeps the tokens of their links, on the condition that the
    /// incident is still open and this escalation is its last: neither an acknowledgment nor a
    /// later escalation can win together with a claim.
    ///
    /// A turn of more than a hundred writes takes several transactions; after a conflict in a later
    /// one, the caller finds the earlier claims to be its own.
    ///
    /// # Errors
    /// The failed call.
    pub async fn claim(
        self,
        id: &IncidentId,
        run: u32,
        claims: &[Delivery],
        tokens: &[IssuedToken],
        fact: Option<(&str, &TimelineEvent)>,
    ) -> Result<Written, AwsError> {
        let mut writes = Vec::new();
        // Tokens first: a link must work before anybody can hold it.
        for token in tokens {
            writes.push(self.0.answers().token_put(id, &[], token)?);
        }
        if let Some((name, fact)) = fact {
            let item = Incidents::fact_item(id, name, fact)?;
            writes.push(item::put(&self.0.table, item, None, vec![])?);
        }
        for claim in claims {
            writes.push(self.claim_put(id, claim)?);
        }
        for part in writes.chunks(MOST_ACTIONS - 1) {
            let mut writes = vec![self.still_open(id, run)?];
            writes.extend_from_slice(part);
            let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
            if item::written(transaction.send().await)? == Written::Conflict {
                return Ok(Written::Conflict);
            }
        }
        Ok(Written::Done)
    }

    /// The send records of an update.
    ///
    /// # Errors
    /// The failed call.
    pub async fn sends_of_update(
        self,
        id: &IncidentId,
        cursor: Cursor,
        update: &str,
    ) -> Result<Vec<Delivery>, AwsError> {
        let items = self.0.part(partition(id), update_prefix(cursor, update)).await?;
        Ok(items.into_iter().filter_map(|item| record(item, cursor, Some(update))).collect())
    }

    /// Claims an update's sends and keeps the tokens of their links. Unlike those of a turn they demand nothing of the
    /// incident: an answer in between takes nothing from what is told.
    ///
    /// # Errors
    /// The failed call.
    pub async fn claim_update(
        self,
        id: &IncidentId,
        claims: &[Delivery],
        tokens: &[IssuedToken],
    ) -> Result<Written, AwsError> {
        let tokens = tokens.iter().map(|token| self.0.answers().token_put(id, &[], token));
        let claims = claims.iter().map(|claim| self.claim_put(id, claim));
        let writes = tokens.chain(claims).collect::<Result<Vec<_>, _>>()?;
        for part in writes.chunks(MOST_ACTIONS) {
            let transaction =
                self.0.client.transact_write_items().set_transact_items(Some(part.to_vec()));
            if item::written(transaction.send().await)? == Written::Conflict {
                return Ok(Written::Conflict);
            }
        }
        Ok(Written::Done)
    }

    fn still_open(self, id: &IncidentId, run: u32) -> Result<TransactWriteItem, AwsError> {
        let check = ConditionCheck::builder()
            .table_name(&self.0.table)
            .set_key(Some(incident_key(id)))
            .condition_expression("#status = :open AND run = :run")
            .expression_attribute_values(":run", n(run))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":open", s(IncidentStatus::Open.name()))
            .build()
            .map_err(|_| AwsError::shape("building a condition"))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn claim_put(self, id: &IncidentId, claim: &Delivery) -> Result<TransactWriteItem, AwsError> {
        let keys = key(partition(id), send_sk(&claim.key));
        let item = item::write(keys, claim)?;
        if claim.attempts == 1 {
            return item::put(&self.0.table, item, Some("attribute_not_exists(pk)"), vec![]);
        }
        // Only a claim changes `attempts`, and only a finished send has a message id.
        let values = vec![(":attempts", n(claim.attempts - 1))];
        let unchanged = "attempts = :attempts AND attribute_not_exists(message_id)";
        item::put(&self.0.table, item, Some(unchanged), values)
    }

    /// Writes how a claimed send ended.
    ///
    /// # Errors
    /// The failed call.
    pub async fn settle(self, id: &IncidentId, record: &Delivery) -> Result<(), AwsError> {
        let keys = key(partition(id), send_sk(&record.key));
        // A digest may have told of a page before its own run has noted that it is held.
        self.settle_item(item::write(keys, record)?, record.attempts, &["sending"]).await
    }

    /// Writes what became of a page that waited for a digest.
    ///
    /// # Errors
    /// The failed call.
    pub async fn settle_held(self, id: &IncidentId, record: &Delivery) -> Result<(), AwsError> {
        let keys = key(partition(id), send_sk(&record.key));
        let states = ["sending", "held", "unconfirmed"];
        self.settle_item(item::write(keys, record)?, record.attempts, &states).await
    }

    /// Writes the item of a send that has ended, if its claim is still the one with this number and it
    /// stands in one of these states.
    pub(super) async fn settle_item(
        self,
        item: Item,
        attempts: u32,
        states: &[&str],
    ) -> Result<(), AwsError> {
        // A claim that was taken over meanwhile belongs to its new owner; what we sent is then in
        // the log only, and both sends may arrive: at least once, after a pause of a whole lease.
        let names: Vec<String> = (0..states.len()).map(|index| format!(":state{index}")).collect();
        let mut put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(item))
            .condition_expression(format!(
                "attempts = :attempts AND #state IN ({})",
                names.join(", ")
            ))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":attempts", n(attempts));
        for (name, state) in names.into_iter().zip(states) {
            put = put.expression_attribute_values(name, s(*state));
        }
        let refused = |error: &SdkError<PutItemError>| {
            error
                .as_service_error()
                .is_some_and(PutItemError::is_conditional_check_failed_exception)
        };
        // What was sent and is not recorded is sent again after the lease, so a refused write is tried
        // again, whatever the reason.
        let mut end = put.clone().send().await;
        for _ in 1..MOST_SETTLES {
            if matches!(&end, Err(error) if !refused(error)) {
                item::pause().await;
                end = put.clone().send().await;
            }
        }
        match end {
            Ok(_) => Ok(()),
            Err(error) if refused(&error) => {
                tracing::warn!("a send ended after its claim was taken over");
                Ok(())
            }
            Err(error) => Err(AwsError::of("dynamodb:PutItem", &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_record_is_not_sent_again() {
        let cursor = Cursor { run: 2, round: 1, step: 3 };
        let check = |contact: &str, channel: &str, about: Option<&str>| {
            let (contact, channel) = (contact.parse().unwrap(), channel.parse().unwrap());
            let send = DeliveryKey { cursor, contact, channel, about: about.map(str::to_owned) };
            let mut item = key("incident#20261123-abcdefghjk", send_sk(&send));
            let read = record(item.clone(), cursor, about).unwrap();
            assert_eq!((&read.key, &read.state), (&send, &DeliveryState::Unconfirmed));
            // One that can be read is as it was stored.
            let state = DeliveryState::Sent { message_id: "m".into() };
            let stored = Delivery { key: send, state, attempts: 2, at: Timestamp::UNIX_EPOCH };
            item = item::write(item, &stored).unwrap();
            assert_eq!(record(item, cursor, about), Some(stored));
        };
        check("ada", "sms-2", None);
        check("external:counsel", "email", None);
        check("topic:emergency", "topic", None);
        check("ada", "voice", Some("day#2"));
        assert_eq!(record(key("p", "delivery#0002#0001#0003#ada"), cursor, None), None);
    }
}
