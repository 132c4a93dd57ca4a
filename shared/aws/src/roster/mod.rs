//! The roster table: contacts, with a change record in the same transaction, and the policy.

mod changes;
mod people;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use muster::contact::Contact;
use muster::id::ContactId;
use muster::policy::Policy;

use crate::error::AwsError;
use crate::item::{self, Item, key, n, s};
pub use crate::item::{Page, Written};
use crate::secret::token_digest;
pub use changes::{Action, Change, FieldChange, Why};

const KIND: &str = "contact";
/// How many contacts a filtered list looks at in one request: far below a second's worth.
const MOST_LOOKED_AT: usize = 2_000;

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

    /// Contacts by id that `wanted` says yes to: `limit` at most, from `cursor` on; `None` if the
    /// cursor is not one of ours. A request looks at 2,000 contacts at most, so a page may hold
    /// fewer than `limit` and still be followed by another. The index follows a write within
    /// moments, not at once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn contacts(
        &self,
        limit: usize,
        cursor: Option<&str>,
        wanted: impl Fn(&Contact) -> bool,
    ) -> Result<Option<Page<Contact>>, AwsError> {
        let mut start = match cursor.map(|cursor| item::sort_of(cursor)?.parse().ok()) {
            None => None,
            Some(Some(id)) => Some(list_key(&id)),
            Some(None) => return Ok(None),
        };
        let (mut items, mut looked_at) = (Vec::new(), 0);
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("by-kind")
                .key_condition_expression("kind = :kind")
                .expression_attribute_values(":kind", s(KIND))
                .set_exclusive_start_key(start)
                // One more than wanted: whether another page follows is then known.
                .limit(i32::try_from(limit + 1 - items.len()).unwrap_or(i32::MAX));
            let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
            start = answer.last_evaluated_key;
            for item in answer.items.unwrap_or_default() {
                looked_at += 1;
                let Some(contact) = readable(item).filter(&wanted) else { continue };
                if items.len() == limit {
                    let next = items.last().map(|last: &Contact| item::cursor(last.id.as_str()));
                    return Ok(Some(Page { items, next }));
                }
                items.push(contact);
            }
            let Some(key) = &start else { return Ok(Some(Page { items, next: None })) };
            if looked_at >= MOST_LOOKED_AT {
                let next = item::sort_in(key).map(item::cursor);
                return Ok(Some(Page { items, next }));
            }
        }
    }

    /// Everybody in the roster, departed people too.
    ///
    /// # Errors
    /// The failed call.
    pub async fn everybody(&self) -> Result<Vec<Contact>, AwsError> {
        let mut items = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-kind")
            .key_condition_expression("kind = :kind")
            .expression_attribute_values(":kind", s(KIND))
            .into_paginator()
            .items()
            .send();
        let mut everybody = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| AwsError::of("dynamodb:Query", &error))?;
            everybody.extend(readable(item));
        }
        Ok(everybody)
    }

    /// Writes a contact in the place of `before`: of nothing, or of the version before its own.
    /// The transaction holds the change record and whatever else must be written with it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn save(
        &self,
        contact: &Contact,
        before: Option<&Contact>,
        why: &Why,
        also: Option<TransactWriteItem>,
    ) -> Result<Written, AwsError> {
        let mut keys = list_key(&contact.id);
        // Those who left are in no index by level: looking up a team never meets them.
        if !contact.departed() {
            keys.insert("level_key".to_owned(), s(contact.level.to_string()));
        }
        let item = item::write(keys, contact)?;
        let (condition, values) = match before {
            None => ("attribute_not_exists(pk)", vec![]),
            Some(before) => ("version = :before", vec![(":before", n(before.version))]),
        };
        let put = item::put(&self.table, item, Some(condition), values)?;
        let change = Change::of(before, Some(contact), why)?;
        self.with_change(put, &change, also).await
    }

    /// Deletes this version of a contact.
    ///
    /// # Errors
    /// The failed call.
    pub async fn delete(&self, contact: &Contact, why: &Why) -> Result<Written, AwsError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(contact_key(&contact.id)))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(contact.version))
            .build()
            .map_err(|_| AwsError::shape("building a delete"))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let change = Change::of(Some(contact), None, why)?;
        self.with_change(delete, &change, None).await
    }
}

/// A contact's key in the table and in the list of contacts.
fn list_key(id: &ContactId) -> Item {
    let mut keys = contact_key(id);
    keys.insert("kind".to_owned(), s(KIND));
    keys.insert("sort".to_owned(), s(id.as_str()));
    keys
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
