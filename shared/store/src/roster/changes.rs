//! Who changed what: a record for each change, written in the change's own transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;
use muster_domain::value::id::MAX_ID;
use muster_domain::words;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entry, EntryType, Roster, partition};
use crate::item;
use crate::item::{Item, Page, Written, key, s};

pub(super) const KIND: &str = "change";
/// Fields that every change changes; they say nothing about it.
const BOOKKEEPING: [&str; 5] = ["created_at", "created_by", "updated_at", "updated_by", "version"];

words! {
    /// Type of a change.
    pub enum Action {
        /// The entry was created.
        Created = "created",
        /// Fields of the entry were updated.
        Updated = "updated",
        /// The entry was deleted.
        Deleted = "deleted",
        /// Full phone numbers and email addresses were shown to a caller.
        Revealed = "revealed",
        /// The values in the change history were erased.
        Erased = "erased",
        /// A message link was used that is not valid.
        LinkRejected = "link_rejected",
    }
}

words! {
    /// Origin of a change.
    pub enum ChangeSource {
        /// An API request.
        Api = "api",
        /// An import of contacts.
        Import = "import",
        /// A roster review.
        Review = "review",
    }
}

/// Who makes a change, when, by what, and why.
#[derive(Clone, Debug)]
pub struct Why {
    /// The caller, as the gateway knows it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// By what.
    pub source: ChangeSource,
    /// The reason, where one is asked for.
    pub reason: Option<String>,
}

/// Change of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// Name of the field.
    #[cfg_attr(feature = "schema", schema(example = "department"))]
    pub field: String,
    /// Value before the change. Omitted if the field had no value or was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub before: Option<Value>,
    /// Value after the change. Omitted if the field has no value or was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub after: Option<Value>,
}

/// A change to an entry. Phone numbers and email addresses are hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Change {
    /// Type of the entry.
    pub entry_type: EntryType,
    /// ID of the entry.
    #[cfg_attr(feature = "schema", schema(example = "ada-lovelace"))]
    pub entry_id: String,
    /// Type of the change.
    pub action: Action,
    /// IAM ARN or token subject of the caller.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub by: String,
    /// Time of the change.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Origin of the change.
    pub source: ChangeSource,
    /// Reason given by the caller. Omitted if none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = "Agreed with the CISO."))]
    pub reason: Option<String>,
    /// Version of the entry after the change. For a deleted entry: its last version.
    pub version: u64,
    /// Changed fields.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub fields: Vec<FieldChange>,
    /// Time when the values were erased. Omitted if they were not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub erased_at: Option<Timestamp>,
}

impl Change {
    /// The change from one state of an entry to another; at least one of them is there.
    pub(super) fn of<E: Entry>(
        before: Option<&E>,
        after: Option<&E>,
        why: &Why,
    ) -> Result<Self, AwsError> {
        let entry = after.or(before).ok_or_else(|| AwsError::shape("writing a change"))?;
        let action = match (before, after) {
            (None, _) => Action::Created,
            (Some(_), Some(_)) => Action::Updated,
            (Some(_), None) => Action::Deleted,
        };
        Ok(Self { fields: difference(before, after)?, ..Self::note(entry, action, why) })
    }

    /// The fields that it changed, by name.
    #[must_use]
    pub fn field_names(&self) -> String {
        let names: Vec<_> = self.fields.iter().map(|change| change.field.as_str()).collect();
        names.join(", ")
    }

    /// Something that was done with an entry and changed none of its fields.
    #[must_use]
    pub fn note<E: Entry>(entry: &E, action: Action, why: &Why) -> Self {
        Self {
            entry_type: E::TYPE,
            entry_id: entry.id().to_string(),
            action,
            by: why.by.clone(),
            at: why.at,
            source: why.source,
            reason: why.reason.clone(),
            version: entry.version(),
            fields: Vec::new(),
            erased_at: None,
        }
    }

    /// The entry that this change made, as it was then; `None` if it made none or if its values
    /// were erased.
    #[must_use]
    pub fn made<E: Entry>(&self) -> Option<E> {
        if self.action != Action::Created || self.erased_at.is_some() {
            return None;
        }
        let values = self.fields.iter().filter_map(|f| Some((f.field.clone(), f.after.clone()?)));
        let mut entry: serde_json::Map<String, Value> = values.collect();
        let at = serde_json::to_value(self.at).ok()?;
        for (field, value) in BOOKKEEPING.into_iter().zip([
            at.clone(),
            self.by.clone().into(),
            at,
            self.by.clone().into(),
            self.version.into(),
        ]) {
            entry.insert(field.to_owned(), value);
        }
        serde_json::from_value(entry.into()).ok()
    }

    /// Something that was done with the whole roster.
    #[must_use]
    pub fn of_everything(action: Action, why: &Why) -> Self {
        Self {
            entry_type: EntryType::RosterExport,
            entry_id: "contacts".to_owned(),
            action,
            by: why.by.clone(),
            at: why.at,
            source: why.source,
            reason: why.reason.clone(),
            version: 0,
            fields: Vec::new(),
            erased_at: None,
        }
    }

    /// Something done with the same entry after this change.
    #[must_use]
    pub fn followed_by(&self, action: Action, why: &Why) -> Self {
        Self {
            action,
            by: why.by.clone(),
            at: why.at,
            source: why.source,
            reason: why.reason.clone(),
            fields: Vec::new(),
            erased_at: None,
            ..self.clone()
        }
    }

    /// By time, then by version: an id that is deleted and made again starts its versions anew.
    fn sort(&self) -> String {
        format!("{:020}#{:010}", self.at.as_nanosecond(), self.version)
    }

