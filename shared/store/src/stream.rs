//! Batches of a table's stream: what a record is about, and which have to come again.

use aws_lambda_events::event::dynamodb::EventRecord;
use serde::{Deserialize, Serialize};

/// Which records have to come again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The first that failed; Lambda lets it and all that follow come again.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<ItemFailure>,
}

/// A record that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemFailure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub sequence_number: String,
}

impl Answer {
    /// The answer for a batch whose first failed record has this sequence number, if one failed.
    #[must_use]
    pub fn of(first_failed: Option<String>) -> Self {
        let failure = |sequence_number| ItemFailure { sequence_number };
        Self { failures: first_failed.map(failure).into_iter().collect() }
    }
}

/// The keys of the item that a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Keys {
    /// Its partition.
    pub pk: String,
    /// Its place in it.
    pub sk: String,
}

/// The keys of the item that a record is about; nothing if they cannot be read. Whatever else the record
/// holds can break nothing.
#[must_use]
pub fn keys(record: &EventRecord) -> Option<Keys> {
    serde_dynamo::from_item(record.change.keys.clone()).ok()
}

/// A record's sequence number.
#[must_use]
pub fn sequence_number(record: &EventRecord) -> String {
    record.change.sequence_number.clone().unwrap_or_default()
}
