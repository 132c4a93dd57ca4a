//! The roster table: every kind of entry, with a change record in the same transaction.

mod batch;
mod changes;
mod entry;
mod people;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use aws_types::SdkConfig;
use muster_domain::roster::policy::Policy;
use muster_runtime::error::AwsError;

pub use crate::item::{Page, Written};
pub use batch::{MOST_TOGETHER, Replacement};
pub use changes::{Action, Change, ChangeSource, FieldChange, Why, changed_fields};
pub use entry::{Entry, EntryType, NotTheOne, TheOne, ThePlan};

use crate::item;
use crate::item::{Item, key, n, s};

/// How many entries a filtered list looks at in one request: far below a second's worth.
const MOST_LOOKED_AT: usize = 2_000;
/// How many of them one query reads: about a megabyte, DynamoDB's own limit.
const MOST_AT_ONCE: usize = 500;

/// The roster table.
#[derive(Clone, Debug)]
pub struct Roster {
    pub(crate) client: Client,
    pub(crate) table: String,
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
        let item = self.item(entry_key::<Policy>(&TheOne)).await?;
        Ok(item.and_then(readable).unwrap_or_default())
    }

    /// The entry with this id, or what is built in under it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn entry<E: Entry>(&self, id: &E::Id) -> Result<Option<E>, AwsError> {
        match self.item(entry_key::<E>(id)).await? {
            Some(item) => item::read(item).map(Some),
            None => Ok(E::built_in(id)),
        }
    }

    /// Returns the entry with this id like [`Roster::entry`], or none if its item cannot be read: one damaged entry must not
    /// keep the others from what they are for. It is logged and counted.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be read.
    pub async fn readable_entry<E: Entry>(&self, id: &E::Id) -> Result<Option<E>, AwsError> {
        match self.item(entry_key::<E>(id)).await? {
            Some(item) => Ok(readable(item)),
            None => Ok(E::built_in(id)),
        }
    }

    fn list<E: Entry>(&self) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list")
            .expression_attribute_values(":list", s(E::KIND))
    }

    /// Entries by id that `wanted` says yes to: `limit` at most, from `cursor` on; `None` if the
    /// cursor is not one of ours. A request looks at 2,000 entries at most, so a page may hold
    /// fewer than `limit`, or none, and still be followed by another. The index follows a write
    /// within moments, not at once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn entries<E: Entry>(
        &self,
        limit: usize,
        cursor: Option<&str>,
        wanted: impl Fn(&E) -> bool,
    ) -> Result<Option<Page<E>>, AwsError> {
        let mut start = match cursor.map(|cursor| item::sort_of(cursor)?.parse::<E::Id>().ok()) {
            None => None,
            Some(Some(id)) => Some(list_key::<E>(&id)),
            Some(None) => return Ok(None),
        };
        let (mut items, mut looked_at) = (Vec::new(), 0);
        // No more than the page has room for: without a filter, nothing is read twice. With one that
        // few entries pass, more and more are read at a time.
        let mut room = limit.min(MOST_AT_ONCE);
        loop {
            let query = self.list::<E>().set_exclusive_start_key(start);
            let query = query.limit(i32::try_from(room).unwrap_or(i32::MAX));
            let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
            start = answer.last_evaluated_key;
            let mut found = answer.items.unwrap_or_default().into_iter();
            let mut last = None;
            while items.len() < limit
                && let Some(item) = found.next()
            {
                looked_at += 1;
                last = item::sort_in(&item).map(item::cursor);
                items.extend(readable(item).filter(&wanted));
            }
            let over = found.len() == 0 && start.is_none();
            if over || items.len() == limit || looked_at >= MOST_LOOKED_AT.max(limit) {
                tracing::info!(kind = E::KIND, looked_at, items = items.len(), "list read");
                return Ok(Some(Page { items, next: last.filter(|_| !over) }));
            }
            room = (room * 2).min(MOST_AT_ONCE);
        }
    }

    /// Every entry of a kind; of contacts, departed people too.
    ///
    /// # Errors
    /// The failed call.
    pub async fn all<E: Entry>(&self) -> Result<Vec<E>, AwsError> {
        let items = item::every(self.list::<E>()).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Writes an entry in the place of `before`: of nothing, or of the version before its own. What is
    /// made anew goes on counting where a deleted one of the same id ended, so that nobody's copy of
    /// the old one passes for the new one. The transaction holds the change record and whatever else
    /// must be written with it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn save<E: Entry>(
        &self,
        entry: &E,
        before: Option<&E>,
        why: &Why,
        also: impl IntoIterator<Item = TransactWriteItem>,
    ) -> Result<Saved<E>, AwsError> {
        let (entry, put, change) = self.draft(entry, before, None, why).await?;
        Ok(match self.with_change(put, &change, also).await? {
            Written::Done => Saved::Done(entry),
            Written::Conflict => Saved::Conflict,
        })
    }

    /// The entry with its version, the write that stores it on its condition, and the change record. `last` is the
    /// last version of a deleted entry of the same id, 0 for none; the table is asked if it is not given.
    async fn draft<E: Entry>(
        &self,
        entry: &E,
        before: Option<&E>,
        last: Option<u64>,
        why: &Why,
    ) -> Result<(E, TransactWriteItem, Change), AwsError> {
        let stored = before.filter(|before| before.version() > 0);
        let mut entry = entry.clone();
        if stored.is_none() {
            let last = match last {
                Some(last) => last,
                None => self.last_version::<E>(entry.id()).await?,
            };
            entry = entry.with_version(last + 1);
        }
        let mut keys = list_key::<E>(entry.id());
        keys.extend(entry.level_key().map(|level| ("level_key".to_owned(), s(level))));
        let item = item::write(keys, &entry)?;
        let (condition, values) = match stored {
            None => ("attribute_not_exists(pk)", vec![]),
            Some(before) => ("version = :before", vec![(":before", n(before.version()))]),
        };
        let put = item::put(&self.table, item, Some(condition), values)?;
        let change = Change::of(before, Some(&entry), why)?;
        Ok((entry, put, change))
    }

    /// Deletes this version of an entry.
    ///
    /// # Errors
    /// The failed call.
    pub async fn delete<E: Entry>(&self, entry: &E, why: &Why) -> Result<Written, AwsError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(entry_key::<E>(entry.id())))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(entry.version()))
            .build()
            .map_err(|_| AwsError::shape("building a delete"))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let change = Change::of(Some(entry), None, why)?;
        self.with_change(delete, &change, None).await
    }
}

/// What became of an entry that was to be written.
#[derive(Clone, Debug)]
#[must_use]
pub enum Saved<E> {
    /// It is written, like this.
    Done(E),
    /// Somebody else was faster.
    Conflict,
}

impl<E> Saved<E> {
    /// Whether it is written.
    pub const fn written(&self) -> Written {
        match self {
            Self::Done(_) => Written::Done,
            Self::Conflict => Written::Conflict,
        }
    }
}

/// The partition that holds an entry and its changes.
fn partition(kind: &str, id: &str) -> String {
    format!("{kind}#{id}")
}

fn entry_key<E: Entry>(id: &E::Id) -> Item {
    key(partition(E::KIND, &id.to_string()), E::KIND)
}

/// An entry's key in the table and in the list of its kind.
fn list_key<E: Entry>(id: &E::Id) -> Item {
    let mut keys = entry_key::<E>(id);
    keys.insert("list_key".to_owned(), s(E::KIND));
    keys.insert("sort".to_owned(), s(id.to_string()));
    keys
}

/// The entry in an item, if it can be read.
fn readable<E: Entry>(item: Item) -> Option<E> {
    item::readable(item, E::KIND)
}
