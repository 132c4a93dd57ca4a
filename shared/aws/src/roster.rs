//! The roster table: contacts, with a change record in the same transaction, and the policy.

use std::ops::RangeInclusive;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Delete, KeysAndAttributes, TransactWriteItem};
use futures::future::try_join_all;
use jiff::Timestamp;
use muster::contact::Contact;
use muster::id::ContactId;
use muster::policy::Policy;
use muster::team::People;
use serde::Serialize;

use crate::error::AwsError;
use crate::item::{self, Item, key, n, s};
pub use crate::item::{Page, Written};

/// How far a chain of backups is followed; deeper chains are somebody's mistake.
const DEEPEST_BACKUP: usize = 4;
/// DynamoDB's limit for one `BatchGetItem`.
const BATCH: usize = 100;
const KIND: &str = "contact";

/// What was done to an entry, for its change record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Created,
    /// It was replaced.
    Replaced,
    /// It was deleted.
    Deleted,
}

#[derive(Serialize)]
struct Change<'a> {
    action: Action,
    by: &'a str,
    at: Timestamp,
    version: u64,
}

/// The roster table.
#[derive(Clone, Debug)]
pub struct Roster {
    client: Client,
    table: String,
}

fn contact_key(id: &ContactId) -> Item {
    key(format!("contact#{id}"), KIND)
}

