//! When each channel of each person was last proven, and the codes that prove them.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use jiff::Timestamp;
use muster_domain::review::reach::{ChannelVerification, Reached, UndeliverableReason};
use muster_domain::review::{CODE_LIFE, Challenge};
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::Channel;
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;
use muster_runtime::secret::fingerprint;
use serde::{Deserialize, Serialize};

use super::Proofs;
use crate::item;
use crate::item::{Item, key, n, s};

const REACH: &str = "reach";
const CHALLENGE: &str = "challenge";

/// What is known of one channel, by the name it is kept under.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    contact: ContactId,
    channel: String,
    #[serde(flatten)]
    reach: ChannelVerification,
}

/// A fact about a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// A test went out.
    Asked(Timestamp),
    /// Somebody has shown that it arrived.
    Proven(Timestamp),
    /// Whether nothing arrives any more.
    Dead(Option<UndeliverableReason>),
}

fn reach_key(contact: &ContactId, channel: &str) -> Item {
    key(format!("{REACH}#{contact}"), channel)
}

fn challenge_key(contact: &ContactId, channel: &str) -> Item {
    key(format!("{CHALLENGE}#{contact}"), channel)
}

impl Proofs<'_> {
    /// What is known of everybody's channels, in the order in which these contacts have them.
    ///
    /// # Errors
    /// The failed call.
    pub async fn reached<'a>(
        self,
        contacts: impl IntoIterator<Item = &'a Contact>,
    ) -> Result<Reached, AwsError> {
        let kept: Vec<Kept> = self.0.reviews().listed(REACH).await?;
        let known: HashMap<(ContactId, String), ChannelVerification> =
            kept.into_iter().map(|kept| ((kept.contact, kept.channel), kept.reach)).collect();
        let of = |contact: &Contact| {
            let channels = contact.channels.iter().map(|c| fingerprint(&contact.id, c));
            let reach = channels.map(|c| known.get(&(contact.id.clone(), c)).copied());
            (contact.id.clone(), reach.map(Option::unwrap_or_default).collect())
        };
        Ok(contacts.into_iter().map(of).collect())
    }

    /// What is known of one person's channels, in their order, as it is now.
    ///
    /// # Errors
    /// The failed call.
    pub async fn reach(self, contact: &Contact) -> Result<Vec<ChannelVerification>, AwsError> {
        let items = self.partition_of(format!("{REACH}#{}", contact.id)).await?;
        let kept: Vec<Kept> =
            items.into_iter().filter_map(|item| item::readable(item, REACH)).collect();
        let of = |channel: &Channel| {
            let name = fingerprint(&contact.id, channel);
            kept.iter().find(|kept| kept.channel == name).map(|kept| kept.reach)
        };
        Ok(contact.channels.iter().map(|c| of(c).unwrap_or_default()).collect())
    }

    pub(super) async fn partition_of(self, pk: String) -> Result<Vec<Item>, AwsError> {
        let query = self.0.client.query().table_name(&self.0.table).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        item::every(query.expression_attribute_values(":pk", s(pk))).await
    }

    /// Notes a fact about somebody's channel, by the name it is kept under.
    ///
    /// # Errors
    /// The failed call.
    pub async fn note_reach(
        self,
        contact: &ContactId,
        channel: &str,
        noted: Noted,
    ) -> Result<(), AwsError> {
        let text = |name: &'static str, at: Timestamp| (name, Some(s(at.to_string())));
        let (name, value) = match noted {
            Noted::Asked(at) => text("tested_at", at),
            Noted::Proven(at) => text("verified_at", at),
            Noted::Dead(dead) => {
                let value = dead.and_then(|dead| serde_dynamo::to_attribute_value(dead).ok());
                ("undeliverable_reason", value)
            }
        };
        let mut set = "SET list_key = :list, #sort = :sort, contact = :contact, channel = :channel"
            .to_owned();
        set.push_str(if value.is_some() { ", #noted = :noted" } else { " REMOVE #noted" });
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(reach_key(contact, channel)))
            .update_expression(set)
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_names("#noted", name)
            .expression_attribute_values(":list", s(REACH))
            .expression_attribute_values(":sort", s(format!("{contact}#{channel}")))
            .expression_attribute_values(":contact", s(contact.as_str()))
            .expression_attribute_values(":channel", s(channel));
        let update = match value {
            Some(value) => update.expression_attribute_values(":noted", value),
            None => update,
        };
        update.send().await.map(drop).map_err(|e| AwsError::of("dynamodb:UpdateItem", &e))
    }

    /// Keeps a challenge in the place of an earlier one for the same channel.
    ///
    /// # Errors
    /// The failed call.
    pub async fn challenge(self, challenge: &Challenge) -> Result<String, AwsError> {
        let channel = fingerprint(&challenge.contact, &challenge.channel);
        let item = item::write(challenge_key(&challenge.contact, &channel), challenge)?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error))?;
        Ok(channel)
    }

    /// Somebody's challenges, those that are over too, each with the name of its channel.
    ///
    /// # Errors
    /// The failed call.
    pub async fn challenges(
        self,
        contact: &ContactId,
    ) -> Result<Vec<(String, Challenge)>, AwsError> {
        let items = self.partition_of(format!("{CHALLENGE}#{contact}")).await?;
        let named = |item: Item| {
            let name = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned()?;
            Some((name, item::readable(item, CHALLENGE)?))
        };
        Ok(items.into_iter().filter_map(named).collect())
    }

    /// Counts a guess at a challenge, before it is judged; says whether there was one left.
    ///
    /// # Errors
    /// The failed call.
    pub async fn guess(
        self,
        contact: &ContactId,
        channel: &str,
        attempts: u8,
    ) -> Result<bool, AwsError> {
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(challenge_key(contact, channel)))
            .update_expression("SET attempts = :next")
            .condition_expression("attempts = :attempts")
            .expression_attribute_values(":next", n(attempts + 1))
            .expression_attribute_values(":attempts", n(attempts));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.code() == Some("ConditionalCheckFailedException")) =>
            {
                Ok(false)
            }
            Err(error) => Err(AwsError::of("dynamodb:UpdateItem", &error)),
        }
    }

    /// The write that takes away a challenge whose code was right, with this digest.
    ///
    /// # Errors
    /// None in practice.
    pub fn challenge_met(
        self,
        contact: &ContactId,
        channel: &str,
        code: &str,
    ) -> Result<TransactWriteItem, AwsError> {
        let delete = aws_sdk_dynamodb::types::Delete::builder()
            .table_name(&self.0.table)
            .set_key(Some(challenge_key(contact, channel)))
            .condition_expression("code = :code")
            .expression_attribute_values(":code", AttributeValue::S(code.to_owned()))
            .build()
            .map_err(|_| AwsError::shape("building a delete"))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Which codes somebody has asked for lately: for each channel, how many.
    ///
    /// # Errors
    /// The failed call.
    pub async fn codes_asked(
        self,
        contact: &ContactId,
        now: Timestamp,
    ) -> Result<HashMap<String, u8>, AwsError> {
        let recent = |challenge: &Challenge| now.duration_since(challenge.asked_at) < CODE_LIFE;
        let challenges = self.challenges(contact).await?.into_iter();
        let recent = challenges.filter(|(_, challenge)| recent(challenge));
        Ok(recent.map(|(channel, challenge)| (channel, challenge.asks)).collect())
    }
}
