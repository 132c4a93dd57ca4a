//! What a batch of the roster's stream is about: whose entries have changed.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster::id::ContactId;
use serde::Deserialize;

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    /// Whose entry; none for a plan or the policy, which concern the escalations alone.
    pub(crate) contact: Option<ContactId>,
}

/// An item's keys.
#[derive(Deserialize)]
struct Keys {
    pk: String,
    sk: String,
}

/// The records of a batch that matter, in their order. What is written of an entry beside the entry
/// itself, its history, does not. Only keys are read: whatever else a record holds can break nothing.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().filter_map(|record| {
        let keys: Keys = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
        let (kind, id) = keys.pk.split_once('#')?;
        let contact = match (kind, keys.sk.as_str()) {
            ("contact", "contact") => Some(id.parse().ok()?),
            ("plan", "plan") | ("policy", "policy") => None,
            _ => return None,
        };
        let sequence_number = record.change.sequence_number.clone().unwrap_or_default();
        Some(Touched { sequence_number, contact })
    });
    records.collect()
}