impl Roster {
    /// The roster in `table`.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    async fn item(&self, key: Item) -> Result<Option<Item>, AwsError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key));
        let answer = get.consistent_read(true).send().await;
        Ok(answer.map_err(|error| AwsError::of("dynamodb:GetItem", &error))?.item)
    }

    /// The policy; the defaults while nobody has changed it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn policy(&self) -> Result<Policy, AwsError> {
        let item = self.item(key("policy", "policy")).await?;
        item.map_or_else(|| Ok(Policy::default()), item::read)
    }

    /// The contact with this id.
    ///
    /// # Errors
    /// The failed call.
    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, AwsError> {
        self.item(contact_key(id)).await?.map(item::read).transpose()
    }

    /// Contacts by id, `limit` at most, from `cursor` on; `None` if the cursor is not one of ours.
    /// The index follows a write within moments, not at once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn contacts(
        &self,
        limit: u16,
        cursor: Option<&str>,
    ) -> Result<Option<Page<Contact>>, AwsError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-kind")
            .key_condition_expression("kind = :kind")
            .expression_attribute_values(":kind", s(KIND))
            .limit(i32::from(limit));
        if let Some(cursor) = cursor {
            let id = item::sort_of(cursor).and_then(|sort| sort.parse::<ContactId>().ok());
            let Some(id) = id else { return Ok(None) };
            let mut start = contact_key(&id);
            start.extend([("kind".to_owned(), s(KIND)), ("sort".to_owned(), s(id))]);
            query = query.set_exclusive_start_key(Some(start));
        }
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let next = answer.last_evaluated_key().and_then(item::sort_in).map(item::cursor);
        let items = answer.items.unwrap_or_default().into_iter().map(item::read);
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next }))
    }

    /// Writes a new contact (version 1) or replaces the version before the one it carries.
    ///
    /// # Errors
    /// The failed call.
    pub async fn save(&self, contact: &Contact) -> Result<Written, AwsError> {
        let mut keys = contact_key(&contact.id);
        keys.insert("kind".to_owned(), s(KIND));
        keys.insert("sort".to_owned(), s(contact.id.as_str()));
        // Those who left are in no index by level: looking up a team never meets them.
        if !contact.departed() {
            keys.insert("level_key".to_owned(), s(contact.level.to_string()));
        }
        let item = item::write(keys, contact)?;
        let (action, condition, values) = if contact.version == 1 {
            (Action::Created, "attribute_not_exists(pk)", vec![])
        } else {
            let before = n(contact.version - 1);
            (Action::Replaced, "version = :before", vec![(":before", before)])
        };
        let put = item::put(&self.table, item, Some(condition), values)?;
        let change = Change {
            action,
            by: &contact.updated_by,
            at: contact.updated_at,
            version: contact.version,
        };
        self.change(put, &contact.id, &change).await
    }

    /// Deletes this version of a contact.
    ///
    /// # Errors
    /// The failed call.
    pub async fn delete(
        &self,
        contact: &Contact,
        by: &str,
        at: Timestamp,
    ) -> Result<Written, AwsError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(contact_key(&contact.id)))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(contact.version))
            .build()
            .map_err(|_| AwsError::shape("building a delete"))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let change = Change { action: Action::Deleted, by, at, version: contact.version };
        self.change(delete, &contact.id, &change).await
    }

    async fn change(
        &self,
        write: TransactWriteItem,
        id: &ContactId,
        change: &Change<'_>,
    ) -> Result<Written, AwsError> {
        // By time first: an id that is deleted and made again starts its versions anew.
        let sk = format!("change#{}#{:010}", change.at, change.version);
        let record = item::write(key(format!("contact#{id}"), sk), change)?;
        let record = item::put(&self.table, record, None, vec![])?;
        let transaction = self.client.transact_write_items().transact_items(write);
        item::written(transaction.transact_items(record).send().await)
    }

    /// The people of these escalation levels who have not departed, and their backups.
    ///
    /// # Errors
    /// The failed call.
    pub async fn people(&self, levels: RangeInclusive<u8>) -> Result<People, AwsError> {
        let found = try_join_all(levels.map(|level| self.level(level))).await?;
        let mut people: People =
            found.into_iter().flatten().map(|contact| (contact.id.clone(), contact)).collect();
        for _ in 0..DEEPEST_BACKUP {
            let mut missing: Vec<ContactId> =
                people.values().filter_map(|contact| contact.backup.clone()).collect();
            missing.retain(|id| !people.contains_key(id));
            missing.sort();
            missing.dedup();
            if missing.is_empty() {
                break;
            }
            let found = try_join_all(missing.chunks(BATCH).map(|ids| self.batch(ids))).await?;
            if found.iter().all(Vec::is_empty) {
                break;
            }
            people.extend(found.into_iter().flatten().map(|c| (c.id.clone(), c)));
        }
        Ok(people)
    }

    async fn level(&self, level: u8) -> Result<Vec<Contact>, AwsError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-level")
            .key_condition_expression("level_key = :level")
            .expression_attribute_values(":level", s(level.to_string()))
            .into_paginator()
            .items()
            .send();
        let mut contacts = Vec::new();
        while let Some(item) = pages.next().await {
            contacts.extend(readable(item.map_err(|e| AwsError::of("dynamodb:Query", &e))?));
        }
        Ok(contacts)
    }

    async fn batch(&self, ids: &[ContactId]) -> Result<Vec<Contact>, AwsError> {
        let mut keys: Vec<Item> = ids.iter().map(contact_key).collect();
        let mut contacts = Vec::new();
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).build();
            let wanted = wanted.map_err(|_| AwsError::shape("building a batch"))?;
            let get = self.client.batch_get_item().request_items(&self.table, wanted);
            let answer =
                get.send().await.map_err(|error| AwsError::of("dynamodb:BatchGetItem", &error))?;
            let items = answer.responses.unwrap_or_default().into_values().flatten();
            contacts.extend(items.filter_map(readable));
            let rest = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            keys = rest.map(|rest| rest.keys).unwrap_or_default();
        }
        Ok(contacts)
    }
}

/// The contact in an item. One that cannot be read must not keep the others from being paged.
fn readable(item: Item) -> Option<Contact> {
    let key = item.get("pk").and_then(|pk| pk.as_s().ok()).cloned();
    let contact = item::read(item);
    if contact.is_err() {
        tracing::error!(contact = key, "a contact cannot be read and is not paged");
    }
    contact.ok()
}
