//! Several entries in one transaction, each on its own condition and with its own change record.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use muster_runtime::error::AwsError;

use super::{Entry, Roster, Why, changes};
use crate::item;
use crate::item::{Written, s};

/// How many entries share a transaction. Each takes two of the hundred writes that DynamoDB allows; half of that
/// keeps what a refused transaction costs small.
pub const MOST_TOGETHER: usize = 25;
/// How many writes an entry takes: itself and its change record.
const WRITES: usize = 2;
/// How many megabytes of history are read to learn what was deleted.
const MOST_PAGES: usize = 20;
/// How many last versions are asked for at a time.
const ASKED_AT_ONCE: usize = 8;

/// An entry to write in the place of `before`: of nothing, or of the version before its own.
#[derive(Debug)]
pub struct Replacement<'a, E> {
    /// The entry as it should be.
    pub entry: &'a E,
    /// The entry as it was read.
    pub before: Option<&'a E>,
    /// The last version of a deleted entry of the same id, 0 for none; absent if it is not known.
    pub last: Option<u64>,
}

impl Roster {
    /// The last versions of all entries of a kind that were deleted, by id: one question instead of one for each entry
    /// that is new. It follows a deletion within moments, not at once. Absent if the history is too long to read.
    ///
    /// # Errors
    /// The failed call.
    pub async fn last_versions<E: Entry>(&self) -> Result<Option<BTreeMap<String, u64>>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :change")
            .filter_expression("#type = :type AND #action = :deleted")
            .projection_expression("#id, #version")
            .expression_attribute_names("#type", "entry_type")
            .expression_attribute_names("#action", "action")
            .expression_attribute_names("#id", "entry_id")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":change", s(changes::KIND))
            .expression_attribute_values(":type", s(E::KIND))
            .expression_attribute_values(":deleted", s("deleted"));
        let mut pages = query.into_paginator().send();
        let mut last = BTreeMap::new();
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next().await else { return Ok(Some(last)) };
            let page = page.map_err(|error| AwsError::of("dynamodb:Query", &error))?;
            for item in page.items() {
                let id = item.get("entry_id").and_then(|id| id.as_s().ok());
                let version = item.get("version").and_then(|version| version.as_n().ok());
                if let (Some(id), Some(Ok(version))) = (id, version.map(|v| v.parse())) {
                    let known = last.entry(id.clone()).or_insert(version);
                    *known = version.max(*known);
                }
            }
        }
        Ok(None)
    }

    /// Writes up to [`MOST_TOGETHER`] entries, each as [`Roster::save`] does, and says what became of each, in
    /// order. An entry that lost a race is left out, and the others are written without it.
    ///
    /// # Errors
    /// The failed call. Then none is written, unless only the answer was lost.
    pub async fn save_together<E: Entry>(
        &self,
        entries: &[Replacement<'_, E>],
        why: &Why,
    ) -> Result<Vec<Written>, AwsError> {
        let writes: Vec<_> = entries.iter().map(|one| self.writes(one, why)).collect();
        let writes: Vec<[TransactWriteItem; WRITES]> =
            stream::iter(writes).buffered(ASKED_AT_ONCE).try_collect().await?;
        let mut ends = vec![Written::Done; entries.len()];
        let mut open: Vec<usize> = (0..entries.len()).collect();
        while !open.is_empty() {
            let together = open.iter().flat_map(|index| writes[*index].clone()).collect();
            let transaction = self.client.transact_write_items();
            let outcome = transaction.set_transact_items(Some(together)).send().await;
            let lost = losers(&item::lost(outcome)?);
            if lost.is_empty() {
                break;
            }
            for place in &lost {
                if let Some(index) = open.get(*place) {
                    ends[*index] = Written::Conflict;
                }
            }
            open.retain(|index| ends[*index] == Written::Done);
        }
        Ok(ends)
    }

    async fn writes<E: Entry>(
        &self,
        one: &Replacement<'_, E>,
        why: &Why,
    ) -> Result<[TransactWriteItem; WRITES], AwsError> {
        let (_, put, change) = self.draft(one.entry, one.before, one.last, why).await?;
        Ok([put, item::put(&self.table, change.item()?, None, vec![])?])
    }
}

/// Which entries lost, by the writes that did.
fn losers(writes: &[usize]) -> BTreeSet<usize> {
    writes.iter().map(|write| write / WRITES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_loses_takes_its_change_record_with_it() {
        assert_eq!(losers(&[0, 3, 5]), BTreeSet::from([0, 1, 2]));
        assert_eq!(losers(&[4, 5]), BTreeSet::from([2]));
        assert!(losers(&[]).is_empty());
    }

    #[test]
    fn a_transaction_is_within_the_limit() {
        const { assert!(MOST_TOGETHER * WRITES <= 100) }
    }
}