    pub(super) fn item(&self) -> Result<Item, AwsError> {
        let (sort, kind) = (self.sort(), self.entry_type.name());
        let mut keys = key(partition(kind, &self.entry_id), format!("change#{sort}"));
        keys.insert("list_key".to_owned(), s(KIND));
        keys.insert("sort".to_owned(), s(format!("{sort}#{kind}#{}", self.entry_id)));
        item::write(keys, self)
    }
}

/// Whether a text has this many digits and nothing else.
fn digits(text: &str, number: usize) -> bool {
    text.len() == number && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text may be the name of a kind or an id.
fn name(text: &str) -> bool {
    text.len() <= MAX_ID
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// The fields that differ, by name.
fn difference<E: Entry>(
    before: Option<&E>,
    after: Option<&E>,
) -> Result<Vec<FieldChange>, AwsError> {
    let fields = |entry: Option<&E>| match entry.map(serde_json::to_value) {
        None => Ok(serde_json::Map::new()),
        Some(Ok(Value::Object(fields))) => Ok(fields),
        Some(_) => Err(AwsError::shape("comparing entries")),
    };
    let (mut before, mut after) = (fields(before)?, fields(after)?);
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| {
        !BOOKKEEPING.contains(&name.as_str()) && before.get(name) != after.get(name)
    });
    let change = |field: String| FieldChange {
        before: before.remove(&field),
        after: after.remove(&field),
        field,
    };
    Ok(names.into_iter().map(change).collect())
}

/// The names of the fields in which two states of an entry differ, the bookkeeping aside.
pub fn changed_fields<E: Entry>(before: &E, after: &E) -> Vec<String> {
    let changes = difference(Some(before), Some(after)).unwrap_or_default();
    changes.into_iter().map(|change| change.field).collect()
}

impl Roster {
    /// Writes something with its change record, all or nothing.
    pub(super) async fn with_change(
        &self,
        write: TransactWriteItem,
        change: &Change,
        also: impl IntoIterator<Item = TransactWriteItem>,
    ) -> Result<Written, AwsError> {
        let record = item::put(&self.table, change.item()?, None, vec![])?;
        let mut writes = vec![write, record];
        writes.extend(also);
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Records something that was done with an entry and changed none of its fields.
    ///
    /// # Errors
    /// The failed call.
    pub async fn record(&self, change: &Change) -> Result<(), AwsError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(change.item()?));
        put.send().await.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// The version that the last change of an entry left; 0 if there was none.
    pub(super) async fn last_version<E: Entry>(&self, id: &E::Id) -> Result<u64, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :change)")
            .expression_attribute_values(":pk", s(partition(E::KIND, &id.to_string())))
            .expression_attribute_values(":change", s("change#"))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(1);
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let last = answer.items.unwrap_or_default().into_iter().next();
        Ok(last.map(item::read::<Change>).transpose()?.map_or(0, |change| change.version))
    }

    /// Every change of one entry, oldest first; also of one that was deleted.
    ///
    /// # Errors
    /// The failed call.
    pub async fn changes_of<E: Entry>(&self, id: &E::Id) -> Result<Vec<Change>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :change)")
            .expression_attribute_values(":pk", s(partition(E::KIND, &id.to_string())))
            .expression_attribute_values(":change", s("change#"))
            .consistent_read(true);
        item::every(query).await?.into_iter().map(item::read).collect()
    }

    /// Changes of all entries, newest first, `limit` at most, from `cursor` on; `None` if the
    /// cursor is not one of ours.
    ///
    /// # Errors
    /// The failed call.
    pub async fn changes(
        &self,
        limit: u16,
        cursor: Option<&str>,
    ) -> Result<Option<Page<Change>>, AwsError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list")
            .expression_attribute_values(":list", s(KIND))
            .scan_index_forward(false)
            .limit(i32::from(limit));
        if let Some(cursor) = cursor {
            let sort = item::sort_of(cursor);
            // `time#version#entry_type#entry_id`, as in `Change::item`.
            let parts: Vec<&str> = sort.as_deref().unwrap_or_default().split('#').collect();
            let [time, version, kind, id] = parts[..] else { return Ok(None) };
            if !(digits(time, 20) && digits(version, 10) && name(kind) && name(id)) {
                return Ok(None);
            }
            let mut start = key(partition(kind, id), format!("change#{time}#{version}"));
            let sort = parts.join("#");
            start.extend([("list_key".to_owned(), s(KIND)), ("sort".to_owned(), s(sort))]);
            query = query.set_exclusive_start_key(Some(start));
        }
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let next = answer.last_evaluated_key().and_then(item::sort_in).map(item::cursor);
        let items = answer.items.unwrap_or_default().into_iter().map(item::read);
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next }))
    }

    /// Erases the values in an entry's history; that there were changes, by whom and when, stays.
    /// Says how many records held values.
    ///
    /// # Errors
    /// The failed call. Erasing again erases the rest.
    pub async fn erase<E: Entry>(&self, id: &E::Id, at: Timestamp) -> Result<usize, AwsError> {
        let mut erased = 0;
        for mut change in self.changes_of::<E>(id).await? {
            let empty = |field: &FieldChange| field.before.is_none() && field.after.is_none();
            if change.fields.iter().all(empty) && change.reason.is_none() {
                continue;
            }
            change.reason = None;
            for field in &mut change.fields {
                (field.before, field.after) = (None, None);
            }
            change.erased_at = Some(at);
            self.record(&change).await?;
            erased += 1;
        }
        Ok(erased)
    }
}
