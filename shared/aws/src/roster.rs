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
use crate::secret::token_digest;

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
        let policy = item.map(item::read).transpose().unwrap_or_else(|_| {
            tracing::error!("the policy cannot be read; the defaults apply");
            None
        });
        Ok(policy.unwrap_or_default())
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
        let items = answer.items.unwrap_or_default().into_iter().filter_map(readable).collect();
        Ok(Some(Page { items, next }))
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
        let mut people = People::new();
        self.add(&mut people, found.into_iter().flatten().collect()).await?;
        for _ in 0..DEEPEST_BACKUP {
            let mut missing: Vec<ContactId> =
                people.values().filter_map(|contact| contact.backup.clone()).collect();
            missing.retain(|id| !people.contains_key(id));
            missing.sort();
            missing.dedup();
            if missing.is_empty() {
                break;
            }
            if self.add(&mut people, missing).await? == 0 {
                break;
            }
        }
        Ok(people)
    }

    /// Reads these contacts as they are now and says how many there were.
    async fn add(&self, people: &mut People, ids: Vec<ContactId>) -> Result<usize, AwsError> {
        let found = try_join_all(ids.chunks(BATCH).map(|ids| self.batch(ids))).await?;
        let found: Vec<_> = found.into_iter().flatten().collect();
        let number = found.len();
        people.extend(found.into_iter().map(|contact| (contact.id.clone(), contact)));
        Ok(number)
    }

    /// The ids of a level's people. The index lags behind by moments, so it is asked for ids alone:
    /// nobody is paged by a copy from before their leave or at a number they no longer have.
    async fn level(&self, level: u8) -> Result<Vec<ContactId>, AwsError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-level")
            .key_condition_expression("level_key = :level")
            .expression_attribute_values(":level", s(level.to_string()))
            .projection_expression("sort")
            .into_paginator()
            .items()
            .send();
        let mut ids = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| AwsError::of("dynamodb:Query", &error))?;
            ids.extend(item::sort_in(&item).and_then(|sort| sort.parse().ok()));
        }
        Ok(ids)
    }

    async fn batch(&self, ids: &[ContactId]) -> Result<Vec<Contact>, AwsError> {
        let mut keys: Vec<Item> = ids.iter().map(contact_key).collect();
        let mut contacts = Vec::new();
        while !keys.is_empty() {
            if !contacts.is_empty() {
                // What is left was throttled; at once would be too soon.
                item::pause().await;
            }
            let wanted =
                KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
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
    let key = item.get("pk").and_then(|pk| pk.as_s().ok()).map(|pk| token_digest(pk));
    let contact = item::read(item);
    if contact.is_err() {
        // The id is usually a name, so its digest stands in.
        tracing::error!(contact_digest = key, "a contact cannot be read and is passed over");
    }
    contact.ok()
}
