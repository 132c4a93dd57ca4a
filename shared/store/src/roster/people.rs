//! Looking up people for a page: by level, with their backups, as the table has them now.

use std::ops::RangeInclusive;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures::future::try_join_all;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::team::People;
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;

use super::{Roster, entry_key, readable};
use crate::item;
use crate::item::{Item, s};

/// How far a chain of backups is followed; deeper chains are somebody's mistake.
const DEEPEST_BACKUP: usize = 4;
/// DynamoDB's limit for one `BatchGetItem`.
const BATCH: usize = 100;

impl Roster {
    /// The people of these escalation levels who have not departed, those named, and the backups
    /// of all of them.
    ///
    /// # Errors
    /// The failed call.
    pub async fn people(
        &self,
        levels: RangeInclusive<u8>,
        named: Vec<ContactId>,
    ) -> Result<People, AwsError> {
        let found = try_join_all(levels.map(|level| self.level(level))).await?;
        let mut wanted: Vec<ContactId> = found.into_iter().flatten().chain(named).collect();
        wanted.sort();
        wanted.dedup();
        let mut people = People::new();
        self.add(&mut people, wanted).await?;
        for _ in 0..DEEPEST_BACKUP {
            let mut missing: Vec<ContactId> =
                people.values().filter_map(|contact| contact.backup_contact.clone()).collect();
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

    /// The contacts with these ids, as the table has them now.
    ///
    /// # Errors
    /// The failed call.
    pub async fn named(&self, ids: Vec<ContactId>) -> Result<People, AwsError> {
        let mut people = People::new();
        self.add(&mut people, ids).await?;
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
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-level")
            .key_condition_expression("level_key = :level")
            .expression_attribute_values(":level", s(level.to_string()))
            .projection_expression("sort");
        let items = item::every(query).await?;
        Ok(items.iter().filter_map(|item| item::sort_in(item)?.parse().ok()).collect())
    }

    async fn batch(&self, ids: &[ContactId]) -> Result<Vec<Contact>, AwsError> {
        let mut keys: Vec<Item> = ids.iter().map(entry_key::<Contact>).collect();
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
            contacts.extend(items.filter_map(readable::<Contact>));
            let rest = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            keys = rest.map(|rest| rest.keys).unwrap_or_default();
        }
        Ok(contacts)
    }
}
